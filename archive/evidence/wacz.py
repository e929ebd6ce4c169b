"""A site or an announcement as a web archive of its own: WACZ 1.1.1, for pywb, ReplayWeb.page, and a court.

Invariant: every WARC record in it is byte for byte the archived one, and was whole when it was copied; a
revisit comes with the record it refers to, and every record with the `warcinfo` of the file it was taken
from. The same snapshot, and the same runs besides, give the same bytes.

An archive is kept as it was received: names and telephone numbers are in it (see `docs/personal-data.md`).

Of a site it holds every exchange that a visit to it made, and of an announcement those with its page, its
files, and the addresses they redirected to, at all times: answers without content are evidence too. Each
file `archive/<name>.warc.gz` is an excerpt of the file of that name in the store.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import duckdb
import pyarrow as pa

from archive.dataset.query.connection import ask, connect
from archive.dataset.rows.archived import CAPTURE
from archive.dataset.rows.typed import row_of, table_name, table_of
from archive.dataset.schema import arrow_schema
from archive.dataset.snapshots import Snapshot
from archive.errors import IntegrityError, QueryError
from archive.export.rows import replacing
from archive.ids import normalised_url
from archive.ingest.job import pending_runs
from archive.stores import Store
from archive.vocabulary import CaptureOutcome
from archive.warc import cdxj
from archive.warc.captures import Capture, replay_fields
from archive.warc.journal import read_captures
from archive.warc.records import read_records
from parsers.values.media import HTML

T = TypeVar("T")
MOST_BYTES = 16 << 20
"""Neighbouring exchanges are read from the store together, up to so many bytes."""
LINES = 1024
"""Lines of the index in one gzip member."""
SOFTWARE = "gongkai"

_CAPTURES = arrow_schema("captures")
_ALL = "(SELECT * FROM captures UNION ALL BY NAME SELECT * FROM pending)"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported: its name, what it is, and the titles of its pages by normalised address."""

    title: str
    about: str
    titles: Mapping[str, str]


@row_of("sites")
@dataclass(frozen=True, slots=True)
class _Site:
    name: str | None
    url: str


@row_of("disclosures")
@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    title: str | None


@row_of("versions")
@dataclass(frozen=True, slots=True)
class _Version:
    url: str


@row_of("documents")
@dataclass(frozen=True, slots=True)
class _Titled:
    document_id: str
    title: str | None


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """Where the exchanges of a WARC file begin."""

    warc_path: str
    offsets: list[int]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The exchanges to write, those that hold the payloads of revisits among them; where every exchange of
    their WARC files begins; and the titles of those payloads that are documents, by hash."""

    captures: Sequence[Capture]
    offsets: Mapping[str, Sequence[int]]
    documents: Mapping[str, str | None]


def export_wacz(
    store: Store,
    snapshot: Snapshot,
    out: Path,
    *,
    site: str | None = None,
    disclosure: str | None = None,
    later: bool = False,
) -> int:
    """Write what a snapshot has of a site or of a disclosure, given by its id; the number of exchanges. With
    `later`, what runs archived that the snapshot does not have is in it too: visits that brought no news.

    Raises QueryError if the snapshot does not know it, or nothing of it is archived, IntegrityError if a
    record is damaged.
    """
    with connect(store, snapshot) as connection:
        pending = _pending(store, snapshot) if later else _CAPTURES.empty_table()
        connection.register("pending", pending)
        subject, chosen = _site(connection, site) if site else _disclosure(connection, disclosure or "")
        if not chosen:
            raise QueryError(f"nothing of {subject.about} is archived")
        needed = sorted({*chosen, *_referred_to(connection, chosen)}, key=_place)
        content = _Chosen(needed, _offsets(connection, needed), _documents(connection, needed))
    with replacing(out) as part, ZipFile(part, "w") as archive:
        _write(_Package(archive, snapshot.created_at), store, subject, content)
    return len(chosen)


# -- what belongs to it ------------------------------------------------------------------------------------


def _site(connection: duckdb.DuckDBPyConnection, identity: str) -> tuple[Subject, set[Capture]]:
    site = _one(connection, _Site, "site_id", identity)
    sql = "SELECT url, title FROM disclosures WHERE site_id = ? ORDER BY last_seen"
    rows = ask(connection, _Page, sql, [identity])
    titles = {normalised_url(row.url): row.title for row in rows if row.title}
    name = site.name or identity
    subject = Subject(name, f"site {identity}", {normalised_url(site.url): name, **titles})
    return subject, _captures(connection, "site_id = ?", identity)


def _disclosure(connection: duckdb.DuckDBPyConnection, identity: str) -> tuple[Subject, set[Capture]]:
    row = _one(connection, _Page, "disclosure_id", identity)
    page = normalised_url(row.url)
    sql = "SELECT DISTINCT url FROM versions WHERE disclosure_id = ?"
    versions = ask(connection, _Version, sql, [identity])
    title = row.title or page
    subject = Subject(title, f"disclosure {identity}", {page: title})
    return subject, _led_to(connection, page, {page, *(version.url for version in versions)})


def _led_to(connection: duckdb.DuckDBPyConnection, page: str, addresses: set[str]) -> set[Capture]:
    """The exchanges with some addresses, with what the page links, and with what any of them redirects to."""
    found: set[Capture] = set()
    leading, looked_for, waiting = {page}, set(addresses), set(addresses)
    while waiting:
        parts = sorted({urlsplit(url).path for url in waiting})
        near = "EXISTS (SELECT 1 FROM unnest(?) AS wanted(part) WHERE contains({}, part))"
        condition = " OR ".join(near.format(column) for column in ("url", "coalesce(referrer, '')"))
        fresh = {
            capture
            for capture in _captures(connection, condition, parts, parts) - found
            if normalised_url(capture.url) in looked_for
            or (capture.referrer and normalised_url(capture.referrer) in leading)
        }
        leading |= {
            normalised_url(capture.url) for capture in fresh if capture.outcome == CaptureOutcome.REDIRECT
        }
        waiting = {normalised_url(capture.url) for capture in fresh}
        looked_for |= waiting
        found |= fresh
    return found


def _referred_to(connection: duckdb.DuckDBPyConnection, chosen: Iterable[Capture]) -> set[Capture]:
    """The exchanges that hold the payloads of revisits. Of a revisit that a killed run left, only the digest
    is known."""
    revisits = [capture for capture in chosen if capture.revisit]
    places = [f"{capture.payload_path} {capture.payload_offset}" for capture in revisits]
    digests = [capture.digest for capture in revisits if capture.payload_path is None]
    whole = "payload_path = warc_path AND payload_offset = warc_offset"
    condition = "list_contains(?, warc_path || ' ' || warc_offset) OR list_contains(?, digest)"
    return _captures(connection, f"{whole} AND ({condition})", places, digests)


def _pending(store: Store, snapshot: Snapshot) -> pa.Table:
    """The exchanges of the runs that the snapshot does not have."""
    captures = (one for run_id in pending_runs(store, snapshot) for one in read_captures(store, run_id))
    return table_of(CAPTURE, captures)


def _captures(connection: duckdb.DuckDBPyConnection, condition: str, *values: object) -> set[Capture]:
    """The archived exchanges of which a condition holds."""
    sql = f"SELECT * FROM {_ALL} WHERE warc_path IS NOT NULL AND ({condition})"
    return set(ask(connection, Capture, sql, values))


def _offsets(connection: duckdb.DuckDBPyConnection, captures: Iterable[Capture]) -> dict[str, list[int]]:
    """Where every exchange of their WARC files begins, by file."""
    paths = sorted({capture.warc_path for capture in captures if capture.warc_path})
    sql = (
        "SELECT warc_path, list(DISTINCT warc_offset ORDER BY warc_offset) AS offsets "
        f"FROM {_ALL} "
        "WHERE list_contains(?, warc_path) GROUP BY warc_path"
    )
    return {row.warc_path: row.offsets for row in ask(connection, _Beginnings, sql, [paths])}


def _documents(connection: duckdb.DuckDBPyConnection, captures: Iterable[Capture]) -> dict[str, str | None]:
    hashes = sorted({capture.sha256 for capture in captures if capture.sha256})
    sql = "SELECT document_id, title FROM documents WHERE list_contains(?, document_id)"
    return {row.document_id: row.title for row in ask(connection, _Titled, sql, [hashes])}


def _one(connection: duckdb.DuckDBPyConnection, kind: type[T], key: str, identity: str) -> T:
    rows = ask(connection, kind, f"SELECT * FROM {table_name(kind)} WHERE {key} = ?", [identity])
    if not rows:
        raise QueryError(f"the snapshot has no {key} {identity}")
    return rows[0]


# -- the package -------------------------------------------------------------------------------------------


class _Package:
    """A ZIP file whose entries are noted with size and hash for its descriptor."""

    def __init__(self, archive: ZipFile, moment: datetime) -> None:
        self._archive = archive
        self.moment = moment.astimezone(UTC)
        self.resources: list[dict[str, object]] = []

    def add(self, path: str, pieces: Iterable[bytes], compression: int = ZIP_DEFLATED) -> str:
        """Write one entry; its hash."""
        info = ZipInfo(path, self.moment.timetuple()[:6])
        info.compress_type = compression
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                size += len(piece)
        hashed = f"sha256:{digest.hexdigest()}"
        name = PurePosixPath(path).name.lower()
        self.resources.append({"name": name, "path": path, "hash": hashed, "bytes": size})
        return hashed


def _write(package: _Package, store: Store, subject: Subject, chosen: _Chosen) -> None:
    """Excerpts come first: they move records, and the index needs the new offsets."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for capture in chosen.captures:
        assert capture.warc_path is not None and capture.warc_offset is not None
        wanted[capture.warc_path].add(capture.warc_offset)
    moved: dict[tuple[str, int], int] = {}
    for path in sorted(wanted):
        excerpt = _excerpt(store, path, chosen.offsets[path], wanted[path], moved)
        package.add(f"archive/{PurePosixPath(path).name}", excerpt, ZIP_STORED)
    lines = sorted(_line(capture, moved) for capture in chosen.captures if capture.replayable)
    secondary = ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    package.add("indexes/index.cdx.gz", _index(lines, secondary), ZIP_STORED)
    package.add("indexes/index.idx", [line.encode() for line in secondary])
    pages = list(_pages(chosen, subject))
    header = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": False}
    package.add("pages/pages.jsonl", [_json(line) + b"\n" for line in (header, *pages)])
    digest = package.add("datapackage.json", [_json(_descriptor(package, subject, pages), indent=1)])
    package.add("datapackage-digest.json", [_json({"path": "datapackage.json", "hash": digest}, indent=1)])


def _excerpt(
    store: Store, path: str, offsets: Sequence[int], wanted: set[int], moved: dict[tuple[str, int], int]
) -> Iterator[bytes]:
    """The head of a WARC file, and the wanted exchanges with their requests and metadata; notes where each
    exchange begins now."""
    place = offsets[0]
    yield store.read(path, 0, place)
    kept: set[str] = set()
    for start, end in _spans(offsets, wanted):
        data = store.read(path, start, None if end is None else end - start)
        try:
            for record in read_records(BytesIO(data)):
                if start + record.offset in wanted:
                    moved[path, start + record.offset] = place
                    kept.add(record.fields["warc-record-id"])
                elif record.fields.get("warc-concurrent-to") not in kept:
                    continue
                yield data[record.offset : record.offset + record.length]
                place += record.length
        except IntegrityError as error:
            raise IntegrityError(f"{path} from {start}: {error}") from error


def _spans(offsets: Sequence[int], wanted: set[int]) -> Iterator[tuple[int, int | None]]:
    """Where to read the wanted exchanges, neighbours together; the end of a file is None."""
    ends: list[int | None] = [*offsets[1:], None]
    span: tuple[int, int | None] | None = None
    for start, end in zip(offsets, ends, strict=True):
        if start not in wanted:
            continue
        if span and span[1] == start and start - span[0] < MOST_BYTES:
            span = span[0], end
            continue
        if span:
            yield span
        span = start, end
    if span:
        yield span


def _line(capture: Capture, moved: Mapping[tuple[str, int], int]) -> str:
    assert capture.warc_path is not None and capture.warc_offset is not None
    name = PurePosixPath(capture.warc_path).name
    fields = replay_fields(capture, name, moved[capture.warc_path, capture.warc_offset])
    ours = {"capture_id": capture.capture_id, "outcome": capture.outcome}
    return cdxj.line(cdxj.surt(capture.url), capture.fetched_at, {**fields, **ours}) + "\n"


def _index(lines: Sequence[str], secondary: list[str]) -> Iterator[bytes]:
    """The replay index as gzip members, and a line for each of them in the secondary index (ZipNum)."""
    offset = 0
    for start in range(0, len(lines), LINES):
        batch = lines[start : start + LINES]
        member = gzip.compress("".join(batch).encode(), mtime=0)
        about = {
            "offset": offset,
            "length": len(member),
            "digest": f"sha256:{hashlib.sha256(member).hexdigest()}",
            "filename": "index.cdx.gz",
        }
        secondary.append(f"{' '.join(batch[0].split(' ', 2)[:2])} {json.dumps(about)}\n")
        yield member
        offset += len(member)


def _pages(chosen: _Chosen, subject: Subject) -> Iterator[dict[str, str]]:
    """Every version of every page and document, by the first exchange that brought it."""
    met: set[tuple[str, str | None]] = set()
    for capture in sorted(chosen.captures, key=lambda capture: (capture.fetched_at, capture.capture_id)):
        address, document = normalised_url(capture.url), capture.sha256 or ""
        shown = capture.media_type == HTML or document in chosen.documents
        if (
            not (capture.replayable and capture.outcome == CaptureOutcome.CONTENT and shown)
            or (address, document) in met
        ):
            continue
        met.add((address, document))
        title = subject.titles.get(address) or chosen.documents.get(document) or capture.url
        yield {
            "id": capture.capture_id,
            "url": capture.url,
            "ts": _instant(capture.fetched_at),
            "title": title,
        }


def _descriptor(package: _Package, subject: Subject, pages: Sequence[Mapping[str, str]]) -> dict[str, object]:
    main = next((page for page in reversed(pages) if page["title"] == subject.title), None)
    return {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": subject.title,
        "description": subject.about,
        "created": _instant(package.moment),
        "software": SOFTWARE,
        **({"mainPageURL": main["url"], "mainPageDate": main["ts"]} if main else {}),
        "resources": list(package.resources),
    }


def _place(capture: Capture) -> tuple[str, int, str]:
    return capture.warc_path or "", capture.warc_offset or 0, capture.capture_id


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _json(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()

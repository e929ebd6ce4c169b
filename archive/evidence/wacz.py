"""A site or an announcement as a web archive of its own: WACZ 1.1.1, for pywb, ReplayWeb.page, and a court.

Invariant: every WARC record in it is byte for byte the archived one, and was whole when it was copied; a
revisit comes with the record it refers to, and every record with the `warcinfo` of the file it was taken
from. The same snapshot, and the same runs besides, give the same bytes.

An archive is kept as it was received: names and telephone numbers are in it (see `docs/personal-data.md`).
Each file `archive/<name>.warc.gz` is an excerpt of the file of that name in the store.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive import IntegrityError
from archive.dataset.snapshots import Snapshot
from archive.evidence.exchanges import Chosen, Subject, exchanges_of
from archive.export.rows import replacing
from archive.ids import normalised_url
from archive.stores import Store
from archive.vocabulary import CaptureOutcome
from archive.warc import cdxj
from archive.warc.captures import Capture, replay_fields
from archive.warc.records import read_records
from parsers.values.media import HTML

MOST_BYTES = 16 << 20
"""Neighbouring exchanges are read from the store together, up to so many bytes."""
LINES = 1024
"""Lines of the index in one gzip member."""
SOFTWARE = "gongkai"


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
    content = exchanges_of(store, snapshot, site, disclosure, later=later)
    with replacing(out) as part, ZipFile(part, "w") as archive:
        _write(_Package(archive, snapshot.created_at), store, content)
    return content.own


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


def _write(package: _Package, store: Store, chosen: Chosen) -> None:
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
    pages = list(_pages(chosen))
    header = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": False}
    package.add("pages/pages.jsonl", [_json(line) + b"\n" for line in (header, *pages)])
    digest = package.add("datapackage.json", [_json(_descriptor(package, chosen.subject, pages), indent=1)])
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


def _pages(chosen: Chosen) -> Iterator[dict[str, str]]:
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
        title = chosen.subject.titles.get(address) or chosen.documents.get(document) or capture.url
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


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _json(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()

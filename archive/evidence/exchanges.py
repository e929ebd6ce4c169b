"""What of the archive belongs to a site or an announcement: the exchanges that a web archive of it holds.

Invariant: of a site it is every exchange that a visit to it made, and of an announcement those with its
page, its files, and the addresses they redirected to, at all times: answers without content are evidence too.
With a revisit comes the exchange that it refers to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa

from archive import QueryError
from archive.dataset.query.connection import ask, connect
from archive.dataset.rows.archived import CAPTURE
from archive.dataset.rows.typed import table_of
from archive.dataset.schema import empty_table
from archive.dataset.snapshots import Snapshot
from archive.history.runs import pending_runs
from archive.ids import normalised_url
from archive.stores import Store
from archive.vocabulary import CaptureOutcome
from archive.warc.captures import Capture
from archive.warc.journal import read_captures

_ALL = "(SELECT * FROM captures UNION ALL BY NAME SELECT * FROM pending)"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported: its name, what it is, and the titles of its pages by normalised address."""

    title: str
    about: str
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The exchanges to write, those that hold the payloads of revisits among them, of which `own` belong to
    the subject; where every exchange of their WARC files begins; and the titles of those payloads that are
    documents, by hash."""

    subject: Subject
    own: int
    captures: Sequence[Capture]
    offsets: Mapping[str, Sequence[int]]
    documents: Mapping[str, str | None]


def exchanges_of(
    store: Store, snapshot: Snapshot, site: str | None, disclosure: str | None, *, later: bool
) -> Chosen:
    """What a snapshot has of a site or a disclosure; with `later`, also what runs archived that it does not
    have. Raises QueryError if the snapshot does not know it, or nothing of it is archived."""
    with connect(store, snapshot) as connection:
        pending = _pending(store, snapshot) if later else empty_table("captures")
        connection.register("pending", pending)
        subject, own = _site(connection, site) if site else _disclosure(connection, disclosure or "")
        if not own:
            raise QueryError(f"nothing of {subject.about} is archived")
        needed = sorted(
            {*own, *_referred_to(connection, own)},
            key=lambda one: (one.warc_path or "", one.warc_offset or 0, one.capture_id),
        )
        offsets, documents = _offsets(connection, needed), _documents(connection, needed)
        return Chosen(subject, len(own), needed, offsets, documents)


def _site(connection: duckdb.DuckDBPyConnection, identity: str) -> tuple[Subject, set[Capture]]:
    name, url = _one(connection, "SELECT name, url FROM sites", "site_id", identity)
    sql = "SELECT url, title FROM disclosures WHERE site_id = ? ORDER BY last_seen"
    rows = connection.execute(sql, [identity]).fetchall()
    titles = {normalised_url(url): title for url, title in rows if title}
    subject = Subject(name or identity, f"site {identity}", {normalised_url(url): name or identity, **titles})
    return subject, _captures(connection, "site_id = ?", identity)


def _disclosure(connection: duckdb.DuckDBPyConnection, identity: str) -> tuple[Subject, set[Capture]]:
    title, url = _one(connection, "SELECT title, url FROM disclosures", "disclosure_id", identity)
    page = normalised_url(url)
    sql = "SELECT DISTINCT url FROM versions WHERE disclosure_id = ?"
    versions = connection.execute(sql, [identity]).fetchall()
    subject = Subject(title or page, f"disclosure {identity}", {page: title or page})
    return subject, _led_to(connection, page, {page, *(version for (version,) in versions)})


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
    offsets = "list(DISTINCT warc_offset ORDER BY warc_offset)"
    sql = f"SELECT warc_path, {offsets} FROM {_ALL} WHERE list_contains(?, warc_path) GROUP BY warc_path"
    return dict(connection.execute(sql, [paths]).fetchall())


def _documents(connection: duckdb.DuckDBPyConnection, captures: Iterable[Capture]) -> dict[str, str | None]:
    hashes = sorted({capture.sha256 for capture in captures if capture.sha256})
    sql = "SELECT document_id, title FROM documents WHERE list_contains(?, document_id)"
    return dict(connection.execute(sql, [hashes]).fetchall())


def _one(connection: duckdb.DuckDBPyConnection, sql: str, key: str, identity: str) -> tuple[Any, Any]:
    row = connection.execute(f"{sql} WHERE {key} = ?", [identity]).fetchone()
    if row is None:
        raise QueryError(f"the snapshot has no {key} {identity}")
    first, second = row
    return first, second

"""Whether archived bytes are what they were: records of WARC files, and the captures that lead to them.

Invariant: nothing is repaired, and a capture is sound only if its record is where it says, and a payload of
its hash is there.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING

from archive import IntegrityError, ObjectNotFound
from archive.dataset.manifest import Snapshot, snapshot_key
from archive.dataset.rows.typed import row_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import latest, read_as
from archive.rendering.texts import t
from archive.stores import Store
from archive.warc.captures import RUN, Capture, journal_key
from archive.warc.journal import read_captures
from archive.warc.records import Record, read_records, sha256
from archive.warc.writer import read_payload
from parsers.values.errors import UsageError
from parsers.values.messages import Message, message
from parsers.values.vocabulary import Severity

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer


CHUNK = 8 << 20
EXCHANGES = {"response", "revisit", "resource"}
"""Kinds of records that captures lead to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found about the object `key` of the store.

    Errors: manifest, tag, missing, hash, rows, schema, keys, duplicate, reference, index, record, payload,
    stamp.
    Info: orphan, a data file that no kept snapshot lists (a killed commit, a lost race, an expiry).
    """

    severity: Severity
    kind: str
    key: str
    message: Message


@dataclass(slots=True)
class Looked:
    """How much was looked at, counted as it is read: a verdict without it says little."""

    snapshots: int = 0
    files: int = 0
    rows: int = 0
    warcs: int = 0
    records: int = 0
    captures: int = 0


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A whole record of a WARC file; `sha256` of its payload, if it holds one."""

    kind: str
    length: int
    sha256: str | None


@row_of("captures")
@dataclass(frozen=True, slots=True)
class Exchanged:
    """What is checked of a capture."""

    capture_id: str
    sha256: str | None
    warc_path: str | None
    warc_offset: int | None
    warc_length: int | None


class _StoredFile(RawIOBase):
    """An object of a store as a stream."""

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key, self._place = store, key, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        with memoryview(buffer) as view:
            data = self._store.read(self._key, self._place, len(view))
            view[: len(data)] = data
        self._place += len(data)
        return len(data)


Placed = Exchanged | Capture


def verify_warcs(store: Store, snapshot: Snapshot | None, looked: Looked) -> Iterator[Finding]:
    """Every record of every WARC file, and the record and the payload of every capture of a snapshot."""
    captures = _by_file(read_as(store, snapshot, Exchanged) if snapshot else ())
    paths = {*captures, *(found.key for found in store.list("warc/"))}
    referring = yield from _verify_files(store, captures, paths, looked)
    for row in referring:
        what = message("payload_nowhere", capture=row.capture_id, sha256=row.sha256)
        yield error_of("payload", row.warc_path or "", what)


def verify_run(store: Store, run_id: str, looked: Looked | None = None) -> Iterator[Finding]:
    """What one run left: every record of its WARC files, that its captures lead to their payloads, whichever
    run archived those, and that the newest snapshot, if it has the run, has its captures as the journal says.
    Nothing of other runs is read but these payloads. Raises UsageError if there is no such run."""
    if not store.exists(journal_key(run_id, RUN)):
        raise UsageError(t("{uri} has no run {name}", name=run_id, uri=store.uri))
    captures = read_captures(store, run_id)
    by_file = _by_file(captures)
    referring = yield from _verify_files(store, by_file, by_file.keys(), looked or Looked())
    for row in {one.sha256: one for one in referring}.values():
        assert isinstance(row, Capture)
        assert row.payload_path and row.payload_offset is not None and row.payload_length is not None
        try:
            held = sha256(read_payload(store, row.payload_path, row.payload_offset, row.payload_length))
        except (IntegrityError, ObjectNotFound) as error:
            what = message("payload_not_read", capture=row.capture_id, detail=str(error))
            yield error_of("payload", row.payload_path, what)
        else:
            if held != row.sha256:
                what = message("payload_referred_to_differs", capture=row.capture_id)
                yield error_of("payload", row.payload_path, what)
    newest = latest(store)
    stored = StoredRows(store, newest, "captures").where("run_id", [run_id]).sort_by("capture_id")
    if newest and len(stored) and [Capture(**row) for row in stored.to_pylist()] != captures:
        yield error_of("rows", snapshot_key(newest.number), message("captures_not_as_in_journal", run=run_id))


def _verify_files(
    store: Store, captures: Mapping[str, Sequence[Placed]], paths: Collection[str], looked: Looked
) -> Generator[Finding, None, list[Placed]]:
    """The records of WARC files, and those of the captures in them; returns the captures whose payloads are
    in none of these files."""
    payloads: set[str] = set()
    referring: list[Placed] = []
    for path in sorted(paths):
        seen: dict[int, WholeRecord] = {}
        looked.warcs += 1
        looked.captures += len(captures.get(path, ()))
        try:
            for record in read_records(BufferedReader(_StoredFile(store, path), CHUNK)):
                seen[record.offset] = _seen(record)
        except (IntegrityError, ObjectNotFound) as error:
            yield error_of("record", path, message("records_not_read", n=len(seen), detail=str(error)))
        for row in captures.get(path, ()):
            place = seen.get(row.warc_offset) if row.warc_offset is not None else None
            if place is None or place.length != row.warc_length or place.kind not in EXCHANGES:
                what = message("record_not_there", capture=row.capture_id, offset=row.warc_offset)
                yield error_of("record", path, what)
            elif place.kind == "revisit":
                referring.append(row)
            elif row.sha256 not in (None, place.sha256):
                what = message("payload_of_other_bytes", capture=row.capture_id)
                yield error_of("payload", path, what)
        looked.records += len(seen)
        payloads |= {place.sha256 for place in seen.values() if place.sha256}
    return [row for row in referring if row.sha256 is not None and row.sha256 not in payloads]


def _by_file(captures: Iterable[Placed]) -> dict[str, list[Placed]]:
    found: dict[str, list[Placed]] = {}
    for row in captures:
        if row.warc_path is not None:
            found.setdefault(row.warc_path, []).append(row)
    return found


def _seen(record: Record) -> WholeRecord:
    holds_payload = record.kind in EXCHANGES - {"revisit"}
    return WholeRecord(record.kind, record.length, sha256(record.payload) if holds_payload else None)


def error_of(kind: str, key: str, what: Message) -> Finding:
    """An error about an object."""
    return Finding(Severity.ERROR, kind, key, what)

"""Whether everything kept is still what it was when it was stored.

Invariant: nothing is repaired, and every byte that a snapshot lists is read and hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from itertools import chain
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.dataset.capture_index import COLUMNS, FOLDER, entries_of, read_index
from archive.dataset.capture_index import SCHEMA as INDEX
from archive.dataset.datafiles import conform, read_columns
from archive.dataset.expiry import expired_manifests
from archive.dataset.finding import TAG_KEY, decode_tag
from archive.dataset.manifest import ROOT, DataFile, Snapshot, decode, key_bound, snapshot_key
from archive.dataset.query.connection import ask, connect
from archive.dataset.rows.typed import row_of
from archive.dataset.schema import TABLES, require_fit
from archive.dataset.schema.declaration import ForeignKey, TableSchema
from archive.dataset.snapshots import read_as, snapshot_numbers
from archive.errors import IntegrityError, ObjectNotFound, SchemaError
from archive.evidence.stamps import check as check_stamps
from archive.stores import Store
from archive.warc.records import Record, read_records, sha256

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

    severity: Literal["error", "info"]
    kind: str
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """A whole record of a WARC file; `sha256` of its payload, if it holds one."""

    kind: str
    length: int
    sha256: str | None


@row_of("captures")
@dataclass(frozen=True, slots=True)
class _Exchange:
    capture_id: str
    sha256: str | None
    warc_path: str | None
    warc_offset: int | None
    warc_length: int | None


@dataclass(frozen=True, slots=True)
class _Strays:
    """How many values a query finds, and the first three of them."""

    n: int
    first: Sequence[str] | None


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


def verify(store: Store) -> list[Finding]:
    """Check every kept snapshot and its files, every WARC file, and that captures lead to their payloads."""
    snapshots, findings = _read_snapshots(store)
    newest = snapshots[-1] if snapshots else None
    stamped = (Finding(severity, "stamp", key, message) for severity, key, message in check_stamps(store))
    return [*findings, *verify_dataset(store, snapshots), *verify_warcs(store, newest), *stamped]


def verify_dataset(store: Store, snapshots: Sequence[Snapshot]) -> Iterator[Finding]:
    """Every tag and data file; keys and references of the newest snapshot; orphans."""
    yield from _check_tags(store)
    files = {file: name for snapshot in snapshots for name in TABLES for file in snapshot.files(name)}
    damaged: set[DataFile] = set()
    for file, name in sorted(files.items(), key=lambda item: item[0].key):
        for finding in _check_file(store, TABLES[name], file):
            damaged.add(file)
            yield finding
    if snapshots and damaged.isdisjoint(chain.from_iterable(snapshots[-1].tables.values())):
        yield from _check_rows(store, snapshots[-1])
        yield from _check_index(store, snapshots[-1])
    read = [one for _, one in expired_manifests(store)]
    listed = {file.key for file in files} | {
        file.key for one in read for name in one.tables for file in one.files(name)
    }
    listed |= {file.key for one in (*snapshots, *read) for file in one.index or ()}
    for found in (*store.list(f"{ROOT}tables/"), *store.list(FOLDER)):
        if found.key not in listed:
            yield Finding("info", "orphan", found.key, f"no kept snapshot lists it ({found.bytes} bytes)")


def verify_warcs(store: Store, snapshot: Snapshot | None) -> Iterator[Finding]:
    """Every record of every WARC file, and the record and the payload of every capture of a snapshot."""
    captures = _captures_by_file(store, snapshot)
    payloads: set[str] = set()
    referring: list[_Exchange] = []
    for path in sorted({*captures, *(found.key for found in store.list("warc/"))}):
        seen: dict[int, WholeRecord] = {}
        try:
            for record in read_records(BufferedReader(_StoredFile(store, path), CHUNK)):
                seen[record.offset] = _seen(record)
        except (IntegrityError, ObjectNotFound) as error:
            yield _error("record", path, f"after {len(seen)} whole records: {error}")
        for row in captures.get(path, ()):
            place = seen.get(row.warc_offset) if row.warc_offset is not None else None
            if place is None or place.length != row.warc_length or place.kind not in EXCHANGES:
                message = f"capture {row.capture_id}: no record at {row.warc_offset}"
                yield _error("record", path, message)
            elif place.kind == "revisit":
                referring.append(row)
            elif row.sha256 not in (None, place.sha256):
                yield _error("payload", path, f"capture {row.capture_id}: the payload has another SHA-256")
        payloads |= {place.sha256 for place in seen.values() if place.sha256}
    for row in referring:
        if row.sha256 is not None and row.sha256 not in payloads:
            message = f"capture {row.capture_id} refers to a payload that no record holds: {row.sha256}"
            yield _error("payload", row.warc_path or "", message)


def _read_snapshots(store: Store) -> tuple[list[Snapshot], list[Finding]]:
    """The snapshots whose manifests can be read, in order, and a finding for each of the others."""
    snapshots, findings = [], []
    for number in snapshot_numbers(store):
        try:
            snapshots.append(_manifest(store, number))
        except ObjectNotFound:
            continue  # it expired since it was listed
        except IntegrityError as error:
            findings.append(_error("manifest", snapshot_key(number), str(error)))
    return snapshots, findings


def _manifest(store: Store, number: int) -> Snapshot:
    snapshot = decode(store.read(snapshot_key(number)))
    if snapshot.number != number:
        raise IntegrityError(f"says that it is snapshot {snapshot.number}")
    return snapshot


def _check_tags(store: Store) -> Iterator[Finding]:
    for found in store.list(f"{ROOT}tags/"):
        try:
            tag = decode_tag(store.read(found.key))
            manifest = store.read(snapshot_key(tag.snapshot))
            match = TAG_KEY.fullmatch(found.key)
            if not match or match[1] != tag.name:
                yield _error("tag", found.key, f"says that it is tag {tag.name}")
            if sha256(manifest) != tag.sha256:
                yield _error("tag", found.key, f"snapshot {tag.snapshot} is not the one that was tagged")
        except ObjectNotFound as error:
            yield _error("tag", found.key, str(error))
        except (ValueError, KeyError, TypeError) as error:
            yield _error("tag", found.key, f"not a tag: {error!r}")


def _check_file(store: Store, schema: TableSchema, file: DataFile) -> Iterator[Finding]:
    """Bytes first: the rows of a file that is not the recorded one prove nothing."""
    try:
        data = store.read(file.key)
    except ObjectNotFound as error:
        yield _error("missing", file.key, str(error))
        return
    if len(data) != file.bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        yield _error("hash", file.key, f"{len(data)} bytes with another SHA-256 than the snapshot gives")
        return
    rows = pq.read_table(pa.BufferReader(data))
    if len(rows) != file.rows:
        yield _error("rows", file.key, f"{len(rows)} rows, the snapshot says {file.rows}")
    try:
        if tuple(rows.column_names) != file.columns:
            raise SchemaError(f"columns {rows.column_names}, the snapshot says {list(file.columns)}")
        require_fit(schema, conform(schema, rows))
    except (SchemaError, pa.ArrowException) as error:
        yield _error("schema", file.key, str(error))
        return
    bounds = pc.min_max(rows.column(schema.replace_key)).as_py()
    if (key_bound(bounds["min"]), key_bound(bounds["max"])) != (file.first_key, file.last_key):
        yield _error("keys", file.key, f"keys {bounds}, the snapshot says {file.first_key}, {file.last_key}")


def _check_rows(store: Store, snapshot: Snapshot) -> Iterator[Finding]:
    """Primary and foreign keys over all files of each table."""
    key = snapshot_key(snapshot.number)
    with connect(store, snapshot) as connection:
        for schema in TABLES.values():
            if strays := _strays(connection, _repeated_keys(schema)):
                yield _error("duplicate", key, f"{schema.name} repeats primary keys: {strays}")
            for reference in schema.foreign_keys:
                if strays := _strays(connection, _dangling(schema, reference)):
                    where = f"{schema.name}.{reference.column}"
                    target = f"{reference.table}.{reference.target}"
                    yield _error("reference", key, f"{where} names what is not in {target}: {strays}")


def _check_index(store: Store, snapshot: Snapshot) -> Iterator[Finding]:
    """The files of the index of captures, and that it has the entries of every capture."""
    found = []
    for file in snapshot.index or ():
        try:
            found.append(read_index(store, file))
        except ObjectNotFound as error:
            yield _error("missing", file.key, str(error))
            return
        except IntegrityError as error:
            yield _error("hash", file.key, str(error))
            return
    if snapshot.index is None:
        return
    columns = [
        pa.concat_tables([INDEX.empty_table(), *found]).column(name).to_pylist() for name in INDEX.names
    ]
    known = set(zip(*columns, strict=True))
    for file in snapshot.files("captures"):
        entries = entries_of(read_columns(store, TABLES["captures"], COLUMNS, file))
        lacking = [row for row in entries.to_pylist() if tuple(row.values()) not in known]
        if lacking:
            runs = sorted({row["run"] for row in lacking})
            message = f"{len(lacking)} entries are lacking, of captures of {', '.join(runs[:3])}"
            yield _error("index", snapshot_key(snapshot.number), f"{message}: gongkai reindex")


def _repeated_keys(schema: TableSchema) -> str:
    keys = ", ".join(schema.primary_key)
    return f"SELECT concat_ws(' ', {keys}) AS v FROM {schema.name} GROUP BY {keys} HAVING count(*) > 1"


def _dangling(schema: TableSchema, reference: ForeignKey) -> str:
    is_list = pa.types.is_list(schema.arrow.field(reference.column).type)
    values = f"unnest({reference.column})" if is_list else reference.column
    return (
        f"SELECT DISTINCT v FROM (SELECT {values} AS v FROM {schema.name}) AS referring "
        f"ANTI JOIN {reference.table} AS target ON v = target.{reference.target} WHERE v IS NOT NULL"
    )


def _strays(connection: duckdb.DuckDBPyConnection, sql: str) -> str | None:
    """How many values a query finds, with the first three of them; None if none."""
    counted = f"SELECT count(*) AS n, list(v ORDER BY v)[:3] AS first FROM ({sql})"
    (found,) = ask(connection, _Strays, counted)
    if not found.n:
        return None
    return f"{found.n} ({', '.join(found.first or ())}{', …' if found.n > 3 else ''})"


def _captures_by_file(store: Store, snapshot: Snapshot | None) -> dict[str, list[_Exchange]]:
    captures: dict[str, list[_Exchange]] = {}
    for row in read_as(store, snapshot, _Exchange) if snapshot else ():
        if row.warc_path is not None:
            captures.setdefault(row.warc_path, []).append(row)
    return captures


def _seen(record: Record) -> WholeRecord:
    holds_payload = record.kind in EXCHANGES - {"revisit"}
    return WholeRecord(record.kind, record.length, sha256(record.payload) if holds_payload else None)


def _error(kind: str, key: str, message: str) -> Finding:
    return Finding("error", kind, key, message)

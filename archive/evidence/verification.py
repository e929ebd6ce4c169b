"""Whether everything kept is still what it was when it was stored.

Invariant: nothing is repaired, and every byte that a snapshot lists is read and hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive import IntegrityError, ObjectNotFound, SchemaError
from archive.dataset.datafiles import blooms_of, conform
from archive.dataset.finding import TAG_KEY, decode_tag
from archive.dataset.manifest import INDEX, ROOT, DataFile, Snapshot, decode, key_bound, snapshot_key
from archive.dataset.query.connection import ask, connect
from archive.dataset.schema import TABLES, require_fit
from archive.dataset.schema.declaration import ForeignKey, TableSchema
from archive.dataset.snapshots import INDEX_KINDS, snapshot_numbers
from archive.dataset.versions.expiry import expired_manifests
from archive.evidence.archived import Finding, Looked, error_of, verify_warcs
from archive.evidence.indexes import check_index
from archive.evidence.stamps import check as check_stamps
from archive.stores import Store
from archive.warc.records import sha256
from parsers.values.messages import message
from parsers.values.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class _Strays:
    """How many values a query finds, and the first three of them."""

    n: int
    first: Sequence[str]


def verify(store: Store, looked: Looked | None = None) -> list[Finding]:
    """Check every kept snapshot and its files, every WARC file, and that captures lead to their payloads;
    `looked` counts what was read."""
    looked = looked or Looked()
    snapshots, findings = _read_snapshots(store)
    newest = snapshots[-1] if snapshots else None
    stamped = (Finding(severity, "stamp", key, what) for severity, key, what in check_stamps(store))
    return [
        *findings,
        *verify_dataset(store, snapshots, looked),
        *verify_warcs(store, newest, looked),
        *stamped,
    ]


def verify_dataset(
    store: Store, snapshots: Sequence[Snapshot], looked: Looked | None = None
) -> Iterator[Finding]:
    """Every tag and data file; keys and references of the newest snapshot; orphans."""
    looked = looked or Looked()
    looked.snapshots += len(snapshots)
    yield from _check_tags(store)
    files = {file: name for snapshot in snapshots for name in TABLES for file in snapshot.files(name)}
    damaged: set[DataFile] = set()
    for file, name in sorted(files.items(), key=lambda item: item[0].key):
        looked.files += 1
        looked.rows += file.rows
        for finding in _check_file(store, TABLES[name], file):
            damaged.add(file)
            yield finding
    if snapshots and damaged.isdisjoint(chain.from_iterable(snapshots[-1].tables.values())):
        yield from _check_rows(store, snapshots[-1])
        for name, schema in INDEX_KINDS.items():
            yield from check_index(store, snapshots[-1], name, schema)
    read = [one for _, one in expired_manifests(store)]
    listed = {file.key for file in files} | {
        file.key for one in read for name in one.tables for file in one.files(name)
    }
    listed |= {file.key for one in (*snapshots, *read) for file in one.index_files}
    for found in (*store.list(f"{ROOT}tables/"), *store.list(INDEX)):
        if found.key not in listed:
            yield Finding(Severity.INFO, "orphan", found.key, message("object_not_listed", bytes=found.bytes))


def _read_snapshots(store: Store) -> tuple[list[Snapshot], list[Finding]]:
    """The snapshots whose manifests can be read, in order, and a finding for each of the others."""
    snapshots, findings = [], []
    for number in snapshot_numbers(store):
        try:
            snapshots.append(_manifest(store, number))
        except ObjectNotFound:
            continue  # it expired since it was listed
        except IntegrityError as error:
            what = message("object_not_read", detail=str(error))
            findings.append(error_of("manifest", snapshot_key(number), what))
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
                yield error_of("tag", found.key, message("tag_of_another_name", name=tag.name))
            if sha256(manifest) != tag.sha256:
                yield error_of("tag", found.key, message("tagged_snapshot_differs", number=tag.snapshot))
        except ObjectNotFound as error:
            yield error_of("tag", found.key, message("object_not_read", detail=str(error)))
        except (ValueError, KeyError, TypeError) as error:
            yield error_of("tag", found.key, message("not_a_tag", detail=repr(error)))


def _check_file(store: Store, schema: TableSchema, file: DataFile) -> Iterator[Finding]:
    """Bytes first: the rows of a file that is not the recorded one prove nothing."""
    try:
        data = store.read(file.key)
    except ObjectNotFound as error:
        yield error_of("missing", file.key, message("object_not_read", detail=str(error)))
        return
    if len(data) != file.bytes or hashlib.sha256(data).hexdigest() != file.sha256:
        yield error_of("hash", file.key, message("file_of_other_bytes", bytes=len(data)))
        return
    rows = pq.read_table(pa.BufferReader(data))
    if len(rows) != file.rows:
        yield error_of("rows", file.key, message("file_of_other_rows", found=len(rows), listed=file.rows))
    try:
        if tuple(rows.column_names) != file.columns:
            raise SchemaError(f"columns {rows.column_names}, the snapshot says {list(file.columns)}")
        require_fit(schema, conform(schema, rows))
    except (SchemaError, pa.ArrowException) as error:
        yield error_of("schema", file.key, message("file_of_other_schema", detail=str(error)))
        return
    bounds = pc.min_max(rows.column(schema.replace_key)).as_py()
    if (key_bound(bounds["min"]), key_bound(bounds["max"])) != (file.first_key, file.last_key):
        found = f"{bounds['min']}, {bounds['max']}"
        listed = f"{file.first_key}, {file.last_key}"
        yield error_of("keys", file.key, message("file_of_other_keys", found=found, listed=listed))
    if file.blooms and file.blooms != blooms_of(schema, rows):
        yield error_of("keys", file.key, message("file_of_other_filter"))


def _check_rows(store: Store, snapshot: Snapshot) -> Iterator[Finding]:
    """Primary and foreign keys over all files of each table."""
    key = snapshot_key(snapshot.number)
    with connect(store, snapshot) as connection:
        for schema in TABLES.values():
            if strays := _strays(connection, _repeated_keys(schema)):
                first = tuple(strays.first)
                what = message("keys_repeated", table=schema.name, n=strays.n, first=first)
                yield error_of("duplicate", key, what)
            for reference in schema.foreign_keys:
                if strays := _strays(connection, _dangling(schema, reference)):
                    where = f"{schema.name}.{reference.column}"
                    target = f"{reference.table}.{reference.target}"
                    first = tuple(strays.first)
                    what = message("reference_dangling", column=where, target=target, n=strays.n, first=first)
                    yield error_of("reference", key, what)


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


def _strays(connection: duckdb.DuckDBPyConnection, sql: str) -> _Strays | None:
    """How many values a query finds, with the first three of them; None if none."""
    counted = f"SELECT count(*) AS n, coalesce(list(v ORDER BY v)[:3], []) AS first FROM ({sql})"
    (found,) = ask(connection, _Strays, counted)
    return found if found.n else None

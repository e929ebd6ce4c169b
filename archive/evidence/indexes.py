"""Whether the indexes of a snapshot are what they were, and have the entries of every row.

Invariant: entries are compared a part at a time, so that memory does not grow with them: both sides are gone
through once, and lie in a temporary file for each part until then.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from archive import IntegrityError, ObjectNotFound
from archive.dataset.datafiles import reporting
from archive.dataset.index_files import IndexSchema, entries_in, read_index
from archive.dataset.manifest import DataFile, Snapshot, snapshot_key
from archive.evidence.archived import Finding, error_of
from archive.stores import Store
from parsers.values.messages import message

AT_ONCE = 1 << 21
"""Entries of a part."""
_ENTRY = np.dtype([("mark", np.uint64), ("run", np.uint32)])
Values = np.ndarray[tuple[int], np.dtype[Any]]
Marks = np.ndarray[tuple[int], np.dtype[np.uint64]]


def check_index(store: Store, snapshot: Snapshot, name: str, schema: IndexSchema) -> Iterator[Finding]:
    """The files of an index, and that it has the entries of every row."""
    files: Sequence[DataFile] | None = getattr(snapshot, name)
    if files is None:
        return
    for file in files:
        try:
            read_index(store, schema, file)
        except ObjectNotFound as error:
            yield error_of("missing", file.key, message("object_not_read", detail=str(error)))
            return
        except IntegrityError as error:
            yield error_of("hash", file.key, message("object_not_read", detail=str(error)))
            return
    if lacking := _lacking(store, schema, files, snapshot.files(schema.table)):
        runs = tuple(sorted(lacking)[:3])
        what = message("index_entries_lacking", n=lacking.total(), index=schema.name, runs=runs)
        yield error_of("index", snapshot_key(snapshot.number), what)


def _lacking(
    store: Store, schema: IndexSchema, files: Sequence[DataFile], of: Sequence[DataFile]
) -> Counter[str]:
    """How many entries of the rows in files of the table an index does not have, by run."""
    parts = max(1, -(-sum(file.rows for file in files) // AT_ONCE))
    runs: dict[str, int] = {}
    lacking: Counter[str] = Counter()
    with ExitStack() as stack:
        wanted, known = ([stack.enter_context(TemporaryFile()) for _ in range(parts)] for _ in range(2))
        for entries in entries_in(store, schema, of):
            here = entries.column("run").combine_chunks().dictionary_encode()
            numbers = [runs.setdefault(run, len(runs)) for run in here.dictionary.to_pylist()]
            made = np.empty(len(entries), _ENTRY)
            made["mark"] = _marks(entries)
            made["run"] = np.array(numbers, np.uint32)[here.indices.to_numpy()]
            _divide(made, made["mark"], wanted)
        for marks in (one for file in files for one in _stored(store, schema, file)):
            _divide(marks, marks, known)
        names = list(runs)
        for asked, stored in zip(wanted, known, strict=True):
            there = _read(stored, np.dtype(np.uint64))
            there.sort()
            entries_asked = _read(asked, _ENTRY)
            marks = entries_asked["mark"]
            places = np.minimum(np.searchsorted(there, marks), max(len(there) - 1, 0))
            missing = there[places] != marks if len(there) else np.ones(len(marks), bool)
            lacking.update(names[number] for number in entries_asked["run"][missing].tolist())
    return lacking


def _divide(values: Values, marks: Marks, spools: Sequence[IO[bytes]]) -> None:
    """Append values to the files of the parts to which their marks belong."""
    part = marks % np.uint64(len(spools))
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part.astype(np.int64), minlength=len(spools)))
    for spool, lot in zip(spools, np.split(values[order], ends[:-1]), strict=True):
        spool.write(lot.tobytes())


def _read(spool: IO[bytes], kind: np.dtype[Any]) -> Values:
    spool.seek(0)
    return np.frombuffer(bytearray(spool.read()), kind)


def _stored(store: Store, schema: IndexSchema, file: DataFile) -> Iterator[Marks]:
    """The marks of all entries of a file of an index."""
    columns = schema.columns.names[:3]
    with reporting(f"{store.uri}/{file.key}"):
        filesystem = store.open_arrow_filesystem()
        with pq.ParquetFile(file.key, filesystem=filesystem, read_dictionary=["run"]) as source:
            for batch in source.iter_batches(columns=columns):
                yield _marks(pa.table(batch))


def _marks(entries: pa.Table) -> Marks:
    """64 bits for each entry, of the three columns that distinguish it: a hash of texts, mixed with the
    numbers."""
    found = np.zeros(len(entries), np.uint64)
    for column in entries.columns[:3]:
        values = column.combine_chunks()
        if not pa.types.is_integer(values.type):
            values = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
            hashes = [
                hashlib.blake2b(one.encode(), digest_size=8).digest() for one in values.dictionary.to_pylist()
            ]
            numbers = np.frombuffer(b"".join(hashes), np.uint64)[values.indices.to_numpy()]
        else:
            numbers = values.to_numpy().astype(np.uint64)
        found = (found ^ numbers) * np.uint64(0x9E3779B97F4A7C15)
        found ^= found >> np.uint64(29)
    return found

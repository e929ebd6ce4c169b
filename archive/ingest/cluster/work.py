"""What a worker does: read the files of one announcement, and put rows together in files of the dataset.

Invariant: what is written follows from the order and the archived bytes, under names that are hashes of it:
a task that is done twice, on two workers or after one died, leaves what it leaves when it is done once.

    work/<job>/open                              until the job ends
    work/<job>/<table>/<shelf>/<hash>.parquet    rows of the documents of one reading, until the job ends

A reading that ends after its job finds it closed, and takes its files away again.

A worker reads and writes the store by its own credentials. Each of its threads has a pool with one process
of its own, with the bounds of time and memory that the order gives.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from archive import StoreError
from archive.dataset.datafiles import MIXED, read_rows, write_rows
from archive.dataset.manifest import WORK, DataFile
from archive.dataset.schema import TABLES, empty_table
from archive.ingest.reading.readings import Draft, Reading, read_all
from archive.ingest.reading.rows import DOCUMENT_TABLES
from archive.isolation.pool import Pool
from archive.isolation.tasks import Parse
from archive.stores import Store, open_store
from parsers import PARSER_VERSION
from parsers.readers.limits import Limits

NOT_ALLOWED = (
    "this Dask worker may not start processes of its own: set distributed.worker.daemon to false "
    "(DASK_DISTRIBUTED__WORKER__DAEMON=False in its environment)"
)


class UnfitWorker(StoreError):
    """A worker that cannot do its work: other parsers, or no right to start processes."""


@dataclass(frozen=True, slots=True)
class Order:
    """What all tasks of one ingest have in common. `max_memory` is bytes for each reading process, `parse`
    reads a document, `parsers` is the version of the parsers that the driver has."""

    store: str
    job: str
    limits: Limits
    max_memory: int
    parse: Parse
    parsers: str = PARSER_VERSION

    @property
    def is_open(self) -> str:
        """The key of the object that is there until the job ends."""
        return f"{WORK}{self.job}/open"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a reading: its drafts without their rows, which are in one file per table. Of a document
    that a reading found twice the rows of the first draft are there."""

    drafts: tuple[Draft, ...]
    files: Mapping[str, DataFile]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows to put into a file: of these documents, from this file."""

    file: DataFile
    documents: tuple[str, ...]


def read(order: Order, reading: Reading) -> Answer:
    """Read one announcement's files. Raises UnfitWorker, StoreError."""
    if order.parsers != PARSER_VERSION:
        raise UnfitWorker(f"the parsers of a worker are version {PARSER_VERSION}, not {order.parsers}")
    if multiprocessing.current_process().daemon:
        raise UnfitWorker(NOT_ALLOWED)
    store = _kept.store(order.store)
    with ExitStack() as failed:
        pool = _kept.pool(order)
        failed.callback(_kept.close_pool)  # after an error nothing of the stream is left in it
        [(_, drafts)] = read_all(store, pool, deque([reading]))
        failed.pop_all()
    light = tuple(replace(draft, rows=None, row=None) for draft in drafts)
    files = dict(_written(store, f"{WORK}{order.job}/", drafts))
    # The driver closes a job before it deletes what is there: one of the two sees these files.
    if not store.exists(order.is_open):
        for file in files.values():
            store.delete(file.key)
    return Answer(light, files)


def merge(store: str, table: str, shelf: str, parts: Sequence[Part]) -> list[DataFile]:
    """Put rows from several files together in files of the dataset."""
    kept, schema = _kept.store(store), TABLES[table]
    rows = pa.concat_tables(
        [schema.arrow.empty_table(), *(rows_of(kept, table, part.file, part.documents) for part in parts)]
    )
    return write_rows(kept, schema, shelf, rows)


def rows_of(store: Store, table: str, file: DataFile, documents: Sequence[str]) -> pa.Table:
    """The rows of some documents in a file."""
    schema = TABLES[table]
    rows = read_rows(store, schema, file)
    return rows.filter(pc.is_in(rows.column(schema.replace_key), pa.array(documents, pa.string())))


def _written(store: Store, root: str, drafts: Sequence[Draft]) -> Iterator[tuple[str, DataFile]]:
    first = {draft.document_id: draft for draft in reversed(drafts) if draft.rows}
    for name in DOCUMENT_TABLES:
        tables = [draft.rows[name] for draft in first.values() if draft.rows]
        rows = pa.concat_tables([empty_table(name), *tables])
        if len(rows):
            [file] = write_rows(store, TABLES[name], MIXED, rows, root=root, whole=True)
            yield name, file


class _Kept(threading.local):
    """Stores and the pool of this thread: opening them costs more than many readings."""

    def __init__(self) -> None:
        self._stores: dict[str, Store] = {}
        self._pool: Pool | None = None
        self._order: Order | None = None

    def store(self, uri: str) -> Store:
        if uri not in self._stores:
            self._stores[uri] = open_store(uri)
        return self._stores[uri]

    def pool(self, order: Order) -> Pool:
        same = self._order and replace(order, job="", store="") == replace(self._order, job="", store="")
        if self._pool is None or not same:
            self.close_pool()
            self._order = order
            self._pool = Pool(workers=1, limits=order.limits, max_memory=order.max_memory, parse=order.parse)
        return self._pool

    def close_pool(self) -> None:
        if self._pool:
            self._pool.close()
        self._pool = None


_kept = _Kept()

"""The driver's side: readings are handed to workers, some ahead, and their files become part of a commit.

Invariant: drafts are given back in the order asked for and do not depend on the worker that read them. A
worker that is lost costs its readings a second try, elsewhere. What takes too many workers with it is done
here, and so is all that is left when no worker is. If the scheduler is lost, or the driver, nothing was
committed and the runs stay pending.

Rows of new documents that fill files are put together by workers, in files that the commit adopts as they
are. Other rows, few or of documents that the dataset has, are read here and go through the commit as usual.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

import dask
import pyarrow as pa
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError

from archive import StoreError
from archive.dataset.datafiles import read_rows
from archive.dataset.edits import own_groups
from archive.dataset.manifest import WORK, DataFile
from archive.dataset.rows.documents import DocumentRow
from archive.dataset.rows.typed import rows_of
from archive.dataset.schema import TABLES, empty_table
from archive.dataset.snapshots import Change
from archive.ingest.cluster import work
from archive.ingest.cluster.work import Answer, Order, Part
from archive.ingest.reading.readings import Draft, Engine, PoolReader, Reader, Reading
from archive.ingest.reading.rows import DOCUMENT_TABLES
from archive.isolation.limits import budget
from archive.isolation.pool import Pool
from archive.isolation.tasks import Parse
from archive.stores import Store
from parsers import parse_document

LOCAL = "local:"
CONNECT_SECONDS, WORKER_SECONDS = 30, 120
"""How long a scheduler may take to answer, and to have a worker: a first one, or one again."""
LOOK_SECONDS = 5
"""How often the driver looks whether there are workers while it waits for them."""
LEAST_AHEAD, AHEAD_PER_WORKER = 64, 8
"""Readings that are with the scheduler at a time: enough to keep its workers busy while one takes long."""

RETRIES = 2
"""Further tries of a reading that failed: the store did not answer, or more workers died of it than the
scheduler allows."""

ADOPTED_BYTES = 4 << 20
"""Bytes of new rows of one table, year and province that workers put into files of their own. Fewer are
merged by the driver with what is there, as `archive.dataset.compaction` says."""

MERGED_BYTES = 32 << 20
"""Bytes of rows that one worker puts together at a time; in memory they are some ten times as many."""

T = TypeVar("T")


class ClusterLost(StoreError):
    """The scheduler cannot be reached, or is lost; nothing was committed."""


def engine_at(address: str, parse: Parse = parse_document) -> Engine:
    """Something to give to `archive.ingest.job.ingest`: a reader for a store, with the workers at an address:
    `tcp://host:8786` of a scheduler, or `local:N` for N processes of this machine."""

    @contextmanager
    def opened(store: Store) -> Iterator[Reader]:
        with connected(address) as client, ClusterReader(store, client, parse) as reader:
            yield reader

    return opened


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at an address. Raises ClusterLost if none answers, or
    has no worker."""
    with ExitStack() as stack:
        # A worker's reading processes are its children: it must not be a daemon, which may have none.
        stack.enter_context(dask.config.set({"distributed.worker.daemon": False}))
        if address.startswith(LOCAL):
            count = int(address.removeprefix(LOCAL))
            local = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                processes=True,
                dashboard_address=":0",
                memory_limit=None,
                silence_logs=50,
            )
            address = stack.enter_context(local).scheduler_address
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterLost(f"no Dask scheduler answers at {address}: {error}") from error
        stack.enter_context(client)
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise ClusterLost(f"no worker has joined the Dask scheduler at {address}") from error
        yield client


class ClusterReader:
    """A `Reader` whose readings are done by the workers of a cluster."""

    def __init__(self, store: Store, client: Client, parse: Parse = parse_document) -> None:
        set_by_operator = budget()
        self._store, self._client = store, client
        self._order = Order(store.uri, "", set_by_operator.limits, set_by_operator.max_memory, parse)
        self._planned: deque[Reading] = deque()
        self._futures: dict[Reading, Future[Any]] = {}
        self._answers: dict[Reading, Sequence[Draft]] = {}
        self._here: PoolReader | None = None
        self._closing = ExitStack()
        self._workers_seen = time.monotonic()

    def __enter__(self) -> ClusterReader:
        return self

    def __exit__(self, *_: object) -> None:
        """End the job."""
        self._closing.close()
        self.forget()

    def forget(self) -> None:
        """End the job, whose answers are not asked for any more, and delete its files."""
        for future in self._futures.values():
            future.release()
        self._futures.clear()
        self._answers.clear()
        if self._here:
            self._here.forget()
        if self._order.job:
            self._store.delete(self._order.is_open)
            for found in self._store.list(f"{WORK}{self._order.job}/"):
                self._store.delete(found.key)
        self._order = replace(self._order, job="")

    def expect(self, readings: Iterable[Reading]) -> None:
        """Plan these readings, so that workers can read ahead."""
        self._planned = deque(
            one for one in readings if one not in self._answers and one not in self._futures
        )

    def read(self, reading: Reading) -> Sequence[Draft]:
        """The drafts of a reading; waits for the worker that has it."""
        if reading not in self._answers:
            if reading not in self._futures:
                self._futures[reading] = self._submit(reading)
            self._submit_ahead()
            answer = self._answer(reading, self._futures[reading])
            self._futures.pop(reading).release()
            self._answers[reading] = answer
        return self._answers[reading]

    def changes(
        self, kept: Sequence[Draft], replaced: frozenset[str], known: Container[str]
    ) -> Iterator[Change]:
        """One change per document table: rows from here, and the files that workers merged."""
        groups = _groups(kept)
        merges = []
        for name in DOCUMENT_TABLES:
            mine, merged = self._divided(name, kept, known, groups)
            merges.append((name, mine, [(one, self._merge(name, *one)) for one in merged]))
        for name, mine, futures in merges:
            tables = [empty_table(name), *(draft.rows[name] for draft in kept if draft.rows)]
            for part in mine:
                tables.append(work.rows_of(self._store, name, part.file, part.documents))
            files: list[DataFile] = []
            for one, future in futures:
                given = self._from_worker(future)
                files += work.merge(self._store.uri, name, *one) if given is None else given
            yield Change(name, pa.concat_tables(tables), replaced, tuple(files))

    def _divided(
        self, table: str, kept: Sequence[Draft], known: Container[str], groups: Mapping[str, str]
    ) -> tuple[list[Part], list[tuple[str, list[Part]]]]:
        """The rows of a table that the driver reads, and those that workers put together, by group."""
        if table == "documents":  # the driver has them
            return [], []
        by_group: defaultdict[str, dict[DataFile, list[str]]] = defaultdict(lambda: defaultdict(list))
        for draft in kept:
            if file := draft.files.get(table):
                group = groups[draft.document_id] if draft.document_id not in known else ""
                by_group[group][file].append(draft.document_id)
        mine: list[Part] = []
        merged: list[tuple[str, list[Part]]] = []
        for group, found in sorted(by_group.items()):
            parts = [Part(file, tuple(documents)) for file, documents in found.items()]
            if not group or sum(part.file.bytes for part in parts) < ADOPTED_BYTES:
                mine += parts
            else:
                merged += [(group, lot) for lot in _lots(parts)]
        return mine, merged

    def _merge(self, table: str, group: str, parts: Sequence[Part]) -> Future[Any]:
        return self._client.submit(
            work.merge, self._store.uri, table, group, parts, pure=False, retries=RETRIES
        )

    def _submit(self, reading: Reading) -> Future[Any]:
        if not self._order.job:
            self._order = replace(self._order, job=uuid.uuid4().hex)
            self._store.write(self._order.is_open, b"")
        return self._client.submit(work.read, self._order, reading, pure=False, retries=RETRIES)

    def _submit_ahead(self) -> None:
        threads = sum(self._client.nthreads().values()) if self._planned else 0
        most = max(LEAST_AHEAD, AHEAD_PER_WORKER * threads)
        while self._planned and len(self._futures) < most:
            reading = self._planned.popleft()
            if reading not in self._futures and reading not in self._answers:
                self._futures[reading] = self._submit(reading)

    def _answer(self, reading: Reading, future: Future[Any]) -> Sequence[Draft]:
        answer: Answer | None = self._from_worker(future)
        if answer is None:
            return self._read_here(reading)
        rows: dict[str, DocumentRow] = {}
        if file := answer.files.get("documents"):
            stored = rows_of(read_rows(self._store, TABLES["documents"], file), DocumentRow)
            rows = {row.document_id: row for row in stored}
        return [
            replace(draft, row=rows.get(draft.document_id), files=answer.files) for draft in answer.drafts
        ]

    def _read_here(self, reading: Reading) -> Sequence[Draft]:
        """Read in a process of this machine, within the same bounds."""
        if self._here is None:
            order = self._order
            pool = Pool(workers=1, limits=order.limits, max_memory=order.max_memory, parse=order.parse)
            self._here = PoolReader(self._store, self._closing.enter_context(pool))
        return self._here.read(reading)

    def _from_worker(self, future: Future[Any]) -> Any | None:
        """The answer of a worker; None if each worker that took the task died, or if the cluster has none."""
        try:
            while not future.done():
                if self._is_alone():
                    return None
                with suppress(TimeoutError):
                    future.result(timeout=LOOK_SECONDS)
            return future.result()
        except KilledWorker:
            return None
        except (FutureCancelledError, CommClosedError, TimeoutError) as error:
            raise ClusterLost(
                f"the Dask scheduler is lost ({error}); nothing was committed, the same command goes on"
            ) from error

    def _is_alone(self) -> bool:
        """Whether no worker has been there for so long that none may come. A nanny that sees its worker die
        while it starts does not start another."""
        now = time.monotonic()
        if self._client.nthreads():
            self._workers_seen = now
        return now - self._workers_seen > WORKER_SECONDS


def _groups(kept: Sequence[Draft]) -> dict[str, str]:
    """Year and province of every document, as `2024/61`."""
    columns = ["document_id", "fiscal_year", "region_code"]
    schema = empty_table("documents").select(columns).schema
    rows = pa.table([[getattr(draft.row, name) for draft in kept] for name in columns], schema)
    return dict(zip(rows.column("document_id").to_pylist(), own_groups(rows).to_pylist(), strict=True))


def _lots(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Parts that one worker puts together."""
    lot: list[Part] = []
    for part in parts:
        if lot and sum(one.file.bytes for one in lot) + part.file.bytes > MERGED_BYTES:
            yield lot
            lot = []
        lot.append(part)
    if lot:
        yield lot

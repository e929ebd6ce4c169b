"""Reading with a real Dask scheduler and real worker processes: the rows of one machine, whatever dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra [cluster] is not installed")

import dask
from distributed import LocalCluster

from archive.dataset.schema import TABLES
from archive.dataset.snapshots import latest, read_table
from archive.evidence.restore import restore_check
from archive.evidence.verification import verify
from archive.history.local_files import archive_files
from archive.history.runs import pending_runs
from archive.ingest.cluster import engine as engines
from archive.ingest.cluster import work
from archive.ingest.cluster.engine import ClusterLost, ClusterReader, connected, engine_at
from archive.ingest.cluster.work import Order
from archive.ingest.job import ingest
from archive.ingest.reading.readings import Reading
from archive.isolation.pool import Pool
from archive.stores import Store, open_store
from tests.archive.crawls import NOW, article, budget, crawl, page, parse
from tests.archive.ingest.cluster.readers import deadly

COMPARED = tuple(name for name in TABLES if name not in ("runs", "captures"))
"""Not those two: the run of local files has another id each time."""
LATER = NOW + timedelta(days=5)


@contextmanager
def two_workers() -> Iterator[LocalCluster]:
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as local,
    ):
        yield local


@pytest.fixture(scope="module")
def scheduler(s3_server: Any) -> Iterator[str]:
    """The address of a scheduler with two workers, which reach the S3 server by their environment."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in s3_server.environment.items():
            environment.setenv(name, value)
        with two_workers() as local:
            yield local.scheduler_address


@contextmanager
def read_by_driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Reading]]:
    """The readings that a driver does itself."""
    found: list[Reading] = []

    def noted(reader: ClusterReader, reading: Reading) -> Any:
        found.append(reading)
        return original(reader, reading)

    original = ClusterReader._read_here
    with monkeypatch.context() as patched:
        patched.setattr(ClusterReader, "_read_here", noted)
        yield found


def filled(store: Store, spool: Path, **more: Any) -> None:
    """Two runs and a statement: pages, a container, the same file announced twice, a file that is damaged."""
    inside = {"m.pdf": {"body": "某单位", "year": 2020}, "n.pdf": {"amounts": ["5.00", "7.00"]}}
    answers = {
        "/t.html": page("正文"), "/u.html": page(budget(title="in a page").decode()),
        "/a.zip": json.dumps({"members": inside}).encode(),
        "/same.pdf": json.dumps(inside["n.pdf"]).encode(),
    }  # fmt: skip
    for number in range(6):
        answers[f"/{number}.pdf"] = budget(amounts=[f"{number}.00"] * 3, **more.get(str(number), {}))
    listed = [
        article("/t.html", "/a.zip", "/0.pdf", "/1.pdf"),
        article("/u.html", "/same.pdf", *(f"/{number}.pdf" for number in range(2, 6))),
    ]
    crawl(store, spool, answers, listed)
    answers["/0.pdf"] = budget(amounts=["8.00"])
    crawl(store, spool, {path: answers[path] for path in ("/t.html", "/0.pdf")}, listed[:1], 1)
    local = spool.with_name("m.pdf")
    local.write_bytes(json.dumps(inside["m.pdf"]).encode())
    archive_files(store, [local], spool=spool, now=NOW + timedelta(days=2), command="", version="",
                  stated={"fiscal_year": 2021})  # fmt: skip


def rows(store: Store) -> dict[str, Any]:
    snapshot = latest(store)
    assert snapshot
    order = {name: [(key, "ascending") for key in TABLES[name].primary_key] for name in COMPARED}
    return {name: read_table(store, snapshot, name).sort_by(order[name]).to_pylist() for name in COMPARED}


def alone(tmp_path: Path, **more: Any) -> dict[str, Any]:
    """The rows of one machine."""
    store = open_store(str(tmp_path / "alone"))
    filled(store, tmp_path / "spool-alone", **more)
    with Pool(workers=1, parse=parse) as pool:
        ingest(store, now=LATER, pool=pool)
    return rows(store)


@contextmanager
def own_scheduler(folder: Path) -> Iterator[tuple[str, int]]:
    """The address and the process of a scheduler that has one worker, as an operator starts them."""
    folder.mkdir()
    found = folder / "scheduler.json"
    programs = [
        ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
         "--no-show", "--scheduler-file", str(found)],
        ["-m", "distributed.cli.dask_worker", "--scheduler-file", str(found), "--nthreads", "1",
         "--no-dashboard", "--death-timeout", "300"],
    ]  # fmt: skip
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    with (folder / "dask.log").open("wb") as log, ExitStack() as stack:
        processes = []
        for program in programs:
            process = subprocess.Popen([sys.executable, *program], env=environment, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            processes.append(process)
            while not found.exists():
                assert process.poll() is None, (folder / "dask.log").read_text()
                time.sleep(0.1)
        yield json.loads(found.read_text())["address"], processes[0].pid


def assert_clean(store: Store) -> None:
    """Nothing of the job is left, once the readings that outlive it have ended."""
    limit = time.monotonic() + 300
    while left := [found.key for found in store.list("work/")]:
        assert time.monotonic() < limit, left
        time.sleep(0.1)


def test_a_reading_that_outlives_its_job_takes_its_files_away(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Order, Reading]] = []

    def noted(reader: ClusterReader, reading: Reading) -> Any:
        future = original(reader, reading)
        asked.append((reader._order, reading))
        return future

    original = ClusterReader._submit
    monkeypatch.setattr(ClusterReader, "_submit", noted)
    store = open_store(str(tmp_path / "store"))
    filled(store, tmp_path / "spool")
    assert ingest(store, now=LATER, engine=engine_at(scheduler, parse)).snapshot
    assert_clean(store)
    order, reading = asked[0]
    assert work.read(order, reading).files  # as by a worker that is late
    work._kept.close_pool()
    assert [found.key for found in store.list("work/")] == []


@pytest.mark.parametrize("adopted_bytes", [engines.ADOPTED_BYTES, 1])
def test_rows_are_those_of_one_machine(
    s3_uri: str, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, adopted_bytes: int
) -> None:
    monkeypatch.setattr(engines, "ADOPTED_BYTES", adopted_bytes)
    store = open_store(s3_uri)
    filled(store, tmp_path / "spool")
    report = ingest(store, now=LATER, engine=engine_at(scheduler, parse))
    assert report.snapshot and report.outcomes == {"container": 1, "parsed": 10}
    assert rows(store) == alone(tmp_path)
    assert_clean(store)
    assert [finding for finding in verify(store) if finding.severity == "error"] == []
    again = ingest(store, now=LATER, engine=engine_at(scheduler, parse), reparse=True)
    assert again.snapshot is None and len(again.documents) == len(report.documents)
    newest = latest(store)
    assert newest
    with Pool(workers=1, parse=parse) as pool:
        assert restore_check(store, newest, tmp_path / "scratch", pool=pool) == []


def test_a_worker_that_dies_while_it_reads_costs_a_second_try(scheduler: str, tmp_path: Path) -> None:
    marks = [str(tmp_path / "killed")]
    more = {"3": {"marks": marks}}
    store = open_store(str(tmp_path / "store"))
    filled(store, tmp_path / "spool", **more)
    assert ingest(store, now=LATER, engine=engine_at(scheduler, deadly)).snapshot
    assert Path(marks[0]).exists(), "a worker was killed"
    assert rows(store) == alone(tmp_path, **more)


def test_what_kills_every_worker_is_read_by_the_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A try may take as many workers with it as the scheduler allows, and one more; here there is one try.
    A reading that waited at a worker that died is blamed too, and may be read here beside the deadly one."""
    for name, value in {"RETRIES": 0, "WORKER_SECONDS": 15, "LOOK_SECONDS": 1}.items():
        monkeypatch.setattr(engines, name, value)
    more = {"3": {"spares": os.getpid()}}
    store = open_store(str(tmp_path / "store"))
    filled(store, tmp_path / "spool", **more)
    with two_workers() as local, read_by_driver(monkeypatch) as read_here:
        assert ingest(store, now=LATER, engine=engine_at(local.scheduler_address, deadly)).snapshot
    assert "/3.pdf" in "".join(file.url for reading in read_here for file in reading.files)
    assert rows(store) == alone(tmp_path, **more)


@pytest.mark.parametrize("method", ["read", "changes"])
def test_the_driver_does_what_is_left_when_the_workers_go(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go before the first reading, or before the files are put together."""
    for name, value in {"WORKER_SECONDS": 0.5, "LOOK_SECONDS": 0.1, "ADOPTED_BYTES": 1}.items():
        monkeypatch.setattr(engines, name, value)
    store = open_store(str(tmp_path / "store"))
    filled(store, tmp_path / "spool")
    original = getattr(ClusterReader, method)
    with two_workers() as local, connected(local.scheduler_address) as client:

        def without_workers(*arguments: Any) -> Any:
            local.scale(0)
            while client.nthreads():
                time.sleep(0.05)
            return original(*arguments)

        monkeypatch.setattr(ClusterReader, method, without_workers)
        with ClusterReader(store, client, parse) as reader, read_by_driver(monkeypatch) as read_here:
            assert ingest(store, now=LATER, engine=lambda store: nullcontext(reader)).snapshot
    assert bool(read_here) == (method == "read")
    assert rows(store) == alone(tmp_path)


def test_a_scheduler_that_is_not_there_or_has_no_worker_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(str(tmp_path / "store"))
    monkeypatch.setattr(engines, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(engines, "WORKER_SECONDS", 1)
    with pytest.raises(ClusterLost, match="no Dask scheduler answers"):
        ingest(store, now=LATER, engine=engine_at("tcp://127.0.0.1:9", parse))
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as local,
        pytest.raises(ClusterLost, match="no worker has joined"),
    ):
        monkeypatch.setattr(engines, "CONNECT_SECONDS", 30)
        ingest(store, now=LATER, engine=engine_at(local.scheduler_address, parse))


def test_a_lost_scheduler_loses_nothing(tmp_path: Path) -> None:
    """Killed while a document is read; the same command goes on with another one."""
    store = open_store(str(tmp_path / "store"))
    with own_scheduler(tmp_path / "first") as (address, pid):
        more = {"3": {"marks": [str(tmp_path / "killed")], "kill": pid}}
        filled(store, tmp_path / "spool", **more)
        with pytest.raises(ClusterLost, match="nothing was committed, the same command goes on"):
            ingest(store, now=LATER, engine=engine_at(address, deadly))
    assert latest(store) is None and len(pending_runs(store, None)) == 3
    assert [found.key for found in store.list("claims/")] == []
    with own_scheduler(tmp_path / "second") as (address, _):
        ingest(store, now=LATER, engine=engine_at(address, deadly))
    assert pending_runs(store, latest(store)) == []
    assert_clean(store)
    assert rows(store) == alone(tmp_path, **more)

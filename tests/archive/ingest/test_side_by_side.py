"""Ingests side by side: each pending run is read by one of them; the result is that of one after another."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.dataset.snapshots import latest, read_table
from archive.evidence.restore import restore_check
from archive.history.runs import pending_runs
from archive.ingest.documents import IngestReport
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.isolation.tasks import Results, Task
from archive.stores import LocalStore, Store
from archive.stores.lock import Locked
from parsers.readers.limits import Limits
from tests.archive.crawls import NOW, SITE, article, budget, crawl, page, parse


class Counting(Pool):
    """Reads in this process and counts; stops before the first document until it may go on."""

    def __init__(self, *, stopped: bool = False) -> None:
        super().__init__(workers=1, parse=parse)
        self.read: list[bytes] = []
        self.reached, self.may_go = threading.Event(), threading.Event()
        if not stopped:
            self.may_go.set()

    def map_groups(self, groups: Iterable[Iterable[Task]]) -> Generator[Results, None, None]:
        for group in groups:
            results: Results = []
            for task in group:
                self.reached.set()
                assert self.may_go.wait(300)
                self.read.append(task.data)
                results.append((task, parse(task.data, task.hints, Limits())))
            yield results


def crawled(store: Store, spool: Path, day: int) -> str:
    """A day's run: the same article with another file, and one of its own."""
    files = {"/a.pdf": budget(amounts=[f"{day}.00"]), f"/{day}.pdf": budget(title=f"own {day}")}
    pages = {"/t.html": page(f"t {day}"), f"/{day}.html": page(f"d {day}")}
    articles = [article("/t.html", "/a.pdf"), article(f"/{day}.html", f"/{day}.pdf")]
    return crawl(store, spool, {**pages, **files}, articles, day)


class Beside:
    """An ingest in a thread of its own, stopped before its first document."""

    def __init__(self, store: Store, day: int, **options: Any) -> None:
        self.pool = Counting(stopped=True)
        self.report: IngestReport | None = None
        self._given = dict(now=NOW + timedelta(days=day, hours=2), pool=self.pool, **options)
        self._thread = threading.Thread(target=self._run, args=(store,))
        self._thread.start()
        assert self.pool.reached.wait(300)

    def _run(self, store: Store) -> None:
        self.report = ingest(store, **self._given)

    def finish(self) -> IngestReport:
        self.pool.may_go.set()
        self._thread.join(300)
        assert self.report
        return self.report


def test_each_run_is_read_by_one_and_the_result_is_that_of_one(store: Store, tmp_path: Path) -> None:
    first = crawled(store, tmp_path / "spool", 0)
    slow = Beside(store, 0)
    later = crawled(store, tmp_path / "spool", 1)
    quick = Counting()
    report = ingest(store, now=NOW + timedelta(days=1, hours=2), pool=quick)
    assert report.left == (first,) and report.runs == (later,) and report.snapshot
    done = slow.finish()
    assert done.runs == (first,) and done.snapshot and done.snapshot.number == report.snapshot.number + 1
    read = slow.pool.read + quick.read
    assert len(read) == len(set(read)) == 8, "pages are among them"
    assert pending_runs(store, latest(store)) == [] and list(store.list("claims/")) == []
    newest = latest(store)
    assert newest
    assert restore_check(store, newest, tmp_path / "scratch", pool=Counting()) == []
    states = {row["url"]: row["state"] for row in read_table(store, newest, "disclosures").to_pylist()}
    assert states[SITE + "/t.html"] == "changed" and len(read_table(store, newest, "changes")) > 0


def test_who_commits_late_takes_what_was_read_once_more_and_reads_nothing_again(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    crawled(store, tmp_path / "spool", 0)
    slow = Beside(store, 0)
    for day in (1, 2):
        crawled(store, tmp_path / "spool", day)
        assert ingest(store, now=NOW + timedelta(days=day, hours=2), pool=Counting()).snapshot
    before = len(slow.pool.read)
    assert before == 0 and slow.finish().snapshot
    assert len(slow.pool.read) == len(set(slow.pool.read))


def test_two_do_not_read_everything_again(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    crawled(store, tmp_path / "spool", 0)
    ingest(store, now=NOW, pool=Counting())
    slow = Beside(store, 1, reparse=True)
    with pytest.raises(Locked, match="reading a province"):
        ingest(store, now=NOW, pool=Counting(), reparse=True)
    assert slow.finish().snapshot is None

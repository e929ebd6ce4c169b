"""Death at every step that writes: crawl, ingest, commit, compaction and expiry, then going on.

A step is a moment before or after something reaches the disk or the store: a WARC record, a line of a
journal, a finished file, an object created or deleted. For every step a process runs the job, is killed by
SIGKILL at it, and another process takes the job up. The result must be that of an undisturbed job. Files
are merged at every chance, so that the commits compact, too.

The parent only forks: it uses no threads, so that its children start clean.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import archive.dataset.compaction
import archive.warc.journal
import archive.warc.spool
import archive.warc.writer
from archive.dataset.manifest import DataFile
from archive.dataset.snapshots import latest, read_table
from archive.dataset.versions.expiry import Policy, expire
from archive.evidence.verification import verify
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.isolation.tasks import Results, Task
from archive.stores import LocalStore
from archive.warc.recovery import recover_runs
from parsers.readers.limits import Limits
from tests.archive.crawls import NOW, article, budget, crawl, page, parse

DAYS = 3
COMPARED = ("documents", "tables", "facts", "checks", "bodies")
NO_GRACE = Policy(count=1, age=timedelta(), grace=timedelta(seconds=-1))


class InProcess(Pool):
    """Reads in this process: what is tested here is not the reading."""

    def map_groups(self, groups: Iterable[Iterable[Task]]) -> Generator[Results, None, None]:
        return ([(task, parse(task.data, task.hints, Limits())) for task in group] for group in groups)


@dataclass
class Death:
    """Kills the process at its `at`-th step, never at 0. `steps` are the stages of the steps done."""

    at: int = 0
    stage: str = ""
    steps: list[str] = field(default_factory=list)

    def step(self) -> None:
        self.steps.append(self.stage)
        if len(self.steps) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **options: Any) -> Any:
            self.step()
            result = function(*args, **options)
            self.step()
            return result

        return stepping


@dataclass(frozen=True, slots=True)
class Torture:
    """What came of it: deaths by stage, how many files the undisturbed job merged away, and what is wrong."""

    deaths: Mapping[str, int]
    merged: int
    wrong: tuple[str, ...]


def job(root: Path, attempt: int, death: Death) -> None:
    """On each day a crawl with news and an ingest; then an expiry. Days that are done are skipped."""
    store, spool = LocalStore(root / "store"), root / "spool"
    death.stage = "crawl"
    recover_runs(store, spool)
    for day in range(DAYS):
        death.stage = "crawl"
        marker = root / f"day-{day}"
        if marker.exists():
            continue
        answers = {"/t.html": page(f"{day} " + budget().decode())}
        for number in range(4):
            answers[f"/{number}.pdf"] = budget(title=str(number), amounts=["1.00", f"{number + day % 2}.00"])
        listed = [article("/t.html", *(path for path in answers if path.endswith("pdf")))]
        crawl(store, spool, answers, listed, day + 10 * attempt)
        death.stage = "ingest, commit and compaction"
        with InProcess() as pool:
            ingest(store, now=NOW + timedelta(days=day), pool=pool)
        marker.touch()
    death.stage = "expiry"
    for _ in range(2):
        expire(store, NO_GRACE, now=datetime.now(UTC) + timedelta(days=60))


def outcome(root: Path) -> str:
    """What the dataset holds and what verification finds, but for times and runs, as text."""
    store = LocalStore(root / "store")
    snapshot = latest(store)
    assert snapshot
    tables = {name: sorted(map(str, read_table(store, snapshot, name).to_pylist())) for name in COMPARED}
    changes = read_table(store, snapshot, "changes", ["kind", "old_fact_id", "new_fact_id"]).to_pylist()
    strays = [finding.kind for finding in verify(store)]
    return json.dumps({**tables, "changes": sorted(map(str, changes)), "strays": strays}, ensure_ascii=False)


def torture(scratch: Path, every: int = 1) -> Torture:
    """Kill at every `every`-th step."""
    undisturbed = _in_child(lambda: _whole(scratch / "undisturbed", Death()))
    if undisturbed is None:
        return Torture({}, 0, ("the undisturbed run died",))
    steps, merged, expected = json.loads(undisturbed)
    wrong: list[str] = []
    deaths: Counter[str] = Counter()
    for at, stage in list(enumerate(steps, start=1))[::every]:
        root = scratch / f"step-{at}"
        if _in_child(lambda root=root, at=at: _whole(root, Death(at))) is None:  # type: ignore[misc]
            deaths[stage] += 1
        found = _in_child(lambda root=root: _whole(root, Death(), attempt=1))  # type: ignore[misc]
        if found is None or json.loads(found)[2] != expected:
            wrong.append(f"step {at}, {stage}: {'the second run died' if found is None else 'other data'}")
        shutil.rmtree(root)
    return Torture(deaths, merged, tuple(wrong))


def _whole(root: Path, death: Death, attempt: int = 0) -> str:
    root.mkdir(parents=True, exist_ok=True)
    merged = _merge_often()
    _arm(death)
    job(root, attempt, death)
    steps = list(death.steps)
    return json.dumps([steps, len(merged), outcome(root)])


def _merge_often() -> list[DataFile]:
    """Make every commit merge files; the list of those it will have merged. In this process only."""
    merged: list[DataFile] = []
    companions = archive.dataset.compaction.companions

    def noting(others: Iterable[DataFile], rows: int, *, mixed: bool = False) -> list[DataFile]:
        taken = companions(others, rows, mixed=mixed)
        merged.extend(taken)
        return taken

    archive.dataset.compaction.companions = noting  # type: ignore[assignment]  # `most` is not given
    archive.dataset.compaction.MERGED_AT_LEAST = archive.dataset.compaction.MIXED_AT_LEAST = 2
    return merged


def _arm(death: Death) -> None:
    """Make a step of everything that writes; in this process only."""
    for where, name in (
        (LocalStore, "create"), (LocalStore, "write"), (LocalStore, "upload"), (LocalStore, "delete"),
        (archive.warc.writer.WarcWriter, "_append"), (archive.warc.writer, "finish"),
        (archive.warc.journal, "_append"),
        (archive.warc.journal, "replace_file"),
    ):  # fmt: skip
        setattr(where, name, death.around(getattr(where, name)))


def _in_child(work: Callable[[], str]) -> str | None:
    """What `work` returns in a process of its own; None if that was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            data = work().encode()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(data)
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return answer if status == 0 else None

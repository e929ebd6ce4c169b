"""Parsing in other processes, within bounds.

Invariant: whatever a document does to its reader, `Pool.map` gives one `ParsedDocument` for it, in the order
asked for, and the next document finds a working pool.

Each worker reads one document at a time. The parent watches the clock and the memory that is really in use
(RSS of the worker and of its helpers, such as LibreOffice); see `archive.isolation.memory`. What comes and
goes between two looks is not missed: each answer carries the most that the worker or a helper ever held. A
worker over a bound is killed with its helpers and replaced; the document gets the outcome `timeout`,
`too_large` or `crashed`. An orphan kills itself by an alarm.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

from archive.isolation.limits import budget, for_document
from archive.isolation.memory import resident
from archive.isolation.reading_process import Parse, without_main, work
from archive.isolation.tasks import Group, Results, Task
from parsers import parse_document
from parsers.readers.limits import MIB, Limits
from parsers.renditions import without_repeats
from parsers.values.media import sniff
from parsers.values.messages import Message, message
from parsers.values.results import Hints, ParsedDocument

WATCH_SECONDS = 0.1
GRACE_SECONDS = 2.0
"""A reader that watches the clock itself gets the time to say so."""
FAILURES = frozenset({"timeout", "too_large", "crashed"})
NO_TIME_LEFT = message("no_time_left")
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    group: Group | None = None
    place: int = -1
    task: Task | None = None
    begun: float = 0.0
    seconds: float = 0.0


class Pool:
    """Up to `workers` processes, started when needed. `max_memory` is bytes per worker with its helpers.
    What is not given is what the operator set; see `archive.isolation.limits`."""

    def __init__(
        self,
        *,
        workers: int | None = None,
        limits: Limits | None = None,
        max_memory: int | None = None,
        parse: Parse = parse_document,
    ) -> None:
        set_by_operator = budget()
        self._count, self._parse = workers or set_by_operator.workers, parse
        self._limits = limits or set_by_operator.limits
        self._max_memory = max_memory or set_by_operator.max_memory
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []

    def map(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, ParsedDocument]]:
        """Every task with its document, in the order of the tasks. Tasks are taken as workers get free."""
        return (result for [result] in self._map(([task] for task in tasks), max_depth=0))

    def map_with_members(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, ParsedDocument]]:
        """`map_groups` for one group."""
        return (result for group in self.map_groups([tasks]) for result in group)

    def map_groups(self, groups: Iterable[Iterable[Task]]) -> Iterator[Results]:
        """Every group's tasks with their documents, then the members of containers among them, level by
        level down to `max_depth`. Groups come in their order, whole; hints are handed down to members."""
        return self._map(groups, self._limits.max_depth)

    def _map(self, groups: Iterable[Iterable[Task]], max_depth: int) -> Iterator[Results]:
        """Groups are given back in the order received, so that a slow one holds back those behind it."""
        source, line = iter(groups), deque[Group]()
        try:
            while True:
                self._fill(line, source)
                for group in line:
                    group.settle(max_depth, self._limits)
                while line and line[0].is_whole:
                    yield line.popleft().results
                if self._busy:
                    for group, place, document in self._finished():
                        group.done[place] = document
                elif not line:
                    return
        finally:
            for worker in self._busy:
                _kill(worker)
            self._busy.clear()

    def _fill(self, line: deque[Group], source: Iterator[Iterable[Task]]) -> None:
        """Give tasks to free workers: of the first group that has any, else of one more from the source. Not
        more tasks are taken ahead than can be held in memory."""
        while len(self._busy) < self._count:
            begun = next(((group, task) for group in line if (task := group.next_task())), None)
            if begun:
                self._begin(*begun)
            elif sum(len(group.tasks) for group in line) >= 4 * self._count:
                return
            else:
                tasks = next(source, None)
                if tasks is None:
                    return
                line.append(Group(iter(tasks)))

    def _begin(self, group: Group, task: Task) -> None:
        place = len(group.tasks)
        group.tasks.append(task)
        if (seconds := self._seconds_for(task)) is None:
            group.done[place] = _failed(task, "timeout", NO_TIME_LEFT)
        else:
            self._start(group, place, task, seconds)

    def _seconds_for(self, task: Task) -> float | None:
        return task.share.grant() if task.share else self._limits.max_seconds

    def close(self) -> None:
        """End all workers."""
        for worker in self._idle + self._busy:
            _kill(worker)
        self._idle.clear()
        self._busy.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, group: Group, place: int, task: Task, seconds: float) -> None:
        worker = self._idle.pop() if self._idle else self._spawn()
        worker.group, worker.place, worker.task = group, place, task
        worker.begun, worker.seconds = time.monotonic(), seconds
        self._busy.append(worker)
        with contextlib.suppress(OSError):  # a worker that just died is recognised by its exit code
            limits = for_document(self._limits, seconds, self._max_memory)
            worker.pipe.send((task.data, task.hints, limits))

    def _spawn(self) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=work, args=(theirs, self._parse, self._max_memory), daemon=True)
        with without_main():
            process.start()
        theirs.close()
        try:
            ours.recv()
        except EOFError:
            process.join()
            raise RuntimeError(f"a parser process cannot start (exit code {process.exitcode})") from None
        return _Worker(process, ours)

    def _finished(self) -> list[tuple[Group, int, ParsedDocument]]:
        """Wait a moment; the documents that ended, well or badly, with their group and place in it."""
        ready = wait([worker.pipe for worker in self._busy], WATCH_SECONDS)
        done = []
        for worker in list(self._busy):
            assert worker.task is not None and worker.group is not None
            document = self._received(worker) if worker.pipe in ready else self._over_bounds(worker)
            if document is not None:
                done.append((worker.group, worker.place, document))
                self._busy.remove(worker)
                if worker.task.share:
                    took = time.monotonic() - worker.begun
                    worker.task.share.settle(worker.seconds, took, document.outcome in FAILURES)
        return done

    def _received(self, worker: _Worker) -> ParsedDocument:
        assert worker.task is not None
        try:
            received: tuple[ParsedDocument | str | None, int] = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            _kill(worker)
            code = worker.process.exitcode
            if code == -signal.SIGABRT:  # how Rust and C++ end where an allocation is refused
                return _failed(worker.task, "too_large", message("reader_gave_up"))
            return _failed(worker.task, "crashed", message("reader_died", how=_exit(code)))
        answer, most_held = received
        if most_held > self._max_memory or answer is None:
            return self._too_large(worker)
        if most_held > self._max_memory // 2:
            _kill(worker)  # what this document left behind does not count for the next one
        else:
            self._idle.append(worker)
        if isinstance(answer, str):
            return _failed(worker.task, "crashed", message("reader_error", error=answer))
        return answer

    def _over_bounds(self, worker: _Worker) -> ParsedDocument | None:
        assert worker.task is not None and worker.process.pid is not None
        if time.monotonic() - worker.begun > worker.seconds + GRACE_SECONDS:
            _kill(worker)
            late = message("not_read_in_time", seconds=f"{worker.seconds:g}")
            return _failed(worker.task, "timeout", late)
        if resident(worker.process.pid) > self._max_memory:
            return self._too_large(worker)
        return None

    def _too_large(self, worker: _Worker) -> ParsedDocument:
        assert worker.task is not None
        _kill(worker)
        return _failed(worker.task, "too_large", message("needs_memory", n=self._max_memory // MIB))


def parse_bounded(
    data: bytes,
    hints: Hints | None = None,
    limits: Limits | None = None,
    *,
    parse: Parse = parse_document,
) -> list[tuple[Task, ParsedDocument]]:
    """One file and the members in it, each with its document; the file itself comes first. A table that
    members repeat in another format has its facts in one of them."""
    with Pool(workers=1, limits=limits, parse=parse) as pool:
        tasks, documents = zip(*pool.map_with_members([Task(data, hints or Hints())]), strict=True)
        return list(zip(tasks, without_repeats(documents), strict=True))


def _failed(task: Task, outcome: str, detail: Message) -> ParsedDocument:
    return ParsedDocument(hashlib.sha256(task.data).hexdigest(), sniff(task.data), outcome, detail)


def _exit(code: int | None) -> str:
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"


def _kill(worker: _Worker) -> None:
    """End a worker and every process it started."""
    assert worker.process.pid is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.process.pid, signal.SIGKILL)
    worker.process.join()
    worker.pipe.close()

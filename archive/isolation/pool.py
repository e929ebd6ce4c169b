"""Parsing in other processes, within bounds.

Invariant: whatever a document does to its reader, `Pool.map` gives one `ParsedDocument` for it, in the order
asked for, and the next document finds a working pool. Maps share idle processes and nothing else: one that is
left before its end ends its own processes, whenever that is noticed.

Each process reads one document at a time. One that breaks a bound is ended and replaced (see
`archive.isolation.process`); its document gets the outcome `timeout`, `too_large` or `crashed`.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from typing import Self
from weakref import WeakSet

from archive.isolation.limits import budget, for_document
from archive.isolation.process import WATCH_SECONDS, Failure, Isolated, ProcessLimits, Result, preload
from archive.isolation.tasks import Group, Parse, Results, Task, document_of, read
from parsers import parse_document
from parsers.readers.limits import MIB, Limits
from parsers.tables.renditions import without_repeats
from parsers.values.media import sniff
from parsers.values.messages import Message, message
from parsers.values.results import Hints, ParsedDocument
from parsers.values.vocabulary import DocumentOutcome

UNTOUCHED = 2048 * MIB
"""Private memory that libraries may reserve and not touch; beyond, allocations fail in the process."""
GRACE_SECONDS = 2.0
"""A reader that watches the clock itself gets the time to say so."""
FAILURES = frozenset({DocumentOutcome.TIMEOUT, DocumentOutcome.TOO_LARGE, DocumentOutcome.CRASHED})
NO_TIME_LEFT = message("no_time_left")


@dataclass(slots=True)
class _Reading:
    """A task in the hands of a process: the place in its group, when it was started, and its time."""

    process: Isolated
    group: Group
    place: int
    task: Task
    started: float
    seconds: float


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
        self._count, self._work = workers or set_by_operator.workers, partial(read, parse)
        self._limits = limits or set_by_operator.limits
        self._max_memory = max_memory or set_by_operator.max_memory
        preload((__name__,))
        self._bounds = ProcessLimits(self._max_memory, self._max_memory + UNTOUCHED)
        self._idle: list[Isolated] = []
        self._maps: WeakSet[Generator[Results]] = WeakSet()

    def map(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, ParsedDocument]]:
        """Every task with its document, in the order of the tasks. Tasks are taken as workers get free."""
        return (result for [result] in self._begun(([task] for task in tasks), max_depth=0))

    def map_with_members(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, ParsedDocument]]:
        """`map_groups` for one group."""
        return (result for group in self.map_groups([tasks]) for result in group)

    def map_groups(self, groups: Iterable[Iterable[Task]]) -> Generator[Results]:
        """Every group's tasks with their documents, then the members of containers among them, level by
        level down to `max_depth`. Groups come in their order, whole; hints are handed down to members."""
        return self._begun(groups, self._limits.max_depth)

    def _begun(self, groups: Iterable[Iterable[Task]], max_depth: int) -> Generator[Results]:
        self._maps.add(results := self._map(groups, max_depth))
        return results

    def _map(self, groups: Iterable[Iterable[Task]], max_depth: int) -> Generator[Results]:
        """Groups are given back in the order received, so that a slow one holds back those behind it."""
        source, line, busy = iter(groups), deque[Group](), list[_Reading]()
        try:
            while True:
                more = self._fill(line, source, busy)
                for group in line:
                    group.settle(max_depth, self._limits)
                while line and line[0].is_whole:
                    yield line.popleft().results
                if busy:
                    for group, place, document in self._finished(busy):
                        group.done[place] = document
                elif not line and not more:
                    return
        finally:
            for reading in busy:
                reading.process.end()

    def _fill(self, line: deque[Group], source: Iterator[Iterable[Task]], busy: list[_Reading]) -> bool:
        """Give tasks to free workers: of the first group that has any, else of one more from the source. Not
        more tasks are taken ahead than can be held in memory. Whether the source may have more."""
        while len(busy) < self._count:
            begun = next(((group, task) for group in line if (task := group.next_task())), None)
            if begun:
                self._begin(*begun, busy)
            elif sum(len(group.tasks) for group in line) >= 4 * self._count:
                break
            else:
                tasks = next(source, None)
                if tasks is None:
                    return False
                line.append(Group(iter(tasks)))
        return True

    def _begin(self, group: Group, task: Task, busy: list[_Reading]) -> None:
        place = len(group.tasks)
        group.tasks.append(task)
        if (seconds := self._seconds_for(task)) is None:
            group.done[place] = _failed(task, DocumentOutcome.TIMEOUT, NO_TIME_LEFT)
        else:
            busy.append(self._start(group, place, task, seconds))

    def _seconds_for(self, task: Task) -> float | None:
        return task.share.grant() if task.share else self._limits.max_seconds

    def close(self) -> None:
        """End all workers, and the maps that are not read to their end."""
        for results in self._maps:
            results.close()
        for process in self._idle:
            process.end()
        self._idle.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, group: Group, place: int, task: Task, seconds: float) -> _Reading:
        process = self._idle.pop() if self._idle else Isolated(self._work, self._bounds)
        limits = for_document(self._limits, seconds, self._max_memory)
        process.give((task.data, task.hints, limits), seconds + GRACE_SECONDS)
        return _Reading(process, group, place, task, time.monotonic(), seconds)

    def _finished(self, busy: list[_Reading]) -> list[tuple[Group, int, ParsedDocument]]:
        """Wait a moment; the documents that ended, well or badly, with their group and place in it. They are
        not busy any more."""
        wait([reading.process.pipe for reading in busy], WATCH_SECONDS)
        done = []
        for reading in list(busy):
            if (result := reading.process.look()) is None:
                continue
            document = self._document(reading, result)
            done.append((reading.group, reading.place, document))
            busy.remove(reading)
            if reading.task.share:
                took = time.monotonic() - reading.started
                reading.task.share.settle(reading.seconds, took, document.outcome in FAILURES)
        return done

    def _document(self, reading: _Reading, result: Result | Failure) -> ParsedDocument:
        if isinstance(result, Failure):
            if result.kind == "raised":
                self._idle.append(reading.process)
            return _failed(reading.task, *self._reason(reading, result))
        if result.still_busy or result.most_held > self._max_memory // 2:
            reading.process.end()  # what this document left behind does not count for the next one
        else:
            self._idle.append(reading.process)
        try:
            return document_of(result.parts)
        except ValueError as error:
            return _failed(
                reading.task, DocumentOutcome.CRASHED, message("answer_not_a_document", error=str(error))
            )

    def _reason(self, reading: _Reading, failure: Failure) -> tuple[DocumentOutcome, Message]:
        """Outcome and detail of a document that gave no answer."""
        match failure.kind:
            case "time":
                return DocumentOutcome.TIMEOUT, message("not_read_in_time", seconds=f"{reading.seconds:g}")
            case "memory" if failure.detail:
                return DocumentOutcome.TOO_LARGE, message("reader_gave_up")
            case "memory":
                return DocumentOutcome.TOO_LARGE, message("needs_memory", n=self._max_memory // MIB)
            case "died":
                return DocumentOutcome.CRASHED, message("reader_died", how=failure.detail)
            case "raised":
                return DocumentOutcome.CRASHED, message("reader_error", error=failure.detail)


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


def _failed(task: Task, outcome: DocumentOutcome, detail: Message) -> ParsedDocument:
    return ParsedDocument(hashlib.sha256(task.data).hexdigest(), sniff(task.data), outcome, detail)

"""Processes that parse pages of unbounded cost, while the crawl goes on.

Invariant: whatever a page does to its reader, `Cells.examine` gives an `Examined` for it within `SECONDS` of
its turn, and the next page finds a working process. One site has one page in examination at a time, and no
page of it is examined in this run after `_PATIENCE` of its pages have failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from archive.isolation.memory import limit_private
from archive.isolation.reading_process import without_main
from crawler.pages.outcomes import Outcome
from crawler.reading.examining import Examined, Sealed, examine

SECONDS = 30.0
MEMORY = 1536 * 1024 * 1024
"""Bytes that a process may allocate: twenty times the largest page."""
_PROCESSES = 2
_PATIENCE = 3
_START_SECONDS = 60.0
_SPAWN = multiprocessing.get_context("spawn")
_Cell = tuple[BaseProcess, Connection]


class Cells:
    """Up to two processes, started when needed, in which `read` runs. Close it."""

    def __init__(
        self,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        read: Callable[[Sealed], Examined] = examine,
    ) -> None:
        self._seconds, self._memory, self._read = seconds, memory, read
        self._waiters = ThreadPoolExecutor(_PROCESSES, thread_name_prefix="cell")
        self._idle: list[_Cell] = []
        self._all: list[_Cell] = []
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failed: Counter[str] = Counter()

    async def examine(self, site: str, sealed: Sealed) -> Examined:
        """Judge a page of a site and make it small."""
        async with self._turns[site]:
            if self._failed[site] >= _PATIENCE:
                reason = f"{_PATIENCE} pages of the site could not be read within bounds"
                return Examined(Outcome("too_large", "reading", reason))
            loop = asyncio.get_running_loop()
            examined = await loop.run_in_executor(self._waiters, self._examine, sealed)
            self._failed[site] += examined.outcome.kind == "reading"
            return examined

    def _examine(self, sealed: Sealed) -> Examined:
        """Runs in a thread, which waits for the process."""
        cell = self._idle.pop() if self._idle else self._start()
        if cell is None:
            reason = f"no reader starts within {_START_SECONDS:g} s"
            return Examined(Outcome("too_large", "reading", reason))
        process, pipe = cell
        try:
            pipe.send(sealed)
            if pipe.poll(self._seconds):
                examined: Examined | None = pipe.recv()
                if examined is not None:
                    self._idle.append(cell)
                    return examined
                reason = f"needs more than {self._memory >> 20} MiB of memory"
            else:
                reason = f"not read within {self._seconds:g} s"
        except (EOFError, OSError):
            process.join(1.0)
            reason = f"its reader died (exit code {process.exitcode})"
        self._all.remove(cell)
        _end(cell)
        return Examined(Outcome("too_large", "reading", reason))

    def _start(self) -> _Cell | None:
        """A process that does not report ready in time is ended; the caller goes on without it."""
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_work, args=(theirs, self._memory, self._seconds, self._read))
        process.daemon = True
        with without_main():
            process.start()
        theirs.close()
        try:
            ready = ours.poll(_START_SECONDS) and ours.recv()
        except (EOFError, OSError):
            ready = False
        if not ready:
            _end((process, ours))
            return None
        self._all.append((process, ours))
        return process, ours

    def close(self) -> None:
        """End all processes."""
        for process, _ in self._all:
            process.kill()
        self._waiters.shutdown(wait=True, cancel_futures=True)
        for cell in self._all:
            _end(cell)


def _work(pipe: Connection, memory: int, seconds: float, read: Callable[[Sealed], Examined]) -> None:
    """The life of a process: one page at a time, until its parent is gone."""
    os.setsid()  # Ctrl-C is the parent's
    logging.disable(logging.WARNING)
    with contextlib.suppress(OSError):
        os.nice(5)
    limit_private(memory)
    pipe.send("ready")
    while True:
        try:
            sealed: Sealed = pipe.recv()
        except (EOFError, OSError):
            return
        signal.alarm(int(seconds) + 60)  # an orphan ends itself
        try:
            answer: Examined | None = read(sealed)
        except MemoryError:
            answer = None
        except Exception as error:
            answer = Examined(Outcome("error_page", "unreadable", repr(error)[:200]))
        signal.alarm(0)
        try:
            pipe.send(answer)
        except OSError:
            return


def _end(cell: _Cell) -> None:
    process, pipe = cell
    process.kill()
    process.join()
    pipe.close()

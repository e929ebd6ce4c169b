"""Processes that parse pages of unbounded cost, while the crawl goes on.

Invariant: whatever a page does to its reader, `PageProcesses.examine` gives an `Examined` for it within
`SECONDS` of its turn, and the next page finds a working process. One site has one page in examination at a
time, and no page of it is examined in this run after `_PATIENCE` of its pages have failed.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from pydantic import TypeAdapter

from archive.isolation.process import CannotStart, Failure, Isolated, ProcessLimits
from crawler.pages.outcomes import Outcome
from crawler.reading.examining import Examined, Sealed, examine
from parsers.readers.limits import MIB
from parsers.values.messages import Message, Seen, message

SECONDS = 30.0
MEMORY = 1536 * MIB
"""Bytes that a process may allocate: twenty times the largest page."""
_PROCESSES = 2
_PATIENCE = 3
_EXAMINED = TypeAdapter(Examined)


class PageProcesses:
    """Up to two processes, started when needed, in which `read` runs. Close it."""

    def __init__(
        self,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        read: Callable[[Sealed], Examined] = examine,
    ) -> None:
        self._seconds, self._work = seconds, partial(_examined, read)
        self._bounds = ProcessLimits(memory, memory)
        self._waiters = ThreadPoolExecutor(_PROCESSES, thread_name_prefix="page")
        self._idle: list[Isolated] = []
        self._all: set[Isolated] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._failed: Counter[str] = Counter()

    async def examine(self, site: str, sealed: Sealed) -> Examined:
        """Judge a page of a site and make it small."""
        async with self._turns[site]:
            if self._failed[site] >= _PATIENCE:
                return _unread(message("seen_site_too_slow", n=_PATIENCE))
            loop = asyncio.get_running_loop()
            examined = await loop.run_in_executor(self._waiters, self._examine, sealed)
            self._failed[site] += examined.outcome.kind == "reading"
            return examined

    def _examine(self, sealed: Sealed) -> Examined:
        """Runs in a thread, which waits for the process."""
        try:
            process = self._idle.pop() if self._idle else Isolated(self._work, self._bounds)
        except CannotStart as error:
            return _unread(str(error))
        self._all.add(process)
        result = process.ask(sealed, self._seconds)
        if isinstance(result, Failure) and result.kind != "raised":
            self._all.remove(process)
            return _unread(self._reason(result))
        self._idle.append(process)
        if isinstance(result, Failure):
            return Examined(Outcome("error_page", "unreadable", result.detail))
        try:
            head, body = result.parts
            examined = _EXAMINED.validate_json(head)
            return replace(examined, reduced=examined.reduced and replace(examined.reduced, body=body))
        except ValueError as error:
            return _unread(message("seen_reader_not_understood", error=str(error)))

    def _reason(self, failure: Failure) -> Message:
        match failure.kind:
            case "time":
                return message("seen_not_in_time", seconds=f"{self._seconds:g}")
            case "memory":
                return message("seen_needs_memory", n=self._bounds.memory // MIB)
            case "died" | "raised":
                return message("reader_died", how=failure.detail)

    def close(self) -> None:
        """End all processes."""
        for process in self._all:
            process.kill()
        self._waiters.shutdown(wait=True, cancel_futures=True)
        for process in self._all:
            process.end()


def _unread(reason: Seen) -> Examined:
    return Examined(Outcome("too_large", "reading", reason))


def _examined(read: Callable[[Sealed], Examined], sealed: Sealed) -> tuple[bytes, bytes]:
    """In the process: what `read` says of a page, and the page made small, in its own encoding."""
    examined = read(sealed)
    body = examined.reduced.body if examined.reduced else b""
    head = replace(examined, reduced=examined.reduced and replace(examined.reduced, body=b""))
    return _EXAMINED.dump_json(head), body

"""Scanned pages side by side: one on each core, added to the document in its order.

Invariant: pages and notes depend neither on which scan ends first nor on the number of cores. Only the work
on pixels runs beside others; pixels are drawn and pages are added in the caller's thread. A page that does
not end in the time of one page is unread, and costs no other page.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from parsers.readers.page.lines.geometry import PageMarks
from parsers.readers.page.pages import Pages
from parsers.readers.scan import ocr
from parsers.readers.scan.time_limit import PATIENCE, OutOfTime, within
from parsers.values.attempts import Attempts
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource

GRACE_SECONDS = 5.0  # a scan that asks for the time gets so long to end
MOST_AT_A_TIME = 4  # each holds the pixels and the detection of a page: 200 to 300 MiB


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """Marks of a page image, and how far it had to be turned (quarter turns clockwise, then degrees)."""

    marks: PageMarks
    turned: int
    skew: float
    doubtful: int


@dataclass(frozen=True, slots=True)
class _Begun:
    scan: Future[ScannedPage] | None
    size: tuple[float, float]
    attempts: Attempts
    at: float


class Scans:
    """The scans of one document that have been started and are not yet among its pages: `at_a_time` of them,
    by default one for each core."""

    def __init__(self, pages: Pages, *, at_a_time: int | None = None) -> None:
        self._pages = pages
        self._begun: deque[_Begun] = deque()
        self._at_a_time = at_a_time or min(cores(), MOST_AT_A_TIME)
        self._threads: ThreadPoolExecutor | None = None

    @property
    def next_number(self) -> int:
        """Number of the page to be started next, from 1."""
        return self._pages.next_number + len(self._begun)

    def begin(
        self, size: tuple[float, float], attempts: Attempts, scan: Callable[[], ScannedPage] | None
    ) -> None:
        """A page image of `size` points; None for one without pixels, which stays unread. `attempts` has the
        notes on it so far."""
        while len(self._begun) >= self._at_a_time:
            self._add_first()
        at = self._pages.page_begun
        limit = self._pages.limits.image_seconds
        future = scan and self._run().submit(within, limit, scan)
        self._begun.append(_Begun(future, size, attempts, at))

    def settle(self) -> None:
        """Add what has been started; to be called before any other page is added."""
        while self._begun:
            self._add_first()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.settle()
        finally:
            if self._threads is not None:
                self._threads.shutdown(cancel_futures=True)

    def _run(self) -> ThreadPoolExecutor:
        if self._threads is None:
            ocr.load_models()
            self._threads = ThreadPoolExecutor(self._at_a_time)
        return self._threads

    def _add_first(self) -> None:
        # Pages are recognised side by side, but added in order: a table goes on from the page before.
        one, pages = self._begun.popleft(), self._pages
        page = (
            None if one.scan is None else one.attempts.run(message("step_image"), None, self._ended, one.scan)
        )
        pages.notes.extend(one.attempts.notes)
        if isinstance(page, OutOfTime):
            pages.add_late(one.size)
            return
        if page is None:
            pages.add_unread(one.size, message("image_not_recognised"))
            return
        if page.doubtful:
            pages.note("ocr_doubtful", message("not_legible", n=page.doubtful), page.marks.number)
        pages.add(page.marks, AmountSource.SCAN, page.turned, begun=one.at)

    def _ended(self, scan: Future[ScannedPage]) -> ScannedPage | OutOfTime:
        """The page, or that it took too long: a scan that does not ask for the time is left to itself."""
        limit = self._pages.limits.image_seconds
        try:
            return scan.result(None if limit == math.inf else PATIENCE * limit + GRACE_SECONDS)
        except OutOfTime as late:
            return late
        except FutureTimeoutError:
            assert self._threads is not None
            self._threads.shutdown(wait=False)
            self._threads = None
            return OutOfTime()


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

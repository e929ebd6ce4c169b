"""How long the image of one page may take.

Invariant: work that runs within a limit ends soon after it, because its steps ask; a limit holds in the
thread in which it was set, and in no other. What counts is the processor's time, so that a busy machine loses
no page; the clock ends only what waits.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 4.0  # so many times the limit may pass by the clock

T = TypeVar("T")
_thread = threading.local()


class OutOfTime(Exception):
    """The page takes longer than one page may."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns. Raises OutOfTime at its first step that begins after `seconds` of this thread."""
    _thread.work_end = time.thread_time() + seconds
    _thread.clock_end = time.monotonic() + PATIENCE * seconds
    try:
        return work()
    finally:
        _thread.work_end = _thread.clock_end = math.inf


def ask() -> None:
    """A step begins. Raises OutOfTime where the limit of this thread is reached."""
    if time.thread_time() >= getattr(_thread, "work_end", math.inf):
        raise OutOfTime
    if time.monotonic() >= getattr(_thread, "clock_end", math.inf):
        raise OutOfTime

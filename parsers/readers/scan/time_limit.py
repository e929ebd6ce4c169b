"""How long the image of one page may take.

Invariant: work that runs within a limit ends soon after it, because its steps ask; a limit holds in the
thread in which it was set, and in no other.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_thread = threading.local()


class OutOfTime(Exception):
    """The page takes longer than one page may."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns. Raises OutOfTime at its first step that begins after `seconds`."""
    _thread.end = time.monotonic() + seconds
    try:
        return work()
    finally:
        _thread.end = math.inf


def ask() -> None:
    """A step begins. Raises OutOfTime where the limit of this thread is reached."""
    if time.monotonic() >= getattr(_thread, "end", math.inf):
        raise OutOfTime

"""Cycles of values, seldom sought.

Invariant: what already searches less often, or never, goes on so; afterwards it is as before.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

VALUES_BETWEEN_COLLECTIONS = 250_000  # more than most documents make; what stays is searched again each time


@contextmanager
def seldom_collected() -> Iterator[None]:
    """While a million small values are made, and next to no cycles: the search for those is a tenth of the
    time of a parse, and a quarter of that of reading captures."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], VALUES_BETWEEN_COLLECTIONS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)

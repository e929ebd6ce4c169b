"""Which rows of a column are the sums of which others, found from their order and their amounts.

Invariant: a sum is one only where its parts stand together right below it (or, for totals, right above it)
and add up to it; nothing is assumed of rows that do not. Pure: positions and numbers in, positions out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

Sum = tuple[int, tuple[int, ...]]  # the position of the whole, those of its parts
MOST_PARTS = 400
LEAST, LEAST_ALONE = 100, 100  # printed steps of an amount below which a sum may be chance


def sums_in_order(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, *, listed: bool = False
) -> list[Sum]:
    """The sums of one column: `values` from top to bottom, `totals` marks rows called 合计; `step` is the
    smallest printed difference (half of it may be lost in each part). In a plain list (`listed`) no row but
    a total is the sum of others."""
    wholes = totals if listed else [True] * len(values)
    ends, below = _downwards(values, totals, step, wholes)
    found = [(whole, parts) for whole, parts in below.items() if parts]
    return found + _upwards(values, totals, step, ends)


def _downwards(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, wholes: Sequence[bool]
) -> tuple[list[int], dict[int, tuple[int, ...]]]:
    """For each row where its parts end, and its parts; from the bottom up, so that parts are whole."""
    ends = list(range(1, len(values) + 1))
    below: dict[int, tuple[int, ...]] = {}
    for whole in range(len(values) - 1, -1, -1):
        if not values[whole] or not wholes[whole]:
            continue
        parts = _run(values, totals, step, ends, whole)
        if parts:
            below[whole] = parts
            ends[whole] = ends[parts[-1]]
    return ends, below


def _run(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, ends: Sequence[int], whole: int
) -> tuple[int, ...]:
    """The rows right below that add up to the whole, each with its own parts skipped. A single row of the
    same amount is a part too (one 项 below its 款), if the amount is not so small as to be chance."""
    total, most = Decimal(0), 2 * abs(values[whole])
    parts: list[int] = []
    at = whole + 1
    while at < len(values) and len(parts) < MOST_PARTS:
        if totals[at] and not totals[whole]:
            break  # a total closes what stands above it
        total += values[at]
        parts.append(at)
        at = ends[at]
        if _equal(total, values[whole], step, len(parts)):
            lone = sum(bool(values[i]) for i in parts) < 2
            chance = abs(values[whole]) < step * (LEAST_ALONE if lone else LEAST)
            return () if chance or (lone and totals[whole]) else tuple(parts)
        if abs(total) > most and total * values[whole] > 0:
            break
    return ()


def _upwards(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, ends: Sequence[int]
) -> list[Sum]:
    """Totals printed below their parts: the rows above that no other contains, the longest run that fits."""
    found: list[Sum] = []
    open_rows: list[int] = []
    at = 0
    while at < len(values):
        if totals[at] and values[at] and ends[at] == at + 1:
            start = _fitting(values, open_rows, values[at], step)
            if start is not None:
                found.append((at, tuple(open_rows[start:])))
                del open_rows[start:]
        open_rows.append(at)
        at = ends[at]
    return found


def _fitting(values: Sequence[Decimal], rows: Sequence[int], whole: Decimal, step: Decimal) -> int | None:
    total = Decimal(0)
    fits = None
    for start in range(len(rows) - 1, max(-1, len(rows) - 1 - MOST_PARTS), -1):
        total += values[rows[start]]
        if len(rows) - start > 1 and _equal(total, whole, step, len(rows) - start):
            fits = start
    return fits


def _equal(one: Decimal, other: Decimal, step: Decimal, parts: int) -> bool:
    """Equal but for rounding, where the amount is far larger than what rounding can explain."""
    if one == other:
        return True
    lost = step / 2 * (min(parts, 9) + 1)
    return abs(one - other) <= lost and abs(other) > 50 * lost

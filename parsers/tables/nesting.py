"""Subtotals in tables nested by body, project or purchase, whose rows print no rank.

Invariant: a row is called a subtotal only where the whole table adds up that way: the rows that are left must
sum to the printed grand total, or, where none is printed, every row must belong to a group with its sum.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal

MAX_ROWS = 400
MAX_STEPS = 20_000

Open = tuple[Decimal, ...]  # what the sums that are open still lack, the innermost last


def subtotals(amounts: Sequence[Decimal], total: Decimal | None, shapes: Sequence[Hashable] = ()) -> set[int]:
    """Which of successive amounts are sums of those after them; `total` is the printed grand total, `shapes`
    say which describing columns each row fills.

    Empty where no reading, or too long a search, makes the table add up."""
    rows = [index for index, amount in enumerate(amounts) if amount]
    if len(rows) > MAX_ROWS or any(amounts[index] < 0 for index in rows):
        return set()
    alike = len(rows) > 1 and (not shapes or shapes[rows[0]] == shapes[rows[1]])
    search = _Search([amounts[index] for index in rows], total is None, alike)
    heads = search.read(0, () if total is None else (total,))
    return {rows[head] for head in heads} if heads else set()


class _Search:
    """Depth first: each amount is a part of the innermost open sum, or opens a sum of its own.

    Without a grand total the outermost rows must all open sums, the first of them with several parts where
    it and the second look `alike`."""

    def __init__(self, amounts: Sequence[Decimal], all_grouped: bool, alike: bool) -> None:
        self.amounts, self.all_grouped, self.alike = amounts, all_grouped, alike
        self.steps = 0
        self.dead: set[tuple[int, Open]] = set()

    def read(self, row: int, lacking: Open) -> frozenset[int] | None:
        """The heads of sums from `row` on, or None where the rows cannot close all that is open."""
        if row == len(self.amounts):
            return None if lacking else frozenset()
        if (row, lacking) in self.dead or self.steps > MAX_STEPS:
            return None
        self.steps += 1
        found = self._read(row, lacking)
        if found is None:
            self.dead.add((row, lacking))
        return found

    def _read(self, row: int, lacking: Open) -> frozenset[int] | None:
        amount = self.amounts[row]
        if lacking:
            rest = lacking[-1] - amount
            if rest < 0:
                return None
            lacking = (*lacking[:-1], rest)
            if (heads := self.read(row + 1, _closed(lacking))) is not None:
                return heads
        elif not self.all_grouped or (row == 0 and self.alike and self.amounts[1:2] == [amount]):
            return None
        heads = self.read(row + 1, (*lacking, amount))
        return None if heads is None else heads | {row}


def _closed(lacking: Open) -> Open:
    """Without the innermost sums that lack nothing any more."""
    while lacking and lacking[-1] == 0:
        lacking = lacking[:-1]
    return lacking

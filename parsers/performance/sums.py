"""What the money of a performance form adds up to: 资金总额 its sources, 金额合计 the tasks above it.

Invariant: amounts are compared as printed, whatever their unit; a sum is tested only where the form prints
all of its parts, and within half a step of the last place for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.performance.vocabulary import terms
from parsers.values.amounts import printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.results import BudgetTable
from parsers.values.text import fold

_L = lexicon_of(__name__)
_TOTAL_OF = _L.text("total_of")
_SUM_OF = _L.text("sum_of")
_TOTAL = _L.text("total")

_HALF_CENT = Decimal("0.005")
Texts = Sequence[str]


@dataclass(frozen=True, slots=True)
class FormSum:
    """A printed whole and the sum of its printed parts, both in the form's unit; `label` names the whole."""

    label: str
    whole: Decimal
    parts: Decimal
    count: int

    @property
    def holds(self) -> bool:
        """Whether whole and parts agree within rounding."""
        return abs(self.whole - self.parts) <= _HALF_CENT * (self.count + 1)


def form_sums(table: BudgetTable) -> Iterator[FormSum]:
    """All sums of one form."""
    rows = [tuple(fold(text).rstrip(":") for text in row) for row in (*table.header, *table.grid)]
    for position, row in enumerate(rows):
        for column, text in enumerate(row):
            if terms().sums.whole.fullmatch(text):
                yield from _by_source(rows[position:], column)
    heads = [
        i for i, row in enumerate(rows) if _TOTAL in row and any(map(terms().sums.fiscal.fullmatch, row))
    ]
    for head in heads[-1:]:
        yield from _of_tasks(rows[head], rows[head + 1 :])


def _by_source(rows: Sequence[Texts], column: int) -> Iterator[FormSum]:
    """资金总额 over 其中：财政拨款 and 其他资金, one below the other."""
    whole, *parts = (_value(row, column) for row in rows[:3])
    if len(parts) < 2 or whole is None or all(part is None for part in parts):
        return
    fiscal, other = (row[column] if column < len(row) else "" for row in rows[1:3])
    if terms().sums.fiscal.fullmatch(fiscal) and terms().sums.other.fullmatch(other):
        yield FormSum(rows[0][column], whole, sum((part or Decimal(0) for part in parts), Decimal(0)), 2)


def _value(row: Texts, column: int) -> Decimal | None:
    """The first number right of a label."""
    return next((number for text in row[column + 1 :] if (number := printed_number(text)) is not None), None)


def _of_tasks(head: Texts, below: Sequence[Texts]) -> Iterator[FormSum]:
    """总额 | 财政拨款 | 其他资金 of every task (年度主要任务), and 金额合计 below them.

    Reports of what was done print them twice, for budget and accounts: there the columns are summed only."""
    whole = head.index(_TOTAL)
    parts = [
        i for i, t in enumerate(head) if terms().sums.fiscal.fullmatch(t) or terms().sums.other.fullmatch(t)
    ]
    end = next((i for i, row in enumerate(below) if any(map(terms().sums.closing.fullmatch, row))), None)
    if end is None:
        return
    columns = (whole, *parts)
    numbers = [{i: printed_number(row[i]) for i in columns if i < len(row)} for row in below[: end + 1]]
    for row, found in zip(below, numbers, strict=False):
        printed = [number for i in parts if (number := found.get(i)) is not None]
        if (total := found.get(whole)) is not None and printed and len(parts) == 2:
            label = next(filter(None, row), "")
            yield FormSum(_TOTAL_OF.format(label=label), total, sum(printed, Decimal(0)), len(printed))
    for i in columns:
        listed = [number for found in numbers[:-1] if (number := found.get(i)) is not None]
        if (total := numbers[-1].get(i)) is not None and listed:
            yield FormSum(_SUM_OF.format(label=head[i]), total, sum(listed, Decimal(0)), len(listed))

"""Columns that compare two others: a difference is money, a ratio is none (决算比上年决算: -9,923 or 72.3).

Invariant: a column is a ratio only where most of its rows are the quotient of the same two columns beside it;
its header decides wherever it says 额 or %.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

Values = Sequence[Decimal | None]

COMPARES = re.compile(r"比|较|增|减|变动|同比|±|占|完成|进度")
SAID = re.compile(r"额|数$|元|绝对|%|率|幅")
_ROWS = 80  # rows that are enough to judge
_LEAST = 3
_MOSTLY = Decimal("0.7")
_HALF_STEP = Decimal("0.51")


def is_ratio(values: Values, others: Sequence[Values]) -> bool:
    """Whether most of the values are one column in hundredths of another, or the growth of one on another."""
    rows = [row for row, value in enumerate(values) if value][:_ROWS]
    if len(rows) < _LEAST:
        return False
    step = Decimal(1).scaleb(min(int(value.as_tuple().exponent) for row in rows if (value := values[row])))
    for one, other in permutations(others, 2):
        said = [(values[row] or Decimal(0), one[row], other[row]) for row in rows]
        fitting = sum(_fits(value, a, b, step) for value, a, b in said)
        if fitting >= _LEAST and fitting >= _MOSTLY * len(rows):
            return True
    return False


def _fits(value: Decimal, one: Decimal | None, other: Decimal | None, step: Decimal) -> bool:
    if not one or not other or abs(one - other - value) <= step:
        return False
    percent = one / other * 100
    return any(abs(found - value) <= step * _HALF_STEP for found in (percent, percent - 100))

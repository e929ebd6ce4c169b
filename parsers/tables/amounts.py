"""Printed amounts to exact numbers, or nothing.

Invariant: a number comes out only when the whole cell is one printed amount; anything else (a range, a
percentage, a date, a mask) is `None`, never a best effort.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from parsers.text import fold

CENT = Decimal("0.01")

# Printed zero is "0" or "0.00". A dash stands for "nothing here" and is as good as blank.
_NUMBER = re.compile(r"^(?P<minus>[-−–—]?)[¥￥]?(?P<whole>\d+(?:,\d{3})*)?(?P<cents>\.\d+)?元?$")
_BRACKETED = re.compile(r"^\((?P<inner>[^()]+)\)$")
_BLANK = frozenset({"", "-", "--", "—", "——", "−", "–", "/", "\\", "无", "*", "**", "...", "......", "···"})


def is_blank(text: str) -> bool:
    """Blank, or one of the marks that stand for "no amount" (`—`, `/`, 无)."""
    return fold(text) in _BLANK


def printed_number(text: str) -> Decimal | None:
    """The number a cell prints, in its own unit: `1，234.50` → 1234.50, `(12.3)` and `－12` negative.

    Accepts thousands separators in threes, all of them or only the last (125360,898), full-width digits,
    brackets for negatives, a leading ¥ and a line break inside the digits (a narrow column breaks
    `12,847.\\n65`). None for everything else.
    """
    compact = fold(text)
    negative = False
    if bracketed := _BRACKETED.match(compact):
        compact, negative = bracketed["inner"], True
    match = _NUMBER.match(compact)
    if not match or not (match["whole"] or match["cents"]):
        return None
    if match["whole"] and len(match["whole"]) > 1 and match["whole"].isdigit() and match["whole"][0] == "0":
        return None  # 01, 0501: a code, not an amount
    value = Decimal((match["whole"] or "0").replace(",", "") + (match["cents"] or ""))
    return -value if negative or match["minus"] else value


def to_yuan(number: Decimal, unit_yuan: Decimal) -> Decimal:
    """Exact yuan at two places; more places than a cent (六位小数 in 万元 never has) round half up."""
    return (number * unit_yuan).quantize(CENT, rounding=ROUND_HALF_UP)

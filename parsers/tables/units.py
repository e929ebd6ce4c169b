"""The unit (单位) a table prints its amounts in.

Invariant: a unit is read, never assumed; a table that states none has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from parsers.text import fold

# Yuan per printed unit.
YUAN_PER_UNIT: dict[str, Decimal] = {
    "元": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000),
    "亿元": Decimal(100_000_000),
}
_NAMES = "|".join(sorted(YUAN_PER_UNIT, key=len, reverse=True))
_STATED = re.compile(
    rf"(?:金额|货币|计量|计价|币种)?单位[:：]?(?:人民币)?[:：/]?({_NAMES})(?![\u4e00-\u9fff])"
)
_BRACKETED = re.compile(rf"[(]({_NAMES})[)]")
_BARE = re.compile(rf"^(?:人民币)?({_NAMES})$")


@dataclass(frozen=True, slots=True)
class Unit:
    """`text` as printed (单位：万元), `yuan` per unit."""

    text: str
    yuan: Decimal


def stated_unit(text: str) -> Unit | None:
    """`部门：X  单位：万元` → 单位:万元, 10000. None where the text states no unit."""
    if match := _STATED.search(fold(text)):
        return Unit(match.group(0), YUAN_PER_UNIT[match.group(1)])
    return None


def bracketed_unit(text: str) -> Unit | None:
    """`金额（万元）` in a title or header cell, or a cell that holds the unit's name alone."""
    compact = fold(text)
    if match := _BRACKETED.search(compact) or _BARE.match(compact):
        return Unit(match.group(1), YUAN_PER_UNIT[match.group(1)])
    return None


def first_unit(texts: Iterable[str]) -> Unit | None:
    """The first unit stated as 单位：…, else the first in brackets."""
    lines = list(texts)
    for read in (stated_unit, bracketed_unit):
        for line in lines:
            if unit := read(line):
                return unit
    return None

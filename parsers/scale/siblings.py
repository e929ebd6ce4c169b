"""Tables whose unit is unlike that of the other tables of their document.

Invariant: most tables of a document have one unit, or no table is unlike the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from parsers.values.results import BudgetTable

TINY = Decimal(100_000)
"""Yuan; a whole table of less, beside tables in 万元, is hardly in 元."""
MUCH = 1000


def outliers(tables: Sequence[BudgetTable]) -> list[BudgetTable]:
    """The tables whose unit is not that of most tables with amounts."""
    usual = _usual(tables)
    return [t for t in tables if usual and t.facts and t.unit_yuan and t.unit_yuan != usual]


def implausible(tables: Sequence[BudgetTable]) -> list[BudgetTable]:
    """Those among them that are in a much smaller unit and print no amount that needs one."""
    usual = _usual(tables)
    found = []
    for table in outliers(tables):
        amounts = [abs(fact.amount_yuan) for fact in table.facts if fact.amount_yuan]
        small = usual is not None and table.unit_yuan is not None and usual >= table.unit_yuan * MUCH
        if small and amounts and max(amounts) < TINY:
            found.append(table)
    return found


def _usual(tables: Sequence[BudgetTable]) -> Decimal | None:
    units = Counter(
        t.unit_yuan for t in tables if t.facts and t.unit_yuan and any(f.amount_yuan for f in t.facts)
    )
    if not units:
        return None
    unit, number = units.most_common(1)[0]
    return unit if number > units.total() / 2 and number > 1 else None

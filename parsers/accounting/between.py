"""I9: the basic expenditure of the table by function equals the total of the table by economic class.

Invariant: two tables are compared only where their fund is the same and each prints one total.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.accounting.evaluate import Term, evaluate
from parsers.results import BudgetTable, Check, Fact


def check_between(tables: Sequence[BudgetTable]) -> Iterator[Check]:
    """All checks between tables of one document."""
    for left_table in tables:
        if left_table.table_type != "general_expenditure":
            continue
        left = _total(left_table)
        for right_table in tables:
            if left is None or right_table.table_type not in ("general_basic_economic", "general_basic"):
                continue
            right = _total(right_table)
            if right is not None and right.fund == left.fund and right.period == left.period:
                what = f"{left_table.title} = {right_table.title}"
                yield evaluate("I9", Term(left_table, left), [Term(right_table, right)], what)


def _total(table: BudgetTable) -> Fact | None:
    """The one printed total of basic expenditure, all objects."""
    totals = [f for f in table.facts if f.is_total and (f.nature, f.object) == ("basic", "all")]
    return totals[0] if len(totals) == 1 else None

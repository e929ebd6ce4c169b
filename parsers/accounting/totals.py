"""I1 and I2 of the summary tables: 收入总计 = 支出总计; 总计 = 本年合计 + carry-over.

Invariant: only amounts of the same period are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from parsers.accounting.evaluate import Term, evaluate
from parsers.results import BudgetTable, Check, Fact
from parsers.text import fold, unnumbered

_TYPES = frozenset({"summary", "appropriation_summary", "gov_fund", "state_capital"})
_GRAND = re.compile(r"^(?:收入|支出)?总计$|^(?:收入|支出)合计$")
_CURRENT = re.compile(r"^(?:本年|当年)(?:收入|支出)?(?:合计|小计)$")
_DETAIL = re.compile(r"^(?:其中|[(]|\d+[、.])")
_CARRY = re.compile(r"结转|结余|上年|年初|年末|弥补|动用|调入|非财政拨款|事业基金|专用基金|余额")


def check_totals(table: BudgetTable) -> Iterator[Check]:
    """All I1 and I2 checks of one summary table."""
    if table.table_type not in _TYPES:
        return
    columns: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in table.facts:
        columns[fact.col_no].append(fact)
    revenue: list[Fact] = []
    expenditure: list[Fact] = []
    for facts in columns.values():
        grand = [fact for fact in facts if _GRAND.match(unnumbered(fact.row_label))]
        if not grand:
            continue
        flow = "revenue" if facts[0].column_path.startswith(("收", "本年收")) else None
        flow = grand[-1].flow or flow
        (revenue if flow == "revenue" else expenditure).append(grand[-1])
        yield from _with_carryover(table, facts, grand[-1])
    yield from _both_sides(table, revenue, expenditure)


def _both_sides(table: BudgetTable, revenue: list[Fact], expenditure: list[Fact]) -> Iterator[Check]:
    """I1, for every column of totals whose counterpart is plain: the only one, or the one of its period."""
    for right in expenditure:
        if (right.nature, right.object) not in (("all", "all"), (None, None)) or not _is_whole(
            right, expenditure
        ):
            continue
        left = [fact for fact in revenue if fact.period == right.period] or revenue
        if len(left) == 1:
            what = f"{left[0].row_label} = {right.row_label} [{right.column_path}]"
            yield evaluate("I1", Term(table, left[0]), [Term(table, right)], what)


def _is_whole(fact: Fact, others: list[Fact]) -> bool:
    """Not a column for one fund where another column of the period has all funds."""
    funds = {other.fund for other in others if other.period == fact.period}
    whole = funds & {"all", "appropriation"}
    return not whole or fact.fund in whole


def _with_carryover(table: BudgetTable, facts: list[Fact], grand: Fact) -> Iterator[Check]:
    """I2: 本年合计 and the carry-over rows below it make 总计; their details are not added twice."""
    current = [
        fact for fact in facts if _CURRENT.match(unnumbered(fact.row_label)) and fact.row_no < grand.row_no
    ]
    if not current:
        return
    between = [fact for fact in facts if current[-1].row_no < fact.row_no < grand.row_no]
    parts = [Term(table, fact) for fact in (current[-1], *_mains(between))]
    yield evaluate("I2", Term(table, grand), parts, f"{grand.row_label} [{grand.column_path}]")


def _mains(between: list[Fact]) -> list[Fact]:
    """The carry-over rows without those that detail the row above them: 其中, or amounts that make it up."""
    mains: list[Fact] = []
    rest = [fact for fact in between if not _DETAIL.match(fold(fact.row_label))]
    while rest:
        head, rest = rest[0], rest[1:]
        if _CARRY.search(unnumbered(head.row_label)):
            mains.append(head)
            rest = rest[_details(head, rest) :]
    return mains


def _details(head: Fact, below: list[Fact]) -> int:
    """How many rows right below add up to the head."""
    total = Decimal(0)
    for count, fact in enumerate(below, start=1):
        total += fact.amount_yuan or 0
        if total == head.amount_yuan:
            return count
    return 0

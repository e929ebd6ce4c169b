"""A kind for social insurance (社会保险基金): `gov_insurance`, what comes in, goes out and stays.

Invariant: the sums of the year are compared with one another only within one column, or between tables of one
scope, stage and year where each prints one of them once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import product

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.kinds.government.rows import holds
from parsers.accounting.rulebook import Rule
from parsers.accounting.wording import fact_place
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import Flow, Period

_L = lexicon_of(__name__)
_INSURANCE = _L.text("insurance")
_LONGEST_SUM = 8  # characters; an item names its insurance (企业职工基本养老保险基金收入)
Found = tuple[Ledger, Fact]
_MOST = 3  # rows that may be the sum of one side
# revenue = expenditure + balance of the year; opening + balance of the year = closing balance.
_SUMS = (("revenue", "expenditure", "balance"), ("carried_out", "carried_in", "balance"))


def gov_insurance(rule: Rule, book: Book) -> Iterator[Yield]:
    """Revenue − expenditure = balance of the year, and opening + that = closing balance."""
    sums: defaultdict[Hashable, dict[str, list[Found]]] = defaultdict(dict)
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
        for fact in sheet.table.facts:
            if fact.amount_yuan and fact.flow and fact.period != Period.CHANGE and _is_sum(fact):
                for key in ((sheet.table.table_no, fact.col_no), _same_insurance(fact)):
                    sums[key].setdefault(fact.flow, []).append((sheet, fact))
    for found in sums.values():
        yield from _equations(rule, found)


def _is_sum(fact: Fact) -> bool:
    """Whether a row is the account's own sum (本年收入合计, 一、收入, 三、收支结余), none of its items."""
    words = unnumbered(fold(fact.row_label))
    balance = fact.flow in (Flow.BALANCE, Flow.CARRIED_IN, Flow.CARRIED_OUT)
    return fact.is_total or balance or len(words) <= _LONGEST_SUM


def _same_insurance(fact: Fact) -> Hashable:
    kind = fold(fact.column_path.split(" / ")[0]) if _INSURANCE in fact.column_path else ""
    return kind, fact.scope, fact.stage, fact.amount_year, fact.row_region_code


def _equations(rule: Rule, found: Mapping[str, list[Found]]) -> Iterator[Equation]:
    for names in _SUMS:
        candidates = [found.get(name, [])[:_MOST] for name in names]
        for (sheet, whole), (other, part), (third, rest) in product(*candidates):
            step = max(sheet.step, other.step, third.step)
            if holds(whole, (part, rest), step):
                right = (other.fact_term(part), third.fact_term(rest))
                place = fact_place(sheet.table, whole)
                yield Equation(rule, (sheet.fact_term(whole),), right, place, step, doubtful=True)

"""Kinds that compare what governments' tables say of one another: `gov_levels`, `gov_moved`, `gov_limit`, and
`gov_insurance` for social insurance (社会保险基金).

Invariant: amounts of one stage and year; whole and own level are never one amount. What is missing on a side
is unknown, not zero: then nothing is compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from itertools import product

from parsers.accounting.book import Book
from parsers.accounting.equation import Equation, Finding, Found, Yield, equated
from parsers.accounting.kinds.government.rows import summed
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Moved
from parsers.accounting.wording import fact_place, printed
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import CellRef, Fact
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import CheckStatus, DebtMeasure, Flow, Measure, Period

_L = lexicon_of(__name__)
_OF_WHICH = _L.text("of_which")

_LEVELS = ("whole", "own", "region")
_LEAST_DIGITS = 2  # that an amount prints beside zeros, before being equal to another proves it
_KINDS = ("debt_measure", "debt_kind", "debt_bond")
_INSURANCE = _L.text("insurance")
_LONGEST_SUM = 8  # characters; an item names its insurance (企业职工基本养老保险基金收入)
_MOST = 3  # rows that may be the sum of one side
# revenue = expenditure + balance of the year; opening + balance of the year = closing balance.
_SUMS = (("revenue", "expenditure", "balance"), ("carried_out", "carried_in", "balance"))


def gov_levels(rule: Rule, book: Book) -> Iterator[Yield]:
    """The whole = own level + all regions below, of one row in tables (or columns) of three scopes."""
    groups: defaultdict[Hashable, defaultdict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for sheet in book.within(rule.scope):
        repeated: Counter[tuple[int, str]] = Counter()
        for fact in sheet.table.facts:
            name = _what(fact)
            nth = repeated[fact.col_no, name]
            repeated[fact.col_no, name] += 1
            if fact.scope in _LEVELS and fact.amount_yuan is not None and name:
                groups[_same_but_scope(fact, name, nth)][fact.scope].append((sheet, fact))
    for found in groups.values():
        levels = found["whole"], found["own"], _unnamed(found)
        for whole, own, below in product(*levels):
            if own[1].amount_yuan and below[1].amount_yuan:
                yield from summed(rule, whole, own, below)
        yield from _of_one_level(rule, found)


def _of_one_level(rule: Rule, found: Mapping[str, list[Found]]) -> Iterator[Equation]:
    """What only one level prints is all of it: the whole = own level, or = what lies below."""
    own, below = found["own"], _unnamed(found)
    if own and below:
        return
    for whole, part in product(found["whole"], own or below):
        if part[0] is not whole[0] and _digits(whole[1]) >= _LEAST_DIGITS:
            yield from summed(rule, whole, part)


def _unnamed(found: Mapping[str, list[Found]]) -> list[Found]:
    """What lies below as a whole: rows that name no region of their own."""
    return [one for one in found["region"] if not (one[1].row_region_name and one[1].row_region_code)]


def _digits(fact: Fact) -> int:
    return len(re.sub(r"\D", "", fact.amount_text).strip("0"))


def _what(fact: Fact) -> str:
    code = fact.functional_code or fact.revenue_code or fact.gov_economic_code
    return code or unnumbered(fold(fact.row_label)).removeprefix(_OF_WHICH)


def _same_but_scope(fact: Fact, name: str, nth: int) -> Hashable:
    kinds = tuple(getattr(fact, kind) for kind in _KINDS)
    return name, nth, fact.flow, fact.fund, fact.stage, fact.amount_year, fact.period == Period.CHANGE, kinds


def gov_moved(rule: Rule, book: Book) -> Iterator[Yield]:
    """What an account pays into general revenue (调出资金) = what general revenue takes from it (从…调入).

    Params: `into` is the account that takes, `out` maps each that pays to its name in the rows of the taker.
    The sum of all (调入资金) is compared only to prove: money is moved in from other sources, too."""
    params = rule.shaped(Moved)
    paid: defaultdict[Hashable, dict[str | None, Found]] = defaultdict(dict)
    taken: list[Found] = []
    for sheet in book.sheets.values():
        for fact in sheet.table.facts:
            if not fact.amount_yuan or fact.scope is None or fact.period == Period.CHANGE:
                continue
            if fact.measure == Measure.MOVED_OUT and fact.fund in params.out:
                paid[_level_and_year(fact)].setdefault(fact.fund, (sheet, fact))
            elif fact.flow == Flow.MOVED_IN and fact.fund == params.into:
                taken.append((sheet, fact))
    for sheet, fact in taken:
        parts = paid.get(_level_and_year(fact), {})
        from_account = next((f for f, name in params.out.items() if name in fact.row_label), None)
        if from_account is not None:
            parts = {from_account: parts[from_account]} if from_account in parts else {}
        if not parts or (from_account is None and fact.measure != Measure.MOVED_IN):
            continue
        found = equated(rule, (sheet, fact), *parts.values(), doubtful=True)
        if from_account is not None or abs(found.left_yuan - found.right_yuan) <= found.step:
            yield found


def _level_and_year(fact: Fact) -> Hashable:
    return fact.scope, fact.row_region_code, fact.stage, fact.amount_year


def gov_insurance(rule: Rule, book: Book) -> Iterator[Yield]:
    """Revenue − expenditure = balance of the year, and opening + that = closing balance."""
    sums: defaultdict[Hashable, dict[str, list[Found]]] = defaultdict(dict)
    for sheet in book.within(rule.scope):
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
        for whole, part, rest in product(*candidates):
            yield from summed(rule, whole, part, rest)


def gov_limit(rule: Rule, book: Book) -> Iterator[Yield]:
    """Balance ≤ limit, of one kind of debt, place, scope and year: a finding either way."""
    limits: defaultdict[Hashable, list[Found]] = defaultdict(list)
    balances: defaultdict[Hashable, list[Found]] = defaultdict(list)
    for sheet in book.within(rule.scope):
        for fact in sheet.table.facts:
            measure = fact.measure or ""
            if fact.amount_yuan is None or not measure.endswith(("debt_limit", "debt_balance")):
                continue
            place = fact.row_region_code or fact.row_region_name
            if not place or fact.scope is None or measure.startswith("new_"):
                continue
            kind = (place, fact.scope, fact.debt_kind, fact.amount_year)
            (limits if fact.debt_measure == DebtMeasure.LIMIT else balances)[kind].append((sheet, fact))
    for key, found in balances.items():
        if key in limits:
            yield _within(rule, found, limits[key])


def _within(rule: Rule, balances: list[Found], limits: list[Found]) -> Finding:
    """Whether the least balance is above the greatest limit: of several stages the publisher has the best."""
    sheet, balance = min(balances, key=lambda found: found[1].amount_yuan or Decimal(0))
    other, limit = max(limits, key=lambda found: found[1].amount_yuan or Decimal(0))
    held, allowed = balance.amount_yuan or Decimal(0), limit.amount_yuan or Decimal(0)
    rounding = sheet.rounding(balance) + other.rounding(limit)
    over = held > allowed + max(sheet.step, other.step, rounding) and allowed > 0
    place = fact_place(sheet.table, balance)
    refs = tuple(CellRef(s.table.table_no, f.row_no, f.col_no) for s, f in ((sheet, balance), (other, limit)))
    numbers = tuple(dict.fromkeys(ref.table_no for ref in refs))
    says = message(
        "balance_over_limit" if over else "balance_within_limit",
        cell=place,
        balance=printed(held, sheet.table),
        limit=printed(allowed, other.table),
    )
    return Finding(rule, numbers, place, says, CheckStatus.FAILS if over else CheckStatus.HOLDS, refs)

"""Kinds that compare what governments' tables say of one another: `gov_levels`, `gov_moved`, `gov_limit`.

Invariant: amounts of one stage and year; whole and own level are never one amount. What is missing on a side
is unknown, not zero: then nothing is compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from itertools import product

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Finding, Yield
from parsers.accounting.kinds.government.rows import holds
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Moved
from parsers.accounting.wording import fact_place, printed
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import CellRef, Fact
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import CheckStatus, DebtMeasure, Flow, Period

_L = lexicon_of(__name__)
_OF_WHICH = _L.text("of_which")

Found = tuple[Ledger, Fact]
_LEVELS = ("whole", "own", "region")
_LEAST_DIGITS = 2  # that an amount prints beside zeros, before being equal to another proves it
_KINDS = ("debt_measure", "debt_kind", "debt_bond")


def gov_levels(rule: Rule, book: Book) -> Iterator[Yield]:
    """The whole = own level + all regions below, of one row in tables (or columns) of three scopes."""
    groups: defaultdict[Hashable, dict[str, list[Found]]] = defaultdict(
        lambda: {name: [] for name in _LEVELS}
    )
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
        repeated: Counter[tuple[int, str]] = Counter()
        for fact in sheet.table.facts:
            name = _what(fact)
            nth = repeated[fact.col_no, name]
            repeated[fact.col_no, name] += 1
            if fact.scope in _LEVELS and fact.amount_yuan is not None and name:
                groups[_same_but_scope(fact, name, nth)][fact.scope].append((sheet, fact))
    for found in groups.values():
        for (sheet, whole), (others, own), (below, rest) in _triples(found):
            step = max(sheet.step, others.step, below.step)
            if own.amount_yuan and rest.amount_yuan and holds(whole, (own, rest), step):
                right = (others.fact_term(own), below.fact_term(rest))
                place = fact_place(sheet.table, whole)
                yield Equation(rule, (sheet.fact_term(whole),), right, place, step, doubtful=True)
        yield from _of_one_level(rule, found)


def _of_one_level(rule: Rule, found: Mapping[str, list[Found]]) -> Iterator[Equation]:
    """What only one level prints is all of it: the whole = own level, or = what lies below."""
    own, below = found.get("own", []), _unnamed(found)
    if own and below:
        return
    for (sheet, whole), (other, part) in product(found.get("whole", []), own or below):
        step = max(sheet.step, other.step)
        if other is not sheet and _digits(whole) >= _LEAST_DIGITS and holds(whole, (part,), step):
            place = fact_place(sheet.table, whole)
            right = (other.fact_term(part),)
            yield Equation(rule, (sheet.fact_term(whole),), right, place, step, doubtful=True)


def _unnamed(found: Mapping[str, list[Found]]) -> list[Found]:
    """What lies below as a whole: rows that name no region of their own."""
    return [one for one in found.get("region", []) if not (one[1].row_region_name and one[1].row_region_code)]


def _digits(fact: Fact) -> int:
    return len(re.sub(r"\D", "", fact.amount_text).strip("0"))


def _triples(found: Mapping[str, list[Found]]) -> Iterator[tuple[Found, Found, Found]]:
    """One amount of each scope; below is what no row names as a region of its own."""
    rest = _unnamed(found)
    for whole in found.get("whole", []):
        for own in found.get("own", []):
            for below in rest:
                yield whole, own, below


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
            if fact.measure == "moved_out" and fact.fund in params.out:
                paid[_level_and_year(fact)].setdefault(fact.fund, (sheet, fact))
            elif fact.flow == Flow.MOVED_IN and fact.fund == params.into:
                taken.append((sheet, fact))
    for sheet, fact in taken:
        parts = paid.get(_level_and_year(fact), {})
        from_account = next((f for f, name in params.out.items() if name in fact.row_label), None)
        if from_account is not None:
            parts = {from_account: parts[from_account]} if from_account in parts else {}
        if not parts or (from_account is None and fact.measure != "moved_in"):
            continue
        step = max(sheet.step, *(other.step for other, _ in parts.values()))
        right = tuple(other.fact_term(part) for other, part in parts.values())
        place = fact_place(sheet.table, fact)
        found = Equation(rule, (sheet.fact_term(fact),), right, place, step, doubtful=True)
        if from_account is not None or abs(found.left_yuan - found.right_yuan) <= step:
            yield found


def _level_and_year(fact: Fact) -> Hashable:
    return fact.scope, fact.row_region_code, fact.stage, fact.amount_year


def gov_limit(rule: Rule, book: Book) -> Iterator[Yield]:
    """Balance ≤ limit, of one kind of debt, place, scope and year: a finding either way."""
    limits: defaultdict[Hashable, list[Found]] = defaultdict(list)
    balances: defaultdict[Hashable, list[Found]] = defaultdict(list)
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
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

"""Kinds for rows of governments' tables whose order, codes or regions show which are parts: `gov_codes`,
`gov_regions`, `gov_details`, `gov_changes`.

Invariant: a sum is yielded where it holds and says nothing where it does not: classes may be withheld by law,
and a blank is not zero. Codes, regions and headers decide which rows are parts, never the amounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.wording import fact_place
from parsers.reference import regions
from parsers.tables.layout.words import is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import AmountScope, Period

_L = lexicon_of(__name__)
_MARK_OF_PART = _L.pattern("mark_of_part")
_OF_WHICH = _L.text("of_which")

_CODES = ("functional_code", "revenue_code", "gov_economic_code", "economic_code")
_NOT_OF_YEAR = ("230", "231", "110", "105")  # transfers and debt, left out of 本年支出合计
_HEAD = _L.pattern("head")
_SOME = 3  # rows that must agree before a column of changes is taken for that of two others
_MOSTLY = Decimal("0.8")


def holds(whole: Fact, parts: Sequence[Fact], step: Decimal) -> bool:
    """Whether the amounts agree, except for rounding that is far smaller than the whole."""
    amount = whole.amount_yuan or Decimal(0)
    difference = abs(amount - sum((part.amount_yuan or Decimal(0) for part in parts), Decimal(0)))
    lost = step / 2 * (min(len(parts), 9) + 1)
    return bool(amount) and (difference == 0 or (difference <= lost and abs(amount) > 50 * lost))


def sum_of(rule: Rule, sheet: Ledger, whole: Fact, parts: Sequence[Fact]) -> Equation:
    """The equation whole = Σ parts, all of one table."""
    right = tuple(sheet.fact_term(part) for part in parts)
    place = fact_place(sheet.table, whole)
    return Equation(rule, (sheet.fact_term(whole),), right, place, sheet.step, doubtful=True)


def columns_of(sheet: Ledger) -> Iterator[list[Fact]]:
    """The facts of each column from top to bottom, those that could not be read left out."""
    columns: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in sheet.table.facts:
        if fact.amount_yuan is not None:
            columns[fact.col_no].append(fact)
    yield from columns.values()


# Classes, sections, items -------------------------------------------------------------------------------


def gov_codes(rule: Rule, book: Book) -> Iterator[Yield]:
    """A code equals the codes below it, as deep as the column prints them; a total equals the classes."""
    for sheet in book.sheets.values():
        if rule.scope.holds(sheet.table):
            for facts in columns_of(sheet):
                for whole, parts in _by_code(facts):
                    if holds(whole, parts, sheet.step):
                        yield sum_of(rule, sheet, whole, parts)


def _by_code(facts: Sequence[Fact]) -> Iterator[tuple[Fact, list[Fact]]]:
    below: defaultdict[int, list[Fact]] = defaultdict(list)  # by id of the fact above
    tops: list[Fact] = []
    last: dict[str, Fact] = {}
    for fact in facts:
        code = _code(fact)
        if code is None:
            continue
        above = next((last[code[:n]] for n in range(len(code) - 1, 2, -1) if code[:n] in last), None)
        if above is None:
            tops.append(fact)
        else:
            below[id(above)].append(fact)
        last[code] = fact
    yield from ((fact, below[id(fact)]) for fact in facts if id(fact) in below)
    of_year = [fact for fact in tops if not (_code(fact) or "").startswith(_NOT_OF_YEAR)]
    for fact in facts:
        if fact.is_total and _code(fact) is None and len(of_year) > 1:
            yield fact, of_year
            if len(of_year) < len(tops):
                yield fact, tops


def _code(fact: Fact) -> str | None:
    return next((code for name in _CODES if (code := getattr(fact, name))), None)


# Regions ------------------------------------------------------------------------------------------------


def gov_regions(rule: Rule, book: Book) -> Iterator[Yield]:
    """A city equals its own level and its counties; all of the place its own level and the cities below."""
    for sheet in book.sheets.values():
        if rule.scope.holds(sheet.table):
            for facts in columns_of(sheet):
                for whole, parts in _by_region(facts):
                    if parts and holds(whole, parts, sheet.step):
                        yield sum_of(rule, sheet, whole, parts)


def _by_region(facts: Sequence[Fact]) -> Iterator[tuple[Fact, list[Fact]]]:
    """Regions nest by code, counties under cities. A total may include the publisher's own level or not, so
    both sums are tried."""
    placed = [fact for fact in facts if fact.row_region_name is not None]
    whole_code = next((f.row_region_code for f in placed if f.scope == AmountScope.WHOLE), None)
    cities = {
        f.row_region_code: f for f in placed if f.scope == AmountScope.REGION and _is_city(f.row_region_code)
    }
    under: defaultdict[str, list[Fact]] = defaultdict(list)
    tops: list[Fact] = []
    own: list[Fact] = []
    sums: list[Fact] = []
    for fact in placed:
        code = fact.row_region_code
        if fact.scope == AmountScope.WHOLE or (code is None and is_total_word(fact.row_label)):
            sums.append(fact)
        elif fact.scope == AmountScope.OWN and code in cities:
            under[code or ""].append(fact)
        elif fact.scope == AmountScope.OWN and (code == whole_code or code is None):
            own.append(fact)
        elif fact.scope == AmountScope.REGION and code and f"{code[:4]}00" in cities and code not in cities:
            under[f"{code[:4]}00"].append(fact)
        else:
            tops.append(fact)
    yield from ((cities[code], parts) for code, parts in under.items())
    for fact in sums:
        yield fact, tops
        if own:
            yield fact, [*own, *tops]


def _is_city(code: str | None) -> bool:
    known = regions.region(code) if code else None
    return known is not None and known.level == "city"


# Details under 其中 --------------------------------------------------------------------------------------


def gov_details(rule: Rule, book: Book) -> Iterator[Yield]:
    """The total of funds equals the funds, and each detail of it (其中：保险费收入) that of the funds."""
    for sheet in book.sheets.values():
        if rule.scope.holds(sheet.table):
            for facts in columns_of(sheet):
                for whole, parts in _by_detail(facts):
                    if len(parts) > 1 and holds(whole, parts, sheet.step):
                        yield sum_of(rule, sheet, whole, parts)


def _by_detail(facts: Sequence[Fact]) -> Iterator[tuple[Fact, list[Fact]]]:
    groups: list[list[Fact]] = []
    for fact in facts:
        label = unnumbered(fold(fact.row_label))
        head = not label.startswith(_OF_WHICH) and (fact.is_total or bool(_HEAD.search(label)))
        if head or not groups:
            groups.append([])
        groups[-1].append(fact)
    for group in groups:
        if not group[0].is_total:
            continue
        others = [other for other in groups if other is not group and not other[0].is_total]
        yield group[0], [other[0] for other in others]
        for detail in group[1:]:
            same = [next((f for f in o[1:] if _name(f) == _name(detail)), None) for o in others]
            yield detail, [fact for fact in same if fact is not None]
            if detail is group[1]:  # 个人缴费收入 of one fund stands for 保险费收入 of the others
                first = [s or next(iter(o[1:]), None) for s, o in zip(same, others, strict=True)]
                yield detail, [fact for fact in first if fact is not None]


def _name(fact: Fact) -> str:
    return _MARK_OF_PART.sub("", unnumbered(fold(fact.row_label)))


# Changes ------------------------------------------------------------------------------------------------


def gov_changes(rule: Rule, book: Book) -> Iterator[Yield]:
    """A column of changes equals one column less another: the pair for which most rows agree."""
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
        changes: defaultdict[tuple[int, int], list[Fact]] = defaultdict(list)
        amounts: defaultdict[int, set[int]] = defaultdict(set)
        for fact in sheet.table.facts:
            if fact.period == Period.CHANGE and fact.amount_yuan is not None:
                changes[fact.block, fact.col_no].append(fact)
            elif fact.period != Period.CHANGE:
                amounts[fact.block].add(fact.col_no)
        for (block, _), facts in changes.items():
            yield from _differences(rule, sheet, facts, sorted(amounts[block]))


def _differences(
    rule: Rule, sheet: Ledger, facts: Sequence[Fact], columns: Sequence[int]
) -> Iterator[Equation]:
    """Headers do not say between which columns a change lies: the pair that agrees in most rows is taken."""
    said = [fact for fact in facts if fact.amount_yuan]
    best: tuple[int, int, int] = (0, 0, 0)
    for later in columns:
        for earlier in columns:
            if later != earlier:
                agree = sum(_is_difference(sheet, fact, later, earlier) for fact in said)
                best = max(best, (agree, later, earlier))
    agree, later, earlier = best
    if agree < _SOME or agree < _MOSTLY * len(said):
        return
    for fact in said:
        if _is_difference(sheet, fact, later, earlier):
            left = (sheet.term(fact.row_no, later),)
            right = (sheet.term(fact.row_no, earlier), sheet.fact_term(fact))
            yield Equation(rule, left, right, fact_place(sheet.table, fact), sheet.step, doubtful=True)


def _is_difference(sheet: Ledger, fact: Fact, later: int, earlier: int) -> bool:
    one, other = sheet.term(fact.row_no, later), sheet.term(fact.row_no, earlier)
    if one.is_unread or other.is_unread or (one.fact is None and other.fact is None):
        return False
    return abs(one.yuan - other.yuan - (fact.amount_yuan or Decimal(0))) <= sheet.step

"""Kinds for rows of governments' tables whose order, codes or regions show which are parts: `gov_codes`,
`gov_regions`, `gov_details`, `gov_changes`; and whose projects share a bond: `gov_bonds`.

Invariant: a sum is yielded where it holds and says nothing where it does not: classes may be withheld by law,
and a blank is not zero. Codes, regions and headers decide which rows are parts, never the amounts. A size
(债券规模) is that of a bond only where most rows repeat one of another row with the same kind of bond and
month of issue; amounts of projects, which differ, are never compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from decimal import Decimal

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Found, Yield, equated
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Bonds
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
_LEAST_OF_BONDS = 20  # rows
_REPEATED = 0.5  # of the rows repeat the size of another row


def summed(rule: Rule, whole: Found, *parts: Found) -> Iterator[Equation]:
    """The whole = Σ parts where it holds, except for rounding that is far smaller than the whole."""
    found = equated(rule, whole, *parts, doubtful=True)
    difference, lost = abs(found.left_yuan - found.right_yuan), found.step / 2 * (min(len(parts), 9) + 1)
    if found.left_yuan and (difference == 0 or (difference <= lost and abs(found.left_yuan) > 50 * lost)):
        yield found


def columns_of(sheet: Ledger) -> Iterator[list[Fact]]:
    """The facts of each column from top to bottom, those that could not be read left out."""
    columns: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in sheet.table.facts:
        if fact.amount_yuan is not None:
            columns[fact.col_no].append(fact)
    yield from columns.values()


def _sums(
    rule: Rule,
    book: Book,
    parted: Callable[[Sequence[Fact]], Iterator[tuple[Fact, list[Fact]]]],
    least: int = 1,
) -> Iterator[Equation]:
    """Wholes and their parts, as `parted` finds them in a column, where they add up."""
    for sheet in book.within(rule.scope):
        for facts in columns_of(sheet):
            for whole, parts in parted(facts):
                if len(parts) >= least:
                    yield from summed(rule, (sheet, whole), *((sheet, part) for part in parts))


# Classes, sections, items -------------------------------------------------------------------------------


def gov_codes(rule: Rule, book: Book) -> Iterator[Yield]:
    """A code equals the codes below it, as deep as the column prints them; a total equals the classes."""
    yield from _sums(rule, book, _by_code)


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
    yield from _sums(rule, book, _by_region)


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
    yield from _sums(rule, book, _by_detail, least=2)


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


# Bonds --------------------------------------------------------------------------------------------------


def gov_bonds(rule: Rule, book: Book) -> Iterator[Yield]:
    """The size of a bond is the same in every row of a project it pays for.

    Params: `header` is searched for in the header of the column of sizes; `issue` in those of the columns
    that distinguish one bond from another: its kind and its month."""
    for sheet in book.within(rule.scope):
        if not sheet.table.header:
            continue
        bonds = _by_bond(rule, sheet)
        rows = sum(map(len, bonds.values()))
        repeated = sum(len(facts) for facts in bonds.values() if len(facts) > 1)
        if rows < _LEAST_OF_BONDS or repeated < _REPEATED * rows:
            continue
        for first, *others in bonds.values():
            for fact in others:
                yield equated(rule, (sheet, first), (sheet, fact), doubtful=True)


def _by_bond(rule: Rule, sheet: Ledger) -> dict[Hashable, list[Fact]]:
    """The facts that print one size for one kind and month; rows that do not say both are left out."""
    params = rule.shaped(Bonds)
    header = ["".join(map(fold, texts)) for texts in zip(*sheet.table.header, strict=False)]
    named_at = [at for at, text in enumerate(header) if params.issue.search(text)]
    found: defaultdict[Hashable, list[Fact]] = defaultdict(list)
    for fact in sheet.table.facts:
        issue = tuple(fold(sheet.table.grid[fact.row_no][at]) for at in named_at)
        is_size = params.header.search(fold(fact.column_path))
        if is_size and fact.amount_yuan and len(issue) > 1 and all(issue):
            found[issue, fact.col_no, fact.amount_yuan].append(fact)
    return found


# Changes ------------------------------------------------------------------------------------------------


def gov_changes(rule: Rule, book: Book) -> Iterator[Yield]:
    """A column of changes equals one column less another: the pair for which most rows agree."""
    for sheet in book.within(rule.scope):
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

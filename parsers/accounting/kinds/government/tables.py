"""Kinds for governments' tables: `gov_sums`, `gov_columns`, `gov_sides`, `gov_movement`, `gov_same`.

Invariant: amounts are compared only within one scope, stage and year; a sum read from the amounts
themselves is yielded where it holds and says nothing where it does not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Found, Yield, equated
from parsers.accounting.kinds.government.rows import columns_of
from parsers.accounting.kinds.hierarchy.nested_sums import sums_in_order
from parsers.accounting.rulebook import Rule
from parsers.accounting.wording import fact_place
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact
from parsers.values.table_types import BONDS, TableType
from parsers.values.text import fold
from parsers.values.vocabulary import DebtBond, DebtMeasure, Measure, Period, Stage

_L = lexicon_of(__name__)

_WHOLE_COLUMN = _L.pattern("whole_column")
_TOTALS = (Measure.TOTAL_REVENUE, Measure.TOTAL_EXPENDITURE)
_LISTS = BONDS | {TableType.INVESTMENT_PLAN}  # projects one below the other
_LEAST_DIGITS = 3  # of an amount that proves by being equal to another


def gov_sums(rule: Rule, book: Book) -> Iterator[Yield]:
    """Rows that are sums of rows, column by column."""
    for sheet in book.within(rule.scope):
        for facts in columns_of(sheet):
            yield from _sums(rule, sheet, facts)


def _sums(rule: Rule, sheet: Ledger, read: list[Fact]) -> Iterator[Equation]:
    values = [fact.amount_yuan or Decimal(0) for fact in read]
    step = sheet.step
    listed = sheet.table.table_type in _LISTS
    for whole, parts in sums_in_order(values, [fact.is_total for fact in read], step, listed=listed):
        if _may_contain(read[whole], [read[part] for part in parts]):  # not equal by chance
            yield equated(rule, (sheet, read[whole]), *((sheet, read[part]) for part in parts), doubtful=True)


def _may_contain(whole: Fact, parts: list[Fact]) -> bool:
    """Whether codes and regions allow the whole to be the sum of these parts."""
    if whole.is_total:
        return True
    for name in ("functional_code", "revenue_code", "gov_economic_code", "economic_code"):
        code = getattr(whole, name)
        others = [getattr(part, name) for part in parts]
        if code and any(other and (other == code or not other.startswith(code)) for other in others):
            return False
    place = whole.row_region_code
    begin = re.sub(r"(?:00){1,2}$", "", place) if place else ""
    return not any(part.row_region_code and not part.row_region_code.startswith(begin) for part in parts)


def gov_columns(rule: Rule, book: Book) -> Iterator[Yield]:
    """In a row, a total column and the columns right of it that add up to it."""
    for sheet in book.within(rule.scope):
        columns = {column.number: column.path for column in sheet.columns}
        for facts in sheet.by_row.values():
            read = [fact for fact in facts if fact.amount_yuan is not None and fact.period != Period.CHANGE]
            for at, whole in enumerate(read[:-1]):
                if (parts := _columns_of(whole, read[at + 1 :], columns)) and whole.amount_yuan:
                    right = tuple(sheet.fact_term(part) for part in parts)
                    place = fact_place(sheet.table, whole)
                    yield Equation(rule, (sheet.fact_term(whole),), right, place, sheet.step, doubtful=True)


def _columns_of(whole: Fact, right: list[Fact], columns: Mapping[int, tuple[str, ...]]) -> list[Fact]:
    """The columns beside a total that its header groups with it: under one text, or up to the next total. A
    single one is all of it only where the others of its group are blank in this row."""
    path = whole.column_path.split(" / ")
    lowest = fold(path[-1])
    group = path[:-1] if _WHOLE_COLUMN.match(lowest) else path
    parts: list[Fact] = []
    for fact in right:
        other = fact.column_path.split(" / ")
        if group and other[: len(group)] != group:
            break
        if not group and _WHOLE_COLUMN.match(fold(other[-1])):
            continue
        parts.append(fact)
    if not _WHOLE_COLUMN.match(lowest) and any(len(p.column_path.split(" / ")) <= len(path) for p in parts):
        return []
    beside = [path for number, path in columns.items() if number > whole.col_no]
    grouped = [
        path for path in beside if (list(path[: len(group)]) == group if group else not _is_whole(path))
    ]
    for count in range(len(parts), 0 if len(parts) == 1 and len(grouped) > 1 else 1, -1):
        total = sum((part.amount_yuan or Decimal(0) for part in parts[:count]), Decimal(0))
        step = whole.unit_yuan or Decimal(1)
        if abs(total - (whole.amount_yuan or Decimal(0))) <= step / 100 * (min(count, 9) + 1) / 2:
            return parts[:count]
    return []


def _is_whole(path: Sequence[str]) -> bool:
    return bool(_WHOLE_COLUMN.match(fold(path[-1])))


def gov_sides(rule: Rule, book: Book) -> Iterator[Yield]:
    """收入总计 = 支出总计 of one stage and year; totals side by side in one row prove where equal."""
    for sheet in book.within(rule.scope):
        yield from _side_by_side(rule, sheet)
        sides: defaultdict[tuple[object, ...], dict[Measure, list[Fact]]] = defaultdict(
            lambda: {total: [] for total in _TOTALS}
        )
        for fact in sheet.table.facts:
            if fact.measure in _TOTALS and fact.amount_yuan is not None:
                key = (fact.stage, fact.amount_year, fact.scope, fact.row_region_code, fact.fund)
                sides[key][fact.measure].append(fact)
        for found in sides.values():
            revenue, spending = (found[total] for total in _TOTALS)
            if len(revenue) == len(spending) == 1:
                yield equated(rule, (sheet, revenue[0]), (sheet, spending[0]), family=(rule.id, "all"))


def _side_by_side(rule: Rule, sheet: Ledger) -> Iterator[Equation]:
    """收入合计 and 支出合计 in one row of two blocks."""
    rows: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in sheet.table.facts:
        if fact.is_total and fact.amount_yuan and fact.period != Period.CHANGE:
            rows[fact.row_no].append(fact)
    for facts in rows.values():
        for one, other in combinations(facts, 2):
            same = (one.stage, one.amount_year, one.scope) == (other.stage, other.amount_year, other.scope)
            if one.block != other.block and same and one.amount_yuan == other.amount_yuan:
                yield equated(rule, (sheet, one), (sheet, other), doubtful=True)


def gov_movement(rule: Rule, book: Book) -> Iterator[Yield]:
    """Opening balance + issued = closing balance + repaid, of one kind, column and year."""
    for sheet in book.within(rule.scope):
        groups: defaultdict[tuple[object, ...], list[Fact]] = defaultdict(list)
        for fact in sheet.table.facts:
            if fact.debt_measure and fact.debt_bond == DebtBond.ALL and fact.amount_yuan is not None:
                groups[fact.scope, fact.row_region_code, fact.debt_kind].append(fact)
        for facts in groups.values():
            yield from _movements(rule, sheet, facts)


def _movements(rule: Rule, sheet: Ledger, facts: list[Fact]) -> Iterator[Equation]:
    by_measure: defaultdict[tuple[str | None, int | None], list[Fact]] = defaultdict(list)
    for fact in facts:
        by_measure[fact.debt_measure, fact.amount_year].append(fact)
    for year in {year for measure, year in by_measure if measure == DebtMeasure.ISSUED and year is not None}:
        opening, closing = by_measure["balance", year - 1], by_measure["balance", year]
        issued, repaid = by_measure["issued", year], by_measure["repaid", year]
        if opening and closing and issued and repaid:
            left = (sheet.fact_term(opening[0]), sheet.fact_term(issued[0]))
            right = (sheet.fact_term(closing[0]), sheet.fact_term(repaid[0]))
            place = fact_place(sheet.table, opening[0])
            yield Equation(rule, left, right, place, sheet.step, doubtful=True)


def gov_same(rule: Rule, book: Book) -> Iterator[Yield]:
    """The same measure or class of revenue or spending in another table of the document."""
    groups: defaultdict[tuple[object, ...], list[Found]] = defaultdict(list)
    for sheet in book.sheets.values():
        for fact in sheet.table.facts:
            if (key := _key(fact)) is not None:
                groups[key].append((sheet, fact))
    for found in groups.values():
        sheet, first = found[0]
        for other, fact in found[1:]:
            if other is sheet or fact.amount_yuan is None or first.amount_yuan is None:
                continue
            if abs(first.amount_yuan - fact.amount_yuan) <= max(sheet.step, other.step):
                against = fact_place(other.table, fact)
                yield equated(rule, (sheet, first), (other, fact), doubtful=True, against=against)


def _key(fact: Fact) -> tuple[object, ...] | None:
    """What makes two amounts of different tables one: measure or code, account, scope, place, stage, year."""
    if fact.period == Period.CHANGE or fact.stage is None or fact.scope is None or not fact.amount_yuan:
        return None
    if len(re.sub(r"\D", "", fact.amount_text).lstrip("0")) < _LEAST_DIGITS:
        return None
    what = fact.measure or fact.revenue_code or fact.functional_code or fact.gov_economic_code
    if what is None and not fact.debt_measure:
        return None
    named = fold(fact.row_label) if what is None else what
    place = fact.row_region_code or fact.row_region_name
    stage = (
        "outcome"
        if fact.stage in (Stage.EXECUTION, Stage.FINAL, Stage.ESTIMATED, Stage.PRIOR)
        else fact.stage
    )
    return named, fact.fund, fact.scope, place, stage, fact.amount_year, fact.debt_kind, fact.debt_bond

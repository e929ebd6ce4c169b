"""Kinds for governments' tables: `gov_sums`, `gov_columns`, `gov_sides`, `gov_movement`, `gov_same`.

Invariant: amounts are compared only within one scope, stage and year; a sum read from the amounts
themselves is yielded where it holds and says nothing where it does not. Its parts stand together right below
it (or, of totals, right above it).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Equation, Found, Yield, equated
from parsers.accounting.kinds.government.rows import columns_of
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


@lru_cache(maxsize=4_096)  # of a column, for every row
def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split(" / "))


def _columns_of(whole: Fact, right: list[Fact], columns: Mapping[int, tuple[str, ...]]) -> list[Fact]:
    """The columns beside a total that its header groups with it: under one text, or up to the next total. A
    single one is all of it only where the others of its group are blank in this row."""
    path = _path(whole.column_path)
    lowest = fold(path[-1])
    group = path[:-1] if _WHOLE_COLUMN.match(lowest) else path
    parts: list[Fact] = []
    for fact in right:
        other = _path(fact.column_path)
        if group and other[: len(group)] != group:
            break
        if not group and _WHOLE_COLUMN.match(fold(other[-1])):
            continue
        parts.append(fact)
    if not _WHOLE_COLUMN.match(lowest) and any(len(_path(p.column_path)) <= len(path) for p in parts):
        return []
    beside = [path for number, path in columns.items() if number > whole.col_no]
    grouped = [path for path in beside if (path[: len(group)] == group if group else not _is_whole(path))]
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


Sum = tuple[int, tuple[int, ...]]  # the position of the whole, those of its parts
MOST_PARTS = 400
LEAST, LEAST_ALONE = 100, 100  # printed steps of an amount below which a sum may be chance


def sums_in_order(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, *, listed: bool = False
) -> list[Sum]:
    """The sums of one column: `values` from top to bottom, `totals` marks rows called 合计; `step` is the
    smallest printed difference (half of it may be lost in each part). In a plain list (`listed`) no row but
    a total is the sum of others."""
    wholes = totals if listed else [True] * len(values)
    ends, below = _downwards(values, totals, step, wholes)
    found = [(whole, parts) for whole, parts in below.items() if parts]
    return found + _upwards(values, totals, step, ends)


def _downwards(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, wholes: Sequence[bool]
) -> tuple[list[int], dict[int, tuple[int, ...]]]:
    """For each row where its parts end, and its parts; from the bottom up, so that parts are whole."""
    ends = list(range(1, len(values) + 1))
    below: dict[int, tuple[int, ...]] = {}
    for whole in range(len(values) - 1, -1, -1):
        if not values[whole] or not wholes[whole]:
            continue
        parts = _run(values, totals, step, ends, whole)
        if parts:
            below[whole] = parts
            ends[whole] = ends[parts[-1]]
    return ends, below


def _run(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, ends: Sequence[int], whole: int
) -> tuple[int, ...]:
    """The rows right below that add up to the whole, each with its own parts skipped. A single row of the
    same amount is a part too (one 项 below its 款), if the amount is not so small as to be chance."""
    total, most = Decimal(0), 2 * abs(values[whole])
    parts: list[int] = []
    at = whole + 1
    while at < len(values) and len(parts) < MOST_PARTS:
        if totals[at] and not totals[whole]:
            break  # a total closes what stands above it
        total += values[at]
        parts.append(at)
        at = ends[at]
        if _equal(total, values[whole], step, len(parts)):
            lone = sum(bool(values[i]) for i in parts) < 2
            chance = abs(values[whole]) < step * (LEAST_ALONE if lone else LEAST)
            return () if chance or (lone and totals[whole]) else tuple(parts)
        if abs(total) > most and total * values[whole] > 0:
            break
    return ()


def _upwards(
    values: Sequence[Decimal], totals: Sequence[bool], step: Decimal, ends: Sequence[int]
) -> list[Sum]:
    """Totals printed below their parts: the rows above that no other contains, the longest run that fits."""
    found: list[Sum] = []
    open_rows: list[int] = []
    at = 0
    while at < len(values):
        if totals[at] and values[at] and ends[at] == at + 1:
            start = _fitting(values, open_rows, values[at], step)
            if start is not None:
                found.append((at, tuple(open_rows[start:])))
                del open_rows[start:]
        open_rows.append(at)
        at = ends[at]
    return found


def _fitting(values: Sequence[Decimal], rows: Sequence[int], whole: Decimal, step: Decimal) -> int | None:
    total = Decimal(0)
    fits = None
    for start in range(len(rows) - 1, max(-1, len(rows) - 1 - MOST_PARTS), -1):
        total += values[rows[start]]
        if len(rows) - start > 1 and _equal(total, whole, step, len(rows) - start):
            fits = start
    return fits


def _equal(one: Decimal, other: Decimal, step: Decimal, parts: int) -> bool:
    """Equal but for rounding, where the amount is far larger than what rounding can explain."""
    if one == other:
        return True
    lost = step / 2 * (min(parts, 9) + 1)
    return abs(one - other) <= lost and abs(other) > 50 * lost

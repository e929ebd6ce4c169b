"""What a table of debts says: measure, kind and bonds, by a row's own words or those of its section.

Invariant: a row below 一、2024年末余额 has the measure and year of that section where it names none itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from parsers.government.columns import limit_stage
from parsers.government.described import ColumnFacts, RowFacts, TableFacts
from parsers.government.names.titles import scope_of
from parsers.government.names.vocabulary import arabic, first, terms, years_in
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import BONDS, TableType
from parsers.values.text import fold
from parsers.values.vocabulary import DebtMeasure, Flow

_L = lexicon_of(__name__)
_OF_WHICH = _L.text("of_which")

_ADDED = _L.pattern("added")  # 附：提前下达的新增限额, a part of the limit above, with details of its own
_SECTION = _L.pattern("section")
_MAIN_SECTION = _L.pattern("main_section")


def debt_rows(rows: Sequence[RowFacts], table: TableFacts) -> list[RowFacts]:
    """一、2024年末余额 opens a section; 其中：再融资债券 below （一）一般债券 is of general bonds, and so is
    财政预算安排 that goes on with it."""
    out: list[RowFacts] = []
    head: RowFacts | None = None
    last: RowFacts | None = None
    in_detail = False
    group: str | None = None  # the kind of 一般债券, above 本金 and 利息
    level: str | None = None  # of 其中：市本级, above its 一般债务 and 专项债务
    spoiled = False  # the name of the section lies under a formula: 一、2024年债务A限=额B+C
    several = Counter(fold(row.label) for row in rows)
    for row in rows:
        words = arabic(fold(row.label))
        kind, measure = first(terms().debt.kinds, words), first(terms().debt.measures, words)
        if kind and measure is None:
            group = kind
        elif kind is None and measure and several[fold(row.label)] > 1 and group:
            row = changed(row, debt_kind=group)
        is_kind = kind is not None and measure is None and not _SECTION.match(words)
        level = scope_of(words) or (level if is_kind else None)
        row = changed(row, scope=level)
        opens = _opens(row, words, head)
        if _MAIN_SECTION.match(words) and measure is None and kind is None and head is not None:
            head = last = None if _MAIN_SECTION.match(fold(head.label)) else head  # 三、债务支出: no 举借额
        spoiled = "=" in words if _MAIN_SECTION.match(words) else spoiled
        in_detail = words.startswith(_OF_WHICH) or (in_detail and not opens and not _names_debt(words))
        row = debt_row(row, None if opens else head, last, table, detail=in_detail)
        row = changed(row, is_part=row.is_part or spoiled)
        if opens:
            head = row
        if not in_detail or first(terms().debt.kinds, words):
            last = row
        out.append(row)
    return out


def _names_debt(words: str) -> bool:
    """Whether a row names a kind of debt or is numbered, and so is not a detail of the row above."""
    return bool(first(terms().debt.kinds, words) or _SECTION.match(words))


def _opens(row: RowFacts, words: str, head: RowFacts | None) -> bool:
    """Whether a row begins a section: it is numbered or names a year, and is not a detail of the section
    above (2025年一般债券发行额 below 三、2025年一般债务发行额)."""
    measure = first(terms().debt.measures, words)
    if measure is None or _SECTION.match(words) or _ADDED.match(words):
        return measure is not None
    years = years_in(words)
    same = head is not None and _SECTION.match(arabic(fold(head.label))) and measure == head.debt_measure
    return bool(years) and not (same and head and years[-1] == head.year)


def debt_row(
    row: RowFacts, head: RowFacts | None, last: RowFacts | None, table: TableFacts, *, detail: bool = False
) -> RowFacts:
    """One row with the meaning of its words; `head` opens its section, a `detail` (其中) is of `last`."""
    if table.table_type in BONDS:
        return changed(
            row, flow=Flow.BALANCE
        )  # names of projects: their words and years say nothing of the debt
    words = arabic(fold(row.label))
    years = years_in(words)
    bond = first(terms().debt.bonds, words)
    kind = first(terms().debt.kinds, words) or row.debt_kind
    if kind is None and head is not None:
        of_last = last is not None and last is not head and (detail or bond)
        kind = (last.debt_kind if of_last and last else None) or head.debt_kind
    measure = first(terms().debt.measures, words)
    if table.table_type == TableType.DEBT_REPAYMENT_PLAN and measure == DebtMeasure.ISSUED:
        measure = None  # 再融资债券 that fall due
    if head is not None and (
        measure is None
        or (measure == DebtMeasure.ISSUED and head.debt_measure != DebtMeasure.ISSUED and not years)
    ):
        measure = head.debt_measure if measure is None else measure
    stage = limit_stage(first(terms().stages, words), words, table)
    named = first(terms().debt.kinds, words)
    own_words = named is not None and (head is None or named != head.debt_kind)
    is_detail = head is not None and (head.is_part or (not own_words and measure == head.debt_measure))
    return changed(
        row,
        is_part=row.is_part or is_detail or bool(_ADDED.match(words)),
        flow=Flow.BALANCE,
        year=years[-1] if years else head.year if head else None,
        stage=stage or (head.stage if head else None),
        debt_measure=measure,
        debt_kind=kind,
        debt_bond=bond
        or (head.debt_bond if head and head.debt_bond and measure == head.debt_measure else None),
    )


def debt_of(row: RowFacts, head: ColumnFacts, table: TableFacts) -> tuple[str | None, str | None, str | None]:
    """Measure, kind and bonds of an amount, by the row, then the column, then the title."""
    by_region = row.place is not None
    first_, second = (head, row) if by_region else (row, head)
    measure = first_.debt_measure or second.debt_measure or _titled(table)
    if "none" in (row.debt_measure, head.debt_measure):
        measure = None  # 财政赤字 among debts
    kind = first_.debt_kind or second.debt_kind or first(terms().debt.kinds, table.title) or "all"
    titled = (
        first(terms().debt.bonds, table.title) if _titled(table) else None
    )  # 限额、余额及新增债券: of a part only
    bond = first_.debt_bond or second.debt_bond or titled or "all"
    return measure, kind, bond


def _titled(table: TableFacts) -> str | None:
    if table.table_type in BONDS:
        return "issued"
    found = [name for name, pattern in terms().debt.measures if pattern.search(table.title)]
    if DebtMeasure.LIMIT in found and DebtMeasure.BALANCE not in found:  # 新增债务限额安排情况表
        return "limit"
    if DebtMeasure.SERVICE in found:
        found = [name for name in found if name not in (DebtMeasure.REPAID, DebtMeasure.INTEREST)]
    return found[0] if len(found) == 1 else None

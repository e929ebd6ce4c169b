"""Facts of a government's table: amounts with stage, year, scope, region, codes and flow.

Invariant: one fact per printed money cell, as in departments' tables; percentages are not amounts, a change
is never an amount of a year, and a cell that holds several amounts is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from parsers.government.columns import (
    column_facts,
    stage_and_year,
    with_accounts,
    with_adjustments,
    with_parts,
)
from parsers.government.debt import debt_of
from parsers.government.described import ColumnFacts, RowFacts, TableFacts
from parsers.government.measures import measure_of, side_of
from parsers.government.names.titles import fund_of
from parsers.government.names.vocabulary import first, terms
from parsers.government.rows import ACCOUNTS, is_of_year, row_facts
from parsers.reference.codes import classification
from parsers.tables.codes import CodeReader, name_without_code
from parsers.tables.facts import printed_fact
from parsers.tables.layout.assembly import Draft
from parsers.tables.layout.blocks import ColumnBlock, column_blocks
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row, Slot
from parsers.values.amounts import printed_number
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.results import Fact, TableRow
from parsers.values.table_types import BONDS, DEBT_TABLES, SOCIAL_INSURANCE, WITHOUT_FACTS, TableType
from parsers.values.text import fold, one_line, unnumbered
from parsers.values.vocabulary import (
    AmountScope,
    CodeBasis,
    DebtKind,
    DebtMeasure,
    DocumentKind,
    Flow,
    FundSource,
    Period,
    Stage,
)

_L = lexicon_of(__name__)
_SIDES = _L.names("sides")
_OF_WHICH = _L.text("of_which")
_IS_SUM = _L.pattern("is_sum")
_ALONE = _L.pattern("alone")
_IS_ACCOUNT = _L.pattern("is_account")
_OF_THE_YEAR = _L.pattern("of_the_year")

_PLACES = _L.pattern("places")
LARGEST = Decimal(10) ** 12  # printed numbers beyond are several, run together
# Their sums are those of a few items, or of plans, not of an account.
_WITHOUT_MEASURES = BONDS | {
    TableType.THREE_PUBLIC,
    TableType.INVESTMENT_PLAN,
    TableType.DEBT_REPAYMENT_PLAN,
    TableType.MEDIUM_TERM,
}
_FUND_BY_DEBT: Mapping[str, str] = {
    DebtKind.GENERAL: FundSource.GENERAL_BUDGET,
    DebtKind.SPECIAL: FundSource.GOVERNMENT_FUND,
    DebtKind.ALL: FundSource.ALL,
}
_PERIODS: Mapping[str, str] = {
    Stage.BUDGET: Period.BUDGET,
    Stage.ADJUSTED: Period.ADJUSTED,
    Stage.CHANGED: Period.ADJUSTED,
    Stage.EXECUTION: Period.FINAL,
    Stage.ESTIMATED: Period.FINAL,
    Stage.FINAL: Period.FINAL,
    Stage.PRIOR: Period.PRIOR_YEAR,
    Stage.NEXT: Period.BUDGET,
}
_PLANS = (Stage.BUDGET, Stage.ADJUSTED, Stage.CHANGED, Stage.NEXT)
_LEVELS = {3: 1, 5: 2, 7: 3, 9: 3}


def facts_of(
    draft: Draft, columns: Sequence[Column], table: TableFacts
) -> tuple[tuple[Fact, ...], tuple[TableRow, ...]]:
    """All facts of one table by row and column, and its rows."""
    if table.table_type in WITHOUT_FACTS or (table.table_type is TableType.OTHER and draft.unit is None):
        return (), ()
    facts: list[Fact] = []
    rows: list[TableRow] = []
    blocks = column_blocks(columns)
    for number, block in enumerate(blocks):
        found, described = _read_block(draft, block, number, len(blocks), table)
        facts.extend(found)
        rows.extend(described)
    return tuple(sorted(facts, key=lambda fact: (fact.row_no, fact.col_no))), tuple(rows)


def _read_block(
    draft: Draft, block: ColumnBlock, number: int, blocks: int, table: TableFacts
) -> tuple[list[Fact], list[TableRow]]:
    heads = [column_facts(column.path, table) for column in block.money]
    heads = with_parts(with_accounts(with_adjustments(heads)), table)
    labels = [_label(block, row) for row in draft.body]
    reader = CodeReader(block.keys)
    codes = [reader.read(row) for row in draft.body]
    side = side_of(block, heads, labels, number, blocks, table)
    # A table by region is read by the places that its rows name, and not by items.
    places = next((k for k in block.keys if any(_PLACES.search(fold(text)) for text in k.path)), None)
    beside = _beside(labels, draft.body, places) if places else None
    lines = row_facts(labels, codes, side, table, by_place=places is not None, beside=beside)
    if table.table_type in DEBT_TABLES:
        lines = [_bonds(line, row, block, table) for line, row in zip(lines, draft.body, strict=True)]
    facts: list[Fact] = []
    rows: list[TableRow] = []
    for row_no, (row, line) in enumerate(zip(draft.body, lines, strict=True)):
        coded = _coded(line, table)
        found = [
            _explained(fact, number, line, coded, head, side, table)
            for column, head in zip(block.money, heads, strict=True)
            if not line.rate and (fact := _fact(row[column.index], row_no, column, draft))
        ]
        facts.extend(found)
        rows.append(TableRow(row_no, number, line.label, line.codes, line.is_total, bool(found)))
    return facts, rows


def _beside(labels: Sequence[str], body: Sequence[Row], places: Column) -> list[str] | None:
    """The places of a column of their own, each for all rows down to the next (吴忠市 beside 合计, 一般债务,
    专项债务); None where they are the labels."""
    named: list[str] = []
    for row in body:
        named.append(one_line(row[places.index].text) or (named[-1] if named else ""))
    others = sum(
        bool(label) and fold(label) != fold(place) for label, place in zip(labels, named, strict=True)
    )
    return named if others * 2 > len(labels) else None


def _label(block: ColumnBlock, row: Row) -> str:
    """The row's label; where only a code column is filled, what stands there."""
    label = block.row_label(row)
    if not label or fold(label).isdigit():
        words = [one_line(row[key.index].text) for key in block.keys]
        label = next((word for word in words if word and not fold(word).isdigit()), label)
    return label


def _bonds(row: RowFacts, printed: Row, block: ColumnBlock, table: TableFacts) -> RowFacts:
    """The kind of debt that the row or a column beside its label names (债券性质: 专项债券); the names of
    projects say nothing of it."""
    named = [key for key in block.keys if key.role == "type" or table.table_type not in BONDS]
    words = "".join(fold(printed[key.index].text) for key in named)
    debt = terms().debt
    kind, bond = row.debt_kind or first(debt.kinds, words), row.debt_bond or first(debt.bonds, words)
    return changed(row, debt_kind=kind, debt_bond=bond)


def _fact(slot: Slot, row_no: int, column: Column, draft: Draft) -> Fact | None:
    """The bare fact a slot prints, or None; several amounts in one cell cannot be read."""
    fact = printed_fact(slot, row_no, column, draft)
    if fact is None or slot.cell is None or slot.cell.text.strip().endswith(("%", "％")):
        return None
    lines = slot.cell.text.split("\n")
    several = len(lines) > 1 and sum(map(_whole_amount, lines)) > 1
    if several or (fact.amount_yuan is not None and abs(fact.amount_yuan) >= LARGEST * 10_000):
        return replace(fact, amount_yuan=None, amount_text=one_line(slot.cell.text))
    return fact


def _whole_amount(line: str) -> bool:
    return printed_number(line) is not None and len(re.sub(r"\D", "", line)) >= 3


def _explained(
    fact: Fact,
    block: int,
    row: RowFacts,
    coded: dict[str, Any],
    head: ColumnFacts,
    side: str | None,
    table: TableFacts,
) -> Fact:
    """The fact with its label, codes (`coded`, the same for a whole row) and meaning."""
    own_stage = (
        row.stage if table.table_type in DEBT_TABLES and row.stage not in (None, Stage.BUDGET) else None
    )
    change = head.change or row.change
    said = None if change else own_stage or head.stage or row.stage
    stage, year = stage_and_year(said, row.year or head.year, table)
    of_months = (table.of_months or head.of_months) and stage not in _PLANS
    stage = None if of_months else stage  # 2024年1-6月: not what became of the year
    place = row.place or head.place or table.place
    scope = _scope(row, head, table)
    debt = debt_of(row, head, table) if table.table_type in DEBT_TABLES else (None, None, None)
    is_guess = not table.is_plan and said is None and table.stage is None and debt[0] != DebtMeasure.LIMIT
    if is_guess and table.table_type in DEBT_TABLES and stage == Stage.BUDGET:
        stage = None  # 2025年债务余额, 本年还本: at the year's end, or as they are planned?
    fund = _FUND_BY_DEBT[debt[1] or DebtKind.ALL] if table.table_type in DEBT_TABLES else None
    by_region = row.place is not None or is_of_year(row)
    flow = row.flow or side or _by_header(head, table)
    subject = row.subject
    if head.fund and head.fund != table.fund and subject in ACCOUNTS.values():
        subject = _account(head.fund, flow or "")  # 合计, in the column of another account
    if head.flow and _IS_ACCOUNT.match(unnumbered(row.label)) and _OF_THE_YEAR.match(head.lowest):
        flow, subject = head.flow, _account(fund_of(row.label), head.flow)  # 一般公共预算 / 本年收入
    fact = changed(
        fact,
        block=block,
        row_label=row.label,
        flow=flow,
        fund=fund or head.fund or row.fund or table.fund,
        nature="basic" if table.table_type is TableType.GOV_GENERAL_BASIC_ECONOMIC else "all",
        object="all",
        stage=None if change else stage,
        amount_year=year,
        period="change" if change else _period(stage, debt[0], year, table),
        scope=scope,
        row_region_code=place.code
        if place
        else None
        if scope == AmountScope.REGION
        else table.territory.code,
        row_region_name=place.name if place else None,
        is_total=row.is_total,
        subject=subject,
        debt_measure=debt[0],
        debt_kind=debt[1],
        debt_bond=debt[2],
        **coded,
    )
    if by_region and table.table_type not in DEBT_TABLES:
        fact = _by_column(fact, head, table)
    unclear = table.kind == DocumentKind.ADJUSTMENT and stage is None and debt[0] is None
    if (
        row.is_part
        or of_months
        or unclear
        or table.table_type in _WITHOUT_MEASURES
        or (head.part and not by_region)
    ):
        return fact
    # In a table by region all of its own code: 其中：税收收入.
    of_kind = head.debt_kind in (DebtKind.GENERAL, DebtKind.SPECIAL)  # 债务余额, 其中：一般债务
    of_which = by_region and (head.repeats or (head.lowest.startswith(_OF_WHICH) and not of_kind))
    measure = None if of_which and (fact.subject or fact.debt_measure) else measure_of(fact)
    return fact if measure is None else changed(fact, measure=measure)


def _by_header(head: ColumnFacts, table: TableFacts) -> str | None:
    """The flow of a column of a table that lists the insurances by row: 上年结余, 本年收入, 年末滚存结余."""
    if table.table_type not in SOCIAL_INSURANCE:
        return None
    return first(terms().social, head.lowest) or first(terms().social, head.words)  # 本年收入 / 小计


def _scope(row: RowFacts, head: ColumnFacts, table: TableFacts) -> str | None:
    """The row's scope, narrowed by the column's: the own level of a region is own."""
    if row.of_level is not None:
        return head.scope or row.of_level
    if row.place is None and head.place is None and table.place is not None:
        return table.place.scope
    if row.place is not None:
        if row.place.scope == AmountScope.WHOLE and head.scope in (AmountScope.OWN, AmountScope.REGION):
            return head.scope
        return row.place.scope
    if table.table_type in DEBT_TABLES and row.scope == AmountScope.OWN:
        return head.scope or row.scope  # 其中：市本级, in a table of the whole area's debt
    return head.scope or table.scope or row.scope


def _period(stage: str | None, debt: str | None, year: int | None, table: TableFacts) -> str | None:
    if debt == DebtMeasure.BALANCE and stage in (Stage.PRIOR, Stage.FINAL, Stage.EXECUTION, Stage.ESTIMATED):
        base = table.year or table.fiscal_year
        return "opening" if base and year and year < base else "closing"
    return _PERIODS.get(stage or "")


def _coded(row: RowFacts, table: TableFacts) -> dict[str, Any]:
    """The fields of a fact that hold the row's codes and their names."""
    if not row.codes:
        return {}
    names = {system: _name(system, code, row, table) for system, code in row.codes.items()}
    longest = max(len(code) for code in row.codes.values())
    known = all(classification(system).find(code) for system, code in row.codes.items())
    return dict(
        functional_code=row.codes.get("functional"),
        functional_name=names.get("functional"),
        economic_code=row.codes.get("economic"),
        economic_name=names.get("economic"),
        gov_economic_code=row.codes.get("gov_economic"),
        gov_economic_name=names.get("gov_economic"),
        revenue_code=row.codes.get("revenue"),
        revenue_name=names.get("revenue"),
        code_basis=CodeBasis.NAME if row.by_name else CodeBasis.PRINTED if known else CodeBasis.UNVERIFIED,
        level=0 if row.is_total else _LEVELS.get(longest, 0),
    )


def _name(system: str, code: str, row: RowFacts, table: TableFacts) -> str | None:
    known = classification(system).find(code, table.fiscal_year)
    return known.name if known and row.by_name else name_without_code(row.label) or None


def _by_column(fact: Fact, head: ColumnFacts, table: TableFacts) -> Fact:
    """In a table by region the columns are the items: tax revenue, transfers, the account's sum."""
    lowest = head.words
    named = _SIDES
    said = {flow for word, flow in named.items() if word in lowest}
    side = table.table_type.flow or (said.pop() if len(said) == 1 else fact.flow or "")
    if side == Flow.TRANSFERS_PAID:  # 合计 is that of the transfers to the region, not its expenditure
        return changed(fact, subject=None, flow=side)
    within = replace(table, fund=head.fund or table.fund)
    # 小计 below 税收收入 is that of the taxes
    path = fact.column_path.split(" / ")
    item = next((header for header in reversed(path) if not _ALONE.match(fold(header))), path[-1])
    line = _line_of_column(item, side or None, within)
    subject = line.subject
    coded = _coded(line, table) if subject is None else {}
    plain = not line.codes and line.place is None and line.flow == side
    if subject is None and plain and not head.part and _IS_SUM.search(lowest):
        subject = _account(fact.fund, side)
    return changed(fact, subject=subject, flow=line.flow or fact.flow or side or None, **coded)


@lru_cache(maxsize=1_024)  # the same for every row
def _line_of_column(header: str, side: str | None, table: TableFacts) -> RowFacts:
    return row_facts([header], [{}], side, table)[0]


def _account(fund: str | None, side: str) -> str | None:
    return ACCOUNTS.get((fund or "", side))

"""What an amount column of a government's table says: stage, year, scope, change, debt, region.

Invariant: the lowest header text that says something decides; what no header says is left to the title and
to the rows. A column of percentages is not money; a column of changes is money but not an amount of a year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from parsers.government.described import ColumnFacts, TableFacts
from parsers.government.names.territory import Mention
from parsers.government.names.titles import fund_of, scope_of, without_account
from parsers.government.names.vocabulary import first, terms
from parsers.government.names.years import arabic, years_in
from parsers.reference import regions
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.values.amounts import is_blank, printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold
from parsers.values.vocabulary import AmountScope, DocumentKind, FundSource, Stage

_L = lexicon_of(__name__)
_IS_CODE = _L.pattern("is_code")
_IS_PLACE_CODE = _L.pattern("is_place_code")

_PERCENT = re.compile(r"^-?[\d.,]+%$")
_BELOW = _L.pattern("below")
_AFTER = _L.pattern("after")
_SETTLED = _L.pattern("settled")  # a change only where another column is the budget after it
_OUTCOMES = ("execution", "estimated", "expected", "final")
_MOSTLY = 0.8  # of a column's filled cells print numbers: then it holds money
_OWN_COLUMNS = (
    "item",
    "text",
    "date",
    "project_name",
    "type",
    "body_name",
    "project_code",
    "percent",
    "count",
)
_CODE = re.compile(r"^[1-5]\d{2}(?:\d{2}){0,3}$")
_CODE_HEADER = _L.pattern("code_header")
_NOTHING = re.compile("^[×xX✕*]+$")  # in forms: cells that are not to be filled in
_REGION_CODE = re.compile(r"^[1-6]\d(?:\d{2}|\d{4}|\d{7})?$")
_COMPARES = _L.pattern("compares")
_SAID = _L.pattern("said")
_PLANNED = _L.pattern("planned")
_ALL = _L.pattern("all")
_RATIO_ROWS = 80  # rows that are enough to judge
_LEAST_RATIOS = 3
_MOST_RATIOS = Decimal("0.7")
_HALF_STEP = Decimal("0.51")
Values = Sequence[Decimal | None]
_FORMULA = re.compile(r"^[A-Z](?:\d?=.*)?$")


def with_roles(columns: Sequence[Column], body: Sequence[Row]) -> tuple[Column, ...]:
    """The columns with the roles that only governments' tables have, and money columns by their cells."""
    headed = max((c.index for c in columns if any(fold(text) for text in c.path)), default=len(columns))
    found = [
        replace(column, role="text")  # behind the last header: keys of the database behind a sheet
        if column.index > headed
        else _with_role(column, [row[column.index].own_text for row in body])
        for column in columns
    ]
    return _without_ratios(_without_empty(found, body), body)


def _without_empty(columns: Sequence[Column], body: Sequence[Row]) -> list[Column]:
    """The columns; one that holds nothing (城镇居民基本医疗保险基金) names no rows right of an amount."""
    money = min((column.index for column in columns if column.role == "money"), default=len(columns))
    return [
        replace(column, role="blank")
        if column.index > money
        and column.role != "money"
        and _is_empty(body, column.index, {fold(text) for text in column.path})
        else column
        for column in columns
    ]


def _is_empty(body: Sequence[Row], index: int, texts: Collection[str]) -> bool:
    values = (fold(row[index].own_text) for row in body)
    return all(is_blank(value) or _NOTHING.match(value) or value in texts for value in values)


def _without_ratios(columns: Sequence[Column], body: Sequence[Row]) -> tuple[Column, ...]:
    """Money columns that compare two others in hundredths are percentages where their header is open."""
    money = {
        column.index: [printed_number(row[column.index].own_text) for row in body]
        for column in columns
        if column.role == "money"
    }
    open_ = {
        column.index
        for column in columns
        if column.index in money and _COMPARES.search(lowest := _lowest(column)) and not _SAID.search(lowest)
    }
    plain = [values for index, values in money.items() if index not in open_]
    ratios = {index for index in open_ if _is_ratio(money[index], plain)}
    return tuple(replace(c, role="percent") if c.index in ratios else c for c in columns)


def _is_ratio(values: Values, others: Sequence[Values]) -> bool:
    """Whether most of the values are one column in hundredths of another, or the growth of one on another."""
    rows = [row for row, value in enumerate(values) if value][:_RATIO_ROWS]
    if len(rows) < _LEAST_RATIOS:
        return False
    step = Decimal(1).scaleb(min(int(value.as_tuple().exponent) for row in rows if (value := values[row])))
    for one, other in permutations(others, 2):
        said = [(values[row] or Decimal(0), one[row], other[row]) for row in rows]
        fitting = sum(_fits(value, a, b, step) for value, a, b in said)
        if fitting >= _LEAST_RATIOS and fitting >= _MOST_RATIOS * len(rows):
            return True
    return False


def _fits(value: Decimal, one: Decimal | None, other: Decimal | None, step: Decimal) -> bool:
    if not one or not other or abs(one - other - value) <= step:
        return False
    percent = one / other * 100
    return any(abs(found - value) <= step * _HALF_STEP for found in (percent, percent - 100))


def _lowest(column: Column) -> str:
    return arabic(fold(column.path[-1])) if column.path else ""


def _with_role(column: Column, values: Sequence[str]) -> Column:
    words = [arabic(fold(text)) for text in column.path]
    texts = {fold(text) for text in column.path}  # a page below may repeat the header
    filled = [fold(value) for value in values if not is_blank(value) and fold(value) not in texts]
    lowest = words[-1] if words else ""
    is_code = column.role.endswith(("code", "_part")) and (not lowest or _CODE_HEADER.search(lowest))
    if is_code or column.role == "serial":
        return column
    if filled and _IS_CODE.search(lowest) and all(_CODE.match(value) for value in filled):
        return replace(column, role="code")
    if _are_regions(filled, lowest):
        return replace(column, role="text")
    role = first(terms().roles, lowest)
    numbers = sum(printed_number(value) is not None for value in filled)
    if filled and sum(bool(_PERCENT.match(value)) for value in filled) * 2 > len(filled):
        return replace(column, role="percent")
    if filled and all(_FORMULA.match(value) for value in filled):
        return replace(column, role="text")
    if any(terms().no_money.search(word) for word in words[:-1]):  # 债务平均利率(%) above 一般债务
        return replace(column, role="count")
    if role in _OWN_COLUMNS and (role in ("percent", "count", "date") or numbers * 2 <= len(filled)):
        return replace(column, role=role)
    if column.role in ("percent", "count", "date", "remark") and not terms().changes.search(lowest):
        return column
    if filled and numbers >= _MOSTLY * len(filled):
        return replace(column, role="money")
    return replace(column, role="item") if column.role in ("money", "text") and filled else column


def _are_regions(values: Sequence[str], header: str) -> bool:
    """Whether a column prints the codes of regions: 150802 beside 临河区, with 区划代码 or nothing above."""
    if not values or (header and not _IS_PLACE_CODE.search(header)):
        return False
    if not all(_REGION_CODE.match(value) for value in values):
        return False
    return sum(regions.region(value[:6].ljust(6, "0")) is not None for value in values) * 2 > len(values)


def column_facts(path: Sequence[str], table: TableFacts) -> ColumnFacts:
    """The meaning of a money column by its header path."""
    words = [arabic(fold(text)) for text in reversed(path)]
    joined = "".join(reversed(words))
    change = _is_change(words)
    named = (first(terms().stages, without_account(word)) for word in words)
    stage = limit_stage(next((found for found in named if found), None), joined, table)
    timed = [word for word in words if not (change and terms().changes.search(word))]  # 比2025年增减: of 2026
    year = next((years[-1] for word in timed if (years := years_in(word))), None)
    year = year or next((int(y) for word in timed if (y := word[:4]).isdigit() and word[:2] == "20"), None)
    mention = next(
        (m for word in words if (m := table.territory.read(word)) and m.scope != AmountScope.WHOLE), None
    )
    scope = next((found for word in words if (found := table.territory.level(word) or scope_of(word))), None)
    if any(_BELOW.match(word) for word in words):
        scope = AmountScope.REGION
    if scope == AmountScope.REGION and mention is None:
        mention = Mention(AmountScope.REGION, None, words[0])
    return ColumnFacts(
        stage=stage,
        year=year,
        change=change,
        scope=mention.scope if mention else scope,
        place=mention,
        flow=next((found for word in words if (found := first(terms().sides, word))), None),
        fund=fund_of(joined),
        debt_measure=next((found for word in words if (found := first(terms().measures, word))), None),
        debt_kind=next((found for word in words if (found := first(terms().kinds, word))), None),
        debt_bond=next((found for word in words if (found := first(terms().bonds, word))), None),
        words=joined,
        lowest=words[0] if words else "",
    )


def limit_stage(stage: str | None, words: str, table: TableFacts) -> str | None:
    """限额 alone names the budget's limit; in a table of the accounts, the one that holds at their end."""
    return (
        None if stage == Stage.BUDGET and table.stage == Stage.FINAL and not _PLANNED.search(words) else stage
    )


def _is_change(words: Sequence[str]) -> bool:
    """Whether the texts of a header, from its lowest up, name a change: 增减额, or 比上年增减 above 金额."""
    for word in words:
        if terms().changes.search(word):
            return True
        if not terms().counted.match(word):
            return False
    return False


def with_adjustments(heads: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """The columns of one block; 调整数 beside 调整后预算数 is the change that leads there."""
    if not any(terms().adjusted.search(head.words) for head in heads):
        return list(heads)
    after = any(_AFTER.search(head.words) for head in heads)

    def leads(lowest: str) -> bool:
        return bool(terms().adjustments.match(lowest)) and (after or not _SETTLED.match(lowest))

    return [replace(head, change=head.change or leads(head.lowest)) for head in heads]


def with_accounts(heads: Sequence[ColumnFacts]) -> list[ColumnFacts]:
    """The columns of one block; 合计 beside columns of several accounts is of all of them."""
    if len({head.fund for head in heads if head.fund}) < 2:
        return list(heads)
    return [
        replace(head, fund=FundSource.ALL) if head.fund is None and _ALL.search(head.lowest) else head
        for head in heads
    ]


def stage_and_year(stage: str | None, year: int | None, table: TableFacts) -> tuple[str | None, int | None]:
    """The stage as seen from the table's year: an outcome of an earlier year is `prior`, a budget of a later
    one `next`; the estimate of the year that a budget is for is that budget."""
    base = table.year or table.fiscal_year
    stage = stage or table.stage
    if stage == Stage.PRIOR and year is None and base:
        year = base - 1
    elif stage == Stage.NEXT and year is None and base:
        year = base + 1
    year = year or base
    stage = stage or _unsaid(year, table)
    if base and year:
        if stage in _OUTCOMES and year < base:
            stage = "prior"
        elif stage in (Stage.BUDGET, Stage.ESTIMATED, "expected") and year > base:
            stage = "next"
        elif stage == "expected" and table.kind == DocumentKind.BUDGET and year == table.fiscal_year:
            stage = "budget"
    return "estimated" if stage == "expected" else stage, year


def _unsaid(year: int | None, table: TableFacts) -> str | None:
    """The stage of a table that names none: that of the document's kind, or execution for an earlier year."""
    if table.kind == DocumentKind.ACCOUNTS:
        return "final"
    if table.kind != DocumentKind.BUDGET:
        return None
    earlier = year is not None and table.fiscal_year is not None and year < table.fiscal_year
    return "execution" if earlier else "budget"

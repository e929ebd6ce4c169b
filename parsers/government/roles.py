"""What the columns of a government's table hold: names, codes, money, percentages.

Invariant: a column of percentages is not money; where a header leaves open which it is (比上年), the cells
decide, by comparing two other columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from parsers.government.names.vocabulary import arabic, first, terms
from parsers.reference import regions
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.values.amounts import is_blank, printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_IS_CODE = _L.pattern("is_code")
_IS_PLACE_CODE = _L.pattern("is_place_code")
_PERCENT = re.compile(r"^-?[\d.,]+%$")
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
_MAY_DIFFER = _L.pattern("may_differ")
_RATIO_ROWS = 80  # rows that are enough to judge
_LEAST_RATIOS = 3
_MOST_RATIOS = Decimal("0.7")
_HALF_STEP = Decimal("0.51")
Values = Sequence[Decimal | None]
Comparison = Callable[[Decimal, Decimal | None, Decimal | None, Decimal], bool]
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
    """Money columns that compare two others in hundredths are percentages where their header is open; those
    that hold the difference of two others (增减) are money."""

    def values(column: Column) -> Values:
        return [printed_number(row[column.index].own_text) for row in body]

    open_rates = [c for c in columns if c.role == "percent" and _MAY_DIFFER.search(_lowest(c))]
    open_ = {
        column.index
        for column in columns
        if column.role == "money" and _COMPARES.search(lowest := _lowest(column)) and not _SAID.search(lowest)
    }
    if not open_rates and not open_:
        return tuple(columns)
    money = {column.index: values(column) for column in columns if column.role == "money"}
    differences = {c.index for c in open_rates if _compares(values(c), tuple(money.values()), _differs)}
    plain = [values for index, values in money.items() if index not in open_]
    roles = {index: "percent" for index in open_ if _compares(money[index], plain, _fits)}
    roles |= dict.fromkeys(differences, "money")
    return tuple(replace(c, role=roles.get(c.index, c.role)) for c in columns)


def _compares(values: Values, others: Sequence[Values], how: Comparison) -> bool:
    """Whether most of the values compare one of the other columns with another, as `how` tests."""
    rows = [row for row, value in enumerate(values) if value][:_RATIO_ROWS]
    if len(rows) < _LEAST_RATIOS:
        return False
    step = Decimal(1).scaleb(min(int(value.as_tuple().exponent) for row in rows if (value := values[row])))
    for one, other in permutations(others, 2):
        said = [(values[row] or Decimal(0), one[row], other[row]) for row in rows]
        fitting = sum(how(value, a, b, step) for value, a, b in said)
        if fitting >= _LEAST_RATIOS and fitting >= _MOST_RATIOS * len(rows):
            return True
    return False


def _differs(value: Decimal, one: Decimal | None, other: Decimal | None, step: Decimal) -> bool:
    """The difference of two amounts, the smaller one blank where it is nothing."""
    return one is not None and abs(one - (other or 0) - value) <= step


def _fits(value: Decimal, one: Decimal | None, other: Decimal | None, step: Decimal) -> bool:
    """A share in hundredths of one amount in another, or its growth."""
    if not one or not other or abs(one - other - value) <= step:
        return False
    percent = one / other * 100
    return any(abs(found - value) <= step * _HALF_STEP for found in (percent, percent - 100))


def _lowest(column: Column) -> str:
    return arabic(fold(column.path[-1])) if column.path else ""


def _with_role(column: Column, values: Sequence[str]) -> Column:
    words = [arabic(fold(text)) for text in column.path]
    texts = {fold(text) for text in column.path}  # a page below may repeat the header
    filled = [value for value in map(fold, values) if not is_blank(value) and value not in texts]
    lowest = words[-1] if words else ""
    is_code = column.role.endswith(("code", "_part")) and (not lowest or _CODE_HEADER.search(lowest))
    if is_code or column.role == "serial":
        return column
    printed = [value for value in filled if printed_number(value) is not None]  # 合计 may stand among codes
    if printed and _IS_CODE.search(lowest) and all(_CODE.match(value) for value in printed):
        return replace(column, role="code")
    if _are_regions(filled, lowest):
        return replace(column, role="text")
    role = first(terms().roles, lowest)
    numbers = len(printed)
    rates = sum(bool(_PERCENT.match(value)) for value in filled)
    if rates * 2 > len(filled):
        return replace(column, role="percent")
    if filled and all(_FORMULA.match(value) for value in filled):
        return replace(column, role="text")
    if any(terms().no_money.search(word) for word in words[:-1]):  # 债务平均利率(%) above 一般债务
        return replace(column, role="count")
    if role in _OWN_COLUMNS and (role in ("percent", "count", "date") or numbers * 2 <= len(filled)):
        return replace(column, role=role)
    if column.role in ("percent", "count", "date", "remark") and not terms().changes.search(lowest):
        return column
    if numbers and numbers >= _MOSTLY * (len(filled) - rates):  # 财政自给率 33% among amounts
        return replace(column, role="money")
    return replace(column, role="item") if column.role in ("money", "text") and filled else column


def _are_regions(values: Sequence[str], header: str) -> bool:
    """Whether a column prints the codes of regions: 150802 beside 临河区, with 区划代码 or nothing above."""
    if not values or (header and not _IS_PLACE_CODE.search(header)):
        return False
    if not all(_REGION_CODE.match(value) for value in values):
        return False
    return sum(regions.region(value[:6].ljust(6, "0")) is not None for value in values) * 2 > len(values)

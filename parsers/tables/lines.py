"""The rows of one block described: label, codes, what they are part of, what they sum, what they say.

Invariant: a description never depends on what the amounts mean, only on what is printed in the label and
code columns; amounts confirm a sum, they do not make one. In a summary table a row makes the meaning of its
columns narrower, and never another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parsers.reference.headers import header_terms
from parsers.tables.codes import CodeReader, basis_of, codes_by_name
from parsers.tables.grouping import (
    Amounts,
    BodyRow,
    RowWords,
    inside_codes,
    named,
    with_subtotals,
)
from parsers.tables.layout.blocks import ColumnBlock
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import is_part, is_total_word
from parsers.tables.meaning import (
    OF_APPROPRIATION,
    YEAR,
    Meaning,
    TableContext,
    default_period,
    item_of,
    read_element,
    read_terms,
)
from parsers.tables.nesting import parents, sum_rows
from parsers.values.copies import changed
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import ITEM_TABLES, NESTED_OTHERWISE, PAIRED_TABLES, TableType
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import Flow, FundSource, Nature, Period

_L = lexicon_of(__name__)

_BUDGETED = _L.text("budgeted")
_OF_YEAR = _L.text("of_year")
_WIDE = ("all", "appropriation")
# Which periods a row may put in place of its column's.
_OVERRULES: Mapping[str, Sequence[str]] = {
    Period.TOTAL: (Period.CURRENT, Period.CARRYOVER, Period.OPENING, Period.CLOSING),
    Period.CURRENT: (Period.CARRYOVER, Period.OPENING, Period.CLOSING),
    Period.FINAL: (Period.OPENING, Period.CLOSING),
}
# Items that contain others, printed as rows of one table.
_CONTAINS = {_L.text("contains"): _L.words("contains")}


def lines_of(
    rows: Sequence[Row],
    block: ColumnBlock,
    table: TableContext,
    side: str | None,
    amounts: Amounts,
    *,
    names_codes: bool = True,
) -> list[BodyRow]:
    """The described rows of a block. `side` is the flow of its columns; `amounts` the printed number of each
    row by column; `names_codes`: a name may stand for its code."""
    reader = CodeReader(block.keys)
    lines = with_years([BodyRow(row, block.row_label(row), reader.read(row)) for row in rows], block, table)
    lines = [changed(line, is_total=is_total_word(line.label)) for line in lines]
    lines = _with_codes(lines, block, table, side if names_codes else None)
    if table.table_type in PAIRED_TABLES or _lists_funds(lines, block, table):
        return named(_outlined(lines, block, side, amounts), block, table)
    if table.table_type in ITEM_TABLES:
        lines = _with_items(lines, amounts)
    nested = table.table_type in NESTED_OTHERWISE or not any(line.codes for line in lines)
    if not nested:
        return named(inside_codes(lines, amounts), block, table)
    for period in {line.period for line in lines}:
        rows_of_it = [row if line.period == period else {} for line, row in zip(lines, amounts, strict=True)]
        lines = with_subtotals(lines, block, rows_of_it)
    sums = {line.label for line in lines if line.is_total and line.period}  # a body sums others in every year
    lines = [
        changed(line, is_total=line.is_total or bool(line.period and line.label in sums)) for line in lines
    ]
    return named(lines, block, table)


def with_years(lines: list[BodyRow], block: ColumnBlock, table: TableContext) -> list[BodyRow]:
    """The rows with the period that a column of years says (2025年, 2026年, 增减变化金额); one label speaks
    for the rows of all years below it."""
    columns = [column.index for column in block.keys if column.role == "year"]
    out: list[BodyRow] = []
    for line in lines:
        said = next((fold(text) for index in columns if (text := line.row[index].text)), "")
        period = (row_period(said, table) or year_period(said, table)) if said else None
        above = out[-1] if out else None
        if period and not line.label and above and above.period not in (None, period):
            line = changed(line, label=above.label, codes=line.codes or above.codes)
        out.append(changed(line, period=period))
    return out


def _lists_funds(lines: Sequence[BodyRow], block: ColumnBlock, table: TableContext) -> bool:
    """Whether the rows of a revenue table (收入总表) are the funds, not functions or bodies; where it has
    several columns, of bodies or years, most of them."""
    if table.table_type != TableType.REVENUE or any(line.codes for line in lines):
        return False
    labels = [line.label for line in lines if line.label and not line.is_total]
    funds = sum("fund" in row_words(label, "revenue", False, False).said for label in labels)
    return funds > (1 if len(block.money) == 1 else max(2, len(labels) // 2))


def _with_codes(
    lines: list[BodyRow], block: ColumnBlock, table: TableContext, side: str | None
) -> list[BodyRow]:
    """The codes found by name beside those printed, and how far they can be trusted."""
    system = _system_by_name(lines, block, table, side)
    named: Sequence[str | None] = [None] * len(lines)
    if system is not None:
        printed = [line.codes.get(system) for line in lines]
        labels = [line.label for line in lines]
        named = codes_by_name(labels, printed, system, table.fiscal_year)
    out = []
    for line, code in zip(lines, named, strict=True):
        codes = {**line.codes, system: code} if system and code else line.codes
        out.append(changed(line, codes=codes, basis=basis_of(codes, code is not None, table.fiscal_year)))
    return out


def _system_by_name(
    lines: Sequence[BodyRow], block: ColumnBlock, table: TableContext, side: str | None
) -> str | None:
    """The classification that the labels of a block name, or None where they may name anything else."""
    if table.table_type in NESTED_OTHERWISE | ITEM_TABLES:
        return None
    systems = {column.system for column in block.keys if column.system}
    if table.table_type in PAIRED_TABLES:
        if side != Flow.EXPENDITURE or len(systems) > 1:
            return None
        return next(iter(systems), "functional")
    printed = {system for line in lines for system in line.codes}
    if not printed and len(systems - {"gov_economic"}) <= 1:
        of_type = (system for system in table.table_type.systems if system != "revenue")
        return next(iter(systems - {"gov_economic"}), next(of_type, None))
    return printed.pop() if len(printed) == 1 else None


def _outlined(lines: list[BodyRow], block: ColumnBlock, side: str | None, amounts: Amounts) -> list[BodyRow]:
    """The rows of a summary table with the rows that contain them. In a table by body a row without a code
    is a body's, and stands for all it spends."""
    labels = [line.label for line in lines]
    by_body = any(column.role in ("body_name", "body_code") for column in block.keys)
    names_codes = by_body or any(line.codes for line in lines)
    words = [row_words(line.label, side, bool(line.codes), names_codes) for line in lines]
    above = parents(labels, ["period" in w.said or "flow" in w.said for w in words])
    totals = {i for i in sum_rows(above, labels, amounts) if not lines[i].codes}
    limit = _end_of_this_year(lines, words)
    return [
        changed(
            line,
            is_total=line.is_total or words[index].whole or index in totals,
            said=words[index],
            above=tuple(words[i] for i in _chain(above, index)),
            parent=above[index],
            this_year=index < limit and not words[index].whole,
        )
        for index, line in enumerate(lines)
    ]


def _end_of_this_year(lines: Sequence[BodyRow], words: Sequence[RowWords]) -> int:
    """The first row that is not this year's money: the sum of this year's (本年收入合计), or what is left
    of earlier years; 0 where the table does not distinguish the years."""
    for index, (line, said) in enumerate(zip(lines, words, strict=True)):
        period = said.said.get("period")
        if period in (Period.CARRYOVER, Period.OPENING) or (period == Period.CURRENT and line.is_total):
            return index
    return 0


def _chain(above: Sequence[int | None], index: int) -> list[int]:
    """The rows that contain a row, the nearest first."""
    chain: list[int] = []
    parent = above[index]
    while parent is not None:
        chain.append(parent)
        parent = above[parent]
    return chain


def _with_items(lines: list[BodyRow], amounts: Amounts) -> list[BodyRow]:
    """The rows of a three_public table with the items they are about; an item that contains others which
    stand in rows of their own is a total."""
    items = [item_of(line.label) for line in lines]
    printed = {item for (item, _), row in zip(items, amounts, strict=True) if item and row}
    out = []
    for line, (item, is_sum) in zip(lines, items, strict=True):
        contains = any(part in printed for part in _CONTAINS.get(item or "", ()))
        out.append(changed(line, item=item, is_total=line.is_total or is_sum or contains))
    return out


def row_words(label: str, side: str | None, has_code: bool, names_codes: bool) -> RowWords:
    """The words of a row label; `side` is the flow of the columns it stands beside. A row with a code is
    distinguished by it: 其中 adds nothing. Where no row of the block has one (`names_codes`), the labels name
    something else, and a word not known may be any part of the whole."""
    said = read_terms(unnumbered(label), header_terms().rows.get(side or "", ()))
    return RowWords(said, is_part(label) and not has_code, not (said or names_codes))


def row_period(label: str, table: TableContext) -> str | None:
    """The period a row label names (预算数, 决算数 printed one above the other)."""
    return read_element(label, table).get("period")


def year_period(label: str, table: TableContext) -> str | None:
    """The period of the fiscal year where a label is that year and nothing else (2026年)."""
    match = YEAR.fullmatch(fold(label).removesuffix(_OF_YEAR).removesuffix(_BUDGETED))
    is_own = match is not None and int(match.group(1)) == table.fiscal_year
    return default_period(table) if is_own else None


def row_meaning(column: Meaning, own: RowWords, above: Sequence[RowWords], this_year: bool) -> Meaning:
    """The meaning of an amount of a summary table: the column's, made narrower by the row.

    `above` are the rows that contain this one, the nearest first. `this_year`: the side prints the money of
    earlier years in rows of their own, and this row is none of them."""
    if column.flow == Flow.REVENUE:
        return _revenue(column, own, above, this_year)
    if column.flow == Flow.EXPENDITURE:
        return _expenditure(column, own, above)
    return column


def _revenue(column: Meaning, own: RowWords, above: Sequence[RowWords], this_year: bool) -> Meaning:
    """A column of one fund overrules the words of the row."""
    fund = own.said.get("fund")
    if column.fund not in (*_WIDE, None):
        fund = column.fund
    elif own.whole:
        fund = fund or column.fund
    elif own.part and any(_covers(fund, words.said.get("fund")) for words in above):
        fund = None
    period = own.said.get("period") or _inherited("period", above)
    if column.period == Period.TOTAL:
        period = period or ("current" if this_year else "total")
    elif period not in _OVERRULES.get(column.period or "", ()):
        period = column.period
    flow = own.said.get("flow") or _inherited("flow", above) or column.flow
    return replace(column, fund=fund, period=period, flow=flow)


def _covers(fund: str | None, whole: str | None) -> bool:
    """Whether a part's fund is as wide as its whole's: then the word does not name the part."""
    return fund == whole or (fund == FundSource.APPROPRIATION and whole in OF_APPROPRIATION)


def _expenditure(column: Meaning, own: RowWords, above: Sequence[RowWords]) -> Meaning:
    said = own.said
    nature, purpose, period = column.nature, column.object, column.period
    if own.unknown and nature == Nature.ALL:
        nature = None
    elif nature == Nature.ALL:
        nature = said.get("nature") or _inherited("nature", above) or nature
    if purpose == "all":
        purpose = None if own.part and not said else said.get("object", purpose)
    if said.get("period") in _OVERRULES.get(period or "", ()):
        period = said["period"]
    return replace(column, nature=nature, object=purpose, period=period, flow=said.get("flow") or column.flow)


def _inherited(name: str, above: Sequence[RowWords]) -> str | None:
    return next((words.said[name] for words in above if words.said.get(name)), None)

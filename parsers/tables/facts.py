"""Facts: the printed money cells of a budget table, with labels, codes and meaning.

Invariant: one fact per printed money cell. A printed zero is a fact, a blank is not; row numbers, codes,
counts and percentages are not facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.reference.codes import classification
from parsers.results import Fact, TableRow
from parsers.tables.amounts import printed_number, to_yuan
from parsers.tables.assemble import Draft
from parsers.tables.blocks import ColumnBlock, column_blocks
from parsers.tables.codes import level_of, name_without_code
from parsers.tables.columns import Column
from parsers.tables.lines import Line, lines_of
from parsers.tables.meaning import (
    ITEM_TABLES,
    Meaning,
    TableContext,
    column_meanings,
    row_meaning,
    row_period,
)
from parsers.tables.rows import Row, Slot
from parsers.text import one_line

# Amounts on these are indicators or no money at all; see DESIGN §6.
PROJECT_TABLES = frozenset({"projects", "project_summary", "carryover_projects"})
WITHOUT_FACTS = frozenset({"contents", "project_performance", "unit_performance", "earmarked_performance"})


def facts_of(
    draft: Draft, columns: Sequence[Column], table_type: str, fiscal_year: int | None
) -> tuple[tuple[Fact, ...], tuple[TableRow, ...]]:
    """All facts of one table by row and column, and its rows. None in tables that print no budget amounts."""
    unnamed = table_type == "other" and (draft.unit is None or draft.title is None)
    if table_type in WITHOUT_FACTS or unnamed:
        return (), ()
    paths = [column.path for column in columns if column.role == "money"]
    table = TableContext.of(table_type, draft.title or "", paths, fiscal_year)
    facts: list[Fact] = []
    rows: list[TableRow] = []
    for number, block in enumerate(column_blocks(columns)):
        found, described = _read_block(draft, block, number, table)
        facts.extend(found)
        rows.extend(described)
    return tuple(sorted(facts, key=lambda fact: (fact.row_no, fact.col_no))), tuple(rows)


def _read_block(
    draft: Draft, block: ColumnBlock, number: int, table: TableContext
) -> tuple[list[Fact], list[TableRow]]:
    meanings = column_meanings([column.path for column in block.money], table)
    flows = {meaning.flow for meaning in meanings}
    side = flows.pop() if len(flows) == 1 else None
    lines = lines_of(draft.body, block, table, side, [_numbers(row, block) for row in draft.body])
    facts: list[Fact] = []
    rows: list[TableRow] = []
    for row_no, line in enumerate(lines):
        found = []
        for column, meaning in zip(block.money, meanings, strict=True):
            if fact := _fact(_slot(line.row, column, block), row_no, column, draft):
                explained = _explained(replace(fact, block=number), line, meaning, table)
                found.append(_named(explained, line, block.keys, table))
        facts.extend(found)
        rows.append(TableRow(row_no, number, line.label, line.codes, line.is_total, bool(found)))
    return facts, rows


def _numbers(row: Row, block: ColumnBlock) -> dict[int, Decimal]:
    """Column → printed number, for the money columns of one row."""
    numbers = {column.index: _number(_slot(row, column, block)) for column in block.money}
    return {index: number for index, number in numbers.items() if number is not None}


def _slot(row: Row, column: Column, block: ColumnBlock) -> Slot:
    """The slot of a column; an amount whose cell is merged over the label columns left of it stands there."""
    slot, index = row[column.index], column.index
    if slot.cell is None or slot.anchor or index != block.money[0].index:
        return slot
    first = next(i for i, other in enumerate(row) if other.cell is slot.cell)
    keys = {key.index for key in block.keys}
    alone = index + 1 == len(row) or row[index + 1].cell is not slot.cell
    return replace(slot, anchor=True) if alone and keys.issuperset(range(first, index)) else slot


def _fact(slot: Slot, row_no: int, column: Column, draft: Draft) -> Fact | None:
    """The bare fact a slot prints, or None."""
    number = _number(slot)
    if number is None or slot.cell is None:
        return None
    unit = draft.unit
    return Fact(
        row_no=row_no,
        col_no=column.index,
        row_label="",
        column_path=column.printed_path,
        amount_yuan=to_yuan(number, unit.yuan) if unit else None,
        amount_text=_printed(slot.cell.text),
        unit_text=unit.text if unit else None,
        unit_yuan=unit.yuan if unit else None,
        source=draft.source,
        page=slot.page,
        box=slot.cell.box,
    )


def _printed(text: str) -> str:
    """The amount as printed; a line broken inside its digits by a narrow column is put together."""
    return "".join(text.split()) if printed_number(text) is not None else one_line(text)


def _number(slot: Slot) -> Decimal | None:
    """The amount printed in a slot; a workbook's stored number wins over its rounded display."""
    if slot.cell is None or not slot.anchor:
        return None
    if slot.cell.number is not None and slot.cell.text.strip():
        return slot.cell.number
    return printed_number(slot.cell.text)


def _explained(fact: Fact, line: Line, column: Meaning, table: TableContext) -> Fact:
    """The fact with its label, codes and meaning."""
    meaning = _meaning(line, column, table)
    return replace(
        fact,
        row_label=line.label,
        flow=meaning.flow,
        fund=meaning.fund,
        nature=meaning.nature,
        object=meaning.object,
        period=meaning.period,
        functional_code=line.codes.get("functional"),
        economic_code=line.codes.get("economic"),
        gov_economic_code=line.codes.get("gov_economic"),
        code_basis=line.basis,
        level=0 if line.is_total else level_of(line.codes),
        is_total=line.is_total or meaning.is_total,
        subject=line.item or meaning.subject,
    )


def _meaning(line: Line, column: Meaning, table: TableContext) -> Meaning:
    """The column's meaning, narrowed by what the row says in the tables whose rows say it."""
    if column.fund is None and column.period is None:
        return column  # a header nobody understands
    if line.said is not None:
        return row_meaning(column, line.said, line.above, line.this_year)
    if table.table_type in ITEM_TABLES and line.item is None:
        return replace(column, period=row_period(line.label, table) or column.period)
    return column


def _named(fact: Fact, line: Line, keys: Sequence[Column], table: TableContext) -> Fact:
    """The fact with the names its row prints: of its codes, its project, its item. A code whose name is not
    printed, or cut short or abbreviated, has the name of the classification."""
    is_project = table.table_type in PROJECT_TABLES and not fact.is_total
    names = {system: _name_of(system, line, keys, table) for system in line.codes}
    return replace(
        fact,
        functional_name=names.get("functional"),
        economic_name=names.get("economic"),
        gov_economic_name=names.get("gov_economic"),
        project_name=_printed_name(line.row, keys, "project_name") if is_project else None,
        subject="机关运行经费" if table.table_type == "operating_costs" else fact.subject,
    )


def _name_of(system: str, line: Line, keys: Sequence[Column], table: TableContext) -> str | None:
    known = classification(system).find(line.codes[system], table.fiscal_year)
    if line.basis == "name" and known is not None:
        return known.name
    own_label = None if system == "gov_economic" else name_without_code(line.label) or None
    printed = _printed_name(line.row, keys, f"{system}_name") or own_label
    return printed or (known.name if known else None)


def _printed_name(row: Row, keys: Sequence[Column], role: str) -> str | None:
    """The rightmost filled text of the columns with this role, without its code."""
    names = [one_line(row[column.index].text) for column in keys if column.role == role]
    printed = next((name for name in reversed(names) if name), None)
    return name_without_code(printed) if printed else None

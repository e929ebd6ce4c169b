"""Facts: the printed money cells of a budget table, with labels, codes and meaning.

Invariant: one fact per printed money cell, and its yuan are the number it shows times its unit. A printed
zero is a fact, a blank is not; a cell that cannot be read is a fact without an amount; row numbers, codes,
counts and percentages are not facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.reference.codes import classification
from parsers.tables.codes import level_of, name_without_code
from parsers.tables.counts import RowUnit, row_units
from parsers.tables.grouping import BodyRow
from parsers.tables.layout.assembly import Draft
from parsers.tables.layout.blocks import ColumnBlock, column_blocks
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row, Slot
from parsers.tables.lines import row_meaning, row_period
from parsers.tables.meaning import Meaning, TableContext, column_meanings, item_of
from parsers.tables.stacked import lines_with_sides
from parsers.tables.three_public import with_three_public
from parsers.values.amounts import (
    Amount,
    amount_in_yuan,
    is_instead_of_amount,
    is_masked,
    is_unreadable,
    read_amount,
)
from parsers.values.copies import changed, made
from parsers.values.document import Note
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import Fact, TableRow
from parsers.values.table_types import ITEM_TABLES, PROJECT_LISTS, PURCHASES, WITHOUT_FACTS, TableType
from parsers.values.text import one_line, visible
from parsers.values.units import Unit, bracketed_unit, stated_unit
from parsers.values.vocabulary import CodeBasis, UnitBasis

_L = lexicon_of(__name__)
_OPERATING_COSTS = _L.text("operating_costs")

_BOUGHT = _L.pattern("bought")

MOST_NOTES = 200  # of one table; a sheet that is broken throughout is said to be so once


def facts_of(
    draft: Draft, columns: Sequence[Column], table_type: TableType, fiscal_year: int | None
) -> tuple[tuple[Fact, ...], tuple[TableRow, ...]]:
    """All facts of one table by row and column, and its rows. None in tables that print no budget amounts."""
    unnamed = table_type == TableType.OTHER and (draft.unit is None or draft.title is None)
    if table_type in WITHOUT_FACTS or unnamed:
        return (), ()
    paths = [column.path for column in columns if column.role == "money"]
    years = [row[column.index].text for row in draft.body for column in columns if column.role == "year"]
    table = TableContext.of(table_type, draft.title or "", paths, fiscal_year, years)
    facts: list[Fact] = []
    rows: list[TableRow] = []
    blocks = column_blocks(columns)
    for number, block in enumerate(blocks):
        named = table_type in ITEM_TABLES
        units = row_units(columns, blocks, block, draft.body) if named else [RowUnit()] * len(draft.body)
        found, described = _read_block(draft, block, number, table, units)
        facts.extend(found)
        rows.extend(described)
    if table_type == TableType.THREE_PUBLIC:
        facts = with_three_public(facts, _items_named(draft, paths, rows))
    return tuple(sorted(facts, key=lambda fact: (fact.row_no, fact.col_no))), tuple(rows)


def _items_named(draft: Draft, paths: Sequence[Sequence[str]], rows: Sequence[TableRow]) -> set[str | None]:
    """The items of 三公 tables that title, headers and row labels name, whether or not with amounts."""
    words = [*(draft.title or "").split("、"), *(text for path in paths for text in path)]
    return {item_of(text)[0] for text in (*words, *(row.label for row in rows))}


def _read_block(
    draft: Draft, block: ColumnBlock, number: int, table: TableContext, units: Sequence[RowUnit]
) -> tuple[list[Fact], list[TableRow]]:
    """The facts and rows of a block; a row of counts has no facts."""
    meanings = column_meanings([column.path for column in block.money], table)
    numbers = [_numbers(row, block, draft, own) for row, own in zip(draft.body, units, strict=True)]
    lines = lines_with_sides(draft.body, block, table, {meaning.flow for meaning in meanings}, numbers)
    filled = frozenset(index for of_row in numbers for index in of_row)
    facts: list[Fact] = []
    rows: list[TableRow] = []
    for row_no, (line, side) in enumerate(lines):
        found = []
        own = units[row_no]
        for column, meaning in () if own.is_count else zip(block.money, meanings, strict=True):
            slot = _slot(line.row, column, block)
            alone = len(block.money) == 1 and any(map(str.isdigit, slot.text))
            due = column.index in filled and (bool(numbers[row_no]) or alone)
            if fact := printed_fact(slot, row_no, column, draft, due=due, own=own.unit):
                sided = replace(meaning, flow=side) if side else meaning
                explained = _explained(fact, number, line, sided, table)
                found.append(_named(explained, line, block.keys, table))
        facts.extend(found)
        rows.append(TableRow(row_no, number, line.label, line.codes, line.is_total, bool(found)))
    return facts, rows


def _numbers(row: Row, block: ColumnBlock, draft: Draft, own: RowUnit) -> dict[int, Decimal]:
    """Column → printed number in the table's unit, for the money columns of one row."""
    numbers: dict[int, Decimal] = {}
    for column in () if own.is_count else block.money:
        if (amount := _amount(_slot(row, column, block))) is not None:
            (unit, _), whole = _unit(amount, column, draft, own.unit), draft.unit
            scale = unit.yuan / whole.yuan if unit and whole else Decimal(1)
            numbers[column.index] = amount.number * scale
    return numbers


def _slot(row: Row, column: Column, block: ColumnBlock) -> Slot:
    """The slot of a column; an amount whose cell is merged over the label columns left of it stands there.
    Words over all of them are the row's label."""
    slot, index = row[column.index], column.index
    if slot.cell is None or slot.anchor or index != block.money[0].index:
        return slot
    first = next(i for i, other in enumerate(row) if other.cell is slot.cell)
    keys = {key.index for key in block.keys}
    alone = index + 1 == len(row) or row[index + 1].cell is not slot.cell
    alone = alone and (first > 0 or read_amount(slot.text) is not None)
    return slot._replace(anchor=True) if alone and keys.issuperset(range(first, index)) else slot


def printed_fact(
    slot: Slot, row_no: int, column: Column, draft: Draft, *, due: bool = False, own: Unit | None = None
) -> Fact | None:
    """The bare fact a slot prints, or None; without an amount where it cannot be read. Where one is `due`
    (its column prints others, its row too, or it is the only one and has digits) words are not blanks.
    `own` is the unit that the row states."""
    if slot.cell is None or not slot.anchor:
        return None
    amount, text = _amount(slot), slot.cell.text
    if amount is None and not is_unreadable(text) and not (due and is_instead_of_amount(text)):
        return None
    unit, basis = _unit(amount, column, draft, own)
    printed = "".join(visible(text).split()) if amount is not None else visible(text).strip()
    return made(
        Fact,
        row_no=row_no,
        col_no=column.index,
        row_label="",
        column_path=column.printed_path,
        # Always from the text that is kept: what is shown times the unit is the amount.
        amount_yuan=amount_in_yuan(printed, unit.yuan) if amount is not None and unit is not None else None,
        amount_text=printed,
        unit_text=unit.text if unit else None,
        unit_yuan=unit.yuan if unit else None,
        unit_basis=basis,
        source=draft.source,
        page=slot.page,
        box=slot.cell.box,
    )


def _amount(slot: Slot) -> Amount | None:
    """The amount printed in a slot: what a workbook shows, not what it stores behind it."""
    return read_amount(slot.cell.text) if slot.cell is not None and slot.anchor else None


def _unit(
    amount: Amount | None, column: Column, draft: Draft, of_row: Unit | None
) -> tuple[Unit | None, UnitBasis]:
    """The unit nearest to the amount, behind it in its cell, in its row, in the header of its column, or the
    table's, and where it is known from."""
    own = (amount.unit if amount is not None else None) or of_row or _column_unit(column)
    return (own, UnitBasis.PRINTED) if own else (draft.unit, draft.unit_basis)


def _column_unit(column: Column) -> Unit | None:
    texts = reversed(column.path)
    return next((unit for text in texts if (unit := stated_unit(text) or bracketed_unit(text))), None)


def _explained(fact: Fact, block: int, line: BodyRow, column: Meaning, table: TableContext) -> Fact:
    """The fact with its label, codes and meaning."""
    meaning = _meaning(line, column, table)
    return changed(
        fact,
        block=block,
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
        parent_row=line.parent,
        row_body_name=line.body,
        category=line.category,
        item_code=line.item_code,
    )


def _meaning(line: BodyRow, column: Meaning, table: TableContext) -> Meaning:
    """The column's meaning, narrowed by what the row says in the tables whose rows say it."""
    if column.fund is None and column.period is None:
        return column  # a header that is not understood
    if line.period is not None:
        column = replace(column, period=line.period)
    if line.said is not None:
        return row_meaning(column, line.said, line.above, line.this_year)
    if table.table_type in ITEM_TABLES and line.item is None:
        return replace(column, period=line.period or row_period(line.label, table) or column.period)
    return column


def _named(fact: Fact, line: BodyRow, keys: Sequence[Column], table: TableContext) -> Fact:
    """The fact with the names its row prints: of its codes, its project, its item. A code whose name is not
    printed, or cut short or abbreviated, has the name of the classification."""
    project = None
    if table.table_type in PROJECT_LISTS and not fact.is_total:
        project = _project(line, keys)
    elif table.table_type in PURCHASES and not fact.is_total:
        project = _project_bought_for(line, keys)
    names = {system: _name_of(system, line, keys, table) for system in line.codes}
    return changed(
        fact,
        functional_name=names.get("functional"),
        economic_name=names.get("economic"),
        gov_economic_name=names.get("gov_economic"),
        project_name=project,
        subject=_OPERATING_COSTS if table.table_type == TableType.OPERATING_COSTS else fact.subject,
    )


def _name_of(system: str, line: BodyRow, keys: Sequence[Column], table: TableContext) -> str | None:
    known = classification(system).find(line.codes[system], table.fiscal_year)
    if line.basis == CodeBasis.NAME and known is not None:
        return known.name
    own_label = None if system == "gov_economic" else name_without_code(line.label) or None
    printed = _printed_name(line.row, keys, f"{system}_name") or own_label
    return printed or (known.name if known else None)


def _project(line: BodyRow, keys: Sequence[Column]) -> str | None:
    """The project a row is about: as its own column names it or, where the table has none, as a row without
    codes is labelled."""
    if any(column.role == "project_name" for column in keys):
        return _printed_name(line.row, keys, "project_name")
    return None if line.codes else line.label or None


def _project_bought_for(line: BodyRow, keys: Sequence[Column]) -> str | None:
    """The project that a purchase is for, where a column names projects and not what is bought."""
    columns = [c for c in keys if c.role == "project_name" and not _BOUGHT.search("".join(c.path[-1:]))]
    return _printed_name(line.row, columns, "project_name")


def _printed_name(row: Row, keys: Sequence[Column], role: str) -> str | None:
    """The rightmost filled text of the columns with this role, without its code."""
    names = [one_line(row[column.index].text) for column in keys if column.role == role]
    printed = next((name for name in reversed(names) if name), None)
    return name_without_code(printed) if printed else None


def cell_notes(table_no: int, sheet: str | None, facts: Sequence[Fact]) -> Iterator[Note]:
    """The notes `unreadable_cell`, `masked_cell`, `footnote_mark` of one table, and how many more."""
    notes = list(_notes(table_no, sheet, facts))
    yield from notes[:MOST_NOTES]
    if len(notes) > MOST_NOTES:
        yield Note("unreadable_cells", message("more_such_cells", table=table_no, n=len(notes) - MOST_NOTES))


def _notes(table_no: int, sheet: str | None, facts: Sequence[Fact]) -> Iterator[Note]:
    for fact in facts:
        amount = read_amount(fact.amount_text)
        if amount is not None and not (fact.is_unread or amount.marks):
            continue
        row, column = fact.row_no, fact.col_no
        place = (
            message("cell_of_sheet", table=table_no, sheet=sheet, row=row, column=column)
            if sheet
            else message("cell_of_body", table=table_no, row=row, column=column)
        )
        if named := " / ".join(filter(None, (fact.row_label, fact.column_path))):
            place = message("cell_named", cell=place, name=named)
        if fact.is_unread or amount is None:
            # What is masked (***) was left out on purpose, and no better reader would read it.
            code = "masked_cell" if is_masked(fact.amount_text) else "unreadable_cell"
            yield Note(code, message("text_of_cell", cell=place, text=fact.amount_text), fact.page)
        else:
            detail = message(
                "amount_with_mark", cell=place, text=fact.amount_text, amount=amount.text, mark=amount.marks
            )
            yield Note("footnote_mark", detail, fact.page)

"""Grids to budget tables: titles, headers, pages joined, columns understood, facts.

Invariant: pure, and the same reading always gives the same tables. A table that prints no unit takes one over
only where nothing in the document speaks against it: one statement for all tables, or siblings that all print
the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from parsers.tables.facts import cell_notes, facts_of
from parsers.tables.layout.assembly import Draft, assemble
from parsers.tables.layout.columns import Column, read_columns
from parsers.tables.layout.pieces import pieces_of
from parsers.tables.layout.titles import table_type
from parsers.tables.meaning import item_of
from parsers.tables.three_public import ABROAD, RECEPTION, RUNNING, VEHICLES
from parsers.values.amounts import read_amount
from parsers.values.attempts import STRICT, Attempts
from parsers.values.document import Block, Grid, Note, Reading, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Fact
from parsers.values.table_types import TableType
from parsers.values.text import fold, one_line
from parsers.values.units import YUAN_PER_UNIT, Unit
from parsers.values.vocabulary import AmountSource, UnitBasis

_L = lexicon_of(__name__)
_INDICATORS = _L.text("indicators")
_TARGETS = _L.text("targets")
_WHOLE = _L.text("whole")
_NOTHING = _L.words("nothing")

FEW_HEADS = 16
"""More headings than the widest table of 三公 with 会议费, 培训费 and 机关运行经费 has."""
_BY_FUNCTION = {
    TableType.GENERAL_BASIC_ECONOMIC: TableType.GENERAL_BASIC,
    TableType.APPROPRIATION_BASIC_ECONOMIC: TableType.APPROPRIATION_BASIC,
}
"""Types whose titles leave open which classification the rows follow."""
_NAMES = "|".join(sorted(YUAN_PER_UNIT, key=len, reverse=True))
_FOR_ALL = _L.pattern("for_all", names=_NAMES)


@dataclass(frozen=True, slots=True)
class TableHeading:
    """What stands above the rows of a logical table: enough to find the year of a document."""

    title: str | None
    header: tuple[tuple[str, ...], ...]


def drafts_of(reading: Reading, attempts: Attempts = STRICT) -> tuple[Draft, ...]:
    """The logical tables of a document in reading order, put together and not yet understood."""
    return tuple(_drafts(reading.blocks, attempts))


def headings_of(drafts: Sequence[Draft]) -> tuple[TableHeading, ...]:
    """Title and header of each draft."""
    return tuple(TableHeading(draft.title, _header_of(draft)) for draft in drafts)


def budget_tables(
    reading: Reading,
    fiscal_year: int | None = None,
    attempts: Attempts = STRICT,
    drafts: Sequence[Draft] | None = None,
) -> tuple[BudgetTable, ...]:
    """The logical tables of a document in reading order, numbered from 1; `drafts` are those of `drafts_of`.

    A typed table that prints no unit takes the one the document states for all its tables, else that of its
    siblings if they all agree; `unit_basis` says so. With `attempts`, a table that cannot be read is there
    without its facts, and noted.
    """
    drafts = drafts_of(reading, attempts) if drafts is None else drafts
    grids = [block for block in reading.blocks if isinstance(block, Grid)]
    scanned = {grid.page for grid in grids if grid.source == AmountSource.SCAN}

    def read(number: int, draft: Draft) -> BudgetTable:
        attempts.page = draft.pages[0] if draft.pages else None
        lost = message("step_facts", number=number, title=draft.title or "")
        table = attempts.run(lost, None, _table, number, draft, fiscal_year, scanned)
        attempts.page = None
        return table or _unread(number, draft)

    tables = [read(number, draft) for number, draft in enumerate(drafts, start=1)]
    shared = attempts.run(message("step_shared_unit"), None, shared_unit, reading.blocks, tables)
    if shared is not None:
        unit, basis = shared
        for at, (draft, table) in enumerate(zip(drafts, tables, strict=True)):
            if table.facts and table.unit_yuan is None:
                tables[at] = read(table.table_no, replace(draft, unit=unit, shared_basis=basis))
    return tuple(tables)


def _drafts(blocks: Sequence[Block], attempts: Attempts) -> list[Draft]:
    """The logical tables; where they cannot be put together, each grid that can be read is one of its own."""
    together = attempts.run(message("step_continued_tables"), None, lambda: assemble(pieces_of(blocks)))
    if together is not None:
        return together
    alone: list[Draft] = []
    for grid in (block for block in blocks if isinstance(block, Grid)):
        attempts.page = grid.page
        alone += attempts.all_of(message("step_a_table"), _alone, grid)
    return alone


def _header_of(draft: Draft) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(one_line(slot.text) for slot in row) for row in draft.header)


def _alone(grid: Grid) -> list[Draft]:
    return assemble(pieces_of([grid]))


def _unread(number: int, draft: Draft) -> BudgetTable:
    """A table as it is printed, with nothing understood."""
    return BudgetTable(
        table_no=number,
        printed_no=draft.number,
        title=draft.title,
        table_type=TableType.OTHER,
        unit_text=None,
        unit_yuan=None,
        pages=tuple(draft.pages),
        header=_header_of(draft),
        grid=tuple(tuple(one_line(slot.own_text) for slot in row) for row in draft.body),
        empty=False,
        empty_reason=None,
        confidence=0.0,
        row_pages=tuple(next((slot.page for slot in row), None) for row in draft.body),
    )


def _table(
    number: int, draft: Draft, fiscal_year: int | None, scanned: Collection[int | None]
) -> BudgetTable:
    """A unit printed in cells counts only where no text near the table states one."""
    columns = read_columns(draft.header, draft.body, draft.title or "")
    repairs: tuple[Note, ...] = ()
    if draft.source == AmountSource.SCAN:
        from parsers.tables.ocr_repair.repairs import repaired

        draft, repairs = repaired(draft, columns, number, scanned)
    kind = _type(draft, columns)
    facts, rows = facts_of(draft, columns, kind, fiscal_year)
    unit = draft.unit or unit_of_cells(facts)
    if unit is not None and draft.unit is None:
        facts = tuple(
            fact if fact.unit_yuan else replace(fact, unit_text=unit.text, unit_yuan=unit.yuan)
            for fact in facts
        )
    return BudgetTable(
        table_no=number,
        printed_no=draft.number,
        title=draft.title,
        table_type=kind,
        unit_text=unit.text if unit else None,
        unit_yuan=unit.yuan if unit else None,
        unit_basis=UnitBasis.PRINTED if unit and not draft.unit else draft.unit_basis,
        pages=tuple(draft.pages),
        header=_header_of(draft),
        grid=tuple(tuple(one_line(slot.own_text) for slot in row) for row in draft.body),
        empty=not facts,
        empty_reason=next((note for note in draft.notes if _explains_emptiness(note)), None),
        confidence=1.0 if draft.title else 0.5,
        facts=facts,
        rows=rows,
        row_pages=tuple(next((slot.page for slot in row), None) for row in draft.body),
        notes=tuple(cell_notes(number, draft.sheet, facts)),
        repairs=repairs,
        sheet=draft.sheet,
    )


def _type(draft: Draft, columns: tuple[Column, ...]) -> TableType:
    """By title; where the title leaves open which classification the rows follow, by the code column."""
    kind = (draft.title and table_type(draft.title)) or _type_by_content(draft)
    systems = {column.system for column in columns if column.system}
    return _BY_FUNCTION.get(kind, kind) if systems == {"functional"} else kind


def _type_by_content(draft: Draft) -> TableType:
    """Untitled forms that say what they are: performance targets by headings, 三公 by its items."""
    words = "".join(fold(slot.text) for row in (*draft.header, *draft.body[:12]) for slot in row)
    if _INDICATORS in words or _TARGETS in words:
        return TableType.UNIT_PERFORMANCE if _WHOLE in words else TableType.PROJECT_PERFORMANCE
    return TableType.THREE_PUBLIC if _heads_three_public(draft) else TableType.OTHER


def _heads_three_public(draft: Draft) -> bool:
    """Whether the columns are 出国, 公务用车, 公务接待 and few others: tables of all expenses have more."""
    heads = {fold(slot.text) for row in draft.header for slot in row} - {""}
    items = {item_of(head)[0] for head in heads}
    return {ABROAD, RECEPTION} <= items and bool({VEHICLES, RUNNING} & items) and len(heads) <= FEW_HEADS


def _explains_emptiness(note: str) -> bool:
    compact = fold(note)
    return any(word in compact for word in _NOTHING)


def shared_unit(blocks: Iterable[Block], tables: Sequence[BudgetTable]) -> tuple[Unit, UnitBasis] | None:
    """The unit that tables without one may take, and where it is known from; None where that is open."""
    if all(table.unit_yuan is not None for table in tables if table.facts):
        return None
    said = {name for block in blocks if isinstance(block, TextBlock) for name in _stated_for_all(block.text)}
    if len(said) == 1:
        name = said.pop()
        return Unit(name, YUAN_PER_UNIT[name]), UnitBasis.DOCUMENT
    printed = [table for table in tables if table.facts and table.unit_yuan is not None]
    units = {fact.unit_yuan for table in printed for fact in table.facts}
    if said or len(units) != 1:
        return None
    table = printed[0]
    assert table.unit_text is not None and table.unit_yuan is not None
    return Unit(table.unit_text, table.unit_yuan), UnitBasis.SIBLINGS


def unit_of_cells(facts: Sequence[Fact]) -> Unit | None:
    """The unit that all cells of a table print for themselves, where the table prints none."""
    units = {(fact.unit_text, fact.unit_yuan) for fact in facts if read_amount(fact.amount_text)}
    text, yuan = units.pop() if len(units) == 1 else (None, None)
    return Unit(text, yuan) if text is not None and yuan is not None else None


def _stated_for_all(text: str) -> list[str]:
    return [match["stated"] or match["counted"] for match in _FOR_ALL.finditer(fold(text))]

"""Facts: the printed money cells of a budget table, with labels, codes and meaning.

Invariant: one fact per printed money cell. A printed zero is a fact, a blank is not; row numbers, codes,
counts and percentages are not facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.results import Fact, TableRow
from parsers.tables.amounts import printed_number, to_yuan
from parsers.tables.assemble import Draft
from parsers.tables.blocks import ColumnBlock, column_blocks
from parsers.tables.codes import CodeReader, level_of, name_without_code
from parsers.tables.columns import Column
from parsers.tables.meaning import Meaning, column_meaning, row_meaning
from parsers.tables.rows import Row, Slot
from parsers.tables.words import is_total_word
from parsers.text import one_line

# Amounts on these are indicators or no money at all; see DESIGN §6.
PROJECT_TABLES = frozenset({"projects", "project_summary", "carryover_projects"})
ITEM_TABLES = frozenset({"three_public", "operating_costs"})
WITHOUT_FACTS = frozenset({"contents", "project_performance", "unit_performance", "earmarked_performance"})


def facts_of(
    draft: Draft, columns: Sequence[Column], table_type: str, fiscal_year: int | None
) -> tuple[tuple[Fact, ...], tuple[TableRow, ...]]:
    """All facts of one table by row and column, and its rows. None in tables that print no budget amounts."""
    unnamed = table_type == "other" and (draft.unit is None or draft.title is None)
    if table_type in WITHOUT_FACTS or unnamed:
        return (), ()
    facts: list[Fact] = []
    rows: list[TableRow] = []
    for number, block in enumerate(column_blocks(columns)):
        context = _Context(draft, table_type, block, number, fiscal_year)
        for row_no, row in enumerate(draft.body):
            found, described = context.read(row_no, row)
            facts.extend(found)
            rows.append(described)
    return tuple(sorted(facts, key=lambda fact: (fact.row_no, fact.col_no))), tuple(rows)


class _Context:
    """What all rows of one block share; it remembers codes printed only where they change."""

    def __init__(
        self, draft: Draft, table_type: str, block: ColumnBlock, number: int, fiscal_year: int | None
    ) -> None:
        self.draft, self.table_type, self.block, self.number = draft, table_type, block, number
        self.codes = CodeReader(block.keys)
        title = draft.title or ""
        self.meanings = [column_meaning(c.path, table_type, title, fiscal_year) for c in block.money]

    def read(self, row_no: int, row: Row) -> tuple[list[Fact], TableRow]:
        codes = self.codes.read(row)
        label = self.block.row_label(row)
        found = []
        for column, meaning in zip(self.block.money, self.meanings, strict=True):
            if fact := _fact(row, row_no, column, self.draft):
                explained = _explained(fact, label, codes, row_meaning(meaning, label, self.table_type))
                named = _named(explained, row, self.block.keys, self.table_type)
                found.append(replace(named, block=self.number))
        return found, TableRow(row_no, self.number, label, codes, is_total_word(label), bool(found))


def _fact(row: Row, row_no: int, column: Column, draft: Draft) -> Fact | None:
    """The bare fact a slot prints, or None."""
    slot = row[column.index]
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
        amount_text=one_line(slot.cell.text),
        unit_text=unit.text if unit else None,
        unit_yuan=unit.yuan if unit else None,
        source=draft.source,
        page=slot.page,
        box=slot.cell.box,
    )


def _number(slot: Slot) -> Decimal | None:
    """The amount printed in a slot; a workbook's stored number wins over its rounded display."""
    if slot.cell is None or not slot.anchor:
        return None
    if slot.cell.number is not None and slot.cell.text.strip():
        return slot.cell.number
    return printed_number(slot.cell.text)


def _explained(fact: Fact, label: str, codes: dict[str, str], meaning: Meaning) -> Fact:
    """The fact with its label, codes and meaning."""
    total = is_total_word(label)
    return replace(
        fact,
        row_label=label,
        flow=meaning.flow,
        fund=meaning.fund,
        nature=meaning.nature,
        object=meaning.object,
        period=meaning.period,
        functional_code=codes.get("functional"),
        economic_code=codes.get("economic"),
        gov_economic_code=codes.get("gov_economic"),
        level=0 if total else level_of(codes),
        is_total=total,
    )


def _named(fact: Fact, row: Row, keys: Sequence[Column], table_type: str) -> Fact:
    """The fact with the names its row prints: of its codes, its project, its item."""
    label = name_without_code(fact.row_label) or None
    project = table_type in PROJECT_TABLES and not fact.is_total
    item = table_type in ITEM_TABLES and not fact.is_total
    return replace(
        fact,
        functional_name=_printed_name(row, keys, "functional_name", label) if fact.functional_code else None,
        economic_name=_printed_name(row, keys, "economic_name", label) if fact.economic_code else None,
        gov_economic_name=_printed_name(row, keys, "gov_economic_name", None)
        if fact.gov_economic_code
        else None,
        project_name=_printed_name(row, keys, "project_name", None) if project else None,
        subject=label if item else None,
    )


def _printed_name(row: Row, keys: Sequence[Column], role: str, default: str | None) -> str | None:
    """The rightmost filled text of the columns with this role, without its code."""
    names = [one_line(row[column.index].text) for column in keys if column.role == role]
    printed = next((name for name in reversed(names) if name), None)
    return name_without_code(printed) if printed else default

"""Facts: the printed money cells of a budget table, with labels, codes and meaning.

Invariant: one fact per printed money cell. A printed zero is a fact, a blank is not; row numbers, codes,
counts and percentages are not facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.document import Source
from parsers.results import Fact
from parsers.tables.amounts import printed_number, to_yuan
from parsers.tables.assemble import Draft
from parsers.tables.codes import CodeReader, level_of, name_without_code
from parsers.tables.columns import LABEL_RANK, Column, is_total_word
from parsers.tables.meaning import Meaning, column_meaning, names_period, row_meaning
from parsers.tables.rows import Row, Slot
from parsers.text import fold, one_line

# Amounts on these are indicators or no money at all; see DESIGN §6.
WITHOUT_FACTS = frozenset({"contents", "project_performance", "unit_performance", "earmarked_performance"})


def money_columns(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.role == "money"]


def facts_of(
    draft: Draft, columns: Sequence[Column], table_type: str, fiscal_year: int | None
) -> tuple[Fact, ...]:
    """All facts of one table, by row and column. None in tables that print no budget amounts."""
    if table_type in WITHOUT_FACTS or (table_type == "other" and draft.unit is None):
        return ()
    money = money_columns(columns)
    labels = {column.index: _label_columns(columns, column) for column in money}
    has_periods = any(names_period(column.path) for column in money)
    title = draft.title or ""
    meanings = {
        c.index: column_meaning(c.path, table_type, title, fiscal_year=fiscal_year, has_periods=has_periods)
        for c in money
    }
    codes = CodeReader(columns)
    facts: list[Fact] = []
    for row_no, row in enumerate(draft.body):
        row_codes = codes.read(row)
        for column in money:
            fact = _fact(row, row_no, column, draft, row_codes)
            if fact is None:
                continue
            label = _row_label(row, labels[column.index], columns[: column.index])
            facts.append(_explained(fact, label, row_codes, meanings[column.index], table_type, row, columns))
    return tuple(facts)


def _fact(row: Row, row_no: int, column: Column, draft: Draft, codes: dict[str, str]) -> Fact | None:
    slot = row[column.index]
    number = _number(slot, draft.source)
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
        functional_code=codes.get("functional"),
        economic_code=codes.get("economic"),
        gov_economic_code=codes.get("gov_economic"),
    )


def _number(slot: Slot, source: Source) -> Decimal | None:
    """The amount printed in a slot; a workbook's stored number wins over its rounded display."""
    if slot.cell is None or not slot.anchor:
        return None
    if slot.cell.number is not None and slot.cell.text.strip():
        return slot.cell.number
    return printed_number(slot.cell.text)


def _explained(
    fact: Fact, label: str, codes: dict[str, str], column: Meaning, table_type: str, row: Row,
    columns: Sequence[Column],
) -> Fact:  # fmt: skip
    """The fact with its label, names and meaning."""
    meaning = row_meaning(column, label, table_type)
    total = is_total_word(label)
    name = name_without_code(label) or None
    is_project = table_type in ("projects", "project_summary", "carryover_projects") and not total
    return replace(
        fact,
        row_label=label,
        flow=meaning.flow,
        fund=meaning.fund,
        nature=meaning.nature,
        object=meaning.object,
        period=meaning.period,
        functional_name=_name(row, columns, "functional_name", name) if fact.functional_code else None,
        economic_name=_name(row, columns, "economic_name", name) if fact.economic_code else None,
        gov_economic_name=_name(row, columns, "gov_economic_name", None) if fact.gov_economic_code else None,
        level=0 if total else level_of(codes),
        is_total=total,
        project_name=_project(row, columns) if is_project else None,
        subject=name if table_type in ("three_public", "operating_costs") and not total else None,
    )


def _name(row: Row, columns: Sequence[Column], role: str, default: str | None) -> str | None:
    for column in columns:
        if column.role == role and (text := one_line(row[column.index].text)):
            return name_without_code(text)
    return default


def _project(row: Row, columns: Sequence[Column]) -> str | None:
    names = [one_line(row[c.index].text) for c in columns if c.role == "project_name"]
    return next((name for name in reversed(names) if name), None)


def _label_columns(columns: Sequence[Column], money: Column) -> list[Column]:
    """The label columns of the block a money column belongs to: side-by-side tables have several blocks.

    A block is a run of label columns with the money columns right of it."""
    left = list(columns[: money.index])
    while left and left[-1].role not in LABEL_RANK:
        left.pop()
    block: list[Column] = []
    for column in reversed(left):
        if column.role == "money" and block:
            break
        if column.role in LABEL_RANK:
            block.append(column)
    return block


def _row_label(row: Row, block: Sequence[Column], left: Sequence[Column]) -> str:
    """The best filled label: by rank of the column, then the rightmost; else the nearest total's word on the
    left (合计 is often merged over the code columns)."""
    ranked = sorted(block, key=lambda c: (LABEL_RANK.index(c.role), -c.index))
    filled = [(c, one_line(row[c.index].text)) for c in ranked]
    best = next((text for column, text in filled if text and column.role != "gov_economic_name"), "")
    if best and not fold(best).isdigit():
        return best
    words = [one_line(row[c.index].text) for c in reversed(left) if c.role != "money"]
    total = next((word for word in words if is_total_word(word)), "")
    return total or best or next((text for _, text in filled if text), "")

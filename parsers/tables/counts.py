"""Rows of 三公 tables that print counts (团组数, 保有量, 人次), and the unit that a row states.

Invariant: what the row's own cell of units or the words of its label call a count is not an amount; a row
that states neither is money in the table's unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from parsers.tables.layout.blocks import ColumnBlock
from parsers.tables.layout.columns import LABEL_RANK, Column, are_units
from parsers.tables.layout.rows import Row
from parsers.values.amounts import is_blank
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, unnumbered
from parsers.values.units import Unit, bracketed_unit

_L = lexicon_of(__name__)
_HEADER = _L.pattern("header")
_COUNTED = _L.pattern("counted")


class RowUnit(NamedTuple):
    """What a row says of its numbers: that they are counts, or the unit of its money."""

    is_count: bool = False
    unit: Unit | None = None


def row_units(
    columns: Sequence[Column], blocks: Sequence[ColumnBlock], block: ColumnBlock, rows: Sequence[Row]
) -> list[RowUnit]:
    """What each row of a block says of its numbers."""
    column = _unit_column(columns, blocks, block, rows)
    return [unit_of_row(block.row_label(row), row[column.index].text if column else "") for row in rows]


def unit_of_row(label: str, cell: str = "") -> RowUnit:
    """What a row says with its label and with its cell in the column of units."""
    if (not is_blank(cell) and bracketed_unit(cell) is None) or _COUNTED.search(unnumbered(label)):
        return RowUnit(is_count=True)
    return RowUnit(unit=bracketed_unit(cell) or bracketed_unit(label))


def _unit_column(
    columns: Sequence[Column], blocks: Sequence[ColumnBlock], block: ColumnBlock, rows: Sequence[Row]
) -> Column | None:
    """The column that prints the unit of each row, or None. In a table of one block it may stand anywhere;
    of several side by side, between the labels and the amounts of its own."""
    found = [column for column in columns if _says_units(column, rows)]
    if len(blocks) > 1:
        label = next((key.index for key in block.keys if key.role in LABEL_RANK), block.money[0].index)
        found = [column for column in found if column in block.keys and column.index > label]
    return found[0] if len(found) == 1 else None


def _says_units(column: Column, rows: Sequence[Row]) -> bool:
    header = _HEADER.match(fold(column.path[-1])) if column.path and column.role == "count" else None
    return header is not None and (
        bool(header["sure"]) or are_units([row[column.index].text for row in rows])
    )

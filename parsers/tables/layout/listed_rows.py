"""Rows that hold several: labels and amounts as lists of lines in one cell each.

Invariant: a row is divided only where every printed cell of it has the same number of lines, two at least,
and the lines of at least one cell are amounts that are complete (no digits of one broken over two lines).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.tables.layout.rows import Row, Slot
from parsers.values.amounts import is_blank, read_amount
from parsers.values.document import Cell
from parsers.values.text import fold

MOST_LINES = 500


def with_listed_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows, those that list several divided into them. For formats whose cells break where their author
    broke them; a narrow column of a page breaks anywhere."""
    return [single for row in rows for single in _divided(row)]


def _divided(row: Row) -> list[Row]:
    cells = {id(slot.cell): slot.cell for slot in row if slot.cell is not None and slot.cell.text.strip()}
    lists = {key: _lines(cell) for key, cell in cells.items()}
    counts = {len(lines) for lines in lists.values()}
    number = counts.pop() if len(counts) == 1 else 0
    if not 2 <= number <= MOST_LINES or len(lists) < 2 or any(cell.rowspan > 1 for cell in cells.values()):
        return [row]
    amounts = [lines for lines in lists.values() if _are_amounts(lines)]
    if not amounts or len(amounts) == len(lists):
        return [row]
    return [_line(row, lists, at) for at in range(number)]


def _lines(cell: Cell) -> list[str]:
    return [line for line in cell.text.split("\n") if line.strip()]


def _are_amounts(lines: Sequence[str]) -> bool:
    """Complete amounts, printed with the same number of decimals, or marks for none."""
    printed = [line for line in lines if not is_blank(line)]
    decimals = {len(fold(line).partition(".")[2]) for line in printed}
    return bool(printed) and len(decimals) == 1 and all(read_amount(line) is not None for line in printed)


def _line(row: Row, lists: dict[int, list[str]], at: int) -> Row:
    """One of the rows; a cell over several columns stays one cell."""
    made: dict[int, Cell] = {}
    slots: list[Slot] = []
    for slot in row:
        if slot.cell is not None and id(slot.cell) in lists:
            key = id(slot.cell)
            made.setdefault(key, replace(slot.cell, text=lists[key][at], number=None))
            slot = replace(slot, cell=made[key])
        slots.append(slot)
    return tuple(slots)

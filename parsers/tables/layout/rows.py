"""Grids as rows of slots: the one form all later stages work on; what holds several tables or rows, divided.

Invariant: every row of a piece has the same width, and each printed cell is an anchor in exactly one slot. A
sheet is cut only between parts that have a title each; blank columns inside one table cut none. A row is
divided only where every printed cell of it has the same number of lines, two at least, and the lines of at
least one cell are amounts that are complete (no digits of one broken over two lines).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from parsers.values.amounts import is_blank, read_amount
from parsers.values.document import Cell, Grid
from parsers.values.text import fold

Edges = tuple[float, ...] | None
EDGE_TOLERANCE = 6.0  # points by which column boundaries of one table may differ between pages
LARGEST_SHIFT = 60.0  # points by which a whole table may stand aside on the next page
_TOP = 6  # rows in which the title of a table stands
MOST_LINES = 500


class Slot(NamedTuple):
    """One grid position. `cell` is the printed cell that covers it; `anchor` marks its top-left position."""

    cell: Cell | None = None
    anchor: bool = False
    page: int | None = None

    @property
    def text(self) -> str:
        """The covering cell's text: repeated over its whole span."""
        return self.cell.text if self.cell else ""

    @property
    def own_text(self) -> str:
        """The text where it is printed, "" elsewhere in the span."""
        return self.cell.text if self.cell and self.anchor else ""


Row = tuple[Slot, ...]


def rows_of(grid: Grid, most: int | None = None) -> list[Row]:
    """The dense rows of a grid, or the first of them; a position covered by no cell is blank. Later cells
    never overwrite."""
    n_rows = grid.n_rows if most is None else min(most, grid.n_rows)
    blank = Slot(page=grid.page)
    slots = [[blank] * grid.n_cols for _ in range(n_rows)]
    for cell in grid.cells:
        if cell.rowspan == cell.colspan == 1:  # most
            if cell.row < n_rows and cell.col < grid.n_cols and slots[cell.row][cell.col] is blank:
                slots[cell.row][cell.col] = Slot(cell, True, grid.page)
            continue
        for r in range(cell.row, min(cell.row + cell.rowspan, n_rows)):
            for c in range(cell.col, min(cell.col + cell.colspan, grid.n_cols)):
                if slots[r][c] is blank:
                    slots[r][c] = Slot(cell, r == cell.row and c == cell.col, grid.page)
    return [tuple(row) for row in slots]


def texts(row: Row) -> list[str]:
    """The non-blank texts of a row, each spanning cell once, from left to right."""
    seen: list[str] = []
    last: Cell | None = None
    for slot in row:
        if slot.cell is not None and slot.cell is not last and slot.text.strip():
            seen.append(slot.text)
        last = slot.cell
    return seen


def folded(row: Row) -> tuple[str, ...]:
    """The comparable form of a row, spans repeated."""
    return tuple(fold(slot.text) for slot in row)


def without_blank_columns(rows: list[Row], heads: Sequence[Row] = ()) -> tuple[list[Row], list[Row]]:
    """Drop columns in which no row has an anchor: remains of merged layouts, never printed columns. `heads`,
    rows that stand above, lose the same columns."""
    kept = [c for c in range(len(rows[0])) if any(row[c].anchor for row in rows)] if rows else []
    return [tuple(row[c] for c in kept) for row in rows], [tuple(row[c] for c in kept) for row in heads]


def edges_agree(one: Edges, other: Edges) -> bool:
    """Whether two grids have the same column boundaries, or neither has any; a page may set the whole table
    farther left or right, as margins for binding do."""
    if one is None or other is None:
        return one is other
    if len(one) != len(other):
        return False
    offsets = sorted(x - y for x, y in zip(one, other, strict=True))
    shift = offsets[len(offsets) // 2]
    return abs(shift) <= LARGEST_SHIFT and all(abs(off - shift) <= EDGE_TOLERANCE for off in offsets)


def parts_abreast(grid: Grid, is_title: Callable[[str], bool]) -> tuple[Grid, ...]:
    """The tables of a grid from left to right; the grid itself where it holds one or has places on a page."""
    if grid.box is not None or sum(is_title(cell.text) for cell in grid.cells if cell.row < _TOP) < 2:
        return (grid,)
    filled = {col for cell in grid.cells if cell.text for col in range(cell.col, cell.col + cell.colspan)}
    blank = [col for col in range(grid.n_cols) if col not in filled]
    edges = (-1, *blank, grid.n_cols)
    parts = [_part(grid, left + 1, right) for left, right in pairwise(edges) if right - left > 1]
    titled = [any(is_title(cell.text) for cell in part.cells if cell.row < _TOP) for part in parts]
    return tuple(parts) if len(parts) > 1 and all(titled) else (grid,)


def _part(grid: Grid, first: int, end: int) -> Grid:
    """The columns from `first` to before `end`."""
    cells = (cell for cell in grid.cells if first <= cell.col < end)
    kept = tuple(
        replace(cell, col=cell.col - first, colspan=min(cell.colspan, end - cell.col)) for cell in cells
    )
    return replace(grid, cells=kept, n_cols=end - first)


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
            slot = slot._replace(cell=made[key])
        slots.append(slot)
    return tuple(slots)

"""Grids as rows of slots: the one form all later stages work on.

Invariant: every row of a piece has the same width, and each printed cell is an anchor in exactly one slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.values.document import Cell, Grid
from parsers.values.text import fold


@dataclass(frozen=True, slots=True)
class Slot:
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
Edges = tuple[float, ...] | None
EDGE_TOLERANCE = 6.0  # points by which column boundaries of one table may differ between pages
LARGEST_SHIFT = 60.0  # points by which a whole table may stand aside on the next page


def rows_of(grid: Grid, most: int | None = None) -> list[Row]:
    """The dense rows of a grid, or the first of them; a position covered by no cell is blank. Later cells
    never overwrite."""
    n_rows = grid.n_rows if most is None else min(most, grid.n_rows)
    blank = Slot(page=grid.page)
    slots = [[blank] * grid.n_cols for _ in range(n_rows)]
    for cell in grid.cells:
        for r in range(cell.row, min(cell.row + cell.rowspan, n_rows)):
            for c in range(cell.col, min(cell.col + cell.colspan, grid.n_cols)):
                if slots[r][c].cell is None:
                    slots[r][c] = Slot(cell, (r, c) == (cell.row, cell.col), grid.page)
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

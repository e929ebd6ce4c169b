"""Tables that stand side by side on one worksheet, parted by blank columns.

Invariant: a sheet is cut only between parts that have a title each; blank columns inside one table cut none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from parsers.values.document import Grid

_TOP = 6  # rows in which the title of a table stands


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

"""Amounts of a page that are struck out or hidden, in the cells that hold nothing else.

Invariant: a cell that prints something keeps it. What stands in its place counts, not what was withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parsers.readers.page.lines.geometry import Glyph
from parsers.readers.page.lines.text import cell_text
from parsers.values.amounts import withdrawn_amount
from parsers.values.document import Block, Box, Cell, Grid


def with_withdrawn(blocks: Sequence[Block], withdrawn: Sequence[Glyph]) -> list[Block]:
    """The blocks, blank cells with the withdrawn amount that stands in them."""
    if not withdrawn:
        return list(blocks)
    return [_filled(block, withdrawn) if isinstance(block, Grid) else block for block in blocks]


def _filled(grid: Grid, withdrawn: Sequence[Glyph]) -> Grid:
    if grid.box is None or not (inside := [glyph for glyph in withdrawn if _holds(grid.box, glyph)]):
        return grid
    return replace(grid, cells=tuple(_of_cell(cell, inside) for cell in grid.cells))


def _of_cell(cell: Cell, withdrawn: Sequence[Glyph]) -> Cell:
    if cell.text or cell.box is None:
        return cell
    inside = [glyph for glyph in withdrawn if _holds(cell.box, glyph)]
    text = withdrawn_amount(cell_text(inside)) if inside else ""
    return replace(cell, text=text) if text else cell


def _holds(box: Box, glyph: Glyph) -> bool:
    return box.x0 <= glyph.cx <= box.x1 and box.y0 <= glyph.cy <= box.y1

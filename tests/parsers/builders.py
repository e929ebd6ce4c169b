"""Small documents for parser tests, written as text.

`grid("科目|金额", "合计|1.00")` is a ruled grid; in a row `<` repeats the cell on its left and `^` the one
above, as merged cells do.
"""

from __future__ import annotations

from parsers.values.document import Box, Cell, Grid, Reading, TextBlock
from parsers.values.vocabulary import TextLayer


def grid(*lines: str, page: int | None = None, edges: tuple[float, ...] | None = None) -> Grid:
    """A grid from lines of `|`-separated cells."""
    rows = [line.split("|") for line in lines]
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            colspan = 1 + next((i for i, t in enumerate(row[c + 1 :]) if t != "<"), width - c - 1)
            below = [other[c] for other in rows[r + 1 :]]
            rowspan = 1 + next((i for i, t in enumerate(below) if t != "^"), len(below))
            box = Box(50 + 40 * c, 100 + 10 * r, 90 + 40 * c, 110 + 10 * r) if page else None
            cells.append(Cell(r, c, text.replace("\\n", "\n"), rowspan, colspan, box))
    return Grid(tuple(cells), len(rows), width, page=page, col_edges=edges)


def reading(*blocks: Grid | TextBlock | str, page: int | None = None) -> Reading:
    """A reading of grids and text lines in the given order."""
    made = [TextBlock(block, page=page) if isinstance(block, str) else block for block in blocks]
    return Reading("application/pdf", tuple(made), text_layer=TextLayer.TEXT)

"""Cells that a sheet merges though each prints several: their missing sides supplied.

Invariant: a side is added only where the text on both sides of it is complete: every column below a bare
header has its own text, and every row beside a merged cell has its own line, none of them wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.readers.page.cells import FilledLattice, fill
from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.text import AMOUNT, TextLine, visual_lines
from parsers.readers.page.ruled import CellSpan, Lattice, complete_lattice
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

LEAST_COLUMNS = 3
RAGGED = 2.5  # of the type size: how much shorter than its column a line is that did not have to be wrapped
_ITEM = _L.pattern("item")


def with_missing_sides(table: FilledLattice) -> FilledLattice:
    """The table with its header parted by the columns below, and stacked labels by the rows beside them."""
    lattice = table.lattice
    if lattice.n_cols < LEAST_COLUMNS or lattice.n_rows < 2:
        return table
    parted = _is_bare_header(table)
    stacked = _stacked(table)
    if not parted and not stacked:
        return table
    owner = lattice.owner
    above = [
        [not row or owner[row][col] != owner[row - 1][col] for col in range(lattice.n_cols)]
        for row in range(lattice.n_rows)
    ]
    left = [
        [col in (0, lattice.n_cols) or owners[col] != owners[col - 1] for owners in owner]
        for col in range(lattice.n_cols + 1)
    ]
    for col in range(1, lattice.n_cols) if parted else ():
        left[col][0] = True
    for region in stacked:
        for row in range(region.row + 1, region.row + region.rowspan):
            above[row][region.col] = True
    finer = complete_lattice(lattice.xs, lattice.ys, (*above, [True] * lattice.n_cols), left)
    return fill(finer, [glyph for content in table.contents for glyph in content])[0]


def _is_bare_header(table: FilledLattice) -> bool:
    """Whether the first row is one cell that prints one text in the middle of each column below."""
    lattice = table.lattice
    first = lattice.regions[lattice.owner[0][0]]
    if first.colspan < lattice.n_cols or first.rowspan > 1:
        return False
    lines = visual_lines(table.contents[lattice.owner[0][0]])
    found = pieces_of_line(lines[0]) if len(lines) == 1 else []
    return len(found) == lattice.n_cols and all(
        low < piece.box.x0 and piece.box.x1 < high
        for piece, low, high in zip(found, lattice.xs, lattice.xs[1:], strict=False)
    )


def _stacked(table: FilledLattice) -> list[CellSpan]:
    """The merged cells that print one line beside each of the rows they span: two of them side by side, or
    one whose lines begin as items do."""
    lattice = table.lattice
    found: dict[tuple[int, int], list[tuple[CellSpan, list[TextLine]]]] = {}
    for region, content in zip(lattice.regions, table.contents, strict=True):
        if region.rowspan < 2 or region.colspan > 1 or not content:
            continue
        lines = visual_lines(content)
        if _are_rows(lines, region, lattice) and _prints_amounts(table, region):
            found.setdefault((region.row, region.rowspan), []).append((region, lines))
    return [
        region
        for cells in found.values()
        if len(cells) > 1 or any(_ITEM.match(line.text) for line in cells[0][1])
        for region, _ in cells
    ]


def _are_rows(lines: Sequence[TextLine], region: CellSpan, lattice: Lattice) -> bool:
    width = lattice.xs[region.col + 1] - lattice.xs[region.col]
    rows = range(region.row, region.row + region.rowspan)
    return (
        len(lines) == region.rowspan
        and all(
            lattice.ys[row] < line.cy < lattice.ys[row + 1] for row, line in zip(rows, lines, strict=True)
        )
        and all(line.box.x1 - line.box.x0 < width - RAGGED * line.size for line in lines)
    )


def _prints_amounts(table: FilledLattice, region: CellSpan) -> bool:
    """Whether each of the rows has an amount of its own."""
    return all(
        any(
            AMOUNT.fullmatch(line.text.replace(" ", ""))
            for owner in set(table.lattice.owner[row])
            if table.lattice.regions[owner].rowspan == 1
            for line in visual_lines(table.contents[owner])
        )
        for row in range(region.row, region.row + region.rowspan)
    )

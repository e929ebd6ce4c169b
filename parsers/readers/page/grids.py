"""Marks of one page to text blocks and grids in reading order: shared by PDF, OFD and scans.

Invariant: every glyph of the page ends in exactly one block. A ruled area is a grid only when its rules
divide it into at least two columns; a frame around narrative gives its text back to the page. Amounts that
are struck out or hidden stand in the cells that print nothing else, as withdrawn.
Rows below an area of rules that holds nothing but headers are added to it only where what stands right below
fits its columns and prints a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from parsers.readers.furniture import reads_as_number
from parsers.readers.page.bands import with_row_breaks
from parsers.readers.page.cells import FilledLattice, fill, grid_of, rounded
from parsers.readers.page.frames import Carried, is_data
from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling, type_size
from parsers.readers.page.lines.text import TextLine, cell_text, visual_lines
from parsers.readers.page.missing_sides import with_missing_sides
from parsers.readers.page.overleaf import continued_frame
from parsers.readers.page.page_pairs import halves, moved
from parsers.readers.page.ruled import Lattice, Tolerances, connected_rules, lattice_of
from parsers.readers.page.unruled import NEAR, open_tables, read_frame
from parsers.values.amounts import withdrawn_amount
from parsers.values.document import Block, Box, Cell, Grid, TextBlock
from parsers.values.text import fold
from parsers.values.vocabulary import AmountSource

FOOT = 0.9  # of the page's height: below are page numbers
LOW = 0.75  # of the page's height: a table that ends above has ended
HEAD_ROWS = 4  # a header has seldom more
MOST_RULES = 6000  # a drawing, not a table: a page of a real table has a few hundred


def page_blocks(marks: PageMarks, source: AmountSource, carried: Carried | None = None) -> list[Block]:
    """Grids and text lines of one page, top to bottom.

    `carried`: of a table that reached the foot of the page before (see `carried_over`). Of two pages side by
    side the left comes first, and the columns of the right are measured from the fold.
    """
    if (at := marks.fold) is not None:
        left, right = halves(marks, at)
        blocks = page_blocks(left, source, carried)
        beside = page_blocks(right, source, carried_over(blocks, marks.height))
        return blocks + [moved(block, at) for block in beside]
    rules = marks.rules if len(marks.rules) <= MOST_RULES else ()
    ruled, rest = ruled_tables(marks.glyphs, rules)
    areas = [table.lattice.box for table in ruled]
    loose = [rule for rule in rules if not any(_holds(area, rule) for area in areas)]
    ruled, rest = with_rows_below(ruled, rest, loose)
    opened, lines = open_tables(rest, loose, [table.lattice.box for table in ruled], carried)
    blocks = [grid_of(table, marks.number, source, marks.width) for table in (*ruled, *opened)]
    blocks.extend(text_block(line, marks.number) for line in lines)
    return sorted(with_withdrawn(blocks, marks.withdrawn), key=_reading_position)


def carried_over(blocks: Sequence[Block], height: float) -> Carried | None:
    """Columns and first rows of the table that ends a page at its foot and may go on overleaf."""
    for block in reversed(blocks):
        if block.box is None or block.box.y0 > FOOT * height:
            continue
        if isinstance(block, TextBlock):
            if block.box.y0 > LOW * height and reads_as_number(block):
                continue
            return None
        if block.box.y1 <= LOW * height or block.col_edges is None:
            return None
        first = [line for cell in block.cells if cell.row < HEAD_ROWS for line in cell.text.split("\n")]
        return Carried(block.col_edges, frozenset(map(fold, first)))
    return None


def ruled_tables(glyphs: Sequence[Glyph], rules: Sequence[Ruling]) -> tuple[list[FilledLattice], list[Glyph]]:
    """Tables the rules enclose, then the glyphs that belong to none."""
    tol = Tolerances.for_type(type_size(glyphs))
    lattices = [lattice_of(group, tol) for group in connected_rules(rules, tol)]
    # Smallest first, so that a table inside a frame or a cell takes its own text.
    found = sorted((t for t in lattices if t is not None and t.n_cols >= 2), key=lambda t: _area(t.box))
    tables: list[FilledLattice] = []
    rest = list(glyphs)
    for lattice in found:
        table, outside = fill(lattice, rest)
        if any(table.contents):
            tables.append(with_missing_sides(with_row_breaks(table)))
            rest = outside
    return tables, rest


def text_block(line: TextLine, page: int) -> TextBlock:
    """A text block of one visual line."""
    return TextBlock(text=line.text, page=page, box=rounded(line.box), size=round(line.size, 2))


def _holds(box: Box, rule: Ruling) -> bool:
    if rule.axis == "v":
        return box.x0 - 3 <= rule.at <= box.x1 + 3 and rule.lo < box.y1 and rule.hi > box.y0
    return box.y0 - 3 <= rule.at <= box.y1 + 3 and rule.lo < box.x1 and rule.hi > box.x0


def _reading_position(block: Block) -> tuple[float, float]:
    box = block.box
    return (round(box.y0, 1), box.x0) if box else (0.0, 0.0)


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def with_withdrawn(blocks: Sequence[Block], withdrawn: Sequence[Glyph]) -> list[Block]:
    """The blocks, blank cells with the withdrawn amount that stands in them."""
    if not withdrawn:
        return list(blocks)
    return [_filled(block, withdrawn) if isinstance(block, Grid) else block for block in blocks]


def _filled(grid: Grid, withdrawn: Sequence[Glyph]) -> Grid:
    if grid.box is None or not (inside := [glyph for glyph in withdrawn if _is_inside(grid.box, glyph)]):
        return grid
    return replace(grid, cells=tuple(_of_cell(cell, inside) for cell in grid.cells))


def _of_cell(cell: Cell, withdrawn: Sequence[Glyph]) -> Cell:
    if cell.text or cell.box is None:
        return cell
    inside = [glyph for glyph in withdrawn if _is_inside(cell.box, glyph)]
    text = withdrawn_amount(cell_text(inside)) if inside else ""
    return replace(cell, text=text) if text else cell


def _is_inside(box: Box, glyph: Glyph) -> bool:
    return box.x0 <= glyph.cx <= box.x1 and box.y0 <= glyph.cy <= box.y1


MOST_ROWS = 5  # of a header


def with_rows_below(
    tables: Sequence[FilledLattice], glyphs: Sequence[Glyph], rules: Sequence[Ruling]
) -> tuple[list[FilledLattice], list[Glyph]]:
    """The tables, those that are headers with the rows below them, and the glyphs that belong to none."""
    rest = list(glyphs)
    found: list[FilledLattice] = []
    for table in tables:
        whole, rest = _with_rows(table, tables, rest, rules) if _is_header(table) else (table, rest)
        found.append(whole)
    return found, rest


def _is_header(table: FilledLattice) -> bool:
    if table.lattice.n_rows > MOST_ROWS or not all(table.contents[at] for at in table.lattice.owner[-1]):
        return False
    return not any(map(is_data, visual_lines(chain.from_iterable(table.contents))))


def _with_rows(
    table: FilledLattice, tables: Sequence[FilledLattice], glyphs: list[Glyph], rules: Sequence[Ruling]
) -> tuple[FilledLattice, list[Glyph]]:
    box = table.lattice.box
    end = min((t.lattice.ys[0] for t in tables if t.lattice.ys[0] > box.y1 - 1), default=float("inf"))
    lines = visual_lines(glyph for glyph in glyphs if box.y1 < glyph.cy < end)
    if not lines or lines[0].box.y0 - box.y1 > NEAR * lines[0].size:
        return table, glyphs
    frame = continued_frame(lines, table.lattice.xs, rules)
    below, rest = (None, glyphs) if frame is None else read_frame(frame, glyphs)
    if below is None or below.lattice.n_cols != table.lattice.n_cols:
        return table, glyphs
    return _stacked(table, below), rest


def _stacked(upper: FilledLattice, lower: FilledLattice) -> FilledLattice:
    """Two areas of as many columns as one."""
    above, below = upper.lattice, lower.lattice
    regions = tuple(region._replace(row=region.row + above.n_rows) for region in below.regions)
    owner = tuple(tuple(at + len(above.regions) for at in row) for row in below.owner)
    lattice = Lattice(
        above.xs, (*above.ys, *below.ys[1:]), (*above.regions, *regions), (*above.owner, *owner)
    )
    return FilledLattice(lattice, (*upper.contents, *lower.contents), upper.header_open)

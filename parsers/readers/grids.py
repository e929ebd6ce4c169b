"""Marks of one page to text blocks and grids in reading order: shared by PDF, OFD and scans.

Invariant: every glyph of the page ends in exactly one block. A ruled area is a grid only when its rules
divide it into at least two columns; a frame around narrative gives its text back to the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.document import Block, Box, Cell, Grid, Source, TextBlock
from parsers.readers.geometry import Glyph, PageMarks, Rule, type_size
from parsers.readers.page_text import Line, cell_text, visual_lines
from parsers.readers.ruled import Lattice, Tolerances, connected_rules, lattice_of

MOST_RULES = 6000  # a drawing, not a table: a page of a real table has a few hundred


@dataclass(frozen=True, slots=True)
class FilledLattice:
    """A lattice and the glyphs that stand in each of its regions."""

    lattice: Lattice
    contents: tuple[tuple[Glyph, ...], ...]


def page_blocks(marks: PageMarks, source: Source) -> list[Block]:
    """Grids and text lines of one page, top to bottom."""
    tables, rest, _ = ruled_tables(marks.glyphs, marks.rules)
    blocks: list[Block] = [grid_of(table, marks.number, source) for table in tables]
    blocks.extend(text_block(line, marks.number) for line in visual_lines(rest))
    return sorted(blocks, key=_reading_position)


def ruled_tables(
    glyphs: Sequence[Glyph], rules: Sequence[Rule]
) -> tuple[list[FilledLattice], list[Glyph], list[Rule]]:
    """Tables the rules enclose, then the glyphs and rules that belong to none."""
    tol = Tolerances.for_type(type_size(glyphs))
    if len(rules) > MOST_RULES:
        return [], list(glyphs), []
    found: list[tuple[Lattice, list[Rule]]] = []
    loose: list[Rule] = []
    for group in connected_rules(rules, tol):
        lattice = lattice_of(group, tol)
        if lattice is None or lattice.n_cols < 2:
            loose.extend(group)
        else:
            found.append((lattice, group))
    # Smallest first, so that a table inside a frame or a cell takes its own text.
    found.sort(key=lambda pair: _area(pair[0].box))
    tables, rest = [], list(glyphs)
    for lattice, group in found:
        table, rest_after = _fill(lattice, rest)
        if any(table.contents):
            tables.append(table)
            rest = rest_after
        else:
            loose.extend(group)
    return tables, rest, loose


def grid_of(table: FilledLattice, page: int, source: Source) -> Grid:
    """The grid of a filled lattice."""
    lattice = table.lattice
    cells = tuple(
        Cell(
            row=region.row,
            col=region.col,
            text=cell_text(content),
            rowspan=region.rowspan,
            colspan=region.colspan,
            box=_rounded(lattice.region_box(region)),
        )
        for region, content in zip(lattice.regions, table.contents, strict=True)
    )
    return Grid(
        cells=cells,
        n_rows=lattice.n_rows,
        n_cols=lattice.n_cols,
        page=page,
        box=_rounded(lattice.box),
        col_edges=tuple(round(x, 2) for x in lattice.xs),
        source=source,
    )


def text_block(line: Line, page: int) -> TextBlock:
    """A text block of one visual line."""
    return TextBlock(text=line.text, page=page, box=_rounded(line.box), size=round(line.size, 2))


def _fill(lattice: Lattice, glyphs: Sequence[Glyph]) -> tuple[FilledLattice, list[Glyph]]:
    contents: list[list[Glyph]] = [[] for _ in lattice.regions]
    outside: list[Glyph] = []
    for glyph in glyphs:
        index = lattice.region_at(glyph.cx, glyph.cy)
        (outside if index is None else contents[index]).append(glyph)
    _return_overflow(lattice, contents)
    return FilledLattice(lattice, tuple(tuple(c) for c in contents)), outside


def _return_overflow(lattice: Lattice, contents: list[list[Glyph]]) -> None:
    """Gives text that runs over a rule back to the cell it belongs to.

    A spreadsheet lets long text run into the blank cell beside it. Such a neighbour holds nothing but the
    end of a run that started before the rule; a label belongs where it starts, a number where it ends.
    """
    for index, region in enumerate(lattice.regions):
        right = region.col + region.colspan
        if right < lattice.n_cols and contents[index]:
            neighbour = lattice.owner[region.row][right]
            if contents[neighbour] and _is_one_run(contents[index], contents[neighbour]):
                number = _is_number(contents[index] + contents[neighbour])
                keep, lose = (neighbour, index) if number else (index, neighbour)
                contents[keep] = contents[index] + contents[neighbour]
                contents[lose] = []


def _is_one_run(left: Sequence[Glyph], right: Sequence[Glyph]) -> bool:
    """Whether `right` is wholly the continuation of the only line of `left`, or the other way round."""
    size = type_size(left)
    lines_left, lines_right = visual_lines(left), visual_lines(right)
    if len(lines_left) != 1 or len(lines_right) != 1:
        return False
    a, b = lines_left[0], lines_right[0]
    if abs(a.cy - b.cy) > 0.2 * size or abs(a.size - b.size) > 0.1 * size:
        return False
    return b.glyphs[0].x0 - a.glyphs[-1].x1 < 0.12 * size


def _is_number(glyphs: Sequence[Glyph]) -> bool:
    return all(char in "0123456789.,-－，．%％()（）" for g in glyphs for char in g.text.strip())


def _reading_position(block: Block) -> tuple[float, float]:
    box = block.box
    return (round(box.y0, 1), box.x0) if box else (0.0, 0.0)


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _rounded(box: Box) -> Box:
    return Box(round(box.x0, 2), round(box.y0, 2), round(box.x1, 2), round(box.y1, 2))


def group_by_page(blocks: Sequence[Block]) -> dict[int, list[Block]]:
    """Blocks by page number."""
    pages: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        pages[block.page or 0].append(block)
    return pages

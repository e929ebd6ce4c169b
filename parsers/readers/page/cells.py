"""Lattices filled with glyphs: the text of every cell.

Invariant: a glyph belongs to the cell its centre lies in, except text that visibly runs over a rule into
a blank neighbour, or over the rule below into another line, which goes back where it started; every glyph
inside the lattice is in exactly one cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from parsers.readers.page.headers.topics import are_two, is_fragment
from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import Glyph, type_size
from parsers.readers.page.lines.text import cell_text, is_numeric, visual_lines
from parsers.readers.page.ruled import Lattice
from parsers.values.copies import made
from parsers.values.document import Box, Cell, Grid
from parsers.values.vocabulary import AmountSource

_NUMBER = re.compile(r"[-－(（]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d*)?[)）]?[%％]?")
CUT = "…"  # what stands for the digits that a page's edge cuts off
OVER = 0.1  # of the type size: how far a line crosses a rule
OVERLAP = 0.2  # of the type size: lines of one cell never overlap so far
_LEFT, _RIGHT = (itemgetter(Glyph._fields.index(name)) for name in ("x0", "x1"))
CONTINUES = 0.12  # of the type size: glyphs nearer than this are of one run; cell padding is wider


@dataclass(frozen=True, slots=True)
class FilledLattice:
    """A lattice and, for each of its regions, the glyphs that stand in it."""

    lattice: Lattice
    contents: tuple[tuple[Glyph, ...], ...]
    header_open: bool = False  # as in `Grid`


def fill(lattice: Lattice, glyphs: Sequence[Glyph]) -> tuple[FilledLattice, list[Glyph]]:
    """The lattice with its text, and the glyphs outside it."""
    contents: list[list[Glyph]] = [[] for _ in lattice.regions]
    outside: list[Glyph] = []
    for glyph, index in zip(glyphs, lattice.regions_of(glyphs), strict=True):
        (outside if index < 0 else contents[index]).append(glyph)
    _return_low_lines(lattice, contents)
    _return_overflow(lattice, contents)
    return FilledLattice(lattice, tuple(tuple(c) for c in contents)), outside


def grid_of(table: FilledLattice, page: int, source: AmountSource, width: float | None = None) -> Grid:
    """The grid of a filled lattice, cells in reading order. Numbers that end at the edge of a page of this
    `width`, in cells that run over it, end with `CUT`."""
    lattice = table.lattice
    xs, ys = (tuple(round(at, 2) for at in edges) for edges in (lattice.xs, lattice.ys))
    cells = tuple(
        made(
            Cell,
            row,
            col,
            cell_text(content) + (CUT if width and _is_cut(content, xs[col + colspan], width) else ""),
            rowspan,
            colspan,
            Box(xs[col], ys[row], xs[col + colspan], ys[row + rowspan]),
        )
        for (row, col, rowspan, colspan), content in zip(lattice.regions, table.contents, strict=True)
    )
    return Grid(
        cells=cells,
        n_rows=lattice.n_rows,
        n_cols=lattice.n_cols,
        page=page,
        box=rounded(lattice.box),
        col_edges=xs,
        source=source,
        header_open=table.header_open,
    )


def _is_cut(content: Sequence[Glyph], right: float, width: float) -> bool:
    """Whether a number reaches the edge of the page, whose rest is outside it."""
    if right <= width or not content:
        return False
    last = max(content, key=attrgetter("x1"))
    return abs(last.x1 - width) < last.size and is_numeric(content)


def header_doubtful(table: FilledLattice, header_end: float) -> bool:
    """Whether a cell of the header, which ends at `header_end`, prints two headers, one and another it stands
    over, or a part of one."""
    lattice = table.lattice
    for region, content in zip(lattice.regions, table.contents, strict=True):
        if lattice.ys[region.row] < header_end:
            lines = [line.text for line in visual_lines(content)]
            parts = (("".join(lines[:at]), "".join(lines[at:])) for at in range(1, len(lines)))
            if is_fragment("".join(lines)) or any(are_two(upper, lower) for upper, lower in parts):
                return True
    return False


def rounded(box: Box) -> Box:
    """Hundredths of a point: below what any engine means, and stable in the dataset."""
    return Box(round(box.x0, 2), round(box.y0, 2), round(box.x1, 2), round(box.y1, 2))


def _return_low_lines(lattice: Lattice, contents: list[list[Glyph]]) -> None:
    """Gives the last line of a label in a row too low for it back to the row: it crosses the rule below, and
    overlaps the first line of the cell there, which does not."""
    for index, region in enumerate(lattice.regions):
        content, top = contents[index], lattice.ys[region.row]
        over = [glyph for glyph in content if glyph.y0 < top - OVER * glyph.size]
        if not region.row or not over or len(over) == len(content):
            continue
        first, *others = visual_lines(content)
        above = lattice.owner[region.row - 1][region.col]
        if not others or not contents[above] or is_numeric(first.glyphs):
            continue
        below = others[0].box.y0
        if first.box.y0 < top - OVER * first.size <= below < first.box.y1 - OVERLAP * first.size:
            contents[above] = [*contents[above], *first.glyphs]
            contents[index] = [glyph for line in others for glyph in line.glyphs]


def _return_overflow(lattice: Lattice, contents: list[list[Glyph]]) -> None:
    """Gives text that runs over a rule back to the cell it belongs to.

    A spreadsheet lets long text run into the blank cell beside it. Such a neighbour holds nothing but the
    end of a run that started before the rule; a label belongs where it starts, a number where it ends.
    """
    numeric = list(map(is_numeric, contents))
    for index, region in enumerate(lattice.regions):
        right = region.col + region.colspan
        if right == lattice.n_cols or not contents[index]:
            continue
        other = lattice.owner[region.row][right]
        if not contents[other] or numeric[index] != numeric[other]:  # an amount is not part of a label
            continue
        if not numeric[other] and (hidden := _hidden_end(contents[index], contents[other])):
            contents[index] = contents[index] + hidden
            contents[other] = [glyph for glyph in contents[other] if glyph not in hidden]
        elif _is_one_run(contents[index], contents[other], numbers=numeric[other]):
            contents[index], contents[other] = _reunited(contents[index], contents[other])
        else:
            continue
        numeric[index], numeric[other] = is_numeric(contents[index]), is_numeric(contents[other])


def _reunited(left: Sequence[Glyph], right: Sequence[Glyph]) -> tuple[list[Glyph], list[Glyph]]:
    """What two neighbours print when the run over their rule is in one of them: a number where it ends, a
    label where it starts, or, where either prints more than that run, the middle of it."""
    before, after = pieces_of_line(visual_lines(left)[0]), pieces_of_line(visual_lines(right)[0])
    if len(before) == len(after) == 1:
        both = [*left, *right]
        return ([], both) if is_numeric(both) else (both, [])
    start, end = before[-1].glyphs, after[0].glyphs
    if len(start) >= len(end):
        return [*left, *end], [glyph for glyph in right if glyph not in end]
    return [glyph for glyph in left if glyph not in start], [*start, *right]


def _hidden_end(left: Sequence[Glyph], right: Sequence[Glyph]) -> list[Glyph]:
    """The end of a label that runs on below an amount in the next cell: a spreadsheet clips it there, but it
    is still in the file. Empty where the next cell holds anything else."""
    if not any(character.isdigit() for glyph in right for character in glyph.text):
        return []
    words = sorted((glyph for glyph in right if not is_numeric([glyph])), key=lambda glyph: glyph.x0)
    last = max(left, key=lambda glyph: glyph.x1)
    for glyph in words:
        apart = abs(glyph.x0 - last.x1) > CONTINUES * last.size or abs(glyph.cy - last.cy) > 0.2 * last.size
        if apart or abs(glyph.size - last.size) > 0.1 * last.size:
            return []
        last = glyph
    amount = [glyph for glyph in right if glyph not in words and not glyph.text.isspace()]
    return words if _NUMBER.fullmatch(cell_text(amount)) else []


def _is_one_run(left: Sequence[Glyph], right: Sequence[Glyph], *, numbers: bool) -> bool:
    """Whether two neighbours, both labels or both `numbers`, hold one line between them, cut by the rule; two
    amounts that fill their cells up to the rule never do."""
    size = type_size(left)
    if _are_apart(left, right, size) or (numbers and _are_two_numbers(left, right)):  # most are apart
        return False
    lines_left, lines_right = visual_lines(left), visual_lines(right)
    if len(lines_left) != 1 or len(lines_right) != 1:
        return False
    a, b = lines_left[0], lines_right[0]
    return abs(a.cy - b.cy) <= 0.2 * size and abs(a.size - b.size) <= 0.1 * size


def _are_apart(left: Sequence[Glyph], right: Sequence[Glyph], size: float) -> bool:
    """Whether white parts what the left cell prints last from what the right one prints first."""
    if min(map(_LEFT, right)) - max(map(_RIGHT, left)) >= CONTINUES * size:  # blanks as well
        return True
    before = [glyph for glyph in left if not glyph.text.isspace()]
    after = [glyph for glyph in right if not glyph.text.isspace()]
    if not before or not after:
        return True
    last = max(before, key=attrgetter("x0", "x1"))
    return min(glyph.x0 for glyph in after) - last.x1 >= CONTINUES * size


def _are_two_numbers(left: Sequence[Glyph], right: Sequence[Glyph]) -> bool:
    """Whether two runs of digits make no number when put together (168,441.81154,304.22)."""
    return not _NUMBER.fullmatch(cell_text(left) + cell_text(right))

"""Lattices filled with glyphs: the text of every cell.

Invariant: a glyph belongs to the cell its centre lies in, except text that visibly runs over a rule into
a blank neighbour, which goes back where it started; every glyph inside the lattice is in exactly one cell.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter, ne

from parsers.readers.page.lines.columns import pieces_of_line
from parsers.readers.page.lines.geometry import Glyph, type_size
from parsers.readers.page.lines.rows import RAGGED, breaks_numbers, row_breaks
from parsers.readers.page.lines.text import (
    AMOUNT,
    Level,
    TextLine,
    are_one_line,
    cell_text,
    is_numeric,
    levels_of,
    visual_lines,
)
from parsers.readers.page.ruled import Lattice, complete_lattice
from parsers.values.document import Box, Cell, Grid
from parsers.values.vocabulary import AmountSource

_NUMBER = re.compile(r"[-－(（]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d*)?[)）]?[%％]?")
_WHOLE = re.compile(r"-?(?:(?!(?:19|20)\d\d$)\d{3,}|\d{1,3}(?:[,，]\d{3})+)")
MANY = 3  # columns that are numbered
CONTINUES = 0.12  # of the type size: glyphs nearer than this are of one run; cell padding is wider


@dataclass(frozen=True, slots=True)
class FilledLattice:
    """A lattice and, for each of its regions, the glyphs that stand in it."""

    lattice: Lattice
    contents: tuple[tuple[Glyph, ...], ...]


def fill(lattice: Lattice, glyphs: Sequence[Glyph]) -> tuple[FilledLattice, list[Glyph]]:
    """The lattice with its text, and the glyphs outside it."""
    contents: list[list[Glyph]] = [[] for _ in lattice.regions]
    outside: list[Glyph] = []
    for glyph, index in zip(glyphs, lattice.regions_of(glyphs), strict=True):
        (outside if index < 0 else contents[index]).append(glyph)
    _return_overflow(lattice, contents)
    return FilledLattice(lattice, tuple(tuple(c) for c in contents)), outside


def grid_of(table: FilledLattice, page: int, source: AmountSource) -> Grid:
    """The grid of a filled lattice, cells in reading order."""
    lattice = table.lattice
    xs, ys = (tuple(round(at, 2) for at in edges) for edges in (lattice.xs, lattice.ys))
    cells = tuple(
        Cell(
            row=region.row,
            col=region.col,
            text=cell_text(content),
            rowspan=region.rowspan,
            colspan=region.colspan,
            box=Box(
                xs[region.col],
                ys[region.row],
                xs[region.col + region.colspan],
                ys[region.row + region.rowspan],
            ),
        )
        for region, content in zip(lattice.regions, table.contents, strict=True)
    )
    return Grid(
        cells=cells,
        n_rows=lattice.n_rows,
        n_cols=lattice.n_cols,
        page=page,
        box=rounded(lattice.box),
        col_edges=xs,
        source=source,
    )


def with_row_breaks(table: FilledLattice) -> FilledLattice:
    """The table with rows parted where rules part only its columns.

    A row is cut by the white between its lines when one of its cells holds several amounts and another
    several lines; a cell of a fully ruled table holds one amount.
    """
    lattice = table.lattice
    bands = _bands(lattice)
    stands = list(map(levels_of, table.contents))
    breaks = {band: found for band in bands if (found := _breaks_of(table, band, stands))}
    if not breaks:
        return table
    ys: list[float] = []
    above: list[list[bool]] = []
    old_rows: list[tuple[int, ...]] = []
    for band in bands:
        levels = [(lattice.ys[row], _above(lattice, row)) for row in band]
        levels += [(y, [True] * lattice.n_cols) for y in breaks.get(band, ())]
        for y, sides in sorted(levels):
            if band in breaks and ys and y == ys[-1]:
                above[-1] = [True] * lattice.n_cols
                continue
            ys.append(y)
            above.append(sides)
            old_rows.append(lattice.owner[max(bisect_right(lattice.ys, y) - 1, 0)])
    left = [
        [col in (0, lattice.n_cols) or owners[col - 1] != owners[col] for owners in old_rows]
        for col in range(lattice.n_cols + 1)
    ]
    finer = complete_lattice(lattice.xs, (*ys, lattice.ys[-1]), (*above, [True] * lattice.n_cols), left)
    return fill(finer, [glyph for content in table.contents for glyph in content])[0]


def _above(lattice: Lattice, row: int) -> list[bool]:
    """Which columns have a side above a row."""
    if not row:
        return [True] * lattice.n_cols
    return list(map(ne, lattice.owner[row - 1], lattice.owner[row]))


def _bands(lattice: Lattice) -> list[range]:
    """The rows of the lattice, those as one that no side parts in all columns."""
    starts = [row for row in range(lattice.n_rows) if all(_above(lattice, row))]
    return [range(start, end) for start, end in pairwise((*starts, lattice.n_rows))]


def _breaks_of(table: FilledLattice, band: range, levels: Sequence[set[Level]]) -> list[float]:
    """Where white parts the rows of a band, given where the glyphs of each cell stand."""
    lattice = table.lattice
    owners = sorted(set().union(*lattice.owner[band.start : band.stop]))
    of_band = set().union(*(levels[owner] for owner in owners))
    if len(of_band) < 2 or are_one_line(of_band):
        return []
    tall = [o for o in owners if len(table.contents[o]) > 1 and not are_one_line(levels[o])]
    # One tall cell is a text that wraps; two that break at the same heights are rows without a rule.
    if len(tall) < 2:
        return []
    glyphs = [glyph for owner in owners for glyph in table.contents[owner]]
    found = {owner: visual_lines(table.contents[owner]) for owner in tall}
    if breaks_numbers((lines, lattice.width_of(owner)) for owner, lines in found.items()):
        return []
    if (above_numbers := _above_numbers(lattice.owner[band.stop - 1], found)) is not None:
        return [above_numbers]
    lines = list(found.values())
    amounts = [[line for line in cell if _is_amount(line)] for cell in lines]
    whole = sum(sum(bool(_WHOLE.fullmatch(line.text)) for line in cell) >= 2 for cell in lines)
    few = max(map(len, amounts)) < 2 and whole < 2  # one cell may list codes or years
    if sum(len(cell) >= 2 for cell in lines) < 2 or (few and not _are_lists(lines, table, band)):
        return []
    ruled = [lattice.ys[row] for row in band[1:]]
    breaks = row_breaks(glyphs, lattice.ys[band.start], lattice.ys[band.stop], ruled)
    first = min((cell[0].cy for cell in amounts if cell), default=0.0)
    header = [] if band.start else [y for y in ruled if y < first]
    return _below_header(breaks, header, first) if header else breaks


def _below_header(breaks: Sequence[float], levels: Sequence[float], amount: float) -> list[float]:
    """The breaks from where a header ends: rules part its rows at `levels`, and its last row ends above the
    row of the first amount."""
    last = max(levels)
    below = min(y for y in (*breaks, amount) if y > last)
    return [y for y in breaks if y >= (last if amount <= below else below)]


def _is_amount(line: TextLine) -> bool:
    return bool(AMOUNT.fullmatch(line.text.replace(" ", "")))


def _are_lists(cells: Sequence[Sequence[TextLine]], table: FilledLattice, band: range) -> bool:
    """Whether two cells beside an amount hold lines most of which did not have to be wrapped: rows."""
    if len(band) > 1:
        return False
    xs = table.lattice.xs
    lists = 0
    for lines in cells:
        col = bisect_right(xs, (lines[0].box.x0 + lines[0].box.x1) / 2) - 1
        room = xs[col + 1] - xs[col] - RAGGED * lines[0].size
        short = sum(line.box.x1 - line.box.x0 < room for line in lines[:-1])
        lists += 2 * short > len(lines) - 1
    owners = table.lattice.owner[band.start]
    return lists > 1 and any(_is_amount(line) for o in owners for line in visual_lines(table.contents[o]))


def _above_numbers(row: Iterable[int], found: Mapping[int, Sequence[TextLine]]) -> float | None:
    """Where the line begins that numbers the columns (1, 2, 3) and ends every cell of a header, or None. The
    last cells of a band are in `row`, the lines of its tall ones in `found`."""
    cells = [found[owner] for owner in dict.fromkeys(row) if len(found.get(owner, ())) > 1]
    numbers = [lines[-1].text for lines in cells]
    if len(numbers) < MANY or not all(map(str.isdigit, numbers)) or sorted(numbers, key=int) != numbers:
        return None
    above = max(lines[-2].box.y1 for lines in cells)
    below = min(lines[-1].box.y0 for lines in cells)
    return (above + below) / 2 if above < below else None


def rounded(box: Box) -> Box:
    """Hundredths of a point: below what any engine means, and stable in the dataset."""
    return Box(round(box.x0, 2), round(box.y0, 2), round(box.x1, 2), round(box.y1, 2))


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
    words = sorted((glyph for glyph in right if not is_numeric([glyph])), key=lambda glyph: glyph.x0)
    if len(words) == len(right):
        return []
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
    before = [glyph for glyph in left if not glyph.text.isspace()]
    after = [glyph for glyph in right if not glyph.text.isspace()]
    if not before or not after:
        return True
    last = max(before, key=attrgetter("x0", "x1"))
    return min(glyph.x0 for glyph in after) - last.x1 >= CONTINUES * size


def _are_two_numbers(left: Sequence[Glyph], right: Sequence[Glyph]) -> bool:
    """Whether two runs of digits make no number when put together (168,441.81154,304.22)."""
    return not _NUMBER.fullmatch(cell_text(left) + cell_text(right))

"""Ruled tables whose rules part only the columns, or some of them: rows by the white between their lines.

Invariant: a row is cut only where several of its cells print several lines; a cell of a fully ruled table
holds one amount. A text in the middle of its cell, beside the labels of several rows, is of all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import ne, or_

from parsers.readers.page.cells import FilledLattice, fill
from parsers.readers.page.lines.columns import LEVEL
from parsers.readers.page.lines.rows import RAGGED, breaks_numbers, row_breaks
from parsers.readers.page.lines.text import (
    AMOUNT,
    Level,
    TextLine,
    are_one_line,
    is_numeric,
    levels_of,
    visual_lines,
)
from parsers.readers.page.ruled import CellSpan, Lattice, complete_lattice

_WHOLE = re.compile(r"-?(?:(?!(?:19|20)\d\d$)\d{3,}|\d{1,3}(?:[,，]\d{3})+)")
MANY = 3  # columns that are numbered, or numbers of one column
HALF = 0.5  # of the type size: how far off the middle of its cell a text may stand


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
    heads = [region for owner, region in enumerate(lattice.regions) if _is_head(table, owner, stands)]
    ys: list[float] = []
    above: list[list[bool]] = []
    old_rows: list[tuple[int, ...]] = []
    for band in bands:
        levels = [(lattice.ys[row], _above(lattice, row)) for row in band]
        levels += [(y, _below_heads(heads, lattice, y)) for y in breaks.get(band, ())]
        for y, sides in sorted(levels):
            if band in breaks and ys and y == ys[-1]:
                above[-1] = list(map(or_, above[-1], sides))
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


def _is_head(table: FilledLattice, owner: int, levels: Sequence[set[Level]]) -> bool:
    """Whether a cell left of all amounts prints one text in its middle, beside several lines: it heads
    them."""
    lattice, region, content = table.lattice, table.lattice.regions[owner], table.contents[owner]
    if not content or not are_one_line(levels[owner]) or is_numeric(content):
        return False
    line = visual_lines(content)[0]
    middle = (lattice.ys[region.row] + lattice.ys[region.row + region.rowspan]) / 2
    if abs(line.cy - middle) > HALF * line.size:
        return False
    rows = lattice.owner[region.row : region.row + region.rowspan]
    before = {other for row in rows for other in row[: region.col]}
    after = {other for row in rows for other in row[region.col + region.colspan :]}
    numbers = any(is_numeric(table.contents[other]) for other in before)
    return not numbers and any(not are_one_line(levels[other]) for other in after if table.contents[other])


def _below_heads(heads: Sequence[CellSpan], lattice: Lattice, y: float) -> list[bool]:
    """Which columns a break at `y` parts: those that no head spans there."""
    inside = [h for h in heads if lattice.ys[h.row] < y < lattice.ys[h.row + h.rowspan]]
    return [not any(h.col <= col < h.col + h.colspan for h in inside) for col in range(lattice.n_cols)]


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
    found = {owner: visual_lines(table.contents[owner]) for owner in tall}
    if breaks_numbers((lines, lattice.width_of(owner)) for owner, lines in found.items()):
        return []
    if (above_numbers := _above_numbers(lattice.owner[band.stop - 1], found)) is not None:
        return [above_numbers]
    lines = list(found.values())
    amounts = [[line for line in cell if _is_amount(line)] for cell in lines]
    few = max(map(len, amounts)) < 2 and not _are_columns(lines)
    if sum(len(cell) >= 2 for cell in lines) < 2 or (few and not _are_lists(lines, table, band)):
        return []
    beside = [owner for owner in owners if not _is_head(table, owner, levels)]
    glyphs = [glyph for owner in beside for glyph in table.contents[owner]]
    ruled = [lattice.ys[row] for row in band[1:]]
    breaks = row_breaks(glyphs, lattice.ys[band.start], lattice.ys[band.stop], ruled, lattice.xs)
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


def _are_columns(cells: Sequence[Sequence[TextLine]]) -> bool:
    """Whether two cells hold several whole numbers, or one many that each stand beside a line of another: one
    alone may list codes or years."""
    numbers = [[line for line in cell if _WHOLE.fullmatch(line.text)] for cell in cells]
    return sum(len(found) > 1 for found in numbers) > 1 or any(
        all(any(abs(line.cy - other.cy) < LEVEL * line.size for other in cell) for line in found)
        for found in numbers
        if len(found) >= MANY
        for cell in cells
        if found[0] not in cell
    )


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
    numbers = [mark for lines in cells if (mark := lines[-1].text.strip("*＊"))]
    if len(numbers) < MANY or not all(map(str.isdigit, numbers)) or sorted(numbers, key=int) != numbers:
        return None
    above = max(lines[-2].box.y1 for lines in cells)
    below = min(lines[-1].box.y0 for lines in cells)
    return (above + below) / 2 if above < below else None

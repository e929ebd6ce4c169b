"""Tables of which rules enclose the header alone: the rows below stand in its columns.

Invariant: rows are added only to an area of rules that holds nothing but headers, where what stands right
below fits its columns and prints a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from parsers.readers.page.cells import FilledLattice
from parsers.readers.page.frames import is_data
from parsers.readers.page.lines.geometry import Glyph, Ruling
from parsers.readers.page.lines.text import visual_lines
from parsers.readers.page.overleaf import continued_frame
from parsers.readers.page.ruled import Lattice
from parsers.readers.page.unruled import NEAR, read_frame

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
    return FilledLattice(lattice, (*upper.contents, *lower.contents))

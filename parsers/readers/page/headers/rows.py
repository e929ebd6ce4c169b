"""A header without rules taken apart by where its texts stand: each in the middle of the cell that held it.

Invariant: a reading is given only where every text of the header stands in the middle of its cell, from the
rule above the header to the rule below it; else the result is None.

A text in the middle of the whole height heads one column. Of the others, those highest head several: the
cell of such a text begins at the top and ends as far below its middle as the top is above it, and what stands
below it is a header of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from parsers.readers.page.headers.topics import are_two
from parsers.readers.page.lines.text import TextLine
from parsers.values.document import Box
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

PITCHES = (
    1.55,
    1.4,
    1.2,
    1.75,
)  # of the type size: lines of one text are nearer than this; seldom so far apart
SAME_LEFT = 1.5  # points by which texts set to one left edge may differ
OFF = 0.35  # of the type size: how far a text may stand from the middle of its cell
LEVEL = 0.2  # of the type size: how far texts of successive rows may reach into one another
MOST_CELLS = 60
NUMBER = _L.pattern("number")


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One text of a header, over one line or more."""

    pieces: tuple[TextLine, ...]
    x0: float
    x1: float
    y: float  # the middle
    size: float

    @property
    def middle(self) -> float:
        """Of its widest line: that is in the middle of the cell, too."""
        widest = max(self.pieces, key=lambda piece: piece.box.x1 - piece.box.x0).box
        return (widest.x0 + widest.x1) / 2

    @property
    def y0(self) -> float:
        """Its upper edge."""
        return self.pieces[0].box.y0

    @property
    def y1(self) -> float:
        """Its lower edge."""
        return self.pieces[-1].box.y1

    def is_above(self, other: HeaderCell) -> bool:
        """Whether all of it stands higher than all of `other`."""
        return self.y1 <= other.y0 + LEVEL * self.size


@dataclass(frozen=True, slots=True)
class Spanning:
    """A header of several columns: its lines, where its cell ends, the middles of the headers of the first
    and the last of its columns, whether it stands in the middle of all, and whether that it heads these is
    known."""

    pieces: tuple[TextLine, ...]
    bottom: float
    first: float
    last: float
    is_centred: bool
    is_sure: bool = True


def spanning_headers(printed: Sequence[TextLine], box: Box) -> list[Spanning] | None:
    """The headers of several columns in the area between two rules, or None where not all texts stand in the
    middle of their cells. A header of one row has none."""
    return likeliest(_spanning(cells, area, pitch) for cells, area, pitch in readings_of(printed, box))


def likeliest(readings: Iterable[list[Spanning] | None]) -> list[Spanning] | None:
    """The first reading in which no header stands over a single column, for that is mostly the first line of
    a text over two; else the first."""
    found: list[Spanning] | None = None
    for reading in readings:
        if reading is not None and all(header.first < header.last for header in reading):
            return reading
        found = reading if found is None else found
    return found


def readings_of(printed: Sequence[TextLine], box: Box) -> Iterator[tuple[list[HeaderCell], Box, float]]:
    """The texts of a header by how near the lines of one text are, and the area without the row that numbers
    the columns."""
    numbers = _numbering(printed)
    words = without_numbering(printed)
    area = box._replace(y1=2 * numbers[0].cy - box.y1) if numbers else box
    for pitch in PITCHES:
        yield sorted(_cells(words, pitch), key=lambda cell: cell.x0), area, pitch


def without_numbering(printed: Sequence[TextLine]) -> list[TextLine]:
    """The texts of a header without the row that numbers the columns."""
    numbers = _numbering(printed)
    return [piece for piece in printed if piece not in numbers]


def _spanning(cells: Sequence[HeaderCell], box: Box, pitch: float) -> list[Spanning] | None:
    """The headers of several columns, each over the middle of its columns where the widths of these are
    known; texts set closer than usual are taken apart only then."""
    if not cells or len(cells) > MOST_CELLS:
        return None
    found = _read(cells, box.y0, box.y1)
    if not found:
        return found
    over = [piece for header in found for piece in header.pieces]
    wide = _in_columns([cell for cell in cells if cell.pieces[0] not in over], box)
    if wide is None:
        return found if pitch == PITCHES[0] else None
    exact = _read([wide.get(cell, cell) for cell in cells], box.y0, box.y1)
    return exact if exact and all(header.is_centred for header in exact) else None


def _numbering(printed: Sequence[TextLine]) -> list[TextLine]:
    """The last line where it numbers the columns (1 2 3, 栏次)."""
    last = max((piece.cy for piece in printed), default=0.0)
    line = [piece for piece in printed if abs(piece.cy - last) < 0.5 * piece.size]
    return line if len(line) > 2 and all(NUMBER.fullmatch(piece.text) for piece in line) else []


def _in_columns(leaves: Sequence[HeaderCell], box: Box) -> dict[HeaderCell, HeaderCell] | None:
    """Headers of single columns as wide as their columns: each stands in the middle of its own, the first
    column begins where the table does, and the last must end there."""
    wide: dict[HeaderCell, HeaderCell] = {}
    edge = box.x0
    for cell in leaves:
        end = cell.x0 + cell.x1 - edge
        if end <= cell.x1 - OFF * cell.size:
            return None
        wide[cell] = replace(cell, x0=edge, x1=end)
        edge = end
    return wide if abs(edge - box.x1) <= len(leaves) * OFF * leaves[0].size else None


def _read(cells: Sequence[HeaderCell], top: float, bottom: float) -> list[Spanning] | None:
    """The same for the texts of some neighbouring columns."""
    found: list[Spanning] = []
    for run in _runs_between_full(cells, (top + bottom) / 2):
        upper = [cell for cell in run if abs(cell.y - min(c.y for c in run)) <= OFF * cell.size]
        for cell, below in _shared_out(upper, [cell for cell in run if cell not in upper]):
            end = 2 * cell.y - top
            inner = _read(below, end, bottom) if below and end < bottom else None
            if inner is None:
                return None
            first, last = min(c.middle for c in below), max(c.middle for c in below)
            off = _off_centre([cell], below, (0, len(below)))
            found += [Spanning(cell.pieces, end, first, last, off <= cell.size, off <= cell.size), *inner]
    return found


def _runs_between_full(cells: Sequence[HeaderCell], middle: float) -> Iterator[list[HeaderCell]]:
    """The neighbours that stand apart from the middle of the height, in runs."""
    run: list[HeaderCell] = []
    for cell in cells:
        if abs(cell.y - middle) > OFF * cell.size or _is_one_of_several(cell, cells):
            run.append(cell)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_one_of_several(cell: HeaderCell, cells: Sequence[HeaderCell]) -> bool:
    """Whether another text stands above or below, and more of them below than beside: a header of the second
    of three rows is in the middle of the height, too."""
    stacked = [a for a in cells if any(b.x0 < a.x1 and a.x0 < b.x1 for b in cells if b is not a)]
    beside = [other for other in stacked if abs(other.y - cell.y) <= OFF * cell.size]
    lower = [other for other in cells if other.y - cell.y > OFF * cell.size]
    return cell in beside and len(lower) > len(beside)


def _shared_out(
    upper: Sequence[HeaderCell], below: Sequence[HeaderCell]
) -> Iterator[tuple[HeaderCell, Sequence[HeaderCell]]]:
    """Each header with the texts below it, shared out so that it stands nearest to their middle."""
    if len(upper) > len(below) or not below:
        yield from ((cell, ()) for cell in upper)
        return
    cuts = _at_left_edges(upper, below) or min(
        combinations(range(1, len(below)), len(upper) - 1),
        key=lambda cuts: _off_centre(upper, below, (0, *cuts, len(below))),
    )
    ends = (0, *cuts, len(below))
    for number, cell in enumerate(upper):
        yield cell, below[ends[number] : ends[number + 1]]


def _at_left_edges(upper: Sequence[HeaderCell], below: Sequence[HeaderCell]) -> tuple[int, ...] | None:
    """Where the texts below each header begin if all are set to the left edge of their cells."""
    starts = [
        next((at for at, cell in enumerate(below) if abs(cell.x0 - head.x0) <= SAME_LEFT), -1)
        for head in upper
    ]
    rising = all(a < b for a, b in pairwise(starts))
    return tuple(starts[1:]) if len(starts) > 1 and starts[0] == 0 and rising else None


def _off_centre(upper: Sequence[HeaderCell], below: Sequence[HeaderCell], ends: Sequence[int]) -> float:
    total = 0.0
    for number, cell in enumerate(upper):
        part = below[ends[number] : ends[number + 1]]
        lo, hi = min(c.x0 for c in part), max(c.x1 for c in part)
        total += abs(lo + hi - cell.x0 - cell.x1) / 2
    return total


def _cells(printed: Sequence[TextLine], pitch: float) -> list[HeaderCell]:
    """The texts of a header: a line goes on in the one line right below it."""
    stacks: list[list[TextLine]] = []
    for piece in sorted(printed, key=lambda p: (p.cy, p.box.x0)):
        above = [stack for stack in stacks if _goes_on(stack[-1], piece, printed, pitch)]
        if len(above) == 1:
            above[0].append(piece)
        else:
            stacks.append([piece])
    return list(map(cell_of, stacks))


def cell_of(lines: Sequence[TextLine]) -> HeaderCell:
    """Lines from top to bottom as one text."""
    return HeaderCell(
        tuple(lines),
        min(line.box.x0 for line in lines),
        max(line.box.x1 for line in lines),
        (lines[0].cy + lines[-1].cy) / 2,
        lines[0].size,
    )


def _goes_on(line: TextLine, below: TextLine, printed: Sequence[TextLine], pitch: float) -> bool:
    """Whether `below` is the next line of the same text: the only one right below it."""
    return _is_right_below(line, below, pitch) and not any(
        _is_right_below(line, other, pitch)
        for other in printed
        if other is not below and abs(other.cy - below.cy) < 0.5 * below.size
    )


def _is_right_below(line: TextLine, below: TextLine, pitch: float) -> bool:
    near = 0.5 * line.size < below.cy - line.cy < pitch * line.size
    over = line.box.x0 < below.box.x1 and below.box.x0 < line.box.x1
    return near and over and not are_two(line.text, below.text)

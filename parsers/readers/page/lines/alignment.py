"""Rows of a table without rules between them, from how the cells of a row stand beside each other.

Invariant: the cells of every row found stand in one middle, begin or end at one height, and a line that goes
on below fills its column. A reading is given only where the page shows that cells hold several lines: texts
stand between two lines of their neighbours, or only lines that may be of one cell are as near as any are.

Where rows are set as close as the lines of a cell, no white parts them; how cells stand does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.readers.page.lines.columns import LEVEL
from parsers.readers.page.lines.geometry import cluster, type_size
from parsers.readers.page.lines.text import AMOUNT, TextLine, is_han, is_numeric, line_of
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

SAME_PITCH = 0.12  # of the type size: lines of one cell are as far apart as those of any other, but for this
ALIGNED = 0.3  # of the type size: cells of one row stand nearer to one middle, top or foot
RAGGED = 0.3  # of the type size: what a full line leaves free, beside room for what begins the next
MOST_LINES = 12  # groups of lines in one row
MISPLACED = 3.0  # rows that a group costs whose cells do not stand as others do
FEW = 0.1  # of the lines that are as near as those of one cell
FEWEST_ROWS = 3  # that the distance between rows is known from
WHITE = 0.001  # of a row: what a point of white between two rows is worth
_AMOUNT = re.compile(r"-?\d{1,3}(?:,?\d{3})*\.\d{2}")
ORDINAL = lexicon_of(__name__).pattern("ordinal")  # an item begins

Group = dict[int, list[TextLine]]  # lines by column, from top to bottom
Stand = Callable[[Sequence[TextLine]], float]

STANDS: tuple[Stand, ...] = (
    lambda lines: (lines[0].cy + lines[-1].cy) / 2,
    lambda lines: lines[0].cy,
    lambda lines: lines[-1].cy,
)


@dataclass(frozen=True, slots=True)
class _Table:
    """Groups of lines from top to bottom, the type size, how far apart the lines of a cell are, and for each
    column where its lines end at most and how long they are at most."""

    groups: tuple[Group, ...]
    size: float
    pitch: float
    room: dict[int, tuple[float, float]]


def aligned_rows(groups: Sequence[Sequence[TextLine]], xs: Sequence[float]) -> list[int] | None:
    """At which of the `groups` of texts, which white parts, rows begin in the columns between `xs`; None
    where the page does not show it."""
    table = _table_of(groups, xs)
    if table is None:
        return None
    between = any(_stands_between(group, table) for group in table.groups)
    if not between and not _are_rows_wider(table):
        return None
    return min(_fewest_rows(table, stand) for stand in STANDS)[1]


def _table_of(groups: Sequence[Sequence[TextLine]], xs: Sequence[float]) -> _Table | None:
    found = tuple(_by_column(group, xs) for group in groups)
    columns: dict[int, list[TextLine]] = {}
    for group in found:
        for column, lines in group.items():
            columns.setdefault(column, []).extend(lines)
    size = type_size([glyph for group in groups for piece in group for glyph in piece.glyphs])
    pitches = sorted(b.cy - a.cy for lines in columns.values() for a, b in pairwise(lines))
    if not pitches:
        return None
    near = [pitch for pitch in pitches if pitch <= pitches[0] + SAME_PITCH * size]
    room = {
        column: (max(line.box.x1 for line in lines), max(line.box.x1 - line.box.x0 for line in lines))
        for column, lines in columns.items()
    }
    return _Table(found, size, near[len(near) // 2], room)


def _by_column(group: Sequence[TextLine], xs: Sequence[float]) -> Group:
    columns: dict[int, list[TextLine]] = {}
    for piece in group:
        columns.setdefault(bisect_right(xs, (piece.box.x0 + piece.box.x1) / 2), []).append(piece)
    return {
        column: [
            line_of([glyph for piece in level for glyph in piece.glyphs])
            for level in cluster(pieces, lambda piece: piece.cy, LEVEL * pieces[0].size)
        ]
        for column, pieces in columns.items()
    }


def _fewest_rows(table: _Table, stand: Stand) -> tuple[float, list[int]]:
    """Where rows begin so that they are as few as can be, with the most white between them, and what that
    costs."""
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for end in range(1, len(table.groups) + 1):
        options = []
        for start in range(max(end - MOST_LINES, 0), end):
            row = _joined(table.groups[start:end])
            aligned = _is_aligned(row, table, stand) and all(
                _is_cell(lines, column, table) for column, lines in row.items()
            )
            if aligned or start == end - 1:
                cost, starts = best[start]
                white = _top(table.groups[start]) - _bottom(table.groups[start - 1]) if start else 0.0
                options.append((cost + (1.0 if aligned else MISPLACED) - WHITE * white, [*starts, start]))
        best.append(min(options))
    return best[-1]


def _joined(groups: Sequence[Group]) -> Group:
    row: Group = {}
    for group in groups:
        for column, lines in group.items():
            row.setdefault(column, []).extend(lines)
    return row


def _is_aligned(row: Group, table: _Table, stand: Stand) -> bool:
    heights = [stand(lines) for lines in row.values()]
    return max(heights) - min(heights) <= ALIGNED * table.size


def _is_cell(lines: Sequence[TextLine], column: int, table: _Table) -> bool:
    """Whether lines, one right below the other, may be one text that its column broke."""
    if len(lines) == 1:
        return True
    if any(abs(b.cy - a.cy - table.pitch) > SAME_PITCH * table.size for a, b in pairwise(lines)):
        return False
    if all(is_numeric(line.glyphs) for line in lines):
        return _is_number([line.text for line in lines])
    return all(
        not ORDINAL.match(fold(b.text))
        and not AMOUNT.fullmatch(b.text)
        and _is_full(a, b, table.room[column])
        for a, b in pairwise(lines)
    )


def _is_number(parts: Sequence[str]) -> bool:
    """Whether a narrow column broke one amount or code into `parts`; row numbers are several."""
    if all(map(str.isdigit, parts)):
        *begun, end = parts
        counted = (
            len(parts[0]) + len(parts) > 3
            and int(parts[0])
            and all(int(b) == int(a) + 1 for a, b in pairwise(parts))
        )
        return len(set(map(len, begun))) == 1 and len(end) <= len(begun[0]) and not counted
    *begun, whole = ("".join(parts[:n]) for n in range(1, len(parts) + 1))
    return bool(_AMOUNT.fullmatch(whole)) and not any(map(_AMOUNT.fullmatch, begun))


def _is_full(line: TextLine, below: TextLine, room: tuple[float, float]) -> bool:
    """Whether what begins the line below had no room behind this line."""
    first = below.glyphs[0]
    end = first.x1
    if not is_han(first.text):
        for glyph in below.glyphs:
            if is_han(glyph.text):
                break
            end = glyph.x1
    needed = end - first.x0 + RAGGED * line.size
    most, longest = room
    return line.box.x1 + needed >= most or line.box.x1 - line.box.x0 + needed >= longest


def _stands_between(group: Group, table: _Table) -> bool:
    """Whether a text stands beside the white between two lines."""
    counts = {len(lines) % 2 for lines in group.values()}
    return len(counts) == 2 and _is_aligned(group, table, STANDS[0])


def _are_rows_wider(table: _Table) -> bool:
    """Whether lines that are not of one cell stand farther apart than those of a cell, but for a few."""
    columns: dict[int, list[TextLine]] = {}
    for group in table.groups:
        for column, lines in group.items():
            columns.setdefault(column, []).extend(lines)
    near = table.pitch + SAME_PITCH * table.size
    pairs = [(column, a, b) for column, lines in columns.items() for a, b in pairwise(lines)]
    close = [_is_cell([a, b], column, table) for column, a, b in pairs if b.cy - a.cy < near]
    return len(pairs) - len(close) >= FEWEST_ROWS and close.count(False) <= FEW * len(close)


def _top(group: Group) -> float:
    return min(line.box.y0 for lines in group.values() for line in lines)


def _bottom(group: Group) -> float:
    return max(line.box.y1 for lines in group.values() for line in lines)

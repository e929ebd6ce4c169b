"""Rows of a table without rules between them, from the white between its lines.

Invariant: two numbers one above the other are never one row; a label may take several lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.readers.page.columns import has_number, pieces_of
from parsers.readers.page.geometry import Glyph, type_size
from parsers.readers.page.text import TextLine

LEADING = 0.6  # of the type size: white between the lines of one cell is narrower


def row_breaks(body: Sequence[Glyph], top: float, bottom: float, levels: Sequence[float]) -> list[float]:
    """Boundaries between body rows, `top` and `bottom` not among them: the rules at `levels`, and white."""
    breaks = list(levels)
    found = pieces_of(body)
    for start, end in pairwise((top, *sorted(levels), bottom)):
        rows = _rows([p for p in found if start < p.cy < end])
        breaks.extend((_bottom(a) + _top(b)) / 2 for a, b in pairwise(rows))
    return sorted(breaks)


def _rows(found: Sequence[TextLine]) -> list[list[TextLine]]:
    """Pieces by row.

    Pieces that overlap in height are one row. A group without any number may be a further line of a cell:
    it goes to the nearer neighbour if the white between is narrower than between rows that have numbers.
    """
    groups = _overlapping(found)
    rows_apart = [_top(b) - _bottom(a) for a, b in pairwise(groups) if has_number(a) and has_number(b)]
    size = type_size([g for p in found for g in p.glyphs])
    leading = min([LEADING * size, *(0.7 * gap for gap in rows_apart)])
    joins = {
        join
        for index, group in enumerate(groups)
        if not has_number(group)
        for join in [_nearer(groups, index, leading)]
        if join is not None
    }
    rows: list[list[TextLine]] = []
    for index, group in enumerate(groups):
        if index - 1 in joins:
            rows[-1].extend(group)
        else:
            rows.append(list(group))
    return rows


def _nearer(groups: Sequence[list[TextLine]], index: int, leading: float) -> int | None:
    """Index of the gap (between group i and i + 1) that joins a group to its nearer neighbour, or None."""
    gaps = {
        i: _top(groups[i + 1]) - _bottom(groups[i]) for i in (index - 1, index) if 0 <= i < len(groups) - 1
    }
    nearest = min(gaps, key=lambda i: gaps[i], default=None)
    return nearest if nearest is not None and gaps[nearest] < leading else None


def _overlapping(found: Sequence[TextLine]) -> list[list[TextLine]]:
    groups: list[list[TextLine]] = []
    reach = 0.0
    for piece in sorted(found, key=lambda p: p.box.y0):
        if groups and piece.box.y0 < reach - 0.1 * piece.size:
            groups[-1].append(piece)
        else:
            groups.append([piece])
            reach = piece.box.y1
        reach = max(reach, piece.box.y1)
    return groups


def _top(row: Sequence[TextLine]) -> float:
    return min(p.box.y0 for p in row)


def _bottom(row: Sequence[TextLine]) -> float:
    return max(p.box.y1 for p in row)

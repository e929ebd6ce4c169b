"""Rows of a table without rules between them, from the white between its lines.

Invariant: two numbers one above the other are never one row; a label may take several lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from parsers.readers.page.lines.columns import has_number, pieces_of
from parsers.readers.page.lines.geometry import Glyph, type_size
from parsers.readers.page.lines.text import TextLine, is_numeric
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

_ORDINAL = _L.pattern("ordinal")
RAGGED = 2.5  # of the type size: how much shorter than its column a line that goes on may be
_WHOLE = re.compile(r"-?\d{1,3}(?:,?\d{3})*\.\d{2}")
BROKEN = 1.5  # of the type size: lines of one cell are nearer than this
LEADING = 0.6  # of the type size: white between the lines of one cell is narrower
WIDE_LEADING = 0.75  # the same where rows are known, and their white is wider
NARROWER = 0.8  # of the least white between rows that are known: white between the lines of one cell


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

    Pieces that overlap in height are one row. A group without any number may be a further line of a cell if
    the white between is narrower than between rows that are known: those that have numbers, or begin with an
    ordinal.
    """
    groups = _overlapping(found)
    gaps = [_top(b) - _bottom(a) for a, b in pairwise(groups)]
    known = [_are_apart(a, b, found) for a, b in pairwise(groups)]
    size = type_size([g for p in found for g in p.glyphs])
    between = [gap for gap, apart in zip(gaps, known, strict=True) if apart]
    leading = min([WIDE_LEADING * size, NARROWER * min(between)]) if between else LEADING * size
    breaks = {i for i, gap in enumerate(gaps) if known[i] or gap >= leading}
    numbers = [has_number(group) for group in groups]
    for at, (upper, lower) in enumerate(pairwise(groups), start=1):
        numbers[at] = numbers[at] and not (has_number(upper) and _goes_on(upper, lower))
    breaks |= _between_numbers(numbers, gaps, breaks)
    rows: list[list[TextLine]] = []
    for index, group in enumerate(groups):
        if index == 0 or index - 1 in breaks:
            rows.append(list(group))
        else:
            rows[-1].extend(group)
    return rows


def _are_apart(upper: Sequence[TextLine], lower: Sequence[TextLine], found: Sequence[TextLine]) -> bool:
    """Whether two groups are two rows: both have numbers, or an item begins in the lower one, or texts stand
    one above the other there, and none of those above fills its column and may go on."""
    if has_number(upper) and has_number(lower):
        return not _goes_on(upper, lower)
    begins = [piece for piece in lower if _ORDINAL.match(fold(piece.text))]
    pairs = [(a, b) for b in lower if b not in begins for a in upper if _overlap(a, b)]
    if begins:
        return not pairs
    return bool(pairs) and not any(_is_full(above, found) for above, _ in pairs)


def _goes_on(upper: Sequence[TextLine], lower: Sequence[TextLine]) -> bool:
    """Whether all numbers of the lower group are ends of amounts that a narrow column broke (1,234.5 | 6)."""
    ends = [piece for piece in lower if is_numeric(piece.glyphs)]
    above = [[piece for piece in upper if is_numeric(piece.glyphs) and _overlap(piece, end)] for end in ends]
    return all(
        len(begun) == 1
        and not _WHOLE.fullmatch(begun[0].text)
        and end.cy - begun[0].cy < BROKEN * end.size
        and bool(_WHOLE.fullmatch(begun[0].text + end.text))
        for end, begun in zip(ends, above, strict=True)
    )


def _overlap(a: TextLine, b: TextLine) -> bool:
    return a.box.x0 < b.box.x1 and b.box.x0 < a.box.x1


def _is_full(piece: TextLine, found: Sequence[TextLine]) -> bool:
    """Whether a line is about as wide as the widest of its column."""
    widest = max(other.box.x1 - other.box.x0 for other in found if _overlap(piece, other))
    return piece.box.x1 - piece.box.x0 >= widest - RAGGED * piece.size


def _between_numbers(numbers: Sequence[bool], gaps: Sequence[float], breaks: set[int]) -> set[int]:
    """Where rows that would hold two numbers are parted: at the widest white, the last of several."""
    found: set[int] = set()
    last: int | None = None
    for index, has in enumerate(numbers):
        if has and last is not None and not breaks & set(range(last, index)):
            found.add(max(range(last, index), key=lambda gap: (gaps[gap], gap)))
        last = index if has else last
    return found


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

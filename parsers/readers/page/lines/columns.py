"""Columns of a table without vertical rules, from the white between its words.

Invariant: a gutter is white through every row of the body; what looks like one in a single row is a gap
inside a cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.readers.page.lines.geometry import Glyph, type_size
from parsers.readers.page.lines.text import TextLine, is_han, is_numeric, line_of, visual_lines
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

GUTTER = 0.25  # of the type size: white this wide parts two columns when it runs through every row
NARROW = 0.1  # of the type size: white this wide parts texts set flush to the two sides of an edge
CELL_GAP = 0.4  # of the type size: white this wide may part two cells of a line
LEVEL = 0.2  # of the type size: texts whose middles are nearer stand at one height
FLUSH = 0.5  # points by which the ends of texts set flush may differ
FEWEST_FLUSH = 3
STRAYS = 10  # so many texts stand in their columns for each that does not
SPACED_OUT = 4.0  # of the type size: single Han characters no farther apart may be one word

_CENTS = re.compile(r"-?\d{1,3}(?:,?\d{3})*\.\d{2}")
_UNITS = _L.text("units")
_TOTALS = _L.words("totals")
_CODE_COLUMNS = frozenset(map(tuple, map(str.split, _L.words("code_columns"))))
"""Heads of columns beside each other, no spaced-out word."""


def pieces_of_line(line: TextLine) -> list[TextLine]:
    """Runs of a line that may be cells of their own; a spaced-out word (合　计) stays one."""
    runs = [[line.glyphs[0]]]
    for before, after in pairwise(line.glyphs):
        gap = after.x0 - before.x1
        if gap > CELL_GAP * line.size:
            if not (gap < SPACED_OUT * line.size and _lone_han(before, after, line)):
                runs.append([])
        elif gap > NARROW * line.size and is_han(after.text) and _is_amount_before(runs[-1], after):
            runs.append([])
        runs[-1].append(after)
    return [line_of(run) for run in runs]


def _is_amount_before(run: Sequence[Glyph], after: Glyph) -> bool:
    """Whether the run is an amount that ends its cell: a label, not its unit, begins right behind it."""
    text = "".join([glyph.text for glyph in run])
    return after.text[0] not in _UNITS and bool(_CENTS.fullmatch(text))


def parted_at_gutters(printed: Sequence[TextLine], body: Sequence[TextLine]) -> list[TextLine]:
    """The pieces of a header, those parted that fill neighbouring columns so that little white is between
    them: a gap in tight text, with white below it through every row of the body."""
    found: list[TextLine] = []
    for piece in printed:
        runs = [[piece.glyphs[0]]]
        gaps = [(b.x0 - a.x1) / piece.size for a, b in pairwise(piece.glyphs)]
        for at, (before, after) in enumerate(pairwise(piece.glyphs)):
            middle = (before.x1 + after.x0) / 2
            near = gaps[max(at - 1, 0) : at] + gaps[at + 1 : at + 2]
            if (
                gaps[at] > NARROW
                and near
                and max(near) < NARROW / 2
                and is_han(before.text) == is_han(after.text)
                and not any(p.box.x0 < middle < p.box.x1 for p in body)
            ):
                runs.append([])
            runs[-1].append(after)
        found += [line_of(run) for run in runs]
    return found


def _lone_han(before: Glyph, after: Glyph, line: TextLine) -> bool:
    """Whether both glyphs are Han characters that stand alone, white on either side. The words of a scan,
    each one glyph, are none."""
    if len(before.text + after.text) > 2 or not (is_han(before.text) and is_han(after.text)):
        return False
    if are_code_columns(before, after):
        return False
    at = line.glyphs.index(before)
    alone_left = at == 0 or before.x0 - line.glyphs[at - 1].x1 > CELL_GAP * line.size
    alone_right = at + 2 >= len(line.glyphs) or line.glyphs[at + 2].x0 - after.x1 > CELL_GAP * line.size
    return alone_left and alone_right


def are_code_columns(before: Glyph, after: Glyph) -> bool:
    """Whether both head columns of codes, side by side (类 款 项)."""
    return (before.text, after.text) in _CODE_COLUMNS


def pieces_of(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """Pieces of all lines, line by line; a label right behind a number is a piece of its own where numbers of
    several lines end there and words begin."""
    found = [piece for line in visual_lines(glyphs) for piece in pieces_of_line(line)]
    places = [(piece, at) for piece in found if (at := _behind_number(piece)) is not None]
    if not places:
        return found
    ends = [p.box.x1 for p in found] + [piece.glyphs[at - 1].x1 for piece, at in places]
    begins = [p.box.x0 for p in found] + [piece.glyphs[at].x0 for piece, at in places]
    for piece, at in places:
        flush = (_count_near(piece.glyphs[at - 1].x1, ends), _count_near(piece.glyphs[at].x0, begins))
        if min(flush) >= FEWEST_FLUSH:
            index = found.index(piece)
            found[index : index + 1] = [line_of(piece.glyphs[:at]), line_of(piece.glyphs[at:])]
    return found


def _behind_number(piece: TextLine) -> int | None:
    """Which glyph of a piece that begins with a number is the first behind it, with white between."""
    if not piece.glyphs[0].text[0].isdigit():
        return None
    for at, (before, after) in enumerate(pairwise(piece.glyphs), start=1):
        if is_han(after.text):
            wide = after.x0 - before.x1 > NARROW * piece.size
            return at if wide and is_numeric(piece.glyphs[:at]) else None
    return None


def _count_near(x: float, places: Sequence[float]) -> int:
    return sum(abs(x - place) < FLUSH for place in places)


def header_pieces(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """Pieces of a header, from top to bottom: cells side by side may hold one line, two or three, so that
    lines of neighbours stand half a line apart and there are none from side to side."""
    runs: list[list[Glyph]] = []
    for glyph in sorted((g for g in glyphs if not g.text.isspace()), key=lambda g: (g.x0, g.cy)):
        near = [run for run in runs if _continues(run[-1], glyph)]
        if near:
            min(near, key=lambda run: abs(run[-1].cy - glyph.cy)).append(glyph)
        else:
            runs.append([glyph])
    found: list[TextLine] = []
    for level in _levels([line_of(run) for run in runs]):
        found += pieces_of_line(line_of([glyph for piece in level for glyph in piece.glyphs]))
    return sorted(found, key=lambda piece: (piece.cy, piece.box.x0))


def _continues(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    return abs(last.cy - glyph.cy) < 0.35 * size and -0.5 * size < glyph.x0 - last.x1 <= CELL_GAP * size


def _levels(found: Sequence[TextLine]) -> list[list[TextLine]]:
    """Pieces that stand on one line, none above another."""
    levels: list[list[TextLine]] = []
    for piece in sorted(found, key=lambda piece: piece.cy):
        level = levels[-1] if levels else []
        same = level and abs(piece.cy - level[0].cy) < 0.2 * piece.size
        if same and not any(p.box.x0 < piece.box.x1 and piece.box.x0 < p.box.x1 for p in level):
            level.append(piece)
        else:
            levels.append([piece])
    return levels


@dataclass(slots=True)
class Span:
    """A stretch of x that text covers, and which pieces cover it."""

    lo: float
    hi: float
    header: list[TextLine]
    body: list[TextLine]


def gutters(leaf: Sequence[TextLine], body: Sequence[TextLine]) -> list[float]:
    """Middles of the white columns between pieces of text.

    A column may show two stretches: a header set in the middle and amounts set to the right. So a stretch
    that only the body covers joins a neighbour unless both print in one row. A total's word may stand in the
    middle of several columns of labels.
    """
    if leaf:
        body = [piece for piece in body if fold(piece.text) not in _TOTALS]
    spans = _covered_spans(leaf, body)
    if strays := [piece for span in spans for piece in _strays(span)]:
        spans = _covered_spans(leaf, [piece for piece in body if piece not in strays])
    index = 0
    while leaf and index < len(spans):
        if spans[index].header and spans[index].body:
            index += 1
            continue
        partner = _partner(spans, index)
        if partner is None:
            index += 1
            continue
        first = min(index, partner)
        spans[first : first + 2] = [_joined(spans[first], spans[first + 1])]
        index = 0
    return [(a.hi + b.lo) / 2 for a, b in pairwise(spans)]


def _covered_spans(leaf: Sequence[TextLine], body: Sequence[TextLine]) -> list[Span]:
    size = type_size([g for p in (*body, *leaf) for g in p.glyphs])
    spans: list[Span] = []
    for piece in sorted((*leaf, *body), key=lambda p: p.box.x0):
        white = (piece.box.x0 - spans[-1].hi) / size if spans else 0.0
        if (
            not spans
            or white > GUTTER
            or (white > NARROW and (_is_beside(piece, spans[-1], leaf) or _are_flush(spans[-1], piece, body)))
        ):
            spans.append(Span(piece.box.x0, piece.box.x1, [], []))
        spans[-1].hi = max(spans[-1].hi, piece.box.x1)
    for part, found in (("header", leaf), ("body", body)):
        for piece in found:
            span = next(s for s in spans if s.lo <= piece.box.x0 <= s.hi)
            getattr(span, part).append(piece)
    return spans


def _strays(span: Span) -> list[TextLine]:
    """The few texts of a stretch that stand in the white of all others, between two headers beside each
    other: a mark by hand or a stamp grew together with a label."""
    for first in span.header:
        for second in span.header:
            if first.box.x1 < second.box.x0 and abs(first.cy - second.cy) < LEVEL * first.size:
                crossing = min(
                    (
                        [piece for piece in span.body if piece.box.x0 < x < piece.box.x1]
                        for x in _ends_between(first.box.x1, second.box.x0, span.body)
                    ),
                    key=len,
                    default=[],
                )
                if STRAYS * len(crossing) < len(span.body):
                    return crossing
    return []


def _ends_between(lo: float, hi: float, body: Sequence[TextLine]) -> list[float]:
    """Places right behind the ends of texts and headers, from `lo` to before `hi`."""
    return [x + FLUSH for x in (lo, *(piece.box.x1 for piece in body)) if lo <= x < hi - FLUSH]


def _is_beside(piece: TextLine, span: Span, leaf: Sequence[TextLine]) -> bool:
    """Whether a header stands right beside one of the stretch, at its height."""
    return piece in leaf and any(
        span.lo <= other.box.x0
        and other.box.x1 < piece.box.x0
        and abs(other.cy - piece.cy) < LEVEL * piece.size
        for other in leaf
    )


def _are_flush(span: Span, piece: TextLine, body: Sequence[TextLine]) -> bool:
    """Whether texts of several rows end where the stretch does and others begin where the piece does."""
    ending = sum(abs(other.box.x1 - span.hi) < FLUSH for other in body)
    beginning = sum(abs(other.box.x0 - piece.box.x0) < FLUSH for other in body)
    return min(ending, beginning) >= FEWEST_FLUSH


def _partner(spans: Sequence[Span], index: int) -> int | None:
    """The neighbour that is the other half of a column, None when the stretch is a column of its own."""
    span = spans[index]
    if span.header:
        return None  # a blank column; a body-only neighbour will come and join it
    near = [n for n in (index - 1, index + 1) if 0 <= n < len(spans) and not _share_a_row(span, spans[n])]
    near.sort(
        key=lambda n: (
            bool(spans[n].body) and has_number(spans[n].body) != has_number(span.body),
            bool(spans[n].body),
            max(spans[n].lo - span.hi, span.lo - spans[n].hi),
        )
    )
    return near[0] if near else None


def _share_a_row(a: Span, b: Span) -> bool:
    return any(
        min(p.box.y1, q.box.y1) - max(p.box.y0, q.box.y0) > 0.3 * p.size for p in a.body for q in b.body
    )


def _joined(a: Span, b: Span) -> Span:
    return Span(a.lo, b.hi, a.header + b.header, a.body + b.body)


def has_number(group: Sequence[TextLine]) -> bool:
    """Whether one of the pieces is a number: an amount, a dash for none, a code, a row number."""
    return any(is_numeric(piece.glyphs) and piece.text.strip("()（）.．,，") for piece in group)

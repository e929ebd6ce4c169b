"""Columns of a table without vertical rules, from the white that runs down between its words.

Invariant: a gutter is white through every row of the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.readers.page.lines.columns import (
    FEWEST_FLUSH,
    FLUSH,
    LEVEL,
    NARROW,
    has_number,
    inked,
    is_amount,
)
from parsers.readers.page.lines.geometry import type_size
from parsers.readers.page.lines.text import TextLine, is_numeric
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

GUTTER = 0.25  # of the type size: white this wide parts two columns when it runs through every row
STRAYS = 10  # so many texts stand in their columns for each that does not
_TOTALS = lexicon_of(__name__).words("totals")


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
    for piece in sorted((*leaf, *body), key=_begin):
        white = (_begin(piece) - spans[-1].hi) / size if spans else 0.0
        if (
            not spans
            or white > GUTTER
            or (white > NARROW and (_is_beside(piece, spans[-1], leaf) or _are_flush(spans[-1], piece, body)))
        ):
            spans.append(Span(_begin(piece), piece.box.x1, [], []))
        spans[-1].hi = max(spans[-1].hi, piece.box.x1)
    for part, found in (("header", leaf), ("body", body)):
        for piece in found:
            span = next(s for s in spans if s.lo <= _begin(piece) <= s.hi)
            getattr(span, part).append(piece)
    return spans


def _begin(piece: TextLine) -> float:
    """Where the ink of a text begins."""
    return inked(piece.glyphs[0])[0]


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
    """Whether texts of several rows begin where the piece does, and an amount or several texts end where the
    stretch does, or numbers stand in the middle of it."""
    middle = span.lo + span.hi
    ending = [other for other in body if abs(other.box.x1 - span.hi) < FLUSH]
    centred = [p for p in body if abs(p.box.x0 + p.box.x1 - middle) < 2 * FLUSH and is_numeric(p.glyphs)]
    beginning = sum(abs(_begin(other) - _begin(piece)) < FLUSH for other in body)
    ends = max(len(ending), len(centred)) >= FEWEST_FLUSH or any(is_amount(p.glyphs) for p in ending)
    return ends and beginning >= FEWEST_FLUSH


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

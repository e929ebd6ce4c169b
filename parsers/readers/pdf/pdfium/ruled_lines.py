"""The rules that the paths of a PDF page draw.

Invariant: a rule is a line, a thin filled shape, or the side of an outlined rectangle, in any colour but
white (white marks are erasures); a thick filled shape is ground, no rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.page.lines.geometry import Ruling, rule_from_box, rules_of_rectangle
from parsers.readers.pdf.pdfium import calls as calls
from parsers.readers.pdf.pdfium.objects import PageObjects, applied

CORNERS = 4
THIN = 3.0  # points: a filled shape no thicker than this is a rule
WHITE = 250  # of 255 in every channel
SQUARE = 0.01  # points by which the corners of a rectangle may be off
BEZIER_POINTS = 3  # the last of which is where the curve ends
SIMPLE = 5  # segments of a rectangle: more may be several shapes
MOST_SEGMENTS = 200_000

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the paths of a page draw: rules, and how many curves."""

    rules: tuple[Ruling, ...]
    outlines: int


def drawing_of(objects: PageObjects, left: float, top: float) -> Drawing:
    """Rules in points from the corner of the page (`left`, `top` in PDFium's coordinates)."""
    paths = np.flatnonzero(objects.paths & (objects.filled | objects.stroked))
    handles = objects.handles[paths].tolist()
    counts = calls.integers(calls.count_segments, handles)
    filled = objects.filled[paths] & ~_are_white(objects.fill[paths])
    stroked = objects.stroked[paths].copy()
    lined = np.flatnonzero(stroked)
    widths = np.zeros(len(paths))
    strokers = [handles[row] for row in lined]
    stroked[lined] &= ~_are_white(calls.colors(calls.stroke_color, strokers))
    widths[lined] = calls.singles(calls.stroke_width, strokers)
    bounds = objects.bounds[paths]
    thick = np.minimum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) > THIN
    simple = ~stroked & (counts <= SIMPLE)
    rules: list[Ruling] = []
    for x0, y0, x1, y1 in bounds[filled & simple & ~thick].tolist():
        rule = _rule_of((x0 - left, top - y1, x1 - left, top - y0))
        rules += [] if rule is None else [rule]
    outlines = 0
    for row, shape in _shapes(objects, paths, counts, np.flatnonzero(~simple), left, top):
        outlines += shape.curved
        if filled[row] or stroked[row]:
            rules.extend(_rules(shape, bool(filled[row]), bool(stroked[row]), float(widths[row]) or 0.5))
    return Drawing(tuple(rules), outlines)


def _are_white(colors: NDArray[np.int16]) -> NDArray[np.bool_]:
    """White, or fully transparent. A pattern has no colour here, and shows."""
    clear = (colors[:, 3] == 0) & (colors[:, :3] != 0).any(axis=1)
    return np.asarray((colors[:, :3] >= WHITE).all(axis=1) | clear)


@dataclass(frozen=True, slots=True)
class _Shape:
    """One stretch of a path drawn without lifting the pen: its corners, without the way back to the first."""

    points: list[Point]
    closed: bool
    curved: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


def _shapes(
    objects: PageObjects,
    paths: NDArray[np.int64],
    counts: NDArray[np.int64],
    rows: NDArray[np.int64],
    left: float,
    top: float,
) -> Iterator[tuple[int, _Shape]]:
    """The shapes of the paths at `rows`, in points from the corner of the page."""
    rows = rows[np.cumsum(counts[rows]) <= MOST_SEGMENTS]
    handles = objects.handles[paths].tolist()
    segments = [calls.path_segment(handles[row], index) for row in rows for index in range(counts[row])]
    kinds = calls.integers(calls.segment_kind, segments)
    own = applied(
        calls.matrices(calls.object_matrix, [handles[row] for row in rows]), objects.placed[paths[rows]]
    )
    a, b, c, d, e, f = np.repeat(own, counts[rows], axis=0).T
    x, y = calls.pairs(calls.segment_point, segments, np.float32).astype(np.float64).T
    points = np.column_stack([x * a + y * c + e - left, top - (x * b + y * d + f)]).tolist()
    closes = calls.integers(calls.segment_closes, segments)
    start = 0
    for row in rows.tolist():
        end = start + int(counts[row])
        for shape in _parted(points[start:end], kinds[start:end].tolist(), closes[start:end].tolist()):
            yield row, shape
        start = end


def _parted(points: list[Point], kinds: list[int], closes: list[int]) -> Iterator[_Shape]:
    """The shapes of one path: every move lifts the pen."""
    moves = [index for index, kind in enumerate(kinds) if kind == pdfium.FPDF_SEGMENT_MOVETO]
    for start, end in pairwise([*moves, len(kinds)]):
        if end - start < 2:
            continue
        corners, bent, bezier = [points[start]], False, 0
        for index in range(start + 1, end):
            if kinds[index] == pdfium.FPDF_SEGMENT_BEZIERTO:
                bent, bezier = True, bezier + 1
                if bezier % BEZIER_POINTS:
                    continue
            corners.append(points[index])
        back = _near(corners[0], corners[-1])
        if back and len(corners) > 2:
            corners.pop()
        closed = back or bool(closes[end - 1])
        curved = len(corners) > 2 and (bent or not (closed and _is_rectangle(corners)))
        yield _Shape(corners, closed, curved)


def _near(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < SQUARE and abs(a[1] - b[1]) < SQUARE


def _is_rectangle(corners: list[Point]) -> bool:
    if len(corners) != CORNERS:
        return False
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    first = max(abs(ax - bx), abs(by - cy), abs(cx - dx), abs(dy - ay))
    second = max(abs(ay - by), abs(bx - cx), abs(cy - dy), abs(dx - ax))
    return min(first, second) < SQUARE


def _rule_of(box: tuple[float, float, float, float]) -> Ruling | None:
    """The rule a thin shape draws. A square runs neither way: it is a corner where two rules meet, and only
    rounding says which of its sides is longer."""
    x0, y0, x1, y1 = box
    square = abs((x1 - x0) - (y1 - y0)) < SQUARE
    return None if square else rule_from_box(x0, y0, x1, y1, THIN)


def _rules(shape: _Shape, filled: bool, stroked: bool, width: float) -> tuple[Ruling, ...]:
    x0, y0, x1, y1 = shape.box
    rule = _rule_of((x0, y0, x1, y1))
    if rule is not None:
        return (rule if filled else Ruling(rule.axis, rule.at, rule.lo, rule.hi, width),)
    if not stroked or len(shape.points) == 2:
        return ()
    if not shape.curved:
        return rules_of_rectangle(x0, y0, x1, y1)
    corners = [*shape.points, shape.points[0]] if shape.closed else shape.points
    sides = (rule_from_box(ax, ay, bx, by, 0.5) for (ax, ay), (bx, by) in pairwise(corners))
    return tuple(side for side in sides if side is not None)

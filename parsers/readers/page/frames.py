"""Where the tables without vertical rules stand on a page.

Invariant: such a table is claimed only on evidence that narrative never gives: horizontal rules of equal
extent with several words side by side between them, or several lines whose amounts end at the same places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.readers.page.lines.columns import LOOSE, pieces_of_line
from parsers.readers.page.lines.geometry import Ruling, cluster, join_collinear
from parsers.readers.page.lines.text import AMOUNT, TextLine
from parsers.values.document import Box
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
HEAVIER = 2.0  # than the rules between rows: a rule that closes a table
DOT = 0.6  # points: a rule as wide as this is a dot
OVERLAP = 0.5  # points by which strokes of one rule may cover each other
SHORTEST_RULE = 100.0  # points: a rule that may open or close a table
SAME_END = 6.0
EMPTY_BAND = 40.0  # points of white between two rules: no table has so tall a blank row
UNIT_LINE = _L.pattern("unit_line")
_CODE = re.compile(r"[12357]\d{2}(\d{2}){0,2}")
_PAGE_NUMBER = re.compile(r"\d{1,3}")
_GROUPED = re.compile(r"-?\d{1,3}(?:[,，]\d{3})+")
_ORDINAL = _L.pattern("ordinal")
TITLE = 1.15  # of the type size of a table: its title is set larger
MOST_WHITE = 2.5  # of the type size: white between rows of several words is narrower
WHITE = 4.5  # of the type size: white between rows of data is narrower
MANY = 3  # columns with words of their own that only a table has
TALLEST = 4.0  # of the type size: a row of a header is lower
APART = 0.8  # of the type size: white above a page number is wider than between the lines of a cell
BEGUN = 8  # lines right below a header among which a first row of data stands
NO_ROW = _L.pattern("no_row")  # what follows a table


@dataclass(frozen=True, slots=True)
class Frame:
    """The area of one table without vertical rules.

    `header_end` is where the header stops (None: unknown); `spans` are the rules in the header, partial or
    from side to side; `levels` are full-width rules inside the body; `breaks` are columns the rules prove.
    """

    box: Box
    header_end: float | None = None
    spans: tuple[Ruling, ...] = ()
    levels: tuple[float, ...] = ()
    breaks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What a table that reaches the foot of a page leaves for the next: the edges of its columns, and the
    lines of its first rows, which a header repeated overleaf prints again."""

    edges: tuple[float, ...]
    heads: frozenset[str]


def ruled_frames(rules: Sequence[Ruling], lines: Sequence[TextLine], size: float) -> list[Frame]:
    """Frames between horizontal rules of equal extent."""
    full = join_collinear(rules, 1.0, 3.0)
    frames: list[Frame] = []
    for extent in _same_extent([r for r in full if r.length >= SHORTEST_RULE]):
        for stack in (_with_top(stack, full, lines) for stack in _stacks(extent, lines)):
            frame = _frame_of(stack, full, rules, lines, size)
            if frame is not None:
                frames.append(frame)
    return _outermost(frames)


def _with_top(stack: list[Ruling], full: Sequence[Ruling], lines: Sequence[TextLine]) -> list[Ruling]:
    """Rules below some columns of a header alone, with the rule above all of its columns that is right above
    them: cells over several rows, whose texts stand beside the rules, may be drawn without the rule below."""
    first, last = stack[0], stack[-1]
    for rule in sorted(full, key=lambda rule: -rule.at):
        if not (rule.at < first.at and rule.length > first.length + 2 * SAME_END):
            continue
        if not (rule.lo < first.lo + SAME_END and rule.hi > first.hi - SAME_END):
            continue
        between = [line for line in lines if rule.at < line.cy < last.at]
        beside = [
            line
            for line in between
            if any(
                piece.text.strip() and (piece.box.x1 < first.lo or piece.box.x0 > first.hi)
                for piece in pieces_of_line(line)
            )
        ]
        near = beside and first.at - rule.at < TALLEST * beside[0].size
        return [rule, *stack] if near else stack
    return stack


def _same_extent(rules: Sequence[Ruling]) -> list[list[Ruling]]:
    groups: list[list[Ruling]] = []
    for rule in sorted(rules, key=lambda r: -r.length):
        for group in groups:
            if abs(group[0].lo - rule.lo) < SAME_END and abs(group[0].hi - rule.hi) < SAME_END:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return [sorted(group, key=lambda r: r.at) for group in groups if len(group) >= 2]


def _stacks(extent: Sequence[Ruling], lines: Sequence[TextLine]) -> list[list[Ruling]]:
    """Consecutive rules of equal extent, cut wherever a band between two of them is not part of a table."""
    stacks: list[list[Ruling]] = [[extent[0]]]
    for upper, lower in pairwise(extent):
        band = [line for line in lines if upper.at < line.cy < lower.at]
        if _is_between_tables(band, upper, lower):
            stacks.append([])
        stacks[-1].append(lower)
    return [stack for stack in stacks if len(stack) >= 2]


def _is_between_tables(band: Sequence[TextLine], upper: Ruling, lower: Ruling) -> bool:
    """Whether the band between two rules lies between two tables: a unit line, a title, or nothing at all."""
    if not band:
        return lower.at - upper.at > EMPTY_BAND
    sizes = [line.size for line in band]
    pieces = [len(pieces_of_line(line)) for line in band]
    # Recognised type differs from line to line; a row of many words is not of a title, nor are labels side
    # by side whose lines stand at different heights.
    alone = pieces[0] == 1 and not any(line.box.y0 < band[0].box.y1 for line in band[1:])
    titled = max(sizes) > 1.2 * min(sizes) and alone and max(pieces) < MANY
    return titled or any(UNIT_LINE.search(line.text) for line in band)


def _frame_of(
    stack: Sequence[Ruling],
    full: Sequence[Ruling],
    drawn: Sequence[Ruling],
    lines: Sequence[TextLine],
    size: float,
) -> Frame | None:
    """Fewer rules need more evidence: texts side by side in more of the lines."""
    top = stack[0]
    data = _first_data(stack, lines)
    end = _open_end(stack, lines, data is None)
    inside = [line for line in lines if top.at < line.cy < end]
    box = Box(min(r.lo for r in stack), top.at, max(r.hi for r in stack), end)
    breaks = _breaks(drawn, box, size)
    side_by_side = sum(len(pieces_of_line(line)) >= 2 for line in inside)
    needed = 1 if breaks or len(stack) >= 3 else len(inside) / 2
    # Labels of rows that run on to a page break, or of several lines each, print few words side by side.
    few = end > stack[-1].at or data is not None
    needed = min(needed, MANY) if few else needed
    if not inside or side_by_side < needed:
        return None
    header_end = _header_end(stack, end, data)
    spans = tuple(
        r
        for r in full
        if header_end is not None
        and top.at < r.at < header_end - 1
        and box.x0 - 3 <= r.lo
        and r.hi <= box.x1 + 3
    )
    body_start = top.at if header_end is None else header_end
    return Frame(box, header_end, spans, tuple(r.at for r in stack if body_start + 1 < r.at < end), breaks)


def _header_end(stack: Sequence[Ruling], end: float, data: float | None) -> float | None:
    """The rule below the header: the last above the first row of data."""
    if len(stack) < 3 and end <= stack[-1].at:
        return None
    if data is None and end <= stack[-1].at:
        return stack[1].at
    return max((r.at for r in stack[1:] if data is None or r.at < data), default=None)


def _first_data(stack: Sequence[Ruling], lines: Sequence[TextLine]) -> float | None:
    """Where the first row of data stands between the rules, None when all between them is header."""
    top, bottom = stack[0], stack[-1]
    return next((ln.cy for ln in lines if top.at < ln.cy < bottom.at and is_data(ln)), None)


def is_data(line: TextLine) -> bool:
    """Whether a line prints an amount, a code or the ordinal of an item, as no header does."""
    found = [fold(piece.text) for piece in pieces_of_line(line)]
    return any(
        AMOUNT.fullmatch(text) or _CODE.fullmatch(text) or _GROUPED.fullmatch(text) for text in found
    ) or bool(found and _ORDINAL.match(found[0]))


def _open_end(stack: Sequence[Ruling], lines: Sequence[TextLine], header_only: bool) -> float:
    """Where the table ends: at its last rule, or below it when the rows run on to a page break."""
    bottom = stack[-1]
    below = [ln for ln in lines if ln.cy > bottom.at and ln.box.x0 < bottom.hi and ln.box.x1 > bottom.lo]
    top = stack[0].width
    closed = len(stack) > 2 or bottom.width > 0.9 * top > DOT or bottom.width > HEAVIER * top
    rows = _rows_right_below(bottom, below)
    if not rows or (closed and not (header_only and any(is_data(line) for line in rows[:BEGUN]))):
        return bottom.at
    return rows[-1].box.y1 + 0.2 * rows[-1].size


def _rows_right_below(bottom: Ruling, below: Sequence[TextLine]) -> list[TextLine]:
    """The lines that follow a rule as rows follow a header: no more white between them than between rows, no
    prose, no note. Labels with much white above them count only where a row of data follows."""
    rows: list[TextLine] = []
    kept = 0
    end = bottom.at
    most = 1.5  # of the type size
    for line, with_data in zip(below, of_data(below), strict=True):
        label = len(pieces_of_line(line)) < 2
        prose = label and line.box.x1 - line.box.x0 > 0.5 * bottom.length
        white = (line.box.y0 - end) / line.size
        if is_title(line, rows) or (
            line is below[-1] and white > APART and _PAGE_NUMBER.fullmatch(line.text)
        ):
            break
        starts = (piece.box.x0 for row in rows for piece in pieces_of_line(row))
        begins = not label or any(abs(start - line.box.x0) < 2 for start in starts)
        if white > (WHITE if begins or with_data else most) or prose or NO_ROW.search(line.text):
            break
        rows.append(line)
        if with_data or (white <= max(MOST_WHITE, most) and kept == len(rows) - 1):
            kept = len(rows)
        end = line.box.y1 + 0.2 * line.size
        most = most if label else max(most, 1.2 * white)
    return rows[:kept]


def is_title(line: TextLine, rows: Sequence[TextLine]) -> bool:
    """Whether a line below rows is set larger, in one piece, or in two without a number (表2 支出总表)."""
    if not rows or line.size <= TITLE * rows[0].size:
        return False
    found = pieces_of_line(line)
    return len(found) < 2 or (len(found) < MANY and not is_data(line))


def of_data(lines: Sequence[TextLine]) -> list[bool]:
    """Which lines are of a row of data: they print one, or stand as near to a line that does as the lines of
    one cell."""
    rows = list(map(is_data, lines))
    near = [b.cy - a.cy < LOOSE * b.size for a, b in pairwise(lines)]
    for at in range(len(near)):
        rows[at + 1] |= near[at] and rows[at]
    for at in reversed(range(len(near))):
        rows[at] |= near[at] and rows[at + 1]
    return rows


def _breaks(drawn: Sequence[Ruling], box: Box, size: float) -> tuple[float, ...]:
    """Where rules drawn cell by cell break: at the same place in at least two rules, or in one that breaks at
    all these places and at more: a rule above headers of several columns breaks between these alone."""
    levels: list[list[float]] = []
    for level in cluster((r for r in drawn if box.y0 - 1 <= r.at <= box.y1 + 1), lambda r: r.at, 1.0):
        strokes = sorted((r for r in level if r.length > size), key=lambda r: r.lo)
        ends = [b.lo for a, b in pairwise(strokes) if -OVERLAP <= b.lo - a.hi <= 1.0]
        levels.append([x for x in ends if box.x0 + size < x < box.x1 - size])
    groups = cluster((x for ends in levels for x in ends), lambda x: x, 1.0)
    common = [sum(group) / len(group) for group in groups if len(group) >= 2]
    finer = [
        ends for ends in levels if common and all(any(abs(x - at) <= 1.0 for x in ends) for at in common)
    ]
    most: list[float] = max([common, *finer], key=len)
    return tuple(most)


def _outermost(frames: Sequence[Frame]) -> list[Frame]:
    return [f for f in frames if not any(_holds(g.box, f.box) for g in frames)]


def _holds(outer: Box, inner: Box) -> bool:
    across = outer.x0 <= inner.x0 + 1 and inner.x1 <= outer.x1 + 1
    return outer != inner and across and outer.y0 <= inner.y0 + 1 and inner.y1 <= outer.y1 + 1


def fits(line: TextLine, edges: Sequence[float]) -> bool:
    """Whether every word of the line stands within one column."""
    reach = 0.3 * line.size
    return (
        line.box.x0 > edges[0] - reach
        and line.box.x1 < edges[-1] + reach
        and not any(
            piece.box.x0 < edge - reach and piece.box.x1 > edge + reach
            for piece in pieces_of_line(line)
            for edge in edges[1:-1]
        )
    )

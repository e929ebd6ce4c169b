"""Headers of tables without vertical rules: which columns a header spans (收入 | 支出 over theirs).

Invariant: a header spans several columns only if headers of single columns stand below it, and every column
is under at most one header of a row. Where rules do not show it, the middle of the text does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.readers.page.headers.rows import NUMBER, Spanning
from parsers.readers.page.lines.geometry import Ruling
from parsers.readers.page.lines.text import TextLine
from parsers.values.document import Box

SAME_PLACE = 6.0  # points between what is meant to be one line
ROW_PITCH = 1.55  # of the type size: lines of one header are nearer than this
SAME_LEFT = 1.5  # points by which texts set to one left edge may differ
OFF_CENTRE = 2.0  # of the type size: how far a header may stand from the middle of its columns


@dataclass(frozen=True, slots=True)
class Columns:
    """Column edges, and for each column the stretch of x that stands for it: from edge to edge where rules
    prove the edges, else what its text covers."""

    xs: tuple[float, ...]
    stretches: tuple[tuple[float, float], ...]

    def middle(self, first: int, last: int) -> float:
        """Of the columns from `first` to `last`."""
        return (self.stretches[first][0] + self.stretches[last][1]) / 2

    def off_centre(self, first: int, last: int, middle: float) -> float:
        """How far `middle` is from the middle of these columns, by their text or by their edges."""
        edges = (self.xs[first] + self.xs[last + 1]) / 2
        return min(abs(self.middle(first, last) - middle), abs(edges - middle))

    def under(self, rule: Ruling) -> tuple[int, int] | None:
        """The first and the last column that stand below a rule, judged by their middles."""
        below = [
            index
            for index, (lo, hi) in enumerate(self.stretches)
            if rule.lo - 1 <= (lo + hi) / 2 <= rule.hi + 1
        ]
        return (below[0], below[-1]) if below else None


def columns_of(xs: Sequence[float], found: Sequence[TextLine], *, exact: bool) -> Columns:
    """The columns between the edges `xs`."""
    covered: list[tuple[float, float]] = []
    for lo, hi in pairwise(xs):
        own = [p.box for p in found if lo <= (p.box.x0 + p.box.x1) / 2 <= hi]
        if exact or not own:
            covered.append((lo, hi))
        else:
            covered.append((max(min(b.x0 for b in own), lo), min(max(b.x1 for b in own), hi)))
    return Columns(tuple(xs), tuple(covered))


def columns_hold(found: Sequence[TextLine], edges: Sequence[float], box: Box) -> bool:
    """Whether the columns of the page before are those of this table: same sides, no word over an edge."""
    if abs(edges[0] - box.x0) > SAME_PLACE or abs(edges[-1] - box.x1) > SAME_PLACE:
        return False
    return not any(
        piece.box.x0 < edge - 0.3 * piece.size and piece.box.x1 > edge + 0.3 * piece.size
        for piece in found
        for edge in edges[1:-1]
    )


def group_pieces(printed: Sequence[TextLine], spans: Sequence[Ruling]) -> list[TextLine]:
    """Pieces of a header that head several columns: those above a rule in the header with more pieces below
    it than above, and those between or over two pieces of the line below."""
    groups = [p for p in printed if any(_is_over(p, rule, printed) for rule in spans)]
    if not spans:
        groups = [p for p in printed if _stands_between(p, printed)]
    return groups


def _is_over(piece: TextLine, rule: Ruling, printed: Sequence[TextLine]) -> bool:
    if not (piece.cy < rule.at and piece.box.x0 < rule.hi and piece.box.x1 > rule.lo):
        return False
    met = [p for p in printed if p.box.x0 < rule.hi and p.box.x1 > rule.lo]
    beside = [p for p in met if abs(p.cy - piece.cy) < 0.5 * piece.size]
    return sum(p.cy > rule.at for p in met) > len(beside)


def _stands_between(piece: TextLine, printed: Sequence[TextLine]) -> bool:
    """Whether a row below prints two words under the piece, or one on either side of its middle, where no
    second line of the piece itself stands below it."""
    lower = [p for p in printed if p.cy > piece.cy + 0.5 * piece.size]
    rest = [p for p in lower if _overlap(p, piece) and p.cy - piece.cy < ROW_PITCH * piece.size]
    if len(rest) == 1:
        return False
    rows = [p for p in lower if p.cy - piece.cy >= ROW_PITCH * piece.size]
    middle = (piece.box.x0 + piece.box.x1) / 2
    for row in _levels(rows):
        under = [p for p in row if _overlap(p, piece)]
        if len(under) >= 2:
            return True
        if not under:
            if any(p.box.x1 < middle for p in row) and any(p.box.x0 > middle for p in row):
                return True
        elif any(not _has_above(p, printed, piece) for p in _beside(under[0], row)):
            return True
    return False


def _beside(piece: TextLine, row: Sequence[TextLine]) -> list[TextLine]:
    order = sorted(row, key=lambda p: p.box.x0)
    at = order.index(piece)
    return [p for p in order[max(at - 1, 0) : at + 2] if p is not piece]


def _has_above(piece: TextLine, printed: Sequence[TextLine], level: TextLine) -> bool:
    """Whether the row of `level` prints a word of its own above the piece."""
    return any(
        _overlap(p, piece) and abs(p.cy - level.cy) < 0.5 * level.size for p in printed if p is not level
    )


def _overlap(a: TextLine, b: TextLine) -> bool:
    return a.box.x0 < b.box.x1 and b.box.x0 < a.box.x1


def implied_rules(
    groups: Sequence[TextLine], leaf: Sequence[TextLine], spans: Sequence[Ruling], columns: Columns
) -> list[Ruling]:
    """Rules that are not drawn: one under each header of several columns, one above the columns' numbers."""
    printed = [*leaf, *groups]
    rules = [
        rule
        for rule in _above_numbering(printed, columns)
        if all(abs(rule.at - s.at) > SAME_PLACE for s in spans)
    ]
    if spans:
        return rules
    for level in _levels(groups):
        bottom, middle, size = max(p.box.y1 for p in level), level[0].cy, level[0].size
        under = [p.box.y0 for p in printed if p.cy - middle >= ROW_PITCH * size]
        at = (bottom + min(under, default=bottom)) / 2
        rules += [Ruling("h", at, columns.xs[a], columns.xs[b + 1], 0.0) for a, b in _ranges(level, columns)]
    return rules


def rules_below(spanning: Sequence[Spanning], printed: Sequence[TextLine], columns: Columns) -> list[Ruling]:
    """A rule where each header of several columns ends, over the columns whose headers stand below it, and
    one above the columns' numbers."""
    rules = _above_numbering(printed, columns)
    for header in spanning:
        first, last = (max(bisect_right(columns.xs, x) - 1, 0) for x in (header.first, header.last))
        rules.append(Ruling("h", header.bottom, columns.xs[first], columns.xs[last + 1], 0.0))
    return rules


def _above_numbering(printed: Sequence[TextLine], columns: Columns) -> list[Ruling]:
    """A rule above the last line of a header where it numbers the columns (1 2 3, 栏次)."""
    levels = _levels(printed)
    if len(levels) < 2 or len(levels[-1]) < 3 or not all(NUMBER.fullmatch(p.text) for p in levels[-1]):
        return []
    top = min(p.box.y0 for p in levels[-1])
    bottom = max((p.box.y1 for level in levels[:-1] for p in level), default=top)
    # One rule a column: it parts rows and spans nothing.
    return [Ruling("h", (top + min(bottom, top)) / 2, lo, hi, 0.0) for lo, hi in pairwise(columns.xs)]


def _levels(groups: Sequence[TextLine]) -> list[list[TextLine]]:
    levels: list[list[TextLine]] = []
    for piece in sorted(groups, key=lambda p: p.cy):
        if levels and piece.cy - levels[-1][0].cy < 0.5 * piece.size:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return levels


def _ranges(level: Sequence[TextLine], columns: Columns) -> list[tuple[int, int]]:
    """The columns under each header of a line: those whose middle its own stands over, none twice."""
    ranges: list[tuple[int, int]] = []
    start = 0
    count = len(columns.stretches)
    ordered = sorted(level, key=lambda p: p.box.x0)
    for index, piece in enumerate(ordered):
        middle = (piece.box.x0 + piece.box.x1) / 2
        limit = ordered[index + 1].box.x0 if index + 1 < len(ordered) else float("inf")
        options = [
            (columns.off_centre(first, last, middle), first, last)
            for first in range(start, count)
            for last in range(first + 1, count)
            if columns.xs[first] <= piece.box.x0 + 1
            and columns.xs[last + 1] >= piece.box.x1 - 1
            and columns.stretches[last][0] < limit
        ]
        cost, first, last = min(options, default=(float("inf"), 0, 0))
        if cost <= OFF_CENTRE * piece.size:
            ranges.append((first, last))
            start = last + 1
    return ranges


def spanned_edges(rule: Ruling, columns: Columns, above: Sequence[TextLine]) -> list[int]:
    """Column edges that the header cells above a rule in the header span.

    One rule may stand under several headers side by side: its columns are then shared out so that every
    header stands as nearly as possible over the middle of its own.
    """
    under = columns.under(rule)
    if under is None:
        return []
    first, last = under
    edges = list(range(first + 1, last + 1))
    groups = _stretches(above)
    if not edges or len(groups) < 2:
        return edges
    if len(groups) > last - first:
        return []
    cuts = _at_left_edges(groups, columns, first, last) or _shared_out(groups, columns, first, last)
    return [edge for edge in edges if edge not in cuts]


def _at_left_edges(
    groups: Sequence[tuple[float, float]], columns: Columns, first: int, last: int
) -> frozenset[int] | None:
    """The edges where the groups begin if each is set to the left, as the text of its first column is."""
    starts: list[int] = []
    for lo, _ in groups:
        at = [c for c in range(first, last + 1) if abs(columns.stretches[c][0] - lo) <= SAME_LEFT]
        starts += at[:1]
    rising = all(a < b for a, b in pairwise(starts))
    whole = len(starts) == len(groups) and starts[0] == first
    return frozenset(starts[1:]) if whole and rising else None


def _shared_out(
    groups: Sequence[tuple[float, float]], columns: Columns, first: int, last: int
) -> frozenset[int]:
    """The edges between the shares of the groups, in order over the columns from `first` to `last`."""
    best: dict[int, tuple[float, frozenset[int]]] = {first: (0.0, frozenset())}
    for number, (lo, hi) in enumerate(groups):
        reached: dict[int, tuple[float, frozenset[int]]] = {}
        rest = len(groups) - number - 1
        for start, (cost, cuts) in best.items():
            ends = [last] if not rest else range(start, last - rest + 1)
            for end in ends:
                total = cost + abs(columns.middle(start, end) - (lo + hi) / 2)
                if end + 1 not in reached or total < reached[end + 1][0]:
                    reached[end + 1] = (total, cuts | {end + 1} if rest else cuts)
        best = reached
    return best[last + 1][1]


def _stretches(found: Sequence[TextLine]) -> list[tuple[float, float]]:
    """Stretches of x the pieces cover."""
    merged: list[tuple[float, float]] = []
    for piece in sorted(found, key=lambda p: p.box.x0):
        if merged and piece.box.x0 <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(piece.box.x1, merged[-1][1]))
        else:
            merged.append((piece.box.x0, piece.box.x1))
    return merged

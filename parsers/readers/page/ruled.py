"""Ruling lines to lattices: which cells a set of rules encloses.

Invariant: a lattice is complete. Every position of its rows × columns belongs to exactly one rectangular
region, so a missing piece of rule merges two cells but never loses one. Missing outer rules (left and
right borders left out, or a table cut by the page break) are supplied where the crossing rules end; missing
rules across where rules down the page say that a cell ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parsers.readers.page.lines.geometry import Glyph, Ruling, cluster, join_collinear
from parsers.values.document import Box


class CellSpan(NamedTuple):
    """Rectangle of lattice positions that is one cell."""

    row: int
    col: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """Row and column boundaries of one ruled area and the cells between them.

    `owner[row][col]` is the index in `regions` of the cell that covers the position.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    regions: tuple[CellSpan, ...]
    owner: tuple[tuple[int, ...], ...]

    @property
    def box(self) -> Box:
        """The outer box."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.ys) - 1

    @property
    def n_cols(self) -> int:
        """The number of columns."""
        return len(self.xs) - 1

    def width_of(self, index: int) -> float:
        """The width of a region."""
        region = self.regions[index]
        return self.xs[region.col + region.colspan] - self.xs[region.col]

    def regions_of(self, glyphs: Sequence[Glyph]) -> list[int]:
        """Index of the region that holds the middle of each glyph, -1 outside."""
        if not glyphs:
            return []
        _, lefts, tops, rights, bottoms, _, _ = zip(*glyphs, strict=True)
        (cols, across), (rows, down) = _steps(self.xs, lefts, rights), _steps(self.ys, tops, bottoms)
        found: list[int] = np.where(across & down, np.array(self.owner)[rows, cols], -1).tolist()
        return found


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far apart marks may be and still be meant as one, in points."""

    snap: float  # parallel rules nearer than this are one boundary: no text fits between them
    touch: float  # rules that miss each other by this still meet
    gap: float  # dashes this far apart are one rule

    @classmethod
    def for_type(cls, size: float) -> Tolerances:
        """Tolerances for a page set in type of `size` points."""
        snap = min(max(0.45 * size, 1.0), 4.0)
        return cls(snap=snap, touch=min(snap, 3.0), gap=3.0)


INNER = 3  # of the snap: a rule down the page that is shorter parts no columns
FEWEST_COLUMN_RULES = 3  # that stand beside each other and no rule crosses: two may be a box around narrative


def _steps(
    edges: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Between which two of the edges the middle of each mark lies, and whether it lies between any."""
    middles = (np.array(lows) + np.array(highs)) / 2
    steps = np.minimum(np.searchsorted(edges, middles, side="right") - 1, len(edges) - 2)
    return steps, (middles >= edges[0]) & (middles <= edges[-1])


def connected_rules(rules: Iterable[Ruling], tol: Tolerances) -> list[list[Ruling]]:
    """Rules joined where collinear, then grouped into sets that touch one another."""
    joined = join_collinear(rules, min(tol.snap, 1.0), tol.gap)
    groups = _with_inner(_touching(joined, tol), tol)
    closing = _closing([r for r in joined if r.axis == "v"], [g[0] for g in groups if _is_lone(g)], tol)
    return _with_inner(_touching([*joined, *closing], tol), tol) if closing else groups


def _touching(rules: Sequence[Ruling], tol: Tolerances) -> list[list[Ruling]]:
    horizontal = sorted((r for r in rules if r.axis == "h"), key=lambda r: r.at)
    vertical = [r for r in rules if r.axis == "v"]
    levels = [r.at for r in horizontal]
    nodes = [*horizontal, *vertical]
    parent = list(range(len(nodes)))
    for v_index, v in enumerate(vertical, len(horizontal)):
        for h_index in range(bisect_right(levels, v.lo - tol.touch), bisect_right(levels, v.hi + tol.touch)):
            h = horizontal[h_index]
            if h.lo - tol.touch <= v.at <= h.hi + tol.touch:
                _unite(parent, h_index, v_index)
    groups: dict[int, list[Ruling]] = {}
    for index, rule in enumerate(nodes):
        groups.setdefault(_root(parent, index), []).append(rule)
    return list(groups.values())


def _is_lone(group: Sequence[Ruling]) -> bool:
    """Whether it is a rule down the page that touches none."""
    return len(group) == 1 and group[0].axis == "v"


def _with_inner(groups: Sequence[list[Ruling]], tol: Tolerances) -> list[list[Ruling]]:
    """The groups; a rule down the page that touches none but stands inside the smallest around it is of that
    one: rows without rules between them, and cells over several columns above and below."""
    lone = [group for group in groups if _is_lone(group)]
    whole = [(_extent(group), group) for group in groups if len(group) > 1]
    whole.sort(key=lambda item: _area(item[0]))
    inner: list[list[Ruling]] = []
    for group in lone:
        (rule,) = group
        for box, other in whole:
            inside = box.x0 < rule.at < box.x1 and box.y0 < rule.lo and rule.hi < box.y1 + tol.touch
            if inside and rule.length > INNER * tol.snap:
                other.append(rule)
                inner.append(group)
                break
    return [group for group in groups if group not in inner]


def _extent(group: Iterable[Ruling]) -> Box:
    level = [(r.lo, r.at, r.hi, r.at) if r.axis == "h" else (r.at, r.lo, r.at, r.hi) for r in group]
    lefts, tops, rights, bottoms = zip(*level, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)


def _closing(down: Sequence[Ruling], lone: Sequence[Ruling], tol: Tolerances) -> list[Ruling]:
    """A rule above and one below rules down the page that begin and end together, if one touches none."""
    found: list[Ruling] = []
    for begun in cluster(down, lambda rule: rule.lo, tol.touch) if lone else ():
        for beside in cluster(begun, lambda rule: rule.hi, tol.touch):
            many = len(beside) >= FEWEST_COLUMN_RULES and beside[0].length > INNER * tol.snap
            if many and any(rule in lone for rule in beside):
                left, right = min(rule.at for rule in beside), max(rule.at for rule in beside)
                ends = min(rule.lo for rule in beside), max(rule.hi for rule in beside)
                found += [Ruling("h", at, left, right) for at in ends]
    return found


def lattice_of(rules: Sequence[Ruling], tol: Tolerances) -> Lattice | None:
    """The lattice of one connected set of rules, None when it has no inside."""
    horizontal = [r for r in rules if r.axis == "h"]
    vertical = [r for r in rules if r.axis == "v"]
    if not horizontal or not vertical:
        return None
    horizontal += _where_rules_end(vertical, horizontal, tol)
    xs = _boundaries(vertical, horizontal, tol)
    ys = _boundaries(horizontal, vertical, tol)
    if len(xs) < 2 or len(ys) < 2:
        return None
    above = _drawn_sides(horizontal, ys, xs, tol)  # [boundary y][column]
    left = _drawn_sides(vertical, xs, ys, tol)  # [boundary x][row]
    return complete_lattice(xs, ys, above, left)


def complete_lattice(
    xs: Sequence[float], ys: Sequence[float], above: Sequence[Sequence[bool]], left: Sequence[Sequence[bool]]
) -> Lattice:
    """Regions from drawn sides: positions not separated by a side are one cell."""
    n_rows, n_cols = len(ys) - 1, len(xs) - 1
    parent = list(range(n_rows * n_cols))
    for row in range(n_rows):
        for col in range(n_cols):
            if col and not left[col][row]:
                _unite(parent, row * n_cols + col - 1, row * n_cols + col)
            if row and not above[row][col]:
                _unite(parent, (row - 1) * n_cols + col, row * n_cols + col)
    label = [[_root(parent, row * n_cols + col) for col in range(n_cols)] for row in range(n_rows)]
    regions, owner = _rectangles(label)
    return Lattice(tuple(xs), tuple(ys), tuple(regions), tuple(tuple(row) for row in owner))


def _where_rules_end(
    vertical: Sequence[Ruling], horizontal: Sequence[Ruling], tol: Tolerances
) -> list[Ruling]:
    """The undrawn sides of cells over several columns: a rule between two of these ends there, inside the
    table and at no rule. A side runs to the next rules on the left and the right that go on."""
    top, bottom = min(r.at for r in horizontal), max(r.at for r in horizontal)
    first, last = min(r.lo for r in horizontal), max(r.hi for r in horizontal)
    near = 2 * tol.snap
    found: list[Ruling] = []
    for rule in vertical:
        for end, beyond in ((rule.lo, rule.lo - near), (rule.hi, rule.hi + near)):
            if not top + near < end < bottom - near:
                continue
            if any(abs(r.at - end) <= near and r.lo - near <= rule.at <= r.hi + near for r in horizontal):
                continue
            beside = [r.at for r in vertical if r.lo <= beyond <= r.hi]
            left = max((at for at in beside if at < rule.at), default=first)
            right = min((at for at in beside if at > rule.at), default=last)
            found.append(Ruling("h", end, left, right, 0.0))
    return found


def _boundaries(across: Sequence[Ruling], along: Sequence[Ruling], tol: Tolerances) -> list[float]:
    """Positions of the rules `across`, and the ends of the rules `along` where they reach beyond."""
    at = [_weighted(group) for group in cluster(across, lambda r: r.at, tol.snap)]
    first, last = min(r.lo for r in along), max(r.hi for r in along)
    room = 2 * tol.snap
    return [*([first] if first < at[0] - room else []), *at, *([last] if last > at[-1] + room else [])]


def _weighted(group: Sequence[Ruling]) -> float:
    weight = sum(r.length for r in group)
    return sum(r.at * r.length for r in group) / weight if weight else group[0].at


def _drawn_sides(
    rules: Sequence[Ruling], levels: Sequence[float], stops: Sequence[float], tol: Tolerances
) -> list[list[bool]]:
    """For each boundary in `levels`, which of the steps between `stops` a rule covers."""
    drawn = [[False] * (len(stops) - 1) for _ in levels]
    middles = [(a + b) / 2 for a, b in pairwise(stops)]
    for rule in rules:
        above = max(bisect_right(levels, rule.at) - 1, 0)
        level = min(range(above, min(above + 2, len(levels))), key=lambda i: abs(levels[i] - rule.at))
        if abs(levels[level] - rule.at) <= 2 * tol.snap:
            for step in range(bisect_right(middles, rule.lo), bisect_right(middles, rule.hi)):
                drawn[level][step] = True
    return drawn


def _rectangles(label: list[list[int]]) -> tuple[list[CellSpan], list[list[int]]]:
    """Equal labels cut into rectangles, in reading order; a ragged area becomes several."""
    n_rows, n_cols = len(label), len(label[0])
    owner = [[-1] * n_cols for _ in range(n_rows)]
    regions: list[CellSpan] = []
    sizes = Counter(chain.from_iterable(label))
    for row in range(n_rows):
        for col in range(n_cols):
            if sizes[label[row][col]] == 1:  # most cells
                owner[row][col] = len(regions)
                regions.append(CellSpan(row, col, 1, 1))
            elif owner[row][col] < 0:
                region = _grow(label, owner, row, col)
                for r in range(row, row + region.rowspan):
                    owner[r][col : col + region.colspan] = [len(regions)] * region.colspan
                regions.append(region)
    return regions, owner


def _grow(label: list[list[int]], owner: list[list[int]], row: int, col: int) -> CellSpan:
    wanted = label[row][col]
    right = col + 1
    while right < len(label[0]) and label[row][right] == wanted and owner[row][right] < 0:
        right += 1
    down = row + 1
    while down < len(label) and all(
        label[down][c] == wanted and owner[down][c] < 0 for c in range(col, right)
    ):
        down += 1
    return CellSpan(row, col, down - row, right - col)


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _unite(parent: list[int], a: int, b: int) -> None:
    a, b = _root(parent, a), _root(parent, b)
    parent[max(a, b)] = min(a, b)

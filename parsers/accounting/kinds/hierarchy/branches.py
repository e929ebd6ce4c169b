"""The tree in a list of amounts: which rows are the sum of rows below them, as the amounts alone show.

Invariant: the first row is the sum of all the tree takes in, down to the last row, in all columns at once. A
tree with one broken sum is offered only where everything else adds up and the break looks like a slip, or
other sums with several parts show that the list is nested.

Rows are vectors of whole fen, one per column; `shapes` say which describing columns a row fills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import accumulate, islice
from typing import Literal

from parsers.accounting.slips import OTHER, slip

FEN = Decimal("0.01")
_LEAST = 10  # fen: amounts kept in 万元 and printed in yuan differ by cents
_MAX_STEPS = 20_000
_MAX_SEARCHED = 120  # rows; longer lists are read greedily only
_MAX_BROKEN = 40  # rows of a list in which every row is tried as the broken one
_MAX_BREAKS = 300  # trees looked at in longer ones
_MOST_LOST = 2  # what a row may lack of its amount in those, as a divisor

Vector = tuple[int, ...]
Shape = tuple[int, ...]
Wholes = Literal["any", "several", "unlike"]
"""What a row may sum: any rows; several, or one of another shape; only rows of other shapes than its own (a
project that happens to be as large as the next two does not group them)."""
READINGS: tuple[Wholes, ...] = ("any", "several", "unlike")


@dataclass(slots=True)
class Branch:
    """A row by its position, and the rows that make it up."""

    position: int
    parts: list[Branch] = field(default_factory=list)

    def walk(self) -> Iterator[Branch]:
        """The branch and all below it, each before its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class _Break:
    """A row whose parts end at `end`, whatever they add up to; `wrong`: its own amount is what is wrong, so
    that the rows above it are to be met by its parts."""

    row: int
    end: int
    wrong: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows with what rounding may do to one of them (half a step, in fen)."""

    vectors: Sequence[Vector]
    shapes: Sequence[Shape]
    half: int

    def slack(self, parts: int) -> int:
        """What rounding may add to a sum of so many parts, in fen."""
        return max(self.half * (parts + 1), _LEAST)


def sound(rows: Rows) -> Branch | None:
    """The tree in which every row that has parts equals their sum: exactly, else within rounding, for with
    rounding rows that happen to be near a sum look like wholes."""
    return _sound(replace(rows, half=0)) or (_sound(rows) if rows.half else None)


def _sound(rows: Rows) -> Branch | None:
    for wholes in READINGS:
        root, end = _greedy(rows, None, wholes)[0]
        if root.parts and end == len(rows.vectors) and _meets(rows, root):
            return root
    if len(rows.vectors) > _MAX_SEARCHED:
        return None
    readings = _Search(rows).wholes(0)
    return next((branch for branch, end in readings if end == len(rows.vectors)), None)


def broken(rows: Rows) -> Branch | None:
    """The likeliest tree with one sum that does not hold: of a row further down, else of the first row."""
    best: tuple[float, float, Branch] | None = None
    for wholes in READINGS:
        for one in _breaks(rows, wholes):
            root, _ = _greedy(rows, one, wholes)[0]
            if not root.parts or not _meets(rows, root, one):
                continue
            weight = _weight(rows, root, one)
            if weight is not None and (best is None or weight < best[:2]):
                best = (*weight, root)
    if best is not None:
        return best[2]
    for wholes in READINGS:
        root, _ = _greedy(rows, None, wholes)[0]
        if len(rows.vectors) > 2 and root.parts and all(part.parts for part in root.parts):
            return root
    return None


def _greedy(rows: Rows, one: _Break | None, wholes: Wholes) -> dict[int, tuple[Branch, int]]:
    """From the last row up, every row takes in the shortest run of rows below that makes it up and that it
    may sum; the first row all that is left."""
    found: dict[int, tuple[Branch, int]] = {}
    values = list(rows.vectors)
    for position in range(len(values) - 1, 0, -1):
        broken_here = one is not None and position == one.row
        branch, end = Branch(position), position + 1
        total, at, parts = [0] * len(values[position]), position + 1, []
        while at < len(values):
            parts.append(found[at][0])
            total = [t + p for t, p in zip(total, values[at], strict=True)]
            at = found[at][1]
            if one is not None and broken_here:
                if at >= one.end:
                    branch, end = (Branch(position, parts), at) if at == one.end else (branch, end)
                    break
                continue
            slack = rows.slack(len(parts))
            gaps = [w - t for w, t in zip(values[position], total, strict=True)]
            if all(abs(gap) <= slack for gap in gaps):
                if _may_sum(rows, position, parts, wholes):
                    branch, end = Branch(position, parts), at
                break
            if any(gap < -slack for gap in gaps):
                break
        if one is not None and broken_here and one.wrong:
            values[position] = tuple(total)
        found[position] = branch, end
    tops, at = [], 1
    while at < len(values):
        tops.append(found[at][0])
        at = found[at][1]
    found[0] = Branch(0, tops), at
    return found


def _may_sum(rows: Rows, position: int, parts: Sequence[Branch], wholes: Wholes) -> bool:
    """Whether a row as large as these rows below it may be their sum."""
    unlike = all(rows.shapes[part.position] != rows.shapes[position] for part in parts)
    return wholes == "any" or unlike or (wholes == "several" and len(parts) > 1)


def _meets(rows: Rows, root: Branch, one: _Break | None = None) -> bool:
    """Whether the first row is the sum of its parts, and the break has parts at all."""
    branches = {branch.position: branch for branch in root.walk()}
    if one is not None and not branches[one.row].parts:
        return False
    values = dict(enumerate(rows.vectors))
    if one is not None and one.wrong:
        values[one.row] = _sum(rows, branches[one.row])
    slack = rows.slack(len(root.parts))
    total = [sum(column) for column in zip(*(values[part.position] for part in root.parts), strict=True)]
    return all(abs(w - t) <= slack for w, t in zip(rows.vectors[0], total, strict=True))


def _sum(rows: Rows, branch: Branch) -> Vector:
    return tuple(sum(c) for c in zip(*(rows.vectors[part.position] for part in branch.parts), strict=True))


def _breaks(rows: Rows, wholes: Wholes) -> Iterator[_Break]:
    """Every row with every end in a short list; in a long one where the rows left over say what is wrong."""
    count = len(rows.vectors)
    if count <= _MAX_BROKEN:
        for row in range(1, count - 1):
            for end in range(row + 2, count + 1):
                yield _Break(row, end, False)
                yield _Break(row, end, True)
        return
    found = _greedy(rows, None, wholes)
    tops = found[0][0].parts
    ends = [found[top.position][1] for top in tops]
    sums = list(accumulate((rows.vectors[top.position] for top in tops), _plus))
    surplus = _minus(sums[-1], rows.vectors[0])
    slack = rows.slack(len(tops))
    tried = 0
    for s, top in enumerate(tops[:-1]):
        if top.parts:
            continue
        wrong = _near(rows.vectors[top.position], surplus, slack)
        for e in range(s + 1, len(tops)):
            if wrong or _near(_minus(sums[e], sums[s]), surplus, slack):
                tried += 1
                if tried > _MAX_BREAKS:
                    return
                yield _Break(top.position, ends[e], wrong)
    if count <= _MAX_SEARCHED:
        yield from islice(_lacking(rows, found), _MAX_BREAKS - tried)


def _lacking(rows: Rows, found: Mapping[int, tuple[Branch, int]]) -> Iterator[_Break]:
    """Rows without parts that what follows almost makes up: one of their parts is not printed, and so no row
    above them is made up either."""
    for row in range(1, len(rows.vectors) - 1):
        if found[row][0].parts:
            continue
        whole, total, at = rows.vectors[row], [0] * len(rows.vectors[row]), row + 1
        while at < len(rows.vectors) and all(t <= w for t, w in zip(total, whole, strict=True)):
            total = [t + p for t, p in zip(total, rows.vectors[at], strict=True)]
            at = found[at][1]
            if sum(whole) <= _MOST_LOST * sum(total) and all(
                t <= w for t, w in zip(total, whole, strict=True)
            ):
                yield _Break(row, at, False)


def _plus(a: Vector, b: Vector) -> Vector:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _minus(a: Vector, b: Vector) -> Vector:
    return tuple(x - y for x, y in zip(a, b, strict=True))


def _near(a: Vector, b: Vector, slack: int) -> bool:
    return all(abs(x - y) <= slack for x, y in zip(a, b, strict=True))


def _weight(rows: Rows, root: Branch, one: _Break) -> tuple[float, float] | None:
    """How far-fetched the break is: what slip it takes, and by what share the sum is off; None where nothing
    but the break itself says that the row has parts."""
    broken_branch = next(branch for branch in root.walk() if branch.position == one.row)
    printed, right = rows.vectors[one.row], _sum(rows, broken_branch)
    slack = rows.slack(len(broken_branch.parts))
    gaps = [p - r for p, r in zip(printed, right, strict=True)]
    off = [i for i, gap in enumerate(gaps) if abs(gap) > slack]
    share = sum(map(abs, gaps)) / max(1, sum(map(abs, printed)))
    if len(off) == 1:
        amounts = Decimal(printed[off[0]]), Decimal(right[off[0]])
        kind = slip(*amounts, Decimal(max(2 * rows.half, 1)))
        if kind.weight < OTHER.weight:
            return kind.weight, share
    nested = any(len(b.parts) > 1 for part in root.parts for b in part.walk() if b.position != one.row)
    if not nested:
        return None
    return (1.0 if all(gaps[i] > 0 for i in off) else 2.0), share


class _Search:
    """Every reading, the nested one of a row before the plain one; bounded in states. Each state (where the
    rows go on, what is still lacking) is looked at once: a list of equal or round amounts has few states and
    very many readings."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.states: dict[tuple[int, Vector, int], Mapping[int, list[Branch]]] = {}

    def wholes(self, position: int) -> Iterator[tuple[Branch, int]]:
        """The row at `position` as the sum of rows right below it, one reading for each row they end at."""
        slack = self.rows.slack(0)
        for end, parts in self._parts(position + 1, self.rows.vectors[position], slack, True).items():
            yield Branch(position, parts), end

    def _parts(self, position: int, lacking: Vector, slack: int, first: bool) -> Mapping[int, list[Branch]]:
        """By the position they end at, rows from `position` on that make up `lacking`."""
        state = (position, lacking, slack)
        if state in self.states:
            return self.states[state]
        found: dict[int, list[Branch]] = {}
        self.states[state] = found
        if not first and all(abs(gap) <= slack for gap in lacking):
            found[position] = []
        if position >= len(self.rows.vectors) or len(self.states) > _MAX_STEPS:
            return found
        row = self.rows.vectors[position]
        if any(part > gap + slack for part, gap in zip(row, lacking, strict=True) if part > 0):
            return found
        left = _minus(lacking, row)
        for branch, end in self._readings(position):
            for last, rest in self._parts(end, left, slack + self.rows.half, False).items():
                found.setdefault(last, [branch, *rest])
        return found

    def _readings(self, position: int) -> Iterator[tuple[Branch, int]]:
        """The row as a whole of those below it, or by itself."""
        if position + 1 < len(self.rows.vectors):
            yield from self.wholes(position)
        yield Branch(position), position + 1

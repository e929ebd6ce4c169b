"""Where the columns of a table without rules meet, from the amounts that end flush below centred headers.

Invariant: edges are given only where the headers of several neighbouring columns agree on the white between
an amount and the edge of its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from parsers.readers.page.lines.text import AMOUNT, TextLine
from parsers.values.text import fold

FEWEST = 3  # amounts of a column that end at one place
SAME_END = 1.0  # points by which they may differ
AGREED = 0.2  # of the type size: by how much the headers may differ
_Middles = Sequence[float]


def edges_by_amounts(
    xs: Sequence[float], printed: Sequence[TextLine], body: Sequence[TextLine]
) -> tuple[float, ...] | None:
    """The edges of the columns that stand roughly between `xs`, or None where they are not known.

    Each header stands in the middle of its column, and all amounts have the same white to one side of them.
    """
    middles: list[float] = []
    for lo, hi in pairwise(xs):
        lowest = max((p for p in printed if lo <= _middle(p) <= hi), key=lambda p: p.cy, default=None)
        if lowest is None:
            return None
        middles.append(_middle(lowest))
    amounts = [piece for piece in body if AMOUNT.fullmatch(fold(piece.text))]
    right = _edges(middles, _ends(xs, [p.box.x1 for p in amounts]), printed[0].size)
    if right is not None:
        return right
    mirrored = [-x for x in reversed(xs)]
    ends = _ends(mirrored, [-p.box.x0 for p in amounts])
    left = _edges([-x for x in reversed(middles)], ends, printed[0].size)
    return None if left is None else tuple(-x for x in reversed(left))


def _middle(piece: TextLine) -> float:
    return (piece.box.x0 + piece.box.x1) / 2


def _ends(xs: Sequence[float], found: Sequence[float]) -> list[float | None]:
    """Where the amounts of each column end; None where they are few or end here and there."""
    ends: list[float | None] = []
    for lo, hi in pairwise(xs):
        own = [x for x in found if lo < x <= hi]
        flush = len(own) >= FEWEST and max(own) - min(own) <= SAME_END
        ends.append(median(own) if flush else None)
    return ends


def _edges(middles: _Middles, ends: Sequence[float | None], size: float) -> tuple[float, ...] | None:
    whites = [
        middle - (a + b) / 2
        for middle, (a, b) in zip(middles[1:], pairwise(ends), strict=True)
        if a is not None and b is not None
    ]
    if len(whites) < 2 or min(whites) < 0 or max(whites) - min(whites) > AGREED * size:
        return None
    known = {at + 1: end + median(whites) for at, end in enumerate(ends) if end is not None}
    first = min(known)
    edges = [known[first]]
    for middle in reversed(middles[:first]):
        edges.insert(0, 2 * middle - edges[0])
    for at in range(first, len(middles)):
        edges.append(known.get(at + 1, 2 * middles[at] - edges[-1]))
    return tuple(edges) if all(a < b for a, b in pairwise(edges)) else None

"""A header whose texts are spread over their cells (分散对齐), so that 合计 ends where the amounts do.

Invariant: a line is parted only where a text ends or begins with the texts of a column below it, or where as
much white stands as at such places; what stands between two of them is one text if its characters are equally
far apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from unicodedata import category

from parsers.readers.page.lines.columns import (
    CELL_GAP,
    FEWEST_FLUSH,
    NARROW,
    are_code_columns,
    pieces_of_line,
)
from parsers.readers.page.lines.geometry import cluster
from parsers.readers.page.lines.text import TextLine, is_han, is_numeric, line_of

FLUSH = 0.8  # points by which a header may miss the side of the texts below
UNEQUAL = 0.2  # of the type size: by how much the white inside one text may vary


def spread_pieces(
    printed: Sequence[TextLine], body: Sequence[TextLine], edges: Sequence[float]
) -> list[TextLine] | None:
    """The texts of a header that is spread over the columns of `body`, or None where it is not. `printed` are
    its pieces from top to bottom, `edges` those of the columns where rules prove them."""
    rights, lefts = _sides(body, edges)
    lines = [line_of([glyph for piece in level for glyph in piece.glyphs]) for level in _levels(printed)]
    flush = [g for line in lines for g in line.glyphs if _is_near(g.x1, rights)]
    if len(rights) < 2 or 2 * len({round(g.x1) for g in flush}) < len(rights):
        return None
    parted = [(line, _cuts(line, rights, lefts)) for line in lines]
    whites = [_white(line, at) for line, cuts in parted for at in cuts]
    usual = median(whites) if whites else None
    found: list[TextLine] = []
    spread = 0
    for line, cuts in parted:
        if usual is not None:
            cuts = cuts | _like_cuts(line, usual)
        for run in _runs(line, cuts):
            if _is_spread(run):
                spread += min(_between(run), default=0.0) > CELL_GAP * run.size
                found.append(run)
            else:
                found += pieces_of_line(run)
    return found if spread > 1 else None


def _sides(body: Sequence[TextLine], edges: Sequence[float]) -> tuple[list[float], list[float]]:
    """Where numbers end and words begin in several rows; between `edges` all columns are set alike."""
    numbers = cluster((p.box.x1 for p in body if is_numeric(p.glyphs)), lambda x: x, FLUSH / 2)
    words = cluster((p.box.x0 for p in body if not is_numeric(p.glyphs)), lambda x: x, FLUSH / 2)
    rights = [median(group) for group in numbers if len(group) >= FEWEST_FLUSH]
    lefts = [median(group) for group in words if len(group) >= FEWEST_FLUSH]
    if len(edges) > 2 and numbers:
        ends = [p.box.x1 for p in body if is_numeric(p.glyphs)]
        after = [edges[i] - x for x in ends if (i := bisect_left(edges, x)) < len(edges)]
        pad = min(after, default=0.0)
        return [edge - pad for edge in edges[1:]], [edge + pad for edge in edges[:-1]]
    return rights, lefts


def _is_near(x: float, sides: Sequence[float]) -> bool:
    return any(abs(x - side) <= FLUSH for side in sides)


def _levels(printed: Sequence[TextLine]) -> list[list[TextLine]]:
    levels: list[list[TextLine]] = []
    for piece in sorted(printed, key=lambda piece: piece.cy):
        if levels and piece.cy - levels[-1][0].cy < 0.2 * piece.size:
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return levels


def _white(line: TextLine, at: int) -> float:
    return line.glyphs[at].x0 - line.glyphs[at - 1].x1


def _cuts(line: TextLine, rights: Sequence[float], lefts: Sequence[float]) -> set[int]:
    """Where a text ends or begins with the texts below, and not by chance: other white stands beside it."""
    return {
        at
        for at, (before, after) in enumerate(pairwise(line.glyphs), start=1)
        if _white(line, at) > NARROW * line.size
        and (_is_near(before.x1, rights) or _is_near(after.x0, lefts))
        and _is_alone(line, at)
    }


def _like_cuts(line: TextLine, usual: float) -> set[int]:
    """Where as much white stands as between texts elsewhere."""
    found = range(1, len(line.glyphs))
    return {at for at in found if abs(_white(line, at) - usual) <= FLUSH and _is_alone(line, at)}


def _is_alone(line: TextLine, at: int) -> bool:
    """Whether the white is other than that beside it."""
    beside = [_white(line, n) for n in (at - 1, at + 1) if 0 < n < len(line.glyphs)]
    return not beside or any(abs(white - _white(line, at)) > UNEQUAL * line.size for white in beside)


def _runs(line: TextLine, cuts: set[int]) -> list[TextLine]:
    at = [0, *sorted(cuts), len(line.glyphs)]
    return [line_of(line.glyphs[low:high]) for low, high in pairwise(at)]


def _is_spread(run: TextLine) -> bool:
    """Whether the white between the characters of a run is the same everywhere but inside numbers."""
    pairs = list(pairwise(run.glyphs))
    if any(are_code_columns(a, b) for a, b in pairs) or category(run.glyphs[-1].text[-1]) in (
        "Pe",
        "Pf",
        "Po",
    ):
        return False
    white = _between(run)
    return not white or max(white) - min(white) <= UNEQUAL * run.size


def _between(run: TextLine) -> list[float]:
    return [b.x0 - a.x1 for a, b in pairwise(run.glyphs) if is_han(a.text[-1:]) or is_han(b.text[:1])]

"""A header without rules taken apart by the widths of its columns: each text in the middle of what it heads.

Invariant: a reading is given only where the columns, laid out from text to text, end where the table does and
every text left over stands in the middle of columns whose headers stand below it.

It needs no middle of a height, so it reads texts set at the top or at the foot of their cells, too. The first
column begins with the table; a text in the middle of a column says where that column ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.readers.page.header_rows import HeaderCell, Spanning
from parsers.values.document import Box

REACH = 0.3  # of the type size: how far a text may run over the edge of its column
OFF_MIDDLE = 0.6  # of the type size: how far a header may stand from the middle of its columns
OFF_END = 1.2  # of the type size: how far from the table's side the last column may end
MOST_STEPS = 4000


@dataclass(frozen=True, slots=True)
class _Layout:
    """Headers of single columns from left to right, the edges between them, and the texts left over."""

    leaves: tuple[HeaderCell, ...]
    edges: tuple[float, ...]
    heads: tuple[HeaderCell, ...]


def by_widths(cells: Sequence[HeaderCell], box: Box) -> list[Spanning] | None:
    """The headers of several columns in the area `box`, or None where no layout fits."""
    ordered = sorted(cells, key=lambda cell: cell.middle)
    for steps, layout in enumerate(_layouts(ordered, _Layout((), (box.x0,), ()), box.x1)):
        if steps > MOST_STEPS:
            break
        if layout is not None and (found := _spanning(layout)) is not None:
            return found
    return None


def _layouts(cells: Sequence[HeaderCell], begun: _Layout, end: float) -> Iterator[_Layout | None]:
    """All layouts of the texts in this order; None for each that does not fit."""
    edge = begun.edges[-1]
    if not cells:
        size = begun.leaves[-1].size if begun.leaves else 0.0
        yield begun if abs(edge - end) <= OFF_END * size else None
        return
    cell, rest = cells[0], cells[1:]
    next_edge = 2 * cell.middle - edge
    reach = REACH * cell.size
    if cell.x0 >= edge - reach and next_edge >= cell.x1 - reach and next_edge <= end + OFF_END * cell.size:
        yield from _layouts(rest, _Layout((*begun.leaves, cell), (*begun.edges, next_edge), begun.heads), end)
    if any(cell.is_above(other) for other in (*begun.leaves, *rest)):
        yield from _layouts(rest, _Layout(begun.leaves, begun.edges, (*begun.heads, cell)), end)
    yield None


def _spanning(layout: _Layout) -> list[Spanning] | None:
    """The texts left over with the columns each stands over; None where one stands over none, or two share
    some of their columns."""
    runs: list[tuple[int, int]] = []
    found: list[Spanning] = []
    for head in layout.heads:
        run = _run(head, layout)
        if run is None or any(_cross(run, other) for other in runs):
            return None
        runs.append(run)
        below = layout.leaves[run[0] : run[1] + 1]
        bottom = (head.y1 + min(leaf.y0 for leaf in below)) / 2
        found.append(Spanning(head.pieces, bottom, below[0].middle, below[-1].middle, True))
    return found


def _run(head: HeaderCell, layout: _Layout) -> tuple[int, int] | None:
    """The first and the last of the columns below a header in whose middle it stands."""
    options = []
    for first in range(len(layout.leaves)):
        for last in range(first, len(layout.leaves)):
            leaf = layout.leaves[last]
            if not head.is_above(leaf) or (last > first and _is_total(leaf)):
                break  # 小计 begins what it sums
            low, high = layout.edges[first], layout.edges[last + 1]
            off = abs((low + high) / 2 - head.middle)
            if last > first and off <= OFF_MIDDLE * head.size and low <= head.x0 and head.x1 <= high:
                options.append((_begins(layout.leaves[first]), first - last, off, first, last))
    return min(options)[3:] if options else None


def _begins(leaf: HeaderCell) -> int:
    """How likely a column begins the group of a header: 小计 first, then 合计, then others."""
    text = "".join(piece.text for piece in leaf.pieces).replace(" ", "")
    return 0 if text == "小计" else 1 if text in ("合计", "总计") else 2


def _is_total(leaf: HeaderCell) -> bool:
    return _begins(leaf) < 2


def _cross(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two runs overlap and neither holds the other."""
    apart = one[1] < other[0] or other[1] < one[0]
    inside = (one[0] <= other[0] and other[1] <= one[1]) or (other[0] <= one[0] and one[1] <= other[1])
    return not (apart or inside)

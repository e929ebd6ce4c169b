"""A header without rules taken apart by the widths of its columns: each text in the middle of what it heads.

Invariant: a reading is given only where the columns, laid out from text to text, end where the table does and
every text left over stands in the middle of columns whose headers stand below it.

It needs no middle of a height, so it reads texts set at the top or at the foot of their cells, too. The first
column begins with the table; a text in the middle of a column says where that column ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from parsers.readers.page.headers.rows import LEVEL, HeaderCell, Spanning, cell_of, without_numbering
from parsers.readers.page.headers.topics import excluded
from parsers.readers.page.lines.columns import LOOSE
from parsers.readers.page.lines.text import TextLine
from parsers.values.document import Box
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_SUBTOTAL = _L.text("subtotal")
_TOTALS = _L.words("totals")

REACH = 0.3  # of the type size: how far a text may run over the edge of its column
OFF_MIDDLE = 0.6  # of the type size: how far a header may stand from the middle of its columns
EXACT = 0.15  # of the type size: a header in the middle of its columns stands nearer
OFF_END = 1.2  # of the type size: how far from the table's side the last column may end
PADDINGS = (0.0, 0.25, 0.5)  # of the type size: white between the side of a table and its texts
MOST_STEPS = 4000
MOST_CHOICES = 100
LABEL = _L.pattern("label")  # heads of columns that hold no amounts


_Run = tuple[int, int]  # the first and the last of the columns below a header
_Cost = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Headers of single columns from left to right, the edges between them, and the texts left over."""

    leaves: tuple[HeaderCell, ...]
    edges: tuple[float, ...]
    heads: tuple[HeaderCell, ...]


def by_widths(cells: Sequence[HeaderCell], box: Box) -> list[Spanning] | None:
    """The headers of several columns in the area `box`, or None where no layout fits. A table
    without rules may begin a little before its texts do."""
    ordered = sorted(cells, key=lambda cell: cell.middle)
    for before in PADDINGS if cells else ():
        start = box.x0 - before * cells[0].size
        for steps, layout in enumerate(_layouts(ordered, _Layout((), (start,), ()), box.x1)):
            if steps > MOST_STEPS:
                break
            if layout is not None and (found := _spanning(layout)) is not None:
                return found[1]
    return None


def by_edges(printed: Sequence[TextLine], box: Box, edges: Sequence[float]) -> list[Spanning] | None:
    """The headers of several columns where the edges of all columns are known: a text that has no room in one
    column, or has another below it and none beside it, stands over several."""
    columns: list[list[TextLine]] = [[] for _ in edges[1:]]
    heads: list[TextLine] = []
    for piece in sorted(without_numbering(printed), key=lambda piece: piece.cy):
        middle, reach = (piece.box.x0 + piece.box.x1) / 2, REACH * piece.size
        column = min(max(bisect_right(edges, middle) - 1, 0), len(columns) - 1)
        low, high = edges[column], edges[column + 1]
        inside = low - reach <= piece.box.x0 and piece.box.x1 <= high + reach
        (columns[column] if inside and abs(low + high - 2 * middle) < 2 * reach else heads).append(piece)
    foot = max((piece.box.y1 for piece in without_numbering(printed)), default=box.y1)
    for column, pieces in enumerate(columns):
        beside = [lines for lines in columns[max(column - 1, 0) : column + 2] if lines is not pieces]
        while len(pieces) > 1 and all(_is_below(lines, pieces, box, foot) for lines in beside):
            heads.append(pieces.pop(0))
    if not all(columns):
        return None
    leaves = tuple(map(cell_of, columns))
    readings = [tuple(_joined(heads)), tuple(cell_of([piece]) for piece in heads)]
    found = [_spanning(_Layout(leaves, tuple(edges), read)) for read in dict.fromkeys(readings)]
    return min(filter(None, found), key=lambda reading: reading[0], default=(None, None))[1]


def _is_below(lines: Sequence[TextLine], pieces: Sequence[TextLine], box: Box, foot: float) -> bool:
    """Whether the lines of a column stand below the first of `pieces` beside them, and below the middle of
    the height or as no text of one cell does: neither in the middle of all `pieces` nor at the foot."""
    head = pieces[0]
    if not lines or lines[0].box.y0 < head.box.y1:
        return False
    middle = lines[0].cy + lines[-1].cy
    apart = abs(middle - head.cy - pieces[-1].cy) > 2 * REACH * head.size
    high = lines[-1].box.y1 < foot - LEVEL * head.size
    return middle - box.y0 - box.y1 > 2 * REACH * head.size or (apart and high)


def _joined(pieces: Sequence[TextLine]) -> Iterator[HeaderCell]:
    """Texts of one middle, each right below the one before, as one."""
    stacks: list[list[TextLine]] = []
    for piece in sorted(pieces, key=lambda piece: piece.cy):
        middle = piece.box.x0 + piece.box.x1
        for stack in stacks:
            last = stack[-1]
            apart = abs(last.box.x0 + last.box.x1 - middle)
            if apart < 2 * EXACT * piece.size and 0 < piece.cy - last.cy < LOOSE * piece.size:
                stack.append(piece)
                break
        else:
            stacks.append([piece])
    return map(cell_of, stacks)


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


def _spanning(layout: _Layout) -> tuple[_Cost, list[Spanning]] | None:
    """The texts left over with the columns each stands over, and how little this agrees with the page; None
    where one stands over none, or two share some of their columns."""
    options = [_runs(head, layout) for head in layout.heads]
    choices = list(islice(_nested(layout.heads, options), MOST_CHOICES))
    if not choices:
        return None
    costs = [_cost(runs, layout) for runs in choices]
    best = min(range(len(choices)), key=costs.__getitem__)
    chosen, is_sure = choices[best], costs.count(costs[best]) == 1
    bottoms = [_bottom(head, run, layout, chosen) for head, run in zip(layout.heads, chosen, strict=True)]
    found: list[Spanning] = []
    for head, (first, last) in zip(layout.heads, chosen, strict=True):
        bottom = min(
            at
            for other, at in zip(layout.heads, bottoms, strict=True)
            if abs(other.y - head.y) < LEVEL * head.size
        )
        middles = layout.leaves[first].middle, layout.leaves[last].middle
        found.append(Spanning(head.pieces, bottom, *middles, True, is_sure))
    return costs[best], found


def _cost(runs: Sequence[_Run], layout: _Layout) -> _Cost:
    """How little a choice of columns agrees with where headers stand and with what they say, and how many of
    its headers do not stand in the very middle."""
    off = 0
    words = 0
    for head, (first, last) in zip(layout.heads, runs, strict=True):
        apart = abs((layout.edges[first] + layout.edges[last + 1]) / 2 - head.middle)
        off += apart > EXACT * head.size
        words += excluded(_text(head), [_text(leaf) for leaf in layout.leaves[first : last + 1]])
    return len(runs) - len(set(runs)) + _left_low(runs, layout) + _uneven(runs, layout.leaves) + words, off


def _uneven(runs: Sequence[_Run], leaves: Sequence[HeaderCell]) -> int:
    """Below how many headers, and beside all of them, the cells right below are not all alike: texts in the
    middle, at the top or at the foot of cells as high as each other."""
    below: dict[_Run | None, list[HeaderCell]] = {}
    for at, leaf in enumerate(leaves):
        over = [run for run in runs if run[0] <= at <= run[1]]
        below.setdefault(min(over, key=lambda run: run[1] - run[0], default=None), []).append(leaf)
    return sum(not _stand_alike(cells) for cells in below.values())


def _stand_alike(cells: Sequence[HeaderCell]) -> bool:
    places = zip(*((cell.y, cell.y0, cell.y1) for cell in cells), strict=True)
    return any(max(ys) - min(ys) < LEVEL * cells[0].size for ys in places)


def _bottom(head: HeaderCell, run: _Run, layout: _Layout, runs: Sequence[_Run]) -> float:
    """Where the cell of a header ends: half way to the highest of what stands below it."""
    below = list(layout.leaves[run[0] : run[1] + 1])
    below += [
        other
        for other, its in zip(layout.heads, runs, strict=True)
        if run[0] <= its[0] and its[1] <= run[1] and head.is_above(other)
    ]
    return (head.y1 + min(cell.y0 for cell in below)) / 2


def _nested(
    heads: Sequence[HeaderCell], options: Sequence[Sequence[_Run]], chosen: Sequence[_Run] = ()
) -> Iterator[Sequence[_Run]]:
    """One run for each header, the likeliest first, so that a header over others stands above them."""
    at = len(chosen)
    if at == len(heads):
        yield chosen
        return
    for run in options[at]:
        if all(_agree(heads[at], run, head, other) for head, other in zip(heads, chosen, strict=False)):
            yield from _nested(heads, options, (*chosen, run))


def _left_low(runs: Sequence[_Run], layout: _Layout) -> int:
    """How many headers stand under none of `runs`, but as high as some that do. Where all end at the foot of
    the header, that says nothing, nor does one in the middle of its height."""
    leaves = layout.leaves
    middle = min(cell.y0 for cell in (*leaves, *layout.heads)) / 2 + max(leaf.y1 for leaf in leaves) / 2
    if max(leaf.y1 for leaf in leaves) - min(leaf.y1 for leaf in leaves) < LEVEL * leaves[0].size:
        return 0
    under = [any(first <= at <= last for first, last in runs) for at in range(len(leaves))]
    tops = [leaf.y0 for leaf, is_under in zip(leaves, under, strict=True) if is_under]
    return sum(
        not is_under
        and abs(leaf.y - middle) > EXACT * leaf.size
        and any(abs(leaf.y0 - top) < LEVEL * leaf.size for top in tops)
        for leaf, is_under in zip(leaves, under, strict=True)
    )


def _agree(head: HeaderCell, run: _Run, other: HeaderCell, its: _Run) -> bool:
    if run[1] < its[0] or its[1] < run[0]:
        return True
    holds = run[0] <= its[0] and its[1] <= run[1]
    held = its[0] <= run[0] and run[1] <= its[1]
    return (holds and head.is_above(other)) or (held and other.is_above(head))


def _runs(head: HeaderCell, layout: _Layout) -> list[_Run]:
    """The columns, first and last, in whose middle a header stands, the likeliest run first: 小计 begins what
    it sums, and a header seldom stands over the end of one sum and the beginning of the next."""
    options = []
    for first in range(len(layout.leaves)):
        for last in range(first + 1, len(layout.leaves)):
            below = layout.leaves[first : last + 1]
            if not head.is_above(layout.leaves[first]) or not head.is_above(layout.leaves[last]):
                break
            low, high = layout.edges[first], layout.edges[last + 1]
            off = abs((low + high) / 2 - head.middle)
            if off <= OFF_MIDDLE * head.size and low <= head.x0 and head.x1 <= high:
                near = off > EXACT * head.size
                options.append((_unlikely(head, below), near, _begins(below[0]), first - last, first, last))
    return [option[-2:] for option in sorted(options)]


def _begins(leaf: HeaderCell) -> int:
    """How likely a column begins the group of a header: 小计 first, then 合计, then others."""
    text = _text(leaf)
    return 0 if text == _SUBTOTAL else 1 if text in _TOTALS else 2


def _is_total(leaf: HeaderCell) -> bool:
    return _begins(leaf) < 2


def _unlikely(head: HeaderCell, below: Sequence[HeaderCell]) -> int:
    """How many sums begin behind an amount of the same or a higher row, and, below 科目编码 and the like, how
    many headers of amounts there are."""
    amounts = [leaf for leaf in below if not LABEL.fullmatch(_text(leaf))]
    if amounts and LABEL.fullmatch(_text(head)):
        return len(amounts)
    return sum(
        _is_total(leaf) and any(not leaf.y0 > before.y0 + before.size for before in amounts[:at])
        for at, leaf in enumerate(amounts)
    )


def _text(leaf: HeaderCell) -> str:
    return fold("".join(piece.text for piece in leaf.pieces))

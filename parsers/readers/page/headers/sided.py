"""A header whose texts are all set to one side of their cells: each says where a column begins or ends.

Invariant: a reading is given only where every text of the body stands in one of the columns that the header
names, none of them holds two words of a row with white between them, and every text of the header is one of a
single column or stands over several.

A text set to the left begins where its first column does. So the texts that begin at one place are a stack:
the lowest heads the column, those above it head several, up to the next stack that reaches as high.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from parsers.readers.page.headers.foot import Head, Stack, at_the_foot, end_level, is_crossed, words_of
from parsers.readers.page.headers.rows import (
    LEVEL,
    OFF,
    PITCHES,
    SAME_LEFT,
    HeaderCell,
    Spanning,
    readings_of,
)
from parsers.readers.page.headers.topics import excluded
from parsers.readers.page.lines.geometry import Ruling, cluster
from parsers.readers.page.lines.text import TextLine
from parsers.readers.page.lines.white import GUTTER
from parsers.values.document import Box

MOST_LEVELS = 4  # rows of a header


@dataclass(frozen=True, slots=True)
class Sided:
    """Column edges between the first and the last column, the headers of several columns, and whether it
    is known that they head these."""

    edges: tuple[float, ...]
    spanning: tuple[Spanning, ...]
    is_sure: bool


def sided_header(
    printed: Sequence[TextLine],
    body: Sequence[TextLine],
    box: Box,
    rules: Sequence[Ruling] = (),
    breaks: Sequence[float] = (),
) -> Sided | None:
    """The columns of a header set to the left, else to the right, in `box`; None where it is neither.

    A header of one row is set to a side only where a column below it is, too. `rules` in the header say what
    it spans where they part all its texts of several rows; a rule may run on below two headers. `breaks` are
    the edges between the columns where rules prove them.
    """
    found: Sided | None = None
    for cells, area, pitch in readings_of(printed, box):
        for mirrored in (False, True):
            sided = _read(cells, body, area, rules, breaks, mirrored=mirrored)
            if sided is not None and all(head.first < head.last for head in sided.spanning):
                return sided
            if sided is not None and found is None and pitch == PITCHES[0]:
                found = replace(sided, is_sure=False)  # the first line of a text over two, mostly
    return found


def _read(
    cells: Sequence[HeaderCell],
    body: Sequence[TextLine],
    area: Box,
    rules: Sequence[Ruling],
    breaks: Sequence[float],
    *,
    mirrored: bool,
) -> Sided | None:
    starts = {cell: -cell.x1 if mirrored else cell.x0 for cell in cells}
    stacks = [
        sorted(stack, key=lambda cell: cell.y)
        for stack in cluster(cells, lambda cell: starts[cell], SAME_LEFT)
    ]
    if len(stacks) < 2 or max(map(len, stacks)) > MOST_LEVELS or any(is_crossed(c, rules) for c in cells):
        return None
    if any(not a.is_above(b) for stack in stacks for a, b in pairwise(stack)):
        return None
    at = [min(starts[cell] for cell in stack) for stack in stacks]
    stretches = [(-p.box.x1, -p.box.x0) if mirrored else (p.box.x0, p.box.x1) for p in body]
    leaves = [-stack[-1].x0 if mirrored else stack[-1].x1 for stack in stacks]
    sides = [-x for x in reversed(breaks)] if mirrored else breaks
    edges = _proved(sides, at, leaves, SAME_LEFT) if breaks else _edges(at, leaves, stretches, body)
    if edges is None:
        return None
    heads, is_sure = _heads(stacks, area, rules, mirrored=mirrored)
    if rules and not (heads and all(_is_ruled(head, stacks, rules) for head in heads)):
        heads = [] if all(_is_parted(stack, rules) for stack in stacks) else None
        is_sure = True
    if heads is None or not (heads or _is_set_alike(at, stretches, edges)):
        return None
    spanning = [
        Spanning(head.pieces, bottom, stacks[first][-1].middle, stacks[last][-1].middle, False)
        for head, bottom, first, last in heads
    ]
    if mirrored:
        return Sided(
            tuple(-edge for edge in reversed(edges)),
            tuple(replace(head, first=head.last, last=head.first) for head in spanning),
            is_sure,
        )
    return Sided(tuple(edges), tuple(spanning), is_sure)


def _proved(
    breaks: Sequence[float], at: Sequence[float], leaves: Sequence[float], reach: float
) -> list[float] | None:
    """The edges that rules prove, or None where not each column between them holds a header of its own."""
    columns = [
        (bisect_right(breaks, begin + reach), bisect_right(breaks, end - reach))
        for begin, end in zip(at, leaves, strict=True)
    ]
    return list(breaks) if columns == [(n, n) for n in range(len(breaks) + 1)] else None


def _edges(
    at: Sequence[float],
    leaves: Sequence[float],
    stretches: Sequence[tuple[float, float]],
    body: Sequence[TextLine],
) -> list[float] | None:
    """Edges in the white before each beginning but the first, or None where the body does not fit. `leaves`
    are where the headers of single columns end."""
    tolerance = SAME_LEFT
    if any(lo < at[0] - tolerance for lo, _ in stretches):
        return None
    columns: list[list[tuple[float, float, TextLine]]] = [[] for _ in at]
    for (lo, hi), piece in zip(stretches, body, strict=True):
        column = bisect_right(at, lo + tolerance) - 1
        if column + 1 < len(at) and hi > at[column + 1] + tolerance:
            return None
        columns[column].append((lo, hi, piece))
    if any(_holds_two(column) for column in columns):
        return None
    ends = [max([end, *(hi for _, hi, _ in column)]) for end, column in zip(leaves, columns, strict=True)]
    if any(end > start + tolerance for end, start in zip(ends, at[1:], strict=False)):
        return None
    return [(min(end, start) + start) / 2 for end, start in zip(ends, at[1:], strict=False)]


def _holds_two(column: Sequence[tuple[float, float, TextLine]]) -> bool:
    """Whether white runs down through a column between words of one row."""
    runs: list[list[tuple[float, float, TextLine]]] = []
    reach = 0.0
    for item in sorted(column, key=lambda item: item[:2]):
        if not runs or item[0] > reach + GUTTER * item[2].size:
            runs.append([])
            reach = item[1]
        runs[-1].append(item)
        reach = max(reach, item[1])
    return any(
        min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0) > 0.3 * a.size
        for left, right in pairwise(runs)
        for _, _, a in left
        for _, _, b in right
    )


def _is_set_alike(
    at: Sequence[float], stretches: Sequence[tuple[float, float]], edges: Sequence[float]
) -> bool:
    """Whether the body begins where the header does in one of the columns."""
    first: dict[int, float] = {}
    for lo, _ in stretches:
        column = bisect_right(edges, lo)
        first[column] = min(first.get(column, lo), lo)
    return any(abs(lo - at[column]) <= SAME_LEFT for column, lo in first.items())


def _is_ruled(head: Head, stacks: Sequence[Stack], rules: Sequence[Ruling]) -> bool:
    """Whether the rule right below a header of several columns, if there is one, runs below all of them, and
    below others only where another header stands above it, too."""
    cell, _, first, last = head
    below = [rule for rule in rules if rule.at > cell.y and rule.lo < cell.x1 and cell.x0 < rule.hi]
    at = min((rule.at for rule in below), default=None)
    middles = [stack[-1].middle for stack in stacks]
    return all(
        rule.lo <= min(middles[first], middles[last])
        and max(middles[first], middles[last]) <= rule.hi
        and (
            _heads_others(cell, rule, stacks)
            or sum(rule.lo <= x <= rule.hi for x in middles) == last - first + 1
        )
        for rule in below
        if rule.at == at
    )


def _heads_others(cell: HeaderCell, rule: Ruling, stacks: Sequence[Stack]) -> bool:
    """Whether a text beside `cell` stands above the rule."""
    return any(
        rule.lo < other.middle < rule.hi
        and other.y < rule.at
        and other is not cell
        and not other.is_above(cell)
        for stack in stacks
        for other in stack
    )


def _is_parted(stack: Stack, rules: Sequence[Ruling]) -> bool:
    """Whether rules part all texts of a stack."""
    return all(
        any(a.y < rule.at < b.y and rule.lo < a.x1 and a.x0 < rule.hi for rule in rules)
        for a, b in pairwise(stack)
    )


def _heads(
    stacks: Sequence[Stack], area: Box, rules: Sequence[Ruling], *, mirrored: bool
) -> tuple[list[Head] | None, bool]:
    """The headers of several columns with the columns below them, and whether that is known: texts stand in
    the middle of the height of their cells, else at its top, else at its foot. None where one stands over
    nothing, or nothing over one that stands low."""
    found = _in_the_middle(stacks, 0, area.y0, area.y1)
    found = _at_the_top(stacks, 0) if found is None else found
    if not end_level([stack[-1] for stack in stacks]):
        return found, True
    heads, is_known = at_the_foot(stacks, rules, mirrored=mirrored)
    if found is None or (is_known and any(map(partial(_is_excluded, stacks=stacks), found))):
        return heads, is_known
    spans = {(head[2], head[3]) for head in found}
    return found, is_known and spans == {(head[2], head[3]) for head in heads}


def _is_excluded(head: Head, stacks: Sequence[Stack]) -> bool:
    """Whether a header cannot stand over one of its columns, by what both say."""
    cell, _, first, last = head
    return excluded(words_of(cell), [words_of(stack[-1]) for stack in stacks[first : last + 1]]) > 0


def _in_the_middle(stacks: Sequence[Stack], offset: int, top: float, bottom: float) -> list[Head] | None:
    found: list[Head] = []
    index = 0
    while index < len(stacks):
        cell = stacks[index][0]
        if len(stacks[index]) == 1:
            if abs(cell.y - (top + bottom) / 2) > OFF * cell.size:
                return None
            index += 1
            continue
        end = 2 * cell.y - top
        last = index + 1
        while last < len(stacks) and _is_below(stacks[last], end, top, bottom):
            last += 1
        below = [stacks[index][1:], *stacks[index + 1 : last]]
        inner = _in_the_middle(below, offset + index, end, bottom) if end < bottom else None
        if inner is None:
            return None
        found += [(cell, end, offset + index, offset + last - 1), *inner]
        index = last
    return found


def _is_below(stack: Stack, end: float, top: float, bottom: float) -> bool:
    """Whether the highest of a stack stands below a header that ends at `end`, not beside it in the middle of
    the whole height."""
    cell = stack[0]
    off = abs(cell.y - (top + bottom) / 2)
    beside = len(stack) == 1 and off <= OFF * cell.size and off < abs(cell.y - (end + bottom) / 2)
    return cell.y0 >= end - LEVEL * cell.size and not beside


def _at_the_top(stacks: Sequence[Stack], offset: int) -> list[Head] | None:
    found: list[Head] = []
    index = 0
    top = stacks[0][0].y0
    while index < len(stacks):
        cell = stacks[index][0]
        if abs(cell.y0 - top) > LEVEL * cell.size:
            return None
        if len(stacks[index]) == 1:
            index += 1
            continue
        last = index + 1
        while last < len(stacks) and stacks[last][0].y0 > top + OFF * cell.size:
            last += 1
        below = [stacks[index][1:], *stacks[index + 1 : last]]
        inner = _at_the_top(below, offset + index)
        if inner is None:
            return None
        end = (cell.y1 + below[0][0].y0) / 2
        found += [(cell, end, offset + index, offset + last - 1), *inner]
        index = last
    return found

"""Headers of several columns whose texts stand at one side of their cells, and at the foot.

Invariant: a header begins in the column its text begins with, and ends before the next as high. How far it
reaches between says a rule right below it, else the words; where these do not say it, it is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.readers.page.headers.rows import LEVEL, HeaderCell
from parsers.readers.page.headers.topics import stands_over
from parsers.readers.page.lines.geometry import Ruling, cluster

Stack = Sequence[HeaderCell]  # texts that begin at one place, from top to bottom
Head = tuple[HeaderCell, float, int, int]  # with where its cell ends, its first and its last column
_Unit = tuple[int, int, HeaderCell]  # the first and the last column, and what stands over them


def end_level(cells: Sequence[HeaderCell]) -> bool:
    """Whether all texts end at one height, as all do that stand at the foot of their cells."""
    ends = [cell.y1 for cell in cells]
    return max(ends) - min(ends) <= LEVEL * cells[0].size


def at_the_foot(
    stacks: Sequence[Stack], rules: Sequence[Ruling], *, mirrored: bool
) -> tuple[list[Head], bool]:
    """The headers of several columns from the lowest row to the highest, and whether all are known. The texts
    of columns that one stands over count as one text from then on."""
    reach = LEVEL * stacks[0][0].size
    units = [(at, at, stack[-1]) for at, stack in enumerate(stacks)]
    found: list[Head] = []
    all_known = True
    for row in reversed(cluster((c for stack in stacks for c in stack[:-1]), lambda cell: cell.y1, reach)):
        foot = max(cell.y1 for cell in row)
        below = min(c.y0 for stack in stacks for c in stack if c.y0 >= foot - reach)
        starts = [at for at, stack in enumerate(stacks) if len(stack) > 1 and stack[0].y1 <= foot + reach]
        for cell in row:
            begin = next(at for at, stack in enumerate(stacks) if cell in stack)
            end = min((at for at in starts if at > begin), default=len(stacks))
            ruled = _below_rule(cell, rules, stacks)
            if begin in ruled:
                last, known = min(end - 1, ruled[-1]), True
            else:
                last, known = _by_words(cell, [u for u in units if begin <= u[0] < end], mirrored=mirrored)
            all_known = all_known and known
            found.append((cell, (foot + below) / 2, begin, last))
            units = (
                [u for u in units if u[0] < begin] + [(begin, last, cell)] + [u for u in units if u[0] > last]
            )
    return found, all_known


def _by_words(cell: HeaderCell, units: Sequence[_Unit], *, mirrored: bool) -> tuple[int, bool]:
    """The last column below a header, and whether its words and theirs say so."""
    count, known = stands_over(words_of(cell), [words_of(unit[2]) for unit in units], mirrored=mirrored)
    return units[count - 1][1], known


def _below_rule(cell: HeaderCell, rules: Sequence[Ruling], stacks: Sequence[Stack]) -> list[int]:
    """The columns above which a rule right below a header runs."""
    near = (r for r in rules if 0 < r.at - cell.y1 < cell.size and r.lo < cell.x1 and cell.x0 < r.hi)
    rule = min(near, key=lambda rule: rule.at, default=None)
    return [at for at, stack in enumerate(stacks) if rule and rule.lo <= stack[-1].middle <= rule.hi]


def is_crossed(cell: HeaderCell, rules: Sequence[Ruling]) -> bool:
    """Whether a rule parts the lines of a text."""
    return any(
        a.cy < rule.at < b.cy and rule.lo < cell.x1 and cell.x0 < rule.hi
        for rule in rules
        for a, b in pairwise(cell.pieces)
    )


def words_of(cell: HeaderCell) -> str:
    """All lines of a text."""
    return "".join(piece.text for piece in cell.pieces)

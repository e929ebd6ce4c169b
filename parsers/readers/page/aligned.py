"""Frames of tables without rules between their rows: aligned amounts, texts below a unit line, boxes alone.

Invariant: such a table is claimed where amounts of several lines end at the same places, or where lines of
several words, one of them an amount, follow a unit line or the table of the page before. What stands above
its first row of data, with white between, is its header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from parsers.readers.page.frames import (
    MANY,
    NO_ROW,
    SAME_END,
    UNIT_LINE,
    WHITE,
    Carried,
    Frame,
    fits,
    is_data,
    is_title,
)
from parsers.readers.page.headers.rows import NUMBER, SAME_LEFT
from parsers.readers.page.lines.alignment import ORDINAL
from parsers.readers.page.lines.columns import LOOSE, pieces_of_line
from parsers.readers.page.lines.geometry import Ruling, cluster, join_collinear
from parsers.readers.page.lines.text import AMOUNT, TextLine, is_han
from parsers.readers.page.overleaf import follows_blank_rows
from parsers.values.document import Box
from parsers.values.text import fold

ROW_PITCH = 1.5  # of the type size: lines of one cell are nearer than this
SAME_PITCH = 0.9  # of the least distance between rows: lines of one cell are nearer than this
LEADING = 1.08  # of how far the lines of one cell are apart
CLOSING = 1.0  # points: a rule this thick closes a table
SHORTEST_SIDE = 40.0  # points: a rule that may be the side of a box
SHORTEST_RULE = 100.0
FEWEST_ROWS = 3  # lines of several words
_WHOLE = re.compile(r"(?!(?:19|20)\d\d$)\d{3,}|\d{1,3}(?:[,，]\d{3})+")


def sides_closed(rules: Sequence[Ruling]) -> list[Ruling]:
    """The horizontal rules, and those that two sides of a box imply at their ends: a page break leaves a box
    open. The rules of a box are as thick as those that close a table."""
    level = [rule for rule in rules if rule.axis == "h"]
    sides = join_collinear([rule for rule in rules if rule.axis == "v"], 1.0, 3.0)
    long = [rule for rule in sides if rule.length >= SHORTEST_SIDE]
    for begin in cluster(long, lambda rule: rule.lo, SAME_END):
        for group in cluster(begin, lambda rule: rule.hi, SAME_END):
            left, right = min(rule.at for rule in group), max(rule.at for rule in group)
            if right - left < SHORTEST_RULE:
                continue
            for at in (min(rule.lo for rule in group), max(rule.hi for rule in group)):
                drawn = [r for r in level if abs(r.at - at) < SAME_END and r.lo < right and r.hi > left]
                level = [r for r in level if r not in drawn]
                level += [r._replace(width=max(r.width, CLOSING)) for r in drawn]
                level += [] if drawn else [Ruling("h", at, left, right, CLOSING)]
    return level


def header_above_data(lines: Sequence[TextLine]) -> float | None:
    """Where the header ends that stands above the first row of data, or None where there is none: above the
    row, white parts it from lines of which one holds several words."""
    data = next((at for at, line in enumerate(lines) if is_data(line) or _has_number(line)), None)
    if not data:
        return None
    rows = [line.cy for line in lines[data:] if _amounts(line) or _has_number(line)]
    size = lines[data].size
    apart = [below - above for above, below in pairwise(rows) if below - above >= size]
    pitch = min([ROW_PITCH * size, *(SAME_PITCH * distance for distance in apart), *_leading(lines[data:])])
    begin = data
    items = [piece.box for piece in pieces_of_line(lines[data]) if ORDINAL.match(fold(piece.text))]
    while begin and lines[begin].cy - lines[begin - 1].cy < pitch:
        above = [piece.box for piece in pieces_of_line(lines[begin - 1])]
        if any(box.x0 < item.x1 and item.x0 < box.x1 for box in above for item in items):
            break  # no line of a cell stands above its ordinal
        begin -= 1
    last = max((at for at, line in enumerate(lines[:begin]) if len(pieces_of_line(line)) >= 2), default=None)
    if last is None:
        return None
    begin = next(
        (
            at
            for at in range(last + 1, begin)
            if lines[at].cy - lines[at - 1].cy >= pitch  # a row of a label alone
        ),
        begin,
    )
    header = lines[:begin]
    return (max(line.box.y1 for line in header) + min(line.box.y0 for line in lines[begin:])) / 2


def _leading(rows: Sequence[TextLine]) -> list[float]:
    """A little more than how far apart the lines of one cell are, if lines one below the other show it."""
    apart = [
        below.cy - above.cy
        for above, below in pairwise(rows)
        if below.cy - above.cy >= 0.9 * below.size
        and below.box.x0 < above.box.x1
        and above.box.x0 < below.box.x1
    ]
    return [LEADING * min(apart)] if apart else []


def _has_number(line: TextLine) -> bool:
    texts = [piece.text.replace(" ", "") for piece in pieces_of_line(line)]
    return any(map(_WHOLE.fullmatch, texts)) and not all(map(NUMBER.fullmatch, texts))


def announced_frames(lines: Sequence[TextLine], taken: Sequence[Box], carried: Carried | None) -> list[Frame]:
    """Frames of the lines right below a unit line, and of those at the top of a page that stand in the
    columns of the table carried over from the page before."""
    starts = [at + 1 for at, line in enumerate(lines) if UNIT_LINE.search(line.text)]
    frames: list[Frame] = []
    for start in [0, *starts] if carried else starts:
        heads = carried.heads if carried and not start else frozenset()
        found = _announced(lines[start:], [*taken, *(frame.box for frame in frames)], heads)
        if found is None:
            continue
        if start:
            above = lines[start - 1].box.y1
            if found.box.y0 - above > WHITE * lines[start].size:
                continue
            found = replace(found, box=found.box._replace(y0=max(found.box.y0, above)))
        if start == 0:
            if not (carried and _stands_in(found, lines, carried.edges)):
                continue
            found = replace(found, box=found.box._replace(x0=carried.edges[0], x1=carried.edges[-1]))
        frames.append(found)
    return frames


def _stands_in(frame: Frame, lines: Sequence[TextLine], edges: Sequence[float]) -> bool:
    body_start = frame.box.y0 if frame.header_end is None else frame.header_end
    body = [line for line in lines if body_start < line.cy < frame.box.y1]
    return all(fits(line, edges) for line in body)


def _announced(lines: Sequence[TextLine], taken: Sequence[Box], heads: frozenset[str]) -> Frame | None:
    members: list[TextLine] = []
    for line in lines:
        far = members and line.cy - members[-1].cy > WHITE * line.size
        far = far and not follows_blank_rows(line, members)
        if far or is_title(line, members) or _overlaps(line, taken) or _ends_table(line, lines):
            break
        members.append(line)
    while members and _is_apart(members):
        members.pop()
    rows = sum(len(pieces_of_line(line)) >= 2 for line in members)
    if rows < FEWEST_ROWS and not _is_begun(members):
        return None
    if not any(_amounts(line) or _has_number(line) for line in members):
        return None
    return _frame_around(members, _end_of_repeated(members, heads) or header_above_data(members))


def _is_begun(members: Sequence[TextLine]) -> bool:
    """Whether a page ends below a header and one row of several amounts."""
    ended = members and len(_amounts(members[-1])) >= 2
    header = members[:-1]
    return (
        bool(ended)
        and not any(map(is_data, header))
        and any(len(pieces_of_line(ln)) >= MANY for ln in header)
    )


def _end_of_repeated(lines: Sequence[TextLine], heads: frozenset[str]) -> float | None:
    """Where the header ends that prints again what the table of the page before has in its first rows, or
    None."""
    words = sorted((head for head in heads if any(map(is_han, head))), key=len, reverse=True)
    count = next((at for at, line in enumerate(lines) if not _is_repeated(line, heads, words)), len(lines))
    if not 0 < count < len(lines):
        return None
    return (max(line.box.y1 for line in lines[:count]) + lines[count].box.y0) / 2


def _is_repeated(line: TextLine, heads: frozenset[str], words: Sequence[str]) -> bool:
    """Whether a line prints nothing but what the first rows did before, though little white may part them."""
    if all(fold(piece.text) in heads for piece in pieces_of_line(line)):
        return True
    rest = fold(line.text)
    for word in words:
        rest = rest.replace(word, "")
    return not rest


def _ends_table(line: TextLine, lines: Sequence[TextLine]) -> bool:
    if NO_ROW.search(line.text):
        return True
    width = max(other.box.x1 for other in lines) - min(other.box.x0 for other in lines)
    return len(pieces_of_line(line)) < 2 and line.box.x1 - line.box.x0 > 0.5 * width


def _is_apart(members: Sequence[TextLine]) -> bool:
    """Whether the last line is one word that neither goes on from the line above nor begins a column."""
    last = members[-1]
    if len(pieces_of_line(last)) >= 2 or (
        len(members) > 1 and last.cy - members[-2].cy < ROW_PITCH * last.size
    ):
        return False
    left = [piece.box.x0 for line in members[:-1] for piece in pieces_of_line(line)]
    return sum(abs(last.box.x0 - x) <= SAME_LEFT for x in left) < FEWEST_ROWS


def _frame_around(members: Sequence[TextLine], header_end: float | None) -> Frame:
    """The lines and as much white above and below as stands below the header."""
    pad = 0.2 * members[0].size
    above = pad
    if header_end is not None:
        above = max(header_end - max(line.box.y1 for line in members if line.cy < header_end), 0.1)
    box = Box(
        min(line.box.x0 for line in members) - pad,
        min(line.box.y0 for line in members) - above,
        max(line.box.x1 for line in members) + pad,
        max(line.box.y1 for line in members) + pad,
    )
    return Frame(box, header_end)


def aligned_frames(lines: Sequence[TextLine], taken: Sequence[Box]) -> list[Frame]:
    """Frames around runs of lines whose amounts end at common right edges (no rules at all)."""
    frames: list[Frame] = []
    for run in _amount_runs([line for line in lines if not _overlaps(line, taken)]):
        body_edges = cluster((p.box.x1 for line in run for p in _amounts(line)), lambda x: x, 2.0)
        aligned = [group for group in body_edges if len(group) >= 3]
        amounts = sum(len(_amounts(line)) for line in run)
        if aligned and sum(map(len, aligned)) >= 0.8 * amounts and len(run) >= 3:
            frames.append(_aligned_frame(run, lines, taken))
    return frames


def _amount_runs(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    runs: list[list[TextLine]] = [[]]
    for line in lines:
        previous = runs[-1][-1] if runs[-1] else None
        if previous is not None and line.box.y0 - previous.box.y1 > 3 * line.size:
            runs.append([])
        found = pieces_of_line(line)
        if len(found) >= 2 and _amounts(line):
            runs[-1].append(line)
    return [run for run in runs if len(run) >= 3]


def _aligned_frame(run: Sequence[TextLine], lines: Sequence[TextLine], taken: Sequence[Box]) -> Frame:
    """The run and the header lines above it: close, several pieces wide, and no unit line or title."""
    first = run[0]
    top = first.box.y0
    header: list[TextLine] = []
    above = [ln for ln in lines if ln.cy < first.box.y0]
    for at, line in reversed(list(enumerate(above))):
        near = top - line.box.y1 < 2.5 * first.size
        wide = len(pieces_of_line(line)) >= 2 or (header and line.size <= 1.1 * first.size)
        wide = wide or _ends_cells_of(above[:at], line)
        if not near or not wide or UNIT_LINE.search(line.text) or _overlaps(line, taken):
            break
        header.append(line)
        top = line.box.y0
    while header and len(pieces_of_line(header[-1])) < 2 and not _is_half_above(header):
        header.pop()
    members = [*header, *run]
    pad = 0.2 * first.size
    box = Box(
        min(m.box.x0 for m in members) - pad,
        min(m.box.y0 for m in members) - pad,
        max(m.box.x1 for m in members) + pad,
        max(m.box.y1 for m in members) + pad,
    )
    return Frame(box, (first.box.y0 + max(h.box.y1 for h in header)) / 2 if header else None)


def _is_half_above(header: Sequence[TextLine]) -> bool:
    """Whether the highest line of a header, given from below, stands half a line above its neighbours, as the
    first line of a cell does where those beside print one less."""
    return len(header) > 1 and header[-1].box.y1 > header[-2].box.y0


def _ends_cells_of(above: Sequence[TextLine], line: TextLine) -> bool:
    """Whether one word goes on from one of the several words of the line right above it."""
    return bool(above) and line.cy - above[-1].cy < LOOSE * line.size and len(pieces_of_line(above[-1])) >= 2


def _amounts(line: TextLine) -> list[TextLine]:
    return [p for p in pieces_of_line(line) if AMOUNT.fullmatch(p.text.replace(" ", ""))]


def _overlaps(line: TextLine, taken: Sequence[Box]) -> bool:
    return any(
        box.y0 - 1 <= line.cy <= box.y1 + 1 and line.box.x0 < box.x1 and line.box.x1 > box.x0 for box in taken
    )

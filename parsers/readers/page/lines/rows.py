"""Rows of a table without rules between them, from the white between its lines.

Invariant: two numbers one above the other are never one row; a label may take several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from parsers.readers.page.lines.alignment import ORDINAL, aligned_rows
from parsers.readers.page.lines.columns import FLUSH, LEVEL, has_number, pieces_of
from parsers.readers.page.lines.geometry import Glyph, cluster, type_size
from parsers.readers.page.lines.text import AMOUNT, TextLine, is_numeric
from parsers.values.text import fold

RAGGED = 2.5  # of the type size: how much shorter than its column a line that goes on may be
_WHOLE = re.compile(r"-?\d{1,3}(?:,?\d{3})*\.\d{2}")
LONGEST_CODE = 8  # digits
YUAN = re.compile(r"-?(?:[1-9]\d{7,12}|[1-9]\d{0,2}(?:,\d{3}){2,4})")  # a whole number longer than codes
CLASS_DIGITS = 3  # the shortest code of a class (类)
ROOM = 1.6  # of the type size: the padding of a cell, and a digit
PADDING = 12.5  # the same in small type: points that engines leave, 6 on each side
DIGIT = 0.6  # of the type size: how wide a digit is
MOST_LINES = 3  # into which a narrow cell breaks a number
MOST_ENDS = 2  # codes of one row that narrow columns break
RAGGED_CODE = 0.3  # of the type size: how much wider than the first line of a code its second may be
BROKEN = 1.5  # of the type size: lines of one cell are nearer than this
LEADING = 0.6  # of the type size: white between the lines of one cell is narrower
WIDE_LEADING = 0.75  # the same where rows are known, and their white is wider
STEP = 0.1  # of the type size: white between rows is wider than between lines of a cell by this
FEWEST_ROWS = 3  # that the white between rows is known from
FEW, SOME = 0.1, 0.4  # of gaps that are between rows by what stands there
NARROWER = 0.8  # of the least white between rows that are known: white between the lines of one cell


def row_breaks(
    body: Sequence[Glyph], top: float, bottom: float, levels: Sequence[float], xs: Sequence[float] = ()
) -> list[float]:
    """Boundaries between body rows, `top` and `bottom` not among them: the rules at `levels`, and white,
    except where rules part nearly all rows. `xs`: the edges of the columns, if known."""
    breaks = list(levels)
    found = pieces_of(body)
    bands = [
        [p for p in found if start < p.cy < end] for start, end in pairwise((top, *sorted(levels), bottom))
    ]
    if len(levels) >= FEWEST_ROWS:
        several = [band for band in bands if _holds_two_numbers(band)]
        bands = several if len(several) <= max(1, FEW * len(bands)) else bands
    for rows in (_rows(band, xs) for band in bands):
        breaks.extend((_bottom(a) + _top(b)) / 2 for a, b in pairwise(rows))
    return sorted(breaks)


def _holds_two_numbers(band: Sequence[TextLine]) -> bool:
    """Whether two rows stand between two rules: one number below another."""
    found = [[piece for piece in group if is_numeric(piece.glyphs)] for group in _overlapping(band)]
    numbers = list(filter(None, found))
    printed = [piece for group in numbers for piece in group]
    return any(_have_two_numbers(a, b, printed) for a, b in pairwise(numbers))


def breaks_numbers(cells: Iterable[tuple[Sequence[TextLine], float]]) -> bool:
    """Whether narrow cells of a ruled row break numbers, and none holds two amounts, or more numbers than one
    is broken into. `cells` are those of several lines, each with its width."""
    broken = False
    for lines, width in cells:
        if sum(bool(AMOUNT.fullmatch(line.text)) for line in lines) > 1:
            return False
        if len(lines) > MOST_LINES and sum(is_numeric(line.glyphs) for line in lines) > MOST_LINES:
            return False
        broken = broken or _is_broken(lines, width)
    return broken


def _is_broken(lines: Sequence[TextLine], width: float) -> bool:
    """Whether a cell of this width broke one number (1,234.5 | 678, 12705 | 901, 20 | 8): no digit more has
    room in its lines but the last, which is bare digits (fewer, of a whole number) that end an amount or a
    code."""
    *begun, end = lines
    whole = "".join(line.text for line in lines)
    room = max(ROOM * end.size, PADDING + DIGIT * end.size)
    if not end.text.isdigit() or any(
        line.box.x1 - line.box.x0 + room < width or not is_numeric(line.glyphs) for line in begun
    ):
        return False
    ends_yuan = len(begun) == 1 and bool(YUAN.fullmatch(whole)) and len(end.text) < len(begun[0].text)
    return len(whole) <= CLASS_DIGITS or ends_yuan or bool(AMOUNT.fullmatch(whole))


def _rows(found: Sequence[TextLine], xs: Sequence[float]) -> list[list[TextLine]]:
    """Pieces by row. Pieces that overlap in height are one row."""
    groups = _overlapping(found)
    starts = _starts(groups, found, xs)
    return [
        [piece for group in groups[start:end] for piece in group]
        for start, end in pairwise((*starts, len(groups)))
    ]


def _starts(groups: Sequence[list[TextLine]], found: Sequence[TextLine], xs: Sequence[float]) -> list[int]:
    """At which of the groups of texts rows begin: by white of two kinds, else by how cells stand."""
    pairs = list(pairwise(groups))
    gaps = [_top(b) - _bottom(a) for a, b in pairs]
    size = type_size([g for p in found for g in p.glyphs])
    numbers = [[piece for piece in group if is_numeric(piece.glyphs)] for group in groups]
    printed = [piece for group in numbers for piece in group]
    apart = {i for i, (a, b) in enumerate(pairwise(numbers)) if _have_two_numbers(a, b, printed)}
    items = {i for i, (a, b) in enumerate(pairs) if _begins_item(a, b)}
    stretches = [(piece.box.x0, piece.box.x1) for piece in found]
    loose = {i for i, (a, b) in enumerate(pairs) if _need_not_go_on(a, b, stretches)}
    white = _white_of_rows(gaps, ((apart, FEW), (items, SOME), (loose, SOME)), size)
    if white is not None:
        breaks = apart | {i for i, gap in enumerate(gaps) if gap >= white}
    elif xs and (starts := aligned_rows(groups, xs)) is not None:
        return starts
    else:
        begins = [has_number(group) for group in groups]
        for at, (upper, lower) in enumerate(pairwise(numbers)):
            if begins[at] and begins[at + 1]:
                begins[at + 1] = not _goes_on(upper, lower, printed)
                apart |= {at} if begins[at + 1] else set()
        least = min((gaps[i] for i in apart or items | loose), default=LEADING * size / NARROWER)
        leading = min(WIDE_LEADING * size, NARROWER * least)
        breaks = {i for i, gap in enumerate(gaps) if gap >= leading} | items | (apart or loose)
        breaks |= _between_numbers(begins, gaps, breaks)
    return [0, *(at + 1 for at in sorted(breaks))]


def _white_of_rows(
    gaps: Sequence[float], between: Sequence[tuple[Set[int], float]], size: float
) -> float | None:
    """The least white between rows where the white is of two kinds, that between the lines of a cell and that
    between rows; None where it is not. `between` are gaps that are between rows by what stands there, each
    time with the share that may be narrow all the same."""
    known = [gaps[i] for places, _ in between for i in places]
    ordered = sorted(gaps)
    for at, (low, high) in enumerate(pairwise(ordered), start=1):
        if low >= size:
            break
        two_kinds = high >= 2 * low and min(at, len(gaps) - at) >= FEWEST_ROWS
        if (
            high - low >= max(STEP * size, low - ordered[0])
            and (two_kinds or sum(gap >= high for gap in known) >= FEWEST_ROWS)
            and all(sum(gaps[i] < high for i in places) <= share * len(places) for places, share in between)
        ):
            return high
    return None


def _goes_on(upper: Sequence[TextLine], lower: Sequence[TextLine], printed: Sequence[TextLine]) -> bool:
    """Whether each number of the lower group may be the end of one of the upper; `printed` are all."""
    above = [[piece for piece in upper if _overlap(piece, end)] for end in lower]
    return all(
        len(begun) == 1
        and (_ends_amount(begun[0], end) or (len(lower) <= MOST_ENDS and _ends_code(begun[0], end, printed)))
        for begun, end in zip(above, lower, strict=True)
    )


def _have_two_numbers(
    upper: Sequence[TextLine], lower: Sequence[TextLine], printed: Sequence[TextLine]
) -> bool:
    """Whether a number of the lower group stands below one of the upper and cannot be the end of it."""
    below = [end for end in lower if any(_overlap(end, piece) for piece in upper)]
    return bool(below) and not _goes_on(upper, below, printed)


def _ends_amount(begun: TextLine, end: TextLine) -> bool:
    """Whether a narrow column may have broken an amount (1,234.5 | 6)."""
    near = end.cy - begun.cy < BROKEN * end.size
    return near and not _WHOLE.fullmatch(begun.text) and bool(_WHOLE.fullmatch(begun.text + end.text))


def _ends_code(begun: TextLine, end: TextLine, printed: Sequence[TextLine]) -> bool:
    """Whether a narrow column may have broken a code (208 | 05): no ordinal and the next one, and in no
    column of amounts, which are set to the right."""
    digits = begun.text + end.text
    if not digits.isdigit() or len(digits) > LONGEST_CODE or int(end.text) == int(begun.text) + 1:
        return False
    if end.box.x1 - end.box.x0 > begun.box.x1 - begun.box.x0 + RAGGED_CODE * end.size:
        return False
    column = [piece for piece in printed if _overlap(piece, end)]
    flush = _spread([piece.box.x1 for piece in column]) <= FLUSH < _spread([piece.box.x0 for piece in column])
    return not flush and all(piece.text.isdigit() for piece in column)


def _spread(values: Sequence[float]) -> float:
    return max(values) - min(values)


def _begins_item(upper: Sequence[TextLine], lower: Sequence[TextLine]) -> bool:
    """Whether an item begins in the lower group and nothing else stands below the upper one."""
    begins = [piece for piece in lower if ORDINAL.match(fold(piece.text))]
    return bool(begins) and not any(_overlap(a, b) for b in lower if b not in begins for a in upper)


def _need_not_go_on(
    upper: Sequence[TextLine], lower: Sequence[TextLine], stretches: Sequence[tuple[float, float]]
) -> bool:
    """Whether texts stand one above the other, and none of those above fills its column and may go on;
    `stretches` are those across of all texts."""
    above = [a for a in upper if any(_overlap(a, b) for b in lower)]
    return bool(above) and not any(_is_full(piece, stretches) for piece in above)


def _overlap(a: TextLine, b: TextLine) -> bool:
    return a.box.x0 < b.box.x1 and b.box.x0 < a.box.x1


def _is_full(piece: TextLine, stretches: Sequence[tuple[float, float]]) -> bool:
    """Whether a line is about as wide as the widest of its column."""
    x0, _, x1, _ = piece.box
    widest = max([right - left for left, right in stretches if x0 < right and left < x1])
    return x1 - x0 >= widest - RAGGED * piece.size


def _between_numbers(numbers: Sequence[bool], gaps: Sequence[float], breaks: set[int]) -> set[int]:
    """Where rows that would hold two numbers are parted: at the widest white, the last of several."""
    found: set[int] = set()
    last: int | None = None
    for index, has in enumerate(numbers):
        if has and last is not None and not breaks & set(range(last, index)):
            found.add(max(range(last, index), key=lambda gap: (gaps[gap], gap)))
        last = index if has else last
    return found


def _overlapping(found: Sequence[TextLine]) -> list[list[TextLine]]:
    groups: list[list[TextLine]] = []
    reach = 0.0
    for piece in sorted(found, key=lambda p: p.box.y0):
        if groups and piece.box.y0 < reach - 0.1 * piece.size:
            groups[-1].append(piece)
        else:
            groups.append([piece])
            reach = piece.box.y1
        reach = max(reach, piece.box.y1)
    return [part for group in groups for part in _by_numbers(group)]


def _by_numbers(group: list[TextLine]) -> list[list[TextLine]]:
    """A group whose texts run over into rows above and below, by the heights at which its numbers stand."""
    numbers = [piece for piece in group if is_numeric(piece.glyphs)]
    if not any(
        _overlap(a, b) and b.cy - a.cy > a.size and not _ends_amount(a, b) and not _ends_code(a, b, numbers)
        for a in numbers
        for b in numbers
    ):
        return [group]
    heights = cluster((piece.cy for piece in numbers), lambda y: y, LEVEL * group[0].size)
    levels = [sum(height) / len(height) for height in heights]
    if len(levels) < 2 or min(b - a for a, b in pairwise(levels)) < group[0].size:
        return [group]
    parts: list[list[TextLine]] = [[] for _ in levels]
    lines = [min(range(len(levels)), key=lambda at: abs(levels[at] - piece.cy)) for piece in group]
    on = [abs(levels[at] - piece.cy) < LEVEL * piece.size for piece, at in zip(group, lines, strict=True)]
    for piece, at, level in zip(group, lines, on, strict=True):
        if not level:  # it is of the row in which no other text stands in its column
            taken = {
                n for other, n, own in zip(group, lines, on, strict=True) if own and _overlap(piece, other)
            }
            free = [n for n in range(len(levels)) if n not in taken]
            at = min(free, key=lambda n: abs(levels[n] - piece.cy), default=at)
        parts[at].append(piece)
    return parts


def _top(row: Sequence[TextLine]) -> float:
    return min(p.box.y0 for p in row)


def _bottom(row: Sequence[TextLine]) -> float:
    return max(p.box.y1 for p in row)

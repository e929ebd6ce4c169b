"""Lines of a table taken apart where its columns part them.

Invariant: what looks like a gutter in a single row is a gap inside a cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from parsers.readers.page.lines.geometry import Glyph
from parsers.readers.page.lines.text import TextLine, is_han, is_numeric, line_of, visual_lines
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

NARROW = 0.1  # of the type size: white this wide parts texts set flush to the two sides of an edge
CELL_GAP = 0.4  # of the type size: white this wide may part two cells of a line
LEVEL = 0.2  # of the type size: texts whose middles are nearer stand at one height
LOOSE = 1.8  # of the type size: lines of one text are nearer than this, however loosely set
FLUSH = 0.5  # points by which the ends of texts set flush may differ
FEWEST_FLUSH = 3
SPACED_OUT = 4.0  # of the type size: single Han characters no farther apart may be one word

_OPENING, _CLOSING = "（【《〈「『", "）】》〉」』，。、；："
_CENTS = re.compile(r"-?\d{1,3}(?:,?\d{3})*\.\d{2}")
_UNITS = _L.text("units")
_CODE_COLUMNS = frozenset(map(tuple, map(str.split, _L.words("code_columns"))))
"""Heads of columns beside each other, no spaced-out word."""


def inked(glyph: Glyph) -> tuple[float, float]:
    """From where to where a glyph has ink: full-width brackets and stops have it in one half of their em."""
    lo = glyph.cx if glyph.text in _OPENING else glyph.x0
    return lo, glyph.cx if glyph.text in _CLOSING else glyph.x1


def pieces_of_line(line: TextLine) -> list[TextLine]:
    """Runs of a line that may be cells of their own; a spaced-out word (合　计) stays one."""
    runs = [[line.glyphs[0]]]
    for before, after in pairwise(line.glyphs):
        gap = after.x0 - before.x1
        if gap > CELL_GAP * line.size:
            if not (gap < SPACED_OUT * line.size and _lone_han(before, after, line)):
                runs.append([])
        elif (gap > NARROW * line.size and are_code_columns(before, after)) or (
            inked(after)[0] - before.x1 > NARROW * line.size and _is_amount_before(runs[-1], after)
        ):
            runs.append([])
        runs[-1].append(after)
    return [line_of(run) for run in runs]


def _is_amount_before(run: Sequence[Glyph], after: Glyph) -> bool:
    """Whether the run is an amount that ends its cell: a label, not its unit, begins right behind it, with a
    word, an ordinal or a bracket."""
    begins = is_han(after.text) or after.text[0].isdigit() or after.text[0] in "(（"
    return begins and after.text[0] not in _UNITS and is_amount(run)


def is_amount(glyphs: Sequence[Glyph]) -> bool:
    """Whether nothing but an amount with cents is printed."""
    return bool(_CENTS.fullmatch("".join([glyph.text for glyph in glyphs])))


def parted_at_gutters(printed: Sequence[TextLine], body: Sequence[TextLine]) -> list[TextLine]:
    """The pieces of a header, those parted that fill neighbouring columns so that little white is between
    them: a gap in tight text, with white below it through every row of the body."""
    found: list[TextLine] = []
    for piece in printed:
        runs = [[piece.glyphs[0]]]
        gaps = [(b.x0 - a.x1) / piece.size for a, b in pairwise(piece.glyphs)]
        for at, (before, after) in enumerate(pairwise(piece.glyphs)):
            middle = (before.x1 + after.x0) / 2
            near = gaps[max(at - 1, 0) : at] + gaps[at + 1 : at + 2]
            if (
                gaps[at] > NARROW
                and near
                and max(near) < NARROW / 2
                and is_han(before.text) == is_han(after.text)
                and not any(p.box.x0 < middle < p.box.x1 for p in body)
            ):
                runs.append([])
            runs[-1].append(after)
        found += [line_of(run) for run in runs]
    return found


def _lone_han(before: Glyph, after: Glyph, line: TextLine) -> bool:
    """Whether both glyphs are Han characters that stand alone, white on either side. The words of a scan,
    each one glyph, are none."""
    if len(before.text + after.text) > 2 or not (is_han(before.text) and is_han(after.text)):
        return False
    if are_code_columns(before, after):
        return False
    at = line.glyphs.index(before)
    alone_left = at == 0 or before.x0 - line.glyphs[at - 1].x1 > CELL_GAP * line.size
    alone_right = at + 2 >= len(line.glyphs) or line.glyphs[at + 2].x0 - after.x1 > CELL_GAP * line.size
    return alone_left and alone_right


def are_code_columns(before: Glyph, after: Glyph) -> bool:
    """Whether both head columns of codes, side by side (类 款 项)."""
    return (before.text, after.text) in _CODE_COLUMNS


def pieces_of(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """Pieces of all lines, line by line; what words of several lines begin behind is a piece of its own: a
    number that ends there or stands in the middle of its column, and text that fills its column."""
    found = [piece for line in visual_lines(glyphs) for piece in pieces_of_line(line)]
    places = [(piece, at) for piece in found for at in _gaps_in(piece)]
    if not places:
        return found
    numbers = [(p.box.x0, p.box.x1) for p in found if is_numeric(p.glyphs)]
    numbers += [(p.glyphs[0].x0, p.glyphs[at - 1].x1) for p, at in places if is_numeric(p.glyphs[:at])]
    begins = [p.box.x0 for p in found] + [piece.glyphs[at].x0 for piece, at in places]
    cuts: dict[int, list[int]] = {}
    for piece, at in places:
        low, high, begin = piece.glyphs[0].x0, piece.glyphs[at - 1].x1, piece.glyphs[at].x0
        if _count_near(begin, begins) < FEWEST_FLUSH:
            continue
        if is_numeric(piece.glyphs[:at]):
            alike = sum(abs(x1 - high) < FLUSH or abs(x0 + x1 - low - high) < 2 * FLUSH for x0, x1 in numbers)
            parted = alike >= FEWEST_FLUSH
        else:
            parted = not any(_covers(other, (high + begin) / 2) for other in found)
        if parted:
            cuts.setdefault(id(piece), []).append(at)
    return [
        line_of(piece.glyphs[low:high])
        for piece in found
        for low, high in pairwise((0, *cuts.get(id(piece), ()), len(piece.glyphs)))
    ]


def _gaps_in(piece: TextLine) -> list[int]:
    """Which glyphs of a piece begin behind white that stands in tight text, or behind the number it begins
    with."""
    white = [(b.x0 - a.x1) / piece.size for a, b in pairwise(piece.glyphs)]
    return [
        at
        for at, gap in enumerate(white, start=1)
        if gap > NARROW
        and is_han(piece.glyphs[at].text)
        and (
            max((*white[max(at - 2, 0) : at - 1], *white[at : at + 1]), default=0.0) < NARROW / 2
            or is_numeric(piece.glyphs[:at])
        )
    ]


def _covers(piece: TextLine, x: float) -> bool:
    """Whether a glyph of the piece, or less white than parts columns, stands at `x`."""
    if not piece.box.x0 < x < piece.box.x1:
        return False
    before = max(glyph.x1 for glyph in piece.glyphs if glyph.x0 < x)
    after = min((glyph.x0 for glyph in piece.glyphs if glyph.x0 >= x), default=x)
    return before > x or after - before <= NARROW * piece.size


def _count_near(x: float, places: Sequence[float]) -> int:
    return sum(abs(x - place) < FLUSH for place in places)


def header_pieces(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """Pieces of a header, from top to bottom: cells side by side may hold one line, two or three, so that
    lines of neighbours stand half a line apart and there are none from side to side."""
    runs: list[list[Glyph]] = []
    for glyph in sorted((g for g in glyphs if not g.text.isspace()), key=lambda g: (g.x0, g.cy)):
        near = [run for run in runs if _continues(run[-1], glyph)]
        if near:
            min(near, key=lambda run: abs(run[-1].cy - glyph.cy)).append(glyph)
        else:
            runs.append([glyph])
    lines = [line_of(run) for run in runs]
    found: list[TextLine] = []
    for level in _levels(lines):
        for piece in pieces_of_line(line_of([glyph for part in level for glyph in part.glyphs])):
            found += _last_lines(piece, lines) or [piece]
    return sorted(found, key=lambda piece: (piece.cy, piece.box.x0))


def _last_lines(piece: TextLine, lines: Sequence[TextLine]) -> list[TextLine]:
    """The characters of what looks like a spaced-out word where one of them ends the text right above it."""
    parts = [line for line in lines if line.glyphs[0] in piece.glyphs]
    ends = any(
        0.5 * part.size < part.cy - above.cy < LOOSE * part.size
        and [p for p in parts if p.box.x0 < above.box.x1 and above.box.x0 < p.box.x1] == [part]
        for part in parts
        for above in lines
    )
    return parts if len(parts) > 1 and all(len(part.glyphs) == 1 for part in parts) and ends else []


def _continues(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size)
    most = (NARROW if are_code_columns(last, glyph) else CELL_GAP) * size
    return abs(last.cy - glyph.cy) < 0.35 * size and -0.5 * size < glyph.x0 - last.x1 <= most


def _levels(found: Sequence[TextLine]) -> list[list[TextLine]]:
    """Pieces that stand on one line, none above another."""
    levels: list[list[TextLine]] = []
    for piece in sorted(found, key=lambda piece: piece.cy):
        level = levels[-1] if levels else []
        same = level and abs(piece.cy - level[0].cy) < 0.2 * piece.size
        if same and not any(p.box.x0 < piece.box.x1 and piece.box.x0 < p.box.x1 for p in level):
            level.append(piece)
        else:
            levels.append([piece])
    return levels


def has_number(group: Sequence[TextLine]) -> bool:
    """Whether one of the pieces is a number: an amount, a dash for none, a code, a row number."""
    return any(is_numeric(piece.glyphs) and piece.text.strip("()（）.．,，") for piece in group)

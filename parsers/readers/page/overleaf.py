"""The rest of a table overleaf, or below blank rows, where nothing but its columns says that it goes on.

Invariant: a line is taken for a row only where its texts stand in the columns of the rows before.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from parsers.readers.page.frames import (
    MANY,
    MOST_WHITE,
    NO_ROW,
    SAME_END,
    WHITE,
    Frame,
    fits,
    is_title,
    of_data,
)
from parsers.readers.page.lines.columns import has_number, pieces_of_line
from parsers.readers.page.lines.geometry import Ruling
from parsers.readers.page.lines.text import AMOUNT, TextLine, is_han
from parsers.values.document import Box
from parsers.values.text import fold

MOST_BLANK = 6.0  # rows from one to the next, blank ones between
ALIGNED = 1.5  # points by which texts set to one place may differ


def continued_frame(
    lines: Sequence[TextLine], edges: Sequence[float], rules: Sequence[Ruling]
) -> Frame | None:
    """The rest of a table that ran off the foot of the page before, when this page prints no new header.

    `edges` are that table's columns. Its rows are the first lines of the page, as long as none of their
    words crosses an edge; a rule of the table's width may close them.
    """
    closing = [r.at for r in rules if abs(r.lo - edges[0]) < SAME_END and abs(r.hi - edges[-1]) < SAME_END]
    members: list[TextLine] = []
    kept = 0
    for line, with_data in zip(lines, of_data(lines), strict=True):
        white = (line.box.y0 - members[-1].box.y1) / line.size if members else 0.0
        enclosed = any(at > line.cy for at in closing)
        far = white > WHITE and not enclosed and not follows_blank_rows(line, members)
        if far or is_title(line, members):
            break
        if NO_ROW.search(line.text) or not (fits(line, edges) or _is_row_with_long_label(line, edges)):
            break
        members.append(line)
        if with_data or enclosed or (white <= MOST_WHITE and kept == len(members) - 1):
            kept = len(members)
    members = members[:kept]
    if not members:
        return None
    closing = [at for at in closing if at > members[-1].cy]
    closed = bool(closing) and min(closing) - members[-1].box.y1 < 2 * members[-1].size
    # A title may stand where columns are; it prints no number beside a word.
    rows = sum(len(pieces_of_line(line)) >= 2 and has_number(pieces_of_line(line)) for line in members)
    surely = closed or any(map(_is_row_of_amounts, members)) or _filled(members, edges) >= MANY
    if not rows or (2 * rows <= len(members) and not surely):
        return None
    pad = 0.3 * members[0].size
    top, bottom = members[0].box.y0 - pad, members[-1].box.y1 + pad
    if closed:
        bottom = min(closing)
    proved = all(fits(line, edges) for line in members)
    return Frame(Box(edges[0], top, edges[-1], bottom), breaks=tuple(edges[1:-1]) if proved else ())


def _is_row_with_long_label(line: TextLine, edges: Sequence[float]) -> bool:
    """Whether a row of amounts fits the columns but for its label, longer than those of the page before."""
    found = pieces_of_line(line)
    amounts = [piece for piece in found if AMOUNT.fullmatch(fold(piece.text))]
    labels = [piece for piece in found if not fits(piece, edges)]
    return len(amounts) >= 2 and len(labels) == 1 and is_han(labels[0].text[0])


def follows_blank_rows(line: TextLine, rows: Sequence[TextLine]) -> bool:
    """Whether a line far below `rows` is a row with a number all the same: blank ones have room between, and
    each of its texts begins, ends or has its middle where one above does."""
    found = pieces_of_line(line)
    if len(rows) < MANY or len(found) < 2 or not has_number(found):
        return False
    pitch = median(below.cy - above.cy for above, below in pairwise(rows))
    if line.cy - rows[-1].cy > MOST_BLANK * pitch:
        return False
    places = [_places(piece) for row in rows for piece in pieces_of_line(row)]
    return all(
        any(abs(at - other) <= ALIGNED for place in places for at, other in zip(mine, place, strict=True))
        for mine in map(_places, found)
    )


def _places(piece: TextLine) -> tuple[float, float, float]:
    return piece.box.x0, piece.box.x1, (piece.box.x0 + piece.box.x1) / 2


def _is_row_of_amounts(line: TextLine) -> bool:
    found = pieces_of_line(line)
    return len(found) >= MANY and sum(bool(AMOUNT.fullmatch(fold(piece.text))) for piece in found) >= 2


def _filled(lines: Sequence[TextLine], edges: Sequence[float]) -> int:
    """How many columns hold words of several lines: those of narrative cross the edges."""
    found = Counter(bisect(edges, piece.box.x0) for line in lines for piece in pieces_of_line(line))
    return sum(count > 1 for count in found.values())

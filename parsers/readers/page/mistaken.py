"""Signs that the columns of a table without vertical rules were taken wrongly.

Invariant: what is said of a table rests on what its rows print, never on its header.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from parsers.readers.page.frames import MANY
from parsers.readers.page.lines.columns import LEVEL, is_amount
from parsers.readers.page.lines.text import TextLine, is_han
from parsers.readers.page.ruled import Lattice

MOST_DIGITS = 3  # of a code on one line of a narrow column


def hold_two_amounts(body: Sequence[TextLine], breaks: Sequence[float]) -> bool:
    """Whether rules break at some columns alone: between two breaks a row prints two amounts."""
    last: dict[int, float] = {}
    for piece in body if breaks else ():
        if is_amount(piece.glyphs):
            column = bisect_right(breaks, (piece.box.x0 + piece.box.x1) / 2)
            if abs(piece.cy - last.get(column, -piece.size)) < LEVEL * piece.size:
                return True
            last[column] = piece.cy
    return False


def are_jumbled(body: Sequence[TextLine], lattice: Lattice) -> bool:
    """Whether cells hold words and, on lines of their own, several bits of a code: what two narrow columns
    print that no white parts."""
    bits: Counter[tuple[int, int]] = Counter()
    words: set[tuple[int, int]] = set()
    for piece in body:
        place = bisect_right(lattice.ys, piece.cy), bisect_right(lattice.xs, piece.glyphs[0].cx)
        if len(piece.text) <= MOST_DIGITS and piece.text.isdigit():
            bits[place] += 1
        elif is_han(piece.text[0]):
            words.add(place)
    return sum(count > 1 and place in words for place, count in bits.items()) >= MANY

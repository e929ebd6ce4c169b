"""Glyphs to lines of text.

Invariant: a line is what a person reads as one line; white space is derived from the gaps between glyphs,
never from the space characters of the file, which engines print, omit and stretch at will.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from operator import add, itemgetter, sub

from parsers.readers.page.lines.geometry import Glyph, bounds_and_size, type_size
from parsers.values.document import Box

SPACE_BETWEEN_HAN = 0.6  # of the type size; justified text opens gaps up to about half an em
SPACE_BETWEEN_OTHERS = 0.28  # Word opens a quarter em between Han and Latin by itself
TAB = 1.8
_SIDES = itemgetter(*map(Glyph._fields.index, ("x0", "x1")))
Level = tuple[float, float, float]  # top, bottom and size of the type
_HEIGHTS = itemgetter(*map(Glyph._fields.index, ("y0", "y1", "size")))
LEVEL = 0.3  # of the height of type: glyphs whose middles are nearer overlap by more than half
_UNKNOWN = "\0"  # what PDFium gives for a glyph that its font names no character for
_BETWEEN_WORDS = re.compile("(?<=[\u2e80-\ufaff])\0+(?=[\u2e80-\ufaff])")
AMOUNT = re.compile(r"[-－(（]?\d{1,3}(?:[,，]?\d{3})*[.．]\d{1,6}[)）]?%?")


@dataclass(frozen=True)
class TextLine:
    """One visual line, its glyphs from left to right. What it says is put together once."""

    glyphs: tuple[Glyph, ...]
    box: Box
    size: float

    @cached_property
    def text(self) -> str:
        """The text, with spaces where glyphs stand apart and tabs where columns do."""
        return spaced_text(self.glyphs, self.size, tabs=True)

    @property
    def cy(self) -> float:
        """The vertical middle."""
        return (self.box.y0 + self.box.y1) / 2


def visual_lines(glyphs: Iterable[Glyph]) -> list[TextLine]:
    """Lines from top to bottom; glyphs are of one line when they overlap by half their height."""
    return [TextLine(row, *bounds_and_size(row)) for row in _rows(glyphs)]


def _rows(glyphs: Iterable[Glyph]) -> list[tuple[Glyph, ...]]:
    """The printed glyphs of each line, from left to right."""
    printed = [glyph for glyph in glyphs if not glyph.text.isspace()]
    if is_one_line(printed):
        return [_across(printed)] if printed else []
    rows: list[list[Glyph]] = []
    for glyph in sorted(printed, key=_down_and_across):
        if rows and _same_line(rows[-1], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return list(map(_across, rows))


def is_one_line(glyphs: Sequence[Glyph]) -> bool:
    """Whether the glyphs stand so level that they are one line at a glance; most cells hold no more."""
    return len(glyphs) < 2 or are_one_line(levels_of(glyphs))


def levels_of(glyphs: Iterable[Glyph]) -> set[Level]:
    """Where the glyphs stand; those of most cells all stand alike."""
    return set(map(_HEIGHTS, glyphs))


def are_one_line(levels: Collection[Level]) -> bool:
    """As `is_one_line`, of several glyphs."""
    if len(levels) == 1:
        ((top, bottom, size),) = levels
        return min(bottom - top, size) > 0
    tops, bottoms, sizes = zip(*levels, strict=True)
    middles = list(map(add, tops, bottoms))
    least = min(*map(sub, bottoms, tops), *sizes)
    return bool((max(middles) - min(middles)) / 2 < LEVEL * least)


def _down_and_across(glyph: Glyph) -> tuple[float, float]:
    return glyph.y0 + glyph.y1, glyph.x0


def line_of(glyphs: Iterable[Glyph]) -> TextLine:
    """A line of glyphs, sorted from left to right, with its box and type size."""
    row = _across(glyphs)
    return TextLine(row, *bounds_and_size(row))


def _across(glyphs: Iterable[Glyph]) -> tuple[Glyph, ...]:
    return tuple(sorted(glyphs, key=_SIDES))


def _same_line(row: list[Glyph], glyph: Glyph) -> bool:
    # Compared with the last few only: a slightly skewed line drifts, and a long line costs no more.
    low, high, size = glyph.y0, glyph.y1, glyph.size
    last = row[-1]
    if low == last.y0 and high == last.y1 and low < high and size > 0:
        return True
    for other in row[-3:]:
        apart = abs(other.y0 + other.y1 - low - high) / 2
        common = min(other.y1, high) - max(other.y0, low)
        if apart < 0.4 * max(other.size, size) and common > 0.4 * min(other.y1 - other.y0, high - low):
            return True
    return False


def spaced_text(glyphs: Sequence[Glyph], size: float, tabs: bool = False) -> str:
    """Text of glyphs in reading direction, a space (or a tab) where the gap asks for one."""
    parts: list[str] = []
    end = inf
    for text, x0, _, x1, _, _, _ in glyphs:
        gap = (x0 - end) / size if size else 0.0
        if gap > SPACE_BETWEEN_OTHERS:
            parts.append(_gap_text(parts[-1], text, gap, tabs))
        parts.append(text)
        end = x1
    text = "".join(parts).strip()
    return _without_unknown(text) if _UNKNOWN in text else text


def _without_unknown(text: str) -> str:
    """Words without the glyphs of no character before, behind and between them, which indent them or part
    them. Beside a digit such a glyph may be another one, and a text without words keeps all it has."""
    return _BETWEEN_WORDS.sub(" ", text).strip(_UNKNOWN).strip() if any(map(is_han, text)) else text


def _gap_text(before: str, after: str, gap: float, tabs: bool) -> str:
    """What stands for a gap (of the type size) that parts all but Han characters."""
    if tabs and gap > TAB:
        return "\t"
    both_han = is_han(before[-1:]) and is_han(after[:1])
    return " " if gap > SPACE_BETWEEN_HAN or not both_han else ""


def is_han(char: str) -> bool:
    """Han characters and full-width forms: everything set in a full em."""
    return "\u2e80" <= char <= "\ufaff" or "\uff00" <= char <= "\uffef"


_TEXT, _DIRECTION = (itemgetter(Glyph._fields.index(name)) for name in ("text", "direction"))
_NUMERIC = frozenset("0123456789.,-－，．%％()（）+＋")
_BEGINS_NUMERIC = _NUMERIC | {""}


def is_numeric(glyphs: Iterable[Glyph]) -> bool:
    """Whether nothing but a number is printed."""
    texts = list(map(_TEXT, glyphs))
    begins = "".join(texts[:1]).strip()[:1]  # most others begin with a word
    return begins in _BEGINS_NUMERIC and _NUMERIC.issuperset("".join(map(str.strip, texts)))


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """Text of one cell, visual lines parted by newlines; lines turned by 90 degrees are turned back."""
    if not glyphs:
        return ""
    if 2 * list(map(_DIRECTION, glyphs)).count("right") < len(glyphs):
        glyphs = upright(glyphs)
    printed = [glyph for glyph in glyphs if not glyph.text.isspace()]
    levels = levels_of(printed)
    if len(levels) == 1 and are_one_line(levels):  # as of most cells: one size of type
        return spaced_text(_across(printed), printed[0].size)
    return "\n".join([spaced_text(row, type_size(row)) for row in _rows(printed)])


def upright(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs of turned lines in coordinates in which the lines run to the right."""
    return [_turn(g) for g in glyphs]


def _turn(glyph: Glyph) -> Glyph:
    if glyph.direction == "up":
        return Glyph(glyph.text, -glyph.y1, glyph.x0, -glyph.y0, glyph.x1, glyph.size)
    return Glyph(glyph.text, glyph.y0, -glyph.x1, glyph.y1, -glyph.x0, glyph.size)

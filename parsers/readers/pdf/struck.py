"""Lines that are drawn through text or under it: no rules of a table. What a line runs through is withdrawn,
as by the strike-through of a word processor.

Invariant: such a line ends where its characters end and touches no other rule. A rule of a table meets its
neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from parsers.readers.page.lines.geometry import Glyph, Ruling

MIDDLE = (0.35, 0.6)  # of a character's height, from its top: a line there strikes it out; converters set
# lines that underline up to 0.7
UNDER = 1.25  # of the same height: as low as a line lies that underlines it
ENDS = (1.0, 0.2)  # of the type size: how far a line through text, or under it, may end from the text
COVERED = 0.6  # of the line that must have characters at it
LONGEST = 400.0  # points
TOUCH = 1.5  # points


def without_struck(
    glyphs: Sequence[Glyph], rules: Sequence[Ruling]
) -> tuple[list[Glyph], tuple[Ruling, ...], list[Glyph]]:
    """The glyphs that count, the rules without lines of text, and the glyphs that are struck out."""
    short = _short(rules)
    if not glyphs or not short:
        return list(glyphs), tuple(rules), []
    x0, y0, x1, y1 = (np.array(side) for side in list(zip(*glyphs, strict=True))[1:5])
    printed = np.array([not glyph.text.isspace() for glyph in glyphs])
    struck, lines = np.zeros(len(glyphs), np.bool_), set()
    for index in short:
        rule = rules[index]
        met = printed & (x1 > rule.lo) & (x0 < rule.hi)
        depth = (rule.at - y0) / (y1 - y0)
        for band, reach in zip((MIDDLE, (MIDDLE[1], UNDER)), ENDS, strict=True):
            at = met & (depth > band[0]) & (depth <= band[1])
            if at.any() and _ends_with(rule, x0[at], x1[at], reach * float((y1 - y0)[at].max())):
                if any(_touch(rule, other) for other in rules if other is not rule):
                    break
                lines.add(index)
                if band is MIDDLE:
                    struck |= at
    kept = [glyph for glyph, gone in zip(glyphs, struck.tolist(), strict=True) if not gone]
    rest = tuple(rule for index, rule in enumerate(rules) if index not in lines)
    return kept, rest, [glyph for glyph, gone in zip(glyphs, struck.tolist(), strict=True) if gone]


def _short(rules: Sequence[Ruling]) -> list[int]:
    """The rules across, by index, that may be lines of text: most meet a rule down the page."""
    uprights = np.sort([rule.at for rule in rules if rule.axis == "v"])
    short = [index for index, rule in enumerate(rules) if rule.axis == "h" and rule.length <= LONGEST]
    ends = np.array([(rules[index].lo, rules[index].hi) for index in short]).reshape(-1, 2)
    first, last = np.searchsorted(uprights, ends - TOUCH), np.searchsorted(uprights, ends + TOUCH)
    free = np.flatnonzero((first == last).all(axis=1))
    return [short[index] for index in free.tolist()]


def _touch(rule: Ruling, other: Ruling) -> bool:
    if other.axis == "v":
        at_end = min(abs(other.at - rule.lo), abs(other.at - rule.hi)) <= TOUCH
        return at_end and other.lo - TOUCH <= rule.at <= other.hi + TOUCH
    return abs(other.at - rule.at) <= TOUCH and other.lo - TOUCH <= rule.hi and rule.lo - TOUCH <= other.hi


def _ends_with(rule: Ruling, lefts: NDArray[np.float64], rights: NDArray[np.float64], reach: float) -> bool:
    """Whether the rule begins and ends with the characters, and they fill it."""
    left, right = float(np.min(lefts)), float(np.max(rights))
    near = abs(rule.lo - left) <= reach and abs(rule.hi - right) <= reach
    return near and float((rights - lefts).sum()) >= COVERED * rule.length

"""Two pages side by side on one sheet: where the second begins, and each as a page of its own.

Invariant: a sheet is parted only where it is white about its middle from top to bottom, and where each half
shows by itself what a page shows: a long rule, a unit line, or prose without amounts; or where such a sheet
stood before it in the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.readers.page.frames import MANY, SHORTEST_RULE, UNIT_LINE
from parsers.readers.page.lines.columns import LEVEL
from parsers.readers.page.lines.geometry import Glyph, PageMarks
from parsers.readers.page.lines.text import is_han, visual_lines
from parsers.values.document import Block, Box, Grid

WIDE = 1.2  # of its height: a narrower sheet holds one page
FOLD = 24.0  # points of white: the margins of two pages, however small these are printed
_AMOUNT = re.compile(r"\d[.．]\d|\d[,，]\d{3}")


def fold_of(marks: PageMarks, *, paired: bool = False) -> float | None:
    """Where the second begins of two pages that are printed side by side, or None: in the middle. The halves
    need show nothing where a sheet of this size before was such a pair (`paired`)."""
    if marks.width < WIDE * marks.height:
        return None
    middle = marks.width / 2
    rules = [(r.lo, r.hi) if r.axis == "h" else (r.at, r.at) for r in marks.rules]
    if _white_at(middle, [*rules, (0.0, 0.0), (marks.width, marks.width)]) <= FOLD:  # as of most sheets
        return None
    printed = [(x0, x1) for text, x0, _, x1, _, _, _ in marks.glyphs if not text.isspace()]
    if _white_at(middle, rules + printed) <= FOLD:
        return None
    left, right = halves(marks, middle)
    if _are_labels_of(left, right):
        return None
    return middle if paired or (_is_page(left) and _is_page(right)) else None


def _are_labels_of(left: PageMarks, right: PageMarks) -> bool:
    """Whether the right half prints rows of amounts without a word, each beside words of the left one."""
    beside = [line.cy for line in visual_lines(left.glyphs) if any(map(is_han, line.text))]
    rows = [line for line in visual_lines(right.glyphs) if _AMOUNT.search(line.text)]
    return len(rows) >= MANY and all(
        not any(map(is_han, row.text)) and any(abs(row.cy - cy) <= LEVEL * row.size for cy in beside)
        for row in rows
    )


def _white_at(middle: float, stretches: Sequence[tuple[float, float]]) -> float:
    """How wide the white is about the middle of a sheet, between what is printed left and right of it."""
    begin = max([hi for lo, hi in stretches if lo < middle], default=middle)
    return min([lo for lo, _ in stretches if lo >= middle], default=middle) - begin


def _is_page(half: PageMarks) -> bool:
    if any(rule.axis == "h" and rule.length >= SHORTEST_RULE for rule in half.rules):
        return True
    lines = visual_lines(half.glyphs)
    return any(UNIT_LINE.search(line.text) for line in lines) or (
        any(map(is_han, (glyph.text for glyph in half.glyphs)))
        and not any(_AMOUNT.search(line.text) for line in lines)
    )


def halves(marks: PageMarks, fold: float) -> tuple[PageMarks, PageMarks]:
    """Two pages side by side as two, each from its own left edge."""

    def part(start: float, end: float) -> PageMarks:
        def within(glyphs: Sequence[Glyph]) -> tuple[Glyph, ...]:
            return tuple(g._replace(x0=g.x0 - start, x1=g.x1 - start) for g in glyphs if start <= g.x0 < end)

        rules = (
            rule._replace(lo=rule.lo - start, hi=rule.hi - start)
            if rule.axis == "h"
            else rule._replace(at=rule.at - start)
            for rule in marks.rules
            if start <= (rule.lo if rule.axis == "h" else rule.at) < end
        )
        glyphs, withdrawn = within(marks.glyphs), within(marks.withdrawn)
        return replace(
            marks, width=end - start, glyphs=glyphs, rules=tuple(rules), withdrawn=withdrawn, fold=None
        )

    return part(0.0, fold), part(fold, marks.width)


def moved(block: Block, by: float) -> Block:
    """The block `by` points further to the right; the edges of its columns stay."""

    def placed(box: Box | None) -> Box | None:
        return None if box is None else box._replace(x0=box.x0 + by, x1=box.x1 + by)

    if isinstance(block, Grid):
        cells = tuple(replace(cell, box=placed(cell.box)) for cell in block.cells)
        return replace(block, box=placed(block.box), cells=cells)
    return replace(block, box=placed(block.box))

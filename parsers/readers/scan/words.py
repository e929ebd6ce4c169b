"""Words of tables without vertical rules, parted where the white of their columns stands between them.

Invariant: a box is cut in white only, and never within a number, a run of Han characters or a spaced-out
word. Boxes are x0, y0, x1, y1 in pixels; `mask` is the ink of the page (0 or 255).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from parsers.readers.scan.pixels import Image, PixelBox

Run = tuple[int, int]  # columns of pixels, first and behind the last

# Of the height of a line:
GAP = 0.45  # white this wide parts two words
WIDE_GAP = 0.9  # beside a narrow or a low mark: brackets and commas bring white of their own
NARROW = 0.45  # a mark so wide may be a bracket
LOW = 0.5  # a mark so high may be a comma
END = 0.25  # so much of a run shows how high its last mark is
REACH = 1.2  # about an overlap, where white is looked for
LONE = 1.3  # a single Han character is narrower
FULL = 0.7  # and wider
MOSTLY = 0.8  # of a box
STACKED = 0.35  # so much wide and so far below: another line

LONGEST_NAME = 12  # characters; longer ones may be sentences
_DUST_BEFORE = re.compile(r"^[、·…'`]+\s*(?=[\u4e00-\u9fff])")
_DUST = re.compile(r"(?<=[\u4e00-\u9fff])\s*[.,·'`]+$")
_NUMBER_AND_LABEL = re.compile(
    r"([\d,]+\.\d\d|\d{2,3}|\d{5}|\d{7})\s*((?:\d{1,2}[、.]|[(（][\d\u4e00-\u9fff]{1,2}[)）])?[\u4e00-\u9fff].*)"
)
"""An amount or a code, and the label of the next column; a label may begin with an ordinal."""


def outermost(boxes: Sequence[PixelBox]) -> list[PixelBox]:
    """The boxes, but for those that lie in another: what they hold would be read twice."""

    def within(a: PixelBox, b: PixelBox) -> bool:
        wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        return min(wide, high) > 0 and wide * high >= MOSTLY * (a[2] - a[0]) * (a[3] - a[1])

    by_size = sorted(boxes, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))
    kept: list[PixelBox] = []
    for box in by_size:
        if not any(within(box, larger) for larger in kept):
            kept.append(box)
    return sorted(kept, key=boxes.index)


def without_overlaps(boxes: Sequence[PixelBox], mask: Image) -> list[PixelBox]:
    """The boxes, those of one line that run into one another cut at the white between their words."""
    found = list(boxes)
    order = sorted(range(len(found)), key=lambda index: found[index][0])
    for at, first in enumerate(order):
        for second in order[at + 1 :]:
            a, b = found[first], found[second]
            if b[0] >= a[2]:
                break
            if _is_beside(a, b):
                cut = _white_near(a, b, mask)
                if cut is not None:
                    found[first], found[second] = (*a[:2], cut[0], a[3]), (cut[1], *b[1:])
    return found


def between_lines(boxes: Sequence[PixelBox], mask: Image) -> list[PixelBox]:
    """The boxes, those of one line that reach into the line below it cut where the least ink is."""
    found = list(boxes)
    order = sorted(range(len(found)), key=lambda index: found[index][1])
    for at, upper in enumerate(order):
        for lower in order[at + 1 :]:
            a, b = found[upper], found[lower]
            if b[1] >= a[3]:
                break
            left, right = max(a[0], b[0]), min(a[2], b[2])
            low = min(a[3] - a[1], b[3] - b[1])
            apart = (b[1] + b[3] - a[1] - a[3]) / 2
            if right - left < STACKED * min(a[2] - a[0], b[2] - b[0]) or apart < STACKED * low:
                continue
            top, foot = (a[1] + a[3]) // 2, (b[1] + b[3]) // 2
            inked = (mask[top:foot, left:right] > 0).sum(axis=1)
            if inked.size:
                least = np.flatnonzero(inked == np.min(inked))
                cut = top + int(least[len(least) // 2])
                found[upper], found[lower] = (*a[:3], cut), (b[0], cut, *b[2:])
    return found


def _is_beside(a: PixelBox, b: PixelBox) -> bool:
    """Whether `b` begins on the line of `a` and ends behind it."""
    common = min(a[3], b[3]) - max(a[1], b[1])
    low = min(a[3] - a[1], b[3] - b[1])
    overlap = a[2] - b[0]
    return common > 0.5 * low and b[2] > a[2] and overlap < 0.5 * min(a[2] - a[0], b[2] - b[0])


def _white_near(a: PixelBox, b: PixelBox, mask: Image) -> Run | None:
    """The widest white about where two boxes overlap."""
    reach = round(REACH * (a[3] - a[1]))
    lo, hi = max(b[0] - reach, a[0]), min(a[2] + reach, b[2])
    white = [
        (end, begin)
        for (_, end), (begin, _) in pairwise(_inked((lo, max(a[1], b[1]), hi, min(a[3], b[3])), mask))
    ]
    if not white:
        return None
    end, begin = max(white, key=lambda run: run[1] - run[0])
    return lo + end, lo + begin


def parted(box: PixelBox, mask: Image) -> list[PixelBox]:
    """The box as one box a word."""
    x0, y0, _, y1 = box
    height = y1 - y0
    runs = _inked(box, mask)
    if not runs:
        return [box]
    words: list[list[Run]] = [[runs[0]]]
    for before, after in pairwise(runs):
        narrow = min(before[1] - before[0], after[1] - after[0]) < NARROW * height
        narrow = narrow or _end_height(before[1], box, mask) < LOW * height
        if after[0] - before[1] > (WIDE_GAP if narrow else GAP) * height:
            words.append([])
        words[-1].append(after)
    spans = [(word[0][0], word[-1][1]) for word in words]
    joined = [spans[0]]
    for span in spans[1:]:
        if all(end - begin < LONE * height for begin, end in (joined[-1], span)):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return [(x0 + begin, y0, x0 + end, y1) for begin, end in joined]


def is_dust(text: str) -> bool:
    """Whether nothing but points were read: a dash says that a cell is empty, a point says nothing."""
    return not text.strip(".,·'`:;、，。：；… ")


def without_dust(text: str) -> str:
    """A name without the specks about it, or what is left of an ordinal of thin strokes: no name begins or
    ends with a point or a comma."""
    text = _DUST_BEFORE.sub("", text)
    return _DUST.sub("", text) if len(text) <= LONGEST_NAME else text


def apart(text: str, box: PixelBox, mask: Image) -> list[tuple[str, PixelBox]]:
    """What was read in a box as words of the table: an amount or a code and the label of the
    next column are two, and characters far from each other (合 计; 类 款 项 over three columns) are one each,
    as in a drawn page."""
    x0, y0, x1, y1 = box
    runs = _inked(box, mask)
    match = _NUMBER_AND_LABEL.fullmatch(text)
    if match and (white := _white_behind(match[1], match[2], runs, y1 - y0)):
        return [(match[1], (x0, y0, x0 + white[0], y1)), (match[2], (x0 + white[1], y0, x1, y1))]
    spans = _joined(runs, GAP * (y1 - y0))
    if 1 < len(spans) == len(text) and all(end - begin < LONE * (y1 - y0) for begin, end in spans):
        return [
            (char, (x0 + begin, y0, x0 + end, y1)) for char, (begin, end) in zip(text, spans, strict=True)
        ]
    return [(text, box)]


def _white_behind(number: str, label: str, runs: Sequence[Run], height: int) -> Run | None:
    """The widest white about where a number must end; characters of a label are twice as wide."""
    if not runs:
        return None
    halves = len(number) + sum(1 if char.isascii() else 2 for char in label)
    place = len(number) / halves * runs[-1][1]
    near = [
        (before, after)
        for (_, before), (after, _) in pairwise(runs)
        if before - height < place < after + height
    ]
    return max(near, key=lambda run: run[1] - run[0], default=None)


def _joined(runs: Sequence[Run], gap: float) -> list[Run]:
    """The runs, those joined that no wider white parts."""
    spans: list[Run] = []
    for begin, end in runs:
        if spans and begin - spans[-1][1] <= gap:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((begin, end))
    return spans


def is_more_than_dirt(text: str, box: PixelBox, height: float) -> bool:
    """Whether what detection passed over, on lines of this height, is a number, a word, or one character of
    the usual shape. Dirt is seldom a digit, but for a stroke."""
    x0, y0, x1, y1 = box
    if len(text) > 1:
        return True
    if "\u4e00" < text <= "\u9fff":
        return x1 - x0 > FULL * (y1 - y0)
    return text in "023456789" and y1 - y0 > FULL * height


def _end_height(end: int, box: PixelBox, mask: Image) -> int:
    """How high the ink is in the last columns of a run, `end` counted from the left of the box."""
    x0, y0, _, y1 = box
    begin = max(end - max(round(END * (y1 - y0)), 1), 0)
    rows = np.flatnonzero(mask[y0:y1, x0 + begin : x0 + end].any(axis=1))
    return int(rows[-1] - rows[0] + 1) if rows.size else 0


def _inked(box: PixelBox, mask: Image) -> list[Run]:
    """Runs of columns that have ink, from the left edge of the box."""
    x0, y0, x1, y1 = box
    inked = np.concatenate(([False], mask[y0:y1, x0:x1].any(axis=0), [False]))
    edges = np.flatnonzero(np.diff(inked.astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]

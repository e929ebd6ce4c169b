"""Pixels of a scanned page: seal, skew and ruling lines.

Invariant: functions take and return plain arrays (`gray`: height × width, 0 black to 255 white) and are
pure; nothing here reads text.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.readers.page.lines.geometry import Ruling
from parsers.readers.scan.pixels import Image, PixelBox

INK, FAINT = 25, 5  # how much darker than its surroundings text is, and a smoothed rule
SMOOTH = 0.15  # inches
PAPER = 90  # in a hundred pixels about text, one so bright is paper
RED_EXCESS = 35  # how much a pixel's red exceeds its green and blue to be ink of a seal
LONG_RULE = 1.0  # inches; only such rules show the skew
LARGEST_DRIFT = 0.06  # of a rule's length: more is not a rule but marks grown together
SHORTEST_RULE_H = 0.25  # inches; longer than the strokes of any heading's characters
SHORTEST_RULE_V = 0.20
THICKEST_RULE = 0.06
STROKE_ROOM = 0.15  # of a line's height: the box of a line of text may cut into its strokes
LONGEST_STROKE = 4.0  # of a line's height: strokes of neighbours that have grown together are shorter
RULE_GAP = 0.12
# Of the height of lines: how high and wide one is that was not found, the white within it and around others.
MISSED_HIGH, MISSED_WIDE, MISSED_GAP, MISSED_ROOM = (0.6, 1.5), 0.5, 0.45, 0.5
MOST_MISSED = 200  # more are dirt
WIDE = 1.2  # times its height: two pages of A4 side by side are 1.4
ABOUT_MIDDLE = 0.15  # of the width of two pages: so near the middle they meet
FOLD = 0.3  # inches of white between two pages
SPECK = 0.0003  # square inches of ink that are dust


def without_seal(rgb: Image) -> Image:
    """Grey page on which red ink is white and black text under it stays black."""
    red = rgb[:, :, 0].astype(np.int16)
    others = np.maximum(rgb[:, :, 1], rgb[:, :, 2]).astype(np.int16)
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    seal = red - others > RED_EXCESS
    if not seal.any():
        return np.asarray(gray, dtype=np.uint8)
    # Only its red channel separates ink from text there: red ink is bright in it, text under the seal is
    # dark. More than what makes the ink white would make thin strokes white too.
    gain = 255 / max(float(np.median(red[seal])), 127.5)
    stretched = np.clip(red * gain, 0, 255).astype(np.uint8)
    return np.where(seal, np.maximum(gray, stretched), gray).astype(np.uint8)


def ink(gray: Image, contrast: int = INK) -> Image:
    """Mask (0 or 255) of what is darker than its surroundings by `contrast`."""
    return np.asarray(
        cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, contrast),
        dtype=np.uint8,
    )


def without_specks(mask: Image, speck: int) -> Image:
    """The mask without marks of up to `speck` pixels."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    kept = stats[:count, cv2.CC_STAT_AREA] > speck
    kept[0] = False
    return np.asarray(kept[labels] * np.uint8(255), dtype=np.uint8)


def text_slope(quads: Sequence[NDArray[np.float32]]) -> float:
    """Degrees by which lines of text fall to the right, 0.0 when nothing shows it; good to half a degree."""
    tops = [quad[1] - quad[0] for quad in quads]
    sides = [quad[3] - quad[0] for quad in quads]
    long = [
        top
        for top, side in zip(tops, sides, strict=True)
        if np.hypot(*top) > 4 * np.hypot(*side) and abs(top[1]) < abs(top[0])
    ]
    if len(long) < 3:
        return 0.0
    steps = np.asarray(long, dtype=np.float64)
    return _weighted_median(np.degrees(np.arctan2(steps[:, 1], steps[:, 0])), steps[:, 0])


def rule_slope(gray: Image, dpi: float) -> float | None:
    """Degrees by which ruling lines fall to the right, None without any; good to a few hundredths."""
    lines = _line_mask(ink(gray), round(SHORTEST_RULE_H * dpi), 1, horizontal=True)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    slopes, widths = [], []
    for index in range(1, count):
        left, top, width, height = (int(v) for v in stats[index, :4])
        if width < LONG_RULE * dpi or height > LARGEST_DRIFT * width:
            continue
        part = labels[top : top + height, left : left + width] == index
        columns = part.sum(axis=0)
        drawn = np.flatnonzero(columns)
        middles = (part * np.arange(height)[:, None]).sum(axis=0)[drawn] / columns[drawn]
        slopes.append(float(np.polyfit(drawn, middles, 1)[0]))
        widths.append(float(width))
    if not slopes:
        return None
    return float(np.degrees(np.arctan(_weighted_median(np.asarray(slopes), np.asarray(widths)))))


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def rotated(image: Image, degrees: float) -> Image:
    """The image turned about its middle (positive: counter-clockwise), its edges drawn into the corners:
    white would draw rules on grey paper."""
    height, width = image.shape[:2]
    matrix = _rotation(image, degrees)
    turned = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, dtype=np.uint8)


def rotated_points(points: NDArray[np.float32], image: Image, degrees: float) -> NDArray[np.float32]:
    """Where `rotated` moves points of shape (n, 2)."""
    matrix = _rotation(image, degrees)
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)


def _rotation(image: Image, degrees: float) -> NDArray[np.float64]:
    height, width = image.shape[:2]
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), dtype=np.float64)


def ruling(gray: Image, dpi: float, lines: Sequence[PixelBox]) -> tuple[list[Ruling], Image]:
    """Ruling lines (in pixels) and the mask of their pixels.

    `lines` are the boxes of lines of text: the strokes of large type in them are not rules.
    """
    dark = ink(gray)
    across, down = _all_lines(dark, dark, dpi)
    ruled = any(max(w, h) >= LONG_RULE * dpi for _, _, w, h in (*_boxes(across), *_boxes(down)))
    fringe = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    fainter = _faint_lines(gray, np.where(fringe > 0, 0, dark).astype(np.uint8), dpi, lines)
    across, down = (_grown(*pair, dpi, ruled=ruled) for pair in zip((across, down), fainter, strict=True))
    for x0, y0, x1, y1 in lines:
        for drawn in (across, down):
            _drop_strokes(drawn, x0, y0, x1, y1)
    thick = THICKEST_RULE * dpi
    rules = [
        *(Ruling("h", y + h / 2, x, x + w, h) for x, y, w, h in _boxes(across) if h <= thick),
        *(Ruling("v", x + w / 2, y, y + h, w) for x, y, w, h in _boxes(down) if w <= thick),
    ]
    return rules, np.asarray(cv2.bitwise_or(across, down), dtype=np.uint8)


def _drop_strokes(drawn: Image, x0: int, y0: int, x1: int, y1: int) -> None:
    """Clears, in place, short marks wholly inside a line of text: a rule ends outside the text it bounds,
    but for one below a header whose columns were taken for one line."""
    room = round(STROKE_ROOM * (y1 - y0))
    part = drawn[max(y0 - room, 0) : y1 + room, max(x0 - room, 0) : x1 + room]
    if part.size == 0 or not part.any():
        return
    count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    height, width = part.shape
    for index in range(1, count):
        left, top, wide, high = (int(v) for v in stats[index, :4])
        inside = left > 0 and top > 0 and left + wide < width and top + high < height
        if inside and wide <= LONGEST_STROKE * (y1 - y0):
            part[labels == index] = 0


def fold(gray: Image, dpi: float) -> int | None:
    """Where the second begins of two pages side by side: a wide picture, white about its middle from top to
    bottom, with long rules on both sides."""
    height, width = gray.shape
    if width < WIDE * height:
        return None
    mask = without_specks(ink(gray), round(SPECK * dpi * dpi))
    first, last = round((0.5 - ABOUT_MIDDLE) * width), round((0.5 + ABOUT_MIDDLE) * width)
    inked = np.flatnonzero(mask[:, first:last].any(axis=0)) + first
    edges = np.concatenate(([first], inked, [last]))
    widest = int(np.argmax(np.diff(edges)))
    begin, end = int(edges[widest]), int(edges[widest + 1])
    if end - begin < FOLD * dpi:
        return None
    across = _line_mask(mask, round(LONG_RULE * dpi), 1, horizontal=True)
    middle = (begin + end) // 2
    return middle if across[:, :middle].any() and across[:, middle:].any() else None


def _faint_lines(gray: Image, strokes: Image, dpi: float, lines: Sequence[PixelBox]) -> tuple[Image, Image]:
    """What runs across and down a little darker than the paper, smoothed along its way: noise goes,
    rules stay. Strokes of text are painted over before, or they would be smeared into lines."""
    bare = gray.copy()
    for x0, y0, x1, y1 in lines:
        box = np.s_[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        if bare[box].size:
            bare[box][strokes[box] > 0] = np.percentile(bare[box], PAPER)
    along = round(SMOOTH * dpi)
    smoothed = cv2.blur(bare, (along, 1)), cv2.blur(bare, (1, along))
    over, along_down = (ink(np.asarray(one, dtype=np.uint8), FAINT) for one in smoothed)
    across, down = _all_lines(over, along_down, dpi)
    # Smoothing made each line longer at both ends.
    return _shortened(across, along, 1), _shortened(down, 1, along)


def _shortened(lines: Image, wide: int, high: int) -> Image:
    return np.asarray(cv2.erode(lines, np.ones((high, wide), np.uint8), borderValue=0), dtype=np.uint8)


def _all_lines(across: Image, down: Image, dpi: float) -> tuple[Image, Image]:
    """The marks of two masks that run across, and down, like rules."""
    gap = round(RULE_GAP * dpi)
    return (
        _line_mask(across, round(SHORTEST_RULE_H * dpi), gap, horizontal=True),
        _line_mask(down, round(SHORTEST_RULE_V * dpi), gap, horizontal=False),
    )


def _line_mask(mask: Image, shortest: int, gap: int, *, horizontal: bool) -> Image:
    def kernel(along: int, across: int) -> np.ndarray:
        size = (along, across) if horizontal else (across, along)
        return np.asarray(cv2.getStructuringElement(cv2.MORPH_RECT, size))

    # Thickened first: a line a little off the level climbs from one pixel row to the next.
    thickened = cv2.dilate(mask, kernel(1, 3))
    lines = cv2.morphologyEx(thickened, cv2.MORPH_OPEN, kernel(shortest, 1))
    # Black beyond the border: or every line that ends near it would be drawn to it.
    closed = cv2.morphologyEx(
        lines, cv2.MORPH_CLOSE, kernel(gap, 1), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    return np.asarray(closed, dtype=np.uint8)


def _grown(lines: Image, fainter: Image, dpi: float, *, ruled: bool) -> Image:
    """The lines with the fainter ones that go on from them by more than a smudge, or, on a page without dark
    rules, that are long: others may have bled through from the back of the page."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(fainter, connectivity=8)
    sides = stats[:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    kept = np.zeros(count, bool) if ruled else sides.max(axis=1) >= LONG_RULE * dpi
    kept[np.unique(labels[lines > 0])] = True
    kept &= sides.min(axis=1) <= THICKEST_RULE * dpi
    kept[0] = False
    added = np.where((lines == 0) & kept[labels], 255, 0).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(added, connectivity=8)
    kept = stats[:count, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= SHORTEST_RULE_V * dpi
    kept[0] = False
    return np.where(kept[labels], 255, lines).astype(np.uint8)


def _boxes(mask: Image) -> list[PixelBox]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return [tuple(int(v) for v in stats[i, :4]) for i in range(1, count)]  # type: ignore[misc]


def erased(gray: Image, mask: Image) -> Image:
    """The page with the masked pixels (and their fringe) painted white."""
    fringe = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return np.where(fringe > 0, 255, gray).astype(np.uint8)


def missed(boxes: Sequence[PixelBox], mask: Image) -> list[PixelBox]:
    """Boxes of what stands on the lines of these boxes, is as high as they are and in none of them: detection
    passes over codes of two digits that stand alone."""
    if not boxes:
        return []
    height = float(np.median([y1 - y0 for _, y0, _, y1 in boxes]))
    rest = mask.copy()
    for x0, y0, x1, y1 in boxes:
        rest[max(y0, 0) : y1, max(x0, 0) : x1] = 0
    joined = cv2.morphologyEx(
        rest, cv2.MORPH_CLOSE, np.ones((1, max(round(MISSED_GAP * height), 1)), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found, room = [], MISSED_ROOM * height
    for x, y, wide, high, _ in (tuple(map(int, row)) for row in stats[1:]):
        if not MISSED_HIGH[0] * height <= high <= MISSED_HIGH[1] * height or wide < MISSED_WIDE * height:
            continue
        beside = [(x0, x1) for x0, y0, x1, y1 in boxes if y0 <= y + high / 2 <= y1]
        if beside and all(x0 - room >= x + wide or x1 + room <= x for x0, x1 in beside):
            found.append((x, y, x + wide, y + high))
    return found if len(found) <= MOST_MISSED else []


def ink_box(mask: Image, x0: int, y0: int, x1: int, y1: int, speck: int) -> PixelBox | None:
    """Smallest box around the ink inside a box, specks up to `speck` pixels of area left out."""
    x0, y0 = max(x0, 0), max(y0, 0)
    part = mask[y0:y1, x0:x1]
    if part.size == 0:
        return None
    count, _, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    kept = [stats[i] for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] > speck]
    if not kept:
        return None
    left, top = min(s[0] for s in kept), min(s[1] for s in kept)
    right, bottom = max(s[0] + s[2] for s in kept), max(s[1] + s[3] for s in kept)
    return x0 + int(left), y0 + int(top), x0 + int(right), y0 + int(bottom)

"""Ruling lines of a scanned page: dark, faint or dotted.

Invariant: functions take and return plain arrays (see `pixels`) and are pure; a rule is what no stroke of
text, no stamp and no streak of the scanner explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from parsers.readers.page.lines.geometry import Ruling
from parsers.readers.scan.page_image import ink, without_specks
from parsers.readers.scan.paper import paper_of
from parsers.readers.scan.pixels import Contour, Image, PixelBox

FAINT = 5  # how much darker than its surroundings a smoothed rule is
SMOOTH = 0.15  # inches
HALO = 3  # pixels, a stroke of one with its pale edges
PAPER = 90  # in a hundred pixels about text, one so bright is paper
LONG_RULE = 1.0  # inches; only such rules show how a page lies
STREAK, EDGE = 0.5, 0.005  # of the page: a table of that length does not touch its edge
COMPANY = 2  # rules beside a short one, which a row of cells has
NARROWEST_ROW, WIDEST_CELL = 2.0, 2.0  # inches
SHORTEST_RULE_H = 0.25  # inches; longer than the strokes of any heading's characters
SHORTEST_RULE_V = 0.20
THICKEST_RULE = 0.06
DOTTED, DOT_GAP = 0.5, 0.035  # how long a rule of dots is, and the white between them
STROKE_ROOM = 0.15  # of a line's height: the box of a line of text may cut into its strokes
LONGEST_STROKE = 4.0  # of a line's height: strokes of neighbours that have grown together are shorter
RULE_GAP = 0.12
SOLID = 0.5  # of its length: a rule with less ink is a pale one
WIDE = 1.2  # times its height: two pages of A4 side by side are 1.4
ABOUT_MIDDLE = 0.15  # of the width of two pages: so near the middle they meet
FOLD = 0.3  # inches of white between two pages
SPECK = 0.0003  # square inches of ink that are dust


def ruling(gray: Image, dpi: float, lines: Sequence[PixelBox]) -> tuple[list[Ruling], Image]:
    """Ruling lines (in pixels) and the mask of their pixels.

    `lines` are the boxes of lines of text: the strokes of large type in them are not rules.
    """
    dark = ink(gray)
    across, down = _all_lines(dark, dark, dpi)
    across |= _dotted_across(dark, dpi, lines)
    down |= _without_strokes_at_ends(dotted_lines(dark, dpi, horizontal=False), down, lines, dpi)
    _drop_strokes(across, down, lines)
    ruled = any(max(w, h) >= LONG_RULE * dpi for _, _, w, h in (*_boxes(across), *_boxes(down)))
    fringe = _thickened(across | down)
    # With their pale edges, which smear into lines like any ink.
    strokes = cv2.dilate(np.where(fringe > 0, 0, dark).astype(np.uint8), np.ones((HALO, HALO), np.uint8))
    fainter = _faint_lines(gray, np.where(fringe > 0, 0, strokes).astype(np.uint8), dpi, lines)
    across, down = (_grown(*pair, dpi, ruled=ruled) for pair in zip((across, down), fainter, strict=True))
    _drop_strokes(across, down, lines)
    thick = THICKEST_RULE * dpi
    found = [
        *(Ruling("h", *rule) for rule in _straight(across, thick, dpi)),
        *(Ruling("v", *rule) for rule in _straight(down.T, thick, dpi)),
    ]
    found = [rule for rule in found if not _is_streak(rule, gray)]
    long = LONG_RULE * dpi
    sides = [r for r in found if r.axis == "v" and (r.length >= long or _is_side_of_cells(r, found, dpi))]
    ends = [r for r in found if r.axis == "h" and (r.length >= long or _is_end_of_cells(r, sides, dpi))]
    return [*ends, *sides], _ink_of_rules(dark, across) | _ink_of_rules(dark.T, down.T).T


def _straight(lines: Image, thick: float, dpi: float) -> Iterator[tuple[float, float, float, float]]:
    """Of the marks that run across: where each lies, from where to where, and how thick it is. A long one
    that something thick touches, as the round of a stamp does, lies where it is thin."""
    for mark, (x, y, w, h) in outlined(np.ascontiguousarray(lines)):
        if h <= thick:
            yield y + h / 2, x, x + w, h
        elif w >= LONG_RULE * dpi:
            part = np.zeros((h, w), np.uint8)
            cv2.drawContours(part, [mark], -1, 1, cv2.FILLED, offset=(-x, -y))
            part &= lines[y : y + h, x : x + w]
            inked = part.sum(axis=0)
            usual = float(np.median(inked))
            alone = np.flatnonzero((inked > 0) & (inked <= usual + 1))
            middles = (part * np.arange(h)[:, None]).sum(axis=0)[alone] / inked[alone]
            if usual <= thick and np.ptp(np.percentile(middles, (5, 95))) <= thick:
                yield y + float(np.median(middles)), x, x + w, usual


def _thickened(mask: Image) -> Image:
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)), dtype=np.uint8)


def _ink_of_rules(dark: Image, lines: Image) -> Image:
    """The ink of marks that run across, as thick as they are where nothing touches them: digits stand on
    rules, and points have no other ink than the lowest of a line."""
    drawn = np.zeros_like(dark, order="C")
    for mark, (x, y, w, h) in outlined(np.ascontiguousarray(lines)):
        box = np.s_[y : y + h, x : x + w]
        inked = dark[box] > 0
        thick = inked.sum(axis=0)
        if np.count_nonzero(thick) < SOLID * w:
            cv2.drawContours(drawn, [mark], -1, 255, cv2.FILLED)
            continue
        usual = float(np.median(thick[thick > 0]))
        alone = np.flatnonzero((thick > 0) & (thick <= usual + 1))
        rows = np.arange(h)[:, None]
        middles = (inked * rows).sum(axis=0)[alone] / thick[alone]
        drawn[box][np.abs(rows - np.interp(np.arange(w), alone, middles)) <= usual / 2 + 1] = 255
    return drawn


def _is_streak(rule: Ruling, gray: Image) -> bool:
    """Whether a line runs from an edge of the page over much of it, as dirt on a scanner's glass draws it."""
    height, width = gray.shape
    whole = height if rule.axis == "v" else width
    edge = EDGE * whole
    return bool(rule.length > STREAK * whole and (rule.lo < edge or rule.hi > whole - edge))


def _is_side_of_cells(side: Ruling, rules: Sequence[Ruling], dpi: float) -> bool:
    """Whether a short rule downwards goes on in another, or stands beside two of its row and ends at rules
    across. The frame of a stamp is narrower than a row; the round of a seal ends anywhere."""
    near = THICKEST_RULE * dpi
    others = [rule for rule in rules if rule.axis == "v" and rule is not side]
    if any(abs(one.at - side.at) < near / 3 for one in others):
        return True
    row = [one.at for one in others if min(one.hi, side.hi) - max(one.lo, side.lo) > 0.5 * side.length]
    wide = np.ptp([side.at, *row]) >= NARROWEST_ROW * dpi
    crossing = [
        one
        for one in rules
        if one.axis == "h" and one.length >= LONG_RULE * dpi and one.lo - near < side.at < one.hi + near
    ]
    ended = (any(abs(one.at - end) < near for one in crossing) for end in (side.lo, side.hi))
    return bool(len(row) >= COMPANY and wide and (not crossing or all(ended)))


def _is_end_of_cells(end: Ruling, sides: Sequence[Ruling], dpi: float) -> bool:
    """Whether a short rule across does not lie loose among the sides of cells, as the round of a seal or the
    frame of a stamp does."""
    near = THICKEST_RULE * dpi
    walls = [side.at for side in sides if side.lo - near < end.at < side.hi + near]
    left = max((at for at in walls if at < end.lo + near), default=-np.inf)
    right = min((at for at in walls if at > end.hi - near), default=np.inf)
    loose = end.lo - left > near and right - end.hi > near
    crossed = any(end.lo + near < at < end.hi - near for at in walls)
    return bool(not loose or (right - left > WIDEST_CELL * dpi and not crossed))


def _drop_strokes(across: Image, down: Image, lines: Sequence[PixelBox]) -> None:
    """Clears, in place, short marks wholly inside a line of text: a rule ends outside the text it bounds,
    but for one below a header whose columns were taken for one line."""
    for box in lines:
        for drawn in (across, down):
            _drop_inside(drawn, box, LONGEST_STROKE * (box[3] - box[1]))


def _drop_inside(drawn: Image, box: PixelBox, longest: float) -> None:
    x0, y0, x1, y1 = box
    room = round(STROKE_ROOM * (y1 - y0))
    part = drawn[max(y0 - room, 0) : y1 + room, max(x0 - room, 0) : x1 + room]
    if part.size == 0 or not part.any():
        return
    count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    height, width = part.shape
    for index in range(1, count):
        left, top, wide, high = (int(v) for v in stats[index, :4])
        inside = left > 0 and top > 0 and left + wide < width and top + high < height
        if inside and wide <= longest:
            part[labels == index] = 0


def fold_of(gray: Image, dpi: float) -> int | None:
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
    across = line_mask(mask, round(LONG_RULE * dpi), 1, horizontal=True)
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
        line_mask(across, round(SHORTEST_RULE_H * dpi), gap, horizontal=True),
        line_mask(down, round(SHORTEST_RULE_V * dpi), gap, horizontal=False),
    )


def _dotted_across(dark: Image, dpi: float, lines: Sequence[PixelBox]) -> Image:
    """Rules of dots from left to right. Strokes of neighbouring characters look like dots: what is drawn by
    text alone is none."""
    between = dark.copy()
    for x0, y0, x1, y1 in lines:
        between[max(3 * y0 + y1, 0) // 4 : (y0 + 3 * y1) // 4, max(x0, 0) : x1] = 0
    dotted = dotted_lines(between, dpi, horizontal=True)
    for box in lines:
        _drop_inside(dotted, box, box[2] - box[0])
    return dotted


def _without_strokes_at_ends(dotted: Image, solid: Image, lines: Sequence[PixelBox], dpi: float) -> Image:
    """Dotted rules downwards, where solid ones go on in them without the strokes of text that stand close to
    their ends."""
    added = np.where(_thickened(solid) > 0, 0, dotted).astype(np.uint8)
    for mark, (x, y, w, h) in outlined(added):
        ends = (solid[max(at - 2, 0) : at + 2, x : x + w].any() for at in (y, y + h))
        if (
            h < SHORTEST_RULE_V * dpi
            and sum(ends) == 1
            and any(x0 <= x + w / 2 <= x1 + w and y0 <= y + h / 2 <= y1 for x0, y0, x1, y1 in lines)
        ):
            cv2.drawContours(dotted, [mark], -1, 0, cv2.FILLED)
    return dotted


def dotted_lines(dark: Image, dpi: float, *, horizontal: bool) -> Image:
    """Long thin rules of dots or dashes, as thin ones become in black and white. Closed like them, text is
    thicker than a rule."""
    gap = round(DOT_GAP * dpi)
    closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((1, gap) if horizontal else (gap, 1), np.uint8))
    lines = line_mask(np.asarray(closed, dtype=np.uint8), round(DOTTED * dpi), 1, horizontal=horizontal)
    thick = THICKEST_RULE * dpi
    return _drawn(
        lines, [mark for mark, (_, _, w, h) in outlined(lines) if (h if horizontal else w) <= thick]
    )


def line_mask(mask: Image, shortest: int, gap: int, *, horizontal: bool) -> Image:
    """What runs one way for at least `shortest` pixels, closed over white of up to `gap`."""

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
    shortest, thick = SHORTEST_RULE_V * dpi, THICKEST_RULE * dpi
    goes_on = [
        mark
        for mark, (x, y, w, h) in outlined(fainter)
        if min(w, h) <= thick
        and max(w, h) >= shortest
        and ((not ruled and max(w, h) >= LONG_RULE * dpi) or lines[y : y + h, x : x + w].any())
    ]
    added = np.where(lines > 0, 0, _drawn(fainter, goes_on)).astype(np.uint8)
    return lines | _drawn(added, [mark for mark, (_, _, w, h) in outlined(added) if max(w, h) >= shortest])


def outlined(mask: Image) -> list[tuple[Contour, PixelBox]]:
    """The marks of a mask, each as its outline and left, top, width and height. Rules are few and thin: their
    outlines are found in a fifth of the time of a label for every pixel."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for one in outlines:
        x, y, w, h = cv2.boundingRect(one)
        found.append((np.asarray(one, dtype=np.int32), (x, y, w, h)))
    return found


def _drawn(mask: Image, marks: Sequence[Contour]) -> Image:
    """Of the mask, these marks."""
    drawn = np.zeros_like(mask)
    cv2.drawContours(drawn, list(marks), -1, 255, cv2.FILLED)
    return mask & drawn


def _boxes(mask: Image) -> list[PixelBox]:
    return [box for _, box in outlined(mask)]


def erased(gray: Image, mask: Image) -> Image:
    """The page with the masked pixels painted like the paper about them: beside white, grey paper is ink."""
    return np.where(mask > 0, paper_of(gray), gray).astype(np.uint8)

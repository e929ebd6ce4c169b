"""Pixels of a scanned page: seal, skew and ink.

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

INK = 25  # how much darker than its surroundings text is
RED_EXCESS = 35  # how much a pixel's red exceeds its green and blue to be ink of a seal
STREAK_EDGE = 0.02  # of the page: so far from its edge nothing is printed
STREAK_STEP = 8  # rows from one that is looked at to the next
STREAK_REACH, STREAK_DEPTH = 5, 8  # pixels to both sides of a streak; how much darker than there it is
MOST_STREAKS = 0.05  # of all columns: more are a pattern
# Of the height of lines: how high and wide one is that was not found, the white within it and around others.
MISSED_HIGH, MISSED_WIDE, MISSED_GAP, MISSED_ROOM = (0.6, 1.5), 0.5, 0.45, 0.5
NARROW_ROOM = 1.0  # around a narrow mark: a digit behind a point that takes a whole cell of its type
MOST_MISSED = 200  # more are dirt
ALIKE = 0.15  # of the height of a line: so little higher or lower is what belongs to it
DIRT, DIRT_GAP = 0.3, 0.35  # of the height of a line: what is so small and so far from the rest is dirt


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


def without_streaks(gray: Image) -> Image:
    """The page without the straight lines that dirt on a scanner's glass draws from one edge to the other.
    They only darken what lies below them; where nothing shows through, it is taken to go on from side to
    side."""
    return np.ascontiguousarray(_without_streaks_down(np.ascontiguousarray(_without_streaks_down(gray).T)).T)


def _without_streaks_down(gray: Image) -> Image:
    edge = max(round(STREAK_EDGE * len(gray)), 1)
    some = np.pad(gray, ((0, 0), (STREAK_REACH, STREAK_REACH)), mode="edge")
    depth = np.full(gray.shape[1], 255.0)
    for rows in (some[:edge], some[::STREAK_STEP], some[-edge:]):
        usual = np.median(rows, axis=0)
        sides = np.minimum(usual[: -2 * STREAK_REACH], usual[2 * STREAK_REACH :])
        depth = np.minimum(depth, sides - usual[STREAK_REACH:-STREAK_REACH])
    columns = np.flatnonzero(depth > STREAK_DEPTH)
    if not columns.size or columns.size > MOST_STREAKS * len(depth):
        return gray
    lighter = gray[:, columns] + depth[columns]
    through = np.maximum(some[:, columns], some[:, columns + 2 * STREAK_REACH])
    cleaned = gray.copy()
    cleaned[:, columns] = np.minimum(lighter, through)
    return cleaned


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
    return weighted_median(np.degrees(np.arctan2(steps[:, 1], steps[:, 0])), steps[:, 0])


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """The value below and above which lies half of the weight."""
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


def missed(
    boxes: Sequence[PixelBox], mask: Image, rules: Sequence[Ruling]
) -> tuple[list[PixelBox], list[PixelBox]]:
    """The boxes, longer by what stands right beside them and is as high as they are, and new boxes of what
    stands on their lines and is in none of them: detection passes over a last digit behind a wide point, and
    over numbers of one or two digits that stand alone."""
    if not boxes:
        return [], []
    height = float(np.median([y1 - y0 for _, y0, _, y1 in boxes]))
    rest = mask.copy()
    for x0, y0, x1, y1 in boxes:
        rest[max(y0, 0) : y1, max(x0, 0) : x1] = 0
    joined = cv2.morphologyEx(
        rest, cv2.MORPH_CLOSE, np.ones((1, max(round(MISSED_GAP * height), 1)), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    longer, found = list(boxes), list[PixelBox]()
    for x, y, wide, high, _ in (tuple(map(int, row)) for row in stats[1:]):
        if not MISSED_HIGH[0] * height <= high <= MISSED_HIGH[1] * height:
            continue
        mark, narrow = (x, y, x + wide, y + high), wide < MISSED_WIDE * height
        room = (NARROW_ROOM if narrow else MISSED_ROOM) * height
        on_line = [at for at, box in enumerate(longer) if box[1] <= y + high / 2 <= box[3]]
        near = [at for at in on_line if longer[at][0] - room < mark[2] and x < longer[at][2] + room]
        if len(near) == 1 and _goes_on(longer[near[0]], mark, rules):
            x0, y0, x1, y1 = longer[near[0]]
            longer[near[0]] = (min(x0, x), min(y0, y), max(x1, mark[2]), max(y1, mark[3]))
        elif on_line and not near and not narrow:
            found.append(mark)
    return (longer, found) if len(found) <= MOST_MISSED else (list(boxes), [])


def _goes_on(box: PixelBox, mark: PixelBox, rules: Sequence[Ruling]) -> bool:
    """Whether a mark beside a box stands on its line, reaches as high, and no rule parts them."""
    room, middle = ALIKE * (box[3] - box[1]), (box[1] + box[3]) / 2
    between = sorted((box[0], box[2], mark[0], mark[2]))[1:3]
    return (
        abs(box[1] - mark[1]) <= room
        and abs(box[3] - mark[3]) <= room
        and not any(
            r.axis == "v" and r.lo <= middle <= r.hi and between[0] <= r.at <= between[1] for r in rules
        )
    )


def ink_box(mask: Image, x0: int, y0: int, x1: int, y1: int, speck: int) -> PixelBox | None:
    """Smallest box around the ink inside a box, specks up to `speck` pixels of area left out, and dirt that
    stands apart at one of its sides: it would make a line of text higher or longer than it is."""
    x0, y0 = max(x0, 0), max(y0, 0)
    part = mask[y0:y1, x0:x1]
    if part.size == 0:
        return None
    part = without_specks(part, speck)
    top, bottom = _mass(part, 1, DIRT * (y1 - y0))
    if top == bottom:
        return None
    height = bottom - top
    left, right = _mass(part[top:bottom].T, round(DIRT_GAP * height), DIRT * height)
    return x0 + left, y0 + top, x0 + right, y0 + bottom


def _mass(part: Image, gap: int, small: float) -> tuple[int, int]:
    """First and behind the last row with ink, without small marks at the ends that stand apart by more than
    `gap` rows."""
    rows = np.flatnonzero(part.any(axis=1))
    if not rows.size:
        return 0, 0
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > gap) + 1)
    for end in (0, -1):
        while len(runs) > 1:
            marks = np.flatnonzero(part[runs[end][0] : runs[end][-1] + 1].any(axis=0))
            if max(np.ptp(runs[end]), np.ptp(marks)) >= small:
                break
            del runs[end]
    return int(runs[0][0]), int(runs[-1][-1]) + 1

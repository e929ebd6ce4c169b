"""Pixels of a scanned page: seal, skew and ink.

Invariant: functions take and return plain arrays (`gray`: height × width, 0 black to 255 white) and are
pure; nothing here reads text.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.readers.scan.pixels import Image, PixelBox

INK = 25  # how much darker than its surroundings text is
RED_EXCESS = 35  # how much a pixel's red exceeds its green and blue to be ink of a seal
# Of the height of lines: how high and wide one is that was not found, the white within it and around others.
MISSED_HIGH, MISSED_WIDE, MISSED_GAP, MISSED_ROOM = (0.6, 1.5), 0.5, 0.45, 0.5
MOST_MISSED = 200  # more are dirt
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

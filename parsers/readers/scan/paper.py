"""The paper of a scanned page: how bright it is from place to place, and what shows through from its back.

Invariant: functions take and return plain arrays (see `pixels`) and are pure. Pale print alone, pale rules
and pale edges of dark print stay: the back is pale characters away from all dark ones.
"""

from __future__ import annotations

import cv2
import numpy as np

from parsers.readers.scan.page_image import ink
from parsers.readers.scan.pixels import Image

STEP = 8  # pixels, of which the brightest is looked at
REACH = 9  # steps about each of them: wider than a line of text is high
HALF = 2  # times smaller, marks differ as clearly; the sizes below are pixels then
PRINT = 75  # in a hundred pixels of ink: one so dark is print of this side
DARK, EDGE = 0.5, 7  # of that darkness; how wide the pale edges about what is so dark are
SPECK, LINE = 2, 20  # what is smaller is dust, and what is longer a rule
MUCH = 0.006  # of all ink
PALE, MOST = 0.35, 95  # of the darkness of this side, what in a hundred pixels of the back stays below
STEEP = 3.0  # how quickly what is darker than the back becomes as dark as it was


def paper_of(gray: Image) -> Image:
    """The page without its print."""
    height, width = gray.shape
    rows, columns = -(-height // STEP), -(-width // STEP)
    padded = np.pad(gray, ((0, rows * STEP - height), (0, columns * STEP - width)), mode="edge")
    small = padded.reshape(rows, STEP, columns, STEP).mean(axis=3).max(axis=1).astype(np.uint8)
    smooth = cv2.blur(cv2.dilate(small, np.ones((REACH, REACH), np.uint8)), (REACH, REACH))
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def without_back(gray: Image) -> Image:
    """The page without what is printed on its back and shows through, if anything does."""
    back = _darkness_of_back(gray)
    if back is None:
        return gray
    paper = paper_of(gray)
    front = cv2.subtract(paper, gray).astype(np.float32)
    front = np.minimum(front, np.clip(STEEP * (front - back), 0, None))
    return np.asarray(paper - front, dtype=np.uint8)


def _darkness_of_back(gray: Image) -> float | None:
    half = cv2.resize(gray, None, fx=1 / HALF, fy=1 / HALF, interpolation=cv2.INTER_AREA)
    small = np.asarray(half, dtype=np.uint8)
    inked, darkness = ink(small), cv2.subtract(paper_of(small), small)
    if not inked.any():
        return None
    usual = float(np.percentile(darkness[inked > 0], PRINT))
    near = cv2.dilate((darkness > DARK * usual).astype(np.uint8), np.ones((EDGE, EDGE), np.uint8))
    pale = _opened(np.where(near > 0, 0, inked).astype(np.uint8), SPECK, SPECK)
    marks = np.where(_opened(pale, 1, LINE) | _opened(pale, LINE, 1), 0, pale)
    if np.count_nonzero(marks) < MUCH * np.count_nonzero(inked):
        return None
    back = float(np.percentile(darkness[marks > 0], MOST))
    return back if back < PALE * usual else None


def _opened(mask: Image, high: int, wide: int) -> Image:
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((high, wide), np.uint8))
    return np.asarray(opened, dtype=np.uint8)

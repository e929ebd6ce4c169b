"""The paper of a scanned page: how bright it is from place to place, what shows through from its back, and
what is printed over it in pale ink: watermarks, and seals that a scanner without colours made grey.

Invariant: functions take and return plain arrays (see `pixels`) and are pure. Pale print alone, pale rules
and pale edges of dark print stay: the back is pale characters away from all dark ones, and a watermark has
strokes thicker and marks larger than those of text.
"""

from __future__ import annotations

import cv2
import numpy as np

from parsers.readers.scan.page_image import INK, ink
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
# Of a watermark: in a hundred pixels of ink one so dark is print, and of that it stays below; how thick its
# strokes are, how far apart in a mark, how long and wide a mark is, and how wide its edges are.
BLACK, MARK_DARK, STROKE, MARK_GAP, MARK, FRINGE = 95, 0.65, 4, 11, (40, 24), 5
MARKS, STRUCK = 0.02, 0.3  # of all ink, what is in such marks; and of a mark, what is ink: of a shadow little


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


def without_watermark(gray: Image) -> Image:
    """The page without thick pale strokes that make marks larger than text, if it has any. Dark print over
    them stays."""
    inked, darkness = _print_of(gray)
    if not inked.any():
        return gray
    print_dark = float(np.percentile(darkness[inked > 0], BLACK))
    pale = np.where((darkness > INK) & (darkness < MARK_DARK * print_dark), 255, 0).astype(np.uint8)
    strokes = _opened(pale, STROKE, STROKE)
    joined = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((MARK_GAP, MARK_GAP), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    sides = np.sort(stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], axis=1)
    drawn, struck = (
        np.bincount(labels[where], minlength=count) for where in (strokes > 0, (strokes > 0) & (inked > 0))
    )
    large = (sides[:, 1] >= MARK[0]) & (sides[:, 0] >= MARK[1]) & (struck >= STRUCK * drawn)
    large &= sides[:, 1] < min(joined.shape) / 2  # a longer one is the edge of the sheet
    marks = np.where(large[labels], strokes, 0)
    if np.count_nonzero(marks) < MARKS * np.count_nonzero(inked):
        return gray
    level = float(np.percentile(darkness[marks > 0], MOST))
    area = cv2.dilate((marks > 0).astype(np.uint8), np.ones((2 * FRINGE + 1, 2 * FRINGE + 1), np.uint8))
    whole = cv2.resize(area, gray.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    paper = paper_of(gray)
    front = cv2.subtract(paper, gray).astype(np.float32)
    cleaned = np.minimum(front, np.clip(STEEP * (front - level), 0, None))
    return np.where(whole, paper - cleaned, gray).astype(np.uint8)


def _darkness_of_back(gray: Image) -> float | None:
    inked, darkness = _print_of(gray)
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


def _print_of(gray: Image) -> tuple[Image, Image]:
    """Of the page at half its size: its ink, and how much darker than the paper each pixel is."""
    half = cv2.resize(gray, None, fx=1 / HALF, fy=1 / HALF, interpolation=cv2.INTER_AREA)
    small = np.asarray(half, dtype=np.uint8)
    return ink(small), np.asarray(cv2.subtract(paper_of(small), small), dtype=np.uint8)


def _opened(mask: Image, high: int, wide: int) -> Image:
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((high, wide), np.uint8))
    return np.asarray(opened, dtype=np.uint8)

"""Which way a page image is up, and how far it is from level.

Invariant: a picture is turned by quarters only, and no pixel of it is made anew. Lines of text are
quadrangles in its pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parsers.readers.scan import ocr
from parsers.readers.scan.pixels import Image, PixelBox, Quad

DOUBTED = 0.25  # share of lines taken for upside down, from which both ways are read
COARSE_SKEW = 1.0  # degrees: beyond, rules are too steep to be found before the page is turned
LESS = 0.9  # so much of the rules that a level page shows are of one that was turned
LEAST_SKEW = 0.03  # degrees: one pixel over the width of a page
ASKEW = 4.0  # degrees: no line of a table is so far from level
PROBES = 8  # lines looked at to find out which way is up
PROBE_WIDTH = 8  # times its height: so much of a line suffices


def upright(gray: Image) -> tuple[Image, list[Quad], int]:
    """The page turned so that its lines run to the right and its characters stand, with its lines of text."""
    quads = ocr.detect(gray)
    turned = 0
    tall = sum(_extent(q)[1] for q in quads if _extent(q)[1] > 1.5 * _extent(q)[0])
    wide = sum(_extent(q)[0] for q in quads if _extent(q)[0] > 1.5 * _extent(q)[1])
    if tall > wide:
        gray, turned = np.ascontiguousarray(np.rot90(gray, -1)), 1
        quads = ocr.detect(gray)
    widest = sorted(quads, key=lambda q: -_extent(q)[0])[:PROBES]
    lines = [crop(gray, _beginning(box_of(q))) for q in widest]
    if turned or ocr.upside_down_votes(lines) > DOUBTED:
        flipped = [np.ascontiguousarray(np.rot90(line, 2)) for line in lines]
        if _confidence(flipped) > _confidence(lines):
            gray = np.ascontiguousarray(np.rot90(gray, 2))
            corner = np.array([gray.shape[1], gray.shape[0]], dtype=np.float32)
            return gray, [(corner - quad)[[2, 3, 0, 1]] for quad in quads], turned + 2
    return gray, quads, turned


def level(gray: Image, quads: Sequence[Quad], dpi: float) -> tuple[Image, list[Quad], float]:
    """The page and its lines of text with level, straight rules; the degrees it was turned counter-clockwise:
    roughly by its text, exactly by its rules."""
    from parsers.readers.scan import bending, page_image

    rough, skew, traces = page_image.text_slope(quads), 0.0, bending.traces(gray, dpi)
    if abs(rough) > COARSE_SKEW:
        # Lines of text on a curved page slope, some more than others; its rules are longer as they lie.
        turned = bending.traces(page_image.rotated(gray, rough), dpi)
        longest, other = (bending.length(bending.showing(found)) for found in (turned, traces))
        if longest > LESS * other:
            skew, traces = rough, turned
    rest = bending.slope(bending.showing(traces))
    rest = rough - skew if rest is None else rest
    across, down = ([page_image.rotated_points(rule, gray, rest) for rule in rules] for rules in traces)
    skew += rest
    if abs(skew) > LEAST_SKEW:
        quads = [page_image.rotated_points(quad, gray, skew) for quad in quads]
        gray = page_image.rotated(gray, skew)
    flat = bending.straightened(gray, (across, down), dpi)
    # Lines of large type are passed over where they are curved.
    return flat, list(quads) if flat is gray else ocr.detect(flat), skew


def is_askew(quad: Quad) -> bool:
    """Whether a line of text on a level page falls or climbs: a stamp does, and what is written by hand."""
    (wide, fall), (side, high) = quad[1] - quad[0], quad[3] - quad[0]
    long = np.hypot(wide, fall) > 2 * np.hypot(side, high)
    return bool(long and abs(np.degrees(np.arctan2(fall, wide))) > ASKEW)


def _confidence(lines: Sequence[Image]) -> float:
    return sum(score * len(text) for text, score in ocr.recognise(lines))


def _extent(quad: Quad) -> tuple[float, float]:
    return float(np.ptp(quad[:, 0])), float(np.ptp(quad[:, 1]))


def box_of(quad: Quad) -> PixelBox:
    """The box around a line of text."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1]))


def _beginning(box: PixelBox) -> PixelBox:
    x0, y0, x1, y1 = box
    return x0, y0, min(x1, x0 + PROBE_WIDTH * (y1 - y0)), y1


def crop(gray: Image, box: PixelBox) -> Image:
    """A part of the page as the recogniser wants it, with three channels."""
    x0, y0, x1, y1 = box
    part = gray[max(y0, 0) : max(y1, 1), max(x0, 0) : max(x1, 1)]
    return np.repeat(part[:, :, None], 3, axis=2)

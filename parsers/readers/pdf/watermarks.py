"""Watermarks: text laid over or under a page that says nothing of what stands there.

Invariant: a number is a watermark only where it is turned. Upright text is a watermark only if it is pale and
runs across the text or the rules of the page, as nothing that was set with the page does.
"""

from __future__ import annotations

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.objects import PageObjects

LEAST_TURN = 4.0  # degrees: a scan may be less level
PALE = 0.55  # luminance, of 1
TRANSPARENT = 0.7  # alpha, of 1
LARGE = 1.6  # of the usual type size
THIN = 3.0  # points: a rule
LUMINANCE = np.array([0.299, 0.587, 0.114])


def watermark_texts(objects: PageObjects) -> NDArray[np.bool_]:
    """Which objects are texts that are watermarks."""
    texts = objects.texts
    off = np.abs(objects.angles) % 90.0
    turned = texts & (np.minimum(off, 90.0 - off) > LEAST_TURN)
    if 2 * turned.sum() > texts.sum():
        turned = np.zeros_like(turned)  # a page set at a slant
    faint = _are_pale(objects)
    pale, dark = texts & ~turned & faint, texts & ~turned & ~faint
    if not pale.any() or not dark.any():
        return turned
    size = float(np.median(objects.sizes[dark]))
    others, rules = objects.bounds[dark], objects.bounds[_are_rules(objects)]
    frames = objects.bounds[objects.paths & objects.stroked & ~_are_rules(objects)]
    rows = np.flatnonzero(pale)
    looks = np.column_stack([np.round(objects.sizes[rows], 1), objects.fill[rows]])
    for look in np.unique(looks, axis=0):
        group = rows[(looks == look).all(axis=1)]
        crossing = sum(_crosses(objects.bounds[row], others, rules, frames) for row in group)
        if crossing and (look[0] > LARGE * size or 2 * crossing >= len(group)):
            turned[group] = True
    return turned


def _are_pale(objects: PageObjects) -> NDArray[np.bool_]:
    shade = objects.fill[:, 3] / 255
    light = objects.fill[:, :3] @ LUMINANCE / 255
    pale = (shade > 0) & ((shade < TRANSPARENT) | (light > PALE))
    return np.asarray(pale & (objects.modes != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE))


def _are_rules(objects: PageObjects) -> NDArray[np.bool_]:
    return np.asarray(objects.paths & (np.minimum(objects.widths, objects.heights) <= THIN))


def _crosses(bounds: Floats, others: Floats, rules: Floats, frames: Floats) -> bool:
    """Whether the middle of the text runs through other text, or a rule or the side of a frame through its
    middle."""
    x0, y0, x1, y1 = bounds.tolist()
    dx, dy = 0.02 * (x1 - x0), 0.2 * (y1 - y0)
    middle = (x0 + dx, y0 + dy, x1 - dx, y1 - dy)
    holding = (frames[:, :2] <= middle[:2]).all(axis=1) & (frames[:, 2:] >= middle[2:]).all(axis=1)
    return any(_meets(middle, boxes) for boxes in (others, rules, frames[~holding]))


def _meets(box: tuple[float, float, float, float], boxes: np.ndarray) -> bool:
    if not len(boxes):
        return False
    inset = 0.2 * np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return bool(
        (
            (boxes[:, 0] + inset < box[2])
            & (boxes[:, 2] - inset > box[0])
            & (boxes[:, 1] + inset < box[3])
            & (boxes[:, 3] - inset > box[1])
        ).any()
    )

"""What the description of a page says of hidden text: suspicion, and a verdict where no rendering can decide.

Invariant: whatever hides text in a PDF makes it suspect here - a mode that paints nothing, no colour against
the ground, something painted over it, a clip, a layer. A suspect is not yet hidden. A number is a watermark
only where it is turned; upright text only if it is pale and runs across the text or the rules of the page,
as nothing does that was set with it.
"""

from __future__ import annotations

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.objects import Bounds, PageObjects, meet

NEAR_WHITE = 0.85  # luminance, of 1
SAME_COLOR = 40  # of 255 in every channel: text and the ground under it
OPAQUE = 230  # of 255
LEAST_AREA = 2.0  # points: a narrower shape hides no text
WHITE = np.array([255, 255, 255], np.int16)
_UNSEEN_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)


def suspects(objects: PageObjects, layered: bool) -> NDArray[np.bool_]:
    """Which objects are texts that the page's description leaves open as visible or not."""
    texts = objects.texts
    if layered:
        return texts
    doubtful = texts & (_are_faint(objects) | _are_clipped(objects))
    covered = _over_or_alike(objects, np.flatnonzero(texts & ~doubtful))
    doubtful[covered] = True
    return np.asarray(doubtful)


def _are_faint(objects: PageObjects) -> NDArray[np.bool_]:
    alpha, modes = objects.fill[:, 3], objects.modes
    pale = (alpha < 0.2 * 255) | (objects.fill[:, :3] @ LUMINANCE > NEAR_WHITE * 255)
    filled = (modes == pdfium.FPDF_TEXTRENDERMODE_FILL) & pale
    outlined = (modes == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE) & (alpha < OPAQUE)
    return np.asarray(filled | outlined | (modes == _UNSEEN_MODES[0]) | (modes == _UNSEEN_MODES[1]))


def _are_clipped(objects: PageObjects) -> NDArray[np.bool_]:
    """Whether the clip may hide a whole run of the text: half its height, or more than a character or two
    at an end (spreadsheets clip every cell, tightly)."""
    clip, bounds = objects.clips, objects.bounds
    seen = np.minimum(bounds[:, 3], clip[:, 3]) - np.maximum(bounds[:, 1], clip[:, 1])
    wide = np.minimum(2 * objects.sizes, 0.5 * objects.widths)
    ends = (clip[:, 0] - bounds[:, 0] > wide) | (bounds[:, 2] - clip[:, 2] > wide)
    return np.asarray((seen < 0.5 * objects.heights) | ends)


def _paint_areas(objects: PageObjects) -> NDArray[np.bool_]:
    """Objects that may hide what is below them: no text, no rule."""
    least = np.minimum(objects.widths, objects.heights)
    return np.asarray(~objects.texts & objects.filled & (least > LEAST_AREA))


def _over_or_alike(objects: PageObjects, texts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the texts over which something is painted later, or that have the colour of the ground."""
    areas = np.flatnonzero(_paint_areas(objects))
    if not len(texts) or not len(areas):
        return texts[:0]
    found = np.zeros(len(texts), np.bool_)
    x0, y0, x1, y1 = objects.bounds[texts].T
    inside = 0.2 * np.minimum(x1 - x0, y1 - y0)
    colors = objects.fill[texts, :3]
    for area in areas:
        left, bottom, right, top = objects.bounds[area].tolist()
        meets = (left < x1 - inside) & (right > x0 + inside) & (bottom < y1 - inside) & (top > y0 + inside)
        is_path = objects.kinds[area] == pdfium.FPDF_PAGEOBJ_PATH
        if not meets.any() or (is_path and objects.fill[area, 3] <= 0):
            continue
        found |= meets & (texts < area)
        if is_path:
            alike = (np.abs(colors - objects.fill[area, :3]) < SAME_COLOR).all(axis=1)
            found |= meets & (texts > area) & alike
    return texts[found]


def is_concealed(box: Bounds, text: int, objects: PageObjects) -> bool:
    """Whether a run of the `text` in `box` is hidden, by what is painted where its middle is."""
    if objects.modes[text] in _UNSEEN_MODES or objects.fill[text, 3] < 0.2 * 255:
        return True
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if not meet(objects.clips[text].tolist(), box):
        return True
    x0, y0, x1, y1 = objects.bounds.T
    holding = (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    areas = np.flatnonzero(
        _paint_areas(objects) & holding & (~objects.paths | (objects.fill[:, 3] >= OPAQUE))
    )
    if (areas > text).any():
        return True
    below = areas[areas < text]
    if len(below) and not objects.paths[below[-1]]:
        return False
    ground = objects.fill[below[-1], :3] if len(below) else WHITE
    return bool((np.abs(objects.fill[text, :3] - ground) < SAME_COLOR).all())


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

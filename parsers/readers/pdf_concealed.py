"""What the description of a page says of hidden text: suspicion, and a verdict where no rendering can tell.

Invariant: whatever hides text in a PDF makes it suspect here - a mode that paints nothing, no colour against
the ground, something painted over it, a clip, a layer. A suspect is not yet hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pypdfium2.raw as pdfium

from parsers.readers.pdf_objects import Bounds, Color, PageObject

NEAR_WHITE = 0.85  # luminance, of 1
SAME_COLOR = 40  # of 255 in every channel: text and the ground under it
OPAQUE = 230  # of 255
WHITE: Color = (255, 255, 255, 255)
_UNSEEN_MODES = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})


def suspects(objects: Sequence[PageObject], layered: bool) -> list[PageObject]:
    """Text objects of which the page's description leaves open whether anybody sees them."""
    texts = [o for o in objects if o.kind == pdfium.FPDF_PAGEOBJ_TEXT]
    if layered:
        return texts
    plain = [o for o in texts if not _is_faint(o) and not _is_clipped(o)]
    covered = _over_or_alike(plain, [o for o in objects if _paints_an_area(o)])
    kept = {o.key for o in plain if o.key not in covered}
    return [o for o in texts if o.key not in kept]


def _is_faint(text: PageObject) -> bool:
    if text.mode in _UNSEEN_MODES:
        return True
    if text.mode != pdfium.FPDF_TEXTRENDERMODE_FILL:
        return text.fill[3] < OPAQUE and text.mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE
    red, green, blue, alpha = text.fill
    return alpha < 0.2 * 255 or (0.299 * red + 0.587 * green + 0.114 * blue) > NEAR_WHITE * 255


def _is_clipped(text: PageObject) -> bool:
    """Whether the clip may hide a whole run of the text: half its height, or more than a character or two
    at an end (spreadsheets clip every cell, tightly)."""
    if text.clip is None:
        return False
    left, bottom, right, top = text.clip
    x0, y0, x1, y1 = text.bounds
    seen = min(y1, top) - max(y0, bottom)
    wide = min(2 * text.size, 0.5 * text.width)
    return seen < 0.5 * text.height or left - x0 > wide or x1 - right > wide


def _paints_an_area(item: PageObject) -> bool:
    """An object that may hide what is below it: no text, no rule."""
    if item.kind == pdfium.FPDF_PAGEOBJ_TEXT or not item.filled:
        return False
    return min(item.width, item.height) > 2.0


def _over_or_alike(texts: Sequence[PageObject], areas: Sequence[PageObject]) -> set[int]:
    """Keys of texts over which something is painted later, or that have the colour of the ground."""
    if not texts or not areas:
        return set()
    found: set[int] = set()
    boxes = np.array([a.bounds for a in areas])
    orders = np.array([a.order for a in areas])
    colors = np.array([a.fill for a in areas], dtype=np.int16)
    is_path = np.array([a.kind == pdfium.FPDF_PAGEOBJ_PATH for a in areas])
    for text in texts:
        x0, y0, x1, y1 = text.bounds
        inside = 0.2 * min(x1 - x0, y1 - y0)
        meets = (
            (boxes[:, 0] < x1 - inside)
            & (boxes[:, 2] > x0 + inside)
            & (boxes[:, 1] < y1 - inside)
            & (boxes[:, 3] > y0 + inside)
        )
        if not meets.any():
            continue
        over = meets & (orders > text.order) & (~is_path | (colors[:, 3] > 0))
        alike = (np.abs(colors[:, :3] - np.array(text.fill[:3], dtype=np.int16)) < SAME_COLOR).all(axis=1)
        if over.any() or (meets & is_path & (orders < text.order) & alike & (colors[:, 3] > 0)).any():
            found.add(text.key)
    return found


def is_concealed(box: Bounds, text: PageObject, objects: Sequence[PageObject]) -> bool:
    """Whether a run of text in `box` is hidden, by what is painted where its middle is."""
    if text.mode in _UNSEEN_MODES or text.fill[3] < 0.2 * 255:
        return True
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if text.clip is not None and not _meet(text.clip, box):
        return True
    areas = [o for o in objects if _paints_an_area(o) and _holds(o.bounds, x, y) and _is_opaque(o)]
    if any(o.order > text.order for o in areas):
        return True
    below = [o for o in areas if o.order < text.order]
    if below and below[-1].kind != pdfium.FPDF_PAGEOBJ_PATH:
        return False
    ground = below[-1].fill if below else WHITE
    return all(abs(a - b) < SAME_COLOR for a, b in zip(text.fill[:3], ground[:3], strict=True))


def _is_opaque(item: PageObject) -> bool:
    return item.kind != pdfium.FPDF_PAGEOBJ_PATH or item.fill[3] >= OPAQUE


def _holds(box: Bounds, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _meet(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

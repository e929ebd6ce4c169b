"""Watermarks: text laid over or under a page that says nothing of what stands there.

Invariant: a number is a watermark only where it is turned. Upright text is a watermark only if it is pale and
runs across the text or the rules of the page, as nothing that was set with the page does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

import numpy as np
import pypdfium2.raw as pdfium

from parsers.readers.pdf_objects import Color, PageObject

LEAST_TURN = 4.0  # degrees: a scan may be less level
PALE = 0.55  # luminance, of 1
TRANSPARENT = 0.7  # alpha, of 1
LARGE = 1.6  # of the usual type size
THIN = 3.0  # points: a rule


def watermarks(objects: Sequence[PageObject]) -> set[int]:
    """Keys of the text objects that are watermarks."""
    texts = [o for o in objects if o.kind == pdfium.FPDF_PAGEOBJ_TEXT]
    turned = {o.key for o in texts if _is_turned(o)}
    if 2 * len(turned) > len(texts):
        turned = set()  # a page set at a slant
    pale = [o for o in texts if o.key not in turned and _is_pale(o)]
    if not pale or len(pale) == len(texts):
        return turned
    dark = [o for o in texts if o.key not in turned and not _is_pale(o)]
    if not dark:
        return turned
    size = median(o.size for o in dark)
    others = np.array([o.bounds for o in dark])
    rules = np.array([o.bounds for o in objects if _is_rule(o)]).reshape(-1, 4)
    alike: dict[tuple[float, Color], list[PageObject]] = defaultdict(list)
    for text in pale:
        alike[round(text.size, 1), text.fill].append(text)
    for (points, _), group in alike.items():
        crossing = sum(_crosses(text, others, rules) for text in group)
        if crossing and (points > LARGE * size or 2 * crossing >= len(group)):
            turned |= {text.key for text in group}
    return turned


def _is_turned(text: PageObject) -> bool:
    off = abs(text.angle) % 90.0
    return min(off, 90.0 - off) > LEAST_TURN


def _is_pale(text: PageObject) -> bool:
    red, green, blue, alpha = text.fill
    if text.mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
        return False
    shade = alpha / 255
    light = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
    return shade > 0 and (shade < TRANSPARENT or light > PALE)


def _is_rule(item: PageObject) -> bool:
    return item.kind == pdfium.FPDF_PAGEOBJ_PATH and min(item.width, item.height) <= THIN


def _crosses(text: PageObject, others: np.ndarray, rules: np.ndarray) -> bool:
    """Whether the middle of the text runs through other text, or a rule through its middle."""
    x0, y0, x1, y1 = text.bounds
    dx, dy = 0.02 * (x1 - x0), 0.2 * (y1 - y0)
    middle = (x0 + dx, y0 + dy, x1 - dx, y1 - dy)
    return _meets(middle, others) or _meets(middle, rules)


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

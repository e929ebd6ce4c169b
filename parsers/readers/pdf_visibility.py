"""Which text of a PDF page a reader does not see, and which belongs to a watermark.

Invariant: text is hidden only if the page looks the same without it. What the description of the page makes
suspicious (invisible mode, colour of the paper, something painted over it, a clip, a layer) is taken out and
the page is rendered again; where no pixel changes, nobody sees the text.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.pdf_concealed import (
    is_concealed,
    suspects,
)
from parsers.readers.pdf_objects import Bounds, PageObject, address, page_objects
from parsers.readers.pdf_watermarks import watermarks

PIXELS_PER_POINT = 2.0
LARGEST_SIDE = 3000  # pixels: larger sheets are rendered coarser
LEAST_CHANGE = 20  # of 255: a fainter difference is not seen
MOST_RENDERINGS = 40
WORD_GAP = 0.6  # of the type size: white that parts two runs of one text object


@dataclass(frozen=True, slots=True)
class Character:
    """A character and the point its base line starts from, in PDFium's coordinates."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Unprinted:
    """Characters of a page that are in the file and not part of what the page says."""

    hidden: tuple[Character, ...] = ()
    watermark: tuple[Character, ...] = ()


def unprinted_text(page: pypdfium2.PdfPage, layered: bool) -> Unprinted:
    """Hidden characters and those of watermarks. `layered`: the file has optional content (图层)."""
    objects = page_objects(page)
    texts = [o for o in objects if o.kind == pdfium.FPDF_PAGEOBJ_TEXT]
    marks = watermarks(objects)
    doubtful = [o for o in suspects(objects, layered) if o.key not in marks]
    if not doubtful and not marks:
        return Unprinted()
    characters = _characters(page, {o.key for o in doubtful} | marks)
    hidden = _unseen(page, [o for o in doubtful if o.drawn], characters)
    for item in doubtful:
        if not item.drawn:  # no rendering here can tell
            runs = _runs(characters.get(item.key, ()), item.size)
            hidden += [c for run in runs if is_concealed(_box_of(run, item.size), item, objects) for c in run]
    return Unprinted(
        hidden=tuple(c.character for c in hidden),
        watermark=tuple(c.character for o in texts if o.key in marks for c in characters.get(o.key, ())),
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    character: Character
    box: Bounds


def _characters(page: pypdfium2.PdfPage, wanted: set[int]) -> dict[int, list[_Placed]]:
    """The characters of the wanted text objects, in the order of the file."""
    found: dict[int, list[_Placed]] = defaultdict(list)
    text = page.get_textpage()
    try:
        for index in range(pdfium.FPDFText_CountChars(text.raw)):
            owner = address(pdfium.FPDFText_GetTextObject(text.raw, index))
            if owner in wanted:
                placed = _placed(text.raw, index)
                if placed is not None:
                    found[owner].append(placed)
    finally:
        text.close()
    return found


def _placed(text: Any, index: int) -> _Placed | None:
    x, y = ctypes.c_double(), ctypes.c_double()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    code = pdfium.FPDFText_GetUnicode(text, index)
    if not pdfium.FPDFText_GetCharOrigin(text, index, x, y):
        return None
    pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    box = (left.value, bottom.value, right.value, top.value)
    character = chr(code) if 0 < code < 0x110000 else "\ufffd"
    return _Placed(Character(character, x.value, y.value), box)


def _unseen(
    page: pypdfium2.PdfPage, doubtful: Sequence[PageObject], characters: dict[int, list[_Placed]]
) -> list[_Placed]:
    """Characters of runs without which the page looks the same."""
    if not doubtful:
        return []
    view = _View.of(page)
    whole = view.rendered()
    hidden: list[_Placed] = []
    for batch in _apart(doubtful)[:MOST_RENDERINGS]:
        for item in batch:
            pdfium.FPDFPageObj_SetIsActive(item.raw, False)
        changed = (np.abs(view.rendered() - whole) >= LEAST_CHANGE).any(axis=2)
        for item in batch:
            pdfium.FPDFPageObj_SetIsActive(item.raw, True)
        for item in batch:
            for run in _runs(characters.get(item.key, ()), item.size):
                if not any(view.shows(changed, placed.box) for placed in run):
                    hidden.extend(run)
    return hidden


def _apart(texts: Sequence[PageObject]) -> list[list[PageObject]]:
    """Batches of texts that do not touch one another, so that each is seen to come and go by itself."""
    batches: list[list[PageObject]] = []
    boxes: list[list[Bounds]] = []
    for text in texts:
        box = _widened(text.bounds)
        for batch, taken in zip(batches, boxes, strict=True):
            if not any(_meet(box, other) for other in taken):
                batch.append(text)
                taken.append(box)
                break
        else:
            batches.append([text])
            boxes.append([box])
    return batches


def _box_of(run: Sequence[_Placed], size: float) -> Bounds:
    xs, ys = [c.character.x for c in run], [c.character.y for c in run]
    return min(xs), min(ys), max(xs) + 0.5 * size, max(ys) + 0.7 * size


def _widened(box: Bounds) -> Bounds:
    return box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1


def _meet(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _runs(characters: Iterable[_Placed], size: float) -> list[list[_Placed]]:
    """Runs of characters without white between: what is partly seen is known as a whole."""
    printed = [c for c in characters if not c.character.text.isspace()]
    if not printed:
        return []
    runs = [[printed[0]]]
    for before, after in pairwise(printed):
        apart = max(after.box[0] - before.box[2], before.box[0] - after.box[2])
        if apart > WORD_GAP * size or abs(after.character.y - before.character.y) > size:
            runs.append([])
        runs[-1].append(after)
    return runs


@dataclass(frozen=True, slots=True)
class _View:
    """The page as pixels, and where a box of the page lies in them."""

    page: pypdfium2.PdfPage
    scale: float
    width: int
    height: int

    @classmethod
    def of(cls, page: pypdfium2.PdfPage) -> _View:
        wide, high = page.get_size()
        scale = min(PIXELS_PER_POINT, LARGEST_SIDE / max(wide, high, 1.0))
        return cls(page, scale, max(round(wide * scale), 1), max(round(high * scale), 1))

    def rendered(self) -> NDArray[np.int16]:
        picture = self.page.render(scale=self.scale, prefer_bgrx=False, may_draw_forms=False).to_numpy()
        return np.asarray(picture[:, :, :3], dtype=np.int16)

    def shows(self, changed: NDArray[np.bool_], box: Bounds) -> bool:
        """Whether a pixel changed in the box."""
        left, top = self._device(box[0], box[1])
        right, bottom = self._device(box[2], box[3])
        x0, x1 = max(min(left, right), 0), max(left, right) + 1
        y0, y1 = max(min(top, bottom), 0), max(top, bottom) + 1
        return bool(changed[y0:y1, x0:x1].any())

    def _device(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self.page.raw, 0, 0, self.width, self.height, 0, x, y, across, down)
        return across.value, down.value

"""Which text of a PDF page a reader does not see.

Invariant: text is hidden only if the page looks the same without it. What the description of the page makes
suspicious (invisible mode, colour of the paper, something painted over it, a clip, a layer) is taken out and
the page is rendered again; where no pixel changes, the text is invisible.
"""

from __future__ import annotations

import ctypes
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from parsers.readers.pdf.concealed import is_concealed
from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.characters import Characters
from parsers.readers.pdf.pdfium.objects import Bounds, PageObjects, meet

PIXELS_PER_POINT = 2.0
LARGEST_SIDE = 3000  # pixels: larger sheets are rendered coarser
LEAST_CHANGE = 20  # of 255: a fainter difference is not seen
MOST_RENDERINGS = 40
FAR = 16384.0  # points: beyond every page
WORD_GAP = 0.6  # of the type size: white that parts two runs of one text object
_LAYERS = b"/OCProperties"
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_MOST_BYTES = 16 * 1024 * 1024  # of an unpacked object stream


def hidden_characters(
    page: pypdfium2.PdfPage, objects: PageObjects, doubtful: NDArray[np.bool_], characters: Characters
) -> list[int]:
    """Rows of the characters of `doubtful` objects that are invisible."""
    if not doubtful.any():
        return []
    by_object: dict[int, list[int]] = {row: [] for row in np.flatnonzero(doubtful).tolist()}
    for index in np.flatnonzero(doubtful[characters.owners]).tolist():
        by_object[int(characters.owners[index])].append(index)
    runs = {row: _runs(found, characters, float(objects.sizes[row])) for row, found in by_object.items()}
    rendered = [row for row in by_object if objects.drawn[row] and runs[row]]
    hidden = _unseen(page, objects, rendered, runs, characters)
    for row in by_object:
        if not objects.drawn[row]:  # no rendering here can decide
            for run in runs[row]:
                box = _box_of(run, characters, float(objects.sizes[row]))
                hidden += run if is_concealed(box, row, objects) else []
    return hidden


def _unseen(
    page: pypdfium2.PdfPage,
    objects: PageObjects,
    doubtful: Sequence[int],
    runs: dict[int, list[list[int]]],
    characters: Characters,
) -> list[int]:
    """Characters of runs without which the page looks the same."""
    if not doubtful:
        return []
    inked = [index for row in doubtful for run in runs[row] for index in run]
    view = _View.of(page, characters.boxes[inked])
    whole = view.rendered()
    hidden: list[int] = []
    for batch in _apart(doubtful, objects)[:MOST_RENDERINGS]:
        _set_active(objects, batch, active=False)
        without = view.rendered()
        _set_active(objects, batch, active=True)
        for row in batch:
            for run in runs[row]:
                if not any(view.differs(whole, without, characters.boxes[index].tolist()) for index in run):
                    hidden.extend(run)
    return hidden


@contextmanager
def moved_away(objects: PageObjects, rows: Sequence[int]) -> Iterator[None]:
    """The page with some of its objects far from it, for a while."""
    _move(objects, rows, FAR)
    try:
        yield
    finally:
        _move(objects, rows, -FAR)


def _move(objects: PageObjects, rows: Iterable[int], across: float) -> None:
    for row in rows:
        raw = ctypes.cast(int(objects.handles[row]), pdfium.FPDF_PAGEOBJECT)
        pdfium.FPDFPageObj_Transform(raw, 1, 0, 0, 1, across, 0)


def _set_active(objects: PageObjects, rows: Iterable[int], *, active: bool) -> None:
    for row in rows:
        raw = ctypes.cast(int(objects.handles[row]), pdfium.FPDF_PAGEOBJECT)
        pdfium.FPDFPageObj_SetIsActive(raw, active)


def _apart(texts: Sequence[int], objects: PageObjects) -> list[list[int]]:
    """Batches of texts that do not touch one another, so that each is seen to come and go by itself."""
    batches: list[list[int]] = []
    boxes: list[list[Bounds]] = []
    for text in texts:
        x0, y0, x1, y1 = objects.bounds[text].tolist()
        box = (x0 - 1, y0 - 1, x1 + 1, y1 + 1)
        for batch, taken in zip(batches, boxes, strict=True):
            if not any(meet(box, other) for other in taken):
                batch.append(text)
                taken.append(box)
                break
        else:
            batches.append([text])
            boxes.append([box])
    return batches


def _box_of(run: Sequence[int], characters: Characters, size: float) -> Bounds:
    xs, ys = characters.origins[run].T
    return float(xs.min()), float(ys.min()), float(xs.max()) + 0.5 * size, float(ys.max()) + 0.7 * size


def _runs(indices: Iterable[int], characters: Characters, size: float) -> list[list[int]]:
    """Runs of characters without white between: what is partly seen is known as a whole."""
    printed = [index for index in indices if not chr(int(characters.codes[index])).isspace()]
    if not printed:
        return []
    boxes, heights = characters.boxes, characters.origins[:, 1]
    runs = [[printed[0]]]
    for before, after in pairwise(printed):
        apart = max(boxes[after, 0] - boxes[before, 2], boxes[before, 0] - boxes[after, 2])
        if apart > WORD_GAP * size or abs(heights[after] - heights[before]) > size:
            runs.append([])
        runs[-1].append(after)
    return runs


@dataclass(frozen=True, slots=True)
class _View:
    """Part of a page as pixels, and where a box of the page lies in them."""

    page: pypdfium2.PdfPage
    scale: float
    width: int
    height: int
    left: int
    top: int
    crop: tuple[float, float, float, float]  # what is left out at left, bottom, right, top

    @classmethod
    def of(cls, page: pypdfium2.PdfPage, boxes: Floats) -> _View:
        """The part that holds the boxes (n, 4): of most pages a line or two are in doubt."""
        wide, high = page.get_size()
        scale = min(PIXELS_PER_POINT, LARGEST_SIDE / max(wide, high, 1.0))
        across, down = max(math.ceil(wide * scale), 1), max(math.ceil(high * scale), 1)
        whole = cls(page, scale, max(round(wide * scale), 1), max(round(high * scale), 1), 0, 0, (0, 0, 0, 0))
        x0, y0, x1, y1 = whole._pixels((*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)))
        left, top = min(x0, across - 1), min(y0, down - 1)
        beyond = left, down - max(min(y1, down), top + 1), across - max(min(x1, across), left + 1), top
        a, b, c, d = (max(pixels - 0.5, 0.0) / scale for pixels in beyond)  # the renderer rounds up
        return replace(whole, left=left, top=top, crop=(a, b, c, d))

    def rendered(self) -> NDArray[np.uint8]:
        picture = self.page.render(self.scale, crop=self.crop, prefer_bgrx=False, may_draw_forms=False)
        return np.asarray(picture.to_numpy()[:, :, :3])

    def differs(self, one: NDArray[np.uint8], other: NDArray[np.uint8], box: Bounds) -> bool:
        """Whether two pictures of the page differ in the box, by so much that a reader sees it."""
        x0, y0, x1, y1 = self._pixels(box)
        part = slice(y0 - self.top, y1 - self.top), slice(x0 - self.left, x1 - self.left)
        here, there = one[part], other[part]
        apart = np.maximum(here, there) - np.minimum(here, there)
        return bool((apart >= LEAST_CHANGE).any())

    def _pixels(self, box: Bounds) -> tuple[int, int, int, int]:
        """Where a box lies on the whole page: left, top, right, bottom."""
        left, top = self._device(box[0], box[1])
        right, bottom = self._device(box[2], box[3])
        return max(min(left, right), 0), max(min(top, bottom), 0), max(left, right) + 1, max(top, bottom) + 1

    def _device(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(self.page.raw, 0, 0, self.width, self.height, 0, x, y, across, down)
        return across.value, down.value


def may_have_layers(data: bytes) -> bool:
    """Whether a PDF may have layers (图层, optional content) that a viewer does not show. False only where
    the whole file is in sight and names none."""
    if _LAYERS in data:
        return True
    streams = [match.end() for match in _OBJECT_STREAM.finditer(data)]
    return bool(streams) and (b"/Encrypt" in data or any(_names_layers(data, at) for at in streams))


def _names_layers(data: bytes, at: int) -> bool:
    """Whether the object stream whose dictionary goes on `at` names layers, or cannot be unpacked."""
    start = data.find(b"stream", at)
    if start < 0:
        return True
    start += len(b"stream")
    start += 2 if data[start : start + 2] == b"\r\n" else 1
    try:
        return _LAYERS in zlib.decompressobj().decompress(data[start:], _MOST_BYTES)
    except zlib.error:
        return True

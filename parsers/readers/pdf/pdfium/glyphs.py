"""PDFium's characters to glyphs: the box of each in points from the page's top left corner.

Invariant: a box is as wide as the character's advance and as high as its type, from its font's descent up; a
page of which that cannot be said for certain is doubted, whole.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from parsers.readers.page.lines.geometry import Glyph, have_neighbours
from parsers.readers.pdf.pdfium import calls as calls
from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.characters import Characters, Fonts, text_of
from parsers.readers.pdf.pdfium.objects import PageObjects

SPACE, NO_BREAK, WIDE_SPACE = 0x20, 0xA0, 0x3000
REPLACED = 0xFFFD  # what a decoder writes for what it cannot decode
PRIVATE = (0xE000, 0xF8FF)  # codes that only the font of the file knows
DESCENTS = (-0.6, 0.1)  # of the type size: how far below the baseline (minus) the boxes of real fonts begin
DESCENT = -0.2  # what is supposed of a font that states anything else
ASKEW = 0.02  # of the type size: a character that starts elsewhere than its base line is not set across
WIDEST = 1.5  # of the type size: PDFium reports characters that are set downwards as wider
DOT = 0.06  # of the type size: no printed mark is smaller; a blank in outlines is, by its line alone
TWICE = 0.5  # of the type size: how far from the first print of a text its second print may lie
_AT_ONCE = 128  # texts compared with all others of the page
_CODE_BITS = 32  # of a character's code
_TICK = "✔"


@dataclass(frozen=True, slots=True)
class PlacedGlyphs:
    """Row i of every array is one character."""

    points: NDArray[np.uint32]  # Unicode
    boxes: Floats  # (n, 4): x0, y0, x1, y1
    sizes: Floats
    upright: NDArray[np.bool_]

    def inside(self, width: float, height: float) -> NDArray[np.bool_]:
        """Characters whose middle is on a page of this size."""
        x = (self.boxes[:, 0] + self.boxes[:, 2]) / 2
        y = (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        return np.asarray((x >= 0) & (x <= width) & (y >= 0) & (y <= height))

    def glyphs(self, rows: NDArray[np.bool_]) -> list[Glyph]:
        """The glyphs of the rows that are set. A tuple is made of its values in half the time of a call."""
        texts, columns = text_of(self.points[rows]), self.boxes[rows].T.tolist()
        values = zip(texts, *columns, self.sizes[rows].tolist(), repeat("right"), strict=False)
        return list(map(tuple.__new__, repeat(Glyph), values))

    def are_distinct(self, rows: NDArray[np.bool_]) -> bool:
        """Whether no character of the rows may be printed again on its spot."""
        x, y = self.boxes[rows, :2].T
        largest = float(self.sizes[rows].max(initial=1.0))
        return not have_neighbours(self.points[rows].astype(np.float64), x, y, largest).any()


def placed_glyphs(
    characters: Characters, objects: PageObjects, fonts: Fonts, page: tuple[float, float, float, float]
) -> PlacedGlyphs:
    """Boxes of all characters of a page with the box `page` (left, bottom, right, top)."""
    owners = characters.owners
    a, b, c, d = objects.matrices[owners, :4].T
    size = objects.sizes[owners]
    scale = np.hypot(c, d)
    type_size = np.divide(size, scale, out=np.zeros_like(size), where=scale > 0)
    advance = np.divide(characters.rights - characters.lefts, a, out=np.zeros_like(a), where=a != 0)
    lent = ~fonts.embedded[owners]
    if lent.any():
        advance[lent] = _written_advances(
            characters.codes[lent], objects.fonts[owners[lent]], type_size[lent], advance[lent]
        )
    descent = fonts.descents[owners]
    fits = (descent >= DESCENTS[0]) & (descent <= DESCENTS[1])
    low = np.where(fits, descent, DESCENT) * type_size
    x, y = characters.origins.T
    corners = [(across, up) for across in (np.zeros_like(advance), advance) for up in (low, low + type_size)]
    xs = np.stack([x + across * a + up * c for across, up in corners])
    ys = np.stack([y + across * b + up * d for across, up in corners])
    left, _, _, top = page
    boxes = np.column_stack(
        [xs.min(axis=0) - left, top - ys.max(axis=0), xs.max(axis=0) - left, top - ys.min(axis=0)]
    )
    points = characters.points()
    for row in np.flatnonzero(fonts.signs[owners]).tolist():
        if chr(points[row]).isdigit():  # a tick or a cross, no number
            points[row] = ord(_TICK)
    return PlacedGlyphs(points, boxes, boxes[:, 3] - boxes[:, 1], (a * d > 0) & (b * c <= 0))


def _written_advances(
    codes: NDArray[np.uint32], fonts: NDArray[np.int64], sizes: Floats, seen: Floats
) -> Floats:
    """The advances that the file states for characters of fonts that it does not hold; those `seen` where it
    states none. The box that PDFium gives spans the glyph of the font that stands in, another one on each
    machine, and what is read must not depend on the machine."""
    handles, numbers = np.unique(fonts, return_inverse=True)
    pairs, places = np.unique(numbers << _CODE_BITS | codes.astype(np.int64), return_inverse=True)
    asked = zip(handles[pairs >> _CODE_BITS].tolist(), (pairs % (1 << _CODE_BITS)).tolist(), strict=True)
    width = ctypes.c_float()
    at = ctypes.addressof(width)
    ems = [width.value if calls.glyph_width(font, code, 1.0, at) else 0.0 for font, code in asked]
    written = np.array(ems, np.float64)[places] * sizes
    return np.where(written > 0, written, seen)


def doubt_of(
    characters: Characters,
    objects: PageObjects,
    fonts: Fonts,
    placed: PlacedGlyphs,
    kept: NDArray[np.bool_],
) -> str | None:
    """Why PDFium's characters are doubtful, None where nothing speaks against them."""
    codes, owners = characters.codes, characters.owners
    if characters.strays:
        return "characters of unknown objects"
    if not len(characters):  # what paints something and no text was unpacked, and prints none
        return None if len(objects) and not objects.texts.any() else "no character"
    printed = kept & (codes > SPACE) & (codes != NO_BREAK) & (codes != WIDE_SPACE)
    if (characters.unmapped & printed).any() or (kept & (codes < SPACE)).any():
        return "no Unicode"
    if (printed & ((codes == REPLACED) | ((codes >= PRIVATE[0]) & (codes <= PRIVATE[1])))).any():
        return "private characters"
    if (printed & ~placed.upright).any():
        return "turned characters"
    off = np.abs(characters.lefts - characters.origins[:, 0]) > ASKEW * objects.sizes[owners]
    level = np.abs(objects.matrices[owners, 1]) < ASKEW * np.abs(objects.matrices[owners, 0])
    if (printed & off & level).any() or (printed & (characters.rights <= characters.lefts)).any():
        return "advance unknown"
    risen = np.abs(characters.origins[:, 1] - objects.matrices[owners, 5]) > ASKEW * objects.sizes[owners]
    wide = placed.boxes[:, 2] - placed.boxes[:, 0] > WIDEST * placed.sizes
    if (printed & level & (risen | wide)).any():
        return "set downwards or raised"
    rows = np.flatnonzero(printed)
    same = (owners[rows[1:]] == owners[rows[:-1]]) & (
        np.abs(characters.origins[rows[1:]] - characters.origins[rows[:-1]]).max(axis=1, initial=0.0) < ASKEW
    )
    if same.any():
        return "several characters at one place"
    return "characters left out" if _are_left_out(objects, fonts, owners).any() else None


def _are_left_out(objects: PageObjects, fonts: Fonts, owners: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Texts of which PDFium names no character, except those printed a second time over another (as bold), of
    which it names the first."""
    silent = objects.texts.copy()
    silent[owners] = False
    silent &= np.maximum(objects.widths, objects.heights) >= DOT * objects.sizes
    known = silent & (objects.drawn | fonts.embedded)
    silent[known & ~objects.drawn] = False  # a blank
    rows = np.flatnonzero(known & objects.drawn)
    if not len(rows):
        return silent
    starts = objects.bounds[np.unique(owners), :2]
    for some in np.array_split(rows, len(rows) // _AT_ONCE + 1):
        apart = np.abs(objects.bounds[some, None, :2] - starts).max(axis=2, initial=0.0)
        silent[some] = ~(apart <= TWICE * objects.sizes[some, None]).any(axis=1)
    return silent

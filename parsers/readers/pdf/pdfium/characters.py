"""The characters of a PDFium page as arrays: what each is, which object prints it, where it starts.

Invariant: only characters that are in the file, in its order; those PDFium makes up between them (blanks,
ends of lines) are left out. Coordinates are PDFium's (points, origin bottom left). Each font is asked once a
page; what is said of an object is said of its font.
"""

from __future__ import annotations

import ctypes
import re
import sys
from dataclasses import dataclass

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from parsers.readers.pdf.pdfium import calls as calls
from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.objects import PageObjects, runs_of

HYPHEN = 0x02  # what PDFium makes of a hyphen at the end of a line


@dataclass(frozen=True, slots=True)
class Characters:
    """Row i of every array is one character."""

    codes: NDArray[np.uint32]  # Unicode
    owners: NDArray[np.int64]  # row of the text object in `PageObjects`
    origins: Floats  # (n, 2): the point of the base line from which it is drawn
    lefts: Floats  # of the box of its advance; across upright lines only
    rights: Floats
    boxes: Floats  # (n, 4): left, bottom, right, top of its ink; only where asked for, else 0
    unmapped: NDArray[np.bool_]  # PDFium knows no Unicode for it
    strays: int  # characters of objects that are not described: too many, or too deep in forms

    def __len__(self) -> int:
        return len(self.codes)

    def beside(self, others: Characters, rows: NDArray[np.bool_]) -> Characters:
        """These, and those of some rows of others that are none of these."""
        known = set(self._places())
        new = np.array([place not in known for place in others._places()], np.bool_) & rows
        arrays = {name: np.concatenate([getattr(self, name), getattr(others, name)[new]]) for name in _ARRAYS}
        return Characters(**arrays, strays=self.strays)

    def _places(self) -> list[tuple[int, ...]]:
        """The object that prints each character, and the point from which, in tenths."""
        tenths = np.round(10 * self.origins).astype(np.int64)
        return list(map(tuple, np.column_stack([self.owners, tenths]).tolist()))

    def points(self) -> NDArray[np.uint32]:
        """The code point of each character; U+FFFD where PDFium gives no valid one."""
        valid = (self.codes > 0) & (self.codes <= sys.maxunicode)
        return np.where(valid, self.codes, np.uint32(ord("\ufffd")))

    def texts(self) -> list[str]:
        """The characters as text."""
        return text_of(self.points())


def text_of(points: NDArray[np.uint32]) -> list[str]:
    """The character of each code point."""
    return list(points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"))


_ARRAYS = ("codes", "owners", "origins", "lefts", "rights", "boxes", "unmapped")


def page_characters(
    text: pypdfium2.PdfTextPage, objects: PageObjects, inked: NDArray[np.bool_]
) -> Characters:
    """The characters of a text page; `inked` are the objects whose characters' ink is wanted."""
    page = calls.address(text.raw)
    count = max(calls.count_chars(page), 0)
    owners, rows = calls.char_owners(page, count), np.argsort(objects.handles, kind="stable")
    ordered = objects.handles[rows]
    places = np.minimum(np.searchsorted(ordered, owners), max(len(ordered) - 1, 0))
    known = np.flatnonzero(ordered[places] == owners) if len(ordered) else np.zeros(0, np.int64)
    owned = rows[places[known]]
    loose = calls.char_loose_boxes(page, count)
    codes = calls.char_codes(page, count)
    codes[codes == HYPHEN] = ord("-")
    boxes = np.zeros((len(known), 4))
    wanted = np.flatnonzero(inked[owned])
    boxes[wanted] = calls.char_boxes(page, known[wanted].tolist())[:, [0, 2, 1, 3]]
    return Characters(
        codes=codes[known],
        owners=owned,
        origins=calls.char_origins(page, count)[known],
        lefts=loose[known, 0],
        rights=loose[known, 2],
        boxes=boxes,
        unmapped=calls.chars_unmapped(page, count)[known],
        strays=int((owners != 0).sum()) - len(known),
    )


LONGEST_NAME = 256  # bytes
_DINGBATS = re.compile(rb"dingbat|wingding|webding", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fonts:
    """Row i of every array is about the font of object i; zeros where it prints no text."""

    descents: Floats  # of the type size; below the base line is negative
    signs: NDArray[np.bool_]  # a font of ticks and crosses
    embedded: NDArray[np.bool_]

    @classmethod
    def of(cls, objects: PageObjects) -> Fonts:
        """The fonts of the objects of a page; each font is looked up once."""
        starts, places = runs_of(objects.fonts)
        fonts = objects.fonts[starts].tolist()
        known = {font: _font(font) if font else (0.0, False, False) for font in set(fonts)}
        descents, signs, embedded = ([known[font][column] for font in fonts] for column in range(3))
        return cls(
            np.array(descents, np.float64)[places],
            np.array(signs, np.bool_)[places],
            np.array(embedded, np.bool_)[places],
        )


def _font(font: int) -> tuple[float, bool, bool]:
    descent, name = ctypes.c_float(), ctypes.create_string_buffer(LONGEST_NAME)
    calls.font_descent(font, 1.0, ctypes.addressof(descent))
    calls.font_name(font, ctypes.addressof(name), LONGEST_NAME)
    return descent.value, bool(_DINGBATS.search(name.value)), calls.font_embedded(font) == 1

"""The fonts of a page's texts: how deep they reach, whether they print signs, whether the file has them.

Invariant: each font is asked once a page; what is said of an object is said of its font.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parsers.readers.pdf.pdfium import calls as calls
from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.objects import PageObjects

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
        fonts, places = np.unique(objects.fonts, return_inverse=True)
        known = [_font(font) if font else (0.0, False, False) for font in fonts.tolist()]
        descents, signs, embedded = ([one[column] for one in known] for column in range(3))
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

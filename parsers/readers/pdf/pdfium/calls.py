"""PDFium asked in bulk: one question about many characters or objects, the answers in one array.

Invariant: nothing is interpreted here. A handle is the address of an object of PDFium, 0 for none; it is
valid as long as its page is open, and no call changes what it asks about.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

_Handle, _Int, _Address = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
_Found = ctypes.c_size_t  # a handle that is returned: 0, not None, for none
Call = Callable[..., Any]
_HALVES = (0xD800, 0xDFFF)  # of characters that take two units of UTF-16
_NO_CHARACTER = 0xFFFE  # what a page's text has for a hyphen at the end of a line, and for what it lacks
Floats = NDArray[np.float64]


def address(raw: Any) -> int:
    """The handle behind a pointer of pypdfium2, 0 for none."""
    return ctypes.cast(raw, ctypes.c_void_p).value or 0


def _call(name: str, result: Any, *arguments: Any) -> Call:
    """A function of PDFium that takes addresses as plain integers: a third of the time of a typed pointer."""
    return ctypes.PYFUNCTYPE(result, *arguments)(address(getattr(pdfium, name)))


count_chars = _call("FPDFText_CountChars", _Int, _Handle)
_text = _call("FPDFText_GetText", _Int, _Handle, _Int, _Int, _Address)
_char_code = _call("FPDFText_GetUnicode", ctypes.c_uint, _Handle, _Int)
_char_owner = _call("FPDFText_GetTextObject", _Found, _Handle, _Int)
_char_unmapped = _call("FPDFText_HasUnicodeMapError", _Int, _Handle, _Int)
_char_origin = _call("FPDFText_GetCharOrigin", _Int, _Handle, _Int, _Address, _Address)
_char_loose_box = _call("FPDFText_GetLooseCharBox", _Int, _Handle, _Int, _Address)
_char_box = _call("FPDFText_GetCharBox", _Int, _Handle, _Int, *[_Address] * 4)

object_kind = _call("FPDFPageObj_GetType", _Int, _Handle)
object_bounds = _call("FPDFPageObj_GetBounds", _Int, _Handle, *[_Address] * 4)
object_matrix = _call("FPDFPageObj_GetMatrix", _Int, _Handle, _Address)
fill_color = _call("FPDFPageObj_GetFillColor", _Int, _Handle, *[_Address] * 4)
stroke_color = _call("FPDFPageObj_GetStrokeColor", _Int, _Handle, *[_Address] * 4)
stroke_width = _call("FPDFPageObj_GetStrokeWidth", _Int, _Handle, _Address)
draw_mode = _call("FPDFPath_GetDrawMode", _Int, _Handle, _Address, _Address)
font_size = _call("FPDFTextObj_GetFontSize", _Int, _Handle, _Address)
render_mode = _call("FPDFTextObj_GetTextRenderMode", _Int, _Handle)
font_of = _call("FPDFTextObj_GetFont", _Found, _Handle)
font_descent = _call("FPDFFont_GetDescent", _Int, _Handle, ctypes.c_float, _Address)
font_name = _call("FPDFFont_GetBaseFontName", ctypes.c_size_t, _Handle, _Address, ctypes.c_size_t)
font_embedded = _call("FPDFFont_GetIsEmbedded", _Int, _Handle)
glyph_width = _call("FPDFFont_GetGlyphWidth", _Int, _Handle, ctypes.c_uint, ctypes.c_float, _Address)
transform = _call("FPDFPageObj_Transform", None, _Handle, *[ctypes.c_double] * 6)
transform_clip = _call("FPDFPageObj_TransformClipPath", None, _Handle, *[ctypes.c_double] * 6)
clip_of = _call("FPDFPageObj_GetClipPath", _Found, _Handle)
count_clips = _call("FPDFClipPath_CountPaths", _Int, _Handle)
count_clip_segments = _call("FPDFClipPath_CountPathSegments", _Int, _Handle, _Int)
clip_segment = _call("FPDFClipPath_GetPathSegment", _Found, _Handle, _Int, _Int)
count_segments = _call("FPDFPath_CountSegments", _Int, _Handle)
path_segment = _call("FPDFPath_GetPathSegment", _Found, _Handle, _Int)
segment_point = _call("FPDFPathSegment_GetPoint", _Int, _Handle, _Address, _Address)
segment_kind = _call("FPDFPathSegment_GetType", _Int, _Handle)
segment_closes = _call("FPDFPathSegment_GetClose", _Int, _Handle)
_count_objects = _call("FPDFPage_CountObjects", _Int, _Handle)
_object_at = _call("FPDFPage_GetObject", _Found, _Handle, _Int)
_count_parts = _call("FPDFFormObj_CountObjects", _Int, _Handle)
_part_at = _call("FPDFFormObj_GetObject", _Found, _Handle, ctypes.c_ulong)


def children(parent: int, *, of_form: bool) -> list[int]:
    """The objects of a page, or of a form object, from the bottom up."""
    count, get = (_count_parts, _part_at) if of_form else (_count_objects, _object_at)
    return list(map(get, repeat(parent), range(max(count(parent), 0))))


def turn(handles: Sequence[int], by: Sequence[float]) -> None:
    """Move objects and what clips them by the six numbers of a matrix."""
    for call in (transform, transform_clip):
        deque(map(call, handles, *map(repeat, by)), 0)


def integers(call: Call, handles: Sequence[int]) -> NDArray[np.int64]:
    """The number, or the handle, that a call returns for each handle."""
    return np.fromiter(map(call, handles), np.int64, len(handles))


def last_clips(handles: Sequence[int], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first segment of the last of `counts` paths of each clip; 0 where there is none."""
    lasts = map(clip_segment, handles, (counts - 1).tolist(), repeat(0))
    return np.fromiter(lasts, np.int64, len(handles))


def singles(call: Call, handles: Sequence[int]) -> Floats:
    """The number that a call writes for each handle; 0 where it fails."""
    return _written(call, handles, 1, np.float32, together=True)[:, 0].astype(np.float64)


def matrices(call: Call, handles: Sequence[int]) -> Floats:
    """The six numbers of the matrix that a call writes for each handle; zeros where it fails."""
    return _written(call, handles, 6, np.float32, together=True).astype(np.float64)


def quadruples(call: Call, handles: Sequence[int]) -> Floats:
    """The four numbers that a call writes to four places; zeros where it fails."""
    return _written(call, handles, 4, np.float32, together=False).astype(np.float64)


def colors(call: Call, handles: Sequence[int]) -> NDArray[np.int16]:
    """Red, green, blue, alpha of each handle; zeros where it has no plain colour."""
    return _written(call, handles, 4, np.uint32, together=False).astype(np.int16)


def pairs(call: Call, handles: Sequence[int], kind: type[np.generic]) -> NDArray[Any]:
    """The two numbers that a call writes to two places."""
    return _written(call, handles, 2, kind, together=False)


def _written(
    call: Call, handles: Sequence[int], width: int, kind: type[np.generic], *, together: bool
) -> NDArray[Any]:
    """An array of a row per handle, filled by the calls: each gets the address of its row, or, where not
    `together`, of every place in it."""
    rows = np.zeros((len(handles), width), kind)
    start, step = rows.ctypes.data, rows.itemsize
    end = start + rows.nbytes
    places = [range(start + step * column, end, step * width) for column in range(1 if together else width)]
    deque(map(call, handles, *places), 0)
    return rows


def char_codes(text: int, count: int) -> NDArray[np.uint32]:
    """Unicode of every character of a text page."""
    rows = np.zeros(count + 1, np.uint16)
    whole = _text(text, 0, count, rows.ctypes.data) == count + 1
    codes = rows[:count].astype(np.uint32)
    if whole and not ((codes >= _NO_CHARACTER) | ((codes >= _HALVES[0]) & (codes <= _HALVES[1]))).any():
        return codes  # as many units as characters: one each, and none in the place of another
    return np.fromiter(map(_char_code, repeat(text), range(count)), np.uint32, count)


def char_owners(text: int, count: int) -> NDArray[np.int64]:
    """The text object of every character, 0 for those PDFium adds itself (white space, ends of lines)."""
    return np.fromiter(map(_char_owner, repeat(text), range(count)), np.int64, count)


def chars_unmapped(text: int, count: int) -> NDArray[np.bool_]:
    """Whether PDFium knows no Unicode for a character."""
    found = np.fromiter(map(_char_unmapped, repeat(text), range(count)), np.int32, count)
    return np.asarray(found == 1)


def char_origins(text: int, count: int) -> Floats:
    """x, y of the point from which every character is drawn."""
    rows = np.zeros((count, 2))
    start, end = rows.ctypes.data, rows.ctypes.data + rows.nbytes
    deque(map(_char_origin, repeat(text), range(count), range(start, end, 16), range(start + 8, end, 16)), 0)
    return rows


def char_loose_boxes(text: int, count: int) -> Floats:
    """Left, top, right, bottom of every character's advance and type; only across for upright ones."""
    rows = np.zeros((count, 4), np.float32)
    start, end = rows.ctypes.data, rows.ctypes.data + rows.nbytes
    deque(map(_char_loose_box, repeat(text), range(count), range(start, end, 16)), 0)
    return rows.astype(np.float64)


def char_boxes(text: int, indices: Sequence[int]) -> Floats:
    """Left, right, bottom, top of the ink of the characters at `indices`."""
    rows = np.zeros((len(indices), 4))
    start, end = rows.ctypes.data, rows.ctypes.data + rows.nbytes
    places = [range(start + 8 * column, end, 32) for column in range(4)]
    deque(map(_char_box, repeat(text), indices, *places), 0)
    return rows

"""What PDFium knows of the objects on a page: where each stands, in which order, how it is painted.

Invariant: an object is described, never judged; coordinates are PDFium's (points, origin bottom left, before
/Rotate), and objects inside form XObjects stand where the form puts them.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

DEEPEST_FORM = 8
MOST_OBJECTS = 60_000  # a map or a drawing: no page of tables has so many
FLAT = 0.02  # of the type size: a text lower than this has no outlines

Bounds = tuple[float, float, float, float]  # left, bottom, right, top
Matrix = tuple[float, float, float, float, float, float]
Color = tuple[int, int, int, int]  # red, green, blue, alpha: 0-255
UNPAINTED: Color = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PageObject:
    """One painted object. `order` counts from the bottom of the page up; `mode` is a text's render mode;
    `clip` the box it is clipped to, None where nothing clips it."""

    raw: Any
    kind: int  # pdfium.FPDF_PAGEOBJ_*
    order: int
    bounds: Bounds
    fill: Color
    filled: bool
    mode: int = 0
    angle: float = 0.0  # degrees by which its lines are turned counter-clockwise
    size: float = 0.0  # height of the type, as printed
    clip: Bounds | None = None
    drawn: bool = True  # False: text in a font that is neither in the file nor on this machine

    @property
    def key(self) -> int:
        """Address of the object, equal for the same object however it was reached."""
        return address(self.raw)

    @property
    def width(self) -> float:
        return self.bounds[2] - self.bounds[0]

    @property
    def height(self) -> float:
        return self.bounds[3] - self.bounds[1]


def address(raw: Any) -> int:
    """Address of a PDFium handle, 0 for none."""
    return ctypes.cast(raw, ctypes.c_void_p).value or 0


def page_objects(page: pypdfium2.PdfPage) -> list[PageObject]:
    """All painted objects of a page, from the bottom up."""
    return list(islice(_Walk().objects(page.raw), MOST_OBJECTS))


_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class _Walk:
    """One walk over a page. The buffers PDFium writes its answers to are made once: a page has thousands of
    objects."""

    def __init__(self) -> None:
        self._box = tuple(ctypes.c_float() for _ in range(4))
        self._box_refs = tuple(map(ctypes.byref, self._box))
        self._channels = tuple(ctypes.c_uint() for _ in range(4))
        self._channel_refs = tuple(map(ctypes.byref, self._channels))
        self._found = pdfium.FS_MATRIX()
        self._size = ctypes.c_float()
        self._mode, self._stroked = ctypes.c_int(), ctypes.c_int()

    def objects(self, page: Any) -> Iterator[PageObject]:
        order = 0
        for raw, kind, placed in self._leaves(page, _IDENTITY, 0):
            described = self._described(raw, kind, placed, order)
            if described is not None:
                yield described
                order += 1

    def _leaves(self, parent: Any, placed: Matrix, depth: int) -> Iterator[tuple[Any, int, Matrix]]:
        inside = depth > 0
        count = (pdfium.FPDFFormObj_CountObjects if inside else pdfium.FPDFPage_CountObjects)(parent)
        get = pdfium.FPDFFormObj_GetObject if inside else pdfium.FPDFPage_GetObject
        for index in range(count):
            raw = get(parent, index)
            kind = pdfium.FPDFPageObj_GetType(raw)
            if kind != pdfium.FPDF_PAGEOBJ_FORM:
                yield raw, kind, placed
            elif depth < DEEPEST_FORM:
                yield from self._leaves(raw, _product(self._matrix(raw), placed), depth + 1)

    def _described(self, raw: Any, kind: int, placed: Matrix, order: int) -> PageObject | None:
        if not pdfium.FPDFPageObj_GetBounds(raw, *self._box_refs):
            return None
        left, bottom, right, top = self._box
        bounds = _moved((left.value, bottom.value, right.value, top.value), placed)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            return self._text(raw, placed, order, bounds)
        if kind != pdfium.FPDF_PAGEOBJ_PATH:
            return PageObject(raw, kind, order, bounds, UNPAINTED, filled=True)
        pdfium.FPDFPath_GetDrawMode(raw, ctypes.byref(self._mode), ctypes.byref(self._stroked))
        filled = bool(self._mode.value)
        return PageObject(raw, kind, order, bounds, self._fill(raw) if filled else UNPAINTED, filled=filled)

    def _text(self, raw: Any, placed: Matrix, order: int, bounds: Bounds) -> PageObject:
        matrix = _product(self._matrix(raw), placed)
        pdfium.FPDFTextObj_GetFontSize(raw, ctypes.byref(self._size))
        height = abs(self._size.value) * math.hypot(matrix[2], matrix[3])
        angle = math.degrees(math.atan2(matrix[1], matrix[0]))
        flat = min(bounds[2] - bounds[0], bounds[3] - bounds[1]) < FLAT * height
        return PageObject(
            raw,
            pdfium.FPDF_PAGEOBJ_TEXT,
            order,
            _raised(bounds, height, angle) if flat else bounds,
            self._fill(raw),
            filled=True,
            mode=pdfium.FPDFTextObj_GetTextRenderMode(raw),
            angle=angle,
            size=height,
            clip=_clip(raw, placed),
            drawn=not flat,
        )

    def _fill(self, raw: Any) -> Color:
        if not pdfium.FPDFPageObj_GetFillColor(raw, *self._channel_refs):
            return UNPAINTED
        red, green, blue, alpha = self._channels
        return red.value, green.value, blue.value, alpha.value

    def _matrix(self, raw: Any) -> Matrix:
        found = self._found
        if not pdfium.FPDFPageObj_GetMatrix(raw, ctypes.byref(found)):
            return _IDENTITY
        return found.a, found.b, found.c, found.d, found.e, found.f


def _raised(bounds: Bounds, height: float, angle: float) -> Bounds:
    """A box of the type's height for text of which only the places of its characters are known."""
    x0, y0, x1, y1 = bounds
    if abs(angle) % 180.0 < 45.0 or abs(angle) % 180.0 > 135.0:
        return x0, y0 - 0.15 * height, x1 + height, y1 + 0.8 * height
    return x0 - 0.8 * height, y0 - height, x1 + 0.8 * height, y1 + height


def _clip(raw: Any, placed: Matrix) -> Bounds | None:
    """The box all of an object's clip paths have in common."""
    path = pdfium.FPDFPageObj_GetClipPath(raw)
    paths = pdfium.FPDFClipPath_CountPaths(path) if path else 0
    common: Bounds | None = None
    for number in range(max(paths, 0)):
        points = list(_points(path, number))
        if not points:
            continue
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = _moved((min(xs), min(ys), max(xs), max(ys)), placed)
        common = box if common is None else _common(common, box)
    return common


def _points(path: Any, number: int) -> Iterator[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    count = min(pdfium.FPDFClipPath_CountPathSegments(path, number), 64)
    for index in range(3 if count in (4, 5) else count):  # three corners tell a rectangle
        if pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFClipPath_GetPathSegment(path, number, index), x, y):
            yield x.value, y.value


def _common(a: Bounds, b: Bounds) -> Bounds:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _product(first: Matrix, then: Matrix) -> Matrix:
    if then is _IDENTITY:
        return first
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _moved(box: Bounds, by: Matrix) -> Bounds:
    if by is _IDENTITY:
        return box
    a, b, c, d, e, f = by
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    return (
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    )

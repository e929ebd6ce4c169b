"""One page of PDFium set upright: what fields and annotations print drawn into it, its turns undone.

Invariant: an open page has no rotation, its lines run to the right, and `left`, `bottom`, `right`, `top` are
the box a viewer shows. What a viewer shows by default of fields (表单域) and annotations is what is
printed; an appearance the file lacks is made by PDFium from the field's value. The file is as before once
the page is closed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from parsers.readers.page.lines.geometry import Glyph
from parsers.readers.page.lines.text import upright
from parsers.readers.pdf.pdfium import calls as calls
from parsers.readers.pdf.pdfium.calls import Floats
from parsers.readers.pdf.pdfium.objects import Matrix, PageObjects, page_objects

DIAGONAL = 45.0  # degrees from a direction, beyond which it is the next one
SIDEWAYS = 0.6  # share of text objects that run up or down from which the page is turned


@dataclass(slots=True)
class OpenPage:
    """A page while it is open. `turned`: quarter turns clockwise that set its lines upright, beside those its
    file asks for."""

    raw: pypdfium2.PdfPage
    box: tuple[float, float, float, float]  # left, bottom, right, top
    rotation: int
    stated: tuple[float, float, float, float]
    annotated: bool
    turned: int = 0
    objects: PageObjects = field(init=False)

    @classmethod
    def of(cls, document: pypdfium2.PdfDocument, number: int) -> OpenPage:
        """The page with this number, from 1."""
        page, annotated = flattened(document, number - 1)
        rotation = pdfium.FPDFPage_GetRotation(page.raw)
        box = _box(page)
        opened = cls(page, box, rotation, box, annotated)
        if rotation:
            opened._turn(rotation)
        opened.objects = page_objects(calls.address(page.raw))
        if turns := _turns_needed(opened.objects):
            opened._turn(turns)
            opened.turned = turns
            opened.objects = page_objects(calls.address(page.raw))
        return opened

    def __enter__(self) -> OpenPage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.rotation or self.turned:
            self._state(self.rotation, self.stated)
        self.raw.close()

    def _turn(self, quarters: int) -> None:
        """Turn what is on the page, and its box, clockwise."""
        left, bottom, right, top = self.box
        width, height = right - left, top - bottom
        by: Matrix = {
            1: (0.0, -1.0, 1.0, 0.0, -bottom, right),
            2: (-1.0, 0.0, 0.0, -1.0, right, top),
            3: (0.0, 1.0, -1.0, 0.0, top, -left),
        }[quarters]
        calls.turn(calls.children(calls.address(self.raw.raw), of_form=False), by)
        self.box = (0.0, 0.0, width, height) if quarters == 2 else (0.0, 0.0, height, width)
        self._state(0, self.box)

    def as_stated(self, points: Floats) -> Floats:
        """Points (n, 2) from the lower left corner of the page, before its lines were turned."""
        left, bottom, right, top = self.box
        x, y = points[:, 0] - left, points[:, 1] - bottom
        if self.turned == 1:
            return np.column_stack([top - bottom - y, x])
        if self.turned == 3:
            return np.column_stack([y, right - left - x])
        return np.column_stack([x, y])

    def as_turned(self, glyph: Glyph) -> Glyph:
        """A glyph of the page before its lines were turned, where it stands now."""
        if not self.turned:
            return glyph
        left, bottom, right, top = self.box
        dx, dy = (right - left, 0.0) if self.turned == 1 else (0.0, top - bottom)
        (g,) = upright([glyph._replace(direction="up" if self.turned == 1 else "down")])
        return Glyph(g.text, g.x0 + dx, g.y0 + dy, g.x1 + dx, g.y1 + dy, g.size)

    def _state(self, rotation: int, box: tuple[float, float, float, float]) -> None:
        pdfium.FPDFPage_SetRotation(self.raw.raw, rotation)
        pdfium.FPDFPage_SetMediaBox(self.raw.raw, *box)
        pdfium.FPDFPage_SetCropBox(self.raw.raw, *box)


def _box(page: pypdfium2.PdfPage) -> tuple[float, float, float, float]:
    """The crop box as far as it lies in the media box."""
    found = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page.raw, found)
    return found.left, found.bottom, found.right, found.top


def _turns_needed(objects: PageObjects) -> int:
    angles = objects.angles[objects.texts]
    for turns, direction in ((1, 90.0), (3, -90.0)):
        if (np.abs(angles - direction) < DIAGONAL).sum() > SIDEWAYS * len(angles):
            return turns
    return 0


_PRINTED = frozenset(
    {
        pdfium.FPDF_ANNOT_WIDGET,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_SQUARE,
        pdfium.FPDF_ANNOT_CIRCLE,
        pdfium.FPDF_ANNOT_POLYGON,
        pdfium.FPDF_ANNOT_STAMP,
    }
)


def flattened(document: pypdfium2.PdfDocument, index: int) -> tuple[pypdfium2.PdfPage, bool]:
    """The page with what its fields and annotations show drawn into it, and whether there was any such."""
    page = document[index]
    if not pdfium.FPDFPage_GetAnnotCount(page.raw):
        return page, False
    if document.formenv is None and pdfium.FPDF_GetFormType(document.raw) != pdfium.FORMTYPE_NONE:
        page.close()  # a page knows the forms of its file only if it is opened after them
        document.init_forms()
        page = document[index]
    if not _drop_unprinted(page):
        return page, False
    pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return document[index], True


def with_annotations(data: bytes, index: int) -> bytes:
    """The file with what fields and annotations show on this page drawn into it."""
    document = pypdfium2.PdfDocument(data)
    try:
        page, _ = flattened(document, index)
        page.close()
        buffer = io.BytesIO()
        document.save(buffer, flags=pdfium.FPDF_REMOVE_SECURITY)
        return buffer.getvalue()
    finally:
        document.close()


def _drop_unprinted(page: pypdfium2.PdfPage) -> int:
    """Takes notes, links, reviewers' marks, watermarks and signatures off the page; returns how many
    annotations stay."""
    stay = 0
    form = page.formenv.raw if page.formenv else None
    for index in reversed(range(pdfium.FPDFPage_GetAnnotCount(page.raw))):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        printed = pdfium.FPDFAnnot_GetSubtype(annotation) in _PRINTED
        signature = (
            form is not None
            and pdfium.FPDFAnnot_GetFormFieldType(form, annotation) == pdfium.FPDF_FORMFIELD_SIGNATURE
        )
        pdfium.FPDFPage_CloseAnnot(annotation)
        if printed and not signature:
            stay += 1
        else:
            pdfium.FPDFPage_RemoveAnnot(page.raw, index)
    return stay

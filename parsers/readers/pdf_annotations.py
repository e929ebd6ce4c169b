"""Filled form fields (表单域) and annotations that print text: made part of their pages.

Invariant: what a viewer shows by default is what is printed. Hidden fields, notes, links and marks of a
reviewer are not; an appearance the file lacks is made by PDFium from the field's value.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral

_PRINTED = {
    "Widget": pdfium.FPDF_ANNOT_WIDGET,
    "FreeText": pdfium.FPDF_ANNOT_FREETEXT,
    "Square": pdfium.FPDF_ANNOT_SQUARE,
    "Circle": pdfium.FPDF_ANNOT_CIRCLE,
    "Polygon": pdfium.FPDF_ANNOT_POLYGON,
    "Stamp": pdfium.FPDF_ANNOT_STAMP,
}


def annotated_pages(pages: Iterable[Any]) -> list[int]:
    """Indices of the pdfplumber pages on which a field or an annotation may print something."""
    return [index for index, page in enumerate(pages) if any(map(_prints, _annotations(page)))]


def _annotations(page: Any) -> list[dict[str, Any]]:
    found = resolve1(page.page_obj.attrs.get("Annots"))
    resolved = [resolve1(one) for one in found] if isinstance(found, list) else []
    return [one for one in resolved if isinstance(one, dict)]


def _prints(annotation: dict[str, Any]) -> bool:
    subtype, field = annotation.get("Subtype"), resolve1(annotation.get("FT"))
    signature = isinstance(field, PSLiteral) and field.name == "Sig"
    return isinstance(subtype, PSLiteral) and subtype.name in _PRINTED and not signature


def with_annotations(data: bytes, indices: Iterable[int]) -> bytes:
    """The file with what its fields and annotations show on these pages drawn into them."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        for index in indices:
            page = document[index]
            _drop_unprinted(page)
            pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
            page.close()
        buffer = io.BytesIO()
        document.save(buffer, flags=pdfium.FPDF_REMOVE_SECURITY)
        return buffer.getvalue()
    finally:
        document.close()


def _drop_unprinted(page: pypdfium2.PdfPage) -> None:
    """Takes notes, links, reviewers' marks, watermarks and signatures off the page."""
    for index in reversed(range(pdfium.FPDFPage_GetAnnotCount(page.raw))):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        printed = pdfium.FPDFAnnot_GetSubtype(annotation) in _PRINTED.values()
        form = page.formenv.raw if page.formenv else None
        signature = (
            form is not None
            and pdfium.FPDFAnnot_GetFormFieldType(form, annotation) == pdfium.FPDF_FORMFIELD_SIGNATURE
        )
        pdfium.FPDFPage_CloseAnnot(annotation)
        if not printed or signature:
            pdfium.FPDFPage_RemoveAnnot(page.raw, index)

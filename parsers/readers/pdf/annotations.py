"""Filled form fields (表单域) and annotations that print text: made part of their pages.

Invariant: what a viewer shows by default is what is printed. Hidden fields, notes, links and marks of a
reviewer are not; an appearance the file lacks is made by PDFium from the field's value.
"""

from __future__ import annotations

import io

import pypdfium2
import pypdfium2.raw as pdfium

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

"""PDF: every page to text blocks and grids, from its text layer or, failing that, from its image.

Invariant: no page is lost in silence. A page that cannot be read, was recognised, or was left out has a
note; the document fails as a whole only when nothing of it can be read.
"""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from parsers import media
from parsers.attempts import Attempts
from parsers.document import Note, Reading
from parsers.errors import DocumentError
from parsers.readers import ocr
from parsers.readers.limits import Limits
from parsers.readers.paged import Pages
from parsers.readers.pdf_annotations import annotated_pages, with_annotations
from parsers.readers.pdf_marks import DrawnPage, drawn_page
from parsers.readers.pdf_repair import repaired
from parsers.readers.pdf_streams import bound_streams, defused
from parsers.readers.pdf_visibility import Unprinted, unprinted_text

bound_streams()
A4 = (595.28, 841.89)
LARGEST_SIDE = 4600  # pixels: an A3 page at 280 dpi; larger sheets are rendered coarser
LONGEST_QUOTE = 80  # characters of text left out that a note quotes


def read_pdf(data: bytes, limits: Limits) -> Reading:
    """Text blocks and grids of a PDF.

    Pages beyond `limits.max_pages` are left out with a note. Raises DocumentError: `encrypted`, `damaged`,
    `needs_ocr` (every page with content is an image, and images are not recognised).
    """
    pdf, data, notes = _open(defused(data))
    pages = Pages(notes=notes)
    pdf, data = _annotated(pdf, data, pages)
    with pdf:
        total = len(pdf.pages)
        images = _images(data)
        layered = "OCProperties" in pdf.doc.catalog
        try:
            for page in pdf.pages[: limits.max_pages]:
                _read_page(page, images, layered, limits, pages)
        finally:
            images.close()
        pages.leave_out(limits.max_pages, total)
        return pages.reading(media.PDF, total, _title(pdf))


def _open(data: bytes) -> tuple[Any, bytes, list[Note]]:
    """The open PDF, the bytes it was opened from, and a note when they had to be repaired."""
    try:
        pdf = pdfplumber.open(io.BytesIO(data))
        if len(pdf.pages):
            return pdf, data, []
        reason = "no page"
    except PdfminerException as error:
        if any(isinstance(arg, PDFPasswordIncorrect) for arg in error.args):
            raise DocumentError("encrypted", "The PDF asks for a password.") from error
        reason = str(error)
    except Exception as error:  # pdfminer trips over broken files in every way there is
        reason = f"{type(error).__name__}: {error}"
    rebuilt = repaired(data, reason)
    try:
        pdf = pdfplumber.open(io.BytesIO(rebuilt))
        if not len(pdf.pages):
            raise DocumentError("damaged", f"No page can be read: {reason}")
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError("damaged", f"Not a readable PDF: {error}") from error
    return pdf, rebuilt, [Note("repaired", f"the file was damaged and its index rebuilt: {reason}")]


def _images(data: bytes) -> pypdfium2.PdfDocument:
    """The file as PDFium sees it. Raises DocumentError: `damaged` where PDFium cannot, not even repaired."""
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        try:
            return pypdfium2.PdfDocument(repaired(data, str(error)))
        except pypdfium2.PdfiumError:
            raise DocumentError("damaged", f"Not a readable PDF: {error}") from error


def _annotated(pdf: Any, data: bytes, pages: Pages) -> tuple[Any, bytes]:
    """The PDF with its filled fields and printed annotations drawn into the pages."""
    try:
        indices = annotated_pages(pdf.pages)
        if not indices:
            return pdf, data
        drawn = with_annotations(data, indices)
        return pdfplumber.open(io.BytesIO(drawn)), drawn
    except Exception as error:  # without them the pages can still be read
        pages.note("fields_unread", f"form fields or annotations: {type(error).__name__}: {error}")
        return pdf, data


def _read_page(page: Any, images: pypdfium2.PdfDocument, layered: bool, limits: Limits, pages: Pages) -> None:
    drawn = _drawn(page, images, layered, pages)
    unreadable = drawn is None or drawn.is_picture
    doubtful = drawn is not None and (drawn.has_bad_text or drawn.recognised)
    if (unreadable or doubtful) and limits.ocr and ocr.available():
        _attempt_recognition(page.page_number, images, pages)
    elif drawn is None or unreadable:
        pages.add_unread(_page_size(images, page.page_number), "the page is an image and was not recognised")
    else:
        pages.add(drawn.marks, "text", drawn.turned)


def _drawn(page: Any, images: pypdfium2.PdfDocument, layered: bool, pages: Pages) -> DrawnPage | None:
    try:
        drawn = drawn_page(page, _unprinted(images, page.page_number, layered))
    except Exception as error:  # one broken page must not cost the document
        pages.note("page_damaged", f"{type(error).__name__}: {error}", page.page_number)
        return None
    finally:
        page.close()
    if drawn.has_bad_text:
        share = round(100 * drawn.unreadable)
        pages.note("cid_text", f"{share} % of the characters have no Unicode value", page.page_number)
    for code, left_out in (("hidden_text", drawn.hidden), ("watermark", drawn.watermark)):
        if left_out.strip():
            pages.note(code, _shortened(left_out), page.page_number)
    return drawn


def _unprinted(images: pypdfium2.PdfDocument, number: int, layered: bool) -> Unprinted:
    page = images[number - 1]
    try:
        return unprinted_text(page, layered)
    finally:
        page.close()


def _shortened(text: str) -> str:
    compact = " ".join(text.split())
    return compact if len(compact) <= LONGEST_QUOTE else f"{compact[:LONGEST_QUOTE]}…"


def _page_size(images: pypdfium2.PdfDocument, number: int) -> tuple[float, float]:
    try:
        width, height = images.get_page_size(number - 1)
    except pypdfium2.PdfiumError:
        return A4
    return round(float(width), 2), round(float(height), 2)


def _attempt_recognition(number: int, images: pypdfium2.PdfDocument, pages: Pages) -> None:
    """A page from its image; one that cannot be drawn or recognised is unread."""
    attempts, before = Attempts(page=number), len(pages.sizes)
    attempts.run("the page's image", None, _recognise_page, number, images, pages)
    pages.notes.extend(attempts.notes)
    if len(pages.sizes) == before:
        pages.add_unread(_page_size(images, number), "the page is an image and was not recognised")


def _recognise_page(number: int, images: pypdfium2.PdfDocument, pages: Pages) -> None:
    from parsers.readers import scan

    page = images[number - 1]
    try:
        dpi = min(scan.DPI, 72 * LARGEST_SIDE / max(page.get_size()))
        rendered = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=False).to_numpy()
    finally:
        page.close()
    scan.add_scan(pages, scan.scan_page(np.ascontiguousarray(rendered[:, :, :3]), number, dpi))


def _title(pdf: Any) -> str | None:
    """The title in the file's metadata when it is Chinese text, not a file name or a template's."""
    title = str(pdf.metadata.get("Title") or "")
    title = re.sub(r"^Microsoft Word\s*-\s*|\.(docx?|xlsx?|wps|et)$", "", title.strip())
    return title if re.search(r"[\u4e00-\u9fff]{2}", title) else None

"""PDF: every page to text blocks and grids, from its text layer or, failing that, from its image.

Invariant: no page is lost in silence. A page that cannot be read, was recognised, or was left out has a
note; the document fails as a whole only when nothing of it can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pypdfium2

from parsers.readers.limits import Limits
from parsers.readers.page.pages import Pages
from parsers.readers.pdf.annotations import with_annotations
from parsers.readers.pdf.marks import DrawnPage, drawn_page
from parsers.readers.pdf.page import OpenPage
from parsers.readers.pdf.pdfium.layers import may_have_layers
from parsers.readers.pdf.pictured_title import pictured_lines, with_title
from parsers.readers.pdf.plumber import Plumber
from parsers.readers.pdf.repair import defused, repaired
from parsers.readers.scan import ocr
from parsers.readers.scan.side_by_side import ScannedPage, Scans
from parsers.values import media
from parsers.values.attempts import Attempts
from parsers.values.document import Note, Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource, DocumentOutcome

A4 = (595.28, 841.89)
LARGEST_SIDE = 4600  # pixels: an A3 page at 280 dpi; larger sheets are rendered coarser
LONGEST_QUOTE = 80  # characters of text left out that a note quotes


def read_pdf(data: bytes, limits: Limits) -> Reading:
    """Text blocks and grids of a PDF.

    Pages beyond `limits.max_pages` are left out with a note. Raises DocumentError: `encrypted`, `damaged`,
    `needs_ocr` (every page with content is an image, and images are not recognised), `timeout`, `too_large`
    (over a limit before any page was read).
    """
    pages = Pages(limits)
    harmless = defused(data)
    refused = harmless != data
    images, data, notes = _open(harmless)
    pages.notes.extend(notes)
    total = len(images)
    plumber = Plumber(data)
    layered = may_have_layers(data)
    try:
        with Scans(pages) as scans:
            for number in range(1, min(total, limits.max_pages) + 1):
                if pages.may_begin():
                    _read_page(_Source(data, images, plumber, layered, refused), number, limits, pages, scans)
                else:
                    scans.settle()
                    pages.skip(_page_size(images, number))
        pages.leave_out(limits.max_pages, total)
        return pages.reading(media.PDF, total, _title(images))
    finally:
        plumber.close()
        images.close()


@dataclass(frozen=True, slots=True)
class _Source:
    """A file as PDFium and as pdfplumber see it."""

    data: bytes
    images: pypdfium2.PdfDocument
    plumber: Plumber
    layered: bool
    refused: bool  # it has streams that PDFium must not unpack, and leaves out silently


def _open(data: bytes) -> tuple[pypdfium2.PdfDocument, bytes, list[Note]]:
    """The open PDF, the bytes it was opened from, and a note when they had to be repaired.

    Raises DocumentError: `encrypted`, `damaged`.
    """
    try:
        document = pypdfium2.PdfDocument(data)
        if len(document):
            return document, data, []
        document.close()
        reason = "no page"
    except pypdfium2.PdfiumError as error:
        reason = str(error)
        if "assword" in reason:
            raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_pdf")) from error
    rebuilt = repaired(data, reason)
    try:
        document = pypdfium2.PdfDocument(rebuilt)
    except pypdfium2.PdfiumError as error:
        raise DocumentError(DocumentOutcome.DAMAGED, message("pdf_unreadable", error=reason)) from error
    if not len(document):
        document.close()
        raise DocumentError(DocumentOutcome.DAMAGED, message("pdf_without_page", error=reason))
    return document, rebuilt, [Note("repaired", message("index_rebuilt", error=reason))]


def _read_page(source: _Source, number: int, limits: Limits, pages: Pages, scans: Scans) -> None:
    """A page is recognised only if its text layer is missing, bad or itself recognised; other pages settle
    the scans first, so that pages stay in order."""
    attempts = Attempts(page=number)
    drawn = _drawn(source, number, attempts, reads_pictures=limits.ocr and ocr.available())
    unreadable = drawn is None or drawn.is_picture
    doubtful = drawn is not None and (drawn.has_bad_text or drawn.recognised)
    recognising = (unreadable or doubtful) and limits.ocr and ocr.available()
    if recognising or drawn is None or unreadable:
        scan = None
        if recognising:
            scan = attempts.run(message("step_image"), None, _scan_of_page, number, source.images)
        scans.begin(_page_size(source.images, number), attempts, scan)
    else:
        scans.settle()
        pages.notes.extend(attempts.notes)
        pages.add(drawn.marks, AmountSource.TEXT, drawn.turned)


def _drawn(source: _Source, number: int, attempts: Attempts, *, reads_pictures: bool) -> DrawnPage | None:
    notes = attempts.notes
    try:
        with OpenPage.of(source.images, number) as page:
            annotated = page.annotated

            def second() -> list[dict[str, Any]]:
                data = with_annotations(source.data, number - 1) if annotated else None
                return source.plumber.characters(number, data)

            drawn = drawn_page(page, number, source.layered, source.refused, second)
            if number == 1 and reads_pictures and not drawn.is_picture:
                drawn = attempts.run(message("step_image"), drawn, _with_title, page, drawn)
    except Exception as error:  # one broken page must not cost the document
        notes.append(Note("page_damaged", f"{type(error).__name__}: {error}", number))
        return None
    if drawn.has_bad_text:
        share = round(100 * drawn.unreadable)
        notes.append(Note("cid_text", message("no_unicode", n=share), number))
    if drawn.title:
        notes.append(Note("pictured_title", _shortened(drawn.title), number))
    left = {"hidden_text": drawn.hidden, "watermark": drawn.watermark, "struck_out": drawn.struck}
    for code, left_out in left.items():
        if left_out.strip():
            notes.append(Note(code, _shortened(left_out), number))
    return drawn


def _with_title(page: OpenPage, drawn: DrawnPage) -> DrawnPage:
    """The page with a title that stands above its text as pictures; as it is where there is none, or it was
    turned."""
    lines = [] if page.rotation or page.turned else pictured_lines(page, drawn)
    return with_title(page, drawn, lines, ocr.recognise) if lines else drawn


def _shortened(text: str) -> str:
    compact = " ".join(text.split())
    return compact if len(compact) <= LONGEST_QUOTE else f"{compact[:LONGEST_QUOTE]}…"


def _page_size(images: pypdfium2.PdfDocument, number: int) -> tuple[float, float]:
    try:
        width, height = images.get_page_size(number - 1)
    except pypdfium2.PdfiumError:
        return A4
    return round(float(width), 2), round(float(height), 2)


def _scan_of_page(number: int, images: pypdfium2.PdfDocument) -> Callable[[], ScannedPage]:
    """The page drawn, ready to be recognised: PDFium draws for one thread at a time."""
    from parsers.readers.scan import reader

    page = images[number - 1]
    try:
        dpi = min(reader.DPI, 72 * LARGEST_SIDE / max(page.get_size()))
        rendered = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=False).to_numpy()
    finally:
        page.close()
    return partial(reader.scan_page, np.ascontiguousarray(rendered[:, :, :3]), number, dpi)


def _title(document: pypdfium2.PdfDocument) -> str | None:
    """The title in the file's metadata when it is Chinese text, not a file name or a template's."""
    title = document.get_metadata_value("Title")
    title = re.sub(r"^Microsoft Word\s*-\s*|\.(docx?|xlsx?|wps|et)$", "", title.strip())
    return title if re.search(r"[\u4e00-\u9fff]{2}", title) else None

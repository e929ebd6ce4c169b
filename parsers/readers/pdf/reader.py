"""PDF: every page to text blocks and grids, from its text layer or, failing that, from its image.

Invariant: no page is lost in silence. A page that cannot be read, was recognised, or was left out has a
note; the document fails as a whole only when nothing of it can be read. Of a title that the first page
prints as pictures of its lines only words in Han characters are taken: no amount comes from a picture
beside text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from parsers.readers.limits import Limits
from parsers.readers.page.lines.geometry import Glyph
from parsers.readers.page.pages import Pages
from parsers.readers.pdf.marks import DrawnPage, drawn_page
from parsers.readers.pdf.page import OpenPage, with_annotations
from parsers.readers.pdf.plumber import Plumber
from parsers.readers.pdf.repair import defused, repaired
from parsers.readers.pdf.visibility import may_have_layers
from parsers.readers.scan import ocr
from parsers.readers.scan.pixels import Image
from parsers.readers.scan.side_by_side import ScannedPage, Scans
from parsers.values import media
from parsers.values.amounts import is_amount
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


Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the upper left corner of the page."""

LEAST_HEIGHT, MOST_HEIGHT = 9.0, 60.0  # points; from small type to that of a red letterhead
LEAST_WIDTH = 4.0  # of the height of a line: less is a mark or an emblem
MOST_LINES = 6
SURE = 0.8  # confidence below which a line is not taken
SCALE = 200 / 72  # pixels a point
MARGIN = 0.1  # of the height of a line, that its picture may cut off
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")

Recognise = Callable[[list[Image]], list[tuple[str, float]]]


def pictured_lines(page: OpenPage, drawn: DrawnPage) -> list[Box]:
    """Where pictures stand in lines above all text of a page, from top to bottom."""
    left, _, _, top = page.box
    bounds = page.objects.bounds[page.objects.kinds == pdfium.FPDF_PAGEOBJ_IMAGE]
    first = min((glyph.y0 for glyph in drawn.marks.glyphs if not glyph.text.isspace()), default=0.0)
    boxes = [(x0 - left, top - y1, x1 - left, top - y0) for x0, y0, x1, y1 in bounds.tolist()]
    fitting = (one for one in boxes if LEAST_HEIGHT <= one[3] - one[1] <= MOST_HEIGHT and one[3] <= first)
    lines = _in_lines(sorted(fitting, key=lambda box: box[1]))
    return [line for line in lines if line[2] - line[0] >= LEAST_WIDTH * (line[3] - line[1])][:MOST_LINES]


def _in_lines(boxes: list[Box]) -> Iterator[Box]:
    """The pictures of a line as one."""
    line: Box | None = None
    for box in boxes:
        if line and box[1] < (line[1] + line[3]) / 2:
            line = (min(line[0], box[0]), line[1], max(line[2], box[2]), max(line[3], box[3]))
        else:
            if line:
                yield line
            line = box
    if line:
        yield line


def with_title(page: OpenPage, drawn: DrawnPage, lines: list[Box], recognise: Recognise) -> DrawnPage:
    """The page with the words of its pictured lines among its marks."""
    rendered = page.raw.render(scale=SCALE, rev_byteorder=True, prefer_bgrx=False).to_numpy()
    crops = [_crop(rendered, line) for line in lines]
    glyphs = [
        Glyph(text.strip(), *line, size=line[3] - line[1])
        for (text, score), line in zip(recognise(crops), lines, strict=True)
        if score >= SURE and _HAN.search(text) and not is_amount(text)
    ]
    if not glyphs:
        return drawn
    marks = replace(drawn.marks, glyphs=(*glyphs, *drawn.marks.glyphs))
    return replace(drawn, marks=marks, title="".join(glyph.text for glyph in glyphs))


def _crop(rendered: Image, line: Box) -> Image:
    x0, y0, x1, y1 = line
    margin = MARGIN * (y1 - y0)
    rows = slice(max(round((y0 - margin) * SCALE), 0), round((y1 + margin) * SCALE))
    columns = slice(max(round((x0 - margin) * SCALE), 0), round((x1 + margin) * SCALE))
    return np.ascontiguousarray(rendered[rows, columns, :3])

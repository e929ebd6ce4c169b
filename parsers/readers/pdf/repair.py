"""Damaged PDF files made readable again, as far as their objects are there.

Invariant: nothing is invented but the index: a rebuilt file holds the objects of the damaged one and, where
the catalogue was lost with the end of the file, a new one that lists the pages found.
"""

from __future__ import annotations

import io
import re

import pypdfium2

from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_OBJECT = re.compile(rb"(?<!\d)(\d{1,8})\s+(\d{1,5})\s+obj\b(.{0,2000}?)(?:endobj|stream\b)", re.DOTALL)
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
MOST_PAGES = 5000


def repaired(data: bytes, reason: str) -> bytes:
    """The file written anew. Raises DocumentError `encrypted` or `damaged` (with `reason`)."""
    for attempt in (data, with_index(data)):
        if attempt is None:
            continue
        try:
            document = pypdfium2.PdfDocument(attempt)
        except pypdfium2.PdfiumError as error:
            if "assword" in str(error):
                raise DocumentError(DocumentOutcome.ENCRYPTED, message("password_of_pdf")) from error
            continue
        try:
            buffer = io.BytesIO()
            document.save(buffer)
            return buffer.getvalue()
        finally:
            document.close()
    raise DocumentError(DocumentOutcome.DAMAGED, message("pdf_unreadable", error=reason))


def with_index(data: bytes) -> bytes | None:
    """A file that lost its end, with a trailer that names its catalogue, or a new catalogue of its pages."""
    catalog: int | None = None
    tree: int | None = None
    pages: list[int] = []
    largest = 0
    for match in _OBJECT.finditer(data):
        number, body = int(match[1]), match[3]
        largest = max(largest, number)
        if _CATALOG.search(body):
            catalog = number
        elif _PAGES.search(body):
            tree = number
        elif _PAGE.search(body) and len(pages) < MOST_PAGES:
            pages.append(number)
    added = b"\n"
    if (catalog is None or tree is None) and pages:
        kids = b" ".join(b"%d 0 R" % page for page in pages)
        catalog = largest + 2
        added += b"%d 0 obj\n<< /Type /Pages /MediaBox [0 0 595 842] /Kids [%s] /Count %d >>\nendobj\n" % (
            largest + 1,
            kids,
            len(pages),
        )
        added += b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n" % (catalog, largest + 1)
    if catalog is None:
        return None
    return (
        data
        + added
        + b"trailer\n<< /Root %d 0 R /Size %d >>\nstartxref\n0\n%%%%EOF\n"
        % (
            catalog,
            largest + 3,
        )
    )

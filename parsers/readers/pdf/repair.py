"""PDF files that are damaged or hostile: made readable again as far as their objects are there, and bounded.

Invariant: nothing is invented but the index: a rebuilt file holds the objects of the damaged one and, where
the catalogue was lost with the end of the file, a new one that lists the pages found. For pdfminer, which has
no bounds, no stream yields more than `MOST_BYTES`, and one packed several times over is refused before it is
unpacked: three FlateDecode filters make gigabytes of one kilobyte. A refused stream costs its page.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import pypdfium2
from pdfminer import pdftypes as _pdftypes

from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

_OBJECT = re.compile(rb"(?<!\d)(\d{1,8})\s+(\d{1,5})\s+obj\b(.{0,2000}?)(?:endobj|stream\b)", re.DOTALL)
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_PAGE = re.compile(rb"/Type\s*/Page\b")
_PAGES = re.compile(rb"/Type\s*/Pages\b")
MOST_PAGES = 5000
pdftypes: Any = _pdftypes
MOST_BYTES = 64 * 1024 * 1024
"""A content stream of a page has kilobytes; pictures are not unpacked here."""
MOST_FILTERS = 2
"""That compress. Producers use one; two happen by accident."""
_COMPRESSING = frozenset(
    {"FlateDecode", "Fl", "LZWDecode", "LZW", "RunLengthDecode", "RL", "CCITTFaxDecode", "CCF"}
)
_STACKED = re.compile(
    rb"\[(?:\s*/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)(?=[\s/\]])){%d,}" % (MOST_FILTERS + 1)
)
_decode = pdftypes.PDFStream.decode


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


class StreamTooLarge(_pdftypes.PDFException):
    """A stream inflates beyond bounds."""


class _BoundedZlib:
    """As much of `zlib` as pdfminer uses."""

    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    @staticmethod
    def decompress(data: bytes) -> bytes:
        inflating = zlib.decompressobj()
        inflated = inflating.decompress(data, MOST_BYTES)
        if inflating.unconsumed_tail:
            raise StreamTooLarge(f"a stream inflates to more than {MOST_BYTES} bytes")
        if not inflating.eof:
            raise zlib.error("incomplete or truncated stream")
        return inflated


def defused(data: bytes) -> bytes:
    """The file with the names of filters that are stacked too high made unknown, the length unchanged: for
    PDFium, which unpacks whatever it meets. Dictionaries of streams are never packed themselves."""
    return _STACKED.sub(lambda match: match[0].replace(b"e", b"_").replace(b"F", b"_"), data)


def _decode_bounded(stream: Any) -> None:
    names = [getattr(name, "name", name) for name, _ in stream.get_filters()]
    if sum(name in _COMPRESSING for name in names) > MOST_FILTERS:
        raise StreamTooLarge(f"a stream is compressed {len(names)} times over")
    _decode(stream)
    if stream.data is not None and len(stream.data) > MOST_BYTES:
        stream.data = b""
        raise StreamTooLarge(f"a stream inflates to more than {MOST_BYTES} bytes")


def bound_streams() -> None:
    """Let pdfminer inflate within bounds from now on, in this process."""
    pdftypes.zlib = _BoundedZlib
    pdftypes.PDFStream.decode = _decode_bounded

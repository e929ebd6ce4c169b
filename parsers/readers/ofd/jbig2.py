"""JBIG2 pictures (ITU-T T.88), which scanners put into OFD, as pages of a PDF.

Invariant: nothing is decoded here: the picture's segments go unchanged into a PDF of one page, for PDFium's
decoder, and a file whose segments cannot be followed is `damaged`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import accumulate

from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

FILE_HEADER = 13  # bytes, with the number of pages
PAGE_SIZE = 8  # bytes: width and height
LONG_FORM = 7  # in three bits: the count of references follows in four bytes
BYTE, WORD = 1 << 8, 1 << 16  # segments that a number of one or two bytes refers to
SIGNATURE = b"\x97JB2\r\n\x1a\n"
PAGE_INFORMATION = 48
UNKNOWN = 0xFFFFFFFF


def is_jbig2(data: bytes) -> bool:
    """Is it a JBIG2 file, with or without the header a file of its own should have?"""
    return data.startswith(SIGNATURE) or data.startswith(b"\0\0\0\0" + bytes([PAGE_INFORMATION]))


def as_pdf(data: bytes) -> bytes:
    """A PDF whose one page is the picture, a point per pixel.

    Raises DocumentError: `damaged`, also for the random-access organisation, which no scanner writes.
    """
    segments = _segments(data)
    width, height = _size(segments)
    draw = f"{width} 0 0 {height} 0 0 cm /I Do".encode()
    picture = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
        "/BitsPerComponent 1 /Filter /JBIG2Decode "
    )
    page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R "
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< {page} /Resources << /XObject << /I 5 0 R >> >> >>".encode(),
        _stream("", draw),
        _stream(picture, segments),
    )


def _segments(data: bytes) -> bytes:
    """What follows the file header: in a PDF there is none."""
    if not data.startswith(SIGNATURE):
        return data
    if len(data) < FILE_HEADER:
        raise DocumentError(DocumentOutcome.DAMAGED, message("jbig2_breaks_off"))
    flags = data[8]
    if not flags & 1:
        raise DocumentError(DocumentOutcome.DAMAGED, message("jbig2_random_access"))
    return data[9 if flags & 2 else 13 :]


def _size(segments: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the page information segment (T.88, 7.4.8)."""
    pages = [body for kind, body in _walk(segments) if kind == PAGE_INFORMATION and len(body) >= PAGE_SIZE]
    if len(pages) != 1:
        raise DocumentError(DocumentOutcome.DAMAGED, message("jbig2_of_pages", n=len(pages)))
    width, height = struct.unpack_from(">II", pages[0])
    if not width or not height or height == UNKNOWN:
        raise DocumentError(DocumentOutcome.DAMAGED, message("jbig2_without_size"))
    return width, height


def _walk(segments: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and data of each segment (T.88, 7.2). A decoder would paint white what is not there."""
    at = 0
    try:
        while at < len(segments):
            number, flags, referred = struct.unpack_from(">IBB", segments, at)
            count = referred >> 5
            at += 6
            if count == LONG_FORM:
                count = struct.unpack_from(">I", segments, at - 1)[0] & 0x1FFFFFFF
                at += 3 + (count + 8) // 8
            at += count * (1 if number <= BYTE else 2 if number <= WORD else 4)
            at += 4 if flags & 0x40 else 1
            (length,) = struct.unpack_from(">I", segments, at)
            at += 4
            if length == UNKNOWN:  # allowed of a region that is written while it is scanned: the rest
                length = len(segments) - at
            if at + length > len(segments):
                raise DocumentError(DocumentOutcome.DAMAGED, message("jbig2_breaks_off"))
            yield flags & 0x3F, segments[at : at + length]
            at += length
    except struct.error:
        raise DocumentError(DocumentOutcome.DAMAGED, message("jbig2_breaks_off")) from None


def _stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries}/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _pdf(*objects: bytes) -> bytes:
    """The smallest PDF around these objects; the first of them is the root."""
    parts = [b"%PDF-1.7\n"]
    parts += [b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(objects, 1)]
    *starts, end = accumulate(map(len, parts))
    entries = b"".join(b"%010d 00000 n \n" % start for start in starts)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts), entries)
    return (
        b"".join(parts)
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(parts),
            end,
        )
    )

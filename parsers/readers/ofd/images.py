"""Page images of an OFD file: scanned pages wrapped in the format, JBIG2 (ITU-T T.88) among them.

Invariant: an image that cannot be decoded is not guessed at; the page then stays unread, and the caller says
so. The segments of a JBIG2 picture go unchanged into a PDF of one page, for PDFium's decoder; a file whose
segments cannot be followed is `damaged`.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate

import numpy as np
import pypdfium2
from lxml import etree

from parsers.readers.limits import Limits
from parsers.readers.ofd.objects import PlacedImage, child, children, joined
from parsers.readers.package import read_part
from parsers.readers.scan import ocr, reader
from parsers.readers.scan.pixels import Image
from parsers.readers.scan.side_by_side import ScannedPage
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

Part = Callable[[str], etree._Element | None]
FILE_HEADER = 13  # bytes, with the number of pages
PAGE_SIZE = 8  # bytes: width and height
LONG_FORM = 7  # in three bits: the count of references follows in four bytes
BYTE, WORD = 1 << 8, 1 << 16  # segments that a number of one or two bytes refers to
SIGNATURE = b"\x97JB2\r\n\x1a\n"
PAGE_INFORMATION = 48
UNKNOWN = 0xFFFFFFFF


def media_files(document: etree._Element, folder: str, part: Part) -> dict[str, str]:
    """Resource id to the name of its image file, over the document's resource parts."""
    files: dict[str, str] = {}
    common = child(document, "CommonData")
    for kind in ("PublicRes", "DocumentRes"):
        for location in children(common, kind):
            name = joined(folder, location.text)
            root = part(name)
            if root is None:
                continue
            base = joined(posixpath.dirname(name), root.get("BaseLoc"))
            for item in children(child(root, "MultiMedias"), "MultiMedia"):
                file = child(item, "MediaFile")
                if file is not None and file.text:
                    files[str(item.get("ID"))] = joined(base, file.text)
    return files


def scan_of_page(
    package: zipfile.ZipFile,
    images: list[PlacedImage],
    files: dict[str, str],
    number: int,
    limits: Limits,
) -> Callable[[], ScannedPage] | None:
    """The page's largest image, which is taken for the whole page, ready to be recognised; None when it is
    unreadable."""
    if not limits.ocr or not ocr.available():
        return None
    image = max(images, key=lambda i: i.width * i.height)
    data = read_part(package, files.get(image.resource, ""))
    if not data or not image.width:
        return None
    try:
        pixels = _pixels(data, limits)
    except DocumentError:
        return None
    dpi = pixels.shape[1] / (image.width / 25.4)
    return partial(reader.scan_page, pixels, number, dpi)


def _pixels(data: bytes, limits: Limits) -> Image:
    if not is_jbig2(data):
        pixels, _ = next(reader.frames_of(data, limits))
        return pixels
    try:
        page = pypdfium2.PdfDocument(as_pdf(data))[0]
        width, height = page.get_size()
        if width * height > reader.MOST_PIXELS:
            extent = message("image_too_large", width=f"{width:g}", height=f"{height:g}")
            raise DocumentError(DocumentOutcome.TOO_LARGE, extent)
        rendered = page.render(scale=1, rev_byteorder=True, prefer_bgrx=False).to_numpy()
    except pypdfium2.PdfiumError as error:
        raise DocumentError(DocumentOutcome.DAMAGED, message("image_unreadable", error=str(error))) from error
    return np.ascontiguousarray(rendered[:, :, :3])


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

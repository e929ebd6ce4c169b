"""Page images of an OFD file: scanned pages wrapped in the format.

Invariant: an image that cannot be decoded is not guessed at; the page then stays unread, and the caller says
so.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from functools import partial

import numpy as np
import pypdfium2
from lxml import etree

from parsers.readers.limits import Limits
from parsers.readers.ofd import jbig2
from parsers.readers.ofd.objects import PlacedImage, child, children, joined
from parsers.readers.package import read_part
from parsers.readers.scan import ocr, reader
from parsers.readers.scan.pixels import Image
from parsers.readers.scan.side_by_side import ScannedPage
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome

Part = Callable[[str], etree._Element | None]


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
    if not jbig2.is_jbig2(data):
        pixels, _ = next(reader.frames_of(data, limits))
        return pixels
    try:
        page = pypdfium2.PdfDocument(jbig2.as_pdf(data))[0]
        width, height = page.get_size()
        if width * height > reader.MOST_PIXELS:
            extent = message("image_too_large", width=f"{width:g}", height=f"{height:g}")
            raise DocumentError(DocumentOutcome.TOO_LARGE, extent)
        rendered = page.render(scale=1, rev_byteorder=True, prefer_bgrx=False).to_numpy()
    except pypdfium2.PdfiumError as error:
        raise DocumentError(DocumentOutcome.DAMAGED, message("image_unreadable", error=str(error))) from error
    return np.ascontiguousarray(rendered[:, :, :3])

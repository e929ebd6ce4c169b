"""Pages of archived PDF files as images.

Invariant: an image shows the archived bytes and nothing else; boxes of the dataset and images share one
coordinate system, points from the top left of the page's media box (see `Sheet`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from archive.web import sandbox

MAX_PAGES = 2000
MAX_SIDE = 2400
"""Pixels of the longer side; enough to read a landscape table at twice its size on paper."""
IMAGES_KEPT = 128


@dataclass(frozen=True, slots=True)
class Sheet:
    """What of a page is shown: left, top, width, height in points, as an SVG viewBox has them."""

    left: float
    top: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        return f"{self.left:g} {self.top:g} {self.width:g} {self.height:g}"


class Images:
    """Page images of documents, the last ones kept in memory."""

    def __init__(self) -> None:
        self.image = lru_cache(IMAGES_KEPT)(self._image)
        self.sheets = lru_cache(IMAGES_KEPT)(self._sheets)

    def _image(self, original: Original, page: int) -> bytes:
        return sandbox.call("render", {"page": page}, original.data)

    def _sheets(self, original: Original) -> tuple[Sheet, ...]:
        return tuple(Sheet(*numbers) for numbers in json.loads(sandbox.call("pages", {}, original.data)))


@dataclass(frozen=True)
class Original:
    """The bytes of a document, known by their hash."""

    document_id: str
    load: Any

    @property
    def data(self) -> bytes:
        data: bytes = self.load()
        return data

    def __hash__(self) -> int:
        return hash(self.document_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Original) and other.document_id == self.document_id


def pages_of(_: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: the sheets of a PDF as JSON."""
    import pypdfium2

    sheets = []
    with pypdfium2.PdfDocument(data) as document:
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            width, height = page.get_size()
            left = top = 0.0
            if page.get_rotation() == 0:
                media, crop = page.get_mediabox(), page.get_cropbox()
                left, top = max(0.0, crop[0] - media[0]), max(0.0, media[3] - crop[3])
            sheets.append([round(number, 2) for number in (left, top, width, height)])
    return json.dumps(sheets).encode()


def render(options: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: one page (from 1) as WebP."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        page = document[options["page"] - 1]
        picture = page.render(scale=MAX_SIDE / max(*page.get_size(), 1.0)).to_pil().convert("RGB")
    out = BytesIO()
    picture.save(out, "WEBP", quality=80, method=3)
    return out.getvalue()

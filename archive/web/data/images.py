"""The archived bytes of a document, and pages of them as pictures: PDF, OFD, and images of pages.

Invariant: bytes leave only if their SHA-256 is the document's id. A picture shows them and nothing else;
boxes of the dataset and pictures share one coordinate system, points from the top left of the page's media
box (see `Sheet`). Every character of an OFD, drawn as SVG, stands in the box that the reader read it from.
Formats of cells and running text (spreadsheets, Word, HTML) have no pages and no boxes, and so no pictures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from archive import IntegrityError, ObjectNotFound
from archive.stores import Store
from archive.warc.writer import read_payload
from archive.web.data import queries, sandbox
from archive.web.data.dataset import Opened
from parsers.readers.limits import Limits
from parsers.values.media import OFD, PDF, sniff

if TYPE_CHECKING:
    from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling
    from parsers.values.document import Member

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/tiff"})
SUFFIXES = {PDF: "webp", OFD: "svg", **dict.fromkeys(PICTURES, "webp")}
"""The formats whose pages can be shown, and as what."""
MEDIA_TYPES = {"webp": "image/webp", "svg": "image/svg+xml"}
MAX_PAGES = 2000
MAX_SIDE = 2400
"""Pixels of the longer side; enough to read a landscape table at twice its size on paper."""
IMAGES_KEPT = 128
POINTS = 72.0
DESCENT = 0.14
"""Of the type size below the base line."""
FONTS = "SimSun, Songti SC, Noto Serif CJK SC, serif"
TURNS = {"right": 0, "down": 90, "up": -90}
MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """What of a page is shown: left, top, width, height in points, as an SVG viewBox has them."""

    left: float
    top: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        """The section as the `viewBox` of an SVG."""
        return f"{self.left:g} {self.top:g} {self.width:g} {self.height:g}"


class Images:
    """Page images of documents, the last ones kept in memory."""

    def __init__(self) -> None:
        self.image = lru_cache(IMAGES_KEPT)(self._image)
        self.sheets = lru_cache(IMAGES_KEPT)(self._sheets)

    def _image(self, original: Original, page: int) -> bytes:
        return sandbox.call("render", {"page": page, "media_type": original.media_type}, original.data)

    def _sheets(self, original: Original) -> tuple[Sheet, ...]:
        answer = sandbox.call("pages", {"media_type": original.media_type}, original.data)
        return tuple(Sheet(*numbers) for numbers in json.loads(answer))


@dataclass(frozen=True)
class Original:
    """The bytes of a document, known by their hash."""

    document_id: str
    media_type: str
    load: Callable[[], bytes]

    @property
    def data(self) -> bytes:
        """The bytes, loaded on each call."""
        return self.load()

    def __hash__(self) -> int:
        return hash(self.document_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Original) and other.document_id == self.document_id


def pages_of(options: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: the sheets of a file as JSON."""
    media_type = options["media_type"]
    sheets = (
        _pdf_sheets(data) if media_type == PDF else _ofd_sheets(data) if media_type == OFD else _frames(data)
    )
    return json.dumps(sheets[:MAX_PAGES]).encode()


def render(options: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: one page (from 1), as what SUFFIXES says."""
    if options["media_type"] == OFD:
        return _ofd_page(data, options["page"])
    picture = (
        _pdf_page(data, options["page"]) if options["media_type"] == PDF else _frame(data, options["page"])
    )
    out = BytesIO()
    picture.save(out, "WEBP", quality=80, method=3)
    return out.getvalue()


def _pdf_sheets(data: bytes) -> list[list[float]]:
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
    return sheets


def _pdf_page(data: bytes, number: int) -> Any:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        page = document[number - 1]
        return page.render(scale=MAX_SIDE / max(*page.get_size(), 1.0)).to_pil().convert("RGB")


def _frames(data: bytes) -> list[list[float]]:
    """A picture is an A4 page, as the reader of scans takes it to be."""
    from parsers.readers.scan.reader import frames_of

    return [
        [0, 0, round(image.shape[1] / dpi * POINTS, 2), round(image.shape[0] / dpi * POINTS, 2)]
        for image, dpi in frames_of(data, Limits())
    ]


def _frame(data: bytes, number: int) -> Any:
    from PIL import Image

    from parsers.readers.scan.reader import frames_of

    image, _ = next(islice(frames_of(data, Limits()), number - 1, None))
    picture = Image.fromarray(image)
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    return picture


def _ofd_sheets(data: bytes) -> list[list[float]]:
    """A page that holds no characters is a picture, which is not drawn: its sheet has no size."""
    from parsers.readers.ofd.reader import page_marks

    return [
        [0, 0, page.width, page.height] if page.glyphs else [0, 0, 0, 0]
        for page in page_marks(data, Limits())
    ]


def _ofd_page(data: bytes, number: int) -> bytes:
    from parsers.readers.ofd.reader import page_marks

    return drawn(next(page for page in page_marks(data, Limits()) if page.number == number))


def drawn(page: PageMarks) -> bytes:
    """The page as an SVG file, a point of the page for each unit."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page.width:g} {page.height:g}" '
        f'width="{page.width:g}" height="{page.height:g}" font-family={quoteattr(FONTS)}>',
        f'<rect width="{page.width:g}" height="{page.height:g}" fill="#fff"/>',
        *map(_line, page.rules),
        *(_character(glyph) for glyph in page.glyphs if glyph.text.strip()),
        "</svg>",
    ]
    return "".join(parts).encode()


def _line(rule: Ruling) -> str:
    ends = (rule.lo, rule.at, rule.hi, rule.at) if rule.axis == "h" else (rule.at, rule.lo, rule.at, rule.hi)
    x1, y1, x2, y2 = (f"{end:.2f}" for end in ends)
    width = max(rule.width, 0.3)
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#000" stroke-width="{width:.2f}"/>'


def _character(glyph: Glyph) -> str:
    turn = TURNS[glyph.direction]
    if not turn:
        x, y, long = glyph.x0, glyph.y1 - DESCENT * glyph.size, glyph.x1 - glyph.x0
        place = f'x="{x:.2f}" y="{y:.2f}"'
    else:
        inset = DESCENT * glyph.size
        x, y = (glyph.x0 + inset, glyph.y0) if turn > 0 else (glyph.x1 - inset, glyph.y1)
        long = glyph.y1 - glyph.y0
        place = f'transform="translate({x:.2f} {y:.2f}) rotate({turn})"'
    fit = f'textLength="{long:.2f}" lengthAdjust="spacingAndGlyphs"' if long > 0 else ""
    return f'<text {place} font-size="{glyph.size:.2f}" {fit}>{escape(glyph.text)}</text>'


def original(store: Store, version: Opened, document_id: str, depth: int = 0) -> bytes:
    """The file as published; a member is taken out of its container again. Raises ObjectNotFound."""
    capture = queries.payload_capture(version, document_id)
    if capture is None:
        data = _member(store, version, document_id, depth)
    else:
        data = read_payload(store, capture.payload_path, capture.payload_offset, capture.payload_length)
    if hashlib.sha256(data).hexdigest() != document_id:
        raise IntegrityError(f"the archive holds other bytes for document {document_id}")
    return data


def _member(store: Store, version: Opened, document_id: str, depth: int) -> bytes:
    document = queries.document(version, document_id)
    if document is None or document.parent_id is None or depth >= MAX_DEPTH:
        raise ObjectNotFound("the archive holds no file {name}", name=document_id)
    container = original(store, version, document.parent_id, depth + 1)
    return sandbox.call("member", {"sha256": document_id}, container)


def members_in(data: bytes) -> Sequence[tuple[str, str]]:
    """SHA-256 and name of each file in a container; raises SandboxError."""
    return [tuple(one) for one in json.loads(sandbox.call("members", {}, data))]


def members_of(_: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: the files in a container, as JSON."""
    return json.dumps([(identity, one.name) for identity, one in _held(data)]).encode()


def member_of(options: dict[str, Any], data: bytes) -> bytes:
    """In the sandbox: the member of a container that has this hash."""
    for identity, member in _held(data):
        if identity == options["sha256"]:
            return member.data
    raise ObjectNotFound("the container holds no file {name}", name=options["sha256"])


def _held(data: bytes) -> Iterator[tuple[str, Member]]:
    """The members of a container by their SHA-256."""
    from parsers.readers.containers import members

    for member in members(data, sniff(data), Limits()):
        yield hashlib.sha256(member.data).hexdigest(), member

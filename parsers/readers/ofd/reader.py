"""OFD (GB/T 33190): text and paths of every page to text blocks and grids, by the same geometry as PDF.

Invariant: millimetres become points, boundary and transformation of every object are applied, and what a
viewer would not show (hidden layers and objects, watermarks, stamps) is not read.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from parsers.readers.limits import Limits
from parsers.readers.ofd.images import media_files, scan_of_page
from parsers.readers.ofd.objects import (
    Objects,
    PlacedImage,
    child,
    children,
    joined,
    millimetres,
    page_objects,
)
from parsers.readers.package import open_package, parse_xml, read_part
from parsers.readers.page.lines.geometry import PageMarks, distinct_glyphs
from parsers.readers.page.pages import Pages
from parsers.readers.pdf.marks import PICTURE, SPARSE
from parsers.readers.scan.side_by_side import Scans
from parsers.values import media
from parsers.values.attempts import Attempts
from parsers.values.document import Member, Reading
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource, DocumentOutcome

POINTS = 72 / 25.4  # per millimetre


@dataclass(frozen=True, slots=True)
class OfdPage:
    """Where the parts of one page are: content first, then templates below and annotations above it."""

    content: str
    templates: tuple[str, ...]
    annotations: tuple[str, ...]
    box: tuple[float, float, float, float]


def read_ofd(data: bytes, limits: Limits) -> Reading:
    """Text blocks and grids of an OFD file; its attachments become members.

    Raises DocumentError: `damaged`, `encrypted`, `too_large`, `timeout`, `needs_ocr`.
    """
    pages = Pages(limits)
    with open_package(data, limits) as package:
        root = _xml(package, "OFD.xml")
        if root is None or child(root, "DocBody") is None:
            raise DocumentError(DocumentOutcome.DAMAGED, message("ofd_without_root"))
        members: list[Member] = []
        total = 0
        for body in children(root, "DocBody"):
            location = (_text(child(body, "DocRoot")) or "Doc_0/Document.xml").lstrip("/")
            document = _xml(package, location)
            if document is None:
                raise DocumentError(DocumentOutcome.DAMAGED, message("ofd_lacks", name=location))
            folder = posixpath.dirname(location)
            total += _read_document(package, document, folder, limits, pages)
            members.extend(_attachments(package, document, folder))
        pages.leave_out(limits.max_pages, total)
        title = _text(child(child(root, "DocBody"), "DocInfo", "Title"))
    return replace(pages.reading(media.OFD, total, title), members=tuple(members))


def page_marks(data: bytes, limits: Limits) -> Iterator[PageMarks]:
    """What is printed on every page, as `read_ofd` sees it, with page numbers from 1; for drawing it.

    Raises DocumentError: `damaged`, `encrypted`, `too_large`.
    """
    with open_package(data, limits) as package:
        number = 0
        for body in children(_xml(package, "OFD.xml"), "DocBody"):
            location = (_text(child(body, "DocRoot")) or "Doc_0/Document.xml").lstrip("/")
            document = _xml(package, location)
            for page in (
                _pages(package, document, posixpath.dirname(location)) if document is not None else ()
            ):
                number += 1
                if number > limits.max_pages:
                    return
                yield _marks(package, page, number)[0]


def _read_document(
    package: zipfile.ZipFile, document: etree._Element, folder: str, limits: Limits, pages: Pages
) -> int:
    """Reads the pages of one document of the package; returns how many it has."""
    files = media_files(document, folder, lambda name: _xml(package, name))
    listed = list(_pages(package, document, folder))
    with Scans(pages) as scans:
        for page in listed:
            if scans.next_number > limits.max_pages:
                break
            if pages.may_begin():
                _read_page(package, page, files, limits, pages, scans)
            else:
                scans.settle()
                pages.skip((page.box[2] * POINTS, page.box[3] * POINTS))
    return len(listed)


def _read_page(
    package: zipfile.ZipFile,
    page: OfdPage,
    files: dict[str, str],
    limits: Limits,
    pages: Pages,
    scans: Scans,
) -> None:
    """A page that is a picture joins the scans, several of which run at once; any other page settles them
    first, so that pages stay in order."""
    number = scans.next_number
    attempts = Attempts(page=number)
    unread = PageMarks(number, page.box[2] * POINTS, page.box[3] * POINTS, (), ())
    nothing: tuple[PageMarks, list[PlacedImage]] = (unread, [])
    marks, images = attempts.run(message("step_page"), nothing, _marks, package, page, number)
    if _is_picture(page, marks, images):
        image = message("step_image")
        scan = attempts.run(image, None, scan_of_page, package, images, files, number, limits)
        scans.begin((marks.width, marks.height), attempts, scan)
    else:
        scans.settle()
        pages.notes.extend(attempts.notes)
        pages.add(marks, AmountSource.TEXT)


def _is_picture(page: OfdPage, marks: PageMarks, images: list[PlacedImage]) -> bool:
    """Is the page a scan? It may still carry a page number or the words of a stamp."""
    _, _, width, height = page.box
    largest = max((image.width * image.height for image in images), default=0.0)
    if not marks.glyphs:
        return bool(images)
    return len(marks.glyphs) < SPARSE and largest >= PICTURE * width * height


def _marks(package: zipfile.ZipFile, page: OfdPage, number: int) -> tuple[PageMarks, list[PlacedImage]]:
    """Templates lie below the content of the page, annotations above it."""
    x, y, width, height = page.box
    found = Objects()
    for part in (*page.templates, page.content, *page.annotations):
        root = _xml(package, part)
        if root is not None:
            page_objects(root, found)
    return (
        PageMarks(
            number=number,
            width=round(width * POINTS, 2),
            height=round(height * POINTS, 2),
            glyphs=tuple(distinct_glyphs([g.moved(-x, -y, POINTS) for g in found.glyphs])),
            rules=tuple(r.moved(-x, -y, POINTS) for r in found.rules),
        ),
        found.images,
    )


def _pages(package: zipfile.ZipFile, document: etree._Element, folder: str) -> Iterator[OfdPage]:
    """A page without an area of its own has that of the document."""
    common = child(document, "CommonData")
    default = millimetres(_text(child(common, "PageArea", "PhysicalBox")), 4) or [0.0, 0.0, 210.0, 297.0]
    templates = {str(t.get("ID")): joined(folder, t.get("BaseLoc")) for t in children(common, "TemplatePage")}
    annotations = _annotation_parts(package, document, folder)
    for entry in children(child(document, "Pages"), "Page"):
        content = joined(folder, entry.get("BaseLoc"))
        root = _xml(package, content)
        used = [] if root is None else [str(t.get("TemplateID")) for t in children(root, "Template")]
        own = None if root is None else millimetres(_text(child(root, "Area", "PhysicalBox")), 4)
        x, y, width, height = own or default
        yield OfdPage(
            content=content,
            templates=tuple(templates[t] for t in used if t in templates),
            annotations=annotations.get(str(entry.get("ID")), ()),
            box=(x, y, width, height),
        )


def _annotation_parts(
    package: zipfile.ZipFile, document: etree._Element, folder: str
) -> dict[str, tuple[str, ...]]:
    """The parts with the annotations of each page by its id: stamps and seals are drawn there."""
    location = _text(child(document, "Annotations"))
    if not location:
        return {}
    part = joined(folder, location)
    root = _xml(package, part)
    if root is None:
        return {}
    base = posixpath.dirname(part)
    return {
        str(page.get("PageID")): tuple(joined(base, _text(loc)) for loc in children(page, "FileLoc"))
        for page in children(root, "Page")
    }


def _attachments(package: zipfile.ZipFile, document: etree._Element, folder: str) -> Iterator[Member]:
    location = _text(child(document, "Attachments"))
    part = joined(folder, location) if location else ""
    root = _xml(package, part) if part else None
    for entry in children(root, "Attachment"):
        file = joined(posixpath.dirname(part), _text(child(entry, "FileLoc")))
        data = read_part(package, file)
        if data and entry.get("Visible") != "false":
            yield Member(entry.get("Name") or posixpath.basename(file), data)


def _xml(package: zipfile.ZipFile, part: str) -> etree._Element | None:
    data = read_part(package, part)
    return None if data is None else parse_xml(data)


def _text(element: etree._Element | None) -> str | None:
    return None if element is None else (element.text or "").strip() or None

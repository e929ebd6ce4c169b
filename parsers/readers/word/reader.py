"""DOCX: the parts of the package, in the order in which Word would print them.

Invariant: headers and footers are furniture, each text of them once; foreign content is read as what it is.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.readers.package import open_package, read_part
from parsers.readers.word.ooxml import R, Relation, W, integer, parse_part, relations
from parsers.readers.word.story import BODY_TEXT, Story, blocks_of
from parsers.values import media
from parsers.values.document import Block, Grid, Member, Note, Reading, TextBlock, shows_less
from parsers.values.errors import DocumentError
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.vocabulary import DocumentOutcome, TextLayer

_MOST_NAMED = 20  # texts in one note
_L = lexicon_of(__name__)

_HEADING_NAME = _L.pattern("heading_name", re.I)
FEW_CHARACTERS = 100
"""A document with less text than this, and with pictures, is taken for a scan pasted into Word."""
LARGE_PICTURE = 20_000
"""Bytes; smaller pictures are seals, logos and bullets."""


def read_docx(data: bytes, limits: Limits) -> Reading:
    """Read a DOCX document. Raises DocumentError: damaged, encrypted, too_large.

    Files embedded as objects, and pictures that stand for the text, come as members. Word computes pages
    only when it prints, so there are none.
    """
    with open_package(data, limits) as package:
        main = _main_part(package)
        root = parse_part(package, main)
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            raise DocumentError(DocumentOutcome.DAMAGED, message("no_document_body"))
        links = relations(package, main)
        notes: list[Note] = []
        story = Story(_heading_styles(package, links), _chunks(package, links, limits, notes), notes)
        blocks = list(blocks_of(body, story, 0))
        limits.check_cells(blocks)
        furniture = list(_furniture(package, links, story))
        members = _embedded(package, links, limits)
        pictures = _pictures(package, links, body) if shows_less(blocks, FEW_CHARACTERS) else ()
    if story.struck:
        notes.append(Note("struck_out", _shortened(story.struck)))
    if members:
        notes.append(Note("embedded_documents", ", ".join(member.name for member in members)))
    if pictures:
        notes.append(Note("image_body", message("pictures_for_text", n=len(pictures))))
    has_text = any(isinstance(block, Grid) or block.text for block in blocks)
    return Reading(
        media.DOCX,
        tuple(blocks + furniture),
        text_layer=TextLayer.SCAN if pictures else TextLayer.TEXT if has_text else TextLayer.NONE,
        members=members + pictures,
        notes=tuple(notes),
    )


def _shortened(texts: list[str]) -> Message:
    named = ", ".join(text[:40] for text in texts[:_MOST_NAMED]) + (" …" if len(texts) > _MOST_NAMED else "")
    return message("texts_quoted", n=len(texts), texts=named)


def _main_part(package: zipfile.ZipFile) -> str:
    for relation in relations(package, "").values():
        if relation.kind == "officeDocument":
            return relation.target
    return "word/document.xml"


def _heading_styles(package: zipfile.ZipFile, links: dict[str, Relation]) -> frozenset[str]:
    """Ids of the paragraph styles that make headings, by name, outline level or the style they build on."""
    target = next((link.target for link in links.values() if link.kind == "styles"), "word/styles.xml")
    root = parse_part(package, target)
    headings: set[str] = set()
    based_on: dict[str, str] = {}
    for style in root.iterfind(f"{W}style") if root is not None else ():
        style_id = style.get(f"{W}styleId", "")
        name = style.find(f"{W}name")
        base = style.find(f"{W}basedOn")
        if base is not None:
            based_on[style_id] = base.get(f"{W}val", "")
        level = integer(style.find(f"{W}pPr"), "outlineLvl", BODY_TEXT)
        if level < BODY_TEXT or (name is not None and _HEADING_NAME.fullmatch(name.get(f"{W}val", ""))):
            headings.add(style_id)
    for style_id, base_id in based_on.items():
        if base_id in headings and not style_id.upper().startswith("TOC"):
            headings.add(style_id)
    return frozenset(headings)


def _chunks(
    package: zipfile.ZipFile, links: dict[str, Relation], limits: Limits, notes: list[Note]
) -> dict[str, tuple[Block, ...]]:
    """Foreign content (HTML, another DOCX) that Word imports when it opens the file, by relation id."""
    found: dict[str, tuple[Block, ...]] = {}
    for key, link in links.items():
        content = read_part(package, link.target) if link.kind == "aFChunk" and limits.max_depth > 0 else None
        if content:
            try:
                found[key] = read(content, replace(limits, max_depth=limits.max_depth - 1)).blocks
            except DocumentError as error:
                notes.append(
                    Note("chunk_unread", message("member_unreadable", name=link.target, error=error.detail))
                )
    return found


def _furniture(package: zipfile.ZipFile, links: dict[str, Relation], story: Story) -> Iterator[Block]:
    """Texts of the page headers and footers, each once."""
    seen: set[str] = set()
    for link in links.values():
        root = parse_part(package, link.target) if link.kind in ("header", "footer") else None
        if root is None:
            continue
        for block in blocks_of(root, story, 0):
            texts = [block.text] if isinstance(block, TextBlock) else [cell.text for cell in block.cells]
            for text in texts:
                if text.strip() and text not in seen:
                    seen.add(text)
                    yield TextBlock(text, "furniture")


def _embedded(package: zipfile.ZipFile, links: dict[str, Relation], limits: Limits) -> tuple[Member, ...]:
    """Files embedded as objects (a workbook shown as a picture of its table, say)."""
    if limits.max_depth <= 0:
        return ()
    targets = [link.target for link in links.values() if link.kind in ("package", "oleObject")]
    return _parts(package, targets, 0)


def _pictures(
    package: zipfile.ZipFile, links: dict[str, Relation], body: etree._Element
) -> tuple[Member, ...]:
    """The pictures of the body in reading order, for a document whose text they stand for."""
    used = (links.get(element.get(name, "")) for element in body.iter() for name in (f"{R}embed", f"{R}id"))
    return _parts(package, [link.target for link in used if link and link.kind == "image"], LARGE_PICTURE)


def _parts(package: zipfile.ZipFile, names: Iterable[str], at_least: int) -> tuple[Member, ...]:
    contents = ((name, read_part(package, name)) for name in dict.fromkeys(names))
    return tuple(
        Member(name.rsplit("/", 1)[-1], data) for name, data in contents if data and len(data) >= at_least
    )

"""DOCX: paragraphs and tables in document order, as Word would print them.

Invariant: a text appears once. Insertions are in, deletions, field codes and hidden text are out; of two
alternative drawings one is read; a table inside a cell is a grid of its own, right after the outer one,
and its text is not part of the outer cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from parsers.readers import read
from parsers.readers.limits import Limits
from parsers.readers.package import open_package, read_part
from parsers.readers.word.ooxml import MC, R, Relation, W, alternative, flag, integer, parse_part, relations
from parsers.readers.word.tables import cells_of, read_table, rows_of
from parsers.values import media
from parsers.values.amounts import withdrawn_amount
from parsers.values.attempts import Attempts
from parsers.values.document import Block, Grid, Member, Note, Reading, TextBlock
from parsers.values.errors import DocumentError
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.text import superscript
from parsers.values.vocabulary import DocumentOutcome, TextLayer

_BODY_TEXT = 9  # the outline level of what is not a heading (ECMA-376, 17.3.1.20)
_MOST_NAMED = 20  # texts in one note
_L = lexicon_of(__name__)

_TEXT_BOX = f"{W}txbxContent"
_TRANSPARENT = frozenset(
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
)
_LEFT_OUT = frozenset(
    f"{W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "tblPr", "instrText", "delText", "rt")
)
_DELETED = frozenset(f"{W}{name}" for name in ("del", "moveFrom"))
_DRAWING = frozenset(f"{W}{name}" for name in ("drawing", "pict", "object"))
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_HEADING_NAME = _L.pattern("heading_name", re.I)
MAX_NESTING = 12
"""Tables in tables (or text boxes) deeper than this are left out, with a note."""
FEW_CHARACTERS = 100
"""A document with less text than this, and with pictures, is taken for a scan pasted into Word."""
FRAME_ROWS = 3  # of one cell: no table
LARGE_PICTURE = 20_000
"""Bytes; smaller pictures are seals, logos and bullets."""
_LEAST_SIZE = 4  # half points: text of this size and less is not seen


@dataclass(frozen=True, slots=True)
class _Story:
    """What the reading of one part (body, header, …) needs to know of the package."""

    headings: frozenset[str]
    chunks: dict[str, tuple[Block, ...]]
    notes: list[Note]
    struck: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)  # struck out, deleted or hidden, in order

    @property
    def attempts(self) -> Attempts:
        """A table that fails costs that table."""
        return Attempts(self.notes, ends=(DocumentError,))


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
        story = _Story(_heading_styles(package, links), _chunks(package, links, limits, notes), notes)
        blocks = list(_blocks(body, story, 0))
        _check_size(blocks, limits)
        furniture = list(_furniture(package, links, story))
        members = _embedded(package, links, limits)
        pictures = _pictures(package, links, body) if _is_pictures_only(blocks) else ()
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


def _check_size(blocks: list[Block], limits: Limits) -> None:
    area = sum(block.n_rows * block.n_cols for block in blocks if isinstance(block, Grid))
    if area > limits.max_cells:
        raise DocumentError(
            DocumentOutcome.TOO_LARGE, message("too_many_cells_in_tables", n=area, limit=limits.max_cells)
        )


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
        level = integer(style.find(f"{W}pPr"), "outlineLvl", _BODY_TEXT)
        if level < _BODY_TEXT or (name is not None and _HEADING_NAME.fullmatch(name.get(f"{W}val", ""))):
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


def _blocks(parent: Iterable[etree._Element], story: _Story, depth: int) -> Iterator[Block]:
    """The blocks of a body, cell, text box, header or content control, in order."""
    if depth > MAX_NESTING:
        story.notes.append(Note("too_deep", message("nested_too_deeply", n=MAX_NESTING)))
        return
    for child in parent:
        if child.tag == f"{W}p":
            yield from _paragraph(child, story, depth)
        elif child.tag == f"{W}tbl":
            yield from story.attempts.all_of(message("step_a_table"), _table, child, story, depth)
        elif child.tag == f"{W}altChunk":
            yield from story.chunks.get(child.get(f"{R}id", ""), ())
        elif child.tag == f"{MC}AlternateContent":
            yield from _blocks(alternative(child), story, depth)
        elif child.tag in _TRANSPARENT:
            yield from _blocks(child, story, depth)


def _paragraph(paragraph: etree._Element, story: _Story, depth: int) -> Iterator[Block]:
    """The paragraph, if it has text, then the text boxes anchored in it."""
    boxes: list[etree._Element] = []
    text = "".join(_inline(paragraph, boxes, story)).strip("\n ")
    if text.strip():
        yield TextBlock(text, "heading" if _is_heading(paragraph, story) else "paragraph")
    for box in boxes:
        yield from _blocks(box, story, depth + 1)


def _is_heading(paragraph: etree._Element, story: _Story) -> bool:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return False
    style = properties.find(f"{W}pStyle")
    if style is not None and style.get(f"{W}val") in story.headings:
        return True
    return integer(properties, "outlineLvl", _BODY_TEXT) < _BODY_TEXT


def _inline(
    element: etree._Element, boxes: list[etree._Element], story: _Story, raised: bool = False
) -> Iterator[str]:
    """The text of a paragraph or run; text boxes met on the way are put into `boxes`, what no longer counts
    into the lists of the story. Raised digits are kept as such: they mark footnotes."""
    for child in element:
        tag = child.tag
        if tag in _LEFT_OUT or not isinstance(tag, str):
            story.withdrawn.extend(_deleted(child))
            continue
        if tag in (f"{W}t", _MATH_TEXT):
            yield superscript(child.text or "") if raised else child.text or ""
        elif tag in _CHARACTERS:
            if child.get(f"{W}type") not in ("page", "column"):
                yield _CHARACTERS[tag]
        elif tag == f"{MC}AlternateContent":
            for part in alternative(child):
                yield from _drawn(part, boxes) if part.tag in _DRAWING else _inline(part, boxes, story)
        elif tag in _DRAWING:
            yield from _drawn(child, boxes)
        elif tag == f"{W}r":
            yield from _run(child, boxes, story)
        else:
            yield from _inline(child, boxes, story, raised)


def _deleted(element: etree._Element) -> Iterator[str]:
    """The texts of a tracked deletion; none of other elements."""
    if element.tag in _DELETED:
        yield from (part.text or "" for part in element.iter(f"{W}delText", f"{W}t"))


def _run(run: etree._Element, boxes: list[etree._Element], story: _Story) -> Iterator[str]:
    """The text of a run; nothing if it is hidden or struck out."""
    properties = run.find(f"{W}rPr")
    if flag(properties, "vanish") or _is_unseen(run, properties):
        story.withdrawn.extend(part.text or "" for part in run.iter(f"{W}t"))
        return
    position = properties.find(f"{W}vertAlign") if properties is not None else None
    raised = position is not None and position.get(f"{W}val") == "superscript"
    texts = _inline(run, boxes, story, raised)
    if flag(properties, "strike") or flag(properties, "dstrike"):
        struck = [text for text in texts if text.strip()]
        story.struck.extend(struck)
        story.withdrawn.extend(struck)
    else:
        yield from texts


def _is_unseen(run: etree._Element, properties: etree._Element | None) -> bool:
    """A run too small to see, or white in a line of text of another colour: all of a line may be white on a
    ground that its table draws."""
    if properties is None:
        return False
    if integer(properties, "sz", _LEAST_SIZE + 1) <= _LEAST_SIZE:
        return True
    grounds = (f"{W}shd", f"{W}highlight")
    if not _is_white(run) or any(properties.find(ground) is not None for ground in grounds):
        return False
    line = run.getparent()
    beside = () if line is None else line.iterfind(f"{W}r")
    return any(other.findtext(f"{W}t", "").strip() and not _is_white(other) for other in beside)


def _is_white(run: etree._Element) -> bool:
    colour = run.find(f"{W}rPr/{W}color")
    return colour is not None and colour.get(f"{W}val", "").upper() == "FFFFFF"


def _drawn(drawing: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
    """Nothing inline, but the outermost text boxes of a drawing go to `boxes`, alternatives read once."""
    for child in drawing:
        if child.tag == _TEXT_BOX:
            boxes.append(child)
        elif child.tag == f"{MC}AlternateContent":
            for part in alternative(child):
                if part.tag == _TEXT_BOX:
                    boxes.append(part)
                else:
                    yield from _drawn(part, boxes)
        else:
            yield from _drawn(child, boxes)


def _table(table: etree._Element, story: _Story, depth: int) -> Iterator[Block]:
    """The grid of a table and the grids nested in it; a frame around text is not a table."""
    rows = [list(cells_of(row)) for row in rows_of(table)]
    if len(rows) <= FRAME_ROWS and all(len(cells) == 1 for cells in rows):
        for (cell,) in rows:
            yield from _blocks(cell, story, depth + 1)
        return

    def read_cell(cell: etree._Element) -> tuple[str, list[Block]]:
        before = len(story.withdrawn)
        content = list(_blocks(cell, story, depth + 1))
        text = "\n".join(block.text for block in content if isinstance(block, TextBlock))
        text = text or withdrawn_amount("".join(story.withdrawn[before:]))
        return text, [block for block in content if isinstance(block, Grid)]

    grid, nested = read_table(table, read_cell)
    if grid is not None:
        yield grid
    yield from nested


def _furniture(package: zipfile.ZipFile, links: dict[str, Relation], story: _Story) -> Iterator[Block]:
    """Texts of the page headers and footers, each once."""
    seen: set[str] = set()
    for link in links.values():
        root = parse_part(package, link.target) if link.kind in ("header", "footer") else None
        if root is None:
            continue
        for block in _blocks(root, story, 0):
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


def _is_pictures_only(blocks: list[Block]) -> bool:
    if any(isinstance(block, Grid) for block in blocks):
        return False
    return sum(len(block.text) for block in blocks if isinstance(block, TextBlock)) < FEW_CHARACTERS

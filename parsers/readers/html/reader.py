"""Web pages: the article as text blocks and grids, everything around it as furniture.

Invariant: nothing of a page is executed or fetched; scripts, styles and hidden elements give nothing;
every other text of the page is in exactly one block.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from parsers.readers.encoding import decode
from parsers.readers.html.article import is_surrounding, main_content, why_no_document
from parsers.readers.html.pictures import carried, pictures_of
from parsers.readers.html.positioned import positioned_pages, read_positioned
from parsers.readers.html.source import bounded_tags, is_too_deep, shallow_tags
from parsers.readers.html.style_sheets import apply_style_sheets
from parsers.readers.html.tables import cells_of, hidden_amounts, is_amount, is_layout, read_table, rows_of
from parsers.readers.html.text import (
    BLOCK_TAGS,
    HEADING_TAGS,
    SILENT_TAGS,
    LineBuffer,
    control_text,
    is_hidden,
    is_raised,
    is_struck,
)
from parsers.readers.limits import Limits
from parsers.readers.page.lines.geometry import PageMarks
from parsers.values import media
from parsers.values.amounts import withdrawn_amount
from parsers.values.attempts import Attempts
from parsers.values.document import Block, Grid, Note, Reading, TextBlock, shows_less
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import DocumentOutcome, TextLayer

_LONGEST_VALUE = 9_000_000  # characters; libxml2 gives up at an attribute of 10 million
MAX_NESTING = 12
FEW_CHARACTERS = 150
"""An article with less text than this, and with large pictures, is taken for a scan."""
_DATA_URI_IN_SOURCE = re.compile(r"data:[\w.+/-]+;base64,[A-Za-z0-9+/=\s]{200000,}")
_SHOWN = 200  # characters of what is struck out


@dataclass(slots=True)
class _Page:
    """What the walk over a page needs to know beside the element it is at."""

    main: etree._Element
    positioned: dict[etree._Element, PageMarks]
    limits: Limits
    attempts: Attempts = field(default_factory=lambda: Attempts(ends=(DocumentError,)))
    struck: list[str] = field(default_factory=list)  # what is struck out in the article
    hidden_rows: int = 0  # rows of tables that hold amounts and are not shown
    withdrawn: list[str] = field(default_factory=list)  # what is struck out or hidden, in order


def read_html(data: bytes, limits: Limits) -> Reading:
    """Read a web page, or a page saved as MHTML.

    Blocks outside the article have style `furniture`, tables there become furniture text. Pages that
    consist of pictures get the note `image_body` with one URL per line; pictures embedded in the page
    come as members. Raises DocumentError: wrong_type, empty, too_large.
    """
    limits.check_bytes(data)
    media_type = media.sniff(data)
    if media_type == media.MHTML:
        return _read_mhtml(data, limits)
    text, _ = decode(data)
    return _read_page(text, limits)


def _read_mhtml(data: bytes, limits: Limits) -> Reading:
    """The HTML parts of a MIME page in order; Excel saves one part per sheet beside an empty frame."""
    mail = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
    readings: list[Reading] = []
    for part in mail.walk():
        content = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(content, bytes) and content.strip():
            text, _ = decode(content, part.get_content_charset())
            try:
                readings.append(_read_page(text, limits))
            except DocumentError as error:
                if error.outcome == DocumentOutcome.TOO_LARGE:
                    raise
    if not readings:
        raise DocumentError(DocumentOutcome.EMPTY, message("page_without_html"))
    has_text = any(reading.text_layer == TextLayer.TEXT for reading in readings)
    return replace(
        readings[0],
        media_type=media.MHTML,
        blocks=tuple(block for reading in readings for block in reading.blocks),
        text_layer=TextLayer.TEXT if has_text else TextLayer.NONE,
        notes=tuple(note for reading in readings for note in reading.notes),
    )


def _read_page(source: str, limits: Limits) -> Reading:
    """One page. Pictures count as its content only where the text is too short to be the document itself."""
    root = _parse(source)
    apply_style_sheets(root)
    body = next(root.iter("body"), root)
    why = why_no_document(root)
    if why is not None:
        raise DocumentError(DocumentOutcome.WRONG_TYPE, why)
    sheets = positioned_pages(body, limits.max_pages)
    page = _Page(main_content(body), sheets, limits)
    blocks = [*_walk(body, page, inside=page.main is body, depth=0)]
    article = [block for block in blocks if isinstance(block, Grid) or block.style != "furniture"]
    limits.check_cells(article)
    pictures = pictures_of(page.main) if shows_less(article, FEW_CHARACTERS) else []
    urls, members = carried(pictures)
    notes = [Note("image_body", "\n".join(urls))] if urls or members else []
    if page.struck:
        notes.append(Note("struck_out", ", ".join(page.struck)[:_SHOWN]))
    if page.hidden_rows:
        notes.append(Note("hidden_amounts", message("rows_hidden", n=page.hidden_rows)))
    return Reading(
        media.HTML,
        tuple(blocks),
        pages=len(sheets) or None,
        page_sizes=tuple((marks.width, marks.height) for marks in sheets.values()),
        text_layer=TextLayer.SCAN if members else TextLayer.TEXT if article else TextLayer.NONE,
        title=_title(root),
        members=members,
        notes=(*notes, *page.attempts.notes),
    )


def _parse(source: str) -> etree._Element:
    """The tree of a page; broken markup is repaired as libxml2 does it."""
    source = _DATA_URI_IN_SOURCE.sub(lambda match: match[0] if len(match[0]) < _LONGEST_VALUE else "", source)
    source = bounded_tags(source)
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(source.replace("\x00", "").encode("utf-8", "replace"), parser)
        if is_too_deep(parser):
            source = shallow_tags(source)
            root = etree.fromstring(source.replace("\x00", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(
            DocumentOutcome.EMPTY, message("page_without_content", error=str(error))
        ) from error
    if root is None:
        raise DocumentError(DocumentOutcome.EMPTY, message("page_without_element"))
    return root


def _walk(root: etree._Element, page: _Page, inside: bool, depth: int) -> Iterator[Block]:
    """The blocks below `root` in order; `inside` says whether `root` belongs to the article.

    The walk is iterative: pages nest thousands of unclosed elements.
    """
    line = LineBuffer()
    heading = 0
    aside: etree._Element | None = None
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if element is not root and _is_left_out(element, page):
                line.add(control_text(element) if depth else None)
                walker.skip_subtree()
                continue
            line.raised += is_raised(element)
            if tag in BLOCK_TAGS or tag == "br" or element is page.main:
                yield from _line(line, inside, heading)
            inside, aside = _entered(element, page, inside, aside)
            heading += tag in HEADING_TAGS
            if element in page.positioned:
                yield from read_positioned(page.positioned[element])
                walker.skip_subtree()
            elif tag == "table" and element is not root and not _is_frame(element, page):
                yield from page.attempts.all_of(message("step_a_table"), _table, element, page, inside, depth)
                walker.skip_subtree()
            else:
                line.add(element.text)
            continue
        if tag in BLOCK_TAGS or element is page.main:
            if tag in ("td", "th") and not inside:
                line.add("\t")
            else:
                yield from _line(line, inside, heading)
        heading -= tag in HEADING_TAGS and not is_hidden(element)
        line.raised = max(0, line.raised - is_raised(element))
        inside, aside = _left(element, root, page, inside, aside)
        if element is not root:
            line.add(element.tail)
    yield from _line(line, inside, heading)


def _is_left_out(element: etree._Element, page: _Page) -> bool:
    """Whether an element shows nothing that is text, or text that is struck out, which is remembered."""
    if element.tag in SILENT_TAGS:
        return True
    hidden, struck = is_hidden(element), is_struck(element)
    if not (hidden or struck):
        return False
    texts = [text for part in element.itertext() if (text := str(part)).strip()]
    page.withdrawn.extend(texts)
    page.struck.extend(() if hidden else texts)
    return True


def _entered(
    element: etree._Element, page: _Page, inside: bool, aside: etree._Element | None
) -> tuple[bool, etree._Element | None]:
    """After the start of `element`: whether text is the article's, and the menu or foot open in it."""
    inside = inside or element is page.main
    if inside and is_surrounding(element) and not _holds(element, page.main):
        return False, element
    return inside, aside


def _left(
    element: etree._Element, root: etree._Element, page: _Page, inside: bool, aside: etree._Element | None
) -> tuple[bool, etree._Element | None]:
    """The same after its end."""
    if element is aside:
        return True, None
    return inside and (element is root or element is not page.main), aside


def _holds(element: etree._Element, descendant: etree._Element) -> bool:
    return element is descendant or element in descendant.iterancestors()


def _line(line: LineBuffer, inside: bool, heading: int) -> Iterator[TextBlock]:
    text = line.take()
    if text:
        yield TextBlock(text, "furniture" if not inside else "heading" if heading else "paragraph")


def _is_frame(table: etree._Element, page: _Page) -> bool:
    """Whether the walk goes through `table` rather than reading it as one grid."""
    return (
        _holds(table, page.main) or any(_holds(table, sheet) for sheet in page.positioned) or is_layout(table)
    )


def _table(table: etree._Element, page: _Page, inside: bool, depth: int) -> Iterator[Block]:
    """A data table: its caption, a grid, the grids nested in it; outside the article lines of furniture."""
    if depth >= MAX_NESTING:
        raise DocumentError(DocumentOutcome.TOO_LARGE, message("tables_nested_too_deeply", n=MAX_NESTING))

    def read_cell(cell: etree._Element) -> tuple[str, list[Block]]:
        before = len(page.withdrawn)
        content = list(_walk(cell, page, True, depth + 1))
        text = "\n".join(block.text for block in content if isinstance(block, TextBlock))
        text = text or withdrawn_amount("".join(page.withdrawn[before:]))
        return text, [block for block in content if isinstance(block, Grid)]

    for caption in (one for one in table.findall("caption") if not _is_left_out(one, page)):
        yield from _walk(caption, page, inside, depth + 1)
    page.hidden_rows += hidden_amounts(table)
    grid, nested = read_table(table, read_cell, page.limits.max_cells)
    if grid is None:
        yield from nested if inside else ()
        return
    rows = [
        "\t".join(cell.text for cell in grid.cells if cell.row == row and cell.text)
        for row in range(grid.n_rows)
    ]
    if inside and not _is_caption(table, grid):
        yield grid
        yield from nested
        return
    for text in filter(None, rows):
        yield TextBlock(text, "paragraph" if inside else "furniture")


def _is_caption(table: etree._Element, grid: Grid) -> bool:
    """A table of one row that only sets a line such as 部门名称：… 单位：万元 apart."""
    texts = [cell.text for cell in grid.cells if cell.text]
    return (
        sum(1 for row, _ in rows_of(table) if any(True for _ in cells_of(row))) == 1
        and any("：" in text or ":" in text for text in texts)
        and not any(is_amount(text) for text in texts)
    )


def _title(root: etree._Element) -> str | None:
    """The article's title: its metadata (国办发〔2017〕47号), else the page's."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").strip().lower() == "articletitle":
            title = " ".join((meta.get("content") or "").split())
            if title:
                return title
    element = next(root.iter("title"), None)
    text = " ".join("".join(str(part) for part in element.itertext()).split()) if element is not None else ""
    return text or None

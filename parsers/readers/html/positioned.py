"""Web pages made by converters that place every piece of text at a point, as PDF does.

Invariant: such a page is read by its geometry, with the same code as PDF; the order of the elements in
the source means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from parsers.readers.furniture import mark_furniture
from parsers.readers.page.grids import page_blocks
from parsers.readers.page.lines.geometry import Glyph, PageMarks, Ruling, rule_from_box
from parsers.readers.page.lines.text import is_han
from parsers.values.document import Block
from parsers.values.errors import DocumentError
from parsers.values.messages import message
from parsers.values.vocabulary import AmountSource, DocumentOutcome

FEWEST_PIECES = 20
"""Positioned pieces of text below one parent that make it a page."""
_DECLARATION = re.compile(r"(?<![\w-])([\w-]+)\s*:\s*([^;]+)")
_LENGTH = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(pt|px|mm|cm|in)?\b", re.I)
_POINTS = {"pt": 1.0, "px": 0.75, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0}
_DEFAULT_SIZE = 10.5
_PAGE = (595.0, 842.0)
_ASCENT = 0.1
"""Share of the type size between the top of a line's box and the top of its characters."""

Style = dict[str, str]


def positioned_pages(body: etree._Element, at_most: int) -> dict[etree._Element, PageMarks]:
    """The elements whose children are placed by `left` and `top`, in document order, with what they show.

    Raises DocumentError: too_large.
    """
    counts: dict[etree._Element, int] = {}
    for element in body.iter("div", "span", "p"):
        style = element.get("style") or ""
        if "left" in style and "top" in style:
            placed = _style(element)
            parent = element.getparent()
            if (
                parent is not None
                and _points(placed, "left") is not None
                and _points(placed, "top") is not None
            ):
                counts[parent] = counts.get(parent, 0) + bool(_text(element).strip())
    if sum(counts.values()) < FEWEST_PIECES:
        return {}
    pages = [parent for parent, pieces in counts.items() if pieces]
    if len(pages) > at_most:
        raise DocumentError(
            DocumentOutcome.TOO_LARGE, message("too_many_positioned_pages", n=len(pages), limit=at_most)
        )
    return {page: page_marks(page, number) for number, page in enumerate(pages, start=1)}


def read_positioned(marks: PageMarks) -> Iterator[Block]:
    """Blocks of one positioned page, by the geometry of its texts and rules."""
    # `mark_furniture` looks sizes up by page number.
    yield from mark_furniture(
        page_blocks(marks, AmountSource.HTML), [(marks.width, marks.height)] * marks.number
    )


def page_marks(page: etree._Element, number: int) -> PageMarks:
    """Glyphs and rules of one positioned page, in points from its top left corner."""
    glyphs: list[Glyph] = []
    rules: list[Ruling] = []
    for element in page:
        style = _style(element)
        left, top = _points(style, "left"), _points(style, "top")
        if left is None or top is None:
            continue
        text = _text(element)
        if text.strip():
            glyphs.extend(_glyphs(text.rstrip(), left, top, style))
        rules.extend(_rules(style, left, top))
    own = _style(page)
    width = _points(own, "width") or max([_PAGE[0], *(glyph.x1 for glyph in glyphs)])
    height = _points(own, "height") or max([_PAGE[1], *(glyph.y1 for glyph in glyphs)])
    return PageMarks(number, width, height, tuple(glyphs), tuple(rules))


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _style(element: etree._Element) -> Style:
    return {name.lower(): value.strip() for name, value in _DECLARATION.findall(element.get("style") or "")}


def _points(style: Style, name: str) -> float | None:
    match = _LENGTH.match(style.get(name, ""))
    return float(match[1]) * _POINTS[(match[2] or "px").lower()] if match else None


def _glyphs(text: str, left: float, top: float, style: Style) -> Iterator[Glyph]:
    """Characters of one piece of text; their widths are those of a usual Chinese font."""
    size = _points(style, "font-size") or _DEFAULT_SIZE
    # The characters stand in the middle of the line's box.
    top += max((_points(style, "line-height") or size) - size, 0.0) / 2 + _ASCENT * size
    x = left
    for char in text:
        width = size if is_han(char) else 0.5 * size
        if not char.isspace():
            yield Glyph(char, x, top, x + width, top + size, size)
        x += width


def _rules(style: Style, left: float, top: float) -> Iterator[Ruling]:
    """Rules that the borders, or a thin filled box, of a positioned element draw."""
    width, height = _points(style, "width") or 0.0, _points(style, "height") or 0.0
    if _is_drawn(style, "left") and height > 0:
        yield Ruling("v", left, top, top + height)
    if _is_drawn(style, "right") and height > 0:
        yield Ruling("v", left + width, top, top + height)
    if _is_drawn(style, "top") and width > 0:
        yield Ruling("h", top, left, left + width)
    if _is_drawn(style, "bottom") and width > 0:
        yield Ruling("h", top + height, left, left + width)
    if "background-color" in style or "background" in style:
        filled = rule_from_box(left, top, left + width, top + height)
        if filled is not None:
            yield filled


def _is_drawn(style: Style, side: str) -> bool:
    border = style.get(f"border-{side}", style.get("border", ""))
    width = _LENGTH.match(border)
    return bool(border) and "none" not in border and (width is None or float(width[1]) > 0)

"""PDF: text layer and drawn rules of every page to text blocks and grids.

Invariant: a page is read from what is drawn on it - characters with positions, lines, thin rectangles -
never from the order or the structure tags of the file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from parsers.document import Block, Note, Reading
from parsers.errors import DocumentError
from parsers.readers.furniture import mark_furniture
from parsers.readers.geometry import (
    Direction,
    Glyph,
    PageMarks,
    Rule,
    distinct_glyphs,
    rule_from_box,
    rules_of_rectangle,
)
from parsers.readers.grids import page_blocks
from parsers.readers.limits import Limits

MEDIA_TYPE = "application/pdf"
THIN = 3.0  # points: a filled shape no thicker than this is a rule


def read_pdf(data: bytes, limits: Limits) -> Reading:
    """Text blocks and grids of a PDF, page by page.

    Raises DocumentError: `encrypted`, `damaged`, `too_large`.
    """
    pdf = _open(data)
    with pdf:
        if len(pdf.pages) > limits.max_pages:
            raise DocumentError("too_large", f"{len(pdf.pages)} pages; the limit is {limits.max_pages}")
        blocks: list[Block] = []
        sizes: list[tuple[float, float]] = []
        notes: list[Note] = []
        for marks in _pages(pdf):
            sizes.append((marks.width, marks.height))
            blocks.extend(page_blocks(marks, "text"))
        return Reading(
            media_type=MEDIA_TYPE,
            blocks=tuple(mark_furniture(blocks, sizes)),
            pages=len(sizes),
            page_sizes=tuple(sizes),
            text_layer="text" if blocks else "none",
            title=None,
            notes=tuple(notes),
        )


def _open(data: bytes) -> Any:
    try:
        return pdfplumber.open(io.BytesIO(data))
    except PdfminerException as error:
        if any(isinstance(arg, PDFPasswordIncorrect) for arg in error.args):
            raise DocumentError("encrypted", "The PDF asks for a password.") from error
        raise DocumentError("damaged", f"Not a readable PDF: {error}") from error


def _pages(pdf: Any) -> Iterator[PageMarks]:
    for page in pdf.pages:
        yield page_marks(page)
        page.close()


def page_marks(page: Any) -> PageMarks:
    """Glyphs and rules of one pdfplumber page, its crop box moved to the origin."""
    left, top, right, bottom = page.cropbox if page.cropbox else page.bbox
    glyphs = [
        _glyph(char, left, top)
        for char in page.chars
        if left <= (char["x0"] + char["x1"]) / 2 <= right
        and top <= (char["top"] + char["bottom"]) / 2 <= bottom
    ]
    rules = [rule for shape in _shapes(page) for rule in _shape_rules(shape, left, top)]
    return PageMarks(
        number=page.page_number,
        width=round(float(right - left), 2),
        height=round(float(bottom - top), 2),
        glyphs=tuple(distinct_glyphs(glyphs)),
        rules=tuple(rules),
    )


def _shapes(page: Any) -> Iterator[dict[str, Any]]:
    for kind in ("line", "rect", "curve"):
        yield from page.objects.get(kind, ())


def _glyph(char: dict[str, Any], left: float, top: float) -> Glyph:
    return Glyph(
        text=char["text"],
        x0=char["x0"] - left,
        y0=char["top"] - top,
        x1=char["x1"] - left,
        y1=char["bottom"] - top,
        size=char["size"],
        direction=_direction(char),
    )


def _direction(char: dict[str, Any]) -> Direction:
    if char["upright"]:
        return "right"
    return "up" if char["matrix"][1] > 0 else "down"


def _shape_rules(shape: dict[str, Any], left: float, top: float) -> tuple[Rule, ...]:
    """Rules a drawn shape stands for; white ones are erasures, not rules."""
    x0, x1 = shape["x0"] - left, shape["x1"] - left
    y0, y1 = shape["top"] - top, shape["bottom"] - top
    stroked = shape["stroke"] and not _is_white(shape["stroking_color"])
    filled = shape["fill"] and not _is_white(shape["non_stroking_color"])
    if not (stroked or filled):
        return ()
    rule = rule_from_box(x0, y0, x1, y1, THIN)
    if rule is not None:
        return (rule,)
    if stroked and shape["object_type"] == "rect":
        return rules_of_rectangle(x0, y0, x1, y1)
    if stroked and shape["object_type"] == "curve":
        return _polyline_rules(shape["pts"], left, top)
    return ()


def _polyline_rules(points: list[tuple[float, float]], left: float, top: float) -> tuple[Rule, ...]:
    sides = (
        rule_from_box(a[0] - left, a[1] - top, b[0] - left, b[1] - top, 0.5) for a, b in pairwise(points)
    )
    return tuple(side for side in sides if side is not None)


def _is_white(color: Any) -> bool:
    """White in grey (1), RGB (1, 1, 1) or CMYK (0, 0, 0, 0)."""
    if color is None:
        return False
    parts = [color] if isinstance(color, int | float) else list(color)
    if not all(isinstance(part, int | float) for part in parts):
        return False
    return all(p == 0 for p in parts) if len(parts) == 4 else all(p > 0.98 for p in parts)

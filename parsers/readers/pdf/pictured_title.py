"""A title that the first page prints as pictures of its lines, as some word processors print bold characters.

Invariant: only pictures as high as a line of text, above all text of the page, are looked at, and only words
in Han characters are taken from them: no amount comes from a picture beside text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pypdfium2.raw as pdfium

from parsers.readers.page.lines.geometry import Glyph
from parsers.readers.pdf.marks import DrawnPage
from parsers.readers.pdf.page import OpenPage
from parsers.readers.scan.pixels import Image
from parsers.values.amounts import is_amount

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in points from the upper left corner of the page."""

LEAST_HEIGHT, MOST_HEIGHT = 9.0, 60.0  # points; from small type to that of a red letterhead
LEAST_WIDTH = 4.0  # of the height of a line: less is a mark or an emblem
MOST_LINES = 6
SURE = 0.8  # confidence below which a line is not taken
SCALE = 200 / 72  # pixels a point
MARGIN = 0.1  # of the height of a line, that its picture may cut off
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")

Recognise = Callable[[list[Image]], list[tuple[str, float]]]


def pictured_lines(page: OpenPage, drawn: DrawnPage) -> list[Box]:
    """Where pictures stand in lines above all text of a page, from top to bottom."""
    left, _, _, top = page.box
    bounds = page.objects.bounds[page.objects.kinds == pdfium.FPDF_PAGEOBJ_IMAGE]
    first = min((glyph.y0 for glyph in drawn.marks.glyphs if not glyph.text.isspace()), default=0.0)
    boxes = [(x0 - left, top - y1, x1 - left, top - y0) for x0, y0, x1, y1 in bounds.tolist()]
    fitting = (one for one in boxes if LEAST_HEIGHT <= one[3] - one[1] <= MOST_HEIGHT and one[3] <= first)
    lines = _in_lines(sorted(fitting, key=lambda box: box[1]))
    return [line for line in lines if line[2] - line[0] >= LEAST_WIDTH * (line[3] - line[1])][:MOST_LINES]


def _in_lines(boxes: list[Box]) -> Iterator[Box]:
    """The pictures of a line as one."""
    line: Box | None = None
    for box in boxes:
        if line and box[1] < (line[1] + line[3]) / 2:
            line = (min(line[0], box[0]), line[1], max(line[2], box[2]), max(line[3], box[3]))
        else:
            if line:
                yield line
            line = box
    if line:
        yield line


def with_title(page: OpenPage, drawn: DrawnPage, lines: list[Box], recognise: Recognise) -> DrawnPage:
    """The page with the words of its pictured lines among its marks."""
    rendered = page.raw.render(scale=SCALE, rev_byteorder=True, prefer_bgrx=False).to_numpy()
    crops = [_crop(rendered, line) for line in lines]
    glyphs = [
        Glyph(text.strip(), *line, size=line[3] - line[1])
        for (text, score), line in zip(recognise(crops), lines, strict=True)
        if score >= SURE and _HAN.search(text) and not is_amount(text)
    ]
    if not glyphs:
        return drawn
    marks = replace(drawn.marks, glyphs=(*glyphs, *drawn.marks.glyphs))
    return replace(drawn, marks=marks, title="".join(glyph.text for glyph in glyphs))


def _crop(rendered: Image, line: Box) -> Image:
    x0, y0, x1, y1 = line
    margin = MARGIN * (y1 - y0)
    rows = slice(max(round((y0 - margin) * SCALE), 0), round((y1 + margin) * SCALE))
    columns = slice(max(round((x0 - margin) * SCALE), 0), round((x1 + margin) * SCALE))
    return np.ascontiguousarray(rendered[rows, columns, :3])

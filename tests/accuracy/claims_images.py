"""Pictures of a finding: the printed page, with the cells it speaks of marked, to judge it by eye.

Invariant: the picture is rendered from the file itself; nothing that was read is drawn over the print except
thin frames around the cells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageDraw

from archive.rendering.messages import sentence
from parsers.values.document import Box, Note
from parsers.values.results import Check, ParsedDocument

_DEGREES = re.compile(r"\d+")
_SCALE = 110 / 72  # dots a point
_MARGIN = 14  # points above and below the marked rows
_HEADER = 150  # points of a page's top that show title, unit and header
_TALL = 330  # points: rows nearer to the header than this are shown with it in one piece


@dataclass(frozen=True, slots=True)
class Place:
    """The marked cells of one page, from 1."""

    page: int
    boxes: tuple[Box, ...]
    turned: int = 0  # quarter turns clockwise that set the lines upright: boxes are of the page so turned
    words: str = ""  # the sentence that the check is about, where no cell is marked


def places(document: ParsedDocument, check: Check) -> list[Place]:
    """The cells of a check by page; the page of its words, whole, where it names no cells."""
    boxes: defaultdict[int, list[Box]] = defaultdict(list)
    named = {(cell.table_no, cell.row_no, cell.col_no) for cell in check.facts}
    for table in document.tables:
        for fact in table.facts:
            here = (table.table_no, fact.row_no, fact.col_no) in named
            if here and fact.page is not None and fact.box is not None:
                boxes[fact.page].append(fact.box)
    if check.page is not None and check.page not in boxes:
        boxes[check.page] = []
    if not boxes:
        tables = [table for table in document.tables if table.table_no in check.table_nos]
        boxes.update({page: [] for table in tables for page in table.pages[:1]})
    words = sentence(check.statement, "zh").rpartition("（第")[0]
    notes = _turned(document)
    turned = {note.page: int(_DEGREES.findall(str(note.detail or "0"))[0]) // 90 for note in notes}
    return [
        Place(page, tuple(found), turned.get(page, 0), "" if found else words)
        for page, found in sorted(boxes.items())
    ]


def _turned(document: ParsedDocument) -> Iterator[Note]:
    return (note for note in document.notes if note.code == "turned_page")


def pictures(data: bytes, where: Iterable[Place]) -> Iterator[Image.Image]:
    """One picture per page of a PDF: the page's head and the marked rows, or the page whole."""
    pdf = pypdfium2.PdfDocument(data)
    try:
        for place in where:
            page = pdf[place.page - 1]
            image = page.render(scale=_SCALE).to_pil().convert("RGB")
            image = image.rotate(-90 * place.turned, expand=True)
            draw = ImageDraw.Draw(image)
            for box in place.boxes:
                edges = [value * _SCALE for value in (box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1)]
                draw.rectangle(edges, outline=(220, 0, 0))
            lines = _lines(page, place.words) if place.words and not place.turned else None
            yield _strip(image, *lines) if lines else _cut(image, place.boxes)
    finally:
        pdf.close()


def _lines(page: pypdfium2.PdfPage, words: str) -> tuple[float, float] | None:
    """Top and bottom, in points from the top, of the lines that print a sentence; None if it is not found."""
    text = page.get_textpage()
    printed = text.get_text_range()
    places = [number for number, letter in enumerate(printed) if not letter.isspace()]
    compact = "".join(printed[number] for number in places)
    wanted = "".join(words.split())
    start = next((at for n in (len(wanted), 20, 10) if (at := compact.find(wanted[:n])) >= 0), -1)
    if start < 0 or not wanted:
        return None
    ends = places[start], places[min(start + len(wanted), len(places)) - 1]
    boxes = [text.get_charbox(number) for number in ends]
    height = page.get_height()
    return height - max(box[3] for box in boxes), height - min(box[1] for box in boxes)


def _strip(image: Image.Image, top: float, bottom: float) -> Image.Image:
    """The lines from `top` to `bottom` (points) and what stands around them."""
    edges = (top - 3 * _MARGIN) * _SCALE, (bottom + 3 * _MARGIN) * _SCALE
    return image.crop((0, int(max(edges[0], 0)), image.width, int(min(edges[1], image.height))))


def _cut(image: Image.Image, boxes: tuple[Box, ...]) -> Image.Image:
    """The head of the page and the rows from the first marked cell to the last, one below the other."""
    if not boxes:
        return image
    top = (min(box.y0 for box in boxes) - _MARGIN) * _SCALE
    bottom = (max(box.y1 for box in boxes) + _MARGIN) * _SCALE
    head = min(_HEADER * _SCALE, image.height)
    if top <= head + _TALL * _SCALE / 4:
        return image.crop((0, 0, image.width, int(min(max(bottom, head), image.height))))
    end = int(min(bottom, image.height))
    return stacked([image.crop((0, 0, image.width, int(head))), image.crop((0, int(top), image.width, end))])


def stacked(pieces: list[Image.Image]) -> Image.Image:
    """The pieces one below the other, a grey line between them."""
    width = max(piece.width for piece in pieces)
    whole = Image.new("RGB", (width, sum(piece.height + 4 for piece in pieces)), (128, 128, 128))
    y = 0
    for piece in pieces:
        whole.paste(piece, (0, y))
        y += piece.height + 4
    return whole

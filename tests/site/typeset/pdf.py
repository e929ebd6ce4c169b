"""A disclosure as PDF: cover, table of contents, text, ruled tables on portrait and landscape pages.

Invariant: a merged cell is one box (no rule runs through it), text is real text (Unicode through the font's
CMap), and the same disclosure gives the same bytes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Literal

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Ruled
from reportlab.platypus.tableofcontents import TableOfContents

from ..disclosure import Cell, Disclosure, Heading, Table
from .measure import column_widths

Ruling = Literal["grid", "groups", "header", "rows", "box", "none"]
"""All rules; three (above, below the header, at the end) with or without rules below headers of several
columns; those and one below each row; a box around the table; none. Only the first has rules between
columns."""
Side = Literal["LEFT", "CENTRE", "RIGHT"]
FONT = "STSong-Light"
MARGIN = 50.0
PADDING = 3.0
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


@dataclass(frozen=True, slots=True)
class Look:
    """How tables are drawn: their rules, the white above and below a text in points, where in their cells
    texts, headers and amounts stand, whether a narrow frame breaks the unit before its last character, and
    whether dots lead from a label to its amounts."""

    ruling: Ruling = "grid"
    padding: float = 4.0
    alignment: Literal["TOP", "MIDDLE", "BOTTOM"] = "MIDDLE"
    broken_unit: bool = False
    headers: Side = "CENTRE"
    amounts: Side = "RIGHT"
    leaders: bool = False


def _style(name: str, size: float, **options: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.6, wordWrap="CJK", **options)


COVER = _style("cover", 26, alignment=1, spaceAfter=18)
CENTRED = _style("centred", 18, alignment=1, spaceAfter=14)
HEADINGS = {1: _style("heading1", 16, spaceBefore=10), 2: _style("heading2", 14, firstLineIndent=28)}
BODY = _style("body", 12, firstLineIndent=24)
TITLE = _style("title", 16, alignment=1, spaceAfter=4)
NOTE = _style("note", 9)
CONTENTS = _style("contents", 11)


class UnitLine(Flowable):  # type: ignore[misc]
    """部门名称 at the left, 单位：万元 at the right, just above the table."""

    def __init__(self, left: str, right: str, *, broken: bool = False) -> None:
        super().__init__()
        self.left = left
        self.right = (right[:-1], right[-1:]) if broken else (right,)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        self.width = available_width
        self.height = 2.0 + 13.0 * len(self.right)
        return available_width, self.height

    def draw(self) -> None:
        self.canv.setFont(FONT, 10)
        self.canv.drawString(2, 4, self.left)
        left = self.width - 2 - self.canv.stringWidth(self.right[0], FONT, 10)
        for number, line in enumerate(self.right, start=1):
            self.canv.drawString(left, self.height + 2 - 13 * number, line)


class Report(BaseDocTemplate):  # type: ignore[misc]
    """Portrait and landscape pages with a page number, and a table of contents from the headings."""

    def __init__(self, target: io.BytesIO, title: str) -> None:
        super().__init__(target, title=title, author="", invariant=1)
        templates = []
        for name, (page_width, page_height) in {"portrait": A4, "landscape": landscape(A4)}.items():
            frame = Frame(MARGIN, MARGIN, page_width - 2 * MARGIN, page_height - 2 * MARGIN)
            templates.append(PageTemplate(name, [frame], onPage=_number, pagesize=(page_width, page_height)))
        self.addPageTemplates(templates)

    def afterFlowable(self, flowable: Flowable) -> None:
        style = getattr(getattr(flowable, "style", None), "name", "")
        level = {"heading1": 0, "heading2": 1, "title": 1}.get(style)
        if level is not None:
            self.notify("TOCEntry", (level, flowable.getPlainText(), self.page))


def _number(canvas: Any, document: Report) -> None:
    if document.page > 1:
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(canvas._pagesize[0] / 2, 28, f"— {document.page} —")


def typeset_pdf(disclosure: Disclosure, *, repeat_headers: bool, look: Look | None = None) -> bytes:
    """PDF bytes. `repeat_headers`: print a table's header rows again on each page it continues on."""
    look = look or Look()
    target = io.BytesIO()
    contents = TableOfContents(dotsMinLevel=0, levelStyles=[CONTENTS, _style("contents2", 11, leftIndent=22)])
    story: list[Flowable] = [Spacer(1, 200), *(Text(line, COVER) for line in disclosure.cover), PageBreak()]
    story += [Text("目 录", CENTRED), contents, PageBreak()]
    wide = False
    for block in disclosure.content:
        if isinstance(block, Table):
            story += _break(block, wide) + _table(block, repeat_headers, look)
            wide = block.wide
            continue
        if wide:
            story += [NextPageTemplate("portrait"), PageBreak()]
            wide = False
        story.append(Text(block.text, HEADINGS[block.level] if isinstance(block, Heading) else BODY))
    Report(target, disclosure.title).multiBuild(story)
    return target.getvalue()


def _break(table: Table, after_wide: bool) -> list[Flowable]:
    if table.wide != after_wide or len(table.rows) > 5:
        return [NextPageTemplate("landscape" if table.wide else "portrait"), PageBreak()]
    return [Spacer(1, 16), CondPageBreak(220)]


def _table(table: Table, repeat_headers: bool, look: Look) -> list[Flowable]:
    page_width, _ = landscape(A4) if table.wide else A4
    frame_width = page_width - 2 * MARGIN - 12
    size = 10.0 if table.columns < 9 else 9.0 if table.columns < 15 else 7.5
    widths = [value * size for value in column_widths(table, frame_width / size)]
    grid = [[""] * table.columns for _ in range(len(table.header) + len(table.rows))]
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), FONT, size, size * 1.25),
        *_rules(table, look.ruling),
        ("VALIGN", (0, 0), (-1, -1), look.alignment),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), look.padding - 0.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), look.padding + 0.5),
    ]
    for cell in table.cells():
        room = sum(widths[cell.col : cell.col + cell.colspan]) - 2 * PADDING
        grid[cell.row][cell.col] = _wrap(_led(cell, look), room, size)
        first, last = (cell.col, cell.row), (cell.col + cell.colspan - 1, cell.row + cell.rowspan - 1)
        if first != last:
            style.append(("SPAN", first, last))
        if cell.role != "label" or cell.centred:
            side = {"amount": look.amounts, "header": look.headers, "label": "CENTRE"}[cell.role]
            style.append(("ALIGN", first, last, side))
    ruled = Ruled(grid, colWidths=widths, style=style, repeatRows=len(table.header) if repeat_headers else 0)
    parts: list[Flowable] = [Text(" ".join(filter(None, (table.number, table.title))), TITLE)]
    if table.caption or table.unit:
        parts.append(UnitLine("　".join(table.caption), table.unit or "", broken=look.broken_unit))
    return [*parts, ruled, *(Text(note, NOTE) for note in table.notes)]


def _rules(table: Table, ruling: Ruling) -> list[tuple[Any, ...]]:
    """The rules of a table as style commands: a rule below a header of several columns parts it from theirs,
    and leaves white between two such headers."""
    if ruling in ("grid", "box"):
        return [(ruling.upper(), (0, 0), (-1, -1), 0.6, "black")]
    if ruling == "none":
        return []
    height = len(table.header)
    found: list[tuple[Any, ...]] = [
        ("LINEABOVE", (0, 0), (-1, 0), 1.0, "black"),
        ("LINEBELOW", (0, height - 1), (-1, height - 1), 0.5, "black"),
        ("LINEBELOW", (0, "splitlast"), (-1, "splitlast"), 1.0, "black"),
        ("LINEBELOW", (0, -1), (-1, -1), 1.0, "black"),
    ]
    if ruling == "rows":
        found.append(("LINEBELOW", (0, height), (-1, -1), 0.3, "black"))
    if ruling in ("groups", "rows"):
        for cell in table.cells():
            below = cell.row + cell.rowspan
            if cell.role == "header" and cell.colspan > 1 and below < height:
                place = (cell.col, below), (cell.col + cell.colspan - 1, below)
                found.append(("LINEABOVE", *place, 0.5, "black"))
    return found


def _led(cell: Cell, look: Look) -> str:
    """The text of a cell, with the dots of a label's leader."""
    led = look.leaders and cell.role == "label" and not cell.centred and cell.text
    return f"{cell.text}{'.' * 8}" if led else cell.text


def _wrap(text: str, room: float, size: float) -> str:
    """Break a text between characters, as Chinese typesetting does; numbers stay whole by column width."""
    lines = [""]
    for char in text:
        if lines[-1] and pdfmetrics.stringWidth(lines[-1] + char, FONT, size) > room:
            lines.append("")
        lines[-1] += char
    return "\n".join(lines)

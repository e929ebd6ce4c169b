"""A disclosure as a Word document: headings, text, tables with gridSpan and vMerge, landscape sections.

Invariant: every row of a table fills its grid (spans included), and header rows are marked as repeating.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from ..disclosure import Cell, Disclosure, Heading, Table
from .measure import column_widths
from .package import reproducible

LONG, SHORT = Cm(29.7), Cm(21.0)
TWIPS_PORTRAIT, TWIPS_LANDSCAPE = 9200, 14100


def typeset_docx(disclosure: Disclosure) -> bytes:
    """DOCX bytes: cover, then the content in order."""
    document = Document()
    _set_fonts(document)
    _page_number(document.sections[0].footer.paragraphs[0])
    for line in disclosure.cover:
        _paragraph(document, line, 26, centred=True, bold=True)
    document.paragraphs[0].paragraph_format.space_before = Pt(180)
    document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    wide = False
    for block in disclosure.content:
        needs_wide = isinstance(block, Table) and block.wide
        if needs_wide != wide:
            wide = needs_wide
            _turn(document, wide)
        if isinstance(block, Table):
            _table(document, block)
        elif isinstance(block, Heading):
            size = 16 if block.level == 1 else 14
            _paragraph(document, block.text, size, bold=True, style=f"Heading {block.level}")
        else:
            _paragraph(document, block.text, 12).paragraph_format.first_line_indent = Pt(24)
    target = io.BytesIO()
    document.save(target)
    return reproducible(target.getvalue())


def _set_fonts(document: Any) -> None:
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = "宋体", None
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    section = document.sections[0]
    section.page_width, section.page_height = SHORT, LONG
    section.left_margin = section.right_margin = Cm(2.2)


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    paragraph._p.append(_w("fldSimple", _w("r", _w("t", text="1")), instr="PAGE"))
    paragraph.add_run(" —")


def _turn(document: Any, wide: bool) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (LONG, SHORT) if wide else (SHORT, LONG)


def _paragraph(
    document: Any,
    text: str,
    size: float,
    *,
    centred: bool = False,
    bold: bool = False,
    style: str | None = None,
) -> Any:
    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _table(document: Any, table: Table) -> None:
    _paragraph(document, " ".join(filter(None, (table.number, table.title))), 16, centred=True, bold=True)
    total = TWIPS_LANDSCAPE if table.wide else TWIPS_PORTRAIT
    if table.caption or table.unit:
        line = _paragraph(document, f"{'　'.join(table.caption)}\t{table.unit or ''}", 10.5)
        line.paragraph_format.tab_stops.add_tab_stop(total * 635, alignment=2)
    half_points = 21 if table.columns < 9 else 16
    em = half_points * 10  # an em in twips: 20 to the point
    widths = [int(value * em) for value in column_widths(table, total / em)]
    element = _w(
        "tbl",
        _w("tblPr", _w("tblStyle", val="TableGrid"), _w("tblW", w=total, type="dxa"), *_frame()),
        _w("tblGrid", *(_w("gridCol", w=width) for width in widths)),
    )
    for row in _rows(table):
        header = row[0].row < len(table.header)
        properties = [_w("trPr", _w("tblHeader"))] if header else []
        element.append(_w("tr", *properties, *(_cell(cell, widths, half_points) for cell in row)))
    document.element.body.insert(len(document.element.body) - 1, element)
    for note in table.notes or ("",):
        _paragraph(document, note, 9)


def _rows(table: Table) -> list[list[Cell]]:
    """Cells row by row; below a cell that spans rows stands a continuation (rowspan 0) of equal width."""
    rows: list[list[Cell]] = [[] for _ in range(len(table.header) + len(table.rows))]
    for cell in table.cells():
        rows[cell.row].append(cell)
        for down in range(1, cell.rowspan):
            rows[cell.row + down].append(Cell(cell.row + down, cell.col, "", 0, cell.colspan, cell.role))
    return [sorted(row, key=lambda cell: cell.col) for row in rows]


def _cell(cell: Cell, widths: list[int], half_points: int) -> Any:
    width = sum(widths[cell.col : cell.col + cell.colspan])
    properties = _w("tcPr", _w("tcW", w=width, type="dxa"))
    if cell.colspan > 1:
        properties.append(_w("gridSpan", val=cell.colspan))
    if cell.rowspan != 1:
        properties.append(_w("vMerge", val="restart") if cell.rowspan > 1 else _w("vMerge"))
    properties.append(_w("vAlign", val="center"))
    side = "right" if cell.role == "amount" else "center" if cell.centred else "left"
    paragraph = _w("p", _w("pPr", _w("spacing", before=20, after=20), _w("jc", val=side)))
    if cell.text:
        fonts = _w("rFonts", eastAsia="宋体", ascii="宋体")
        paragraph.append(_w("r", _w("rPr", fonts, _w("sz", val=half_points)), _w("t", text=cell.text)))
    return _w("tc", properties, paragraph)


def _frame() -> tuple[Any, ...]:
    """Single rules all round, fixed column widths, narrow cell margins."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    rules = (_w(side, val="single", sz=4, color="000000") for side in sides)
    margins = (_w(side, w=50, type="dxa") for side in ("left", "right"))
    return _w("tblBorders", *rules), _w("tblLayout", type="fixed"), _w("tblCellMar", *margins)


def _w(tag: str, *children: Any, text: str | None = None, **attributes: object) -> Any:
    """An element of the w: namespace; attributes too are of that namespace."""
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    if text is not None:
        element.text = text
    element.extend(children)
    return element

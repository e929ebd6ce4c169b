"""A disclosure as a workbook: one sheet per table, after a cover sheet and one with the explanations.

Invariant: amounts are numbers (exact decimals with a number format), codes and labels are text, and
merges are real.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from ..disclosure import Cell, Disclosure, Table
from .measure import column_widths, row_lines
from .package import reproducible

THIN = Side(style="thin", color="000000")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SONG = Font(name="宋体", size=10)
BIG = Font(name="宋体", size=16, bold=True)


def typeset_xlsx(disclosure: Disclosure) -> bytes:
    """XLSX bytes; sheets are named 封面, 说明, then by the running number of the table."""
    book = Workbook()
    _text_sheet(book.active, "封面", disclosure.cover, BIG)
    texts = tuple(block.text for block in disclosure.content if not isinstance(block, Table))
    _text_sheet(book.create_sheet(), "说明", texts, SONG)
    for number, table in enumerate(disclosure.tables, start=1):
        _table_sheet(book.create_sheet(f"预算公开表{number}"), table)
    target = io.BytesIO()
    book.save(target)
    return reproducible(target.getvalue())


def _text_sheet(sheet: Any, name: str, lines: tuple[str, ...], font: Font) -> None:
    sheet.title = name
    sheet.column_dimensions["A"].width = 100
    for row, line in enumerate(lines, start=1):
        cell = sheet.cell(row, 1, line)
        cell.font = font
        cell.alignment = Alignment(horizontal="center" if font is BIG else "left", wrap_text=True)
        sheet.row_dimensions[row].height = 40 if font is BIG else 18


def _table_sheet(sheet: Any, table: Table) -> None:
    last = table.columns
    sheet.append([" ".join(filter(None, (table.number, table.title)))])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=last)
    sheet["A1"].font, sheet["A1"].alignment = BIG, Alignment(horizontal="center")
    sheet.row_dimensions[1].height = 28
    sheet.cell(2, 1, "　".join(table.caption)).font = SONG
    unit = sheet.cell(2, last, table.unit)
    unit.font, unit.alignment = SONG, Alignment(horizontal="right")
    for cell in table.cells():
        _write(sheet, cell, 3)
    for offset, note in enumerate(table.notes):
        sheet.cell(3 + len(table.header) + len(table.rows) + offset, 1, note).font = SONG
    widths = column_widths(table, max(48.0, table.columns * 6.0))
    for column, ems in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = round(ems * 2, 1)
    for row, lines in enumerate(row_lines(table, widths), start=3):
        sheet.row_dimensions[row].height = 5 + 13 * lines
    sheet.print_title_rows = f"1:{2 + len(table.header)}"
    sheet.page_setup.orientation = "landscape" if table.wide else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页"


def _write(sheet: Any, cell: Cell, top: int) -> None:
    row, col = cell.row + top, cell.col + 1
    last_row, last_col = row + cell.rowspan - 1, col + cell.colspan - 1
    for line in sheet.iter_rows(row, last_row, col, last_col):
        for box in line:
            box.border, box.font = BOX, SONG
    anchor = sheet.cell(row, col)
    if cell.role == "amount" and cell.text:
        anchor.value, anchor.number_format = Decimal(cell.text.replace(",", "")), "#,##0.00"
    else:
        anchor.value = cell.text or None
    side = "right" if cell.role == "amount" else "center" if cell.centred else "left"
    anchor.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    if (row, col) != (last_row, last_col):
        sheet.merge_cells(start_row=row, start_column=col, end_row=last_row, end_column=last_col)

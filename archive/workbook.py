"""Arrow tables as the sheets of an Excel workbook.

Invariant: amounts are numbers with two places shown, everything else that is printed stays text, also what
looks like a formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from archive.layout import for_eyes, rows_of
from archive.present import plain

MAX_SHEET_TEXT = 32_767
MAX_SHEET_NAME = 31
MAX_WIDTH = 60


def write_workbook(sheets: Mapping[str, pa.Table], out: IO[bytes]) -> None:
    """An Excel workbook with one sheet for each table, header frozen, filters on."""
    book = Workbook(write_only=True)
    for name, table in sheets.items():
        sheet = book.create_sheet(name[:MAX_SHEET_NAME])
        sheet.freeze_panes = "A2"
        rows = rows_of(table)
        for place, column in enumerate(table.column_names):
            longest = max((len(for_eyes(row[place])) for row in rows), default=0)
            width = min(max(longest, len(column)) + 2, MAX_WIDTH)
            sheet.column_dimensions[get_column_letter(place + 1)].width = width
        sheet.append([sheet_cell(sheet, column, bold=True) for column in table.column_names])
        for row in rows:
            sheet.append([sheet_cell(sheet, value) for value in row])
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.column_names))}{len(rows) + 1}"
    book.save(out)


def sheet_cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    """Text is set as text: openpyxl would make a formula of whatever starts with "="."""
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0.00"
    elif value is None or isinstance(value, bool | int | float | date):
        cell = WriteOnlyCell(sheet, value.replace(tzinfo=None) if isinstance(value, datetime) else value)
    else:
        cell = WriteOnlyCell(sheet)
        text = ILLEGAL_CHARACTERS_RE.sub("", str(plain(value)))
        cell.value = text[:MAX_SHEET_TEXT]
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell

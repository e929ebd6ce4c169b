"""Arrow tables as the sheets of an Excel workbook.

Invariant: amounts are numbers with two places shown, everything else that is printed stays text, also what
looks like a formula. Printed tables (rows with `header` and `grid`) have a sheet each, as they are printed;
their amounts are numbers in the unit that is printed, wherever `facts` say that a cell is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from archive.rendering.console import as_sentence, for_eyes, rows_of
from archive.rendering.formats import plain

MAX_SHEET_TEXT = 32_767
MAX_SHEET_NAME = 31
MAX_WIDTH = 60
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""Characters that no sheet's name may have."""


def write_workbook(sheets: Mapping[str, pa.Table], out: IO[bytes]) -> None:
    """An Excel workbook with one sheet for each table, header frozen, filters on."""
    book = Workbook(write_only=True)
    printed, names = sheets.get("tables"), list[str]()
    if printed is not None and {"header", "grid", "table_id"} <= {*printed.column_names}:
        names = _names_of(printed, taken=sheets)
        listed = printed.drop_columns(["header", "grid"]).append_column("sheet", pa.array(names, pa.string()))
        sheets = {name: listed if name == "tables" else table for name, table in sheets.items()}
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
    if names:
        _printed_sheets(book, printed, names, sheets.get("facts"))
    book.save(out)


def _names_of(printed: pa.Table, taken: Iterable[str]) -> list[str]:
    """A sheet's name for each printed table: its number and title; no two alike."""
    used = {name.casefold() for name in taken}
    names = []
    for number, printed_title, table_type in _values(printed, "table_no", "title", "table_type"):
        title = ILLEGAL_CHARACTERS_RE.sub("", printed_title or table_type)
        stem = f"{number or 0:02d} {FORBIDDEN.sub(' ', title).strip()}"[:MAX_SHEET_NAME].rstrip(" '")
        name, copy = stem, 2
        while name.casefold() in used:
            mark = f" ({copy})"
            name, copy = stem[: MAX_SHEET_NAME - len(mark)] + mark, copy + 1
        used.add(name.casefold())
        names.append(name)
    return names


def _printed_sheets(book: Workbook, printed: pa.Table, names: Sequence[str], facts: pa.Table | None) -> None:
    """The sheets of printed tables: header rows in bold, then the body."""
    amounts = _amounts(facts)
    tables = _values(printed, "table_id", "header", "grid")
    for name, (table_id, header, grid) in zip(names, tables, strict=True):
        sheet = book.create_sheet(name)
        for line in header or ():
            sheet.append([sheet_cell(sheet, text, bold=True) for text in line])
        for row_no, line in enumerate(grid or ()):
            sheet.append(
                [
                    sheet_cell(sheet, amounts.get((table_id, row_no, col_no), text))
                    for col_no, text in enumerate(line)
                ]
            )


def _amounts(facts: pa.Table | None) -> dict[tuple[str, int, int], Decimal]:
    """The amounts of cells, in the unit that is printed, by table, row and column."""
    columns = ("table_id", "row_no", "col_no", "amount_yuan", "unit_yuan")
    if facts is None or not {*columns} <= {*facts.column_names}:
        return {}
    return {
        (table_id, row_no, col_no): amount / unit
        for table_id, row_no, col_no, amount, unit in _values(facts, *columns)
        if amount is not None and unit
    }


def _values(table: pa.Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The values of some columns, row by row."""
    yield from zip(*(table.column(name).to_pylist() for name in columns), strict=True)


def sheet_cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    """Text is set as text: openpyxl would make a formula of whatever starts with "="."""
    if isinstance(value, Decimal):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0.00"
    elif value is None or isinstance(value, bool | int | float | date):
        cell = WriteOnlyCell(sheet, value.replace(tzinfo=None) if isinstance(value, datetime) else value)
    else:
        cell = WriteOnlyCell(sheet)
        text = ILLEGAL_CHARACTERS_RE.sub("", str(plain(as_sentence(value))))
        cell.value = text[:MAX_SHEET_TEXT]
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell

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
from xlsxwriter import Workbook

from archive.rendering.console import as_sentence, for_eyes, rows_of
from archive.rendering.scalars import plain

MAX_SHEET_TEXT = 32_767
MAX_SHEET_NAME = 31
MAX_WIDTH = 60
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""Characters that no sheet's name may have."""
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no XML may hold."""
LITERAL = {"strings_to_formulas": False, "strings_to_urls": False}
"""What a text looks like makes nothing else of it."""
FORMS = {"amount": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}


def write_workbook(sheets: Mapping[str, pa.Table], out: IO[bytes]) -> None:
    """An Excel workbook with one sheet for each table, header frozen, filters on."""
    printed, names = sheets.get("tables"), list[str]()
    if printed is not None and {"header", "grid", "table_id"} <= {*printed.column_names}:
        names = _names_of(printed, taken=sheets)
        listed = printed.drop_columns(["header", "grid"]).append_column("sheet", pa.array(names, pa.string()))
        sheets = {name: listed if name == "tables" else table for name, table in sheets.items()}
    with Workbook(out, LITERAL) as book:
        forms, bold = number_forms(book), book.add_format({"bold": True})
        for name, table in sheets.items():
            rows = rows_of(table)
            sheet = book.add_worksheet(name[:MAX_SHEET_NAME])
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(table.column_names):
                longest = max((len(for_eyes(row[place])) for row in rows), default=0)
                sheet.set_column(place, place, min(max(longest, len(column)) + 2, MAX_WIDTH))
                write_text(sheet, 0, place, column, bold)
            for number, row in enumerate(rows, start=1):
                write_row(sheet, number, row, forms)
            sheet.autofilter(0, 0, len(rows), max(len(table.column_names) - 1, 0))
        if names:
            _printed_sheets(book, printed, names, sheets.get("facts"))


def _names_of(printed: pa.Table, taken: Iterable[str]) -> list[str]:
    """A sheet's name for each printed table: its number and title; no two alike."""
    used = {name.casefold() for name in taken}
    names = []
    for number, printed_title, table_type in _values(printed, "table_no", "title", "table_type"):
        title = ILLEGAL.sub("", printed_title or table_type)
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
    amounts, forms, bold = _amounts(facts), number_forms(book), book.add_format({"bold": True})
    tables = _values(printed, "table_id", "header", "grid")
    for name, (table_id, header, grid) in zip(names, tables, strict=True):
        sheet = book.add_worksheet(name)
        for number, line in enumerate(header or ()):
            for place, text in enumerate(line):
                write_text(sheet, number, place, text, bold)
        for number, line in enumerate(grid or ()):
            found = [amounts.get((table_id, number, place), text) for place, text in enumerate(line)]
            write_row(sheet, len(header or ()) + number, found, forms)


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


def number_forms(book: Workbook) -> dict[str, Any]:
    """The forms of numbers and days that `write_row` shows; each book has its own."""
    return {name: book.add_format({"num_format": form}) for name, form in FORMS.items()}


def write_row(sheet: Any, number: int, values: Iterable[object], forms: Mapping[str, Any]) -> None:
    """A row of values, each as what it is. Nothing is left to the library to guess."""
    for place, value in enumerate(values):
        if isinstance(value, bool):
            sheet.write_boolean(number, place, value)
        elif isinstance(value, Decimal):
            sheet.write_number(number, place, value, forms["amount"])
        elif isinstance(value, int | float):
            sheet.write_number(number, place, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(number, place, value.replace(tzinfo=None), forms["moment"])
        elif isinstance(value, date):
            sheet.write_datetime(number, place, value, forms["day"])
        elif value is not None:
            write_text(sheet, number, place, str(plain(as_sentence(value))))


def write_text(sheet: Any, number: int, place: int, text: str, form: Any = None) -> None:
    """A text, as a text, without what a workbook cannot hold."""
    kept = text if text.isprintable() else ILLEGAL.sub("", text)
    sheet.write_string(number, place, kept[:MAX_SHEET_TEXT], form)

"""An Excel workbook: a sheet of amounts for each type of table, sheets about the documents, the dictionary.

Invariant: no cell is a formula or a link whatever it begins with, and no row is lost to Excel's limit of
1,048,576: a sheet that is full goes on as "name (2)". One row is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter import Workbook

from archive.dataset.schema import TABLE_TYPES
from archive.export.rows import DICTIONARY, EXPORTED, Exported, dictionary, replacing
from archive.rendering.formats import plain
from archive.rendering.workbook import MAX_SHEET_NAME, MAX_SHEET_TEXT

MAX_ROWS = 1_048_576
ABOUT = ("documents", "disclosures", "changes", "bodies", "deadlines", "checks")
WIDTH = 16
PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
FORMS = {"amount": "#,##0.00", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}


def write(exported: Exported, path: Path) -> None:
    """Write the workbook."""
    with replacing(path) as part, Workbook(part, PLAIN) as book:
        facts = [column.name for column in EXPORTED["facts"].columns]
        for table_type in TABLE_TYPES:
            wanted = f"coalesce(table_type, 'other') = '{table_type}'"
            rows = exported.rows("facts", wanted, "document_id, table_id, row_no, col_no")
            fill(book, table_type, facts, rows, empty=False)
        for name in ABOUT:
            fill(book, name, [column.name for column in EXPORTED[name].columns], exported.rows(name))
        fill(book, "dictionary", DICTIONARY, dictionary())


def fill(
    book: Workbook,
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    limit: int = MAX_ROWS,
    empty: bool = True,
) -> None:
    """Put rows on a sheet, or on as many as they need; with `empty`, on one if there are none."""
    forms = {name: book.add_format({"num_format": form}) for name, form in FORMS.items()}
    bold = book.add_format({"bold": True})
    waiting = iter(rows)
    for number in count(1):
        first = list(islice(waiting, 1))
        if not first and (number > 1 or not empty):
            return
        ending = f" ({number})" if number > 1 else ""
        sheet = book.add_worksheet(name[: MAX_SHEET_NAME - len(ending)] + ending)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, WIDTH)
        sheet.write_row(0, 0, header, bold)
        filled = 1  # the header
        for row in chain(first, islice(waiting, limit - 2)):
            for column, value in enumerate(row):
                if value is not None:
                    _write(sheet, filled, column, value, forms)
            filled += 1
        sheet.autofilter(0, 0, filled - 1, len(header) - 1)


def _write(sheet: Any, row: int, column: int, value: object, forms: dict[str, Any]) -> None:
    """One cell, as what it is. Nothing is left to the library to guess."""
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value) if not value.isprintable() else value
        sheet.write_string(row, column, text[:MAX_SHEET_TEXT])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, value, forms["amount"])
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), forms["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, forms["day"])
    else:
        _write(sheet, row, column, str(plain(value)), forms)

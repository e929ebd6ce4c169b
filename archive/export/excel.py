"""An Excel workbook: a sheet of amounts for each type of table, sheets about the documents, the dictionary.

Invariant: no cell is a formula whatever it begins with, and no row is lost to Excel's limit of 1,048,576: a
sheet that is full goes on as "name (2)".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from archive.export.rows import DICTIONARY, Exported, dictionary, replacing
from archive.schema import TABLE_TYPES, TABLES
from archive.workbook import MAX_SHEET_NAME, sheet_cell

MAX_ROWS = 1_048_576
ABOUT = ("documents", "disclosures", "changes", "bodies", "deadlines", "checks")
WIDTH = 16


def write(exported: Exported, path: Path) -> None:
    """Write the workbook."""
    book = Workbook(write_only=True)
    facts = [column.name for column in TABLES["facts"].columns]
    for table_type in TABLE_TYPES:
        wanted = f"coalesce(table_type, 'other') = '{table_type}'"
        rows = exported.rows("facts", wanted, "document_id, table_id, row_no, col_no")
        fill(book, table_type, facts, rows, empty=False)
    for name in ABOUT:
        fill(book, name, [column.name for column in TABLES[name].columns], exported.rows(name))
    fill(book, "dictionary", DICTIONARY, dictionary())
    with replacing(path) as part:
        book.save(part)


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
    waiting = iter(rows)
    for number in count(1):
        first = list(islice(waiting, 1))
        if not first and (number > 1 or not empty):
            return
        ending = f" ({number})" if number > 1 else ""
        sheet = _sheet(book, name[: MAX_SHEET_NAME - len(ending)] + ending, header)
        filled = 1  # the header
        for row in chain(first, islice(waiting, limit - 2)):
            sheet.append([sheet_cell(sheet, value) for value in row])
            filled += 1
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{filled}"


def _sheet(book: Workbook, title: str, header: Sequence[str]) -> Any:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTH
    sheet.append([sheet_cell(sheet, column, bold=True) for column in header])
    return sheet

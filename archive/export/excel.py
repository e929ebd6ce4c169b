"""An Excel workbook: a sheet of amounts for each type of table, sheets about the documents, the dictionary.

Invariant: no cell is a formula or a link whatever it begins with, and no row is lost to Excel's limit of
1,048,576: a sheet that is full goes on as "name (2)". One row is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count, islice
from pathlib import Path

from xlsxwriter import Workbook

from archive.export.rows import DICTIONARY, EXPORTED, Exported, dictionary_rows, replacing
from archive.rendering.workbook import LITERAL, MAX_SHEET_NAME, number_forms, write_row
from parsers.values.table_types import TableType

MAX_ROWS = 1_048_576
ABOUT = ("documents", "disclosures", "changes", "bodies", "deadlines", "checks")
WIDTH = 16


def write(exported: Exported, path: Path) -> None:
    """Write the workbook."""
    with replacing(path) as part, Workbook(part, LITERAL | {"constant_memory": True}) as book:
        facts = [column.name for column in EXPORTED["facts"].columns]
        for table_type in TableType:
            wanted = f"coalesce(table_type, 'other') = '{table_type}'"
            rows = exported.rows("facts", wanted, "document_id, table_id, row_no, col_no")
            fill(book, table_type, facts, rows, empty=False)
        for name in ABOUT:
            fill(book, name, [column.name for column in EXPORTED[name].columns], exported.rows(name))
        fill(book, "dictionary", DICTIONARY, dictionary_rows())


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
    forms = number_forms(book)
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
            write_row(sheet, filled, row, forms)
            filled += 1
        sheet.autofilter(0, 0, filled - 1, len(header) - 1)

"""Performance forms (绩效目标表) to indicators: which project promises what, measured how.

Invariant: one indicator per printed target; a level printed once for several rows (merged cells) goes down to
each of them, never past the next printed one; a project goes on to the next table only where that table
brings no head of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.performance.layout import layout_of
from parsers.performance.reader import FormReader
from parsers.values.results import BudgetTable, Indicator
from parsers.values.table_types import FORMS, TableType

_FORMS = FORMS | {TableType.OTHER}


def indicators(tables: Sequence[BudgetTable]) -> tuple[Indicator, ...]:
    """The targets of all performance forms of a document, in reading order."""
    reader = FormReader()
    found: list[Indicator] = []
    for table in tables:
        if not _may_be_form(table):
            reader = FormReader()
            continue
        reader.begin(table)
        for repeated, printed, page in _rows(table):
            reader.read(repeated, printed, page)
        found.extend(reader.end())
    return tuple(found)


def _may_be_form(table: BudgetTable) -> bool:
    """A form by its title, or a table of any title with the headings of one."""
    if table.table_type in _FORMS:
        return True
    return any(layout_of(table.header, i) for i in range(len(table.header)))


Texts = tuple[str, ...]


def _rows(table: BudgetTable) -> Iterator[tuple[tuple[Texts, ...], Texts, int | None]]:
    """Every printed row: the header down to it with spans repeated, its anchors, its page."""
    first = table.pages[0] if table.pages else None
    for i, row in enumerate(table.header):
        yield table.header[: i + 1], _anchors(row), first
    for i, row in enumerate(table.grid):
        yield (row,), row, table.row_pages[i] if i < len(table.row_pages) else first


def _anchors(row: Texts) -> Texts:
    """A header row with each spanning text at its leftmost column only."""
    return tuple("" if c and text == row[c - 1] else text for c, text in enumerate(row))

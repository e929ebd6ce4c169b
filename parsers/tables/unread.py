"""Notes on money cells: what could not be read, and marks of footnotes that are not part of an amount.

Invariant: every fact without an amount in a table with a unit has a note that names its page and cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.values.amounts import is_masked, read_amount
from parsers.values.document import Note
from parsers.values.results import Fact

MOST_NOTES = 200  # of one table; a sheet that is broken throughout is said to be so once


def cell_notes(table_no: int, sheet: str | None, facts: Sequence[Fact]) -> Iterator[Note]:
    """The notes `unreadable_cell`, `masked_cell`, `footnote_mark` of one table, and how many more."""
    notes = list(_notes(table_no, sheet, facts))
    yield from notes[:MOST_NOTES]
    if len(notes) > MOST_NOTES:
        yield Note("unreadable_cells", f"table {table_no}: {len(notes) - MOST_NOTES} more such cells")


def _notes(table_no: int, sheet: str | None, facts: Sequence[Fact]) -> Iterator[Note]:
    for fact in facts:
        amount = read_amount(fact.amount_text)
        where = f"table {table_no}{f' ({sheet})' if sheet else ''}, row {fact.row_no}, column {fact.col_no}"
        named = " / ".join(filter(None, (fact.row_label, fact.column_path)))
        place = f"{where}{f' ({named})' if named else ''}"
        if fact.is_unread or amount is None:
            code = "masked_cell" if is_masked(fact.amount_text) else "unreadable_cell"
            yield Note(code, f"{place}: {fact.amount_text}", fact.page)
        elif amount is not None and amount.marks:
            detail = f"{place}: {fact.amount_text} is read as {amount.text} with the mark {amount.marks}"
            yield Note("footnote_mark", detail, fact.page)

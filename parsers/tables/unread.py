"""Notes on money cells: what could not be read, and marks of footnotes that are not part of an amount.

Invariant: every fact without an amount in a table with a unit has a note that names its page and cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.values.amounts import is_masked, read_amount
from parsers.values.document import Note
from parsers.values.messages import message
from parsers.values.results import Fact

MOST_NOTES = 200  # of one table; a sheet that is broken throughout is said to be so once


def cell_notes(table_no: int, sheet: str | None, facts: Sequence[Fact]) -> Iterator[Note]:
    """The notes `unreadable_cell`, `masked_cell`, `footnote_mark` of one table, and how many more."""
    notes = list(_notes(table_no, sheet, facts))
    yield from notes[:MOST_NOTES]
    if len(notes) > MOST_NOTES:
        yield Note("unreadable_cells", message("more_such_cells", table=table_no, n=len(notes) - MOST_NOTES))


def _notes(table_no: int, sheet: str | None, facts: Sequence[Fact]) -> Iterator[Note]:
    for fact in facts:
        amount = read_amount(fact.amount_text)
        row, column = fact.row_no, fact.col_no
        place = (
            message("cell_of_sheet", table=table_no, sheet=sheet, row=row, column=column)
            if sheet
            else message("cell_of_body", table=table_no, row=row, column=column)
        )
        if named := " / ".join(filter(None, (fact.row_label, fact.column_path))):
            place = message("cell_named", cell=place, name=named)
        if fact.is_unread or amount is None:
            # What is masked (***) was left out on purpose, and no better reader would read it.
            code = "masked_cell" if is_masked(fact.amount_text) else "unreadable_cell"
            yield Note(code, message("text_of_cell", cell=place, text=fact.amount_text), fact.page)
        elif amount is not None and amount.marks:
            detail = message(
                "amount_with_mark", cell=place, text=fact.amount_text, amount=amount.text, mark=amount.marks
            )
            yield Note("footnote_mark", detail, fact.page)

"""Kind `units`: tables that print amounts without stating their unit.

Invariant: such amounts are not amounts in yuan (`amount_yuan` is null) and no sum is tested on them.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsers.accounting.book import Book
from parsers.accounting.equation import Finding, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.wording import table_name
from parsers.values.messages import message
from parsers.values.results import CellRef
from parsers.values.vocabulary import CheckStatus


def unit_findings(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per table without a unit."""
    for table in book.unitless:
        place = table_name(table)
        says = message("unit_not_stated", table=place, n=len(table.facts))
        refs = tuple(CellRef(table.table_no, fact.row_no, fact.col_no) for fact in table.facts)
        yield Finding(rule, (table.table_no,), place, says, CheckStatus.UNTESTABLE, refs)

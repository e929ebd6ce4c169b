"""What a row is called in any table, and which amounts other tables print again under the same name.

Invariant: an amount is corroborated only by another table; an amount that one row prints twice proves
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from decimal import Decimal

from parsers.accounting.book import Book
from parsers.accounting.outlines import closes
from parsers.accounting.selection import plain_name
from parsers.values.lexicon import lexicon_of
from parsers.values.results import CellRef, Fact

_L = lexicon_of(__name__)

TOTAL = _L.text("total")


def row_key(fact: Fact) -> Hashable | None:
    """合计 for any total's word, else the code, else the name without numbering; None for a row without."""
    if closes(fact.row_label):
        return TOTAL
    code = fact.functional_code or fact.economic_code or fact.gov_economic_code
    return code or plain_name(fact.row_label)


def corroborated(book: Book) -> frozenset[CellRef]:
    """The cells whose amount some other table prints under the same code or name."""
    found: defaultdict[tuple[Hashable, Decimal], list[CellRef]] = defaultdict(list)
    for sheet in book.sheets.values():
        for fact in sheet.table.facts:
            if fact.amount_yuan:
                key = row_key(fact)
                for name in {key, plain_name(fact.row_label) if key != TOTAL else None} - {None}:
                    ref = CellRef(sheet.table.table_no, fact.row_no, fact.col_no)
                    found[name, fact.amount_yuan].append(ref)
    return frozenset(ref for refs in found.values() if len({r.table_no for r in refs}) > 1 for ref in refs)

"""Kind `units`: tables that print amounts without stating their unit.

Invariant: such amounts are not amounts in yuan (`amount_yuan` is null) and no sum is tested on them.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsers.accounting.book import Book
from parsers.accounting.equation import Finding, Phrase, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.wording import table_name
from parsers.values.results import CellRef


def unit_findings(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per table without a unit."""
    for table in book.unitless:
        place = table_name(table)
        zh = f"{place.zh}未注明金额单位，{len(table.facts)}个数字不能换算为元，也未检验。"
        en = f"{place.en} states no unit: its {len(table.facts)} amounts are neither converted nor tested."
        refs = tuple(CellRef(table.table_no, fact.row_no, fact.col_no) for fact in table.facts)
        yield Finding(rule, (table.table_no,), place, Phrase(zh, en), "untestable", refs)

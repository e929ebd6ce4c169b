"""Kind `numbering`: items of a summary table that skip or repeat a number: a row may be missing.

Invariant: only the outermost numbering of a block is judged; nested lists start anew in many forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from parsers.accounting.book import Book
from parsers.accounting.equation import Finding, Place, Yield
from parsers.accounting.outline import ordinal, outline
from parsers.accounting.rules import Rule
from parsers.accounting.wording import row_name, row_place
from parsers.results import TableRow


def numbering(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per gap or repetition."""
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
        for rows in sheet.blocks.values():
            for above, row in _breaks(rows):
                place = row_place(sheet.table, row_name(row.label, None, row.row_no))
                zh = f"{place.zh}的编号与上一项“{above.label}”不连续，疑缺项或编号有误。"
                en = f"{place.en}: its number does not follow “{above.label}”; an item may be missing."
                yield Finding(rule, (sheet.table.table_no,), place, Place(zh, en))


def _breaks(rows: list[TableRow]) -> Iterator[tuple[TableRow, TableRow]]:
    """Neighbouring items of the outermost numbering whose numbers do not follow each other."""
    items = [item.row for item in outline([row for row in rows if row.label.strip()]).items]
    numbered = [(row, found) for row in items if (found := ordinal(row.label)) is not None]
    if numbered and numbered[0][1][1] != 1:
        return
    for (above, first), (row, second) in pairwise(numbered):
        if first[0] == second[0] and second[1] not in (first[1] + 1, 1):
            yield above, row

"""Kinds `numbering`, `serials` and `twice`: a number left out, where a row may be missing; a row twice.

Invariant: only numbers that the table itself prints in order are judged, and a list that starts anew is not a
gap. `numbering` reads the outline of a summary table, `serials` the column of running numbers (序号, 行次),
where most of its numbers follow each other. Equal rows are common (a department and its one body, two equal
purchases): only a total, an item of 三公经费 and a row with a running number are printed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Finding, Yield
from parsers.accounting.outlines import is_total, ordinal, outline_of
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import CountedColumn
from parsers.accounting.wording import row_name, row_place, table_name
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import TableRow
from parsers.values.table_types import TableType
from parsers.values.text import fold

_COST = lexicon_of(__name__).pattern("cost")
_FEW = 2  # gaps in a list; more are a habit: the numbers of empty functional classes are left out


def item_numbers(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per gap or repetition."""
    for sheet in book.within(rule.scope):
        for rows in sheet.blocks.values():
            breaks = list(_breaks(rows))
            for above, row in breaks if len(breaks) <= _FEW else ():
                place = row_place(sheet.table, row_name(row.label, None, row.row_no))
                if above:
                    says = message("number_does_not_follow", row=place, above=above.label)
                else:
                    says = message("number_is_not_first", row=place)
                yield Finding(rule, (sheet.table.table_no,), place, says)


def _breaks(rows: list[TableRow]) -> Iterator[tuple[TableRow | None, TableRow]]:
    """Neighbouring items of one list whose numbers do not follow each other, and lists that begin with 2; an
    outermost list that begins higher counts on from elsewhere."""
    root = outline_of([row for row in rows if row.label.strip()])
    first = next((found for item in root.items if (found := ordinal(item.row.label))), None)
    if first is not None and first[1] > _FEW:
        return
    for owner in (root, *root.walk()):
        numbered = [(i.row, found) for i in owner.items if (found := ordinal(i.row.label)) is not None]
        for (above, one), (row, two) in pairwise(numbered):
            if one[0] == two[0] and two[1] not in (one[1] + 1, 1):
                yield above, row
        if numbered and numbered[0][1][1] == 2:
            yield owner.row if owner is not root else None, numbered[0][0]


def serials(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per number left out of a column whose header fits `column`; `least` numbers must follow
    each other for every one that does not."""
    params = rule.shaped(CountedColumn)
    for sheet in book.within(rule.scope):
        lowest = sheet.table.header[-1] if sheet.table.header else ()
        for number, text in enumerate(lowest):
            if params.column.search(fold(text)):
                yield from _gaps(rule, sheet, number)


def _gaps(rule: Rule, sheet: Ledger, column: int) -> Iterator[Finding]:
    """Many gaps are a layout or a selection, not rows that are missing."""
    grid, listed = sheet.table.grid, {row.row_no for row in sheet.table.rows}
    texts = ((no, fold(grid[no][column])) for no in sorted(listed) if column < len(grid[no]))
    numbered = [(no, int(text)) for no, text in texts if text.isdecimal()]
    start = [(-1, 0)] if numbered and numbered[0][1] <= _FEW else []
    steps = [(no, first, second) for (_, first), (no, second) in pairwise([*start, *numbered])]
    gaps = [step for step in steps if step[2] > step[1] + 1]
    following = sum(second == first + 1 for _, first, second in steps)
    if len(gaps) > _FEW or following < rule.shaped(CountedColumn).least * max(1, len(gaps)):
        return
    for row_no, first, second in gaps:
        name = table_name(sheet.table)
        left_out = str(first + 1) if second == first + 2 else f"{first + 1}–{second - 1}"
        place = message("serial", table=name, number=second)
        says = message("serial_left_out", table=name, number=second, left_out=left_out)
        refs = tuple(
            sheet.fact_term(fact).ref for b in sheet.blocks for fact in sheet.by_row.get((row_no, b), ())
        )
        yield Finding(rule, (sheet.table.table_no,), place, says, refs=refs)


def rows_twice(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per row right below one that prints the same texts in every column."""
    params = rule.shaped(CountedColumn)
    for sheet in book.within(rule.scope):
        lowest = sheet.table.header[-1] if sheet.table.header else ()
        counted = [i for i, text in enumerate(lowest) if params.column.search(fold(text))]
        for above, row in pairwise(sheet.table.rows):
            texts = sheet.table.grid[row.row_no]
            facts = sheet.by_row.get((row.row_no, row.block), ())
            if row.row_no != above.row_no + 1 or texts != sheet.table.grid[above.row_no]:
                continue
            once = is_total(row) or any(texts[i] for i in counted) or _is_item(sheet, row)
            if once and any(fact.amount_yuan for fact in facts):
                place = row_place(sheet.table, row_name(row.label, None, row.row_no))
                refs = tuple(sheet.fact_term(fact).ref for fact in facts)
                says = message("row_twice", row=place)
                yield Finding(rule, (sheet.table.table_no,), place, says, refs=refs)


def _is_item(sheet: Ledger, row: TableRow) -> bool:
    return sheet.table.table_type == TableType.THREE_PUBLIC and (
        not row.label or bool(_COST.search(row.label))
    )

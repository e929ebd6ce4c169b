"""Kinds `totals`, `unclosed`, `ranks` and `units`: what a table leaves out beside its amounts.

Invariant: a table is missed a total only where its rows are an open list: classes or numbered items that no
row closes (`totals`), or rows that add up to what another table of the document prints as a total, while
nearly all its tables print theirs (`unclosed`). Every row below a group has its group, and every group its
rows (`ranks`): the describing columns that a row fills give its rank; tested only in lists that add up, and
only where groups and the rows below them are filled differently; more than a few exceptions are a layout.
Amounts without a unit (`units`) have no value in yuan, and no sum is tested on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from parsers.accounting.book import ZERO, Book, Ledger
from parsers.accounting.equation import Finding, Yield, found_at
from parsers.accounting.kinds.hierarchy.branches import Branch, sound
from parsers.accounting.kinds.hierarchy.coded import code_system, sections_of
from parsers.accounting.kinds.hierarchy.nesting import amounts_of, ordered_by_code, shape, used_rows
from parsers.accounting.outlines import bare, closes, ordinal
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Ranks, Totals
from parsers.accounting.wording import row_name, row_place, table_name
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, CellRef, TableRow
from parsers.values.vocabulary import CheckStatus

_L = lexicon_of(__name__)
_SUM_OF_COSTS = _L.text("sum_of_costs")
_SIDES = frozenset(_L.words("sides"))
_THIS_YEAR = _L.text("this_year")
_FEW = 2
_LEAST = 3  # groups that show what a group looks like; one less beside groups that look like details
_WITNESSES = 4  # tables with a total for each one without


def totals_printed(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per table, and per side of a summary table, that lacks its total."""
    for sheet in book.within(rule.scope):
        if not _goes_on(sheet, book.tables):
            yield from _total(rule, sheet)


def sums_unclosed(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per table without a total whose outermost rows add up to another table's."""
    closed = [sheet for sheet in book.sheets.values() if _is_closed(sheet)]
    left = [s for s in book.sheets.values() if len(s.by_row) > 1 and len(s.blocks) == 1 and not _is_closed(s)]
    if len(closed) < _WITNESSES * len(left):
        return
    for sheet in left:
        if rule.scope.holds(sheet.table) and not _goes_on(sheet, book.tables):
            others = _tables_of_total(sheet, book)
            if others:
                place, there = table_name(sheet.table), table_name(book.sheets[min(others)].table)
                says = message("total_elsewhere", table=place, other=there)
                yield Finding(rule, (sheet.table.table_no,), place, says)


def _is_closed(sheet: Ledger) -> bool:
    return any(row.has_amounts and closes(row.label) for row in sheet.table.rows)


def _tables_of_total(sheet: Ledger, book: Book) -> frozenset[int]:
    """Other tables that print as a total what the rows that no other row contains add up to, in the first
    money column, within rounding; none if it is unclear which these are."""
    (block, rows), column = next(iter(sheet.blocks.items())), sheet.columns[0].number
    system = code_system(rows)
    if system is not None:
        sections = sections_of(rows, system)
        parts = [n.row for n in sections[0].root.children] if len(sections) == 1 else []
    else:
        parts = [row for row in rows if row.has_amounts]
        listed = amounts_of(sheet, parts, sheet.block_columns(block)[:1]) if len(parts) > 1 else None
        parts = parts[:1] if listed is not None and sound(listed) else parts
    total = sum((sheet.term(row.row_no, column).yuan for row in parts), ZERO)
    slack = sheet.step / 2 * (len(parts) + 1) if len(parts) > 1 else ZERO
    found = (numbers for amount, numbers in book.totals.items() if total and abs(amount - total) <= slack)
    return frozenset().union(*found) - {sheet.table.table_no}


def _goes_on(sheet: Ledger, tables: Sequence[BudgetTable]) -> bool:
    """Whether the total may stand in another table: one of the same name (a table that repeats its title on
    every page), or one right behind that has no name of its own."""
    own = sheet.table
    return any(
        other.table_type == own.table_type and other.title == own.title
        if other.title
        else other.table_no == own.table_no + 1
        for other in tables
        if other.table_no != own.table_no
    )


def _total(rule: Rule, sheet: Ledger) -> Iterator[Finding]:
    """A block of several classes, or of numbered items, that no total closes."""
    params = rule.shaped(Totals)
    summary = sheet.table.table_type in params.summaries
    if any(row.label.strip().endswith(_SUM_OF_COSTS) for row in sheet.table.rows):
        return  # final accounts close 人员经费 and 公用经费 apart, over blocks side by side
    closed = any(_closes_all(row) for row in sheet.table.rows)
    for block, rows in sheet.blocks.items():
        printed = [row for row in rows if row.has_amounts]
        after = _carried_over(rows, params.carry) or (_left_open(rows) if closed else None)
        if summary and after is not None:
            place = row_place(sheet.table, row_name(after.label, None, after.row_no))
            says = message("grand_total_lost", row=place)
            yield Finding(rule, (sheet.table.table_no,), place, says)
        if any(closes(row.label) for row in rows) or any(not row.label for row in printed):
            continue
        if summary:
            open_ended = len(printed) > 1 and any(ordinal(row.label) for row in printed)
            open_ended &= all(bare(row.label) not in _SIDES for row in printed)  # 一、收入: closes its side
        else:
            system = code_system(rows) if sheet.prints_codes(block) else None
            sections = sections_of(rows, system) if system else []
            open_ended = len(sections) == 1 and len(sections[0].root.children) > 1 and not sections[0].head
            open_ended |= not code_system(rows) and _lists_alike(sheet, block, printed)
        if open_ended:
            place = table_name(sheet.table)
            yield Finding(rule, (sheet.table.table_no,), place, message("total_lost", table=place))


def _lists_alike(sheet: Ledger, block: int, rows: Sequence[TableRow]) -> bool:
    """Several rows that do not add up to any of them: bodies without their department or total."""
    columns = sheet.block_columns(block)[:1]
    listed = amounts_of(sheet, rows, columns) if len(rows) > _FEW else None
    if listed is None or sound(listed):
        return False
    first, *others = (sheet.term(row.row_no, columns[0].number).yuan for row in rows)
    return not sum(others) / 2 <= first <= sum(others) * 2


def _carried_over(rows: Sequence[TableRow], carry: re.Pattern[str]) -> TableRow | None:
    """The carry-over row that ends a block after its current total, where a grand total should close it."""
    named = [row for row in rows if row.label.strip()]
    totals = [i for i, row in enumerate(named) if closes(row.label) and row.has_amounts]
    if len(totals) != 1 or not bare(named[totals[0]].label).startswith(_THIS_YEAR):
        return None
    after = named[totals[0] + 1 :]
    return after[-1] if after and carry.search(after[0].label) else None


def _closes_all(row: TableRow) -> bool:
    """Whether a row is a grand total: of more than this year's amounts."""
    return row.has_amounts and closes(row.label) and not bare(row.label).startswith(_THIS_YEAR)


def _left_open(rows: Sequence[TableRow]) -> TableRow | None:
    """The last row of a block that closes this year's amounts alone, while the block beside it closes all."""
    totals = [row for row in rows if row.has_amounts and closes(row.label)]
    return rows[-1] if totals and not any(map(_closes_all, totals)) else None


def groups_and_rows(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per run of rows without their group, and per group without rows."""
    by_other_keys = rule.shaped(Ranks).by_other_keys
    for sheet in book.within(rule.scope):
        for block, rows in sheet.blocks.items():
            columns = sheet.block_columns(block)
            used = used_rows(sheet, rows, columns)
            if len(used) <= _LEAST or ordered_by_code(sheet, block, by_other_keys):
                continue
            filled = [c for c in columns if any(sheet.term(row.row_no, c.number).yuan for row in used)]
            listed = amounts_of(sheet, used, filled)
            tree = sound(listed) if listed else None
            if tree is not None:
                found = [f for branch in tree.walk() for f in _exceptions(rule, sheet, used, branch)]
                if len(found) <= _FEW:
                    yield from found


def _exceptions(rule: Rule, sheet: Ledger, rows: list[TableRow], branch: Branch) -> Iterator[Finding]:
    money = {column.number for column in sheet.columns}
    shapes = {part.position: shape(sheet, rows[part.position].row_no, money) for part in branch.walk()}
    groups = [part for part in branch.parts if part.parts]
    inner = {shapes[row.position] for group in groups for row in group.parts}
    # A table whose heads look like its details has no order that a row could break.
    heads = {shapes[group.position] for group in groups} - inner
    of_details = any(shapes[group.position] in inner for group in groups)
    if sum(shapes[group.position] in heads for group in groups) < (_LEAST - 1 if of_details else _LEAST):
        return
    for lost, run in groupby(branch.parts, lambda p: shapes[p.position] in inner):
        row = rows[next(run).position]
        if lost:
            yield found_at(rule, sheet, row, message("parent_row_lost"))
    for part in branch.parts:
        if not part.parts and shapes[part.position] in heads:
            yield found_at(rule, sheet, rows[part.position], message("details_lost"))


def unit_findings(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per table without a unit."""
    for table in book.unitless:
        place = table_name(table)
        says = message("unit_not_stated", table=place, n=len(table.facts))
        refs = tuple(CellRef(table.table_no, fact.row_no, fact.col_no) for fact in table.facts)
        yield Finding(rule, (table.table_no,), place, says, CheckStatus.UNTESTABLE, refs)

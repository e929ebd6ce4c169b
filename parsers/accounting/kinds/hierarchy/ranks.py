"""Kind `ranks`: lists in which every row below a group has its group, and every group its rows.

Invariant: the describing columns that a row fills give its rank; tested only in lists that add up, and only
where groups and the rows below them are filled differently. More than a few exceptions are a layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Finding, Yield
from parsers.accounting.kinds.hierarchy.branches import Branch, sound
from parsers.accounting.kinds.hierarchy.nesting import amounts_of, ordered_by_code, shape, used_rows
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Ranks
from parsers.accounting.wording import row_name, row_place
from parsers.values.messages import Message, message
from parsers.values.results import TableRow

_FEW = 2
_LEAST = 3  # groups that show what a group looks like; one less beside groups that look like details


def groups_and_rows(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per run of rows without their group, and per group without rows."""
    by_other_keys = rule.shaped(Ranks).by_other_keys
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
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
            yield _finding(rule, sheet, row, message("parent_row_lost"))
    for part in branch.parts:
        if not part.parts and shapes[part.position] in heads:
            yield _finding(rule, sheet, rows[part.position], message("details_lost"))


def _finding(rule: Rule, sheet: Ledger, row: TableRow, says: Message) -> Finding:
    place = row_place(sheet.table, row_name(row.label, None, row.row_no))
    refs = tuple(sheet.fact_term(fact).ref for fact in sheet.by_row.get((row.row_no, row.block), ()))
    says = message("finding_at", place=place, says=says)
    return Finding(rule, (sheet.table.table_no,), place, says, refs=refs)

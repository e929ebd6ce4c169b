"""Kind `header`: a 小计 or 合计 column is the sum of the columns it stands beside in the header's tree.

Invariant: read from the header alone, and therefore a presumption (`family`): a table that refutes it in most
of its rows makes it untestable. Columns that only detail others (其中) are never parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.accounting.book import ZERO, Book, Ledger, MoneyColumn
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Header
from parsers.accounting.wording import cell_place, fact_code, row_name
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

_DETAIL = _L.pattern("detail")


def header_sums(rule: Rule, book: Book) -> Iterator[Yield]:
    """All rows of all tables in scope; `whole` and `not_part` are patterns of header texts."""
    params = rule.shaped(Header)
    for sheet in book.sheets.values():
        if rule.scope.holds(sheet.table):
            for block in sheet.blocks:
                for total, parts, details in _groups(
                    sheet.block_columns(block), 0, params.whole, params.not_part
                ):
                    everything = [*parts, *details]
                    if details and _holding(sheet, total, everything) > _holding(sheet, total, parts):
                        parts = everything  # 其中：基本支出 | 项目支出: 其中 stands over both
                    yield from _rows(rule, sheet, block, total, parts)


def _groups(
    columns: Sequence[MoneyColumn], depth: int, whole: re.Pattern[str], not_part: re.Pattern[str]
) -> Iterator[tuple[MoneyColumn, list[MoneyColumn], list[MoneyColumn]]]:
    """(whole, parts, columns under 其中) of every group of columns that share the header texts above
    `depth`."""
    runs = _runs(columns, depth)
    totals = [run[0] for run in runs if len(run) == 1 and _is_whole(run[0], depth, whole)]
    if depth == 0 and len(totals) > 1:
        return  # a header that lost its upper row in places: where its groups end is not known
    for run in runs:
        if len(run) > 1:
            yield from _groups(run, depth + 1, whole, not_part)
    if len(totals) != 1:
        return
    parts = [_representative(run, depth, whole) for run in runs if run[0] is not totals[0]]
    flat = [c for part in parts for c in part if not _excluded(c, depth, not_part)]
    details = [c for part in parts for c in part if _is_detail(c, depth) and not _named(c, depth, not_part)]
    if flat:
        yield totals[0], flat, details


def _holding(sheet: Ledger, total: MoneyColumn, parts: Sequence[MoneyColumn]) -> int:
    """How many rows that print a total have it as the sum of these columns."""
    found = 0
    for row_no in {row_no for row_no, _ in sheet.by_row}:
        left = sheet.term(row_no, total.number)
        right = sum((sheet.term(row_no, part.number).yuan for part in parts), ZERO)
        found += bool(left.yuan) and abs(left.yuan - right) <= sheet.step
    return found


def _runs(columns: Sequence[MoneyColumn], depth: int) -> list[list[MoneyColumn]]:
    """Neighbouring columns with the same header text at this depth; columns that end above it alone."""
    runs: list[list[MoneyColumn]] = []
    for column in columns:
        same = (
            runs
            and len(column.path) > depth + 1
            and len(runs[-1][-1].path) > depth + 1
            and runs[-1][-1].path[depth] == column.path[depth]
        )
        if same:
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


def _is_whole(column: MoneyColumn, depth: int, whole: re.Pattern[str]) -> bool:
    texts = column.path[depth:]
    return bool(texts) and all(whole.search(fold(text)) for text in texts)


def _representative(run: list[MoneyColumn], depth: int, whole: re.Pattern[str]) -> list[MoneyColumn]:
    """The columns that stand for a group: its own 小计 where it has one, else all of them."""
    if len(run) == 1:
        return run
    own = [column for column in run if _is_whole(column, depth + 1, whole)]
    return own[:1] if own else run


def _excluded(column: MoneyColumn, depth: int, not_part: re.Pattern[str]) -> bool:
    return _is_detail(column, depth) or _named(column, depth, not_part)


def _is_detail(column: MoneyColumn, depth: int) -> bool:
    return any(_DETAIL.match(fold(text)) for text in column.path[depth:])


def _named(column: MoneyColumn, depth: int, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(fold(text)) for text in column.path[depth:])


def _rows(
    rule: Rule, sheet: Ledger, block: int, total: MoneyColumn, parts: list[MoneyColumn]
) -> Iterator[Equation]:
    family = (rule.id, sheet.table.table_no, total.number)
    for (row_no, in_block), facts in sheet.by_row.items():
        if in_block != block:
            continue
        right = tuple(sheet.term(row_no, column.number) for column in parts)
        left = sheet.term(row_no, total.number)
        if left.fact is None and not any(term.yuan for term in right):
            continue
        label = row_name(facts[0].row_label, fact_code(facts[0]), row_no)
        place = cell_place(sheet.table, label, " / ".join(total.path))
        yield Equation(rule, (left,), right, place, sheet.step, family)

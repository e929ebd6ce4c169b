"""Rows that print nothing although their parts print amounts (数据漏填).

Invariant: a blank row is a finding only in a table whose other rows of the same rank do print their sums:
forms whose captions never carry amounts are not findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.completeness.disclosure import Disclosure, found
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check, TableRow
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus

_L = lexicon_of(__name__)

_RANKS = (
    _L.pattern("ranks"),
    _L.pattern("ranks_2"),
    re.compile(r"^\d{1,2}[、.．]"),
    re.compile(r"^\(\d{1,2}\)"),
)


def check_blanks(disclosure: Disclosure) -> Iterator[Check]:
    """One check for every blank row above rows with amounts."""
    for table in disclosure.tables:
        nonzero = {(fact.row_no, fact.block) for fact in table.facts if fact.amount_yuan}
        for block in sorted({row.block for row in table.rows}):
            rows = [row for row in table.rows if row.block == block]
            for row in (*_blank_codes(rows, nonzero), *_blank_captions(rows, nonzero)):
                yield _finding(table, row)


Filled = set[tuple[int, int]]


def _blank_codes(rows: Sequence[TableRow], nonzero: Filled) -> Iterator[TableRow]:
    """A code without amounts whose longer codes below print some."""
    for system in ("functional", "economic"):
        coded = [(row, row.codes[system]) for row in rows if system in row.codes]
        parents = [
            (row, [other for other, longer in coded if longer != code and longer.startswith(code)])
            for row, code in coded
        ]
        parents = [(row, below) for row, below in parents if _any_filled(below, nonzero)]
        if any((row.row_no, row.block) in nonzero for row, _ in parents):
            yield from (row for row, _ in parents if not row.has_amounts)


def _blank_captions(rows: Sequence[TableRow], nonzero: Filled) -> Iterator[TableRow]:
    """`1、人员经费支出` without an amount above `(1)工资福利支出` with one, in a column of amounts that does
    print the sums of its first rank."""
    ranked = [(row, _rank(row.label)) for row in rows]
    if not any(rank is not None and (row.row_no, row.block) in nonzero for row, rank in ranked[:1]):
        return
    for i, (row, rank) in enumerate(ranked):
        if rank is None or row.has_amounts or row.codes:
            continue
        below: list[TableRow] = []
        for other, depth in ranked[i + 1 :]:
            if depth is None or depth <= rank:
                break
            below.append(other)
        if _any_filled(below, nonzero):
            yield row


def _any_filled(rows: Sequence[TableRow], nonzero: Filled) -> bool:
    return any((row.row_no, row.block) in nonzero for row in rows)


def _rank(label: str) -> int | None:
    compact = fold(label)
    return next((rank for rank, ordinal in enumerate(_RANKS) if ordinal.match(compact)), None)


def _finding(table: BudgetTable, row: TableRow) -> Check:
    label = "".join((*row.codes.values(), row.label))
    what = message("row_blank_above_parts", title=table.title, row=row.row_no + 1, label=label)
    page = table.row_pages[row.row_no] if row.row_no < len(table.row_pages) else None
    return found("complete-blank", CheckStatus.FAILS, what, tables=(table.table_no,), page=page)

"""Rows that say too little: blank though their parts print amounts (数据漏填), or of too short a code.

Invariant: a blank row is a finding only in a table whose other rows of the same rank do print their sums:
forms whose captions never carry amounts are not findings. A code is too short only where it prints an amount,
no code below it stands in its table or in another of the kind, and the classification has some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache
from itertools import pairwise

from parsers.accounting.withheld import is_secret, is_secret_class
from parsers.completeness.disclosure import Disclosure, found
from parsers.reference.codes import classification
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check, TableRow
from parsers.values.table_types import TableType
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus, NamedRule

_L = lexicon_of(__name__)

_RANKS = (
    _L.pattern("ranks"),
    _L.pattern("ranks_2"),
    re.compile(r"^\d{1,2}[、.．]"),
    re.compile(r"^\(\d{1,2}\)"),
)
Filled = set[tuple[int, int]]
_FUNCTIONAL = (
    (TableType.GENERAL_EXPENDITURE, TableType.APPROPRIATION_EXPENDITURE),
    "functional", NamedRule.FUNCTIONAL_DEPTH, 7,
)  # fmt: skip
_ECONOMIC = (
    (TableType.GENERAL_BASIC_ECONOMIC, TableType.APPROPRIATION_BASIC_ECONOMIC),
    "economic", NamedRule.ECONOMIC_DEPTH, 5,
)  # fmt: skip


def check_blanks(disclosure: Disclosure) -> Iterator[Check]:
    """One check for every blank row above rows with amounts."""
    for table in disclosure.tables:
        nonzero = {(fact.row_no, fact.block) for fact in table.facts if fact.amount_yuan}
        for block in sorted({row.block for row in table.rows}):
            rows = [row for row in table.rows if row.block == block]
            for row in (*_blank_codes(rows, nonzero), *_blank_captions(rows, nonzero)):
                yield _finding(table, row)


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
    return found(NamedRule.BLANK, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)


def check_depth(disclosure: Disclosure) -> Iterator[Check]:
    """One check for every table that must go down to 项 or 款."""
    if is_secret(disclosure.headline.body_name):
        return  # what is not broken down may be withheld
    for kinds, system, rule, digits in (_FUNCTIONAL, _ECONOMIC):
        tables = [table for table in disclosure.tables if table.table_type in kinds]
        every = {row.codes[system] for table in tables for row in table.rows if system in row.codes}
        for table in tables:
            yield from _check(table, every, system, rule, digits)


@cache
def _deepest(system: str) -> frozenset[str]:
    """Codes below which the classification has none, as those of 219 援助其他地区支出."""
    codes = {line.code for line in classification(system)}
    return frozenset(codes - {code[:length] for code in codes for length in range(3, len(code), 2)})


def _check(table: BudgetTable, every: Set[str], system: str, rule: NamedRule, digits: int) -> Iterator[Check]:
    """Only codes with amounts are judged. A code is too short if no longer one of `every` starts with it."""
    nonzero = {(fact.row_no, fact.block) for fact in table.facts if fact.amount_yuan}
    codes = {
        code: row.label
        for row in table.rows
        if (code := row.codes.get(system)) and (row.row_no, row.block) in nonzero
    }
    if not codes:
        return
    # A name that two codes share leaves its row without a code: it is a part all the same.
    parted = {
        above.codes[system]
        for above, row in pairwise(table.rows)
        if system in above.codes and not row.codes and fold(row.label) == fold(above.label)
    }
    short = [
        f"{code}{label}"
        for code, label in codes.items()
        if len(code) < digits
        and not any(other != code and other.startswith(code) for other in every)
        and code not in _deepest(system) | parted
        and not (system == "functional" and is_secret_class(code))
    ]
    page = table.pages[0] if table.pages else None
    if short:
        what = message("codes_not_broken_down", title=table.title, codes=tuple(short[:6]))
        yield found(rule, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)
    else:
        what = message("codes_broken_down", title=table.title)
        yield found(rule, CheckStatus.HOLDS, what, tables=(table.table_no,), page=page)

"""Kind `roster`: tables that list the same bodies (单位) list them with the same rows above and below them.

Invariant: a row is missed only where every other table that prints the code beside it (of its department, or
of a part of it) prints it too, and at least `least` of them do: a body without amounts of a kind is not a
gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.accounting.book import Book, Ledger
from parsers.accounting.equation import Finding, Yield
from parsers.accounting.outlines import is_total
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import CountedColumn
from parsers.accounting.wording import row_place, table_name
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.text import fold

_L = lexicon_of(__name__)

_TOTAL = _L.text("total")


@dataclass(frozen=True, slots=True)
class _Roster:
    """The body codes one table prints, 合计 among them where it closes them."""

    sheet: Ledger
    keys: frozenset[str]


def bodies_listed(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding per body code (or total) that a table lacks beside a code that begins with it, or that it
    begins with. `column` is the pattern of the header above the codes."""
    params = rule.shaped(CountedColumn)
    sheets = [sheet for sheet in book.sheets.values() if rule.scope.holds(sheet.table)]
    rosters = [found for sheet in sheets if (found := _roster(sheet, params.column)) is not None]
    for one in rosters:
        others = [other for other in rosters if other is not one]
        for key in sorted(frozenset().union(*(other.keys for other in others)) - one.keys):
            if one.sheet.table.table_type == "three_public" and _is_part(key, one.keys):
                continue  # a body without such costs need not be listed
            near = [beside for beside in one.keys if _belongs(key, beside)]
            witnesses = [other for other in others if any(beside in other.keys for beside in near)]
            if len(witnesses) >= params.least and all(key in other.keys for other in witnesses):
                yield _missing(rule, one.sheet, key, witnesses[0].sheet)


def _roster(sheet: Ledger, header: re.Pattern[str]) -> _Roster | None:
    lowest = sheet.table.header[-1] if sheet.table.header else ()
    column = next((i for i, text in enumerate(lowest) if header.search(fold(text))), None)
    if column is None:
        return None
    keys = set()
    for row in sheet.table.rows:
        code = fold(sheet.table.grid[row.row_no][column])
        if row.has_amounts:
            keys |= {_TOTAL} if is_total(row) else {code} if code.isdecimal() else set()
    return _Roster(sheet, frozenset(keys)) if keys - {_TOTAL} else None


def _belongs(key: str, beside: str) -> bool:
    """Whether one is the other's department, or the total of both."""
    if _TOTAL in (key, beside):
        return key == _TOTAL
    return key != beside and (key.startswith(beside) or beside.startswith(key))


def _is_part(key: str, keys: frozenset[str]) -> bool:
    """Whether a code is that of a body below one that is listed."""
    return key != _TOTAL and any(key != other and key.startswith(other) for other in keys)


def _missing(rule: Rule, sheet: Ledger, key: str, other: Ledger) -> Finding:
    place, there = row_place(sheet.table, key), table_name(other.table)
    return Finding(rule, (sheet.table.table_no,), place, message("body_not_listed", row=place, table=there))

"""Kinds `changes` and `years`: this year's amount is last year's plus the change (增减) printed beside or
below them; where the rows of a list are grouped so, every group has all three.

Invariant: the three columns have one header but for the year, the three rows follow each other; a change
printed without its sign is taken by what it amounts to. A presumption: forms call other things 增减, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.accounting.book import Book, Ledger, MoneyColumn, Term
from parsers.accounting.equation import Equation, Finding, Yield
from parsers.accounting.rulebook import Rule
from parsers.accounting.shapes import Changes
from parsers.accounting.wording import cell_name, row_name, row_place
from parsers.values.messages import message
from parsers.values.results import TableRow
from parsers.values.text import fold

_YEAR = re.compile(r"20\d{2}")
_PAIR = 2  # what is left of a group of three


def change_columns(rule: Rule, book: Book) -> Iterator[Yield]:
    """`change`, `prior`, `current` are patterns of header texts and of the texts that describe a row."""
    patterns = dict(rule.shaped(Changes))
    for sheet in book.within(rule.scope):
        for block, rows in sheet.blocks.items():
            yield from _by_column(rule, sheet, block, patterns)
            yield from _by_row(rule, sheet, block, rows, patterns)


def _by_column(
    rule: Rule, sheet: Ledger, block: int, patterns: dict[str, re.Pattern[str]]
) -> Iterator[Equation]:
    """Change = this year - the year before, of columns whose heads differ in that one word alone."""
    columns = sheet.block_columns(block)
    for column in columns:
        for level, text in enumerate(column.path):
            if patterns["change"].search(fold(text)):
                rest = _without(column, level)
                like = [c for c in columns if c is not column and _without(c, level) == rest]
                found = _years([c.path[level] for c in like], patterns)
                if found is not None:
                    prior, current = (like[i].number for i in found)
                    for row_no in sorted({row for row, in_block in sheet.by_row if in_block == block}):
                        places = ((row_no, c) for c in (prior, current, column.number))
                        yield from _sum(rule, sheet, [sheet.term(*place) for place in places], column.number)
                break


def year_rows(rule: Rule, book: Book) -> Iterator[Yield]:
    """One finding for the group that lacks one of the three rows that all other groups of its list print; a
    change from one year to another needs both in any case."""
    patterns = dict(rule.shaped(Changes))
    for sheet in book.within(rule.scope):
        for rows in sheet.blocks.values():
            said = _said(sheet, rows)
            ends = [i for i, text in enumerate(said) if patterns["change"].search(text)]
            full = {j for i in ends if i > 1 and _years(said[i - 2 : i], patterns) for j in (i - 2, i - 1, i)}
            timed = (_YEAR.search(text) or any(p.search(text) for p in patterns.values()) for text in said)
            left = [i for i, found in enumerate(timed) if found and i not in full]
            if len(left) != _PAIR or left[0] + 1 != left[1]:
                continue
            if full or (set(left) & set(ends) and _YEAR.search(said[left[0]])):
                row = rows[left[0]]
                place = row_place(sheet.table, row_name(row.label, None, row.row_no))
                says = message("year_row_lost", row=place)
                yield Finding(rule, (sheet.table.table_no,), place, says)


def _without(column: MoneyColumn, level: int) -> tuple[int, tuple[str, ...]]:
    return len(column.path), column.path[:level] + column.path[level + 1 :]


def _by_row(
    rule: Rule, sheet: Ledger, block: int, rows: Sequence[TableRow], patterns: dict[str, re.Pattern[str]]
) -> Iterator[Equation]:
    said = _said(sheet, rows)
    for at in range(2, len(rows)):
        found = _years(said[at - 2 : at], patterns) if patterns["change"].search(said[at]) else None
        if found is not None:
            prior, current = (rows[at - 2 + i].row_no for i in found)
            for column in sheet.block_columns(block):
                places = ((row_no, column.number) for row_no in (prior, current, rows[at].row_no))
                yield from _sum(rule, sheet, [sheet.term(*place) for place in places], rows[at].row_no)


def _said(sheet: Ledger, rows: Sequence[TableRow]) -> list[str]:
    """The texts that describe each row."""
    money = {column.number for column in sheet.columns}
    grid = sheet.table.grid
    return ["".join(fold(t) for i, t in enumerate(grid[row.row_no]) if i not in money) for row in rows]


def _years(texts: Sequence[str], patterns: dict[str, re.Pattern[str]]) -> tuple[int, int] | None:
    """Which of two texts names last year and which this year: by the word, else by the number of the year."""
    if len(texts) != 2 or any(patterns["change"].search(fold(text)) for text in texts):
        return None
    for prior, current in ((0, 1), (1, 0)):
        before, after = fold(texts[prior]), fold(texts[current])
        if patterns["prior"].search(before) and patterns["current"].search(after):
            return prior, current
        years = _YEAR.search(before), _YEAR.search(after)
        if years[0] and years[1] and int(years[0][0]) + 1 == int(years[1][0]):
            return prior, current
    return None


def _sum(rule: Rule, sheet: Ledger, terms: Sequence[Term], place: int) -> Iterator[Equation]:
    prior, current, change = terms
    if all(term.fact is None for term in terms):
        return
    whole, part = (prior, current) if prior.yuan - current.yuan == change.yuan else (current, prior)
    family = (rule.id, sheet.table.table_no, place)
    yield Equation(rule, (whole,), (part, change), cell_name(whole, sheet.table), sheet.step, family)

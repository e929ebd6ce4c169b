"""Kinds `echo`, `lacking` and `roster`: tables that print one list agree in it, and in which rows it has.

Invariant: no table type is named, for what documents print twice differs by province. Two columns are taken
for one list where at least `least` rows agree, and `most` times as many as differ; a row that differs counts
only below an agreeing row that contains it (its class, the total), so that what one table leaves out is not a
difference. In lists of bodies (单位, `roster`) a row is missed only where every other table that prints the
code beside it (of its department, or of a part of it) prints it too, and at least `least` of them do: a body
without amounts of a kind is not a gap.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from parsers.accounting.book import Book, Ledger, Term
from parsers.accounting.equation import CENTS, Equation, Finding, Yield
from parsers.accounting.outlines import is_total
from parsers.accounting.rulebook import Rule
from parsers.accounting.selection import TOTAL, plain_name, row_key
from parsers.accounting.shapes import CountedColumn, Echo, Lacking
from parsers.accounting.wording import cell_name, fact_code, row_name, row_place, table_name
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.table_types import TableType
from parsers.values.text import fold


@dataclass(frozen=True, slots=True)
class _List:
    """The amounts of one column by the name of their row; rows of one name are left out."""

    sheet: Ledger
    terms: dict[Hashable, Term]


def echoed_lists(rule: Rule, book: Book) -> Iterator[Yield]:
    """Each list against the next one that prints it again."""
    params = rule.shaped(Echo)
    lists = _lists(params, book)
    continued: set[int] = set()
    for first, second in _alike(lists, params.least):
        keys = _shared(params, lists[first], lists[second]) if first not in continued else []
        if keys:
            continued.add(first)
            yield from _rows(rule, lists[first], lists[second], keys)


def lacking(rule: Rule, book: Book) -> Iterator[Finding]:
    """Rows that one list prints and another lacks, where both print the same total and agree in all rows they
    share; `few` at most, for more are another depth of the same amounts."""
    params = rule.shaped(Lacking)
    lists = [found for found in _lists(params, book) if rule.scope.holds(found.sheet.table)]
    seen: set[tuple[int, Hashable]] = set()
    for pair in _alike(lists, params.least):
        for full, short in ((lists[i], lists[j]) for i, j in (pair, pair[::-1])):
            for key in _lacks(params, full, short):
                if (where := (short.sheet.table.table_no, key)) not in seen:
                    seen.add(where)
                    yield _left_out(rule, full, short, key)


def _lists(params: Echo, book: Book) -> list[_List]:
    lists = (_list(sheet, c.number) for sheet in book.sheets.values() for c in sheet.columns)
    return [found for found in lists if len(found.terms) >= params.least]


def _lacks(params: Lacking, full: _List, short: _List) -> list[Hashable]:
    """A row is missing only if the totals agree, its label is nowhere in the short table, and its code is as
    deep as codes there."""
    both = [key for key, term in full.terms.items() if key in short.terms and term.yuan]
    if TOTAL not in both or any(abs(full.terms[k].yuan - short.terms[k].yuan) > CENTS for k in both):
        return []
    present = {fact.row_label and plain_name(fact.row_label) for fact in short.sheet.table.facts}
    depths = {len(str(key)) for key in short.terms if _is_code(key)}
    found = [
        key
        for key, term in full.terms.items()
        if term.yuan
        and key not in short.terms
        and term.fact is not None
        and plain_name(term.fact.row_label) not in present
        and (not _is_code(key) or len(str(key)) in depths)
    ]
    return found if len(found) <= params.few and len(both) > params.most * len(found) else []


def _left_out(rule: Rule, full: _List, short: _List, key: Hashable) -> Finding:
    fact = full.terms[key].fact
    assert fact is not None
    name = row_name(fact.row_label, fact_code(fact), fact.row_no)
    here, there = row_place(short.sheet.table, name), table_name(full.sheet.table)
    numbers = short.sheet.table.table_no, full.sheet.table.table_no
    return Finding(rule, numbers, here, message("row_not_listed", row=here, table=there))


def _list(sheet: Ledger, number: int) -> _List:
    terms: dict[Hashable, Term] = {}
    doubled: set[Hashable] = set()
    for fact in sheet.table.facts:
        if fact.col_no == number and (key := row_key(fact)) is not None:
            if key in terms:
                doubled.add(key)
            terms[key] = sheet.fact_term(fact)
    return _List(sheet, {key: term for key, term in terms.items() if key not in doubled})


def _alike(lists: list[_List], least: int) -> list[tuple[int, int]]:
    """Pairs of lists of different tables with at least `least` rows in common, in document order."""
    where: defaultdict[tuple[Hashable, Decimal], list[int]] = defaultdict(list)
    for position, found in enumerate(lists):
        for key, term in found.terms.items():
            if term.yuan:
                where[key, term.yuan].append(position)
    common = Counter(pair for positions in where.values() for pair in combinations(positions, 2))
    return sorted(
        pair
        for pair, count in common.items()
        if count >= least and lists[pair[0]].sheet is not lists[pair[1]].sheet
    )


def _shared(params: Echo, first: _List, second: _List) -> list[Hashable]:
    """The rows that both lists print and that must agree, if the lists are one."""
    both = [key for key in first.terms if key in second.terms]
    agreeing = {key for key in both if abs(first.terms[key].yuan - second.terms[key].yuan) <= CENTS}
    telling = [key for key in both if key in agreeing and first.terms[key].yuan]
    differing = [key for key in both if key not in agreeing and _contained(key, telling)]
    if len(telling) < max(params.least, params.most * len(differing)):
        return []
    return [*telling, *differing]


def _contained(key: Hashable, agreeing: Iterable[Hashable]) -> bool:
    """Whether the total or a code that begins this one is among the rows that agree."""
    return key != TOTAL and any(
        whole == TOTAL or (_is_code(whole) and _is_code(key) and str(key).startswith(str(whole)))
        for whole in agreeing
    )


def _is_code(key: Hashable) -> bool:
    return str(key).isdigit()


def _rows(rule: Rule, first: _List, second: _List, keys: Iterable[Hashable]) -> Iterator[Equation]:
    step = max(first.sheet.step, second.sheet.step)
    for key in keys:
        left, right = first.terms[key], second.terms[key]
        place, against = cell_name(left, first.sheet.table), cell_name(right, second.sheet.table)
        yield Equation(rule, (left,), (right,), place, step, against=against)


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
    rosters = [found for s in book.within(rule.scope) if (found := _roster(s, params.column)) is not None]
    for one in rosters:
        others = [other for other in rosters if other is not one]
        for key in sorted(frozenset().union(*(other.keys for other in others)) - one.keys):
            if one.sheet.table.table_type == TableType.THREE_PUBLIC and _is_part(key, one.keys):
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

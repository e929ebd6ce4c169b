"""Rows whose names are cut: what is left of a longer one, the rest of which stands elsewhere or nowhere.

Invariant: a name that is one itself, or a word of all tables, is never taken for a rest; a row with a code, a
project or a subject is named by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from parsers.accounting.outlines import ordinal
from parsers.reference.codes import class_names, name_behind_code
from parsers.values.lexicon import lexicon_of
from parsers.values.results import BudgetTable, Fact, TableRow
from parsers.values.text import fold

_L = lexicon_of(__name__)
_CUT = _L.pattern("cut")
_WORDS = frozenset(_L.words("plain"))
SEVERAL = 2  # rows with names that are cut: no chance


def rows_cut(tables: Sequence[BudgetTable]) -> frozenset[int]:
    """The numbers of the tables drawn on pages that print what is left of their rows' names: rows too low for
    two lines, of which the first, with the code, was lost or went to the row above. Several in one table; one
    is enough where another table of the document has several."""
    unnamed = {
        table.table_no: len(
            {fact.row_no for fact in table.facts if fact.row_label and not is_named(fact)}
            | _without_their_number(table.rows)
        )
        for table in tables
        if table.pages
    }
    if max(unnamed.values(), default=0) < SEVERAL:
        return frozenset()
    return frozenset(number for number, rows in unnamed.items() if rows)


def _without_their_number(rows: Sequence[TableRow]) -> set[int]:
    """The rows of a numbered list that stand in the place of a number and print the end of a name (支出 after
    一、国防支出 and before 三、卫生健康支出). Their amounts are not needed: `-` shows as much."""
    found, rests = set(), _WORDS | _ends_of_names()
    listed = sorted((row for row in rows if row.label), key=lambda row: row.block)
    for at, row in enumerate(listed[:-1]):
        if fold(row.label) not in rests or ordinal(row.label):
            continue
        style, after = ordinal(listed[at + 1].label) or (0, 0)
        before = (ordinal(listed[at - 1].label) if at else None) or (style, 0)
        if (style, after) == (before[0], before[1] + 2):
            found.add(row.row_no)
    return found


def is_named(fact: Fact) -> bool:
    """A label of one character, or that begins inside a phrase or the name of a class, is what is left of a
    longer one: the last line of a row too low for it."""
    codes = (fact.functional_code, fact.economic_code, fact.gov_economic_code)
    label = fold(fact.row_label)
    whole = label and not _CUT.match(label) and label not in _ends_of_names()
    return bool(whole or fact.project_name or fact.subject or any(codes))


def may_be_rest(fact: Fact) -> bool:
    """Whether a label is a word that many names end with (支出 of 其他卫生健康支出) and names nothing."""
    return fold(fact.row_label) in _WORDS and not (fact.is_total or fact.project_name or fact.subject)


def prints_code(fact: Fact) -> bool:
    """Whether the label of a row without a code begins with one (208社会保障和就业支出): its column was not
    understood."""
    return not (fact.functional_code or fact.economic_code) and name_behind_code(fact.row_label) is not None


@cache
def _ends_of_names() -> frozenset[str]:
    """What the names of classes end with, but for what is a name itself or a word of all tables."""
    names = class_names()
    ends = {name[at:] for name in names for at in range(1, len(name) - 1)}
    return frozenset(ends - names - _WORDS)

"""How far down the classifications go: functional codes to 项 (7 digits), economic codes to 款 (5 digits).

Invariant: a code is too short only where it prints an amount, no code below it stands in its table or in
another of the kind, and the classification has some.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cache
from itertools import pairwise

from parsers.accounting.withheld import is_secret, is_secret_class
from parsers.completeness.disclosure import Disclosure, found
from parsers.reference.codes import classification
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus

_FUNCTIONAL = (
    ("general_expenditure", "appropriation_expenditure"), "functional", "complete-functional-depth", 7,
)  # fmt: skip
_ECONOMIC = (
    ("general_basic_economic", "appropriation_basic_economic"), "economic", "complete-economic-depth", 5,
)  # fmt: skip


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


def _check(table: BudgetTable, every: Set[str], system: str, rule: str, digits: int) -> Iterator[Check]:
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

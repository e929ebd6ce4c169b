"""What a failing check's message adds in the end: money booked separately that explains it, and whose it is.

Invariant: a difference is explained only by an amount exactly as large that the document names as money of
earlier years (上年结转) or as a reserve (预留机动经费); the check then says so, is `info` and is not held
against the publisher. A message names the publisher exactly where `fault` is `publisher`; that sentence is
added once, after every stage that may doubt the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message, sentences
from parsers.values.results import BudgetTable, Check, Statement
from parsers.values.vocabulary import CheckStatus, Fault, Period, Severity

_L = lexicon_of(__name__)

_APART = _L.pattern("apart")
_CENT = Decimal("0.01")
_SENTENCE = message("carry_over_explains")
_SENTENCES: dict[Fault, Message] = {
    Fault.PUBLISHER: message("fault_of_publisher"),
    Fault.READING: message("fault_of_reading"),
}


def with_explanations(
    checks: Sequence[Check], tables: Sequence[BudgetTable], statements: Sequence[Statement]
) -> tuple[Check, ...]:
    """The checks, those whose difference is such an amount turned into observations."""
    apart = frozenset(_apart(tables, statements))
    return tuple(
        replace(
            check, severity=Severity.INFO, fault=Fault.UNCLEAR, message=sentences(check.message, _SENTENCE)
        )
        if check.status == CheckStatus.FAILS
        and check.severity != Severity.INFO
        and _is_explained(check, apart)
        else check
        for check in checks
    )


def _is_explained(check: Check, apart: frozenset[Decimal]) -> bool:
    gap = check.difference_yuan
    return bool(gap) and gap is not None and any(abs(abs(gap) - amount) <= _CENT for amount in apart)


def _apart(tables: Sequence[BudgetTable], statements: Sequence[Statement]) -> Iterator[Decimal]:
    for table in tables:
        for fact in table.facts:
            named = fact.period == Period.CARRYOVER or _APART.search(f"{fact.row_label} {fact.column_path}")
            if fact.amount_yuan and named:
                yield abs(fact.amount_yuan)
    for statement in statements:
        if statement.amount_yuan and statement.subject and _APART.search(statement.subject):
            yield abs(statement.amount_yuan)


def in_words(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks with the sentence that says whose the failure is, where one is suspected."""
    return tuple(
        replace(check, message=sentences(check.message, _SENTENCES[check.fault]))
        if check.fault in _SENTENCES
        else check
        for check in checks
    )

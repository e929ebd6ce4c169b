"""Accounting identities (勾稽关系): what the numbers of a document prove about each other.

Invariant: an amount is `proved` when at least one identity it takes part in holds and none points at it,
`disputed` when a failing identity points at it, and `single` when nothing tests it. What each identity says,
where it applies and how strict it is, is data: `reference/identities.yaml`.

Rules become equations between printed cells (`kinds/`), equations become verdicts (`evaluate`), failing
verdicts become explanations (`diagnose`), and all of them checks in words (`report`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from parsers.accounting.book import Book, open_book
from parsers.accounting.diagnosis import Diagnosis, diagnose
from parsers.accounting.equation import Equation, Finding, Gap, Verdict, Yield, verdicts
from parsers.accounting.kinds.registry import KINDS
from parsers.accounting.report import (
    SAME_SLIP,
    UNCERTAIN_ROWS,
    check_of,
    check_of_finding,
    check_of_gap,
    judged,
)
from parsers.accounting.rulebook import rules
from parsers.accounting.slips import Explanation
from parsers.accounting.withheld import NOT_SHOWN, finding_may_be_withheld, may_be_withheld
from parsers.values.attempts import STRICT, Attempts
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable, CellRef, Check, Indicator
from parsers.values.vocabulary import BodyLevel, CheckStatus, Severity


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything the rules found in one document, before it is put into words."""

    book: Book
    verdicts: tuple[Verdict, ...]
    diagnosis: Diagnosis
    others: tuple[Gap | Finding, ...]


def check(
    tables: Sequence[BudgetTable],
    indicators: Sequence[Indicator] = (),
    attempts: Attempts = STRICT,
    body: str | None = None,
    publisher: BodyLevel = BodyLevel.DEPARTMENT,
) -> tuple[tuple[BudgetTable, ...], tuple[Check, ...]]:
    """Every rule on every table; the tables come back with the status of each fact filled in. With
    `attempts`, a rule that cannot be applied is noted and left out. `body` is the name of the publisher: what
    some bodies do not print may be withheld by law; rules for departments bind no `publisher` government."""
    found = examine(tables, indicators, attempts, publisher)
    withheld = frozenset(
        position
        for position, verdict in enumerate(found.verdicts)
        if verdict.status == CheckStatus.FAILS
        and may_be_withheld(verdict.equation, found.diagnosis.by_verdict.get(position, ()), body)
    )
    repeated = _repeated(found, withheld)
    checks = [
        check_of(
            verdict,
            found.diagnosis.by_verdict.get(position, ()),
            found.book,
            excused=_excuse(found, position, withheld, repeated),
        )
        for position, verdict in enumerate(found.verdicts)
        if not verdict.equation.silent
    ]
    checks += [
        check_of_gap(o)
        if isinstance(o, Gap)
        else check_of_finding(o, excused=NOT_SHOWN if finding_may_be_withheld(o, body) else None)
        for o in found.others
    ]
    return judged(tables, found.verdicts, found.diagnosis, withheld), tuple(checks)


def _excuse(
    found: Examination, position: int, withheld: frozenset[int], repeated: frozenset[int]
) -> Message | None:
    """Why a failing sum is not held against the publisher, or not again; None where it is."""
    if position in withheld:
        return NOT_SHOWN
    if position in repeated:
        return SAME_SLIP
    explanations = found.diagnosis.by_verdict.get(position, ())
    return UNCERTAIN_ROWS if _is_presumed(found.verdicts[position], explanations) else None


def _is_presumed(verdict: Verdict, explanations: Sequence[Explanation]) -> bool:
    """Whether the rows of a failing sum were found from the amounts, and no slip explains why they miss it:
    then the list is likelier ordered in another way."""
    return (
        verdict.status == CheckStatus.FAILS and verdict.equation.rule.kind == "nesting" and not explanations
    )


def _repeated(found: Examination, withheld: frozenset[int]) -> frozenset[int]:
    """One slip, one check: the failing sums that the same cells explain as an earlier, graver one."""
    failing = [
        (found.verdicts[position].equation.rule.severity != Severity.ERROR, position)
        for position in found.diagnosis.by_verdict
        if found.verdicts[position].status == CheckStatus.FAILS and position not in withheld
    ]
    seen: set[frozenset[frozenset[CellRef]]] = set()
    again = set()
    for _, position in sorted(failing):
        cells = frozenset(explanation.cells for explanation in found.diagnosis.by_verdict[position])
        if cells in seen:
            again.add(position)
        seen.add(cells)
    return frozenset(again)


def examine(
    tables: Sequence[BudgetTable],
    indicators: Sequence[Indicator] = (),
    attempts: Attempts = STRICT,
    publisher: BodyLevel = BodyLevel.DEPARTMENT,
) -> Examination:
    """The equations of all rules for this sort of publisher, judged and explained."""
    book = open_book(tables, indicators)
    mine = [rule for rule in rules().values() if rule.publisher == publisher]
    applied = (
        attempts.all_of(message("step_rule", rule=rule.id), KINDS[rule.kind], rule, book) for rule in mine
    )
    found = list(chain.from_iterable(applied))
    basic = [item for item in found if not item.rule.derived]
    judged_equations = tuple(verdicts(_distinct(basic)))
    others = tuple(item for item in basic if not isinstance(item, Equation))
    found_wrong = diagnose(judged_equations, book)
    return Examination(book, (*judged_equations, *_tails(found)), found_wrong, others)


def _tails(found: Sequence[Yield]) -> list[Verdict]:
    """What derived sums add to the others: rounding tails. Everything else the basic sums have reported."""
    derived = verdicts([item for item in found if isinstance(item, Equation) and item.rule.derived])
    return [verdict for verdict in derived if verdict.status == CheckStatus.ROUNDING]


def _distinct(found: Sequence[Yield]) -> list[Equation]:
    """Each sum once: the first rule that states it stands for the others. Blank cells make no difference."""
    seen: dict[frozenset[frozenset[CellRef]], Equation] = {}
    for item in found:
        if isinstance(item, Equation):
            left = frozenset(term.ref for term in item.left)
            printed = frozenset(term.ref for term in item.right if term.yuan)
            right = printed or frozenset(term.ref for term in item.right)
            seen.setdefault(frozenset((left, right)), item)
    return list(seen.values())

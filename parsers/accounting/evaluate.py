"""One identity, evaluated: left = Σ right within what rounding can explain.

Invariant: a difference is `rounding` only within half a printed unit for every term; beyond that it `fails`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.reference.load import identities
from parsers.results import BudgetTable, CellRef, Check, CheckStatus, Fact


@dataclass(frozen=True, slots=True)
class Term:
    """An amount of an identity and where it is printed."""

    table: BudgetTable
    fact: Fact

    @property
    def yuan(self) -> Decimal:
        return self.fact.amount_yuan or Decimal(0)

    @property
    def ref(self) -> CellRef:
        return CellRef(self.table.table_no, self.fact.row_no, self.fact.col_no)


def evaluate(rule: str, left: Term, right: Sequence[Term], what: str) -> Check:
    """The check of `left` = Σ `right`; `what` names the place (row, column) in the document's words."""
    identity = identities()[rule]
    total = sum((term.yuan for term in right), Decimal(0))
    difference = left.yuan - total
    tolerance = _half_unit([left, *right]) * (len(right) + 1)
    status: CheckStatus = "fails"
    if difference == 0:
        status = "holds"
    elif abs(difference) <= tolerance:
        status = "rounding"
    tables = dict.fromkeys(term.table.table_no for term in (left, *right))
    return Check(
        rule=rule,
        table_nos=tuple(tables),
        statement=what,
        status=status,
        severity=identity.severity if status == "fails" else "info",
        message=f"{identity.zh} | {identity.en}: {what}: {left.yuan:,} ≟ {total:,}",
        left_yuan=left.yuan,
        right_yuan=total,
        difference_yuan=difference,
        tolerance_yuan=tolerance,
        facts=tuple(term.ref for term in (left, *right)),
    )


def untestable(rule: str, table: BudgetTable, why: str) -> Check:
    """The identity applies to this table but cannot be tested; `why` in one sentence."""
    return Check(rule, (table.table_no,), why, "untestable", "info", f"{identities()[rule].zh} | {why}")


def _half_unit(terms: Sequence[Term]) -> Decimal:
    """Half of the coarsest printed step among the tables involved, in yuan."""
    steps = {printed_step(term.table) for term in terms}
    return max(steps) / 2


def printed_step(table: BudgetTable) -> Decimal:
    """The smallest amount the table can print: its unit at its longest printed fraction.

    Trailing zeros are often dropped (3.6 beside 0.79), so the table decides, not the single cell."""
    places = max((_places(fact.amount_text) for fact in table.facts), default=0)
    return (table.unit_yuan or Decimal(1)).scaleb(-places)


def _places(amount_text: str) -> int:
    _, dot, fraction = amount_text.rstrip("元 )）").partition(".")
    return len(fraction) if dot else 0

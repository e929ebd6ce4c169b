"""What a rule yields: equations, things that cannot be tested, findings without a sum; equations evaluated.

Invariant: an equation says which cells stand on which side and where it is read. A difference is `rounding`
only within what rounding each printed amount can explain; beyond that the equation `fails`. An equation
presumed from a layout that the table itself refutes is not tested, nor is one with a cell that could not be
read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parsers.accounting.book import Ledger, Term
from parsers.accounting.rulebook import Rule
from parsers.accounting.wording import fact_place, row_name, row_place
from parsers.values.messages import Message, message
from parsers.values.results import CellRef, Fact, TableRow
from parsers.values.vocabulary import CheckStatus

# Half a printed unit for every term; the tails of long sums grow with the root of their length only.
_LONG = 9
# Amounts kept in 万元 and printed in yuan differ by cents, which mislead no reader.
CENTS = Decimal("0.10")


@dataclass(frozen=True, slots=True)
class Equation:
    """left = Σ right. `step` is the coarsest printed step of the tables involved.

    `family` groups equations that one presumption about a layout yields: a table that refutes most of a
    family refutes the presumption. `open_ended` says that the right side lists rows, of which one may be
    missing. `against` is the place of the right side where it is one cell elsewhere. `doubtful`: which rows
    are meant is read from names that do not all say it; if such an equation does not hold, nothing follows.
    """

    rule: Rule
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    place: Message
    step: Decimal
    family: Hashable = None
    open_ended: bool = False
    against: Message | None = None
    doubtful: bool = False

    @property
    def silent(self) -> bool:
        """All cells blank: nothing to report, but evidence that no amount belongs in any of them."""
        return all(term.fact is None for term in (*self.left, *self.right))

    @property
    def unread(self) -> tuple[Term, ...]:
        """The cells that could not be read: with one of them the sum cannot be tested."""
        return tuple(term for term in (*self.left, *self.right) if term.is_unread)

    @property
    def left_yuan(self) -> Decimal:
        """The sum of the left side, in yuan."""
        return sum((term.yuan for term in self.left), Decimal(0))

    @property
    def right_yuan(self) -> Decimal:
        """The sum of the right side, in yuan."""
        return sum((term.yuan for term in self.right), Decimal(0))


@dataclass(frozen=True, slots=True)
class Gap:
    """The rule applies to this table and cannot be tested; why, in one sentence."""

    rule: Rule
    table_no: int
    place: Message
    why: Message


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule without a sum found wrong (or right): codes, units, pairs."""

    rule: Rule
    table_nos: tuple[int, ...]
    place: Message
    says: Message
    status: CheckStatus = CheckStatus.FAILS
    refs: tuple[CellRef, ...] = ()


Yield = Equation | Gap | Finding
Found = tuple[Ledger, Fact]
"""A fact, and the table that prints it."""


def equated(rule: Rule, whole: Found, *parts: Found, **more: Any) -> Equation:
    """The equation of one printed amount with the sum of others; `more` are fields of the equation."""
    sheet, fact = whole
    right = tuple(other.fact_term(part) for other, part in parts)
    step = max(other.step for other, _ in (whole, *parts))
    return Equation(rule, (sheet.fact_term(fact),), right, fact_place(sheet.table, fact), step, **more)


def found_at(rule: Rule, sheet: Ledger, row: TableRow, says: Message) -> Finding:
    """What is wrong with a row and all amounts it prints."""
    place = row_place(sheet.table, row_name(row.label, None, row.row_no))
    refs = tuple(sheet.fact_term(fact).ref for fact in sheet.by_row.get((row.row_no, row.block), ()))
    says = message("finding_at", place=place, says=says)
    return Finding(rule, (sheet.table.table_no,), place, says, refs=refs)


@dataclass(frozen=True, slots=True)
class Verdict:
    """An equation with both sums, left minus right, and what rounding can explain; all in yuan."""

    equation: Equation
    left: Decimal
    right: Decimal
    difference: Decimal
    tolerance: Decimal
    status: CheckStatus


def verdicts(equations: Sequence[Equation]) -> list[Verdict]:
    """One verdict per equation, presumptions that a table refutes and doubtful sums set to `untestable`."""
    judged = [judge(equation) for equation in equations]
    refuted = _refuted(judged)
    return [
        Verdict(v.equation, v.left, v.right, v.difference, v.tolerance, CheckStatus.UNTESTABLE)
        if v.equation.family in refuted or (v.equation.doubtful and v.status == CheckStatus.FAILS)
        else v
        for v in judged
    ]


def judge(equation: Equation) -> Verdict:
    """Test one equation: it holds, holds within rounding, fails, or is untestable because cells were not
    read."""
    left, right = equation.left_yuan, equation.right_yuan
    difference = left - right
    limit = tolerance(equation)
    status: CheckStatus = CheckStatus.FAILS
    if not all(term.may_be_nothing for term in equation.unread):
        status = CheckStatus.UNTESTABLE
    elif difference == 0:
        status = CheckStatus.HOLDS
    elif abs(difference) <= limit:
        status = CheckStatus.ROUNDING
    elif equation.unread:  # what may be nothing is nothing only where the sum says so
        status = CheckStatus.UNTESTABLE
    return Verdict(equation, left, right, difference, limit, status)


def tolerance(equation: Equation) -> Decimal:
    """Half a printed step for each displayed term and one more (rules.md §4); for exact rules none between
    two printed amounts."""
    if equation.rule.exact and len(equation.left) == len(equation.right) == 1:
        return Decimal(0)
    count = sum(1 for term in (*equation.left, *equation.right) if term.yuan)
    if count > _LONG:
        count = _LONG + int(Decimal(count - _LONG).sqrt() * 2)
    return max(equation.step / 2 * max(count, 2), CENTS)


def _refuted(judged: Sequence[Verdict]) -> set[object]:
    """Families in which several equations fail, and more than hold with an amount."""
    failed = Counter(v.equation.family for v in judged if v.status == CheckStatus.FAILS)
    held = Counter(
        v.equation.family for v in judged if v.status in (CheckStatus.HOLDS, CheckStatus.ROUNDING) and v.left
    )
    return {
        family
        for family, count in failed.items()
        if family and count > max(held[family], 2 if held[family] else 1)
    }

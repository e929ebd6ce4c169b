"""What a rule yields: equations, things that cannot be tested, findings without a sum.

Invariant: plain values; an equation says which cells stand on which side and where it is read, and
nothing about whether it holds.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from parsers.accounting.book import Term
from parsers.accounting.rulebook import Rule
from parsers.values.messages import Message
from parsers.values.results import CellRef
from parsers.values.vocabulary import CheckStatus


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

"""What a failing check may claim: no more than its rule has earned on real documents.

Invariant: severity `error` and fault `publisher` stand only where `qualified` holds for the rule, and
severity `warning` only where it is not `refuted`.

The measure is `reference/claims.csv`, counted from the ledger of judged findings
(`tests/accuracy/claims.csv`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from parsers.accounting.rulebook import rules
from parsers.values.errors import KnowledgeError
from parsers.values.load import table
from parsers.values.results import Check
from parsers.values.vocabulary import Fault, Severity

LEAST_PRECISION = 0.97
LEAST_JUDGED = 20
"""Fewer judged cases qualify only rules that are pure arithmetic inside one table."""
WARNING_PRECISION = 0.5
WARNING_JUDGED = 3
"""A rule that was right less often, in at least so many judged cases, gives observations: severity `info`."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How many findings of a rule were compared with the printed page, and how many of them were right.

    A finding that stayed doubtful counts as judged, not as right. Raises ValueError for an impossible line.
    """

    rule: str
    judged: int = 0
    right: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.judged:
            raise ValueError(f"claims of rule {self.rule}: {self.right} right of {self.judged} judged")

    @property
    def precision(self) -> float | None:
        """The share that was right, from 0 to 1; None where nothing was judged."""
        return self.right / self.judged if self.judged else None


def measured(rule: str) -> Measured:
    """The measure of a rule; zero cases if the file has no line for it."""
    return _all().get(rule) or Measured(rule)


@cache
def _all() -> dict[str, Measured]:
    found = table("parsers.reference", "claims.csv", Measured)
    if len({one.rule for one in found}) < len(found):
        raise KnowledgeError("claims.csv", "", "a rule stands there twice")
    return {one.rule: one for one in found}


def is_arithmetic(rule: str) -> bool:
    """Whether the rule is declared to be pure arithmetic inside one table."""
    return rule in rules() and rules()[rule].arithmetic


def qualified(rule: str) -> bool:
    """Whether findings of the rule may be errors, name the publisher and raise alerts."""
    found = measured(rule)
    if found.precision is not None and found.precision < LEAST_PRECISION:
        return False
    return found.judged >= LEAST_JUDGED or is_arithmetic(rule)


def refuted(found: Measured) -> bool:
    """Whether a rule was wrong or doubtful more often than right: its findings are observations."""
    if found.precision is None or found.judged < WARNING_JUDGED:
        return False
    return found.precision < WARNING_PRECISION


def as_earned(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks; those of rules that do not qualify warn instead (or only observe, where the rule is
    refuted), and leave open whose fault it is."""
    return tuple(check if qualified(check.rule) else _lowered(check) for check in checks)


def _lowered(check: Check) -> Check:
    if check.severity == Severity.INFO and check.fault != Fault.PUBLISHER:
        return check
    severity: Severity = Severity.INFO if refuted(measured(check.rule)) else Severity.WARNING
    return replace(
        check,
        severity=severity if check.severity != Severity.INFO else Severity.INFO,
        fault=Fault.UNCLEAR if check.fault == Fault.PUBLISHER else check.fault,
    )

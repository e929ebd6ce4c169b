"""What a failing check may claim: no more than its rule has earned on real documents.

Invariant: severity `error` and fault `publisher` stand only where `qualified` holds for the rule. The measure
is `reference/claims.csv`, counted from the ledger of judged findings (`tests/accuracy/claims.csv`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from parsers.accounting.rules import rules
from parsers.reference.load import text
from parsers.results import Check

LEAST_PRECISION = 0.97
LEAST_JUDGED = 20
"""Fewer judged cases qualify only rules that are pure arithmetic inside one table."""


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
    """What is known of a rule; nothing judged where the file has no line for it."""
    return _all().get(rule) or Measured(rule)


@cache
def _all() -> dict[str, Measured]:
    lines = csv.DictReader(text("claims.csv").splitlines())
    found = [Measured(line["rule"], int(line["judged"]), int(line["right"])) for line in lines]
    if len({one.rule for one in found}) < len(found):
        raise ValueError("claims.csv names a rule twice")
    return {one.rule: one for one in found}


def arithmetic(rule: str) -> bool:
    """Whether the rule is declared to be pure arithmetic inside one table."""
    return rule in rules() and rules()[rule].arithmetic


def qualified(rule: str) -> bool:
    """Whether findings of the rule may be errors, name the publisher and raise alerts."""
    found = measured(rule)
    if found.precision is not None and found.precision < LEAST_PRECISION:
        return False
    return found.judged >= LEAST_JUDGED or arithmetic(rule)


def as_earned(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks; those of rules that do not qualify warn instead, and leave open whose fault it is."""
    return tuple(
        check
        if qualified(check.rule)
        else replace(
            check,
            severity="warning" if check.severity == "error" else check.severity,
            fault="unclear" if check.fault == "publisher" else check.fault,
        )
        for check in checks
    )

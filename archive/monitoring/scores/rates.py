"""The rates of a score, as `scores.yaml` defines them, and the total they make.

Invariant: what cannot be measured has no rate and no part in the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from archive.monitoring.bodies import GOVERNMENT
from parsers.values.load import Knowledge, knowledge

Level = Literal["government", "body", "county", "city", "province"]
LEVELS: tuple[Level, ...] = ("government", "body", "county", "city", "province")
TOTAL = "total"
PUBLICATION = "publication"


class ScoreRate(Knowledge):
    """One rate: what it is called, how much it counts, and the SQL that counts it (see `scores.yaml`)."""

    chinese: str
    english: str
    weight: float
    sql: str
    government: float = 0.0
    unit: str | None = None
    """The unit of numerator and denominator; None where they are counts."""

    def of(self, level: Level) -> float:
        """Its weight in the total of a level; 0 where that level does not have this rate."""
        return self.government if level == GOVERNMENT else self.weight


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole. `presumed` is how much of the whole rests on a presumed date; None if none can."""

    part: Decimal = Decimal(0)
    whole: Decimal = Decimal(0)
    presumed: Decimal | None = None

    def __add__(self, other: Share) -> Share:
        known = [share.presumed for share in (self, other) if share.presumed is not None]
        presumed = sum(known, Decimal(0)) if known else None
        return Share(self.part + other.part, self.whole + other.whole, presumed)

    @property
    def rate(self) -> float | None:
        """The part over the whole, 0 to 1; None where the whole is 0."""
        return float(self.part / self.whole) if self.whole else None

    @property
    def presumed_share(self) -> float | None:
        """How much of the whole is presumed, 0 to 1; None where that does not apply."""
        return float(self.presumed / self.whole) if self.whole and self.presumed is not None else None


@dataclass(frozen=True, slots=True)
class Total:
    """The points of a place in a year: earned, measurable, all; the part of them that rests on presumed
    days."""

    numerator: Decimal
    denominator: Decimal
    rate: float | None
    presumed_share: float | None
    weight: float


class _Method(Knowledge):
    """`scores.yaml`."""

    machine_readable: list[str]
    measures: dict[str, ScoreRate]


def score_rates() -> Mapping[str, ScoreRate]:
    """All rates by name, in their order."""
    return _method().measures


def machine_readable() -> list[str]:
    """Media types of documents that a program can read."""
    return _method().machine_readable


@cache
def _method() -> _Method:
    return knowledge("archive.monitoring.scores", "scores.yaml", _Method)


def total(shares: Mapping[str, Share], level: Level = "body") -> Total:
    """The points earned out of the weights that could be measured. What is not published earns nothing: the
    rates of published documents count for the share that is published. The numerator is the points, the
    denominator the weights measured, `weight` all there are; the presumed share is that of the weights."""
    counted = {name: share for name, share in shares.items() if score_rates()[name].of(level)}
    measured = {name: share for name, share in counted.items() if share.rate is not None}
    weights = {name: score_rates()[name].of(level) for name in measured}
    published = measured[PUBLICATION].rate if PUBLICATION in measured else None
    rates = {name: 1.0 if name == PUBLICATION else share.rate or 0 for name, share in measured.items()}
    earned = sum(weights[name] * rate for name, rate in rates.items())
    earned *= 1.0 if published is None else published
    presumed = sum(weights[name] * (share.presumed_share or 0) for name, share in measured.items())
    reached = sum(weights.values())
    return Total(
        numerator=_rounded(earned),
        denominator=_rounded(reached),
        rate=earned / reached if reached else None,
        presumed_share=presumed / reached if reached else None,
        weight=sum(measure.of(level) for measure in score_rates().values()),
    )


def _rounded(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.0001"))

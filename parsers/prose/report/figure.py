"""What a report says of one amount.

Invariant: what the sentence leaves open is None.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parsers.prose.report.scope import Scope
from parsers.prose.words import Printed


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One amount of a report, in yuan. `percent` and `change` are against the year before, signed."""

    sentence: str
    page: int | None
    words: str
    amount: Printed
    measure: str | None = None
    fund: str | None = None
    scope: Scope | None = None
    year: int | None = None
    stage: str | None = None
    percent: Decimal | None = None
    change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AmountName:
    """What the words in front of an amount name; `clear` if nothing else stands there."""

    measure: str | None
    fund: str | None
    words: str  # the name as printed
    clear: bool
    part: bool = False  # of a whole named before it
    bare: bool = False  # 收入, 支出 alone

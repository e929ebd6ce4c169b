"""Values that others collected, and whether a document says them.

Invariant: a row of the truth is right where one amount has its place, year, measure and value with the scope
of the whole place; nothing else about the amount is compared.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parsers.values.results import ParsedDocument

MEASURES = {
    "general_public_revenue_100m": "general_revenue",
    "general_public_expenditure_100m": "general_expenditure",
    "gov_fund_revenue_100m": "fund_revenue",
    "general_debt_limit_100m": "general_debt_limit",
    "general_debt_balance_100m": "general_debt_balance",
    "special_debt_limit_100m": "special_debt_limit",
    "special_debt_balance_100m": "special_debt_balance",
}
YI = Decimal(100_000_000)
OUTCOMES = ("execution", "estimated", "final", "prior")


@dataclass(frozen=True, slots=True)
class Truth:
    """One collected value: `value` in 亿元 with the decimals it was printed with."""

    file: str
    code: str
    year: int
    measure: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Amount:
    """What a fact or statement says, in the words of the truth."""

    code: str | None
    year: int | None
    measure: str | None
    scope: str | None
    stage: str | None
    yuan: Decimal


def truths(folder: Path) -> list[Truth]:
    """The rows of truth.csv."""
    with (folder / "truth.csv").open(encoding="utf-8") as lines:
        return [
            Truth(
                row["file"],
                row["city_id"].removeprefix("CN-"),
                int(row["year"]),
                MEASURES[row["measure"]],
                _value(row["value_100m"], row["printed"].replace(",", "")),
            )
            for row in csv.DictReader(lines)
        ]


def _value(value: str, printed: str) -> Decimal:
    """The value with the digits that were printed; the printed one may be in another unit."""
    return Decimal(printed) if printed and Decimal(printed) == Decimal(value) else Decimal(value)


def amounts_of(document: ParsedDocument) -> tuple[list[Amount], list[Amount]]:
    """The amounts of the tables and those of the sentences."""
    place = document.headline.region_code
    facts = [
        Amount(f.row_region_code, f.amount_year, f.measure, f.scope, f.stage, f.amount_yuan)
        for table in document.tables
        for f in table.facts
        if f.amount_yuan is not None
    ]
    statements = [
        Amount(s.row_region_code or place, s.fiscal_year, s.measure, s.scope, s.stage, s.amount_yuan)
        for s in document.statements
        if s.amount_yuan is not None
    ]
    return facts, statements


def equals(amount: Amount, truth: Truth) -> bool:
    """The same value to the digits that were collected."""
    places = Decimal(1).scaleb(min(0, int(truth.value.as_tuple().exponent)))
    return abs(amount.yuan / YI - truth.value) <= places / 2


def is_right(amount: Amount, truth: Truth) -> bool:
    scope = amount.scope in ("whole", "region")
    return (
        scope
        and amount.code == truth.code
        and amount.year == truth.year
        and amount.measure == truth.measure
        and (
            truth.measure.endswith("limit")
            or amount.stage is None
            or amount.stage in (*OUTCOMES, "budget", "adjusted")
        )
        and equals(amount, truth)
    )


def missed(found: Iterable[Amount], truth: Truth) -> str:
    """What keeps the nearest amount of this value from being right."""
    best = "absent"
    score = -1
    for amount in found:
        if not equals(amount, truth):
            continue
        wrong = [
            name
            for name, good in (
                ("place", amount.code == truth.code),
                ("year", amount.year == truth.year),
                ("measure", amount.measure == truth.measure),
                ("scope", amount.scope in ("whole", "region")),
            )
            if not good
        ]
        if 4 - len(wrong) > score:
            score, best = 4 - len(wrong), "+".join(wrong) or "stage"
    return best

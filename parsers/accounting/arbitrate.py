"""Which of several readings of a scanned cell the sums ask for.

Invariant: pure, and it only ever chooses among readings that are offered; where the sums do not point at
one cell and one amount nothing is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from parsers.accounting import examine
from parsers.results import BudgetTable, CellRef


def arbitrate(
    tables: Sequence[BudgetTable], readings: Mapping[CellRef, Sequence[Decimal]]
) -> dict[CellRef, Decimal]:
    """The cells whose printed amount should give way to another of their readings, with that reading in
    yuan: exactly the amount that mends the failing sums. Ambiguous failures are settled by the one
    explanation whose every amount is among the readings."""
    diagnosis = examine(tables).diagnosis
    chosen: dict[CellRef, Decimal] = {}
    for explanations in set(diagnosis.by_verdict.values()):
        offered = [
            {change.cell: change.right for change in explanation.changes if change.right is not None}
            for explanation in explanations
            if all(change.right in readings.get(change.cell, ()) for change in explanation.changes)
        ]
        if len(offered) == 1:
            chosen.update(offered[0])
    return chosen

"""Which files a copy of the pages has of governments' own budgets.

Invariant: a name says all that its page was asked: measure, scope, level and year, or place and scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from archive.dataset.query.governments import definition, figures_sql
from archive.web.government.figures import level_of


@dataclass(frozen=True, slots=True)
class FiguredPlace:
    """A place, scope, measure and year of which a figure is known."""

    SQL: ClassVar[str] = f"SELECT DISTINCT region_code, scope, measure, fiscal_year FROM ({figures_sql()})"

    region_code: str
    scope: str
    measure: str
    fiscal_year: int


def files_of(found: Sequence[FiguredPlace]) -> Iterator[str]:
    """The files of governments' own budgets: ranks by measure, scope, level and year, and pages of places.

    `found`: places, scopes, measures and years of which a figure is known."""
    yield "governments.html"
    ranked = definition().ranked
    yield from (f"governments-{measure}.html" for measure in ranked)
    for row in found:
        code, scope, measure = row.region_code, row.scope, row.measure
        yield from (f"governments/{code}.html", f"governments/{code}-{scope}.html")
        if measure in ranked:
            level = level_of(code)
            yield from (
                f"governments-{measure}-{scope}-{level}.html",
                f"governments-{measure}-{scope}-{level}-{row.fiscal_year}.html",
            )

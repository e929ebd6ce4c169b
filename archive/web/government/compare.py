"""Up to six governments beside each other, measure by measure, in one year.

Invariant: the figures of one column are of one place, scope and year, each with its stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from starlette.responses import Response

from archive.dataset.query.governments import SCOPES, definition
from archive.web.data.results import RegionPlace
from archive.web.government.figures import Figure, Key, link_of, of_place, others_of, years_of
from archive.web.government.ranking import figures_of
from archive.web.pages.money import drawn
from archive.web.view import charts
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.reference import regions

COMPARED = 6
FOUND = 30
MEASURES = (
    "general_revenue", "tax_revenue", "nontax_revenue", "tax_share", "general_expenditure",
    "self_sufficiency",
    "transfers_received", "fund_revenue", "land_revenue", "fund_expenditure", "debt_limit", "debt_balance",
    "debt_use", "general_debt_limit", "general_debt_balance", "special_debt_limit", "special_debt_balance",
)  # fmt: skip
CHARTED = ("general_revenue", "general_expenditure", "transfers_received", "fund_revenue", "debt_balance")


def compare_page(visit: Visit) -> Response:
    """The governments whose codes are asked for, and a search for more."""
    codes = list(dict.fromkeys(visit.request.query_params.getlist("place")))[:COMPARED]
    places = [visit.region(code) for code in codes if code]
    scope = visit.choice("scope", SCOPES, SCOPES[0])
    figures = [of_place(visit, one.code, scope) for one in places]
    years = years_of((key for found in figures for key in found), 20)
    year = visit.number("year", 0, 9999)
    year = year if year in years else _common(figures, years)
    q = visit.parameter("q")
    return page(
        visit,
        "government-compare.html",
        places=[(one, RegionPlace(one.code)) for one in places],
        figures=figures,
        measures=[name for name in MEASURES if any((name, year) in found for found in figures)],
        rates=definition().rates,
        year=year,
        years=years,
        scope=scope,
        q=q,
        found=[(one, RegionPlace(one.code)) for one in _offered(visit, q, scope, len(places))],
        full=len(places) >= COMPARED,
        charts=_chart(visit, places, figures, year),
        printed_at=partial(link_of, visit),
        others_of=partial(others_of, visit),
    )


def _offered(visit: Visit, q: str, scope: str, chosen: int) -> Sequence[regions.Region]:
    """The regions that are called `q`; before two are chosen, else those on record."""
    if q or chosen > 1:
        return regions.find(q)[:FOUND] if q else []
    codes = dict.fromkeys(row.region_code for row in figures_of(visit, MEASURES[0], scope, ""))
    return [known for code in list(codes)[:FOUND] if (known := regions.region(code))]


def _common(figures: Sequence[Mapping[Key, Figure]], years: Sequence[int]) -> int:
    """The newest year of which most of the places are known, and most of their measures."""

    def known(year: int) -> tuple[int, int]:
        counts = [sum(one == year for _, one in found) for found in figures]
        return sum(count > 0 for count in counts), sum(counts)

    return max(years, key=lambda year: (*known(year), year), default=0)


def _chart(
    visit: Visit, places: Sequence[regions.Region], figures: Sequence[Mapping[Key, Figure]], year: int
) -> dict[str, charts.Option]:
    series = {
        place.name: [
            drawn(row.amount_yuan, visit.language) if (row := found.get((name, year))) else None
            for name in CHARTED
        ]
        for place, found in zip(places, figures, strict=True)
    }
    if not any(amount is not None for amounts in series.values() for amount in amounts):
        return {}
    names = [visit.t(f"measure {name}") for name in CHARTED]
    return {"compare": charts.bars(names, series, visit.t("chart unit"))}

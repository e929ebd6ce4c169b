"""Governments by their own budgets: what they take in, get from above, spend and owe, by year and place.

Invariant: every number is one printed amount and links to its page, with the stage it is of; where sources of
the same stage print different amounts, none is shown, and the page says so. Whole area and own level do not
mix.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from archive.monitor import region_prefixes
from archive.web import charts, queries
from archive.web.dataset import Row
from archive.web.money import in_wan
from archive.web.rendering import page
from archive.web.visit import Visit
from parsers.reference import regions

RANKED = 300
OUTCOMES = ("final", "execution", "estimated", "prior")
PLANS = ("adjusted", "changed", "budget", "next")
"""Stages of an amount, the one to show first; a year's outcome before its plan."""
TOLERANCE = Decimal("0.006")
"""Share by which amounts of one stage may differ: prose rounds to 亿元 what tables print in 万元."""
ACCOUNTS = (
    "general_revenue", "tax_revenue", "nontax_revenue", "general_expenditure", "fund_revenue", "land_revenue",
    "fund_expenditure", "state_capital_revenue", "state_capital_expenditure", "social_insurance_revenue",
    "social_insurance_expenditure",
)  # fmt: skip
FLOWS_IN = (
    "general_revenue",
    "transfers_received",
    "debt_received",
    "carried_in",
    "moved_in",
    "stabilisation_used",
)
FLOWS_OUT = (
    "general_expenditure", "transfers_paid", "remitted_up", "debt_repaid", "moved_out", "stabilisation_added",
    "carried_out",
)  # fmt: skip
DEBT = (
    "debt_limit", "debt_balance", "general_debt_limit", "general_debt_balance", "special_debt_limit",
    "special_debt_balance",
)  # fmt: skip
SHARES = {
    "tax_share": ("tax_revenue", "general_revenue"),
    "self_sufficiency": ("general_revenue", "general_expenditure"),
    "debt_use": ("debt_balance", "debt_limit"),
}
"""Rates (财政自给率 …), each of two amounts of the same scope, year and kind of stage."""
RANKS = ("general_revenue", "general_expenditure", "fund_revenue", "land_revenue", "transfers_received",
         "debt_balance", "debt_limit", "general_debt_balance", "special_debt_balance", *SHARES)  # fmt: skip
SAID = """
    WITH kept AS (SELECT document_id, region_code FROM {documents} WHERE superseded_by IS NULL)
    SELECT * FROM (
        SELECT CASE WHEN f.scope = 'region' THEN f.row_region_code ELSE f.region_code END AS place,
               CASE WHEN f.scope = 'region' THEN 'whole' ELSE f.scope END AS scope,
               f.measure, f.amount_year AS year, f.stage, f.amount_yuan AS amount, 'table' AS basis,
               f.document_id, f.fact_id, f.page
        FROM {facts} f JOIN kept USING (document_id)
        WHERE f.measure IS NOT NULL AND f.amount_yuan IS NOT NULL AND f.status <> 'disputed'
        UNION ALL
        SELECT CASE WHEN s.scope = 'region' THEN s.row_region_code ELSE k.region_code END,
               CASE WHEN s.scope = 'region' THEN 'whole' ELSE s.scope END,
               s.measure, s.fiscal_year, s.stage, s.amount_yuan, 'prose', s.document_id, NULL, s.page
        FROM {statements} s JOIN kept k USING (document_id)
        WHERE s.measure IS NOT NULL AND s.amount_yuan IS NOT NULL)
    WHERE place IS NOT NULL AND scope IS NOT NULL AND year IS NOT NULL AND stage IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount that stands for a measure of a place and year. `amount` is None where `sources` of the same
    stage contradict each other; `basis` is table or prose."""

    amount: Decimal | None
    stage: str
    basis: str
    document_id: str
    fact_id: str | None
    page: int | None
    sources: int


Key = tuple[str, str, int]
"""Scope, measure, year."""


def figures(rows: Iterable[Row]) -> dict[Key, Figure]:
    """The figure of every measure of one place: of the best stage, tables before prose."""
    found: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if row["stage"] in OUTCOMES + PLANS:
            found[row["scope"], row["measure"], row["year"]].append(row)
    return {key: _chosen(candidates) for key, candidates in found.items()}


def _chosen(rows: Sequence[Row]) -> Figure:
    order = OUTCOMES + PLANS
    best = min(rows, key=lambda row: (order.index(row["stage"]), row["basis"] != "table", row["document_id"]))
    same = [row for row in rows if (row["stage"], row["basis"]) == (best["stage"], best["basis"])]
    agree = all(abs(row["amount"] - best["amount"]) <= abs(best["amount"]) * TOLERANCE for row in same)
    return Figure(
        best["amount"] if agree else None, best["stage"], best["basis"], best["document_id"], best["fact_id"],
        best["page"], len({row["document_id"] for row in same}),
    )  # fmt: skip


def share(found: Mapping[Key, Figure], name: str, scope: str, year: int) -> Decimal | None:
    """A rate of SHARES, of two outcomes or of two plans; None where one of them is not known."""
    part, whole = (found.get((scope, measure, year)) for measure in SHARES[name])
    if part is None or whole is None or part.amount is None or not whole.amount:
        return None
    if (part.stage in OUTCOMES) != (whole.stage in OUTCOMES):
        return None
    return part.amount / whole.amount


def government_page(visit: Visit) -> Response:
    """One government: four accounts by year, where the money comes from and goes, debt beside its limit."""
    region = regions.region(visit.request.path_params["code"])
    if region is None:
        raise HTTPException(404, visit.t("No such region."))
    found = figures(visit.version.rows(f"SELECT * FROM ({SAID}) WHERE place = ?", region.code))
    scopes = [scope for scope in ("whole", "own") if any(key[0] == scope for key in found)]
    scope = visit.parameter("scope") if visit.parameter("scope") in scopes else next(iter(scopes), "whole")
    years = sorted({key[2] for key in found if key[0] == scope}, reverse=True)[:8]
    return page(
        visit,
        "government.html",
        region=region,
        place={"region_code": region.code} | queries.place(region.code),
        found=found,
        scope=scope,
        scopes=scopes,
        years=years,
        accounts=ACCOUNTS,
        debt=DEBT,
        shares={name: {year: share(found, name, scope, year) for year in years} for name in SHARES},
        flows=_flows(found, scope, years),
        charts={"debt": _debt_chart(visit, found, scope, years)},
        below=_below(visit, region.code),
    )


def _flows(found: Mapping[Key, Figure], scope: str, years: Sequence[int]) -> dict[str, Any] | None:
    """What comes in and goes out of the newest year for which more than one flow of a side is known."""
    for year in years:
        sides = {
            side: [(m, found[scope, m, year]) for m in names if (scope, m, year) in found]
            for side, names in (("in", FLOWS_IN), ("out", FLOWS_OUT))
        }
        if len(sides["in"]) > 1:
            return {"year": year, **sides}
    return None


def _debt_chart(
    visit: Visit, found: Mapping[Key, Figure], scope: str, years: Sequence[int]
) -> charts.Option | None:
    ordered = sorted(years)
    series = {
        visit.t(f"measure {measure}"): [
            in_wan(figure.amount) if (figure := found.get((scope, measure, year))) else None
            for year in ordered
        ]
        for measure in DEBT
        if any((scope, measure, year) in found for year in ordered)
    }
    if not any(value is not None for values in series.values() for value in values):
        return None
    return charts.columns([str(year) for year in ordered], series, visit.t("万元"))


def _below(visit: Visit, code: str) -> list[tuple[regions.Region, dict[str, Figure]]]:
    """The regions directly below, each with its newest figures of a few measures."""
    prefix = regions.prefix(code)
    if len(prefix) == 6:
        return []
    sql = f"SELECT * FROM ({SAID}) WHERE starts_with(place, ?) AND place <> ? AND scope = 'whole'"
    by_place: defaultdict[str, list[Row]] = defaultdict(list)
    for row in visit.version.rows(sql, prefix, code):
        by_place[row["place"]].append(row)
    length = len(prefix) + 2
    found = []
    for place, rows in sorted(by_place.items()):
        region = regions.region(place)
        if region and (place[length:] == "0" * (6 - length) or length == 6):
            found.append((region, _newest(figures(rows))))
    return found


def _newest(found: Mapping[Key, Figure]) -> dict[str, Figure]:
    newest: dict[str, tuple[int, Figure]] = {}
    for (_, measure, year), figure in found.items():
        if (
            figure.amount is not None
            and figure.stage in OUTCOMES
            and year >= newest.get(measure, (0, figure))[0]
        ):
            newest[measure] = (year, figure)
    return {measure: figure for measure, (_, figure) in newest.items()}


def governments_page(visit: Visit) -> Response:
    """The governments in the order of one measure of one year."""
    measure = visit.parameter("measure") if visit.parameter("measure") in RANKS else RANKS[0]
    scope = visit.parameter("scope") if visit.parameter("scope") in ("whole", "own") else "whole"
    region, year = visit.parameter("region"), visit.number("year", 0, 9999)
    needed = SHARES.get(measure, (measure,))
    starts = region_prefixes(region) if region else ("",)
    where = " OR ".join(["starts_with(place, ?)"] * len(starts))
    sql = f"SELECT * FROM ({SAID}) WHERE scope = ? AND list_contains(?, measure) AND ({where})"
    by_place: defaultdict[str, list[Row]] = defaultdict(list)
    for row in visit.version.rows(sql, scope, list(needed), *starts):
        by_place[row["place"]].append(row)
    found = {place: figures(rows) for place, rows in by_place.items()}
    years = sorted({key[2] for one in found.values() for key in one}, reverse=True)
    year = year if year in years else _fullest(found, years)
    rows = [_ranked(place, one, measure, scope, year) for place, one in found.items()]
    known = sorted((row for row in rows if row["value"] is not None), key=lambda row: -row["value"])
    return page(
        visit, "governments.html", rows=known[:RANKED], total=len(known), measure=measure, ranks=RANKS,
        shares=tuple(SHARES), scope=scope, region=region, year=year, years=years,
    )  # fmt: skip


def _fullest(found: Mapping[str, Mapping[Key, Figure]], years: Sequence[int]) -> int:
    """The newest year of which at least half as many places are known as of the best one."""
    counts = {year: sum(any(key[2] == year for key in one) for one in found.values()) for year in years}
    most = max(counts.values(), default=0)
    return next((year for year in years if counts[year] * 2 >= most), 0)


def _ranked(place: str, found: Mapping[Key, Figure], measure: str, scope: str, year: int) -> Row:
    region = regions.region(place)
    figure = found.get((scope, SHARES.get(measure, (measure,))[0], year))
    value = share(found, measure, scope, year) if measure in SHARES else figure and figure.amount
    return {"code": place, "name": region.name if region else place, "value": value, "figure": figure} | (
        queries.place(place)
    )

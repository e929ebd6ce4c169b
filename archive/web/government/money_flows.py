"""Four accounts as one picture: where the money of a government comes from, and where it goes (Sankey).

Invariant: a band is one printed amount of one year and one stage, or a sum or difference that the page calls
so. What is known of the two sides of an account is never made equal in silence: the rest is a band of its
own, and an account whose parts are more than the total it prints is not drawn.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from archive.dataset.query.governments import ACCOUNTS, GENERAL, definition, figures_sql
from archive.web.government.figures import Figure, PrintedColumn, SpendingClass, link_of
from archive.web.view import charts
from archive.web.view.templating import money_text
from archive.web.view.visit import Visit

Side = Literal["in", "out"]
COMMON: Mapping[Side, tuple[str, ...]] = {
    "in": ("transfers_received", "debt_received", "carried_in", "moved_in"),
    "out": ("transfers_paid", "remitted_up", "debt_repaid", "moved_out", "carried_out"),
}
OWN: Mapping[tuple[str, Side], tuple[str, tuple[str, ...]]] = {
    ("general_budget", "in"): ("general_revenue", ("tax_revenue", "nontax_revenue")),
    ("general_budget", "out"): ("general_expenditure", ()),
    ("government_fund", "in"): ("fund_revenue", ("land_revenue",)),
    ("government_fund", "out"): ("fund_expenditure", ()),
    ("state_capital", "in"): ("state_capital_revenue", ()),
    ("state_capital", "out"): ("state_capital_expenditure", ()),
    ("social_insurance", "in"): ("social_insurance_revenue", ()),
    ("social_insurance", "out"): ("social_insurance_expenditure", ()),
}
"""What an account takes in or spends in the year itself, and the parts to show of it."""
GENERAL_ALONE: Mapping[Side, tuple[str, ...]] = {
    "in": ("stabilisation_used",),
    "out": ("stabilisation_added",),
}
TOTALS: Mapping[Side, str] = {"in": "total_revenue", "out": "total_expenditure"}
_SECOND_NAME = re.compile(r" \([^)]*\)$")  # land revenue (国有土地使用权出让): in full where there is room
SLACK = Decimal("0.006")
SMALL = Decimal("0.02")
"""Share of an account's spending below which a class has no band of its own."""
COLUMN_OF = "SELECT table_id, col_no FROM {facts} WHERE fact_id = ?"
CLASSES = """
    SELECT functional_code AS code, any_value(functional_name) AS name, max(amount_yuan) AS amount,
           arg_max(fact_id, amount_yuan) AS fact_id
    FROM {facts} WHERE document_id = ? AND table_id = ? AND col_no = ? AND length(functional_code) = 3
         AND flow = 'expenditure' AND amount_yuan > 0 AND status <> 'disputed'
    GROUP BY code ORDER BY amount DESC, code
"""


@dataclass(frozen=True, slots=True)
class Band:
    """One flow into or out of an account, in yuan. `at` is where it is printed; `basis` is table, prose,
    sum (of printed amounts) or difference (of two)."""

    account: str
    side: Side
    name: str
    amount: Decimal
    basis: str
    at: str | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """The bands of one year and stage, and the other years and stages there are."""

    year: int
    stage: str
    bands: Sequence[Band]
    chart: charts.Option
    choices: Sequence[tuple[int, str]]
    left_out: Sequence[str] = field(default=())
    """Accounts whose parts are more than their printed total."""


def picture(visit: Visit, code: str, scope: str) -> Picture | None:
    """The picture of the year and stage asked for (`flows=2024-budget`), else the newest of which revenue and
    expenditure are known; None where there is none."""
    near = visit.version.of_region(code[:2])
    rows, stages = [], definition().order
    for stage in stages:  # each stage by itself: they are different numbers
        rows += near.ask(
            Figure, figures_sql(where="place = ? AND scope = ? AND stage = ?"), code, scope, stage
        )
    found: dict[tuple[int, str], dict[tuple[str, str], Figure]] = defaultdict(dict)
    for row in rows:
        if row.amount_yuan is not None and row.amount_yuan > 0:
            found[row.fiscal_year, row.stage][row.account, row.measure] = row
    newest_first = sorted(found, key=lambda one: (-one[0], stages.index(one[1])))
    choices = [one for one in newest_first if _worth(found[one])]
    if not choices:
        return None
    names = {f"{year}-{stage}": (year, stage) for year, stage in choices}
    year, stage = names.get(visit.parameter("flows"), choices[0])
    bands: list[Band] = []
    left_out = []
    for account in ACCOUNTS:
        mine = _account(visit, found[year, stage], account)
        if mine is None:
            left_out.append(account)
        else:
            bands += mine
    return Picture(year, stage, bands, _chart(visit, bands), choices[:8], left_out) if bands else None


def _worth(found: Mapping[tuple[str, str], Figure]) -> bool:
    """Whether both sides of an account are known, or more than one flow of a side."""
    return any((account, OWN[account, "in"][0]) in found and (account, OWN[account, "out"][0]) in found
               for account in ACCOUNTS)  # fmt: skip


def _account(visit: Visit, found: Mapping[tuple[str, str], Figure], account: str) -> list[Band] | None:
    """The bands of one account, none where one side is not known at all, and None where the parts are more
    than the whole that is printed."""
    sides: dict[Side, list[Band]] = {}
    for side in ("in", "out"):
        bands = _own(visit, found, account, side)
        others = COMMON[side] + (GENERAL_ALONE[side] if account == GENERAL else ())
        for measure in others:
            if row := found.get((account, measure)):
                bands.append(_band(visit, row, account, side))
        sides[side] = bands
        whole = found.get((account, TOTALS[side]))
        if whole and _sum(bands) > whole.amount * (1 + SLACK):
            return None
    if not sides["in"] or not sides["out"]:
        return []
    return [*sides["in"], *sides["out"], *_rest(visit, account, sides)]


def _own(visit: Visit, found: Mapping[tuple[str, str], Figure], account: str, side: Side) -> list[Band]:
    """Revenue by its parts, spending by its classes, where they make up the whole; else the whole."""
    measure, parts = OWN[account, side]
    whole = found.get((account, measure))
    if whole is None:
        return []
    if side == "out":
        return _classes(visit, whole, account) or [_band(visit, whole, account, side)]
    bands = [_band(visit, row, account, side) for part in parts if (row := found.get((account, part)))]
    rest = whole.amount - _sum(bands)
    if not bands or rest < -whole.amount * SLACK:
        return [_band(visit, whole, account, side)]
    if rest > whole.amount * SLACK:
        name = visit.t("other {measure}", measure=visit.t(f"measure {measure}"))
        bands.append(Band(account, side, name, rest, "difference", link_of(visit, whole)))
    return bands


def _classes(visit: Visit, whole: Figure, account: str) -> list[Band]:
    """Spending by its largest functional classes (类), from the column that prints the whole; empty unless
    they add up to it. Transfers to others (230, 231) are not spending of the year."""
    if not whole.fact_ids:
        return []
    near = visit.version.of_documents([whole.document_id])
    printed_in = near.first(PrintedColumn, COLUMN_OF, whole.fact_ids[0])
    if printed_in is None:
        return []
    rows = near.ask(SpendingClass, CLASSES, whole.document_id, printed_in.table_id, printed_in.col_no)
    rows = [row for row in rows if row.code not in ("230", "231")]
    printed = sum((row.amount for row in rows), Decimal(0))
    if len(rows) < 2 or abs(printed - whole.amount) > whole.amount * SLACK:
        return []
    large = [row for row in rows if row.amount >= whole.amount * SMALL]
    bands = [
        Band(
            account,
            "out",
            row.name or row.code,
            row.amount,
            "table",
            visit.link(f"/facts/{row.fact_id}"),
        )
        for row in large
    ]
    small = sum((row.amount for row in rows if row not in large), Decimal(0))
    if small:
        name = visit.t("smaller classes: {n}", n=len(rows) - len(large))
        bands.append(Band(account, "out", name, small, "sum", link_of(visit, whole)))
    return bands


def _band(visit: Visit, row: Figure, account: str, side: Side) -> Band:
    name = visit.t(f"measure {row.measure}")
    return Band(account, side, name, row.amount, row.basis, link_of(visit, row))


def _rest(visit: Visit, account: str, sides: Mapping[Side, Sequence[Band]]) -> list[Band]:
    """What one side of an account has more than the other."""
    difference = _sum(sides["in"]) - _sum(sides["out"])
    if abs(difference) <= max(_sum(sides["in"]), _sum(sides["out"])) * SLACK:
        return []
    side: Side = "out" if difference > 0 else "in"
    return [
        Band(account, side, visit.t(f"not known: flow {side}"), abs(difference), "difference", None, False)
    ]


def _sum(bands: Sequence[Band]) -> Decimal:
    return sum((band.amount for band in bands), Decimal(0))


def _chart(visit: Visit, bands: Sequence[Band]) -> charts.Option:
    """Bands of one name on one side share a node, whichever account they belong to."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for band in bands:
        totals[band.side, band.name] += band.amount
    through = {account: [band for band in bands if band.account == account] for account in ACCOUNTS}
    nodes = [
        charts.Node(
            f"account {account}", f"{visit.t(account)}\n{_most(visit, mine)}", ACCOUNTS.index(account)
        )
        for account, mine in through.items()
        if mine
    ]
    nodes += [
        charts.Node(
            f"{side} {name}",
            f"{_SECOND_NAME.sub('', name)}\n{money_text(amount, visit.language)}",
            _color(bands, side, name),
            side,
        )
        for (side, name), amount in totals.items()
    ]
    links = [
        charts.Link(
            *((f"in {band.name}", f"account {band.account}") if band.side == "in"
              else (f"account {band.account}", f"out {band.name}")),
            float(band.amount),
            f"{visit.t(band.account)} · {band.name}\n{money_text(band.amount, visit.language)}",
            band.at,
        )
        for band in bands
    ]  # fmt: skip
    return charts.flows(nodes, links)


def _color(bands: Sequence[Band], side: str, name: str) -> int | None:
    """That of its account, of several the one with most of it; None for what is not known."""
    mine = [band for band in bands if (band.side, band.name) == (side, name)]
    most = max(mine, key=lambda band: band.amount)
    return ACCOUNTS.index(most.account) if most.known else None


def _most(visit: Visit, bands: Sequence[Band]) -> str:
    sides = (_sum([band for band in bands if band.side == side]) for side in ("in", "out"))
    return money_text(max(sides), visit.language)

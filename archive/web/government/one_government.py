"""One government: its four accounts by year, where the money comes from and goes, debt, transfers, findings.

Invariant: every number is one printed amount and links to its page, with the stage it is of and its basis;
where sources of the same stage print different amounts, the page shows all, the chosen one first. Transfers
(转移支付) stand by item as their tables print them; nothing is added up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow.compute as pc
from starlette.responses import Response

from archive.dataset.query.government_tables import completeness_sql, wanted_tables
from archive.dataset.query.governments import account_of, definition, figures_sql
from archive.dataset.rows.typed import rows_of
from archive.monitoring.verdicts import BoardRow
from archive.web.data import queries
from archive.web.data.dataset import Opened
from archive.web.data.results import OwnDocument, RegionPlace
from archive.web.government.figures import (
    CatalogueEntry,
    Figure,
    Key,
    TransferLine,
    chosen_scope,
    level_of,
    link_of,
    of_place,
    others_of,
    scopes_of,
    years_of,
)
from archive.web.government.money_flows import picture
from archive.web.pages.money import drawn
from archive.web.pages.standings import board_of
from archive.web.view import charts
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.reference import regions
from parsers.values.vocabulary import AmountScope, BodyLevel, Flow, Stage

MOST = 40
COLUMNS = 6
ITEMS = """
    SELECT f.fact_id, f.table_id, f.row_label, f.column_path, f.flow, f.stage, f.amount_year AS year,
           f.amount_yuan AS amount, f.scope, f.row_region_code, f.row_region_name
    FROM {facts} f JOIN (SELECT document_id, region_code FROM {documents} WHERE superseded_by IS NULL) d
         USING (document_id)
    WHERE d.region_code = ? AND f.flow IN ('transfers_received', 'transfers_paid') AND f.amount_yuan <> 0
          AND f.status <> 'disputed' AND f.amount_year IS NOT NULL AND f.period IS DISTINCT FROM 'change'
          AND (f.scope IS DISTINCT FROM 'region' OR f.row_region_code IS NOT NULL)
    ORDER BY f.document_id, f.table_id, f.row_no, f.col_no
"""
YEARS = 8
ACCOUNTS = (
    "general_revenue", "tax_revenue", "nontax_revenue", "tax_share", "general_expenditure",
    "self_sufficiency",
    "transfers_received", "fund_revenue", "land_revenue", "fund_expenditure", "state_capital_revenue",
    "state_capital_expenditure", "social_insurance_revenue", "social_insurance_expenditure",
)  # fmt: skip
DEBT = (
    "debt_limit", "debt_balance", "debt_use", "general_debt_limit", "general_debt_balance",
    "special_debt_limit", "special_debt_balance",
)  # fmt: skip
BELOW = (
    "general_revenue", "general_expenditure", "self_sufficiency", "debt_balance", "debt_limit",
)  # fmt: skip
CATALOGUE = completeness_sql(
    "{facts}", "{tables}", "{documents}", "{disclosures}", "{gaps}", "region_code = ?"
)
DOCUMENTS = """
    SELECT document_id, name, superseded_by, title, body_name, region_code, body_level, fiscal_year,
           document_kind, outcome, tables, facts, proved_share
    FROM {documents} WHERE region_code = ? AND body_level = 'government' AND superseded_by IS NULL
    ORDER BY fiscal_year DESC NULLS LAST, document_kind, title, document_id
"""


@dataclass(frozen=True, slots=True)
class TransferGrid:
    """Lines by label and columns by header: each cell is one printed amount, or None."""

    columns: Sequence[str]
    lines: Sequence[tuple[str, Sequence[TransferLine | None]]]
    more: int
    """Lines that are not shown."""


@dataclass(frozen=True, slots=True)
class Transfers:
    """The newest year of one direction: amounts by item, and by region where the rows name regions."""

    flow: Flow
    year: int
    stage: Stage | None
    items: TransferGrid | None
    regions: TransferGrid | None


def transfers_of(version: Opened, code: str) -> list[Transfers]:
    """Transfers received and paid, each of its newest year and of the best stage of that year."""
    rows = version.of_region(code[:2]).ask(TransferLine, ITEMS, code)
    found = []
    for flow in (Flow.TRANSFERS_RECEIVED, Flow.TRANSFERS_PAID):
        mine = [row for row in rows if row.flow == flow]
        newest = max(((row.year, -_order(row.stage)) for row in mine), default=None)
        mine = [row for row in mine if (row.year, -_order(row.stage)) == newest]
        own = [row for row in mine if row.row_region_code in (None, code)]
        items = _grid([row for row in own if row.scope is not AmountScope.REGION])
        by_region = _grid([row for row in mine if row.row_region_code not in (None, code)])  # also 长春市本级
        if items or by_region:
            found.append(Transfers(flow, mine[0].year, mine[0].stage, items, by_region))
    return found


def _order(stage: str | None) -> int:
    order = definition().order
    return order.index(stage) if stage in order else len(order)


def _grid(rows: Sequence[TransferLine]) -> TransferGrid | None:
    """The lines of the table that prints most of them, the largest first, in the columns that most have:
    headers of several tables (金额, 预算数) would not be of one thing."""
    if not rows:
        return None
    printed = Counter(table for table, _ in {(row.table_id, row.row_label) for row in rows})
    fullest = max(printed, key=lambda table: printed[table])
    others = sum(printed.values()) - printed[fullest]
    rows = [row for row in rows if row.table_id == fullest]
    counts = Counter(row.column_path or "" for row in rows)
    columns = sorted(sorted(counts, key=lambda path: -counts[path])[:COLUMNS], key=list(counts).index)
    lines: dict[str, dict[str, TransferLine]] = defaultdict(dict)
    for row in rows:
        label = row.row_region_name if row.scope is AmountScope.REGION else row.row_label
        lines[label or ""].setdefault(row.column_path or "", row)
    cells = [(label, [mine.get(path) for path in columns]) for label, mine in lines.items()]
    cells = [one for one in cells if any(one[1])]
    cells.sort(key=lambda one: -max(cell.amount for cell in one[1] if cell))
    return TransferGrid(columns, cells[:MOST], max(len(cells) - MOST, 0) + others)


def government_page(visit: Visit) -> Response:
    """One government of the code in the address, even if nothing is known of it."""
    region = visit.region(visit.request.path_params["code"])
    scopes = scopes_of(visit.version, region.code)
    scope = chosen_scope(visit, scopes)
    found = of_place(visit, region.code, scope)
    years = years_of(found, YEARS)
    documents = visit.version.of_region(region.code[:2]).ask(OwnDocument, DOCUMENTS, region.code)
    flows = picture(visit, region.code, scope)
    below = _below(visit, region.code)
    drawn = {"debt": _debt_chart(visit, found, years), "flows": flows.chart if flows else None}
    return page(
        visit,
        "government.html",
        region=region,
        place=RegionPlace(region.code),
        found=found,
        scope=scope,
        scopes=scopes,
        years=years,
        accounts=_known(ACCOUNTS, found, years),
        debt=_known(DEBT, found, years),
        rates=definition().rates,
        flows=flows,
        transfers=transfers_of(visit.version, region.code),
        charts={name: chart for name, chart in drawn.items() if chart},
        below=below,
        below_measures=[name for name in BELOW if any(name in newest for _, newest in below)],
        documents=documents,
        catalogue=_catalogue(visit, region.code),
        wanted=wanted_tables(),
        checks=queries.failed_checks(visit.version, [one.document_id for one in documents]),
        deadlines=_deadlines(visit, region.code),
        printed_at=partial(link_of, visit),
        others_of=partial(others_of, visit),
    )


def _known(
    names: Sequence[str], found: Mapping[Key, Figure], years: Sequence[int]
) -> tuple[list[str], list[int]]:
    """Those of measures and of years of which a figure is known."""
    shown = [name for name in names if any((name, year) in found for year in years)]
    return shown, [year for year in years if any((name, year) in found for name in shown)]


def _debt_chart(visit: Visit, found: Mapping[Key, Figure], years: Sequence[int]) -> charts.Option | None:
    """Balances as columns, the limits as lines over them, total, general and special."""
    ordered = sorted(year for year in years if any((name, year) in found for name in DEBT))

    def series(names: Sequence[str]) -> dict[str, list[charts.Number]]:
        rows = {name: [found.get((name, year)) for year in ordered] for name in names}
        return {
            visit.t(f"measure {name}"): [
                drawn(row.amount_yuan, visit.language) if row else None for row in amounts
            ]
            for name, amounts in rows.items()
            if any(row and row.amount_yuan is not None for row in amounts)
        }

    balances = series(("debt_balance", "general_debt_balance", "special_debt_balance"))
    limits = series(("debt_limit", "general_debt_limit", "special_debt_limit"))
    if not balances and not limits:
        return None
    return charts.under_limits([str(year) for year in ordered], balances, limits, visit.t("chart unit"))


def _below(visit: Visit, code: str) -> list[tuple[regions.Region, dict[str, Figure]]]:
    """The regions directly below, each with its newest outcome of a few measures."""
    level = {"province": "city", "city": "county"}.get(level_of(code))
    prefix = regions.prefix(code)
    if level is None:
        return []
    newest: dict[str, dict[str, Figure]] = {}
    sql = figures_sql(where="starts_with(place, ?) AND scope = 'whole'")
    rows = visit.version.of_region(code[:2]).ask(Figure, f"SELECT * FROM ({sql}) WHERE outcome", prefix)
    for row in sorted(rows, key=lambda row: row.fiscal_year):
        if row.value is not None and row.account == account_of(row.measure):
            newest.setdefault(row.region_code, {})[row.measure] = row
    directly = (one for one in regions.below(code) if one.level == level or one.city is None)
    return [(one, newest[one.code]) for one in directly if one.code in newest]


def _catalogue(visit: Visit, code: str) -> list[tuple[int, str, dict[str, CatalogueEntry]]]:
    """Year and kind, the newest first, and what was found of each table of the catalogue."""
    rows = visit.version.of_region(code[:2]).ask(CatalogueEntry, CATALOGUE, code)
    found: dict[tuple[int, str], dict[str, CatalogueEntry]] = defaultdict(dict)
    for row in rows:
        found[row.fiscal_year, row.document_kind][row.item] = row
    return [(year, kind, found[year, kind]) for year, kind in sorted(found, reverse=True)][:YEARS]


def _deadlines(visit: Visit, code: str) -> list[BoardRow]:
    board = board_of(visit)
    own = pc.equal(board.column("level"), BodyLevel.GOVERNMENT.value)
    mine = pc.and_(pc.equal(board.column("region_code"), code), own)
    rows = rows_of(board.filter(pc.fill_null(mine, False)), BoardRow)
    return sorted(rows, key=lambda row: (-row.fiscal_year, row.document_kind))

"""The figures of governments as the pages read them, and the rows that the pages take of the dataset.

Invariant: a figure is a row of `archive.dataset.query.governments.COLUMNS`; nothing is chosen or added up
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from archive.dataset.query.governments import SCOPES, account_of, definition, figures_sql
from archive.dataset.rows.typed import row_of
from archive.web.data.dataset import Opened
from archive.web.data.results import Placed
from archive.web.view.visit import Visit
from parsers.reference import regions
from parsers.values.vocabulary import AmountScope, DocumentKind, Flow, Stage

Key = tuple[str, int]
"""Measure and year."""
LEVEL_SQL = (
    "CASE WHEN ends_with(region_code, '0000') THEN 'province' WHEN ends_with(region_code, '00') THEN 'city' "
    "ELSE 'county' END"
)
"""`level_of` in SQL."""


@dataclass(frozen=True, slots=True)
class Figure(Placed):
    """One measure of one place, scope and year: an amount in yuan, or a rate."""

    region_code: str
    scope: AmountScope
    account: str
    measure: str
    fiscal_year: int
    stage: Stage
    amount_yuan: Decimal | None
    rate: float | None
    basis: str
    document_id: str
    fact_ids: Sequence[str]
    statement_no: int | None
    page: int | None
    reason: str | None
    others: Sequence[str]

    @property
    def value(self) -> Decimal | float | None:
        """The amount in yuan or the rate, None where there is none."""
        return self.amount_yuan if self.rate is None else self.rate

    @property
    def amount(self) -> Decimal:
        """The amount in yuan of a figure that is not a rate."""
        assert self.amount_yuan is not None
        return self.amount_yuan

    @property
    def name(self) -> str:
        """The name of its place; the code if it is unknown."""
        region = regions.region(self.region_code)
        return region.name if region else self.region_code


@row_of("facts")
@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """The column of a table in which an amount is printed."""

    table_id: str
    col_no: int


@dataclass(frozen=True, slots=True)
class SpendingClass:
    """The largest amount that a column prints for a functional class (类)."""

    code: str
    name: str | None
    amount: Decimal
    fact_id: str


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One printed amount of a transfer, in yuan, and the item or region of its row."""

    fact_id: str
    table_id: str
    row_label: str | None
    column_path: str | None
    flow: Flow
    stage: Stage | None
    year: int
    amount: Decimal
    scope: AmountScope | None
    row_region_code: str | None
    row_region_name: str | None


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What was found of a table that must be there; `state` is found, not_found or unknown."""

    fiscal_year: int
    document_kind: DocumentKind
    item: str
    state: str
    document_id: str | None
    table_id: str | None
    reason: str | None


def of_place(visit: Visit, code: str, scope: str) -> dict[Key, Figure]:
    """The figures of one place and scope by measure and year; of what every account has, those of the general
    one."""
    near = visit.version.of_region(code[:2])
    found = near.ask(Figure, figures_sql(where="place = ? AND scope = ?"), code, scope)
    return {(one.measure, one.fiscal_year): one for one in found if one.account == account_of(one.measure)}


def scopes_of(version: Opened, code: str) -> list[str]:
    """The scopes of which anything is known of a place."""
    sql = f"SELECT DISTINCT scope FROM ({figures_sql(where='place = ?')})"
    known = version.of_region(code[:2]).table(sql, code).column("scope").to_pylist()
    return [scope for scope in SCOPES if scope in known]


@dataclass(frozen=True, slots=True)
class Other:
    """Another amount that a source prints for the same figure."""

    amount: Decimal
    page: str
    link: str


def others_of(visit: Visit, figure: Figure) -> list[Other]:
    """The amounts that contradict a figure, each different one once, with the first place that prints it."""
    found: dict[Decimal, Other] = {}
    for printed in figure.others:
        amount, page, document, line = printed.split(" · ")
        sentence = line.startswith("s") and line[1:].isdigit()
        address = visit.link(f"/documents/{document}" if sentence else f"/facts/{line}")
        address += f"#{line}" if sentence else ""
        found.setdefault(Decimal(amount), Other(Decimal(amount), page, address))
    return list(found.values())


def years_of(found: Iterable[Key], most: int) -> list[int]:
    """The newest years of which something is known, the newest first."""
    return sorted({year for _, year in found}, reverse=True)[:most]


def level_of(code: str) -> str:
    """province, city or county, by the zeros at the end of a code."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def link_of(visit: Visit, figure: Figure) -> str:
    """Where a figure is printed: its fact, its sentence, or its document."""
    if figure.fact_ids:
        return visit.link(f"/facts/{figure.fact_ids[0]}")
    place = f"#s{figure.statement_no}" if figure.statement_no is not None else ""
    return visit.link(f"/documents/{figure.document_id}") + place


def chosen_scope(visit: Visit, scopes: Sequence[str]) -> str:
    """The scope asked for, if anything is known of it; else the first that is."""
    return visit.choice("scope", scopes, next(iter(scopes), SCOPES[0]))


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

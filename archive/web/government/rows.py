"""What the pages of governments take of the dataset, as rows.

Invariant: a figure has the columns of `archive.dataset.query.governments.COLUMNS`; a class that takes columns
of a table is compared with the schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from archive.dataset.rows.typed import row_of
from archive.web.data.results import Placed
from parsers.reference import regions
from parsers.values.vocabulary import AmountScope, DocumentKind, Flow, Stage


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

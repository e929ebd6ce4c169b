"""Whole rows of the tables facts, checks.

Invariant: written from the schema by `make docs`; do not edit by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from archive.dataset.rows.typed import row_of
from parsers.values.table_types import TableType
from parsers.values.vocabulary import (
    AmountScope,
    AmountSource,
    BodyLevel,
    CheckStatus,
    CodeBasis,
    DebtBond,
    DebtKind,
    DebtMeasure,
    DocumentKind,
    FactStatus,
    Fault,
    Flow,
    FundSource,
    Measure,
    Nature,
    Period,
    Severity,
    Stage,
    UnitBasis,
)


@row_of("facts")
@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One row per printed amount of a budget table: a printed zero is a fact, a blank is not."""

    fact_id: str
    document_id: str
    table_id: str
    row_no: int
    col_no: int
    page: int | None = None
    x0: float | None = None
    y0: float | None = None
    x1: float | None = None
    y1: float | None = None
    region_code: str | None = None
    province: str | None = None
    city: str | None = None
    county: str | None = None
    body_name: str | None = None
    body_code: str | None = None
    body_level: BodyLevel | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    table_type: TableType | None = None
    row_label: str | None = None
    column_path: str | None = None
    flow: Flow | None = None
    fund: FundSource | None = None
    nature: Nature | None = None
    object: str | None = None
    period: Period | None = None
    functional_code: str | None = None
    functional_name: str | None = None
    economic_code: str | None = None
    economic_name: str | None = None
    gov_economic_code: str | None = None
    gov_economic_name: str | None = None
    code_basis: CodeBasis | None = None
    level: int | None = None
    is_total: bool
    project_name: str | None = None
    parent_row: int | None = None
    row_body_name: str | None = None
    category: str | None = None
    item_code: str | None = None
    subject: str | None = None
    scope: AmountScope | None = None
    row_region_code: str | None = None
    row_region_name: str | None = None
    stage: Stage | None = None
    amount_year: int | None = None
    measure: Measure | None = None
    revenue_code: str | None = None
    revenue_name: str | None = None
    debt_measure: DebtMeasure | None = None
    debt_kind: DebtKind | None = None
    debt_bond: DebtBond | None = None
    amount_yuan: Decimal | None = None
    amount_text: str
    unit_text: str | None = None
    unit_yuan: Decimal | None = None
    unit_basis: UnitBasis | None = None
    source: AmountSource | None = None
    proofs: Sequence[str] | None = None
    disputes: Sequence[str] | None = None
    status: FactStatus | None = None


@row_of("checks")
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One row per identity or rule tested."""

    check_id: str
    document_id: str
    rule: str
    table_ids: Sequence[str] | None = None
    statement: str | None = None
    left_yuan: Decimal | None = None
    right_yuan: Decimal | None = None
    difference_yuan: Decimal | None = None
    tolerance_yuan: Decimal | None = None
    status: CheckStatus
    severity: Severity
    fault: Fault | None = None
    rule_judged: int | None = None
    rule_right: int | None = None
    message: str | None = None
    fact_ids: Sequence[str] | None = None
    page: int | None = None

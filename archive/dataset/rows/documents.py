"""Whole rows of the tables documents, versions, changes, tables.

Invariant: written from the schema by `make docs`; do not edit by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from archive.dataset.rows.typed import row_of
from archive.vocabulary import ChangeKind
from parsers.values.table_types import TableType
from parsers.values.vocabulary import BodyLevel, DocumentKind, DocumentOutcome, TextLayer, UnitBasis


@row_of("documents")
@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """One row per distinct file content."""

    document_id: str
    name: str | None = None
    parent_id: str | None = None
    media_type: str | None = None
    pages: int | None = None
    text_layer: TextLayer | None = None
    title: str | None = None
    body_name: str | None = None
    body_code: str | None = None
    body_level: BodyLevel | None = None
    region_code: str | None = None
    province: str | None = None
    city: str | None = None
    county: str | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    headline_sources: str | None = None
    outcome: DocumentOutcome
    outcome_detail: str | None = None
    notes: Sequence[str] | None = None
    units: Sequence[str] | None = None
    parser_version: str
    content: str | None = None
    superseded_by: str | None = None
    tables: int | None = None
    facts: int | None = None
    measures: Sequence[str] | None = None
    proved_share: float | None = None
    unread: int | None = None


@row_of("versions")
@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One row per document that an address of an announcement led to, now or before."""

    disclosure_id: str
    url: str
    document_id: str
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@row_of("changes")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One row per amount that a later version of a document prints otherwise, or per version without such."""

    change_id: str
    disclosure_id: str
    url: str
    seen_at: datetime | None = None
    kind: ChangeKind
    old_document_id: str
    new_document_id: str
    table_type: TableType | None = None
    row_label: str | None = None
    column_path: str | None = None
    old_fact_id: str | None = None
    new_fact_id: str | None = None
    old_page: int | None = None
    new_page: int | None = None
    old_text: str | None = None
    new_text: str | None = None
    old_yuan: Decimal | None = None
    new_yuan: Decimal | None = None
    difference_yuan: Decimal | None = None


@row_of("tables")
@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row per logical table; the pieces on successive pages are one table."""

    table_id: str
    document_id: str
    table_no: int
    printed_no: str | None = None
    title: str | None = None
    table_type: TableType
    unit_text: str | None = None
    unit_yuan: Decimal | None = None
    unit_basis: UnitBasis | None = None
    pages: Sequence[int] | None = None
    header: Sequence[Sequence[str]] | None = None
    grid: Sequence[Sequence[str]] | None = None
    empty: bool
    empty_reason: str | None = None
    confidence: float | None = None
    unread: Sequence[str] | None = None
    repeats: str | None = None

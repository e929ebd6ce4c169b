"""Whole rows of the tables bodies, deadlines.

Invariant: written from the schema by `make docs`; do not edit by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from archive.dataset.rows.typed import row_of
from archive.vocabulary import DeadlineStatus, DueKind, TriggerBasis
from parsers.values.vocabulary import BodyLevel


@row_of("bodies")
@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRow:
    """One row per body that must publish."""

    body_id: str
    region_code: str | None = None
    name: str
    code: str | None = None
    level: BodyLevel | None = None
    parent: str | None = None
    first_year: int | None = None
    last_year: int | None = None
    source: str | None = None


@row_of("deadlines")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRow:
    """One row per body, year and kind of document, as of the snapshot's date."""

    body_id: str
    fiscal_year: int
    document_kind: DueKind
    trigger: date | None = None
    trigger_basis: TriggerBasis | None = None
    due_strict: date | None = None
    due_rolled: date | None = None
    published_on: date | None = None
    first_seen: datetime | None = None
    backdated: bool | None = None
    status: DeadlineStatus
    days_late: int | None = None
    disclosure_id: str | None = None
    note: str | None = None

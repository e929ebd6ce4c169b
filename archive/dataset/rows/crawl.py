"""Whole rows of the tables runs, gaps, disclosures.

Invariant: written from the schema by `make docs`; do not edit by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archive.dataset.rows.typed import row_of
from archive.vocabulary import GapKind, State
from parsers.values.vocabulary import Act, DocumentKind


@row_of("runs")
@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One row per run of a command that may change the dataset."""

    run_id: str
    started_at: datetime
    finished_at: datetime | None = None
    command: str | None = None
    version: str | None = None
    outcomes: str | None = None
    errors: Sequence[str] | None = None
    complete_sites: Sequence[str] | None = None
    stated: str | None = None


@row_of("gaps")
@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """One row per thing that a run saw on a site and did not follow, or could not have."""

    gap_id: str
    run_id: str
    site_id: str
    kind: GapKind
    url: str
    via: str | None = None
    evidence: str | None = None
    outcome: str | None = None
    title: str | None = None
    body_name: str | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    asked_on: date | None = None


@row_of("disclosures")
@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRow:
    """One row per announced publication: the article that carries or links the documents."""

    disclosure_id: str
    site_id: str | None = None
    region_code: str | None = None
    url: str
    title: str | None = None
    published_on: date | None = None
    published_basis: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    state: State | None = None
    body_name: str | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    document_ids: Sequence[str] | None = None
    approved_act: Act | None = None
    approved_year: int | None = None
    approved_on: date | None = None
    evidence: Sequence[str] | None = None
    moved_to: str | None = None
    list_heading: str | None = None

"""What the pages take of the dataset, as rows.

Invariant: a class whose columns are those of tables is compared with the schema; the others stand for SQL
that counts, and name every column they take.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from archive.dataset.rows.monitoring import BodyRow
from archive.dataset.rows.typed import row_of
from archive.monitoring.verdicts import BoardRow
from archive.vocabulary import GapKind, State
from parsers.reference import regions
from parsers.values.table_types import TableType
from parsers.values.vocabulary import (
    AmountScope,
    BodyLevel,
    CheckStatus,
    DocumentKind,
    DocumentOutcome,
    Fault,
    Measure,
    Severity,
    Stage,
)


class Placed:
    """A row with a region code: the names of the region and of those it is in."""

    __slots__ = ()
    region_code: str | None

    @property
    def region(self) -> regions.Region | None:
        """The region itself, if its code is known."""
        return regions.region(self.region_code) if self.region_code else None

    @property
    def province(self) -> str | None:
        """Its province (省)."""
        return self.region.province if self.region else None

    @property
    def city(self) -> str | None:
        """Its prefecture (市), if it is in one."""
        return self.region.city if self.region else None

    @property
    def county(self) -> str | None:
        """Its county (县), if it is one."""
        return self.region.county if self.region else None


@dataclass(frozen=True, slots=True)
class RegionPlace(Placed):
    """A region alone."""

    region_code: str | None


@row_of("deadlines", "bodies")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDeadline(BoardRow, Placed):
    """A line of the board with the names of its region."""


@row_of("bodies")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBody(BodyRow, Placed):
    """A body with the names of its region."""


@row_of("documents")
@dataclass(frozen=True, slots=True)
class MemberDocument:
    """A document that a container holds."""

    document_id: str
    name: str | None
    title: str | None
    body_name: str | None
    media_type: str | None
    outcome: DocumentOutcome
    parent_id: str | None


@row_of("documents")
@dataclass(frozen=True, slots=True)
class OwnDocument:
    """A document of a body."""

    document_id: str
    name: str | None
    superseded_by: str | None
    title: str | None
    body_name: str | None
    region_code: str | None
    body_level: BodyLevel | None
    fiscal_year: int | None
    document_kind: DocumentKind | None
    outcome: DocumentOutcome
    tables: int | None
    facts: int | None
    proved_share: float | None


@dataclass(frozen=True, slots=True)
class StoredPayload:
    """A capture that holds bytes of a document; `fetched` is a time in UTC, as text."""

    capture_id: str
    url: str
    warc_path: str
    warc_offset: int
    warc_length: int
    fetched: str
    payload_path: str
    payload_offset: int
    payload_length: int


@row_of("captures")
@dataclass(frozen=True, slots=True)
class StoredRecord:
    """The WARC record of a capture."""

    capture_id: str
    warc_path: str | None
    warc_offset: int | None
    warc_length: int | None


@dataclass(frozen=True, slots=True)
class Carrier:
    """An announcement that carries a document; `first_seen` is a time in UTC, as text."""

    disclosure_id: str
    title: str | None
    url: str
    published_on: date | None
    published_basis: str | None
    state: State | None
    new_url: str | None
    first_seen: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """An announcement that stands at another address now, seen there first on a day."""

    title: str | None
    url: str
    new_url: str
    fiscal_year: int | None
    document_kind: DocumentKind | None
    seen: str | None


@dataclass(frozen=True, slots=True)
class ListedTable:
    """A table of a document, with how many amounts it has and how they stand."""

    table_id: str
    table_no: int
    printed_no: str | None
    title: str | None
    table_type: TableType
    unit_text: str | None
    pages: Sequence[int] | None
    empty: bool
    empty_reason: str | None
    repeats: str | None
    facts: int
    proved: int
    disputed: int


@row_of("statements")
@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """What the prose of a government's report says of a measure."""

    statement_no: int
    page: int | None
    sentence: str
    measure: Measure | None
    scope: AmountScope | None
    stage: Stage | None
    fiscal_year: int | None
    amount_yuan: Decimal | None
    row_region_name: str | None


@row_of("checks")
@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that fails."""

    document_id: str
    rule: str
    statement: str | None
    message: str | None
    status: CheckStatus
    left_yuan: Decimal | None
    right_yuan: Decimal | None
    difference_yuan: Decimal | None
    tolerance_yuan: Decimal | None
    fact_ids: Sequence[str] | None
    severity: Severity
    fault: Fault | None
    rule_judged: int | None
    rule_right: int | None


@dataclass(frozen=True, slots=True)
class LatestAnnouncement:
    """An announcement of a region."""

    title: str | None
    url: str
    published_on: date | None
    document_ids: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class SeenGap:
    """What the last visit to a site did not follow; `name` is that of the site."""

    site_id: str
    name: str | None
    kind: GapKind
    url: str
    evidence: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class ListedSite(Placed):
    """A site and its last visit; times are China's, as text, and `state` one of `sites.STATES`."""

    site_id: str
    region_code: str | None
    name: str | None
    url: str
    platform: str | None
    last_outcome: str | None
    run_id: str | None
    newest: date | None
    gaps: int
    disclosures: int
    last_visit: str | None
    last_success: str | None
    state: str


@dataclass(frozen=True, slots=True)
class SiteVisited:
    """One visit to a site."""

    run_id: str
    requests: int
    began: str
    other: int
    state: str


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run; times are China's, as text, `complete` and `gaps` are counts."""

    run_id: str
    command: str | None
    version: str | None
    outcomes: str | None
    errors: Sequence[str] | None
    complete: int
    began: str
    ended: str | None
    gaps: int

    @property
    def answers(self) -> Mapping[str, int]:
        """Its captures by outcome."""
        counts: dict[str, int] = json.loads(self.outcomes or "{}")
        return counts

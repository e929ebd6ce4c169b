"""Which bodies must publish, by what they published before and by lists of them, and what each must publish.

Invariant: a body is known by its region and its name as printed; the same two always give the same id, and a
body is never invented: each one names its sources: documents it published, the registry, or a department's
list of its units (下设预算单位).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from archive.dataset.rows.monitoring import BodyRow
from archive.dataset.rows.typed import row_of
from archive.monitoring.deadlines import Expectation, Publication
from archive.vocabulary import DEBT_KINDS, DueKind
from parsers.values.vocabulary import Act, BodyLevel, DocumentKind, DocumentOutcome

Text = TypeVar("Text", bound=str)
Owed = tuple[str, int, DueKind]
"""A document that is owed: (body_id, fiscal year, kind)."""
Approvals = Mapping[tuple[str | None, int], Mapping[str, date]]
"""Acts and their days by (region_code, fiscal_year); for the acts see `statutes.yaml`."""


@row_of("documents")
@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredDocument:
    """What a verdict needs of a document."""

    document_id: str
    region_code: str | None = None
    body_name: str | None = None
    body_code: str | None = None
    body_level: BodyLevel | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    units: Sequence[str] | None = None
    measures: Sequence[str] | None = None
    outcome: DocumentOutcome


@row_of("disclosures")
@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoredDisclosure:
    """What a verdict needs of an announcement."""

    disclosure_id: str
    site_id: str | None = None
    region_code: str | None = None
    url: str
    title: str | None = None
    list_heading: str | None = None
    body_name: str | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None
    document_ids: Sequence[str] | None = None
    published_on: date | None = None
    first_seen: datetime | None = None
    approved_act: Act | None = None
    approved_year: int | None = None
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A body that a list says must publish. `site_id` is the site where it should, `source` the list: the
    registry, or a department's document; `parent` the name of the body it belongs to, in the same region;
    `year` the fiscal year it is listed for."""

    region_code: str | None
    name: str
    source: str
    level: BodyLevel | None = None
    parent: str | None = None
    site_id: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Crawl:
    """A visit to the end of one site: the day in China as of which it knows the site (see
    `archive.warc.captures.Run.complete_days`), and when it was over."""

    day: date
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Registered:
    """What is known beside the archive: days of approval, lists of bodies, governments by their sites.

    A government that nothing else names owes from the first visit to its site. It is never missing, for its
    own budget may stand in a column that is not registered."""

    approvals: Approvals = field(default_factory=dict)
    listed: Sequence[Listed] = ()
    governments: Sequence[Listed] = ()


NOTHING_REGISTERED = Registered()

DOCUMENTS = "documents"
ANNOUNCED = "announcement"
"""Source of a body that only announcements name."""
BY_SITE = "site"
"""Source of a government that only its registered site names."""
MONITORED = (DueKind.BUDGET, DueKind.ACCOUNTS)
GOVERNMENT = BodyLevel.GOVERNMENT
DEBT = frozenset(
    {"debt_limit", "debt_balance", "general_debt_limit", "general_debt_balance", "special_debt_limit",
     "special_debt_balance"}
)  # fmt: skip
"""Measures that make a document a disclosure of debt."""
_DEBT_DUE = {DueKind(kind): due for due, kind in DEBT_KINDS.items()}
BODIES_KEPT = 1 << 17


@lru_cache(BODIES_KEPT)
def body_id(region_code: str | None, name: str) -> str:
    """The id of a body: 16 hex digits over region code and name, whatever the width of its characters."""
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    return hashlib.sha256(f"{region_code or ''}|{plain}".encode()).hexdigest()[:16]


def known_bodies(documents: Iterable[MonitoredDocument], listed: Iterable[Listed] = ()) -> list[BodyRow]:
    """Rows of `bodies`: every body that a document or a list names. The years are those of its
    documents and of the lists; none where neither names one."""
    groups: dict[str, list[MonitoredDocument]] = defaultdict(list)
    for document in documents:
        if document.body_name:
            groups[body_id(document.region_code, document.body_name)].append(document)
    lists: dict[str, list[Listed]] = defaultdict(list)
    for entry in listed:
        lists[body_id(entry.region_code, entry.name)].append(entry)
    return [_body(identity, groups[identity], lists[identity]) for identity in sorted({*groups, *lists})]


def expectations(
    bodies: Iterable[BodyRow],
    as_of: date,
    approvals: Approvals | None = None,
    found: Container[Owed] = (),
) -> Iterator[Expectation]:
    """What each body owes: a budget for every year from the first it is known for to that of `as_of`, and the
    accounts of each of these years that has ended. A body known from a list alone owes the budget of this
    year and the accounts of the last, one that only announcements name what they announce (`found`). A
    government owes its debt and the limit of it with both, and an
    adjustment where one is known to have been approved, or is among `found` (body_id, year, kind)."""
    for body in bodies:
        if body.first_year is None and body.source == DOCUMENTS:
            continue  # its documents do not say which year they are for
        known = approvals or {}
        for year, kind in _owed(body, as_of.year, known, found):
            yield Expectation(
                body_id=body.body_id,
                body_level=body.level,
                region_code=body.region_code,
                fiscal_year=year,
                document_kind=kind,
                approvals=known.get((body.region_code, year), {}),
            )


def _owed(
    body: BodyRow, this_year: int, approvals: Approvals, found: Container[Owed]
) -> Iterator[tuple[int, DueKind]]:
    for year, kind in _owed_by_all(body, this_year):
        if body.source == ANNOUNCED and (body.body_id, year, kind) not in found:
            continue
        yield year, kind
        if body.level != GOVERNMENT:
            continue
        yield year, _DEBT_DUE[kind]
        adjusted = Act.ADJUSTMENT in approvals.get((body.region_code, year), {})
        if kind == DueKind.BUDGET and (adjusted or (body.body_id, year, DueKind.ADJUSTMENT) in found):
            yield year, DueKind.ADJUSTMENT


def _owed_by_all(body: BodyRow, this_year: int) -> Iterator[tuple[int, DueKind]]:
    if body.first_year is None or body.last_year is None:
        yield this_year - 1, DueKind.ACCOUNTS
        yield this_year, DueKind.BUDGET
        return
    for year in range(body.first_year, max(this_year, body.last_year) + 1):
        for kind in MONITORED:
            if kind == DueKind.BUDGET or year < this_year:
                yield year, kind


def approvals_known(disclosures: Iterable[MonitoredDisclosure], registered: Approvals) -> Approvals:
    """Approvals that decisions found by crawls state, and those of the registry, which stand above them. Of
    several decisions on one year the first counts: a later one amends it."""
    known: dict[tuple[str | None, int], dict[str, date]] = defaultdict(dict)
    decisions = [
        (row.approved_on, (row.region_code, row.approved_year), row.approved_act)
        for row in disclosures
        if row.approved_act and row.approved_on and row.approved_year
    ]
    for day, place, act in sorted(decisions, key=lambda decision: decision[0], reverse=True):
        known[place][act] = day
    for place, days in registered.items():
        known[place] |= days
    return dict(known)


def publications(
    documents: Iterable[MonitoredDocument],
    disclosures: Iterable[MonitoredDisclosure],
    crawls: Mapping[str, Sequence[Crawl]] | None = None,
) -> Iterator[Publication]:
    """Every finding of a document of a known body, year and kind: one for each disclosure that carries it; a
    document that no disclosure carries was given as a local file and has no dates.

    `crawls` are the complete crawls of each site, by site_id: what a claimed date is held against.
    """
    carriers: dict[str, list[MonitoredDisclosure]] = defaultdict(list)
    for disclosure in disclosures:
        for identity in disclosure.document_ids or ():
            carriers[identity].append(disclosure)
    for document in documents:
        if not document.body_name or not document.fiscal_year or not document.document_kind:
            continue
        body = body_id(document.region_code, document.body_name)
        for kind in _kinds_of(document):
            for row in carriers[document.document_id]:
                crawled = (crawls or {}).get(row.site_id or "", ())
                yield Publication(
                    body,
                    document.fiscal_year,
                    kind,
                    row.published_on,
                    row.first_seen,
                    row.disclosure_id,
                    last_absence(row.published_on, row.first_seen, crawled),
                )
            if not carriers[document.document_id]:
                yield Publication(body, document.fiscal_year, kind)


def _kinds_of(document: MonitoredDocument) -> Iterator[DueKind]:
    """What a document is a publication of: its kind, and of a government's debt where it prints that."""
    if document.document_kind is None:
        return
    kind = DueKind(document.document_kind)
    yield kind
    of_debt = kind in MONITORED and DEBT.intersection(document.measures or ())
    if document.body_level == GOVERNMENT and of_debt:
        yield _DEBT_DUE[kind]


def last_absence(claimed: date | None, first_seen: datetime | None, crawls: Iterable[Crawl]) -> date | None:
    """The day of the last complete crawl that began after the claimed day had ended and was over before the
    first sight: the proof that it was not there. A crawl that had already passed the list proves nothing."""
    if claimed is None or first_seen is None:
        return None
    days = (
        crawl.day for crawl in crawls if crawl.finished_at is not None and crawl.finished_at <= first_seen
    )
    return max((day for day in days if day > claimed), default=None)


def _body(identity: str, documents: Sequence[MonitoredDocument], listed: Sequence[Listed]) -> BodyRow:
    """What documents say of themselves comes before what lists say of the body."""
    years = [row.fiscal_year for row in documents if row.fiscal_year]
    years += [entry.year for entry in listed if entry.year]
    places = [row.region_code for row in documents] or [entry.region_code for entry in listed]
    names = [row.body_name for row in documents] or [entry.name for entry in listed]
    levels: list[BodyLevel | None] = [row.body_level for row in documents if row.body_level]
    levels = levels or [one.level for one in listed]
    parent = _commonest(entry.parent for entry in listed)
    sources = ([DOCUMENTS] if documents else []) + sorted({entry.source for entry in listed})
    return BodyRow(
        body_id=identity,
        region_code=places[0],
        name=_commonest(names) or "",
        code=_commonest(row.body_code for row in documents),
        level=_commonest(levels),
        parent=body_id(places[0], parent) if parent else None,
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        source=", ".join(sources),
    )


def _commonest(values: Iterable[Text | None]) -> Text | None:
    """The value printed most often, the smaller one first among equals."""
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value), default=None)

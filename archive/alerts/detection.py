"""Find the alerts of a snapshot, as of a day.

Invariant: an alert follows from what is stored and the day alone, and one thing that happened has one id,
whenever it is looked at; the same thing happening again (gone, back, gone again) has another. Of
announcements that publish the same under the same title the first alone is new: a site changed its system, or
shows them twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from archive.clock import CHINA
from archive.dataset.query.connection import ask, connect
from archive.dataset.rows.typed import row_of, rows_of
from archive.dataset.snapshots import Snapshot, read_as
from archive.ids import title_key
from archive.monitoring.bodies import NOTHING_REGISTERED, Registered
from archive.monitoring.judging import last_complete_crawls, runs_before
from archive.monitoring.verdicts import BoardRow, board
from archive.rendering.messages import word
from archive.rendering.texts import t
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome, DeadlineStatus, State, TriggerBasis
from parsers.values.vocabulary import DocumentKind


class AlertKind(StrEnum):
    """What an alert is about."""

    NEW = "new"
    LATE = "late"
    MISSING = "missing"
    ALTERED = "altered"
    GONE = "gone"
    DISPUTED = "disputed"
    BROKEN = "broken"


KINDS = tuple(AlertKind)
FINE = (*GOOD, CaptureOutcome.NO_URL, CaptureOutcome.NOT_RUN)
"""Outcomes of sites that raise no alert: reached, or never tried."""

NEW = """
WITH held AS (
    SELECT disclosure_id, list_sort(list(DISTINCT coalesce(content, document_id))) AS contents
    FROM (SELECT disclosure_id, unnest(document_ids) AS document_id FROM disclosures)
    LEFT JOIN (SELECT document_id, content FROM documents) USING (document_id)
    GROUP BY disclosure_id)
SELECT disclosure_id, site_id, region_code, title, url, first_seen, contents, state, moved_to,
       body_name, fiscal_year, document_kind
FROM disclosures JOIN held USING (disclosure_id) ORDER BY first_seen, disclosure_id
"""
GONE = """
SELECT disclosure_id, region_code, coalesce(title, url) AS title, url, last_seen FROM disclosures
WHERE state IN ('gone', 'stub')
"""
ALTERED = """
SELECT c.disclosure_id, c.new_document_id, any_value(d.region_code) AS region_code,
       any_value(coalesce(d.title, d.url)) AS title, any_value(d.url) AS url, min(c.seen_at) AS seen_at,
       count(*) FILTER (c.kind IN ('altered', 'added', 'removed')) AS amounts
FROM changes c JOIN disclosures d USING (disclosure_id)
WHERE c.kind <> 'cosmetic'
GROUP BY c.disclosure_id, c.new_document_id
"""
DISPUTED = """
WITH places AS (SELECT unnest(document_ids) AS document_id, url, first_seen FROM disclosures),
errors AS (
    SELECT DISTINCT unnest(fact_ids) AS fact_id FROM checks
    WHERE status = 'fails' AND severity = 'error' AND fault IS DISTINCT FROM 'reading'
)
SELECT f.document_id, any_value(d.region_code) AS region_code, any_value(d.body_name) AS body_name,
       any_value(d.title) AS title, count(DISTINCT f.fact_id) AS amounts, min(p.first_seen) AS first_seen,
       min(p.url) AS url
FROM facts f SEMI JOIN errors USING (fact_id) JOIN documents d USING (document_id)
    LEFT JOIN places p USING (document_id)
WHERE f.status = 'disputed'
      AND NOT EXISTS (SELECT 1 FROM changes WHERE kind = 'cosmetic' AND new_document_id = f.document_id)
GROUP BY f.document_id
"""
"""Errors are what rules of measured precision say (`parsers.findings.claims`): warnings and doubts raise no
alert, and a file that was published anew and prints the same none of its own."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `day` is when it happened as far as is known, `about` one sentence in the language
    in use, `region_code` who is concerned, `url` where to look."""

    alert_id: str
    kind: AlertKind
    day: date
    about: str
    region_code: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Gone:
    disclosure_id: str
    region_code: str | None
    title: str
    url: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class _Altered:
    disclosure_id: str
    new_document_id: str
    region_code: str | None
    title: str
    url: str
    seen_at: datetime
    amounts: int


@dataclass(frozen=True, slots=True)
class _Disputed:
    document_id: str
    region_code: str | None
    body_name: str | None
    title: str | None
    amounts: int
    first_seen: datetime | None
    url: str | None


@row_of("sites")
@dataclass(frozen=True, slots=True)
class _Site:
    site_id: str
    region_code: str | None
    name: str | None
    url: str
    last_outcome: str | None


def detect(
    store: Store, snapshot: Snapshot, as_of: date, registered: Registered = NOTHING_REGISTERED
) -> list[Alert]:
    """All alerts up to the end of `as_of`, the oldest first."""
    complete = last_complete_crawls(runs_before(store, snapshot), as_of)
    with connect(store, snapshot) as connection:
        alerts = [
            *_new(not_repeated(ask(connection, Announced, NEW))),
            *_altered(ask(connection, _Altered, ALTERED)),
            *_gone(ask(connection, _Gone, GONE)),
            *_disputed(ask(connection, _Disputed, DISPUTED), _day(snapshot.created_at)),
        ]
    alerts += _broken(read_as(store, snapshot, _Site), complete, as_of)
    alerts += _overdue(rows_of(board(store, snapshot, as_of, registered), BoardRow), as_of)
    return sorted(alerts, key=lambda alert: (alert.day, KINDS.index(alert.kind), alert.alert_id))


def _new(rows: Iterable[Announced]) -> Iterator[Alert]:
    for row in rows:
        about = t("Published: {title}", title=row.title or row.url)
        identity = f"new:{row.disclosure_id}"
        yield Alert(identity, AlertKind.NEW, _day(row.first_seen), about, row.region_code, row.url)


def _overdue(rows: Iterable[BoardRow], as_of: date) -> Iterator[Alert]:
    """A document is late if it came after the deadline, missing if a complete crawl after it did not find
    it."""
    for row in rows:
        if row.status not in (DeadlineStatus.LATE, DeadlineStatus.MISSING):
            continue
        facts: dict[str, Any] = {
            "name": row.name, "year": row.fiscal_year, "kind": word(row.document_kind),
            "days": row.days_late, "due": row.due_rolled,
        }  # fmt: skip
        presumed = row.trigger_basis is TriggerBasis.PRESUMED
        if row.status is DeadlineStatus.LATE:
            kind, day = AlertKind.LATE, row.published_on or as_of
            late = t("Late by {days} days: {name}, {year} {kind}", **facts)
            after = t("{days} days after the presumed last day: {name}, {year} {kind}", **facts)
            about = after if presumed else late
        else:
            kind, day = AlertKind.MISSING, row.due_rolled or as_of
            stated = t("Not found: {name}, {year} {kind}, due {due}", **facts)
            perhaps = t("Not found: {name}, {year} {kind}, presumably due {due}", **facts)
            about = perhaps if presumed else stated
        identity = f"{row.status}:{row.body_id}:{row.fiscal_year}:{row.document_kind}"
        yield Alert(identity, kind, day, about, row.region_code)


def _altered(rows: Iterable[_Altered]) -> Iterator[Alert]:
    for row in rows:
        if row.amounts:
            about = t("Altered, {count} amounts: {title}", count=row.amounts, title=row.title)
        else:
            about = t("Altered, text only: {title}", title=row.title)
        identity = f"altered:{row.disclosure_id}:{row.new_document_id[:16]}"
        yield Alert(identity, AlertKind.ALTERED, _day(row.seen_at), about, row.region_code, row.url)


def _gone(rows: Iterable[_Gone]) -> Iterator[Alert]:
    """`last_seen` distinguishes one disappearance from the next."""
    for row in rows:
        about = t("Taken down: {title}", title=row.title)
        identity = f"gone:{row.disclosure_id}:{row.last_seen:%Y%m%dT%H%M%S}"
        yield Alert(identity, AlertKind.GONE, _day(row.last_seen), about, row.region_code, row.url)


def _disputed(rows: Iterable[_Disputed], otherwise: date) -> Iterator[Alert]:
    for row in rows:
        title = row.title or row.body_name or row.document_id[:16]
        about = t("Sums do not hold, {count} amounts: {title}", count=row.amounts, title=title)
        day = _day(row.first_seen) if row.first_seen else otherwise
        identity = f"disputed:{row.document_id[:32]}"
        yield Alert(identity, AlertKind.DISPUTED, day, about, row.region_code, row.url)


def _broken(rows: Iterable[_Site], complete: Mapping[str, date], as_of: date) -> Iterator[Alert]:
    """One alert between two complete crawls, however often the site fails in between."""
    for row in rows:
        if row.last_outcome is None or row.last_outcome in FINE:
            continue
        since = complete.get(row.site_id)
        outcome = t(row.last_outcome, context="answer")
        about = t("Site broken, {outcome}: {name}", outcome=outcome, name=row.name or row.url)
        identity = f"broken:{row.site_id}:{since or 'never'}"
        yield Alert(identity, AlertKind.BROKEN, since or as_of, about, row.region_code, row.url)


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class Announced:
    """Columns of `disclosures`, with `contents`, what the documents of the announcement print."""

    disclosure_id: str
    site_id: str | None
    region_code: str | None
    title: str | None
    url: str
    first_seen: datetime
    contents: Sequence[str]
    state: State
    moved_to: str | None
    body_name: str | None
    fiscal_year: int | None
    document_kind: DocumentKind | None

    @property
    def places(self) -> tuple[tuple[str, str | None], ...]:
        """Where another announcement of the same title is the same."""
        return ("site_id", self.site_id), ("region_code", self.region_code)

    @property
    def about(self) -> tuple[object, ...]:
        """Whose documents it has, of which year and kind; None where it is not known."""
        return self.body_name, self.fiscal_year, self.document_kind


def not_repeated(rows: Iterable[Announced]) -> Iterator[Announced]:
    """Those of some announcements that are new. They come in the order in which they were seen first."""
    places: set[str | None] = set()
    first: defaultdict[tuple[str, str, str], list[Announced]] = defaultdict(list)
    for row in rows:
        keys = [(scope, value, title_key(row.title)) for scope, value in row.places if value]
        before = (one for key in keys for one in first[key])
        place = row.moved_to if row.state is State.MOVED else row.disclosure_id
        if not (place in places or any(_is_same(one, row) for one in before)):
            yield row
        places.add(place)
        for key in keys:
            first[key].append(row)


def _is_same(one: Announced, other: Announced) -> bool:
    if not set(one.contents) & set(other.contents):
        return False
    return all(mine == its or None in (mine, its) for mine, its in zip(one.about, other.about, strict=True))

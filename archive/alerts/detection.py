"""Find the alerts of a snapshot, as of a day.

Invariant: an alert follows from what is stored and the day alone, and one thing that happened has one id,
whenever it is looked at; the same thing happening again (gone, back, gone again) has another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from archive import CHINA
from archive.alerts.announced import Announced, alert_ids, announcements, bearing, not_repeated
from archive.alerts.arrivals import Arrivals
from archive.dataset.query.connection import connect
from archive.dataset.rows.typed import row_of, rows_of
from archive.dataset.snapshots import Snapshot, read_as
from archive.monitoring.bodies import NOTHING_REGISTERED, Registered
from archive.monitoring.judging import last_complete_crawls, runs_of
from archive.monitoring.verdicts import BoardRow, board
from archive.rendering.messages import word
from archive.rendering.texts import t
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome, DeadlineStatus, TriggerBasis

T = TypeVar("T")


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
OVERDUE = {DeadlineStatus.LATE: AlertKind.LATE, DeadlineStatus.MISSING: AlertKind.MISSING}
FINE = (*GOOD, CaptureOutcome.NO_URL, CaptureOutcome.NOT_RUN)
"""Outcomes of sites that raise no alert: reached, or never tried."""

GONE = """
SELECT 'gone:' || disclosure_id || ':' || strftime(last_seen AT TIME ZONE 'UTC', '%Y%m%dT%H%M%S') AS alert_id,
       region_code, coalesce(title, url) AS title, url, last_seen
FROM disclosures WHERE state IN ('gone', 'stub')
"""
ALTERED = """
SELECT 'altered:' || c.disclosure_id || ':' || c.new_document_id[:16] AS alert_id,
       any_value(d.region_code) AS region_code,
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
SELECT 'disputed:' || f.document_id[:32] AS alert_id, any_value(d.region_code) AS region_code,
       any_value(coalesce(d.title, d.body_name, f.document_id[:16])) AS title,
       count(DISTINCT f.fact_id) AS amounts, min(p.first_seen) AS first_seen,
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


Asked = Callable[[AlertKind, pa.ChunkedArray, pa.ChunkedArray], pa.ChunkedArray]
"""Which alerts of a kind are asked for, by their ids and regions: a mask."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """`last_seen` distinguishes one disappearance from the next."""

    alert_id: str
    region_code: str | None
    title: str
    url: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class _Altered:
    alert_id: str
    region_code: str | None
    title: str
    url: str
    seen_at: datetime
    amounts: int


@dataclass(frozen=True, slots=True)
class _Disputed:
    alert_id: str
    region_code: str | None
    title: str
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


def everything(kind: AlertKind, ids: pa.ChunkedArray, regions: pa.ChunkedArray) -> pa.ChunkedArray:
    """Asks for all alerts."""
    return pc.is_valid(ids)


def detect(
    store: Store,
    snapshot: Snapshot,
    as_of: date,
    registered: Registered = NOTHING_REGISTERED,
    asked: Asked = everything,
    since: Snapshot | None = None,
) -> list[Alert]:
    """The alerts up to the end of `as_of` that are asked for, the oldest first: of the others no more is made
    than their ids. Of what happened to announcements and sums, `since` a snapshot of which all that is asked
    for was found, no more is looked for than what came with later ones."""

    def wanted(kind: AlertKind, rows: pa.Table) -> pa.Table:
        return rows.filter(asked(kind, rows.column("alert_id"), rows.column("region_code")))

    came = Arrivals(store, since, snapshot) if since else None
    with ExitStack() as stack:
        whole = cache(lambda: stack.enter_context(connect(store, snapshot, of="")))

        def found(kind: AlertKind, row: type[T], sql: str) -> list[T]:
            rows = came.select(kind, sql) if came else whole().execute(sql).to_arrow_table()
            return rows_of(wanted(kind, rows), row) if rows is not None else []

        rows = announcements(store, snapshot)
        near = rows if came is None else bearing(rows, came.announced)
        new = not_repeated(whole, rows, wanted(AlertKind.NEW, near))
        alerts = [
            *_new(new),
            *_altered(found(AlertKind.ALTERED, _Altered, ALTERED)),
            *_gone(found(AlertKind.GONE, _Gone, GONE)),
            *_disputed(found(AlertKind.DISPUTED, _Disputed, DISPUTED), _day(snapshot.created_at)),
        ]
    alerts += [one for one in _broken(store, snapshot, as_of) if _is_asked(one, asked)]
    overdue = board(store, snapshot, as_of, registered, statuses=[*OVERDUE])
    for status, kind in OVERDUE.items():
        rows = overdue.filter(pc.equal(overdue.column("status"), status))
        ids = alert_ids(status, rows, "body_id", "fiscal_year", "document_kind")
        alerts += _overdue(wanted(kind, rows.append_column("alert_id", ids)), kind, as_of)
    return sorted(alerts, key=lambda alert: (alert.day, KINDS.index(alert.kind), alert.alert_id))


def _new(rows: Iterable[Announced]) -> Iterator[Alert]:
    for row in rows:
        about = t("Published: {title}", title=row.title or row.url)
        identity = f"new:{row.disclosure_id}"
        yield Alert(identity, AlertKind.NEW, _day(row.first_seen), about, row.region_code, row.url)


def _overdue(rows: pa.Table, kind: AlertKind, as_of: date) -> Iterator[Alert]:
    """A document is late if it came after the deadline, missing if a complete crawl after it did not find
    it."""
    for identity, row in zip(rows.column("alert_id").to_pylist(), rows_of(rows, BoardRow), strict=True):
        facts: dict[str, Any] = {
            "name": row.name, "year": row.fiscal_year, "kind": word(row.document_kind),
            "days": row.days_late, "due": row.due_rolled,
        }  # fmt: skip
        presumed = row.trigger_basis is TriggerBasis.PRESUMED
        if kind is AlertKind.LATE:
            day = row.published_on or as_of
            late = t("Late by {days} days: {name}, {year} {kind}", **facts)
            after = t("{days} days after the presumed last day: {name}, {year} {kind}", **facts)
            about = after if presumed else late
        else:
            day = row.due_rolled or as_of
            stated = t("Not found: {name}, {year} {kind}, due {due}", **facts)
            perhaps = t("Not found: {name}, {year} {kind}, presumably due {due}", **facts)
            about = perhaps if presumed else stated
        yield Alert(identity, kind, day, about, row.region_code)


def _altered(rows: Iterable[_Altered]) -> Iterator[Alert]:
    for row in rows:
        if row.amounts:
            about = t("Altered, {count} amounts: {title}", count=row.amounts, title=row.title)
        else:
            about = t("Altered, text only: {title}", title=row.title)
        yield Alert(row.alert_id, AlertKind.ALTERED, _day(row.seen_at), about, row.region_code, row.url)


def _gone(rows: Iterable[_Gone]) -> Iterator[Alert]:
    for row in rows:
        about = t("Taken down: {title}", title=row.title)
        yield Alert(row.alert_id, AlertKind.GONE, _day(row.last_seen), about, row.region_code, row.url)


def _disputed(rows: Iterable[_Disputed], otherwise: date) -> Iterator[Alert]:
    for row in rows:
        about = t("Sums do not hold, {count} amounts: {title}", count=row.amounts, title=row.title)
        day = _day(row.first_seen) if row.first_seen else otherwise
        yield Alert(row.alert_id, AlertKind.DISPUTED, day, about, row.region_code, row.url)


def _broken(store: Store, snapshot: Snapshot, as_of: date) -> Iterator[Alert]:
    """One alert between two complete crawls, however often the site fails in between."""
    rows = [one for one in read_as(store, snapshot, _Site) if one.last_outcome not in (None, *FINE)]
    sites = {row.site_id for row in rows}
    complete = last_complete_crawls(runs_of(store, snapshot, sites), as_of) if sites else {}
    for row in rows:
        since = complete.get(row.site_id)
        outcome = t(row.last_outcome or "", context="answer")
        about = t("Site broken, {outcome}: {name}", outcome=outcome, name=row.name or row.url)
        identity = f"broken:{row.site_id}:{since or 'never'}"
        yield Alert(identity, AlertKind.BROKEN, since or as_of, about, row.region_code, row.url)


def _is_asked(alert: Alert, asked: Asked) -> bool:
    ids, regions = (pa.chunked_array([[one]], pa.string()) for one in (alert.alert_id, alert.region_code))
    return bool(asked(alert.kind, ids, regions)[0].as_py())


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()

"""Where every body stands, judged from a snapshot and the runs behind it.

Invariant: a verdict is computed from what is stored, for any day asked about; the same snapshot, runs and day
give the same verdicts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from archive.clock import CHINA
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.rows.typed import row_of, table_of
from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot, read_as, snapshot_numbers
from archive.history.runs import runs_in
from archive.monitoring.bodies import (
    NOTHING_REGISTERED,
    Crawl,
    MonitoredDisclosure,
    MonitoredDocument,
    Registered,
    approvals_known,
    complete_crawls,
    expectations,
    known_bodies,
    places_of,
    publications,
)
from archive.monitoring.deadlines import assess
from archive.monitoring.obstacles import Doubts, last_visits
from archive.monitoring.unit_lists import listed_units
from archive.rendering.texts import t
from archive.stores import Store
from archive.vocabulary import DeadlineStatus, TriggerBasis
from archive.warc.captures import Run
from archive.warc.journal import read_run, stored_runs
from parsers.reference import regions
from parsers.values.errors import UsageError
from parsers.values.vocabulary import BodyLevel

BODY_COLUMNS = ("region_code", "name", "level")
SCREEN_COLUMNS = (
    "status",
    "days_late",
    "name",
    "fiscal_year",
    "document_kind",
    "due_rolled",
    "published_on",
    "trigger_basis",
    "note",
)
"""What of the board fits on a screen."""
# The board lists what needs a person first.
URGENCY = (
    DeadlineStatus.MISSING,
    DeadlineStatus.LATE,
    DeadlineStatus.ANNOUNCED,
    DeadlineStatus.UNKNOWN,
    DeadlineStatus.GREY,
    DeadlineStatus.PENDING,
    DeadlineStatus.ON_TIME,
)


@row_of("deadlines", "bodies")
@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow(DeadlineRow):
    """A line of the board: a deadline, and whose it is."""

    region_code: str | None
    name: str
    level: BodyLevel | None


class UnknownRegion(UsageError):
    """A selector that is neither a region code nor the name of a region."""


def judge(
    documents: Iterable[MonitoredDocument],
    disclosures: Iterable[MonitoredDisclosure],
    runs: Iterable[Run],
    as_of: date,
    registered: Registered = NOTHING_REGISTERED,
) -> tuple[list[BodyRow], list[DeadlineRow]]:
    """The bodies that documents and announcements show, or that they or the registry list, and a verdict on
    each document every one of them owes."""
    documents, disclosures, runs = list(documents), list(disclosures), list(runs)
    visits = last_visits(runs, as_of)
    visited = (one for one in registered.governments if one.site_id in visits)
    listed = [*registered.listed, *visited, *listed_units(documents, disclosures)]
    bodies = known_bodies(documents, listed)
    places = places_of(documents, disclosures, listed)
    doubts = Doubts(
        bodies={body.body_id: body for body in bodies},
        documents={document.document_id: document for document in documents},
        disclosures=disclosures,
        visits=visits,
        places=places,
    )
    crawled = complete_crawls(places, last_complete_crawls(runs, as_of))
    found = list(publications(documents, disclosures, crawls_by_site(runs)))
    approvals = approvals_known(disclosures, registered.approvals)
    there = {(one.body_id, one.fiscal_year, one.document_kind) for one in found}
    expected = expectations(bodies, as_of, approvals, there)
    return bodies, assess(expected, found, as_of, crawled, doubts.of)


def crawls_by_site(runs: Iterable[Run]) -> dict[str, list[Crawl]]:
    """The visits to the end of each site, by site_id."""
    crawls: dict[str, list[Crawl]] = defaultdict(list)
    for run in runs:
        for site in run.complete_sites:
            crawls[site].append(Crawl(run.complete_on(site), run.finished_at))
    return crawls


def last_complete_crawls(runs: Iterable[Run], as_of: date) -> dict[str, date]:
    """The day of the last complete crawl of each site, up to `as_of`, by site_id. A crawl counts from its
    start, or from its oldest look: what appeared while it ran may have been passed already."""
    last: dict[str, date] = {}
    for run in runs:
        if run.started_at.astimezone(CHINA).date() <= as_of:
            for site in run.complete_sites:
                day = run.complete_on(site)
                last[site] = max(day, last.get(site, day))
    return last


def runs_before(store: Store, snapshot: Snapshot | None) -> list[Run]:
    """The runs whose findings a snapshot has: its own and, if no later one is there, those without news."""
    runs = runs_in(store, snapshot)
    numbers = snapshot_numbers(store)
    if snapshot and snapshot.number != numbers[-1]:
        return runs
    known = {run.run_id for run in runs}
    return runs + [read_run(store, run_id) for run_id in stored_runs(store) if run_id not in known]


def board(
    store: Store,
    snapshot: Snapshot,
    as_of: date,
    registered: Registered = NOTHING_REGISTERED,
    *,
    region: str | None = None,
    year: int | None = None,
) -> pa.Table:
    """The deadlines as of a day with the names of the bodies, the urgent ones first.

    `region` is a code, a prefix of one, or a name (陕西, 汉中市). Raises UnknownRegion.
    """
    prefixes = region_prefixes(region) if region else ("",)
    documents = read_as(store, snapshot, MonitoredDocument)
    disclosures = read_as(store, snapshot, MonitoredDisclosure)
    runs = runs_before(store, snapshot)
    bodies, verdicts = judge(documents, disclosures, runs, as_of, registered)
    names = {body.body_id: body for body in bodies}
    rows = [
        (names[verdict.body_id], verdict)
        for verdict in verdicts
        if year in (None, verdict.fiscal_year)
        and (names[verdict.body_id].region_code or "").startswith(prefixes)
    ]
    rows.sort(key=_urgency)
    who = table_of(BodyRow, (body for body, _ in rows)).select(BODY_COLUMNS)
    return pa.Table.from_arrays(
        [*who.columns, *table_of(DeadlineRow, (verdict for _, verdict in rows)).columns],
        schema=board_schema(),
    )


def board_schema() -> pa.Schema:
    """The columns of the board: who, and the columns of `deadlines`."""
    who = [TABLES["bodies"].arrow.field(name) for name in BODY_COLUMNS]
    return pa.schema([*who, *TABLES["deadlines"].arrow])


def region_prefixes(selector: str) -> tuple[str, ...]:
    """The code prefixes a selector stands for; raises UnknownRegion."""
    if selector.isascii() and selector.isdecimal() and regions.begins_a_code(selector):
        return (regions.prefix(selector) if regions.region(selector) else selector,)
    found = regions.find(selector)
    if not found:
        raise UnknownRegion(t("no region is called {given}, and no code begins so", given=repr(selector)))
    return tuple(regions.prefix(region.code) for region in found)


def one_region(selector: str) -> str:
    """The code of the one region that a code or a name (汉中市, 枣庄市市中区) means; raises UnknownRegion."""
    found = [region] if (region := regions.region(selector)) else list(regions.find(selector))
    if len(found) != 1:
        meant = ", ".join(f"{one.code} {one.province}{one.name}" for one in found) or "nothing"
        raise UnknownRegion(f"one region is needed, and {selector!r} means {meant}")
    return found[0].code


def status_counts(rows: pa.Table) -> dict[str, int]:
    """How many deadlines have each status, the urgent ones first; statuses without deadlines are left out."""
    counts = Counter(rows.column("status").to_pylist())
    return {status.value: counts[status] for status in URGENCY if status in counts}


def presumed(rows: pa.Table) -> int:
    """How many deadlines rest on a day of approval that is presumed, not known."""
    return sum(basis == TriggerBasis.PRESUMED for basis in rows.column("trigger_basis").to_pylist())


def _urgency(row: tuple[BodyRow, DeadlineRow]) -> tuple[object, ...]:
    body, verdict = row
    due = verdict.due_rolled or date.max
    return URGENCY.index(verdict.status), due, body.region_code or "", body.name, verdict.document_kind

"""Where every body stands, judged from documents, announcements and the runs behind them.

Invariant: a verdict follows from the rows, the runs, the registry and the day alone; the order in which rows
come does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from archive.clock import CHINA
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.snapshots import Snapshot, snapshot_numbers
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
from archive.monitoring.deadlines import Expectation, Obstacle, assess
from archive.monitoring.lists import Lists
from archive.monitoring.obstacles import Doubts, last_visits
from archive.monitoring.unit_lists import listed_units
from archive.stores import Store
from archive.warc.captures import Run
from archive.warc.journal import read_run, stored_runs


def judge(
    documents: Iterable[MonitoredDocument],
    disclosures: Iterable[MonitoredDisclosure],
    runs: Iterable[Run],
    as_of: date,
    registered: Registered = NOTHING_REGISTERED,
) -> tuple[list[BodyRow], list[DeadlineRow]]:
    """The bodies that documents and announcements show, or that they or the registry list, and a verdict on
    each document every one of them owes."""
    documents = sorted(documents, key=lambda one: one.document_id)
    disclosures, runs = sorted(disclosures, key=lambda one: one.disclosure_id), list(runs)
    visits = last_visits(runs, as_of)
    visited = (one for one in registered.governments if one.site_id in visits)
    listed = [*registered.listed, *visited, *listed_units(documents, disclosures)]
    bodies = known_bodies(documents, listed)
    places = places_of(documents, disclosures, listed)
    by_id = {body.body_id: body for body in bodies}
    read = {document.document_id: document for document in documents}
    doubts = Doubts(bodies=by_id, documents=read, disclosures=disclosures, visits=visits, places=places)
    lists = Lists(read, disclosures, as_of)
    crawled = complete_crawls(places, last_complete_crawls(runs, as_of))
    found = list(publications(documents, disclosures, crawls_by_site(runs)))
    approvals = approvals_known(disclosures, registered.approvals)
    there = {(one.body_id, one.fiscal_year, one.document_kind) for one in found}
    expected = expectations(bodies, as_of, approvals, there)

    def obstacle(one: Expectation) -> Obstacle | None:
        seen = doubts.of(one)
        return seen or lists.doubt(one, by_id[one.body_id], crawled.get(one.body_id))

    return bodies, assess(expected, found, as_of, crawled, obstacle)


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


def ids_before(store: Store, snapshot: Snapshot) -> list[str]:
    """The ids of the runs that `runs_before` gives, where the snapshot is the newest; none otherwise."""
    return stored_runs(store) if snapshot.number == snapshot_numbers(store)[-1] else []

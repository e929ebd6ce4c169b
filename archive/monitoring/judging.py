"""Where every body stands, judged from documents, announcements and the runs behind them.

Invariant: a verdict follows from the rows, the runs, the registry and the day alone; the order in which rows
come does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import date

from archive import CHINA
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.snapshots import Snapshot, snapshot_numbers
from archive.history.runs import pending_runs, runs_in, runs_visiting
from archive.monitoring.bodies import (
    NOTHING_REGISTERED,
    Crawl,
    Listed,
    MonitoredDisclosure,
    MonitoredDocument,
    Registered,
    approvals_known,
    body_id,
    expectations,
    known_bodies,
    publications,
)
from archive.monitoring.deadlines import Expectation, Obstacle, assess
from archive.monitoring.lists import Lists
from archive.monitoring.naming import announced_bodies, listed_units
from archive.monitoring.obstacles import Doubts, last_visits
from archive.stores import Store
from archive.warc.captures import Run
from archive.warc.gaps import Gap
from archive.warc.journal import read_run


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
    read = {document.document_id: document for document in documents}
    announced = announced_bodies(known_bodies(documents, listed), read, disclosures)
    listed += announced.values()
    bodies = known_bodies(documents, listed)
    places = places_of(documents, disclosures, listed)
    by_id = {body.body_id: body for body in bodies}
    doubts = Doubts(bodies=by_id, documents=read, disclosures=disclosures, visits=visits, places=places)
    lists = Lists(read, disclosures, as_of)
    crawled = complete_crawls(places, last_ended_visits(runs, as_of))
    found = list(publications(documents, disclosures, crawls_by_site(runs)))
    approvals = approvals_known(disclosures, registered.approvals)
    there = {(one.body_id, one.fiscal_year, one.document_kind) for one in found} | announced.keys()
    expected = expectations(bodies, as_of, approvals, there)

    def obstacle(one: Expectation) -> Obstacle | None:
        seen = doubts.of(one)
        return seen or lists.doubt(one, by_id[one.body_id], crawled.get(one.body_id))

    return bodies, assess(expected, found, as_of, crawled, obstacle)


class VisitsBySite:
    """Runs, asked for by the sites they visited."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs: list[tuple[Run, frozenset[str], dict[str, list[Gap]]]] = []
        for run in runs:
            gaps: dict[str, list[Gap]] = defaultdict(list)
            for gap in run.gaps:
                gaps[gap.site_id].append(gap)
            self._runs.append((run, frozenset(run.complete_sites), gaps))

    def to(self, sites: Set[str]) -> list[Run]:
        """Those that say anything of these sites, and what they say of them."""
        found = []
        for run, complete, gaps in self._runs:
            ended, left = complete & sites, gaps.keys() & sites
            if ended or left:
                left_here = tuple(gap for site in sorted(left) for gap in gaps[site])
                found.append(replace(run, complete_sites=tuple(sorted(ended)), gaps=left_here))
        return found


def crawls_by_site(runs: Iterable[Run]) -> dict[str, list[Crawl]]:
    """The visits to the end of each site, by site_id."""
    crawls: dict[str, list[Crawl]] = defaultdict(list)
    for run in runs:
        for site, day in run.complete_days().items():
            crawls[site].append(Crawl(day, run.finished_at))
    return crawls


def last_complete_crawls(runs: Iterable[Run], as_of: date) -> dict[str, date]:
    """The day of the last complete crawl of each site, up to `as_of`, by site_id. A crawl counts from its
    start, or from its oldest look: what appeared while it ran may have been passed already."""
    last: dict[str, date] = {}
    for run in runs:
        if run.started_at.astimezone(CHINA).date() <= as_of:
            for site, day in run.complete_days().items():
                last[site] = max(day, last.get(site, day))
    return last


def last_ended_visits(runs: Iterable[Run], as_of: date) -> dict[str, date]:
    """The same, counting visits as well that left aside only what lies in one column, or is of one body: such
    a gap is a doubt of its own, and of nothing else (`archive.monitoring.obstacles`)."""

    def ended(run: Run) -> Run:
        known = {gap.site_id for gap in run.gaps} if run.finished_at else set()
        limited = known - {gap.site_id for gap in run.gaps if gap.hides_all}
        return replace(run, complete_sites=tuple(sorted({*run.complete_sites, *limited})))

    return last_complete_crawls(map(ended, runs), as_of)


def runs_before(store: Store, snapshot: Snapshot | None) -> list[Run]:
    """The runs whose findings a snapshot has: its own and, if no later one is there, those without news."""
    return runs_in(store, snapshot) + without_news(store, snapshot)


def runs_of(store: Store, snapshot: Snapshot, sites: Set[str]) -> list[Run]:
    """Those of `runs_before` that visited some sites, with what they say of these."""
    pending = VisitsBySite(without_news(store, snapshot))
    return [*runs_visiting(store, snapshot, sites), *pending.to(sites)]


def without_news(store: Store, snapshot: Snapshot | None) -> list[Run]:
    """The runs that the newest snapshot does not have; none where the snapshot is another."""
    if snapshot and snapshot.number != snapshot_numbers(store)[-1]:
        return []
    return [read_run(store, run_id) for run_id in pending_runs(store, snapshot)]


def complete_crawls(places: Mapping[str, set[str]], sites: Mapping[str, date]) -> dict[str, date]:
    """The day by which every site where a body's documents were or should be was crawled completely, by
    body_id.

    `places` are the sites of each body, by body_id, `sites` maps a site_id to the day of its last complete
    crawl; a body with a site that is not in it, or with none at all, is left out.
    """
    return {
        body: min(sites[site] for site in where)
        for body, where in places.items()
        if where and all(site in sites for site in where)
    }


def places_of(
    documents: Iterable[MonitoredDocument],
    disclosures: Iterable[MonitoredDisclosure],
    listed: Iterable[Listed] = (),
) -> dict[str, set[str]]:
    """The sites where a body's documents were or should be, by body_id."""
    sites_of: dict[str, set[str]] = defaultdict(set)
    for disclosure in disclosures:
        for identity in disclosure.document_ids or ():
            sites_of[identity].add(disclosure.site_id or "")
    places: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document.body_name:
            body = body_id(document.region_code, document.body_name)
            places[body] |= sites_of[document.document_id]
    for entry in listed:
        if entry.site_id:
            places[body_id(entry.region_code, entry.name)].add(entry.site_id)
    return dict(places)

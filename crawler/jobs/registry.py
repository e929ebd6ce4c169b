"""What the registry of sites knows of days of approval, and of bodies that must publish, and what of it pages
show; the board of a day, which needs that.

Invariant: it needs no reader of documents, so that questions and pages, which judge, start without one. A day
is judged by what is known of the registry now, whatever snapshot is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pyarrow as pa

from archive import CHINA
from archive.dataset.finding import load
from archive.monitoring import verdicts
from archive.monitoring.bodies import BY_SITE, GOVERNMENT, Listed, Registered
from archive.monitoring.statutes import approvals_by_year
from archive.stores import Store
from archive.web.data.registry import Decided, Proposed, Registry, SetAside
from crawler.jobs.proposals import Proposal, Proposals
from crawler.sites.decisions import active, entries, expected, history
from parsers.reference import regions


def registered(store: Store) -> Registered:
    """What the registry, with the operator's decisions, knows of days of approval and of bodies that must
    publish."""
    sites = expected(store)
    days = approvals_by_year((one.region_code, one.budget_approved, one.accounts_approved) for one in sites)
    return Registered(
        days,
        [
            Listed(site.region_code, body.name, "registry", body.level, site_id=site.site_id)
            for site in sites
            for body in site.expected_bodies
        ],
        [
            Listed(place.code, place.name, BY_SITE, GOVERNMENT, site_id=site.site_id)
            for site in sites
            if site.region_code and (place := regions.region(site.region_code))
        ],
    )


class ShownRegistry(Registry):
    """The registry as the web shows it."""

    def __init__(self, store: Store) -> None:
        self._store, self._proposals = store, Proposals(store)

    def set_aside(self) -> Mapping[str, SetAside]:
        """The sites that are not visited, by id."""
        return {
            entry.site.site_id: SetAside(
                entry.site.site_id, entry.site.region_code, entry.site.name, entry.site.url, entry.status,
                entry.reason or "", entry.decided_at,
            )
            for entry in entries(self._store)
            if entry.status != "active" and entry.decided_at
        }  # fmt: skip

    def proposed(self) -> Sequence[Proposed]:
        """The newest proposal for each site that is visited, by id of the site."""
        sites = {site.site_id: site for site in active(self._store)}
        return [
            Proposed(
                site_id=one.site_id, region_code=sites[one.site_id].region_code, name=one.name, url=one.url,
                advice=one.advice, confidence=one.confidence, outcome=one.outcome, detail=str(one.detail),
                platform=one.platform, found_url=one.proposed_url, heading=one.heading, entries=one.entries,
                newest=one.newest, probed_at=one.probed_at, doubt=one.doubt, command=_command(one),
            )
            for one in self._proposals.standing(sites.values())
        ]  # fmt: skip

    def decisions(self, site_id: str) -> Sequence[Decided]:
        """What was decided about a site, the oldest first."""
        made = history(self._store, site_id)
        return [Decided(one.decided_at, one.action, one.url, one.reason) for one in made]


def _command(one: Proposal) -> str | None:
    """What applies a proposal, or decides about a site that a person has to look at."""
    if one.advice == "replace":
        sure = "" if one.confidence == "high" else f" --confidence {one.confidence}"
        return f"gongkai sites apply {one.site_id}{sure}"
    return f"gongkai sites replace {one.site_id} URL --reason WHY" if one.advice == "look" else None


def deadlines_of(
    store: Store, at: str, as_of: date | None, region: str | None, year: int | None
) -> tuple[date, pa.Table]:
    """The day that is judged and the board of that day: `as_of`, else today, or that of the snapshot `at`."""
    snapshot = load(store, at)
    moment = datetime.now(CHINA) if at == "latest" else snapshot.created_at.astimezone(CHINA)
    day = as_of or moment.date()
    return day, verdicts.board(store, snapshot, day, registered(store), region=region, year=year)

"""Look at many registered addresses, and propose what to do about each.

Invariant: nothing changes until a proposal is applied. A proposal is one object in the store, written as soon
as its batch ends, so that an interrupted probe of 3,000 sites goes on where it was; and that an address did
not answer never proposes to retire it.

    registry/probes/<site id>/<time>.json
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from archive.clock import CHINA
from archive.rendering.texts import t
from archive.stores import LocalStore, Store
from archive.vocabulary import GOOD
from crawler.jobs.probing import PROBE_SETTINGS, is_column, start_of
from crawler.pages.outcomes import OUTCOMES
from crawler.reports.results import SiteReport
from crawler.sites import Site
from crawler.sites.decisions import Decision, decide
from parsers.values.messages import Seen

FOLDER = "registry/probes/"
BATCH = 40  # sites of one crawl: what an interruption costs
FRESH = timedelta(days=30)
LIVING_YEARS = 2  # a list whose newest entry is older is not where a government publishes now
ENOUGH_ENTRIES = 3

Confidence = Literal["high", "medium", "low"]
Advice = Literal["keep", "replace", "look"]


class Proposal(BaseModel):
    """What a probe saw at one site. `proposed_url` is where its lists of disclosures start.

    `advice`: keep (the registered page is, or leads to, a living list), replace (another start is better),
    look (a person must: no list was found, or no answer came). `confidence` says how sure the list is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    site_id: str
    name: str
    url: str | None
    probed_at: datetime
    outcome: str
    detail: Seen
    platform: str | None = None
    proposed_url: str | None = None
    heading: str | None = None
    entries: int = 0
    newest: date | None = None
    confidence: Confidence = "low"
    advice: Advice = "look"


SCHEMA = pa.schema(
    [
        ("site_id", pa.string()),
        ("name", pa.string()),
        ("advice", pa.string()),
        ("confidence", pa.string()),
        ("outcome", pa.string()),
        ("platform", pa.string()),
        ("entries", pa.int64()),
        ("newest", pa.date32()),
        ("heading", pa.string()),
        ("why", pa.string()),
        ("url", pa.string()),
        ("proposed_url", pa.string()),
        ("probed_at", pa.timestamp("s", "UTC")),
    ]
)


def propose(report: SiteReport, now: datetime) -> Proposal:
    """The proposal that follows from the visit to one site."""
    seen = Proposal(
        site_id=report.site.site_id, name=report.site.name, url=report.site.url, probed_at=now,
        outcome=report.outcome, detail=report.detail, platform=report.platform,
    )  # fmt: skip
    living = max(report.columns, key=lambda column: column.newest or date.min, default=None)
    if living is None or report.site.url is None:
        return seen
    start = report.site.url if is_column(report, report.site.url) else start_of(report.columns) or living.url
    age = now.astimezone(CHINA).date().year - living.newest.year if living.newest else None
    alive = age is not None and age <= LIVING_YEARS
    sure = alive and living.entries >= ENOUGH_ENTRIES
    found = {
        "proposed_url": start,
        "heading": living.heading,
        "entries": sum(column.entries for column in report.columns),
        "newest": living.newest,
        "confidence": "high" if sure else "medium" if alive else "low",
        "advice": "look" if not alive else "keep" if start == report.site.url else "replace",
    }
    return seen.model_copy(update=found)


def probe_sites(
    store: Store, sites: Sequence[Site], *, again: bool = False, settings: Mapping[str, Any] | None = None
) -> Iterator[Proposal]:
    """Visit the sites in batches, each in a process of its own, and write and yield a proposal for each.

    Sites that were probed less than FRESH ago are left out, unless `again`. Those without an address get
    theirs at once (`no_url`)."""
    now = datetime.now(UTC)
    known = {} if again else {one.site_id: one for one in proposals(store)}
    due = [s for s in sites if s.site_id not in known or now - known[s.site_id].probed_at > FRESH]
    for begin in range(0, len(due), BATCH):
        batch = due[begin : begin + BATCH]
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            found = pool.submit(_visit, batch, dict(settings or {})).result()
        for proposal in found:
            moment = f"{proposal.probed_at:%Y%m%dT%H%M%S%f}Z"
            text = proposal.model_dump_json(exclude_none=True).encode()
            store.create(f"{FOLDER}{proposal.site_id}/{moment}.json", text)
            yield proposal


def _visit(batch: Sequence[Site], settings: Mapping[str, Any]) -> list[Proposal]:
    """One crawl of list pages, into a store that is thrown away: a probe archives nothing."""
    from crawler.jobs.crawling import crawl  # Scrapy loads in the child alone

    with TemporaryDirectory(prefix="gongkai-probe-") as folder:
        report = crawl(
            LocalStore(Path(folder) / "store"), tuple(batch), command="gongkai sites probe",
            settings={**PROBE_SETTINGS, **settings},
        )  # fmt: skip
    now = datetime.now(UTC)
    return [propose(seen, now) for seen in report.sites]


def proposals(store: Store) -> tuple[Proposal, ...]:
    """The newest proposal of each site, by site id."""
    newest: dict[str, str] = {}
    for stored in store.list(FOLDER):
        site_id = stored.key.removeprefix(FOLDER).split("/")[0]
        newest[site_id] = max(newest.get(site_id, ""), stored.key)
    return tuple(Proposal.model_validate_json(store.read(key)) for _, key in sorted(newest.items()))


def as_table(found: Iterable[Proposal]) -> pa.Table:
    """The proposals with the columns of SCHEMA, those that need a person first."""
    order = {"look": 0, "replace": 1, "keep": 2}
    rows = [
        one.model_copy(update={"outcome": _in_words(one.outcome)})
        for one in sorted(found, key=lambda one: (order[one.advice], one.site_id))
    ]
    columns = {name: [getattr(row, name) for row in rows] for name in SCHEMA.names if name != "why"}
    return pa.table(columns | {"why": list(map(_why, rows))}, SCHEMA)


def _why(one: Proposal) -> str:
    """Why a person must look; empty where none must."""
    if one.advice != "look":
        return ""
    if one.newest:
        return t("its newest entry is of {year}", year=one.newest.year)
    if one.entries:
        return t("its entries have no dates")
    return t("no list of disclosures was found")


def _in_words(outcome: str) -> str:
    return t(outcome, context="answer") if outcome in OUTCOMES else outcome


def apply(store: Store, sites: Sequence[Site], least: Confidence = "high") -> tuple[Decision, ...]:
    """Replace the addresses of `sites` for which a proposal says so with at least this confidence.

    A proposal about an address that was replaced since is not applied."""
    rank = {"low": 0, "medium": 1, "high": 2}
    by_id = {site.site_id: site for site in sites}
    made = []
    for one in proposals(store):
        site = by_id.get(one.site_id)
        if site is None or one.advice != "replace" or rank[one.confidence] < rank[least]:
            continue
        if site.url == one.url and one.proposed_url:
            seen = f"{one.heading}, {one.entries} entries, newest {one.newest}"
            reason = f"probe of {one.probed_at:%Y-%m-%d}: {seen}"
            made.append(decide(store, "replace", site.site_id, reason, url=one.proposed_url, known=by_id))
    return tuple(made)


def undecided(store: Store, sites: Sequence[Site], replaced: Collection[str]) -> int:
    """How many of these sites have a proposal that asks for more than keeping them, about the address they
    have, and were not `replaced`."""
    urls = {site.site_id: site.url for site in sites if site.site_id not in replaced}
    waiting = (one for one in proposals(store) if one.advice != "keep" and one.site_id in urls)
    return sum(urls[one.site_id] == one.url for one in waiting)


def answered(found: Iterable[Proposal]) -> bool:
    """Whether every site had a good outcome with a list."""
    return all(one.outcome in GOOD and one.advice != "look" for one in found)

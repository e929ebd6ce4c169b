"""Look at many registered addresses, and propose what to do about each.

Invariant: a probe that ends anywhere goes on where it was: a proposal is written as soon as its batch ends,
and what a batch was answered lies beside the spool until then. A site that was not visited to the end of its
batch gets no proposal, and that an address did not answer never proposes to retire it.
"""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from archive import CHINA
from archive.rendering.texts import t
from archive.stores import LocalStore, Store
from archive.vocabulary import GOOD
from crawler.http.recorder import spool_of
from crawler.jobs.probing import PROBE_SETTINGS, is_column, start_of
from crawler.jobs.proposals import FOLDER, Proposal, Proposals
from crawler.jobs.shards import turn
from crawler.reports.progress import log
from crawler.reports.results import SiteReport
from crawler.sites import Site

BATCH = 40  # sites of one crawl
FRESH = timedelta(days=30)
LIVING_YEARS = 2  # a list whose newest entry is older is not where a government publishes now
ENOUGH_ENTRIES = 3


def propose(report: SiteReport, now: datetime) -> Proposal:
    """The proposal that follows from the visit to one site."""
    seen = Proposal(
        site_id=report.site.site_id, name=report.site.name, url=report.site.url, probed_at=now,
        outcome=report.outcome, detail=report.detail, platform=report.platform,
    )  # fmt: skip
    living = max(report.columns, key=lambda column: column.newest or date.min, default=None)
    registered = report.site.url
    if living is None or registered is None:
        return seen
    moved = report.landed and _rest(report.landed) != _rest(registered)
    landed = report.landed if moved else registered
    start = landed if is_column(report, landed) else start_of(report.columns) or living.url
    age = now.astimezone(CHINA).date().year - living.newest.year if living.newest else None
    alive = age is not None and age <= LIVING_YEARS
    sure = alive and living.entries >= ENOUGH_ENTRIES
    found = {
        "proposed_url": start,
        "heading": living.heading,
        "entries": sum(column.entries for column in report.columns),
        "newest": living.newest,
        "confidence": "high" if sure else "medium" if alive else "low",
        "advice": "look" if not alive else "keep" if start == registered else "replace",
    }
    return seen.model_copy(update=found)


def _rest(url: str) -> str:
    """An address without its scheme: one that only changed to https has not moved."""
    return url.partition("://")[2].rstrip("/")


def probe_sites(
    store: Store, sites: Sequence[Site], *, again: bool = False, settings: Mapping[str, Any] | None = None
) -> Iterator[Proposal]:
    """Visit the sites in batches, each in a process of its own, and write and yield a proposal for each.

    Sites that were probed at the address they have less than FRESH ago are left out, unless `again`. Those
    without an address get theirs at once (`no_url`)."""
    now = datetime.now(UTC)
    known = {} if again else {one.site_id: one for one in Proposals(store).standing(sites)}
    due = [s for s in sites if s.site_id not in known or now - known[s.site_id].probed_at > FRESH]
    for begin in range(0, len(due), BATCH):
        batch = due[begin : begin + BATCH]
        log.info(t("Sites to look at: {count} …", count=len(batch)))
        with turn(store, batch):
            # Of no other probe: their provinces are locked.
            folder = spool_of(store) / "probes" / batch[0].site_id
            found = _in_a_process(batch, folder, dict(settings or {}))
            for proposal in found:
                moment = f"{proposal.probed_at:%Y%m%dT%H%M%S%f}Z"
                text = proposal.model_dump_json(exclude_none=True).encode()
                store.create(f"{FOLDER}{proposal.site_id}/{moment}.json", text)
            shutil.rmtree(folder)
        yield from found


def _in_a_process(batch: Sequence[Site], folder: Path, settings: Mapping[str, Any]) -> list[Proposal]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            return pool.submit(_visit, batch, folder, settings).result()
        except KeyboardInterrupt:
            for child in multiprocessing.active_children():
                child.terminate()  # it would go on to the end of its batch
            raise


def _visit(batch: Sequence[Site], folder: Path, settings: Mapping[str, Any]) -> list[Proposal]:
    """One crawl of list pages, into a store that is thrown away: a probe archives nothing. A batch that was
    interrupted is taken up from the `folder` as any crawl is. Raises KeyboardInterrupt."""
    from crawler.jobs.crawling import crawl  # Scrapy loads in the child alone

    settings = {**PROBE_SETTINGS, **settings}
    report = crawl(LocalStore(folder), batch, command="gongkai sites probe", settings=settings)
    if report.interrupted:
        raise KeyboardInterrupt
    now = datetime.now(UTC)
    return [propose(seen, now) for seen in report.sites]


def answered(found: Iterable[Proposal]) -> bool:
    """Whether every site had a good outcome with a list."""
    return all(one.outcome in GOOD and one.advice != "look" for one in found)

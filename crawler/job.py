"""The main job: crawl, then read and commit what is archived, then see where every body stands.

Invariant: each part can be had alone and the whole is nothing but the parts, so a job that ends anywhere is
taken up by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from archive.bodies import Listed, Registered, approvals_by_year
from archive.deadlines import CHINA
from archive.ingest import IngestReport, ingest
from archive.monitor import board, board_schema, presumed, status_counts
from archive.recovery import recover_runs
from archive.snapshots import latest
from archive.stores import Store
from archive.texts import t
from archive.twice import Twice, printed_twice
from crawler import sites as registry
from crawler.progress import Teller, log
from crawler.recorder import spool_of
from crawler.report import CrawlReport
from crawler.settings import CONTACT
from crawler.sites.decisions import expected

MANY_SITES = 1000
"""So many that somebody may have meant fewer."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a job came to; a part that was not run is None. `standing` counts the deadlines of the whole
    dataset by status, as of today in China, and `presumed` how many of them rest on a presumed date;
    `handed_over` is the run of the local files that were given to it, `twice` what is in two files now."""

    crawled: CrawlReport | None = None
    ingested: IngestReport | None = None
    standing: Mapping[str, int] = field(default_factory=dict)
    presumed: int = 0
    handed_over: str | None = None
    twice: tuple[Twice, ...] = ()


class Interrupted(KeyboardInterrupt):
    """The crawl was ended early, in order; `done` says what it has, which is kept."""

    def __init__(self, done: JobReport) -> None:
        super().__init__("interrupted")
        self.done = done


def crawl_sites(
    store: Store,
    sites: Sequence[registry.Site],
    teller: Teller,
    *,
    command: str,
    year: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> JobReport:
    """Crawl and archive. Raises Interrupted, or KeyboardInterrupt if it was ended at once."""
    from crawler.run import crawl  # Scrapy takes a second to load: only who crawls waits

    if len(sites) >= MANY_SITES:
        log.warning(
            t("{count} sites will be visited. --sites chooses some; Ctrl-C ends it.", count=len(sites))
        )
    if not CONTACT and not settings:
        log.warning(t("Nobody can reach you about these requests: set GONGKAI_CONTACT to an address."))
    crawled = crawl(store, sites, year=year, command=command, progress=teller.crawled, settings=settings)
    if crawled.interrupted:
        raise Interrupted(JobReport(crawled))
    return JobReport(crawled)


def read_archive(
    store: Store,
    teller: Teller,
    *,
    crawled: CrawlReport | None = None,
    handed_over: str | None = None,
    reparse: bool = False,
) -> JobReport:
    """Read what is archived and not read yet (with `reparse`: everything) and commit it. Runs that died are
    taken in first."""
    recover_runs(store, spool_of(store))
    now = datetime.now(UTC)
    known = registered(store)
    ingested = ingest(store, now=now, reparse=reparse, registered=known, progress=teller.parsed)
    newest = latest(store)
    today = now.astimezone(CHINA).date()
    rows = board(store, newest, today, known) if newest else board_schema().empty_table()
    fresh = [one.document_id for one in ingested.documents if not one.known]
    twice = printed_twice(store, newest, fresh) if newest else ()
    return JobReport(crawled, ingested, status_counts(rows), presumed(rows), handed_over, twice)


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
    )

"""The one spider: list pages to articles to files, on any site of the registry.

Invariant: the spider reads only what the archive holds already (`crawler.http.capture.Capture`), follows
only what the guard and the relevance rules let through, and settles every request it made with an outcome of
its site. Its rooms: `frontier` (what to ask for, in which order), `listings`, `announcements` (articles and
their files), `visit` (what these share). How a CMS shows its lists is the platforms' business, what a title
means is `crawler.pages.relevance`'s, what earlier runs saw is `crawler.history.schedule`'s.

`scrapy crawl disclosures -a sites=6107 -a store=./gongkai-data [-a year=2026] [-a registry=FOLDER]`
"""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive import StoreError
from archive.ids import new_run_id
from archive.stores import Store, open_store
from archive.vocabulary import CaptureOutcome, GapKind
from archive.warc.captures import Run, VisitedSite
from archive.warc.gaps import Gap
from crawler import sites
from crawler.history.looks import Rotation, Schedule
from crawler.history.schedule import History
from crawler.http.failures import Stopped, outcome_of
from crawler.http.recorder import Reconsider, Recorder, spool_of
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages.outcomes import Outcome
from crawler.reading.discovery import names_disclosures
from crawler.reports.results import CrawlReport, Progress
from crawler.reports.totals import Tally
from crawler.settings import VERSION, Bounds
from crawler.sites import Site
from crawler.sites.decisions import active, entries
from crawler.sites.territory import Territory
from crawler.spiders.announcements import Announcements
from crawler.spiders.frontier import Frontier
from crawler.spiders.last_looks import Deeper, SiteMaps
from crawler.spiders.list_pages import changed_shape, no_list, read_listing
from crawler.spiders.listings import Listings
from crawler.spiders.visit import Visit

DEFAULT_STORE = os.environ.get("GONGKAI_STORE", "./gongkai-data")


class DisclosuresSpider(scrapy.Spider):
    """See the module. `sites` is a selector or the sites themselves; `progress` is called after each
    exchange; `report` holds the result once the spider has closed, `failure` what the store did instead."""

    name = "disclosures"
    recorder: Recorder
    replays = False
    _frontier: Frontier
    _announcements: Announcements
    _listings: Listings

    def __init__(
        self,
        sites: str | tuple[Site, ...] = "",
        store: Store | str = "",
        year: str | int | None = None,
        run_id: str | None = None,
        command: str | None = None,
        registry: str | None = None,
        progress: Callable[[Progress], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.store = open_store(store or DEFAULT_STORE) if isinstance(store, str) else store
        self.sites = self._selected(sites, registry) if isinstance(sites, str) else sites
        self.year = int(year) if year else None
        self.tally = Tally(self.sites)
        self.report: CrawlReport | None = None
        self.failure: Exception | None = None
        self._progress = progress
        now = datetime.now(UTC)
        begun = Run(
            run_id=run_id or new_run_id(now),
            started_at=now,
            command=command or shlex.join(["scrapy", "crawl", *sys.argv[1:]]),
            version=VERSION,
        )
        self.run = replace(begun, sites=tuple(one.row for one in self.tally.report(begun, True).sites))

    def _selected(self, selector: str, registry: str | None) -> tuple[Site, ...]:
        known = sites.load(Path(registry)) if registry else active(self.store)
        return sites.select(selector, known)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy for a crawl."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        excepted = [urlsplit(site.url).hostname for site in spider.sites if site.tls_exception and site.url]
        configured = crawler.settings.getlist("GONGKAI_TLS_EXCEPTIONS")
        crawler.settings.set("GONGKAI_TLS_EXCEPTIONS", [*configured, *excepted], priority="spider")
        crawler.signals.connect(spider._broke, signal=signals.spider_error)
        crawler.signals.connect(spider._closed, signal=signals.spider_closed)
        crawler.signals.connect(spider._over, signal=signals.spider_idle)
        spider.replays = bool(crawler.settings.getlist("GONGKAI_REPLAY"))
        spider.recorder = spider._recorder(crawler.settings)
        spider._furnish(Bounds.of(crawler.settings))
        return spider

    def _recorder(self, settings: BaseSettings) -> Recorder:
        # Settings exist only once Scrapy has made the crawler, so that the recorder is made after the spider.
        return Recorder(
            self.store,
            self.run,
            spool_of(self.store),
            info={
                "software": f"gongkai/{VERSION} (Scrapy/{scrapy.__version__})",
                "robots": "obeyed (RFC 9309)",
                "http-header-user-agent": settings["USER_AGENT"],
            },
            validity=timedelta(hours=settings.getfloat("GONGKAI_VALIDITY_HOURS")),
            schedule=Schedule(
                min_days=settings.getfloat("GONGKAI_RECHECK_MIN_DAYS"),
                max_days=settings.getfloat("GONGKAI_RECHECK_MAX_DAYS"),
                least=settings.getint("GONGKAI_RECHECK_AT_LEAST"),
                rotation=Rotation(
                    share=settings.getfloat("GONGKAI_LISTS_SHARE"),
                    least=settings.getint("GONGKAI_LISTS_AT_LEAST"),
                    longest=timedelta(days=settings.getfloat("GONGKAI_RECHECK_MAX_DAYS")),
                ),
            ),
            replays=self.replays,
            parts=self._parts(),
        )

    def _parts(self) -> dict[str, str]:
        """The province of each site of these provinces: an announcement moves from one to another of them.
        Sites that share a start are in one."""
        provinces, of_start = set[str](), dict[str, str]()
        for site in self.sites:
            provinces.add(_province(site))
            of_start.setdefault(site.url or site.site_id, _province(site))
        near = (site for site in active(self.store) if _province(site) in provinces)
        return {
            site.site_id: of_start.get(site.url or site.site_id, _province(site))
            for site in (*near, *self.sites)
        }

    def _furnish(self, bounds: Bounds) -> None:
        """Set up the rooms."""
        past, now = self._past, self.run.started_at
        self._frontier = Frontier(self.tally, bounds, self.failed, past, now)
        by_url: defaultdict[str, list[Site]] = defaultdict(list)
        for site in self.sites:
            if site.url:
                by_url[site.url].append(site)
        registered = [entry.site for entry in entries(self.store)]  # a disabled site's pages stay its own
        visit = Visit(
            tally=self.tally,
            history=past,
            territory=Territory({site.site_id: site for site in (*registered, *self.sites)}.values()),
            frontier=self._frontier,
            sharing={sharing[0].site_id: sharing for sharing in by_url.values()},
            year=self.year,
            now=now,
        )
        self._visit = visit
        self._listings = Listings(visit)
        self._announcements = self._listings.announcements
        self._maps, self._deeper = SiteMaps(visit, self._listings), Deeper(visit, self._listings)

    def _past(self, site_id: str) -> History:
        return self.recorder.past.of(site_id).history

    # -- the course of a crawl -----------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The first request of every page that sites start from, each page once."""
        # No site may take another one's start for a column of its own.
        self._frontier.reserve(site.url for site in self.sites if site.url)
        for sharing in self._visit.sharing.values():
            # Governments that share a page are visited once; what is found there goes to the one it names.
            self.tally.share(sharing)
            lead = self.tally.sites[sharing[0].site_id]
            assert lead.site.url
            known = RequestMeta(lead.site.site_id, "start", "html", depth=0, promise=0.0)
            yield self._frontier.make(lead, lead.site.url, known, self._listings.parse)

    def failed(self, failure: Failure) -> Iterator[Any]:
        """A request has got no answer."""
        if isinstance(failure.value, Stopped):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        outcome = outcome_of(failure.value or Exception(failure.getErrorMessage()))
        tally, purpose = self._visit.lost(request, outcome), meta_of(request).purpose
        if purpose == "attachment":
            yield from self._announcements.files.lost(request)
        elif purpose == "script":
            yield from self._listings.scripts.lost(request, outcome.name)
        yield from self._frontier.release(tally)

    def _over(self) -> None:
        """Nothing is left to ask for but what the maps of the sites may know, and other columns."""
        if asked := [*self._maps.when_over()] or [*self._deeper.when_over()]:
            for request in asked:
                self.crawler.engine.crawl(request)
            raise DontCloseSpider

    def _broke(self, failure: Failure, response: Response) -> None:
        """A page this spider could not read for a fault of its own (Scrapy has logged it)."""
        site_id = meta_of(response).site
        if site_id in self.tally.sites:
            self.tally.sites[site_id].gap(GapKind.FAULT, response.url, evidence=repr(failure.value)[:200])

    def _closed(self, reason: str) -> None:
        interrupted = reason != "finished"
        try:
            self._finish(interrupted)
        except (StoreError, OSError) as error:
            self.failure = self.failure or error

    def _finish(self, interrupted: bool) -> None:
        for article in self._announcements.files.rest():
            self.recorder.article(article)
        self._carry_over(interrupted)
        self._visit.join()
        report = self.tally.report(self.run, interrupted, self.recorder.past.watch)
        self.run = replace(
            self.run,
            finished_at=None if interrupted else datetime.now(UTC),
            outcomes=report.outcomes,
            errors=report.errors,
            # A replay says nothing about the sites of today, except which of them no run has reported.
            sites=self._unknown_sites(report) if self.replays else tuple(site.row for site in report.sites),
            complete_sites=() if self.replays else report.complete_sites,
            gaps=() if self.replays else tuple(gap for site in report.sites for gap in site.gaps),
        )
        self.recorder.close(self.run)
        self.report = replace(report, run=self.run)

    def _unknown_sites(self, report: CrawlReport) -> tuple[VisitedSite, ...]:
        known = self.recorder.past.sites
        rows = (site.row for site in report.sites if site.site.site_id not in known)
        return tuple(replace(row, last_outcome=CaptureOutcome.NOT_RUN) for row in rows)

    def _carry_over(self, interrupted: bool) -> None:
        """Gaps of the visit before whose page was not read again stand. Of a site that was not visited to its
        end then, all pages were."""
        for site_id, tally in self.tally.sites.items():
            if tally.outcome is None:
                continue
            self._frontier.left(tally)
            self._listings.unread(tally)
            if not self.year and not interrupted:
                for article in self._past(site_id).articles_of([site_id]):
                    if names_disclosures(article.list_heading):  # of lists that wait for their turn
                        tally.announced(article.document_kind, article.fiscal_year)
                tally.unseen_kinds(self._visit.today)
            if self.year:
                tally.gaps[GapKind.OTHER_YEARS, ""] = Gap(
                    site_id, GapKind.OTHER_YEARS, tally.site.url or "", fiscal_year=self.year
                )
            for gap in self._past(site_id).gaps(site_id):
                read_again = gap.url in tally.asked or (gap.via or gap.url) in tally.asked
                if gap.hides in ("announcement", "older") and not read_again:
                    tally.gaps.setdefault((gap.kind, gap.url), gap)

    # -- what the middlewares report -------------------------------------------------------------------------

    def noticed(self, request: Request, outcome: Outcome, size: int) -> None:
        """Count the outcome of a request; `size` is in bytes."""
        self.tally.noticed(request.url, meta_of(request).site, outcome.name, size)
        if self._progress:
            self._progress(self.tally.progress)

    def stop(self, error: Exception) -> None:
        """End the crawl because the store failed; the first error is kept."""
        if self.failure is None:
            self.failure = error
            self._closing = asyncio.ensure_future(self.crawler.stop_async())

    def took_over(self, request: Request) -> None:
        """Count an answer that came from the archive."""
        self.tally.kept += 1

    def reconsider(self, request: Request) -> Reconsider | None:
        """A list may be none, or may have lost the shape that it had when it was archived last."""
        known = meta_of(request)
        if known.purpose not in ("start", "listing") or known.platform or known.framed or known.guessed:
            return None
        platform = self.tally.sites[known.site].site.platform or known.platform

        def judged(payload: bytes, before: bytes | None) -> Outcome | None:
            now = read_listing(payload, request.url, platform) if before else None
            earlier = read_listing(before, request.url, platform)
            return changed_shape(now, earlier, known.purpose == "start") or no_list(payload, request.url)

        return judged


def _province(site: Site) -> str:
    return (site.region_code or "")[:2]

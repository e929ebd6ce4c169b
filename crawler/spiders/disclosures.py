"""The one spider: list pages to articles to files, on any site of the registry.

Invariant: the spider reads only what the archive holds already (`crawler.middlewares.Capture`), follows only
what the guard and the relevance rules let through, and settles every request it made with an outcome of its
site. How a CMS shows its lists is the platforms' business, what a title means is `crawler.relevance`'s.

`scrapy crawl disclosures -a sites=6107 -a store=./gongkai-data [-a year=2026] [-a registry=FOLDER]`
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.captures import Article, Run
from archive.errors import StoreError
from archive.identity import new_run_id, normalised_url
from archive.stores import Store, open_store
from crawler import platforms, relevance, sites
from crawler.articles import is_article, read_article
from crawler.attachments import Attachment, disposition_name
from crawler.guard import Purpose, may_follow
from crawler.middlewares import RECORDED, outcome_of
from crawler.outcomes import Expected, Outcome
from crawler.pages import Page, squeeze
from crawler.pending import Pending
from crawler.platforms import Entry, Listing
from crawler.recorder import Recorded, Recorder, spool_of
from crawler.report import GOOD, CrawlReport, Progress, SiteTally, Tally
from crawler.settings import VERSION
from crawler.sites import Site

DEFAULT_STORE = os.environ.get("GONGKAI_STORE", "./gongkai-data")
_MOST_STUBS = 3
_PAGES = frozenset({"text/html", "text/plain", "multipart/related", None})


class DisclosuresSpider(scrapy.Spider):
    """See the module. `sites` is a selector or the sites themselves; `progress` is called after each
    exchange; `report` holds the result once the spider has closed, `failure` what the store did instead."""

    name = "disclosures"
    recorder: Recorder

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
        self.sites = self._selected(sites, registry) if isinstance(sites, str) else sites
        self.year = int(year) if year else None
        self.store = open_store(store or DEFAULT_STORE) if isinstance(store, str) else store
        self.tally = Tally(self.sites)
        self.report: CrawlReport | None = None
        self.failure: Exception | None = None
        self._progress = progress
        self._pending = Pending()
        self._seen: set[str] = set()
        now = datetime.now(UTC)
        self.run = Run(
            run_id=run_id or new_run_id(now),
            started_at=now,
            command=command or shlex.join(["scrapy", "crawl", *sys.argv[1:]]),
            version=VERSION,
        )

    @staticmethod
    def _selected(selector: str, registry: str | None) -> tuple[Site, ...]:
        known = sites.load(Path(registry)) if registry else sites.load()
        return sites.select(selector, known)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        excepted = [urlsplit(site.url).hostname for site in spider.sites if site.tls_exception and site.url]
        configured = crawler.settings.getlist("GONGKAI_TLS_EXCEPTIONS")
        crawler.settings.set("GONGKAI_TLS_EXCEPTIONS", [*configured, *excepted], priority="spider")
        crawler.signals.connect(spider._broke, signal=signals.spider_error)
        crawler.signals.connect(spider._closed, signal=signals.spider_closed)
        spider.recorder = spider._recorder(crawler.settings)
        return spider

    def _recorder(self, settings: BaseSettings) -> Recorder:
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
        )

    def _broke(self, failure: Failure, response: Response) -> None:
        """A page this spider could not read for a fault of its own (Scrapy has logged it)."""
        site_id = response.meta.get("site")
        if site_id in self.tally.sites:
            self.tally.sites[site_id].limited(f"understanding ({response.url}: {failure.value!r})")

    def _closed(self, reason: str) -> None:
        interrupted = reason != "finished"
        try:
            self._finish(interrupted)
        except (StoreError, OSError) as error:
            self.failure = self.failure or error

    def _finish(self, interrupted: bool) -> None:
        for article in self._pending.rest():
            self.recorder.article(article)
        report = self.tally.report(self.run, interrupted)
        self.run = replace(
            self.run,
            finished_at=None if interrupted else datetime.now(UTC),
            outcomes=report.outcomes,
            errors=tuple(f"{site.site.name}: {site.outcome} ({site.detail})" for site in report.troubled),
            sites=tuple(site.row for site in report.sites),
            complete_sites=tuple(site.site.site_id for site in report.sites if site.complete),
        )
        self.recorder.close(self.run)
        self.report = replace(report, run=self.run)

    # -- requests ------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        by_url: defaultdict[str, list[Site]] = defaultdict(list)
        for site in self.sites:
            if site.url:
                by_url[site.url].append(site)
        # No site may take another one's start for a column of its own.
        self._seen.update(map(_key, by_url))
        for url, sharing in by_url.items():
            # Governments that share a page are visited once; what is found there names its own body.
            self.tally.share(sharing)
            yield self._make(sharing[0], url, "start", "html", self.parse_listing, depth=0)

    def _request(
        self,
        site: Site,
        url: str,
        purpose: Purpose,
        expected: Expected,
        callback: Callable[[Response], Iterator[Any]],
        via: str | None = None,
        **facts: Any,
    ) -> Request | None:
        """A request of a site, or None if the same has been asked for already."""
        key = _key(url)
        if key in self._seen:
            return None
        self._seen.add(key)
        return self._make(site, url, purpose, expected, callback, via, **facts)

    def _make(
        self,
        site: Site,
        url: str,
        purpose: Purpose,
        expected: Expected,
        callback: Callable[[Response], Iterator[Any]],
        via: str | None = None,
        **facts: Any,
    ) -> Request:
        self.tally.sites[site.site_id].open += 1
        meta = {"site": site.site_id, "purpose": purpose, "expected": expected, "via": via, **facts}
        headers = {"Referer": via} if via else None
        return Request(
            url, callback, errback=self.failed, headers=headers, meta=meta, dont_filter=True,
            priority={"attachment": 2, "article": 1}.get(purpose, 0),
        )  # fmt: skip

    def noticed(self, request: Request, outcome: Outcome, size: int) -> None:
        self.tally.noticed(request.url, outcome.name, size)
        if self._progress:
            self._progress(self.tally.progress)

    def stop(self, error: Exception) -> None:
        if self.failure is None:
            self.failure = error
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason="store_unusable")
            )

    def took_over(self, request: Request) -> None:
        self.tally.kept += 1

    # -- answers -------------------------------------------------------------------------------------------

    def _answer(self, response: Response) -> tuple[Site, SiteTally, Recorded]:
        tally = self.tally.sites[response.meta["site"]]
        recorded: Recorded = response.meta[RECORDED]
        tally.answered(response.url, recorded.outcome, response.meta["purpose"] == "attachment")
        if response.meta["purpose"] == "start":
            tally.outcome = recorded.outcome
        return tally.site, tally, recorded

    def failed(self, failure: Failure) -> Iterator[Any]:
        request: Request = failure.request  # type: ignore[attr-defined]
        outcome = outcome_of(failure.value or Exception(failure.getErrorMessage()))
        tally = self.tally.sites[request.meta["site"]]
        tally.answered(request.url, outcome, request.meta["purpose"] == "attachment")
        if request.meta["purpose"] == "start":
            tally.outcome = outcome
        if request.meta["purpose"] == "attachment":
            yield from self._pending.answered(request.meta["file"], None)

    def parse_listing(self, response: Response) -> Iterator[Any]:
        site, tally, recorded = self._answer(response)
        if recorded.outcome.name not in GOOD:
            yield from self._stub(response, recorded, self.parse_listing)
            return
        page = _page(response)
        platform = platforms.of(page, site.platform)
        listing = platform.listing(page)
        tally.listings += 1
        tally.platform = tally.platform or platform.NAME
        heading = squeeze(page.meta.get("columnname") or page.title)
        depth = response.meta["depth"]
        yield from self._entries(site, tally, response, listing, heading)
        yield from self._direct_files(site, response, listing, recorded, heading)
        if depth == 0 and is_article(page) and relevance.judge(_title(page), heading).relevant:
            yield from self._article(site, response, page, recorded, None)
        for url in listing.next_pages:
            yield from self._listing_request(site, tally, response, url, depth)
        if depth < self.settings.getint("GONGKAI_MAX_DEPTH"):
            for column in listing.columns:
                if relevance.is_budget_column(column.title) and self._of_year(column.title):
                    yield from self._listing_request(site, tally, response, column.url, depth + 1)

    def _listing_request(
        self, site: Site, tally: SiteTally, response: Response, url: str, depth: int
    ) -> Iterator[Request]:
        if not may_follow(url, response.url, "listing"):
            return
        if tally.asked_listings >= self.settings.getint("GONGKAI_MAX_LISTINGS"):
            tally.limited("list pages")
            return
        request = self._request(
            site, url, "listing", "html", self.parse_listing, via=response.url, depth=depth
        )
        if request:
            tally.asked_listings += 1
            yield request

    def _entries(
        self, site: Site, tally: SiteTally, response: Response, listing: Listing, heading: str
    ) -> Iterator[Request]:
        tally.entries += len(listing.entries)
        for entry in listing.entries:
            judged = relevance.judge(entry.title, heading)
            if (
                not judged.relevant
                or not self._wants(judged)
                or not may_follow(entry.url, response.url, "article")
            ):
                continue
            if tally.asked_articles >= self.settings.getint("GONGKAI_MAX_ARTICLES"):
                tally.limited("articles")
                return
            request = self._request(
                site, entry.url, "article", "any", self.parse_article, via=response.url, entry=entry
            )
            if request:
                tally.asked_articles += 1
                yield request

    def _direct_files(
        self, site: Site, response: Response, listing: Listing, recorded: Recorded, heading: str
    ) -> Iterator[Any]:
        """Files a list links without an article between: each is a disclosure of its own."""
        for file in listing.attachments:
            judged = relevance.judge(file.name.rsplit(".", 1)[0], heading)
            if judged.relevant and self._wants(judged):
                entry = Entry(file.url, file.name)
                yield from self._disclosure(site, response, entry, (file,), recorded, None, None)

    def parse_article(self, response: Response) -> Iterator[Any]:
        site, _, recorded = self._answer(response)
        entry: Entry = response.meta["entry"]
        if recorded.outcome.name not in GOOD:
            yield from self._stub(response, recorded, self.parse_article)
        elif recorded.capture.media_type in _PAGES:
            yield from self._article(site, response, _page(response), recorded, entry)
        else:  # the link of the list led to the file itself
            name = disposition_name(_field(recorded, b"content-disposition"))
            file = Attachment(response.url, name or entry.title)
            article = self._announcement(site, entry, (file,), recorded, entry.published_on, "list")
            yield article

    def _article(
        self, site: Site, response: Response, page: Page, recorded: Recorded, entry: Entry | None
    ) -> Iterator[Any]:
        read = read_article(page, platforms.of(page, site.platform), entry.published_on if entry else None)
        title = read.title if not entry or relevance.judge(read.title).relevant else entry.title
        yield from self._disclosure(
            site, response, Entry(response.url, title), read.attachments, recorded,
            read.published_on, read.published_basis,
        )  # fmt: skip

    def _disclosure(
        self,
        site: Site,
        response: Response,
        entry: Entry,
        files: tuple[Attachment, ...],
        recorded: Recorded,
        published_on: date | None,
        basis: str | None,
    ) -> Iterator[Any]:
        """Ask for the files, and yield the disclosure when all have come."""
        allowed = tuple(file for file in files if may_follow(file.url, response.url, "attachment"))
        article = self._announcement(site, entry, allowed, recorded, published_on, basis)
        new, complete = self._pending.add(article, {file.url for file in allowed})
        for url in new:
            request = self._request(
                site, url, "attachment", "document", self.parse_attachment, via=response.url, file=url
            )
            if request:
                yield request
            else:
                complete += self._pending.answered(url, None)
        yield from complete

    def _announcement(
        self,
        site: Site,
        entry: Entry,
        files: tuple[Attachment, ...],
        recorded: Recorded,
        published_on: date | None,
        basis: str | None,
    ) -> Article:
        self.tally.sites[site.site_id].articles += 1
        return Article(
            site_id=site.site_id,
            url=entry.url,
            title=entry.title,
            capture_id=recorded.capture.capture_id,
            published_on=published_on,
            published_basis=basis if published_on else None,
            attachments=tuple((file.url, file.name or None) for file in files),
            body_name=relevance.body_name(entry.title),
            region_code=site.region_code,
        )

    def parse_attachment(self, response: Response) -> Iterator[Any]:
        _, tally, recorded = self._answer(response)
        if recorded.outcome.name in GOOD:
            tally.attachments += 1
        name = disposition_name(_field(recorded, b"content-disposition"))
        yield from self._pending.answered(response.meta["file"], name)

    def _stub(
        self, response: Response, recorded: Recorded, callback: Callable[[Response], Iterator[Any]]
    ) -> Iterator[Request]:
        """Follow a page that only points elsewhere; the answer there speaks for the site."""
        target, hops = recorded.outcome.target, response.meta.get("stubs", 0)
        purpose: Purpose = response.meta["purpose"]
        if not target or hops >= _MOST_STUBS or not may_follow(target, response.url, "redirect"):
            return
        site = self.tally.sites[response.meta["site"]].site
        facts = {key: response.meta[key] for key in ("depth", "entry") if key in response.meta}
        request = self._request(
            site,
            target,
            purpose,
            response.meta["expected"],
            callback,
            via=response.url,
            stubs=hops + 1,
            **facts,
        )
        if request:
            yield request

    # -- choices -------------------------------------------------------------------------------------------

    def _wants(self, judged: relevance.Relevance) -> bool:
        return self.year is None or judged.fiscal_year in (None, self.year)

    def _of_year(self, title: str) -> bool:
        """A column named after another year holds nothing of the year asked for."""
        years = relevance.years(title)
        return self.year is None or not years or self.year in years


def _key(url: str) -> str:
    """What makes two addresses one request: `…/index.html` is the folder it stands in."""
    return re.sub(r"/index\.s?html?$", "/", normalised_url(url))


def _page(response: Response) -> Page:
    content_type = response.headers.get("Content-Type")
    return Page.from_bytes(
        response.url, response.body, content_type.decode("latin-1") if content_type else None
    )


def _title(page: Page) -> str:
    return page.meta.get("articletitle", "")


def _field(recorded: Recorded, name: bytes) -> bytes:
    return next((value for field, value in recorded.headers if field.lower() == name), b"")

"""Crawl from Python: what `gongkai crawl` and `gongkai run` call.

Invariant: `crawl` returns a report for every ending the crawl itself can have (unreachable sites, an
interrupt), and raises only when there was nothing to crawl with: no such sites, no usable store. It runs
Twisted's reactor in this process, which can be done once per process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.stores import Store, open_store
from crawler import sites as registry
from crawler.http.stopping import StoppableCrawler
from crawler.reports.results import CrawlReport, Progress
from crawler.sites import Site
from crawler.sites.decisions import active
from crawler.spiders.disclosures import DisclosuresSpider


def crawl(
    store: Store | str,
    sites: str | Sequence[Site],
    *,
    run_id: str | None = None,
    year: int | None = None,
    command: str = "gongkai crawl",
    progress: Callable[[Progress], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> CrawlReport:
    """Crawl sites into a store; `sites` is a selector (`crawler.sites.select`) or the sites themselves.

    A run that was killed less than GONGKAI_VALIDITY_HOURS ago is taken up: what it archived is not asked for
    again. `progress` is called after every exchange; `settings` are Scrapy settings over `crawler.settings`.
    Ctrl-C ends the crawl in order, and the report says so (`interrupted`); a second one ends it at once, by
    KeyboardInterrupt. Raises UnknownSites, and StoreError or OSError when nothing can be archived any more;
    what was archived before is kept and taken up by the next run.
    """
    kept = open_store(store) if isinstance(store, str) else store
    chosen = registry.select(sites, active(kept)) if isinstance(sites, str) else tuple(sites)
    configured = Settings()
    configured.setmodule("crawler.settings", priority="project")
    # The caller has a log of its own; Scrapy's root handler would write over its progress bars.
    quiet = {"LOG_LEVEL": "WARNING", "LOG_INSTALL_ROOT_HANDLER": False}
    configured.update({**quiet, **(settings or {})}, priority="cmdline")
    process = AsyncCrawlerProcess(configured)
    logging.getLogger("scrapy").setLevel(configured["LOG_LEVEL"])
    crawler = StoppableCrawler(DisclosuresSpider, configured)
    task = process.crawl(
        crawler, sites=chosen, store=store, run_id=run_id, year=year, command=command, progress=progress
    )
    process.start()
    if not task.done() or task.cancelled():
        raise KeyboardInterrupt("stopped at once; the next run takes it up")
    if error := task.exception():
        raise error
    spider = crawler.spider
    assert isinstance(spider, DisclosuresSpider)
    if spider.failure:
        raise spider.failure
    if spider.report is None:
        raise KeyboardInterrupt("stopped at once; the next run takes it up")
    logging.getLogger(__name__).info("run %s: %s", spider.run.run_id, dict(spider.report.outcomes))
    return spider.report

"""Scrapy settings: slow, honest and bounded by default.

Invariant: what a run does to other people's servers is decided here, and a looser value is somebody's
explicit choice (`scrapy crawl -s`, `crawl(settings=…)`), except the order of the middlewares, which the
archive's guarantees rest on.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # a command that does not crawl does not load Scrapy
    from scrapy.settings import BaseSettings

BOT_NAME = "gongkai"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# -- who we are --------------------------------------------------------------------------------------------
VERSION = "0.1"
CONTACT = os.environ.get("GONGKAI_CONTACT", "")  # an address that answers: mailto:… or https://…
USER_AGENT = f"gongkai/{VERSION} ({f'+{CONTACT}; ' if CONTACT else ''}archive of published budgets)"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}

# -- how gently --------------------------------------------------------------------------------------------
CONCURRENT_REQUESTS = 64
CONCURRENT_ITEMS = 2  # Scrapy starts so many tasks for every answer; our items wait for nothing
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_TIMEOUT = 60
RETRY_TIMES = 2
RETRY_EXCEPTIONS = [  # those of `crawler.http.failures.translated`; Scrapy's list loads its own transport
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
GONGKAI_BACKOFF = 5.0  # seconds before the first retry, doubled for each further one
GONGKAI_LONGEST_BACKOFF = 300.0
GONGKAI_MAX_RATE = 30.0  # requests a second over all hosts; 0: no cap
GONGKAI_HOST_REQUESTS = 50_000  # of one host and run; 0: no budget
GONGKAI_HOST_BYTES = 0
GONGKAI_CIRCUIT_FAILURES = 10  # in a row: the host is left alone
GONGKAI_CIRCUIT_REST = 600.0  # seconds, then one request finds out
GONGKAI_NIGHT = os.environ.get("GONGKAI_NIGHT", "")  # hours in China, like 22:00-07:00; empty: any hour
COOKIES_ENABLED = False
GONGKAI_SESSION_COOKIES = True  # of hosts that show nothing without, see `SessionCookies`

# -- how far -----------------------------------------------------------------------------------------------
DOWNLOAD_MAXSIZE = 200 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # the spider follows stub pages itself, as `redirect` outcomes
GONGKAI_MAX_DEPTH = 6  # steps below the registered page
GONGKAI_MAX_LISTINGS = 500  # list pages of disclosures of one site and run
GONGKAI_MAX_EXPLORED = 40  # other pages of one site and run that may lead to one
GONGKAI_EXPLORED_AT_ONCE = 2
GONGKAI_MAX_ARTICLES = 5000  # articles of one site and run
GONGKAI_ALLOW_LOOPBACK = os.environ.get("GONGKAI_ALLOW_LOOPBACK", "") == "1"  # to rehearse on one machine
GONGKAI_TLS_EXCEPTIONS: list[str] = []  # host names; the spider adds those of the registry
GONGKAI_VALIDITY_HOURS = 24.0  # how long an interrupted run can be taken up

GONGKAI_REPLAY: list[str] = []  # WARC files to crawl instead of the network, see `crawler.http.replay`

# -- how often (see `crawler.history.looks`) -----------------------------------------------------------------
GONGKAI_RECHECK_MIN_DAYS = 3.0
GONGKAI_RECHECK_MAX_DAYS = 30.0
GONGKAI_RECHECK_AT_LEAST = 10  # known addresses of one site and run, as long as that is cheap
GONGKAI_LISTS_SHARE = 0.07  # of all addresses of a site: the lists of a further visit; 1: always all of them
GONGKAI_LISTS_AT_LEAST = 16

# -- the stations between engine and network ---------------------------------------------------------------
DOWNLOAD_HANDLERS = {
    "http": "crawler.http.handler.ArchivingHandler",
    "https": "crawler.http.handler.ArchivingHandler",
    "ftp": None,
    "file": None,
    "data": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {
    "crawler.http.middlewares.Guard": 40,
    "crawler.http.middlewares.Robots": 100,
    "crawler.http.middlewares.Backoff": 550,
    "crawler.http.middlewares.Redirects": 600,
    "crawler.http.middlewares.SessionCookies": 700,
    "crawler.http.middlewares.Breaker": 980,
    "crawler.http.capture.Capture": 990,
    # Replaced by the above.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Content codings are undone by the archive's own code, so that the hash is of the bytes that are parsed.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # We count exchanges ourselves, log in nowhere, and the transport knows its time limit.
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    # A proxy would hide the addresses the guard has to see.
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    # The spider goes by outcomes, says itself where a link was and how deep, and the guard bounds addresses.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
EXTENSIONS = {"crawler.http.hosts.Night": 100}
ITEM_PIPELINES = {"crawler.http.capture.Journal": 100}
COMPRESSION_ENABLED = False
HTTPPROXY_ENABLED = False

# -- nothing that listens or reports -----------------------------------------------------------------------
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
WARN_ON_GENERATOR_RETURN_VALUE = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a crawl goes on one site. A bound that is reached is a gap of the site."""

    depth: int
    listings: int
    articles: int
    explored: int
    at_once: int

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """The bounds that the settings state."""
        return cls(
            depth=settings.getint("GONGKAI_MAX_DEPTH"),
            listings=settings.getint("GONGKAI_MAX_LISTINGS"),
            articles=settings.getint("GONGKAI_MAX_ARTICLES"),
            explored=settings.getint("GONGKAI_MAX_EXPLORED"),
            at_once=settings.getint("GONGKAI_EXPLORED_AT_ONCE"),
        )

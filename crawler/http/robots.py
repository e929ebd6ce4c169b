"""Whether a site's robots.txt allows a request.

Invariant: robots.txt is fetched once for each origin, archived as every answer is, and nothing of that origin
is asked for before.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from itertools import islice
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.http.failures import RobotsForbidden, RobotsUnreachable, Stopped, outcome_of
from crawler.http.request_meta import RequestMeta, meta_of, note
from crawler.pages.outcomes import Outcome

_LONGEST_CRAWL_DELAY = 60.0
_MOST_MAPS = 3


class Robots:
    """robots.txt as RFC 9309 has it: 4xx allows all, an unreachable or broken server allows nothing.

    `Crawl-delay`, which the RFC does not know and many files have, is kept by the transport.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = crawler.settings["USER_AGENT"]
        self._rules: dict[str, asyncio.Task[ProtegoRobotParser | Outcome]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse what the host's robots.txt forbids; it is fetched once for each origin."""
        if meta_of(request).purpose == "robots":
            return
        parts = urlparse_cached(request)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(origin, meta_of(request).site))
        rules = await self._rules[origin]
        if isinstance(rules, Outcome):
            raise RobotsUnreachable(rules)
        if not rules.allowed(request.url, self._agent):
            raise RobotsForbidden(f"{origin}/robots.txt forbids it")
        delay = min(rules.crawl_delay(self._agent) or 0.0, _LONGEST_CRAWL_DELAY)
        note(request, crawl_delay=delay, maps=tuple(islice(rules.rp.sitemaps, _MOST_MAPS)))

    async def _fetch(self, origin: str, site: str) -> ProtegoRobotParser | Outcome:
        request = Request(
            f"{origin}/robots.txt",
            priority=1000,
            callback=NO_CALLBACK,
            meta=RequestMeta(site, "robots", "robots").as_meta(),
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Stopped:
            raise  # to all that wait for these rules
        except Exception as error:
            return outcome_of(error)
        recorded = meta_of(response).recorded
        status = response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return recorded.outcome if recorded else Outcome("error_page", str(response.status))
        # An HTML page in place of robots.txt (a soft 404, a challenge) holds no rules.
        good = status < HTTPStatus.MULTIPLE_CHOICES
        body = response.body if good and b"<html" not in response.body[:2000].lower() else b""
        return ProtegoRobotParser(body, self._crawler.spider)

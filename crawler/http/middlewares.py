"""The crawl's own stations between Scrapy's engine and the network.

Invariant: every request passes the guard before anything else, and every answer passes the capture before
anything else. From the engine's side: `Guard` (may it be asked for at all), `crawler.http.robots` (does the
site allow it), Scrapy's own, `Backoff` (when to try again), `Redirects`, `Breaker` (is the host left alone),
`crawler.http.capture` next to the network.

What they know of a request, and what they add to it: `crawler.http.request_meta`.
"""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.http.failures import Refused, outcome_of
from crawler.http.hosts import Hosts, Patience
from crawler.http.request_meta import meta_of, note
from crawler.http.stopping import pause
from crawler.pages.addresses import Limits, Purpose, forbidden, may_follow
from crawler.pages.outcomes import Outcome
from parsers.values.messages import message


class Guard:
    """Stops requests to forbidden addresses, redirects included."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        return cls(Limits(allow_loopback=crawler.settings.getbool("GONGKAI_ALLOW_LOOPBACK")))

    def process_request(self, request: Request) -> None:
        """Refuse a request to a forbidden address, or one redirected to another site."""
        reason = forbidden(request.url, self._limits)
        came_from = request.meta.get("redirect_urls")
        purpose: Purpose = "attachment" if meta_of(request).purpose == "attachment" else "redirect"
        if not reason and came_from and not may_follow(request.url, came_from[0], purpose):
            reason = message("address_of_another_site", url=came_from[0])
        if reason:
            raise Refused(reason)
        if came_from:
            note(request, via=came_from[-1])


class Redirects(RedirectMiddleware):
    """Follows redirects with the Referer of the first request, as browsers do."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        # It warns that Scrapy's own keeper of that header is off.
        logging.getLogger(RedirectMiddleware.__module__).setLevel(logging.ERROR)
        return super().from_crawler(crawler)

    def handle_referer(self, request: Request, response: Response) -> None:
        """The header stays as it is."""


class Backoff(RetryMiddleware):
    """Scrapy's retries with a pause that doubles, or the one the server asks for (Retry-After in seconds)."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Repeat a retry only after a pause: at least what Retry-After asks for."""
        result = super().process_response(request, response)
        if isinstance(result, Request):
            asked = (response.headers.get("Retry-After") or b"").strip()
            await self._pause(result, float(asked) if asked.isdigit() else 0.0)
        return result

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        """Repeat a retry only after a pause."""
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            await self._pause(result, 0.0)
        return result

    async def _pause(self, retry: Request, asked: float) -> None:
        settings = self.crawler.settings
        first, longest = settings.getfloat("GONGKAI_BACKOFF"), settings.getfloat("GONGKAI_LONGEST_BACKOFF")
        doubled = first * 2 ** (retry.meta.get("retry_times", 1) - 1)
        await pause(self.crawler, min(max(doubled, asked), longest))


class Breaker:
    """Leaves hosts alone that keep failing or have had their share; see `crawler.http.hosts`."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        settings = crawler.settings
        patience = Patience(
            failures=settings.getint("GONGKAI_CIRCUIT_FAILURES"),
            rest=settings.getfloat("GONGKAI_CIRCUIT_REST"),
            requests=settings.getint("GONGKAI_HOST_REQUESTS"),
            bytes=settings.getint("GONGKAI_HOST_BYTES"),
        )
        return cls(Hosts(patience))

    def process_request(self, request: Request) -> None:
        """Let the transport ask, when it is the request's turn, whether the host may be asked."""
        # Requests wait in line after this; the transport asks when it is their turn.
        note(request, gate=partial(self._hosts.why_not, urlparse_cached(request).netloc))

    def process_response(self, request: Request, response: Response) -> Response:
        """Count the answer and its bytes, unless they came from the archive."""
        recorded = meta_of(request).recorded
        if recorded and not recorded.taken_over:
            self._note_answer(request, recorded.outcome, recorded.capture.bytes or 0)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count the failure."""
        self._note_answer(request, outcome_of(exception), 0)

    def _note_answer(self, request: Request, outcome: Outcome, size: int) -> None:
        host = urlparse_cached(request).netloc
        self._hosts.note_answer(host, outcome.name, outcome.kind, size, time.monotonic())

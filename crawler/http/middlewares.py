"""The crawl's own stations between Scrapy's engine and the network.

Invariant: every request passes the guard before anything else, and every answer passes the capture before
anything else. From the engine's side: `Guard` (may it be asked for at all), `Robots` (does the site allow
it), Scrapy's own, `Backoff` (when to try again), `Redirects`, `SessionCookies`, `Breaker` (is the host left
alone), `crawler.http.capture` next to the network. robots.txt is fetched once for each origin and archived
as every answer is, and nothing of that origin is asked for before.

What they know of a request, and what they add to it: `crawler.http.request_meta`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.http.failures import Refused, RobotsForbidden, RobotsUnreachable, Stopped, outcome_of
from crawler.http.hosts import Hosts, Patience
from crawler.http.request_meta import RequestMeta, meta_of, note
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
            reason = message("redirected_to_another_site", url=came_from[0], to=request.url)
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


_PAIR = re.compile(rb"\s*([^=;\s]{1,100})=([^;]{0,4000})")
_MOST = 20


class SessionCookies:
    """Asks once more, with the cookie, where a host redirects to the address it was asked for. Switched off
    by `GONGKAI_SESSION_COOKIES`; the answer then stands as it came (`blocked: needs_cookie`).

    A cookie is kept for the run alone and goes to the host that set it and to no other. Nothing is computed
    for it, so no challenge is solved; robots.txt has been asked before.
    """

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self._jars: dict[str, dict[bytes, bytes]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        return cls(crawler.settings.getbool("GONGKAI_SESSION_COOKIES"))

    def process_request(self, request: Request) -> None:
        """Send the cookies that the host has set in this run, if any."""
        jar = self._jars.get(urlparse_cached(request).netloc)
        if jar:
            request.headers["Cookie"] = b"; ".join(name + b"=" + value for name, value in jar.items())

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer; or the same request with the new cookie, where the host redirects to the same
        address."""
        if not self._wants_cookie(request, response):
            return response
        if self._enabled and not meta_of(request).cookie_tried:
            jar = self._jars.setdefault(urlparse_cached(request).netloc, {})
            for field in response.headers.getlist("Set-Cookie"):
                if (pair := _PAIR.match(field)) and len(jar) < _MOST:
                    jar[pair[1]] = pair[2].strip()
            again = request.replace(dont_filter=True)
            note(again, cookie_tried=True)
            return again
        request.meta["dont_redirect"] = True  # it would only lead here again
        return response

    @staticmethod
    def _wants_cookie(request: Request, response: Response) -> bool:
        if (
            not HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST
            or not response.headers.getlist("Set-Cookie")
        ):
            return False
        location = (response.headers.get("Location") or b"").decode("latin-1").strip()
        try:
            return urljoin(request.url, location) == request.url
        except ValueError:
            return False


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
            raise RobotsForbidden(message("seen_robots", url=f"{origin}/robots.txt"))
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

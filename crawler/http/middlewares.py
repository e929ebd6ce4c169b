"""The crawl's own stations between Scrapy's engine and the network.

Invariant: every request passes the guard before anything else, and every answer passes the capture before
anything else. From the engine's side: `Guard` (may it be asked for at all), `Robots` (does the site allow
it), Scrapy's own, `Backoff` (when to try again), `Redirects`, `Breaker` (is the host left alone), `Capture`
next to the network.

What they know of a request, and what they add to it: `crawler.http.request_meta`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Protocol, Self, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Headers, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.httpobj import urlparse_cached

from archive.errors import StoreError
from archive.vocabulary import CaptureOutcome
from crawler.http.failures import NotArchived, Refused, RobotsForbidden, RobotsUnreachable, outcome_of
from crawler.http.hosts import Hosts, Patience
from crawler.http.page_processes import PageProcesses
from crawler.http.recorder import Reconsider, Recorded, Recorder, address
from crawler.http.request_meta import RequestMeta, meta_of, note
from crawler.pages.addresses import Limits, Purpose, forbidden, may_follow
from crawler.pages.outcomes import Outcome
from crawler.reading.examining import Examined, Sealed, needs_examining
from parsers.values.messages import message

if TYPE_CHECKING:
    from archive.warc.records import Exchange

_LONGEST_CRAWL_DELAY = 60.0
_MOST_MAPS = 3


class RecordingSpider(Protocol):
    """What the middlewares need of a spider."""

    recorder: Recorder

    def noticed(self, request: Request, outcome: Outcome, size: int) -> None:
        """An exchange or a failure has been noted."""

    def stop(self, error: Exception) -> None:
        """What comes can no longer be archived: the crawl has to end."""

    def reconsider(self, request: Request) -> Reconsider | None:
        """The function that decides on an answer that differs from the one archived last."""

    def took_over(self, request: Request) -> None:
        """The answer of an interrupted run was taken instead of a new one."""


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
        await asyncio.sleep(min(max(doubled, asked), longest))


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


class Capture:
    """Archives every answer and notes every failure; serves what an interrupted run archived before.

    Hashing and compressing an answer takes longer than asking for the next one, and happens in a thread of
    its own; there is one, so that records are written one after the other. A page that may cost more than the
    crawl can spare is judged and made small in another process (`crawler.http.page_processes`) before
    anything reads it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._scribe = ThreadPoolExecutor(1, thread_name_prefix="scribe")
        self._page_processes = PageProcesses()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        capture = cls(crawler)
        crawler.signals.connect(capture._page_processes.close, signal=signals.spider_closed)
        return capture

    @property
    def _spider(self) -> RecordingSpider:
        return cast(RecordingSpider, self._crawler.spider)

    async def process_request(self, request: Request) -> Response | None:
        """The archived answer of an interrupted or replayed run; None if the request must be sent."""
        note(request, recorded=None)
        recorder = self._spider.recorder
        noted = address(request.url, request.method, request.body)
        if "retry_times" not in request.meta and recorder.keeps(noted):
            kept = await asyncio.to_thread(recorder.kept, noted, meta_of(request).expected)
            if kept:
                self._spider.took_over(request)
                return self._response(request, await self._bounded(request, kept))
        if request.method == "GET":
            for name, value in recorder.validators(request.url).items():
                request.headers[name] = value
        return None

    async def process_response(self, request: Request, response: Response) -> Response:
        """Archive the exchange before the spider sees the answer."""
        exchange = meta_of(request).exchange
        note(request, exchange=None)
        if exchange is None:  # served from the archive
            return response
        recorder, before = self._spider.recorder, None
        try:
            filed = await asyncio.get_running_loop().run_in_executor(self._scribe, recorder.file, exchange)
            reconsider = self._spider.reconsider(request)
            if reconsider and filed.is_new:
                before = await self._reduced(request, await asyncio.to_thread(recorder.before, filed))
            examined = await self._examined(request, _sealed(request, exchange))
            known = meta_of(request)
            recorded = recorder.judge(filed, known.site, known.expected, before, reconsider, examined)
            if recorded.status == HTTPStatus.NOT_MODIFIED:
                recorded = await self._bounded(request, recorded)
        except (StoreError, OSError) as error:
            self._spider.stop(error)
            raise NotArchived(str(error)) from error
        self._spider.noticed(request, recorded.outcome, len(exchange.body))
        confirmed = recorded.status == HTTPStatus.NOT_MODIFIED
        if recorded.payload is exchange.body and not confirmed and not recorded.reduced:
            note(request, recorded=recorded)
            return response
        return self._response(request, recorded)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Note the outcome of a request without an answer."""
        note(request, exchange=None)
        outcome, known = outcome_of(exception), meta_of(request)
        self._spider.recorder.fail(request.url, outcome, known.site, known.via)
        self._spider.noticed(request, outcome, 0)

    async def _examined(self, request: Request, sealed: Sealed) -> Examined | None:
        """The judgement on a page that no scan proves harmless; None for all others."""
        if not needs_examining(sealed):
            return None
        return await self._page_processes.examine(meta_of(request).site, sealed)

    async def _bounded(self, request: Request, recorded: Recorded) -> Recorded:
        """A page out of the archive, made small if it is large."""
        status = 200 if recorded.status == HTTPStatus.NOT_MODIFIED else recorded.status
        sealed = Sealed(status, recorded.headers, recorded.payload,
                        meta_of(request).expected, request.url)  # fmt: skip
        examined = await self._examined(request, sealed) if recorded.payload else None
        if examined is None:
            return recorded
        outcome = recorded.outcome if examined.reduced else examined.outcome
        return replace(recorded, outcome=outcome, reduced=examined.reduced)

    async def _reduced(self, request: Request, payload: bytes | None) -> bytes | None:
        """The page as archived last, made small if it is large; None if there is none that can be read."""
        sealed = Sealed(200, (), payload or b"", "html", request.url)
        examined = await self._examined(request, sealed)
        if examined is None:
            return payload
        return examined.reduced.body if examined.reduced else None

    @staticmethod
    def _response(request: Request, recorded: Recorded) -> Response:
        """The answer as Scrapy knows it: content-decoded, a confirmed page (304) as if it had come again."""
        note(request, recorded=recorded)
        confirmed = (
            recorded.status == HTTPStatus.NOT_MODIFIED and recorded.outcome.name == CaptureOutcome.UNCHANGED
        )
        headers = Headers(list(recorded.headers))
        headers.pop("Content-Encoding", None)
        status, body = 200 if confirmed else recorded.status, recorded.payload
        if recorded.reduced:
            body = recorded.reduced.body
            headers["Content-Type"] = f"text/html; charset={recorded.reduced.encoding}"
        # What sort of answer it is has been judged; Scrapy would look for that at every byte again.
        return Response(request.url, status=status, headers=headers, body=body, request=request)


def _sealed(request: Request, exchange: Exchange) -> Sealed:
    return Sealed(
        exchange.status, exchange.response_headers, exchange.payload,
        meta_of(request).expected, exchange.url, meta_of(request).platform,
    )  # fmt: skip

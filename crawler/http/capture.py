"""The station next to the network: every answer is archived before anybody reads it.

Invariant: an answer reaches the spider once it is in the archive, with its outcome; one that cannot be
archived ends the crawl.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, Self, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from archive import StoreError
from archive.vocabulary import CaptureOutcome
from archive.warc.captures import Article
from crawler.http.failures import NotArchived, Stopped, outcome_of
from crawler.http.page_processes import PageProcesses
from crawler.http.recorder import Reconsider, Recorded, Recorder, address
from crawler.http.request_meta import meta_of, note
from crawler.pages.outcomes import Outcome
from crawler.reading.examining import Examined, Sealed, needs_examining

if TYPE_CHECKING:
    from archive.warc.records import Exchange


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
            for name, value in recorder.validators(request.url, meta_of(request).site).items():
                request.headers[name] = value
        return None

    async def process_response(self, request: Request, response: Response) -> Response:
        """Archive the exchange before the spider sees the answer."""
        exchange = meta_of(request).exchange
        note(request, exchange=None)
        if exchange is None:  # served from the archive
            return response
        recorder, known, before = self._spider.recorder, meta_of(request), None
        try:
            loop = asyncio.get_running_loop()
            filed = await loop.run_in_executor(self._scribe, recorder.file, exchange, known.site)
            reconsider = self._spider.reconsider(request)
            if reconsider and filed.is_new:
                before = await self._reduced(request, await asyncio.to_thread(recorder.before, filed))
            examined = await self._examined(request, _sealed(request, exchange))
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
        if isinstance(exception, Stopped):
            return
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


class Journal:
    """Writes each article that the spider yields to the run's journal, a line each; other items pass."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """Write an article to the journal; every item is passed on."""
        if isinstance(item, Article):
            cast(RecordingSpider, self._crawler.spider).recorder.article(item)
        return item

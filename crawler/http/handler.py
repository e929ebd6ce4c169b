"""The one place that talks to the network: a Scrapy download handler that keeps what it receives.

By hand: Scrapy's own handlers normalise header fields, undo content codings and connect before an address is
checked.

Invariant: the `Exchange` it leaves in `RequestMeta.exchange` is what went over the wire: header fields in
the order and spelling received (Scrapy's own handlers and Scrapy's `Headers` normalise both), the body with
its content coding still on, the peer's address. Only public addresses are connected to
(`crawler.http.connections`); certificates are verified, except for hosts the registry excepts.

What is not kept: the chunk borders of a chunked body, and white space around header values.

A host whose answers the strict parser refuses is read leniently from then on (`crawler.http.lenient`). A
body that ends early is asked for again; the last try keeps what arrived, marked as truncated.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
import yarl
from aiohttp.connector import Connection
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Headers, Response

from archive.warc.content_coding import content_decoded, is_cut_short
from archive.warc.records import Exchange
from crawler.http import lenient
from crawler.http.connections import PublicResolver, tls_context
from crawler.http.failures import TooLarge, translated
from crawler.http.hosts import GivenUp
from crawler.http.request_meta import meta_of, note
from crawler.http.stopping import pause

_MAX_FIELD = 64 * 1024


class _Answer(aiohttp.ClientResponse):
    """An answer that remembers its peer: a short answer returns its connection before it is read."""

    peer: str | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        name = connection.transport and connection.transport.get_extra_info("peername")
        self.peer = str(name[0]) if name else None
        return await super().start(connection)


class Pace:
    """Turns that come no faster than `rate` a second; 0 means no limit."""

    def __init__(self, rate: float) -> None:
        self._between = 1 / rate if rate > 0 else 0.0
        self._next = 0.0

    def turn(self) -> float:
        """Take the next turn; the seconds until it comes."""
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + self._between
        return at - now


class ArchivingHandler(BaseDownloadHandler):
    """HTTP and HTTPS. `download_timeout` and `download_maxsize` of a request's meta win over the settings,
    its `crawl_delay` (seconds since the last request to the host) adds to them, and its `gate` may say that
    the host is left alone (`crawler.http.hosts`)."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._max_bytes = settings.getint("DOWNLOAD_MAXSIZE")
        self._excepted = frozenset(settings.getlist("GONGKAI_TLS_EXCEPTIONS"))
        self._verified, self._unverified = tls_context(), tls_context(verified=False)
        # Scrapy 2.19 counts a transfer only once its task runs, so without a delay between requests a slot
        # starts everything it has at once. Whatever the delay, a host gets no more than this from us.
        at_once = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._begun: defaultdict[str, float] = defaultdict(float)
        self._retries = settings.getint("RETRY_TIMES")
        self._lenient: set[str] = set()  # hosts whose answers the strict parser refused
        self._resolver = PublicResolver(settings.getbool("GONGKAI_ALLOW_LOOPBACK"))
        self._pace = Pace(settings.getfloat("GONGKAI_MAX_RATE"))
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # Scrapy's slots do the counting
                resolver=self._resolver,
                ttl_dns_cache=300,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=_Answer,
            auto_decompress=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=_MAX_FIELD,
            max_field_size=_MAX_FIELD,
        )

    async def download_request(self, request: Request) -> Response:
        """Wait for the host's turn and its delay, then send the request; the exchange is kept for the
        archive."""
        host = urlsplit(request.url).hostname or ""
        async with self._turns[host]:
            await pause(self.crawler, self._begun[host] + meta_of(request).crawl_delay - time.monotonic())
            await pause(self.crawler, self._pace.turn())
            gate = meta_of(request).gate
            if gate and (reason := gate(time.monotonic())):
                raise GivenUp(reason)
            self._begun[host] = time.monotonic()
            return await self._download(request)

    async def _download(self, request: Request) -> Response:
        timeout = request.meta.get("download_timeout", self._timeout)
        begun, host = time.monotonic(), urlsplit(request.url).netloc
        try:
            if host in self._lenient:
                exchange = await self._lenient_exchange(request, timeout)
            else:
                exchange = await self._strict_exchange(request, timeout)
        except aiohttp.ClientResponseError:  # an answer came that is not strictly HTTP
            self._lenient.add(host)
            try:
                exchange = await self._lenient_exchange(request, timeout)
            except Exception as error:
                raise translated(error, request.url, timeout) from error
        except Exception as error:
            raise translated(error, request.url, timeout) from error
        request.meta.setdefault("download_latency", time.monotonic() - begun)
        exchange = _transfer_decoded(exchange)
        if (cut := _why_not_whole(exchange)) != exchange.truncated:
            exchange = replace(exchange, truncated=cut)
        if exchange.truncated and request.meta.get("retry_times", 0) < self._retries:
            raise DownloadFailedError(f"{request.url}: the body ended early ({exchange.truncated})")
        note(request, exchange=exchange)
        return Response(
            request.url,
            exchange.status,
            Headers(list(exchange.response_headers)),
            exchange.body,
            protocol=exchange.protocol,
        )

    def _context(self, url: str) -> ssl.SSLContext:
        return self._unverified if urlsplit(url).hostname in self._excepted else self._verified

    async def _strict_exchange(self, request: Request, timeout: float) -> Exchange:
        begun = time.monotonic()
        async with self._session.request(
            request.method,
            yarl.URL(request.url, encoded=True),
            data=request.body or None,
            headers=[(k.decode("latin-1"), v.decode("latin-1")) for k, v in _sent(request.headers)],
            timeout=aiohttp.ClientTimeout(total=timeout),
            ssl=self._context(request.url),
            allow_redirects=False,
        ) as answer:
            request.meta["download_latency"] = time.monotonic() - begun
            body, whole = await self._read(answer, request)
        return _exchange(request, answer, body, None if whole else "disconnect")

    async def _lenient_exchange(self, request: Request, timeout: float) -> Exchange:
        # Over a connection of its own: the parser of aiohttp cannot be replaced for one host.
        limit = request.meta.get("download_maxsize", self._max_bytes)
        try:
            answer = await lenient.fetch(
                request.url, request.method, _sent(request.headers), request.body,
                resolver=self._resolver, context=self._context(request.url), limit=limit, timeout=timeout,
            )  # fmt: skip
        except lenient.TooLong as error:
            raise TooLarge(str(error)) from error
        return Exchange(
            url=request.url,
            fetched_at=datetime.now(UTC),
            status=answer.status,
            reason=answer.reason,
            response_headers=answer.headers,
            body=answer.body,
            method=request.method,
            request_headers=tuple(_sent(request.headers)),
            request_body=request.body,
            protocol=answer.protocol,
            ip=answer.peer,
            via=meta_of(request).via,
            truncated=answer.truncated,
        )

    async def _read(self, answer: aiohttp.ClientResponse, request: Request) -> tuple[bytes, bool]:
        """The body, and whether all of it came."""
        limit = request.meta.get("download_maxsize", self._max_bytes)
        announced = answer.content_length or 0
        pieces: list[bytes] = []
        received, whole = 0, True
        if announced <= limit:
            try:
                async for piece in answer.content.iter_any():
                    received += len(piece)
                    if received > limit:
                        break
                    pieces.append(piece)
            except aiohttp.ClientPayloadError:
                if not pieces:
                    raise
                whole = False
        if max(announced, received) > limit:
            answer.close()
            raise TooLarge(f"{max(announced, received)} bytes or more, the limit is {limit}")
        return b"".join(pieces), whole

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


def _sent(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in headers.items() for value in values]


def _exchange(
    request: Request, answer: aiohttp.ClientResponse, body: bytes, truncated: str | None
) -> Exchange:
    """What went over the wire: `raw_headers` keep order and spelling, which `answer.headers` does not."""
    version = answer.version
    return Exchange(
        url=request.url,
        fetched_at=datetime.now(UTC),
        status=answer.status,
        reason=answer.reason or "",
        response_headers=tuple(answer.raw_headers),
        body=body,
        method=request.method,
        request_headers=tuple(
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.request_info.headers.items()
        ),
        request_body=request.body,
        protocol=f"HTTP/{version.major}.{version.minor}" if version else "HTTP/1.1",
        ip=answer.peer if isinstance(answer, _Answer) else None,
        via=meta_of(request).via,
        truncated=truncated,
    )


def _codings(exchange: Exchange, field: bytes) -> list[str]:
    return [v.decode("latin-1") for k, v in exchange.response_headers if k.lower() == field]


def _transfer_decoded(exchange: Exchange) -> Exchange:
    """The exchange without its transfer codings, of which only chunks are undone by then."""
    codings = _codings(exchange, b"transfer-encoding")
    if all(coding.strip().lower() == "chunked" for coding in codings):
        return exchange
    return replace(exchange, body=content_decoded(exchange.body, codings))


def _why_not_whole(exchange: Exchange) -> str | None:
    """Why a body is not whole: it was cut, or its stream was; None where its own end still arrived."""
    codings = _codings(exchange, b"content-encoding")
    cut = exchange.truncated or ("disconnect" if codings and is_cut_short(exchange.body, codings) else None)
    return None if cut is None or lenient.looks_whole(exchange.payload) else cut

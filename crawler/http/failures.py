"""Why a request ended without an answer: what the stations of the crawl raise, and its outcome.

Invariant: every exception of a download has exactly one outcome; one that is not known here is an `error`.
"""

from __future__ import annotations

import ssl

import aiohttp
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)

from archive.rendering.messages import said
from crawler.http.connections import NoPublicAddress
from crawler.http.hosts import GivenUp
from crawler.pages.outcomes import Outcome
from crawler.pages.page import squeeze
from parsers.values.messages import Message


class Refused(IgnoreRequest):
    """The guard lets no such request through: `why`."""

    def __init__(self, why: Message) -> None:
        super().__init__(said(why))
        self.why = why


class AddressForbidden(IgnoreRequest):
    """The name resolves to no public address."""


class TlsFailed(Exception):
    """Certificate or handshake; a second try would fail in the same way, so Scrapy's retries do not know this
    type."""


class TooLarge(IgnoreRequest):
    """The body is over the limit; reading stopped there."""


class NotInArchive(IgnoreRequest):
    """A crawl of archived answers (`crawler.http.replay`) asked for an address that none of them answers."""


class Stopped(IgnoreRequest):
    """The crawl stopped before the request was sent."""


class NotArchived(IgnoreRequest):
    """The answer could not be archived, so it is not passed on."""


class RobotsForbidden(Refused):
    """robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """robots.txt could not be had, so nothing of the host is asked for; `outcome` says why not."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"robots.txt: {outcome.name} {said(outcome.evidence)}")
        self.outcome = outcome


def outcome_of(error: BaseException) -> Outcome:
    """The outcome of a request that ended without an answer, from its exception."""
    if isinstance(error, RobotsUnreachable):
        return error.outcome
    name = next((name for kinds, name in _FAILURES if isinstance(error, kinds)), "error")
    seen = error.why if isinstance(error, Refused) else squeeze(str(error))[:200]
    return Outcome(name, type(error).__name__, seen)


_FAILURES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (RobotsForbidden, "robots"),
    (GivenUp, "given_up"),
    ((NotInArchive, Stopped), "not_run"),
    ((Refused, AddressForbidden, DownloadConnectionRefusedError), "refused"),
    (TlsFailed, "tls"),
    (TooLarge, "too_large"),
    (CannotResolveHostError, "dns"),
    (DownloadTimeoutError, "timeout"),
)


def translated(error: Exception, url: str, timeout: float) -> Exception:
    """The exception Scrapy's retries and our outcomes know, for what aiohttp raises."""
    match error:
        case IgnoreRequest():
            return error
        case TimeoutError():
            return DownloadTimeoutError(f"{url} took longer than {timeout} seconds")
        case aiohttp.ClientConnectorDNSError() if isinstance(error.os_error, NoPublicAddress):
            return AddressForbidden(str(error.os_error))
        case aiohttp.ClientConnectorDNSError():
            return CannotResolveHostError(_reason(error))
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return TlsFailed(str(error))
        case NoPublicAddress():
            return AddressForbidden(str(error))
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ConnectionRefusedError):
            return DownloadConnectionRefusedError(_reason(error))
        case aiohttp.ClientError() | OSError():
            return DownloadFailedError(f"{type(error).__name__}: {error}")
    return error


def _reason(error: aiohttp.ClientConnectorError) -> str:
    """Host, port and the system's reason: aiohttp's own words carry the address of an SSL context."""
    return f"{error.host}:{error.port}: {error.os_error.strerror or error.os_error}"

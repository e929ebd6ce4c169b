"""Why a request ended without an answer: what the stations of the crawl raise, and its outcome.

Invariant: every exception of a download has exactly one outcome; one that is not known here is an `error`.
"""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)

from archive.rendering.messages import said
from crawler.http.handler import AddressForbidden, NotInArchive, TlsFailed, TooLarge
from crawler.http.hosts import GivenUp
from crawler.pages.outcomes import Outcome
from crawler.pages.page import squeeze
from parsers.values.messages import Message


class Refused(IgnoreRequest):
    """The guard lets no such request through: `why`."""

    def __init__(self, why: Message) -> None:
        super().__init__(said(why))
        self.why = why


class NotArchived(IgnoreRequest):
    """The answer could not be archived, so it is not passed on."""


class RobotsForbidden(IgnoreRequest):
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
    if isinstance(error, Refused):
        return Outcome("refused", "Refused", error.why)
    name = next((name for kinds, name in _FAILURES if isinstance(error, kinds)), "error")
    return Outcome(name, type(error).__name__, squeeze(str(error))[:200])


_FAILURES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (RobotsForbidden, "robots"),
    (GivenUp, "given_up"),
    (NotInArchive, "not_run"),
    ((Refused, AddressForbidden, DownloadConnectionRefusedError), "refused"),
    (TlsFailed, "tls"),
    (TooLarge, "too_large"),
    (CannotResolveHostError, "dns"),
    (DownloadTimeoutError, "timeout"),
)

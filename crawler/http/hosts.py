"""Which hosts are left alone, and when all of them are: those that keep failing, those that have had their
share, and by day, if the operator says so.

Invariant: a host that failed so many times in a row is not asked again before its rest is over, and then once
first; a host is never asked for more than its budget in one run. What was not asked for is reported as
`given_up`, and keeps its site from being complete. Outside the window of hours no new request leaves; those
under way end, and the crawl goes on by itself when the window opens. Hours are those of China, whose servers
are asked.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archive import CHINA
from archive.vocabulary import CHALLENGED, TROUBLED, CaptureOutcome
from parsers.values.errors import GongkaiError

# Answers that say the host is in trouble, or wants to be left alone. A single refusal concerns the page.
_FAILURES = TROUBLED | CHALLENGED
_BROKEN = "server"  # of error_page: 5xx; a page of errors may be about the page
_FORM = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
log = logging.getLogger("gongkai")


class GivenUp(IgnoreRequest):
    """The host is left alone."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`failures` in a row open the circuit for `rest` seconds; `requests` and `bytes` bound a run, 0 does
    not."""

    failures: int = 10
    rest: float = 600.0
    requests: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Host:
    requests: int = 0
    bytes: int = 0
    failures: int = 0
    rests_until: float = 0.0


@dataclass(slots=True)
class Hosts:
    """The hosts of a run. Times are seconds of any one clock."""

    patience: Patience
    _hosts: defaultdict[str, _Host] = field(default_factory=lambda: defaultdict(_Host))

    def why_not(self, host: str, now: float) -> str | None:
        """Why the host must not be asked now, or None; a request that may go is counted."""
        state, patience = self._hosts[host], self.patience
        if now < state.rests_until:
            return f"{host} failed {state.failures} times in a row"
        if patience.requests and state.requests >= patience.requests:
            return f"{host} was asked {state.requests} times in this run"
        if patience.bytes and state.bytes >= patience.bytes:
            return f"{host} sent {state.bytes} bytes in this run"
        if state.failures >= patience.failures:  # one request finds out; the others wait for another rest
            state.rests_until = now + patience.rest
        state.requests += 1
        return None

    def note_answer(self, host: str, outcome: str, kind: str, size: int, now: float) -> None:
        """The host has answered, or failed to."""
        state = self._hosts[host]
        state.bytes += size
        if outcome in _FAILURES or (outcome == CaptureOutcome.ERROR_PAGE and kind == _BROKEN):
            state.failures += 1
            if state.failures == self.patience.failures:
                state.rests_until = now + self.patience.rest
        elif outcome not in (CaptureOutcome.GIVEN_UP, CaptureOutcome.ROBOTS):
            state.failures, state.rests_until = 0, 0.0


class NotAWindow(GongkaiError):
    """The setting is not a window of hours."""


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of day to another, over midnight if the second is the earlier."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Window:
        """`22:00-07:00`. Raises NotAWindow."""
        match = _FORM.fullmatch(text.strip())
        if not match:
            raise NotAWindow(f"{text!r} is not a window of hours: GONGKAI_NIGHT is like 22:00-07:00")
        opens, to, closes, at = (int(part) for part in match.groups())
        return cls(time(opens, to), time(closes, at))

    def is_open(self, moment: datetime) -> bool:
        """Is it open at an aware moment?"""
        now = moment.astimezone(CHINA).time()
        if self.opens <= self.closes:
            return self.opens <= now < self.closes
        return now >= self.opens or now < self.closes

    def next_change(self, moment: datetime) -> datetime:
        """When it opens or closes next."""
        here = moment.astimezone(CHINA)
        days = (here.date(), here.date() + timedelta(days=1))
        edges = (datetime.combine(day, at, CHINA) for day in days for at in (self.opens, self.closes))
        return min(edge for edge in edges if edge > here)


class Night:
    """Scrapy extension: pauses the engine outside the window of GONGKAI_NIGHT."""

    def __init__(self, crawler: Crawler, window: Window) -> None:
        self._crawler, self._window = crawler, window
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._begin, signal=signals.spider_opened)
        crawler.signals.connect(self._end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        text = crawler.settings.get("GONGKAI_NIGHT")
        if not text:
            raise NotConfigured
        return cls(crawler, Window.parse(text))

    def _begin(self) -> None:
        self._set(datetime.now(UTC))
        self._task = asyncio.ensure_future(self._watch())

    def _end(self) -> None:
        if self._task:
            self._task.cancel()

    async def _watch(self) -> None:
        while True:
            now = datetime.now(UTC)
            await asyncio.sleep(max(1.0, (self._window.next_change(now) - now).total_seconds()))
            self._set(datetime.now(UTC))

    def _set(self, now: datetime) -> None:
        engine = self._crawler.engine
        assert engine is not None
        if self._window.is_open(now):
            engine.unpause()
        else:
            engine.pause()
            log.info("Outside the window %s; the crawl goes on by itself when it opens.", self._window_text)

    @property
    def _window_text(self) -> str:
        return f"{self._window.opens:%H:%M}-{self._window.closes:%H:%M}"

"""The hours in which governments' servers may be asked: nights, if the operator says so.

Invariant: outside the window no new request leaves; those under way end, and the crawl goes on by itself
when the window opens. Hours are those of China, whose servers are asked.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.clock import CHINA
from parsers.values.errors import GongkaiError

_FORM = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")
log = logging.getLogger("gongkai")


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

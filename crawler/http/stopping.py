"""How a crawl is stopped: requests that wait are let go at once, answers on their way are waited for.

By hand: Scrapy's own stop sends every request that waits in a slot of its downloader, a delay apart.

Invariant: a request that was let go leaves no outcome, as if it had never been made: nothing is known of its
address.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from scrapy.crawler import Crawler

from archive.rendering.texts import t
from crawler.http.failures import Stopped

log = logging.getLogger("gongkai")


class StoppableCrawler(Crawler):
    """A crawler whose stations learn that it stops."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stopping = asyncio.Event()

    async def stop_async(self) -> None:
        """Stop in order. Scrapy calls this at a signal, and after a crawl that has ended by itself."""
        if self.crawling and self.engine.running and self.engine.spider and not self.stopping.is_set():
            log.info(t("Stopping: answers on their way are waited for. Again (Ctrl-C) ends it at once."))
            self.stopping.set()
            for slot in self.engine.downloader.slots.values():
                while slot.queue:
                    slot.queue.popleft()[1].errback(Stopped())
        await super().stop_async()


async def pause(crawler: Crawler, seconds: float) -> None:
    """Sleep, 0 seconds or less not at all. Raises Stopped once the crawl stops."""
    stopping = getattr(crawler, "stopping", None)  # not of a crawler that `scrapy crawl` made
    if stopping is None:
        await asyncio.sleep(max(seconds, 0))
        return
    if seconds > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)
    if stopping.is_set():
        raise Stopped

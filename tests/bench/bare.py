"""A Scrapy spider that downloads the URLs of a file and does nothing with them: the yardstick.

`python -m tests.bench.bare FILE CONCURRENCY` prints seconds between the first request and the
last answer, by the clock and of the processor.
"""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Bare(scrapy.Spider):
    """Asks for the first half of the URLs, and for the other half as their answers come, as a crawl does."""

    name = "bare"
    urls: tuple[str, ...] = ()
    begun = ended = (0.0, 0.0)

    async def start(self) -> AsyncIterator[Any]:
        self.begun = (time.perf_counter(), time.process_time())
        self.rest = iter(self.urls[len(self.urls) // 2 :])
        for url in self.urls[: len(self.urls) // 2]:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response) -> Iterator[Any]:
        self.ended = (time.perf_counter(), time.process_time())
        if url := next(self.rest, None):
            yield scrapy.Request(url, dont_filter=True)


def main(path: str, concurrency: str) -> None:
    settings = {
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency),
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
    }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Bare)
    process.crawl(crawler, urls=tuple(Path(path).read_text("utf-8").split()))
    process.start()
    spider = crawler.spider
    assert isinstance(spider, Bare)
    print(*(end - begin for end, begin in zip(spider.ended, spider.begun, strict=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])

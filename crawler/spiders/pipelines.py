"""Disclosures the spider yields go into the run's journal.

Invariant: one item, one line, written when it is yielded.
"""

from __future__ import annotations

from typing import Self, cast

from scrapy.crawler import Crawler

from archive.warc.captures import Article
from crawler.http.capture import RecordingSpider


class Journal:
    """Writes `archive.warc.captures.Article` items; other items pass."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy for a crawl."""
        return cls(crawler)

    def process_item(self, item: object) -> object:
        """Write an article to the run's journal; every item is passed on."""
        if isinstance(item, Article):
            cast(RecordingSpider, self._crawler.spider).recorder.article(item)
        return item

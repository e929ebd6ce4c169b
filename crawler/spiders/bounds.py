"""How far a crawl goes on one site.

Invariant: every bound is a setting (`crawler.settings`); one that is reached is a gap of the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a crawl goes on one site; see `crawler.settings`."""

    depth: int
    listings: int
    articles: int
    explored: int
    at_once: int

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """The bounds of the settings."""
        return cls(
            depth=settings.getint("GONGKAI_MAX_DEPTH"),
            listings=settings.getint("GONGKAI_MAX_LISTINGS"),
            articles=settings.getint("GONGKAI_MAX_ARTICLES"),
            explored=settings.getint("GONGKAI_MAX_EXPLORED"),
            at_once=settings.getint("GONGKAI_EXPLORED_AT_ONCE"),
        )

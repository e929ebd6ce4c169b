"""The content management systems behind the sites, one module each.

Invariant: a platform is told by evidence in the page, never by its host, and every page is read by some
module: `static` reads what no other claims. A module is anything with the members of `Platform`; to add a
CMS, write the module and put it into `PLATFORMS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from crawler.attachments import Attachment
from crawler.pages import Page


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a page is of a platform: what was seen, and how sure that makes us (0 to 1)."""

    platform: str
    seen: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: the article it links to, its full title, and the date printed beside it."""

    url: str
    title: str
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page offers: articles, further columns, files linked directly, and its other pages."""

    entries: tuple[Entry, ...] = ()
    columns: tuple[Entry, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    next_pages: tuple[str, ...] = ()


class Platform(Protocol):
    """What a module of this package offers."""

    NAME: str

    def recognise(self, page: Page) -> Evidence | None:
        """Evidence that the page comes from this CMS, or None."""

    def listing(self, page: Page) -> Listing:
        """The page read as a list."""

    def links(self, page: Page) -> Iterator[tuple[str, ...]]:
        """(href, names…) of files attached in forms that only this CMS has."""


def platforms() -> tuple[Platform, ...]:
    """All modules; `static` last, because it claims every page."""
    from crawler.platforms import static, trs

    return (trs, static)


def recognise(page: Page) -> Evidence:
    """The best evidence any module has."""
    found = [evidence for platform in platforms() if (evidence := platform.recognise(page))]
    return max(found, key=lambda evidence: evidence.confidence)


def named(name: str) -> Platform:
    """The module called `name`; KeyError if there is none."""
    return {platform.NAME: platform for platform in platforms()}[name]


def of(page: Page, name: str | None = None) -> Platform:
    """The module to read this page with: the one the registry names, else the one recognised."""
    return named(name or recognise(page).platform)

"""The content management systems behind the sites, one module each.

Invariant: a platform is recognised by evidence in the page (`evidence.yaml`), never by its host, and every
page is read by some module: `static` reads what no other claims. A module is anything with the members of
`Platform`; to add a CMS, write the module, put it into `platforms`, and its evidence into the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, urlencode

from crawler.pages.attached_files import Attachment
from crawler.pages.page import Page
from crawler.pages.script_asks import POSTED
from parsers.values.messages import Seen

if TYPE_CHECKING:
    from crawler.platforms.evidence import Evidence


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page no plain link leads to: the data behind a shell, the next block of a list.

    With `form` it is a POST of these fields, with `json` a POST of that text, else a GET. `title` is the
    heading its content stands under.
    """

    url: str
    form: tuple[tuple[str, str], ...] = ()
    title: str = ""
    json: str = ""

    @property
    def method(self) -> str:
        """The HTTP method."""
        return "POST" if self.form or self.json else "GET"

    @property
    def body(self) -> bytes:
        """The bytes to send; empty for a GET."""
        return (self.json or urlencode(self.form)).encode()

    @property
    def content_type(self) -> str:
        """What the body is, for its header field."""
        return "application/json" if self.json else "application/x-www-form-urlencoded"

    @property
    def key(self) -> str:
        """One address per request; a POST has the one replay tools index it under."""
        if self.method == "GET":
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}{POSTED}{self.body.decode()}"

    @classmethod
    def of(cls, key: str) -> PageRequest:
        """The request that has this key."""
        url, posted, fields = key.partition(POSTED)
        if posted and fields.startswith("{"):
            return cls(url[:-1], json=fields)
        return cls(url[:-1], tuple(parse_qsl(fields, keep_blank_values=True))) if posted else cls(key)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: the article it links to, its full title, and the date printed beside it.

    `request` is given where the article has no address of its own; `url` is then the request's key.
    """

    url: str
    title: str
    published_on: date | None = None
    request: PageRequest | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page offers: articles, further columns, files linked directly, and its other pages.

    `next_pages` are addresses, `further` requests that bring more of the same list. `gap` says what the
    module knows that it cannot read: a kind of gap (`archive.warc.gaps`), and what was seen.
    """

    entries: tuple[Entry, ...] = ()
    columns: tuple[Entry, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    next_pages: tuple[str, ...] = ()
    further: tuple[PageRequest, ...] = ()
    gap: tuple[str, Seen] | None = None


class Platform(Protocol):
    """What a module of this package offers."""

    NAME: str

    def listing(self, page: Page) -> Listing:
        """The page, or the answer of a data endpoint, read as a list."""

    def links(self, page: Page) -> Iterator[tuple[str, ...]]:
        """(href, names…) of files attached in forms that only this CMS has."""


def platforms() -> tuple[Platform, ...]:
    """All modules; of two that a page is equally evidence for, the first reads it."""
    from crawler.platforms import (
        anhui,
        epoint,
        gkmlpt,
        hebei,
        ilist,
        jcms,
        jiangsu,
        jpaas,
        jtopcms,
        neimenggu,
        nfcms,
        ningbo,
        rcms,
        shanxi,
        static,
        trs,
        truecms,
        ucap,
        vsb,
        xxgk,
    )

    return (
        trs, ucap, jpaas, jcms, xxgk, anhui, hebei, vsb, gkmlpt, nfcms, rcms, truecms, epoint, jtopcms, ilist,
        jiangsu, neimenggu, ningbo, shanxi, static,
    )  # fmt: skip


@cache
def _by_name() -> dict[str, Platform]:
    return {platform.NAME: platform for platform in platforms()}


def named(name: str) -> Platform:
    """The module called `name`; KeyError if there is none."""
    return _by_name()[name]


def unfolded(page: Page, platform: Platform) -> Page:
    """The page with the article it holds as data written out (`unfolded` in the platform's module); itself
    where it holds none, or says it in markup as well."""
    unfold: Callable[[Page], Page] | None = getattr(platform, "unfolded", None)
    return unfold(page) if unfold and not page.meta.get("articletitle") else page


def only_recognised(name: str | None) -> bool:
    """Is this a platform whose data cannot be read yet (`RECOGNISED_ONLY` in its module)?"""
    return bool(getattr(_by_name().get(name or ""), "RECOGNISED_ONLY", False))


def recognise(page: Page) -> Evidence:
    """The best evidence there is for any platform."""
    from crawler.platforms import evidence

    return evidence.recognise(page)


def of(page: Page, name: str | None = None, likely: str | None = None) -> Platform:
    """The module to read this page with: the one the registry names, else the one recognised; `likely` is
    looked for first, as the page before was of it."""
    from crawler.platforms import evidence

    if not name and likely and evidence.confirms(page, likely):
        return named(likely)
    return named(name or recognise(page).platform)

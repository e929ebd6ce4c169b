"""What the modules of this package take and give: lists, their lines, and the requests for more of them.

Invariant: plain values; they name no platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from archive.vocabulary import GapKind
from crawler.pages.attached_files import Attachment
from crawler.pages.page import Page
from crawler.pages.script_asks import POSTED
from parsers.values.messages import Seen


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
    module knows that it cannot read: a kind of gap, and what was seen.
    """

    entries: tuple[Entry, ...] = ()
    columns: tuple[Entry, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    next_pages: tuple[str, ...] = ()
    further: tuple[PageRequest, ...] = ()
    gap: tuple[GapKind, Seen] | None = None


MOST_PAGES = 500
"""Pages of one list that are asked for."""


class Platform(Protocol):
    """What a platform offers; it may have `links` and `unfolded` besides (`crawler.platforms`)."""

    NAME: str

    def listing(self, page: Page) -> Listing:
        """The page, or the answer of a data endpoint, read as a list."""

"""What the crawl knows of a request: why it is made, what led to it, and what became of it.

Invariant: besides Scrapy's own keys, `request.meta` has one key of ours, and its value is frozen. A station
that learns more puts another value in its place (`note`), so that what was handed on stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response

from crawler.pages.addresses import Purpose
from crawler.pages.outcomes import Expected
from crawler.platforms.loading import Turn
from crawler.platforms.protocol import Entry
from parsers.values.copies import changed

if TYPE_CHECKING:
    from archive.warc.records import Exchange
    from crawler.http.recorder import Recorded

_KEY = "gongkai"


@dataclass(frozen=True, slots=True)
class RequestMeta:
    """What is known of a request.

    Of each: its `site` (site_id), its `purpose`, what is `expected` of the answer, the page `via` which it
    was found, how many pages that only point elsewhere (`stubs`) were followed, the page that a mere guess
    started from (`guessed`), and the `heading` and `context` it stood under.

    Of a list: its `depth` below the start, the `platform` that reads it, what it promises, the links of the
    page before (`offered`); whether it was `explored` rather than known for a list, or looked into `aside`.
    Of a further page of a list: the first one (`origin`; "" of a frame), `newest` entries of that one when
    it was archived last, how many pages before it brought nothing new (`stale`), whether its list links it
    (`paged`), the pages around a frame (`framed`), the `turn` by which a script asks for a part of a list.

    Of an article: the `entry` of the list, and the `parts` that are asked for in any case. Of a file: its
    address as the announcement has it (`file`), and the announcement's `title`.

    From the stations: the pause that robots.txt asks for, in seconds, the maps of the site it names, why the
    host may not be asked at a time (`gate`), whether it was asked again with a cookie; the `exchange` and how
    it was `recorded`.
    """

    site: str
    purpose: Purpose
    expected: Expected = "any"
    via: str | None = None
    stubs: int = 0
    guessed: str = ""
    heading: str = ""
    context: str = ""
    depth: int = 1
    platform: str | None = None
    promise: float | None = None
    offered: frozenset[str] = frozenset()
    explored: bool = False
    aside: bool = False
    origin: str | None = None
    newest: frozenset[str] | None = None
    stale: int | None = None
    paged: bool = False
    framed: tuple[str, ...] = ()
    turn: Turn | None = None
    entry: Entry | None = None
    parts: frozenset[str] = frozenset()
    file: str = ""
    title: str = ""
    crawl_delay: float = 0.0
    maps: tuple[str, ...] = ()
    gate: Callable[[float], str | None] | None = None
    cookie_tried: bool = False
    exchange: Exchange | None = None
    recorded: Recorded | None = None

    @property
    def promised(self) -> float:
        """What it promises; a link whose promise was not weighed is taken at its word (1.0)."""
        return 1.0 if self.promise is None else self.promise

    def as_meta(self) -> dict[str, Any]:
        """The `meta` of a new request."""
        return {_KEY: self}


def meta_of(asked: Request | Response) -> RequestMeta:
    """What is known of a request, or of the one that was answered."""
    known: RequestMeta = asked.meta[_KEY]
    return known


def note(request: Request, **learned: Any) -> None:
    """Something more is known of a request."""
    request.meta[_KEY] = changed(meta_of(request), **learned)

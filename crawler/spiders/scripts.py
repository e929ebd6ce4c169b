"""Asks for the scripts that lists load from files of their own, before these lists are read.

Invariant: a script is asked for as politely as a page; a page waits for its scripts and is read
in any case. A script owes nothing: what it would have shown, if it is there and cannot be had, is a doubt
about the end of the lists that load it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.vocabulary import ABSENT, GOOD
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages import loaded_scripts
from crawler.pages.page import Page, decode
from crawler.reports.tally import SiteTally
from crawler.spiders.visit import Visit

_MOST_OF_SITE = 24
_LARGEST = 512 * 1024  # bytes
_MOST_KEPT = 16 * 1024 * 1024  # characters of all scripts; what was dropped is asked for again
Reader = Callable[[Page], Iterator[Any]]


@dataclass(slots=True)
class _Held:
    """A page that waits for these scripts."""

    missing: set[str]
    go_on: Callable[[], Iterator[Any]]


class Scripts:
    """The scripts of a crawl by address: their texts, and those that are there and could not be read."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._texts: dict[str, str] = {}
        self._unread: set[str] = set()
        self._open: set[str] = set()
        self._held: list[_Held] = []
        self._asked = Counter[str]()

    def first(self, tally: SiteTally, response: Response, page: Page, read: Reader) -> Iterator[Any]:
        """Read a page once the scripts that it loads are there."""
        known = meta_of(response)
        urls = () if known.framed or known.guessed or known.platform else loaded_scripts.sources(page)
        yield from self._wait(tally, page, urls, read)

    def _wait(self, tally: SiteTally, page: Page, urls: tuple[str, ...], read: Reader) -> Iterator[Any]:
        for url in urls:
            if url not in self._texts and url not in self._open and url not in self._unread:
                yield from self._ask(tally, url, page.url)
        go_on = partial(self._read_with, tally, page, urls, read)
        if missing := self._open.intersection(urls):
            self._held.append(_Held(missing, go_on))
        else:
            yield from go_on()

    def lost(self, request: Request, outcome: str) -> Iterator[Any]:
        """A script has got no answer."""
        yield from self._settle(meta_of(request).file, None if outcome not in ABSENT else "")

    def _ask(self, tally: SiteTally, url: str, via: str) -> Iterator[Request]:
        if outcome := self._visit.history(tally.site.site_id).dead(url, self._visit.now):  # not due
            if outcome in ABSENT:
                self._texts[url] = ""
            else:
                self._unread.add(url)
            return
        self._asked[tally.site.site_id] += 1
        if self._asked[tally.site.site_id] > _MOST_OF_SITE:
            self._unread.add(url)
            return
        self._open.add(url)
        made = self._visit.frontier.make(
            tally, url, RequestMeta(tally.site.site_id, "script", "document", via, file=url), self._take
        )
        made.meta["download_maxsize"] = _LARGEST
        yield made

    def _take(self, response: Response) -> Iterator[Any]:
        tally, recorded = self._visit.answer(response)
        name = recorded.outcome.name
        text: str | None = "" if name in ABSENT else None
        if name in GOOD:
            text = decode(response.body, (response.headers.get("Content-Type") or b"").decode("latin-1"))[0]
            text = text if loaded_scripts.is_of_interest(text) else ""
        yield from self._settle(meta_of(response).file, text)
        yield from self._visit.frontier.release(tally)

    def _settle(self, url: str, text: str | None) -> Iterator[Any]:
        self._open.discard(url)
        if text is None:
            self._unread.add(url)
        else:
            self._texts[url] = text
        for held in self._held:
            held.missing.discard(url)
        ready = [held for held in self._held if not held.missing]
        self._held = [held for held in self._held if held.missing]
        for held in ready:
            yield from held.go_on()
        while sum(map(len, self._texts.values())) > _MOST_KEPT:
            del self._texts[next(iter(self._texts))]

    def _read_with(self, tally: SiteTally, page: Page, urls: tuple[str, ...], read: Reader) -> Iterator[Any]:
        scripts = "\n".join(filter(None, (self._texts.get(url) for url in urls)))
        more = loaded_scripts.sources(page, scripts) if "<script" in scripts else ()
        if new := tuple(url for url in more if url not in urls):
            yield from self._wait(tally, page, (*urls, *new), read)
            return
        unread = [url for url in urls if url in self._unread]
        alone = not (scripts or unread or loaded_scripts.writes(page))
        yield from read(page if alone else loaded_scripts.with_scripts(page, scripts, unread))

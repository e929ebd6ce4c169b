"""What a crawl asks for, and in which order.

Invariant: nothing is asked for twice in a run, no site asks for more than its bounds, and every request that
was made is counted as open until it is answered.

Lists of disclosures (promise of `discovery.sure()` or more) are asked for as they are found. What only may
lead to one waits in a heap of its site, and the best is asked for when the one before has been read: so a
home page costs a handful of pages, not its whole menu.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.vocabulary import GapKind
from crawler.history.schedule import HistoryOf
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.platforms.protocol import PageRequest
from crawler.reading import discovery
from crawler.reading.discovery import Candidate
from crawler.reports.tally import SiteTally
from crawler.reports.totals import Tally
from crawler.settings import Bounds
from crawler.spiders.keys import request_key, sought_as
from parsers.values.messages import Seen, message

Callback = Callable[[Response], Iterator[Any]]
_PRIORITIES = {"script": 30, "attachment": 20, "article": 10}
_LISTS = ("start", "listing", "script")
_STILL_OF_INTEREST = 0.5
_LOOKED_INTO = 2
"""Members of a menu of bodies that are asked for before any has led to a disclosure."""


@dataclass(frozen=True, slots=True)
class _Lead:
    """A candidate, who reads its page, and what is known of the request before it is made."""

    candidate: Candidate
    callback: Callback
    known: RequestMeta


@dataclass(slots=True)
class _Waiting:
    """Candidates of one site: (negative worth, order, lead); `lists` counts the list pages that are asked
    for, `departments` are hosts that were asked, `seen` the departments on hosts of their own that pages
    link, `elsewhere` the names of those on other domains."""

    heap: list[tuple[float, int, _Lead]] = field(default_factory=list)
    in_flight: int = 0
    explored: int = 0
    lists: int = 0
    departments: set[str] = field(default_factory=set)
    seen: dict[str, Candidate] = field(default_factory=dict)
    elsewhere: dict[str, None] = field(default_factory=dict)

    def settled(self, tally: SiteTally) -> bool:
        """Has the government itself, and not only a department on its own host, shown its disclosures?"""
        return any(urlsplit(column.url).netloc not in self.departments for column in tally.columns)


@dataclass(slots=True)
class _Menu:
    """A menu of bodies, and what a request for a member is made of; `led` says that one led to a
    disclosure."""

    members: tuple[Candidate, ...]
    callback: Callback
    known: RequestMeta
    led: bool = False


class Frontier:
    """The requests of one crawl."""

    def __init__(
        self,
        tally: Tally,
        bounds: Bounds,
        failed: Callable[[Failure], Iterator[Any]],
        history: HistoryOf,
        now: datetime,
    ) -> None:
        self.bounds = bounds
        self._tally, self._failed, self._history, self._now = tally, failed, history, now
        self._seen: set[str] = set()
        self._waiting = {site_id: _Waiting() for site_id in tally.sites}
        self._order = count()
        self._menus: dict[tuple[str, str], _Menu] = {}
        self._leading: set[str] = set()
        self._empty: dict[str, Seen] = {}

    def has(self, asked: PageRequest) -> bool:
        """Has this been asked for in this run?"""
        return request_key(asked.key) in self._seen

    def reserve(self, urls: Iterable[str]) -> None:
        """These are somebody's starts: no site may take them for columns of its own."""
        self._seen.update(map(request_key, urls))

    def request(
        self,
        tally: SiteTally,
        url: str,
        known: RequestMeta,
        callback: Callback,
        asked: PageRequest | None = None,
    ) -> Request | None:
        """A request of a site, or None if the same has been asked for already. `asked` is what to send where
        more than the address is needed."""
        asked = asked or PageRequest.of(url)
        key = request_key(asked.key)
        if key in self._seen:
            return None
        self._seen.add(key)
        made = self.make(tally, asked.url, known, callback)
        if asked.method == "POST":
            made.headers["Content-Type"] = asked.content_type
            made = made.replace(method=asked.method, body=asked.body)
        return made

    def make(self, tally: SiteTally, url: str, known: RequestMeta, callback: Callback) -> Request:
        """A request of a site, whatever was asked for before."""
        tally.open += 1
        self._waiting[tally.site.site_id].lists += known.purpose in _LISTS
        return Request(
            url,
            callback,
            errback=self._failed,
            headers={"Referer": known.via} if known.via else None,
            meta=known.as_meta(),
            dont_filter=True,
            priority=_PRIORITIES.get(known.purpose, 0),
        )

    # -- lists ---------------------------------------------------------------------------------------------

    def listing(
        self, tally: SiteTally, asked: PageRequest, known: RequestMeta, callback: Callback
    ) -> Iterator[Request]:
        """A list of disclosures, unless the site has had its share, or the list can wait."""
        if self._is_left(tally, asked, known):
            if self._history(tally.site.site_id).led(tally.site.site_id, asked.url):
                yield from self.lead(tally, [asked.url])
            return
        if tally.asked_listings >= self.bounds.listings:
            tally.limited(message("limit_list_pages"))
            return
        if made := self.request(tally, asked.url, replace(known, heading=asked.title), callback, asked):
            tally.asked_listings += 1
            yield made

    def _is_left(self, tally: SiteTally, asked: PageRequest, known: RequestMeta) -> bool:
        """Is this list not asked for in this run: dead, and not due, or one that waits for its turn?"""
        key = request_key(asked.key)
        if key in self._seen:
            return False
        history = self._history(tally.site.site_id)
        if outcome := history.dead(asked.key, self._now):
            tally.skipped(asked.url, outcome, known.via, asked.title, purpose=sought_as(known),
                          guessed=known.guessed, context=known.context)  # fmt: skip
        elif moment := history.waits(tally.site.site_id, asked.key, self._now):
            tally.waits(asked.url, moment)
        else:
            return False
        self._seen.add(key)
        return True

    def explore(
        self, tally: SiteTally, found: Iterable[Candidate], known: RequestMeta, callback: Callback
    ) -> Iterator[Request]:
        """Take in the further lists a page offers: columns of disclosures at once, the others when it is
        their turn."""
        for candidate in found:
            worth = candidate.promise.value
            if known.depth > self.bounds.depth:
                if worth >= discovery.sure() and request_key(candidate.url) not in self._seen:
                    tally.limited(message("limit_depth"))
            elif worth >= discovery.sure():
                yield from self.listing(tally, _asked(candidate), replace(known, promise=worth), callback)
            elif request_key(candidate.url) not in self._seen:
                if candidate.promise.seen == discovery.DEPARTMENT:
                    self._waiting[tally.site.site_id].seen[candidate.url] = candidate
                worth -= discovery.depth_cost() * known.depth
                waits = (-worth, next(self._order), _Lead(candidate, callback, known))
                heapq.heappush(self._waiting[tally.site.site_id].heap, waits)
        yield from self.release(tally)

    def explore_menu(
        self,
        tally: SiteTally,
        members: Sequence[Candidate],
        known: RequestMeta,
        callback: Callback,
        whole: bool,
    ) -> Iterator[Request]:
        """Look into the first members of a menu of bodies, or all if the `whole` page is nothing else. When
        one leads to a disclosure (`lead`), all are asked for."""
        menu = _Menu(tuple(members), callback, known)
        for member in members:
            self._menus.setdefault((tally.site.site_id, request_key(member.url)), menu)
        menu.led = whole or any(request_key(member.url) in self._leading for member in members)
        yield from self._ask_members(tally, menu, None if menu.led else _LOOKED_INTO)

    def lead(self, tally: SiteTally, urls: Iterable[str]) -> Iterator[Request]:
        """These addresses lead to a disclosure: so may their neighbours in a menu."""
        for url in urls:
            self._leading.add(request_key(url))
            menu = self._menus.get((tally.site.site_id, request_key(url)))
            if menu and not menu.led:
                menu.led = True
                yield from self._ask_members(tally, menu, None)

    def stands_elsewhere(self, tally: SiteTally, name: str) -> None:
        """A body has a site on a host of another name."""
        self._waiting[tally.site.site_id].elsewhere[name] = None

    def passed(self, tally: SiteTally, body: Candidate) -> None:
        """The page of a body is linked and not asked for; something else may lead there."""
        self._waiting[tally.site.site_id].seen[body.url] = body

    def left(self, tally: SiteTally) -> None:
        """Note which bodies' pages were seen on the site and not visited."""
        site_id = tally.site.site_id
        menus = {id(menu): menu for (owner, _), menu in self._menus.items() if owner == site_id}
        members = [member for menu in menus.values() for member in menu.members]
        members += self._waiting[site_id].seen.values()
        names = [one.title for one in members if request_key(one.url) not in self._seen]
        tally.unvisited([*names, *self._waiting[site_id].elsewhere])
        for menu in menus.values():
            if menu.led:
                for one in menu.members:
                    if seen := self._empty.get(request_key(one.url)):
                        tally.gap(
                            GapKind.EMPTY_BODY, one.url, via=menu.known.via, title=one.title, evidence=seen
                        )

    def empty(self, key: str, evidence: Seen) -> None:
        """The page at this address shows nothing of its own, and does not say that there is nothing."""
        self._empty[request_key(key)] = evidence

    def _ask_members(self, tally: SiteTally, menu: _Menu, most: int | None) -> Iterator[Request]:
        for member in menu.members[:most]:
            if request_key(member.url) in self._seen:
                continue
            if menu.known.depth > self.bounds.depth or tally.asked_listings >= self.bounds.listings:
                tally.gap(GapKind.DEPARTMENT, member.url, via=menu.known.via, title=member.title)
                continue
            known = replace(menu.known, promise=member.promise.value)
            yield from self.listing(tally, _asked(member), known, menu.callback)

    def release(self, tally: SiteTally) -> Iterator[Request]:
        """The best of what waits, as far as the site's bounds allow. Once a site has shown its disclosures,
        only what promises no less than a finance page is still of interest, and where others publish."""
        waiting = self._waiting[tally.site.site_id]
        while waiting.heap and waiting.in_flight < self.bounds.at_once:
            if waiting.explored >= self.bounds.explored:
                if waiting.departments and not waiting.settled(tally):
                    tally.limited(message("limit_other_pages"))
                return
            candidate = waiting.heap[0][2].candidate
            if candidate.promise.seen == discovery.DEPARTMENT and waiting.lists:
                return  # the government's own lists first
            worth, _, lead = heapq.heappop(waiting.heap)
            of_interest = -worth >= _STILL_OF_INTEREST or discovery.is_owed(candidate.title)
            if not of_interest and waiting.settled(tally):
                continue
            if candidate.promise.seen == discovery.DEPARTMENT:
                waiting.departments.add(urlsplit(candidate.url).netloc)
            if self._is_left(tally, _asked(candidate), lead.known):
                continue
            known = replace(
                lead.known, heading=candidate.title, promise=candidate.promise.value, explored=True
            )
            made = self.request(tally, candidate.url, known, lead.callback)
            if made:
                waiting.in_flight += 1
                waiting.explored += 1
                yield made

    def answered(self, request: Request, tally: SiteTally) -> None:
        """A request has ended, in whatever way."""
        waiting, known = self._waiting[tally.site.site_id], meta_of(request)
        waiting.lists -= known.purpose in _LISTS
        waiting.in_flight -= known.explored


def _asked(candidate: Candidate) -> PageRequest:
    return replace(PageRequest.of(candidate.url), title=candidate.title)

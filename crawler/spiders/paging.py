"""The other pages of a list: which of them are asked for, and where one may be that is not linked.

Invariant: on a site that was visited to its end before, the other pages of a list are asked for only as far
as something new is on them or their time has come; on any other site all of them are. A list whose pager is
not understood is a gap until its second page is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from scrapy import Request

from archive.ids import normalised_url
from archive.vocabulary import GapKind
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages.addresses import may_follow
from crawler.platforms import data_files, further, lists, loading, page_links
from crawler.platforms.protocol import Listing, PageRequest
from crawler.reading import discovery, offers
from crawler.reading.diagnosis import says_nothing
from crawler.reports.tally import SiteTally
from crawler.spiders.frontier import Callback
from crawler.spiders.list_ends import ListEnds
from crawler.spiders.list_pages import ListPage, oldest_first, requests_of
from crawler.spiders.visit import Visit
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message

_L = lexicon_of(__name__)

_STALE = 3
"""So many pages of a list in a row that hold nothing new are a calendar, or a list that goes in circles."""
_SAID = _L.pattern("said")
_MOST_SEEN = 0.8
"""Of a list that was read to its end, at least this part of its entries was seen; some may lead elsewhere."""
_REPEATED = 3
_MOST_NESTED = 5  # frames within frames
_AT = _L.pattern("at")
_RECENT = timedelta(days=400)


@dataclass(slots=True)
class _Count:
    """What a list is about, how many pages and entries it says it has, the entries that were seen, how many
    pages were read, and how many brought entries. `posted` says that further ones were asked for by a form,
    `numbered` that the address of one is that of a second page, `met` that what an earlier visit to the end
    saw was reached."""

    site_id: str
    subject: str
    said: int = 0
    records: int = 0
    seen: set[int] = field(default_factory=set)
    pages: int = 0
    brought: int = 0
    posted: bool = False
    numbered: bool = False
    met: bool = False

    @property
    def repeats(self) -> int:
        """So many pages with nothing new but the first's: one besides may be the first at another address."""
        return 2 if self.posted or self.numbered else _REPEATED


class Paging:
    """Asks for the other pages of lists; `parse` reads them."""

    def __init__(self, visit: Visit, parse: Callback) -> None:
        self._visit, self._parse = visit, parse
        self._listed: set[int] = set()
        self._counts: dict[str, _Count] = {}
        self._owners: dict[str, str] = {}
        self._ends = ListEnds()
        self._mixed: set[str] = set()

    def other_pages(self, read: ListPage) -> Iterator[Request]:
        """Everything that brings more of a list."""
        known, brings = meta_of(read.response), self._brings_something(read.listing)
        guessed = known.guessed
        stale = 0 if brings else (known.stale or 0) + 1
        if stale >= _STALE:
            return
        pages = self._pages_to_ask(read) if self._goes_on(read) else []
        self._count(read)
        self._ends.read(read, _origin(read))
        lost = known.paged and not (guessed or brings or read.announces or says_nothing(read.page))
        if lost and self._ends.has(_origin(read)):
            read.tally.gap(GapKind.PAGER, read.response.url, via=known.via, context=read.subject,
                           evidence=message("seen_list_without_lines"))  # fmt: skip
        if guessed and not known.framed:
            if brings and read.announces:  # it is the next page of the list
                read.tally.gaps.pop((GapKind.PAGER, guessed), None)
                yield from self._after_guess(read, guessed, pages)
        elif not requests_of(read.listing):
            yield from self._guess(read)
        if not read.announces:
            yield from self._inside(read, stale)
        for asked in pages:
            yield from self._ask_page(read, asked, stale=stale, paged=not guessed)
        yield from self._parts(read, stale)

    def _goes_on(self, read: ListPage) -> bool:
        """Is a list followed further? One of all notices as long as its lines are of the last year, or if
        some announce a budget or accounts; one that was looked into aside only if some do."""
        if read.announces_some:
            self._mixed.add(_origin(read))
        if meta_of(read.response).aside and read.promise < discovery.sure():
            return _origin(read) in self._mixed
        ended = read.ended_before(self._visit.today - _RECENT)
        return read.promise >= discovery.sure() or _origin(read) in self._mixed or not ended

    def _inside(self, read: ListPage, stale: int) -> Iterator[Request]:
        """What a page shows in its frames, which are not further pages, and the files of its lines."""
        known = meta_of(read.response)
        within = (*known.framed, read.response.url)
        for url in lists.framed_pages(read.page) if len(within) <= _MOST_NESTED else ():
            yield from self._ask_page(read, PageRequest(url), stale=known.stale or 0, framed=within)
        for url in self._data_files(read):
            yield from self._ask_page(read, PageRequest(url), stale=stale, framed=within, guessed=url)

    def _parts(self, read: ListPage, stale: int) -> Iterator[Request]:
        """What a script loads into a page of a column, and what lies below a list, but for what is a line of
        it."""
        if read.promise < discovery.sure():
            return
        known = meta_of(read.response)
        taken = {*known.offered, *known.framed, *(one.url for one in read.listing.entries)}
        services = {asked.url.partition("?")[0] for asked in requests_of(read.listing)}
        within = (*known.framed, read.response.url)
        for url in lists.later_parts(read.page):
            if url not in taken and url.partition("?")[0] not in services:
                yield from self._ask_page(read, PageRequest(url), stale=stale, framed=within, paged=True)
        for one in offers.beneath(read.page, known.offered) if read.announces else ():
            yield from self._ask_page(read, PageRequest(one.url), stale=stale, framed=within)

    def _after_guess(self, read: ListPage, guessed: str, known: Sequence[PageRequest]) -> Iterator[Request]:
        """What follows a page whose address was guessed, or put together as the script of the list does."""
        if turn := meta_of(read.response).turn:
            yield from self._turn(read, turn.following(), guessed)
        elif not known:
            asked = PageRequest(further.following(read.response.url))
            yield from self._ask_page(read, asked, guessed=guessed)

    def _ask_page(
        self,
        read: ListPage,
        asked: PageRequest,
        *,
        stale: int = 0,
        framed: tuple[str, ...] = (),
        guessed: str = "",
        paged: bool = False,
        turn: loading.Turn | None = None,
    ) -> Iterator[Request]:
        """Ask for another page of a list, if it is the same site's."""
        origin = _origin(read)
        if not framed:
            self._owned(asked.key, origin)
        if not may_follow(asked.url, read.response.url, "listing"):
            read.tally.gap(GapKind.COLUMN, asked.url, via=read.response.url, evidence=asked.title or None,
                           context=read.subject)  # fmt: skip
        else:
            # What the data endpoint of a platform answers is read by that platform.
            reader = read.platform.NAME if asked in read.listing.further else None
            known = RequestMeta(
                read.tally.site.site_id, "listing", "html", read.response.url,
                depth=meta_of(read.response).depth, context=read.context, platform=reader,
                newest=read.newest, origin="" if framed else origin, stale=stale, framed=framed,
                guessed=guessed, paged=paged, turn=turn, title=read.subject,
            )  # fmt: skip
            titled = replace(asked, title=asked.title or read.context)
            yield from self._visit.frontier.listing(read.tally, titled, known, self._parse)

    def _count(self, read: ListPage) -> None:
        """Note how many pages a list says it has."""
        origin = _origin(read)
        if origin == read.response.url:
            self._owned(origin, origin)
        said = max((int(found[1] or found[2]) for found in _SAID.finditer(read.page.visible)), default=0)
        if meta_of(read.response).framed:
            return
        count = self._counts.setdefault(origin, _Count(read.tally.site.site_id, read.subject))
        shown = _shown(read.listing)
        own = [url for url in read.own if hash(url) not in count.seen]
        new = self._are_new(read, own)
        reversed_ = oldest_first(read.listing.entries) and not all(new)
        count.met = count.met or bool(new and (not new[-1] or reversed_))
        count.pages += 1
        count.brought += not shown <= count.seen
        count.seen |= shown
        count.posted = count.posted or any(asked.form for asked in read.listing.further)
        count.numbered = count.numbered or any(map(further.is_second, read.listing.next_pages))
        if count.subject != read.subject:
            count.subject = ""
        if read.announces:
            count.said = max(count.said, said if said > 1 else 0)
            count.records = max(count.records, (further.said_records(read.page) or (0, ""))[0])

    def _owned(self, page: str, origin: str) -> None:
        """A page belongs to the list on which it was seen first; two lists with one page are one."""
        owner = self._owners.setdefault(page, origin)
        if owner != origin and origin in self._counts:
            self._counts[origin].said = 0

    def unread(self, tally: SiteTally) -> None:
        """Note the lists of a site of which fewer pages were asked for, or fewer entries seen, than they say
        they have. Of one that reaches what was known, the rest is not asked for."""
        found = Counter(self._owners.values())
        counts = {one: count for one, count in self._counts.items() if not count.met}
        self._ends.unproved(tally, {one for one, n in counts.items() if len(n.seen) < n.records})
        for origin, count in counts.items():
            if count.site_id != tally.site.site_id:
                continue
            if found[origin] < count.said:
                seen = message("seen_pages_of", n=found[origin], all=count.said)
            elif len(count.seen) < _MOST_SEEN * count.records:
                seen = message("seen_entries_of", n=len(count.seen), all=count.records)
            elif count.brought == 1 and min(found[origin], count.pages) >= count.repeats:
                seen = message("seen_same_pages")
            else:
                continue
            tally.gap(GapKind.PAGER, origin, evidence=seen, context=count.subject)

    def _guess(self, read: ListPage) -> Iterator[Request]:
        """A list has further pages, and their addresses are not known: ask where they are on other sites of
        its make. Until that brings something, it is a gap."""
        shown = len(read.own)
        count = self._counts.get(_origin(read))
        if not shown or read.promise < discovery.sure() or (count and count.met):
            return
        seen = further.unread_pager(read.page, shown)
        if seen is None and page_links.has_unread_pages(read.page):
            seen = message("seen_script_pages")
        at_end = _AT.search(read.page.visible)
        if seen is None or (
            meta_of(read.response).stale is not None and not (at_end and at_end[1] != at_end[2])
        ):
            return
        url = read.response.url
        read.tally.gap(GapKind.PAGER, url, evidence=seen, context=read.subject)
        known = tuple(loading.turns(read.page))
        for turn in known or tuple(loading.written(read.page)):
            yield from self._turn(read, turn, url)
        for address in () if known else further.second_pages(read.page, read.platform.NAME):
            yield from self._ask_page(read, PageRequest(address), guessed=url)

    def _turn(self, read: ListPage, turn: loading.Turn, guessed: str) -> Iterator[Request]:
        """Ask for a further part of a list as its script does."""
        if asked := turn.request(replace(read.page, url=turn.base)):
            yield from self._ask_page(read, asked, guessed=guessed, turn=turn)

    def _are_new(self, read: ListPage, urls: Sequence[str]) -> list[bool]:
        """Of lines of a list, whether the last visit to the end of its site did not see them."""
        site_id = read.tally.site.site_id
        history = self._visit.history(site_id)
        known, was_seen = history.known, bool(read.newest) and history.complete(site_id)
        return [not was_seen or not (normalised_url(url) in read.newest or known(url)) for url in urls]

    def _data_files(self, read: ListPage) -> tuple[str, ...]:
        """The files in which the lines of a column may be, whose page shows none."""
        listing = read.listing
        shown = read.own or requests_of(listing)
        if shown or read.promise < discovery.sure() or meta_of(read.response).framed:
            return ()
        return data_files.addresses_of(read.page)

    def _brings_something(self, listing: Listing) -> bool:
        """Does a page show what no page of this run did before?"""
        shown = _shown(listing)
        new = not shown <= self._listed
        self._listed |= shown
        return new

    def _pages_to_ask(self, read: ListPage) -> list[PageRequest]:
        pages = requests_of(read.listing)
        site_id, now = read.tally.site.site_id, self._visit.now
        history = self._visit.history(site_id)
        if not read.newest or not history.complete(site_id):
            return pages
        timely = [page for page in pages if page.method == "GET" and history.due(page.url, now)]
        new = self._are_new(read, read.own)
        if new and new[-1]:  # the page ends before what was known begins
            rest = (page for page in pages if page not in timely and not self._visit.frontier.has(page))
            return [*timely, *islice(rest, 1)]
        if any(new):
            return timely
        if read.before and len(requests_of(read.before)) != len(pages):
            return pages
        return [*timely, *pages[-1:]] if oldest_first(read.listing.entries) else timely


def _shown(listing: Listing) -> set[int]:
    return {hash(one.url) for one in listing.entries} | {hash(one.url) for one in listing.attachments}


def _origin(read: ListPage) -> str:
    """The first page of a list."""
    return meta_of(read.response).origin or read.response.url

"""From a list page to what it leads to: its articles, its other pages, further lists.

Invariant: on a site that was visited to its end before, the first page of every list is asked for in every
run, and its other pages only as far as something new is on them or their time has come; on any other site
all of them are.

A list counts as unchanged when its entries, columns and pages are those of the version archived last,
whatever else on the page differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.ids import normalised_url
from archive.vocabulary import GOOD
from archive.warc.captures import Article
from crawler import platforms
from crawler.http.recorder import Recorded
from crawler.pages import relevance
from crawler.pages.addresses import may_follow, same_site
from crawler.pages.attached_files import Attachment, is_attachment
from crawler.pages.outcomes import Outcome
from crawler.pages.page import Page, squeeze
from crawler.platforms import Entry, Listing, PageRequest, further, lists, pager
from crawler.reading import discovery
from crawler.reading.diagnosis import diagnose
from crawler.reading.discovery import Candidate, Promise, context_of, may_enter
from crawler.reading.groups import headings, menus, under
from crawler.reading.kinds import calls_itself_article
from crawler.reports.tally import SiteTally
from crawler.spiders.announcements import Announcements, is_cut
from crawler.spiders.visit import Visit, page_of

_STALE = 3
"""So many pages of a list in a row that hold nothing new are a calendar, or a list that goes in circles."""
_SHARE = 3
"""A list of disclosures whose heading does not say so has at least one in so many entries."""
_AT = re.compile(r"(\d{1,3})\s*/\s*(\d{1,3})\s*页")
MANY = 3
"""So many entries were on a list that none of them is no chance."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A list page as read.

    `before` is the version archived last, `newest` the addresses that were on the first page of the list
    then; `context` is what the list is about, `promise` what it is worth (see `crawler.reading.discovery`);
    `announces` says that disclosures are among its entries; `headings` are the bodies links stand under.
    """

    tally: SiteTally
    response: Response
    recorded: Recorded
    page: Page
    platform: platforms.Platform
    listing: Listing
    before: Listing | None
    newest: frozenset[str]
    context: str
    promise: float
    announces: bool
    headings: Mapping[str, str]


class Listings:
    """Reads list pages."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._announcements = visit, Announcements(visit, self._behind_a_line)
        self._looked_again: set[str] = set()
        self._listed: set[int] = set()

    def parse(self, response: Response) -> Iterator[Any]:
        """Read a list page."""
        tally, recorded = self._visit.answer(response)
        if recorded.outcome.name not in GOOD | {"listing_changed"}:
            yield from self._visit.stub(response, recorded, self.parse)
        else:
            yield from self._followed(self._read(tally, response, recorded))
        yield from self._visit.frontier.release(tally)

    @property
    def announcements(self) -> Announcements:
        """The room of the articles these lists lead to."""
        return self._announcements

    def _behind_a_line(self, tally: SiteTally, response: Response, recorded: Recorded) -> Iterator[Any]:
        """Read a list that a line of another list led to, as if it were an article."""
        bounds = self._visit.frontier.bounds
        if tally.asked_listings >= bounds.listings:
            tally.limited("list pages")
        elif response.meta["depth"] > bounds.depth:
            tally.limited("depth")
        else:
            tally.asked_listings += 1
            yield from self._followed(self._read(tally, response, recorded))

    def _followed(self, read: _Read) -> Iterator[Any]:
        """Everything a list leads to."""
        if read.announces:
            yield from self._visit.frontier.lead(read.tally, [read.response.url, *_asked_as(read.response)])
        self._diagnose(read)
        yield from self._entries(read)
        yield from self._direct_files(read)
        yield from self._itself(read)
        yield from self._known(read)
        yield from self._other_pages(read)
        yield from self._columns(read)
        yield from self._menus(read)

    def _read(self, tally: SiteTally, response: Response, recorded: Recorded) -> _Read:
        page = page_of(response)
        platform = platforms.of(page, tally.site.platform or response.meta.get("platform"))
        listing = _with_pages(page, platform.listing(page))
        heading = squeeze(page.meta.get("columnname") or page.title) or response.meta.get("heading", "")
        via = response.meta.get("via") or ""
        link = response.meta.get("heading", "")
        context = context_of(heading, response.url, via, response.meta.get("context", ""), link)
        above = headings(page)
        shown = [under(one.title, above.get(one.url, "")) for one in listing.entries]
        shown += [under(one.name, above.get(one.url, "")) for one in listing.attachments]
        announced = sum(relevance.judge(title, context).relevant for title in shown)
        own = discovery.promise(context, response.url).value
        # A budget among the news of a home page does not make it the list.
        relevant = announced > 0 and (own >= discovery.sure() or announced * _SHARE >= len(shown))
        if recorded.reduced and recorded.reduced.cut:
            tally.gap("limit", response.url, via=via or None, evidence=recorded.reduced.cut)
        tally.read(response.url, via, heading, platform.NAME, listing.entries, relevant)
        promise = max(own, discovery.sure() if relevant else 0.0)
        same = recorded.outcome.name == "unchanged"
        before = listing if same else read_listing(recorded.before, response.url, platform.NAME)
        if before:
            tally.compared(_size(before), _size(listing))
        newest = response.meta.get("newest") or _keys(before)
        return _Read(
            tally, response, recorded, page, platform, listing, before, newest, context, promise, relevant,
            above,
        )  # fmt: skip

    # -- what the list announces ---------------------------------------------------------------------------

    def _entries(self, read: _Read) -> Iterator[Request]:
        for listed in read.listing.entries:
            entry = replace(listed, title=under(listed.title, read.headings.get(listed.url, "")))
            judged = relevance.judge(entry.title, read.context)
            # A title that is cut short is judged when its page is read.
            silent = is_cut(entry.title) and not judged.seen
            open_ = silent and read.promise >= discovery.sure()
            if not (judged.relevant or open_) or not self._visit.wants(judged):
                continue
            history = self._visit.history
            if history.known(entry.url):  # `_known` sees to it
                read.tally.known += 1
            elif not may_follow(entry.url, read.response.url, "article"):
                if judged.seen and judged.reason == "title":
                    read.tally.gap("link", entry.url, via=read.response.url, title=entry.title,
                                   context=read.context)  # fmt: skip
            elif not (history.due(entry.url, self._visit.now) or history.opened_list(entry.url)):
                if outcome := history.not_there(entry.url):
                    read.tally.gap("dead_link", entry.url, via=read.response.url, outcome=outcome,
                                   title=entry.title, context=read.context)  # fmt: skip
            else:
                yield from self._announcements.ask(
                    read.tally, entry, read.response.url, read.context, depth=read.response.meta["depth"] + 1
                )

    def _direct_files(self, read: _Read) -> Iterator[Any]:
        """Files a list links without an article between: each is a disclosure of its own."""
        lines = lists.lines(read.page, {file.url for file in read.listing.attachments})
        for file in read.listing.attachments:
            line = lines.get(file.url, Entry(file.url, ""))
            name = under(file.name or line.title, read.headings.get(file.url, ""))
            judged = relevance.judge(name.rsplit(".", 1)[0], read.context)
            if not judged.relevant or not self._visit.wants(judged):
                continue
            if self._visit.history.known(file.url):
                read.tally.known += 1
            else:
                yield from self._announcements.announce(
                    read.tally, read.response, Entry(file.url, name), (Attachment(file.url, name),),
                    read.recorded, line.published_on, "list",
                )  # fmt: skip

    def _itself(self, read: _Read) -> Iterator[Any]:
        """The registered page may be an article, and so may what a link to a column led to."""
        title, shown = read.page.meta.get("articletitle", ""), read.listing
        announced = sum(relevance.judge(entry.title, read.context).relevant for entry in shown.entries)
        alone = read.response.meta["depth"] == 0 or announced <= len(shown.attachments)
        if alone and calls_itself_article(read.page) and relevance.judge(title, read.context).relevant:
            yield from self._announcements.read(
                read.tally, read.response, read.page, read.platform, read.recorded, None
            )

    def _known(self, read: _Read) -> Iterator[Any]:
        """Once a run, ask about what earlier runs found on this site."""
        site_id = read.tally.site.site_id
        if site_id in self._looked_again:
            return
        self._looked_again.add(site_id)
        sharing = [site.site_id for site in self._visit.sites(read.tally)]
        for article, parts in self._visit.history.looks_again(sharing, self._visit.now, self._wanted):
            yield from self._announcements.again(read.tally, article, parts)

    def _wanted(self, article: Article) -> bool:
        return self._visit.wants(relevance.judge(article.title or ""))

    def _diagnose(self, read: _Read) -> None:
        """A page that promises a list and shows none: what it is instead."""
        listing, meta = read.listing, read.response.meta
        promised = read.promise >= discovery.sure() and meta.get("promise", 1.0) >= discovery.sure()
        listed = listing.entries or listing.attachments or listing.further or listing.columns
        shown = bool(listed) or next(menus(read.page, meta.get("offered", frozenset())), None) is not None
        if shown and (frameset := meta.get("framed")):
            read.tally.gaps.pop(("empty_list", frameset), None)
        # An answer of a platform's data without entries is a body that has published nothing.
        answered = meta.get("guessed") or meta.get("framed") or meta.get("platform")
        if not promised or shown or answered:
            return
        if lists.framed_pages(read.page):  # until one of them shows something
            read.tally.gap("empty_list", read.response.url, via=meta.get("via"), evidence="frames")
        elif found := diagnose(read.page):
            read.tally.gap(found.kind, read.response.url, via=meta.get("via"), evidence=found.evidence,
                           title=meta.get("heading", ""))  # fmt: skip

    # -- where the list leads ------------------------------------------------------------------------------

    def _other_pages(self, read: _Read) -> Iterator[Request]:
        guessed, brings = read.response.meta.get("guessed"), self._brings_something(read.listing)
        stale = 0 if brings else read.response.meta.get("stale", 0) + 1
        if stale >= _STALE:
            return
        pages = self._pages_to_ask(read)
        if guessed:
            if brings and read.announces:  # it is the next page of the list
                read.tally.gaps.pop(("pager", guessed), None)
                if not pages:
                    yield from self._ask_page(
                        read, PageRequest(further.following(read.response.url)), guessed=guessed
                    )
        elif not _pages(read.listing):
            yield from self._guess(read)
        if not read.listing.entries:
            for url in lists.framed_pages(read.page):
                yield from self._ask_page(read, PageRequest(url), stale=stale, framed=read.response.url)
        for asked in pages:
            yield from self._ask_page(read, asked, stale=stale, paged=not guessed)

    def _ask_page(self, read: _Read, asked: PageRequest, **facts: Any) -> Iterator[Request]:
        """Ask for another page of a list, if it is the same site's."""
        if not may_follow(asked.url, read.response.url, "listing"):
            read.tally.gap("column", asked.url, via=read.response.url, evidence=asked.title or None)
        else:
            # What the data endpoint of a platform answers is read by that platform.
            reader = read.platform.NAME if asked in read.listing.further else None
            yield from self._visit.frontier.listing(
                read.tally, replace(asked, title=asked.title or read.context), self.parse,
                read.response.url, depth=read.response.meta["depth"], context=read.context,
                platform=reader, newest=read.newest, **{"stale": 0, **facts},
            )  # fmt: skip

    def _guess(self, read: _Read) -> Iterator[Request]:
        """A list has further pages, and their addresses are not known: ask where they are on other sites of
        its make. Until that brings something, it is a gap."""
        shown = len(read.listing.entries) + len(read.listing.attachments)
        if not shown or read.promise < discovery.sure() or self._is_known_whole(read):
            return
        seen = further.unread_pager(read.page, shown)
        if seen is None and lists.has_unread_pages(read.page):
            seen = "pages only a script opens"
        at_end = _AT.search(read.page.visible)
        if seen is None or ("stale" in read.response.meta and not (at_end and at_end[1] != at_end[2])):
            return
        url = read.response.url
        read.tally.gap("pager", url, evidence=seen)
        for address in further.second_pages(read.page, read.platform.NAME):
            yield from self._ask_page(read, PageRequest(address), guessed=url)

    def _is_known_whole(self, read: _Read) -> bool:
        """Was the site visited to its end before, and does the list show nothing that it did not then?"""
        return bool(read.newest) and self._visit.history.complete(read.tally.site.site_id)

    def _brings_something(self, listing: Listing) -> bool:
        """Does a page show what no page of this run did before?"""
        shown = {hash(one.url) for one in listing.entries} | {hash(one.url) for one in listing.attachments}
        new = not shown <= self._listed
        self._listed |= shown
        return new

    def _pages_to_ask(self, read: _Read) -> list[PageRequest]:
        pages = _pages(read.listing)
        if not read.newest or not self._visit.history.complete(read.tally.site.site_id):
            return pages
        history, now = self._visit.history, self._visit.now
        timely = [page for page in pages if not page.form and history.due(page.url, now)]
        new = [self._is_new(entry, read.newest) for entry in read.listing.entries]
        if new and new[-1]:  # the page ends before what was known begins
            rest = (page for page in pages if page not in timely and not self._visit.frontier.has(page))
            return [*timely, *islice(rest, 1)]
        if any(new):
            return timely
        if read.before and len(_pages(read.before)) != len(pages):
            return pages
        return [*timely, *pages[-1:]] if _oldest_first(read.listing.entries) else timely

    def _is_new(self, entry: Entry, newest: frozenset[str]) -> bool:
        return normalised_url(entry.url) not in newest and not self._visit.history.known(entry.url)

    def _columns(self, read: _Read) -> Iterator[Request]:
        site, url = read.tally.site, read.response.url
        for kind, address, text in discovery.unreachable(read.page, site):
            if kind == "link":
                read.tally.gap(kind, address, via=url, title=text, context=read.context)
            else:
                read.tally.gap(kind, address, via=url, evidence=text)
        found = discovery.candidates(
            read.page, read.listing.columns, read.promise, site, self._visit.territory, read.announces,
            offered=read.response.meta.get("offered", frozenset()),
        )  # fmt: skip
        entered = [
            one
            for one in found
            if discovery.of_year(one.title, self._visit.year) and may_enter(one.url, url, site)
        ]
        yield from self._visit.frontier.explore(
            read.tally, entered, self.parse, url,
            depth=read.response.meta["depth"] + 1, context=read.context,
            offered=frozenset(link for _, link in read.page.anchors),
        )  # fmt: skip

    def _menus(self, read: _Read) -> Iterator[Request]:
        """The menus of bodies on a page of a column: a few are looked into, and all once one of them leads
        to a disclosure."""
        if read.promise < discovery.sure() or "stale" in read.response.meta:
            return
        site, url, territory = read.tally.site, read.response.url, self._visit.territory
        offered = read.response.meta.get("offered", frozenset())
        for menu in menus(read.page, offered):
            members = [
                Candidate(one.url, one.title, Promise(discovery.sure(), "one of a menu"))
                for one in menu
                if same_site(one.url, url) and not is_attachment(one.url)
                and not territory.foreign(one.url, site)
            ]  # fmt: skip
            yield from self._visit.frontier.explore_menu(
                read.tally, members, self.parse, url,
                whole=not read.announces and _on_one_host([url, *(one.url for one in members)]),
                depth=read.response.meta["depth"] + 1,
                context=read.context, offered=frozenset(link for _, link in read.page.anchors),
            )  # fmt: skip


def _with_pages(page: Page, listing: Listing) -> Listing:
    """The list with the pages that a call of a script counts, where its platform knows none."""
    if listing.next_pages or listing.further or not (listing.entries or listing.attachments):
        return listing
    pages = pager.numbered_pages(page) or pager.counted_pages(page)
    return replace(listing, next_pages=tuple(url for url in pages if url != page.url))


def _on_one_host(urls: Sequence[str]) -> bool:
    """Is a menu the page's own, and not one of departments' sites?"""
    return len({urlsplit(url).netloc for url in urls}) == 1


def _asked_as(response: Response) -> Sequence[str]:
    """The addresses that redirected to the answer."""
    redirected: Sequence[str] = response.meta.get("redirect_urls", ())
    return redirected


def read_listing(payload: bytes | None, url: str, platform: str | None) -> Listing | None:
    """An archived page read as a list; None for none."""
    if not payload:
        return None
    page = Page.from_bytes(url, payload)
    return platforms.of(page, platform).listing(page)


def changed_shape(now: Listing | None, before: Listing | None) -> Outcome | None:
    """`listing_changed` if a list that had many entries has none: the site has a new form, or is broken."""
    if now is None or before is None or now.entries or now.attachments or now.further:
        return None
    had = _size(before)
    return Outcome("listing_changed", "empty", f"0 entries, {had} before") if had >= MANY else None


def _size(listing: Listing) -> int:
    return len(listing.entries) + len(listing.attachments)


def _pages(listing: Listing) -> list[PageRequest]:
    return [*map(PageRequest, listing.next_pages), *listing.further]


def _keys(listing: Listing | None) -> frozenset[str]:
    return frozenset(normalised_url(entry.url) for entry in listing.entries) if listing else frozenset()


def _oldest_first(entries: Sequence[Entry]) -> bool:
    days = [entry.published_on for entry in entries if entry.published_on]
    return len(days) >= MANY and days == sorted(days) and days[0] < days[-1]

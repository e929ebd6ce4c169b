"""Where a list page leads besides its own lines: further columns, and menus of bodies.

Invariant: a column of disclosures that a page offers is entered, or it is a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from scrapy import Request

from archive.ids import is_front_page
from archive.vocabulary import GapKind
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages import relevance
from crawler.pages.addresses import same_site
from crawler.pages.attached_files import is_attachment
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines
from crawler.platforms.protocol import PageRequest
from crawler.reading import discovery, offers
from crawler.reading.discovery import Candidate, Promise, may_enter
from crawler.reading.doors import doors_of, sent_on, shows_picture
from crawler.reading.groups import menus
from crawler.reading.unopened import (
    closed_bodies,
    closed_columns,
    held_titles,
    named_in_scripts,
    unopened_columns,
    unopened_titles,
)
from crawler.spiders.frontier import Callback
from crawler.spiders.list_pages import ListPage
from crawler.spiders.visit import Visit
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message

_L = lexicon_of(__name__)
_GOVERNMENT = _L.text("government")
_LONGEST = 20  # characters of the name of a column
_SHORT = 6  # of one that no article has as a title
_OF_BODY = Promise(discovery.sure(), "offered by the page of a body")


class Columns:
    """Asks for what lists lead to; `parse` reads it."""

    def __init__(self, visit: Visit, parse: Callback) -> None:
        self._visit, self._parse = visit, parse
        self.left = defaultdict[str, dict[str, tuple[str, str, bool]]](dict)
        """By site, what may be other columns, by address: its text, the page that links it, and whether that
        page announces disclosures."""
        self._frames = defaultdict[str, set[str]](set)  # by site, marks of what every page shows

    def found(self, read: ListPage) -> tuple[Candidate, ...]:
        """The further lists a page offers, best first. An announcement of an earlier run is none, though it
        may be called like one (2025年部门预算公开)."""
        found = offers.candidates(
            read.page, read.listing.columns, read.promise, read.tally.site, self._visit.territory,
            read.announces, offered=meta_of(read.response).offered,
        )  # fmt: skip
        known = meta_of(read.response)
        of_body = (known.promise or 0.0) >= discovery.sure() and relevance.names_body(known.heading)
        if of_body and not read.announces:  # what a body's page offers leads to the body's disclosures
            found = tuple(replace(one, promise=max(one.promise, _OF_BODY, key=_worth)) for one in found)
        history = self._visit.history(read.tally.site.site_id)
        return tuple(one for one in found if not history.known(one.url))

    def columns(self, read: ListPage, found: Sequence[Candidate]) -> Iterator[Request]:
        """Ask for the columns a page offers; those that are not entered are gaps."""
        site, url = read.tally.site, read.response.url
        for kind, address, text in offers.unreachable(read.page, site, read.promise):
            if kind == GapKind.LINK:
                read.tally.gap(kind, address, via=url, title=text, context=read.context)
            else:
                read.tally.gap(kind, address, via=url, evidence=text, context=text)
        of_disclosures = read.promise >= discovery.sure()
        unopened = [*(unopened_columns if of_disclosures else closed_columns)(read.page)]
        for text in (*unopened, *named_in_scripts(read.page, of_disclosures)):
            read.tally.gap(GapKind.CLICK, url, via=url, evidence=text, context=text)
        for title in unopened_titles(read.page, read.context):
            read.tally.gap(
                GapKind.LINK,
                url,
                via=url,
                title=title,
                context=read.context,
                evidence=message("seen_no_address"),
            )
        self._left_aside(read)
        self._doors(read)
        taken = {one.url for one in found}
        if of_disclosures and meta_of(read.response).offered:
            self._bodies_beside(read, taken)
        for one in offers.elsewhere(read.page, site) if read.promise >= discovery.sure() else ():
            # A body's own site under a name of its own is nowhere else on the way.
            town = is_front_page(one.url) and one.title.endswith(_GOVERNMENT)
            if one.url not in taken and not town and relevance.body_name(one.title):
                read.tally.gap(GapKind.LINK, one.url, via=url, title=one.title, context=read.context)
        self._elsewhere(read, taken)
        entered = [
            one
            for one in found
            if discovery.of_year(one.title, self._visit.year) and may_enter(one.url, url, site)
        ]
        yield from self._visit.frontier.explore(read.tally, entered, _below(read), self._parse)

    def _left_aside(self, read: ListPage) -> None:
        """Titles that a column holds and does not show; what may be other columns, or parts of this one."""
        url = read.response.url
        if read.promise >= discovery.sure():
            shown = [one.title for one in read.listing.entries]
            shown += [one.name for one in read.listing.attachments]
            for title in held_titles(read.page, shown):
                read.tally.gap(GapKind.LINK, url, via=url, title=title, context=read.context,
                               evidence=message("seen_no_address"))  # fmt: skip
        left, offered = self.left[read.tally.site.site_id], meta_of(read.response).offered
        for link, title in _parts(read.page, offered) if read.announces else _possible(read.page):
            left.setdefault(link, (title, url, read.announces))

    def _doors(self, read: ListPage) -> None:
        """What leads on from a column and says neither where nor to what, but for the frame of the site."""
        url, frame = read.response.url, self._frames[read.tally.site.site_id]
        if read.promise >= discovery.sure():
            for one in doors_of(read.page, read.own):
                beside = one.kind == GapKind.COLUMN and one.url in meta_of(read.response).offered
                if one.mark not in frame and not beside:
                    read.tally.gap(one.kind, one.url, via=url, evidence=one.seen or None)
            return
        doors = [*doors_of(read.page)]
        for one in doors:
            if one.kind == GapKind.COLUMN and discovery.promise("", one.url).value >= discovery.sure():
                read.tally.gap(one.kind, one.url, via=url, evidence=one.seen or None)
        frame.update(one.mark for one in doors)
        for text in sent_on(read.page, of_budgets=True):
            read.tally.gap(GapKind.CLICK, url, via=url, evidence=text)

    def _bodies_beside(self, read: ListPage, taken: Collection[str]) -> None:
        """Links of a column that are called after bodies and lead to pages that no list is made of."""
        lines_, offered = {one.url for one in read.listing.entries}, meta_of(read.response).offered
        for node, url in lines.anchors(read.page):
            if url not in offered and url not in taken and url not in lines_ and not is_attachment(url):
                title = squeeze(lines.title_of(node))
                named = relevance.names_body(title) and not discovery.way_terms().never.search(title)
                if named and not self._visit.frontier.has(PageRequest.of(url)):
                    self._visit.frontier.passed(read.tally, Candidate(url, title, _OF_BODY))

    def _elsewhere(self, read: ListPage, taken: Collection[str]) -> None:
        """Bodies whose pages are on hosts of another name, or opened by a script alone: gaps of these."""
        known, url = meta_of(read.response), read.response.url
        if read.announces or (known.depth == 0 and read.promise >= discovery.sure()):
            return  # what surrounds a list links to anybody
        for name in closed_bodies(read.page):
            self._visit.frontier.stands_elsewhere(read.tally, name)
        for one in offers.other_hosts(read.page, read.tally.site):
            if one.url in taken or one.url in known.offered:
                continue
            if read.promise >= discovery.sure():
                read.tally.gap(GapKind.LINK, one.url, via=url, title=one.title, context=read.context)
            elif is_front_page(one.url):
                self._visit.frontier.stands_elsewhere(read.tally, one.title)

    def menus(self, read: ListPage) -> Iterator[Request]:
        """The menus of bodies on a page of a column: a few are looked into, and all once one of them leads
        to a disclosure."""
        known = meta_of(read.response)
        if known.paged or (read.promise < discovery.sure() and not discovery.is_owed(known.heading)):
            return
        site, url, territory = read.tally.site, read.response.url, self._visit.territory
        offered, history = meta_of(read.response).offered, self._visit.history(site.site_id)
        for menu in menus(read.page, offered):
            members = [
                Candidate(one.url, one.title, Promise(discovery.sure(), "one of a menu"))
                for one in menu
                if same_site(one.url, url) and not is_attachment(one.url)
                and not history.known(one.url)
                and not territory.foreign(one.url, site)
            ]  # fmt: skip
            whole = not read.announces and _on_one_host([url, *(one.url for one in members)])
            yield from self._visit.frontier.explore_menu(
                read.tally, members, _below(read), self._parse, whole
            )


def _below(read: ListPage) -> RequestMeta:
    """What is known of a list that a page links."""
    return RequestMeta(
        read.tally.site.site_id,
        "listing",
        "html",
        read.response.url,
        depth=meta_of(read.response).depth + 1,
        context=read.context,
        offered=frozenset(link for _, link in read.page.anchors),
    )


def _possible(page: Page) -> Iterator[tuple[str, str]]:
    """Links that may be those of columns, whatever they are called."""
    for node, url in lines.anchors(page):
        title = squeeze(lines.title_of(node))
        named = 2 <= len(title) <= _LONGEST or (not title and (node.tag == "area" or shows_picture(node)))
        # Many systems give a column, and the page of a body, the address of an article.
        like_one = len(title) > _SHORT and not relevance.names_body(title)
        if named and not is_attachment(url) and not (like_one and lines.looks_like_article(url)):
            yield url, title


def _parts(page: Page, offered: Collection[str]) -> Iterator[tuple[str, str]]:
    """Links of a list that may be those of its parts (2026年新增: /go?id=9), `offered` by no page before: no
    lines, which have a day or announce something."""
    for node, url in lines.anchors(page) if offered else ():
        title = squeeze(lines.title_of(node))
        if url in offered or not 2 <= len(title) <= _LONGEST or is_attachment(url):
            continue
        if lines.printed_date(node) is None and not relevance.judge(title, page.title).relevant:
            yield url, title


def _worth(promise: Promise) -> float:
    return promise.value


def _on_one_host(urls: Sequence[str]) -> bool:
    """Is a menu the page's own, and not one of departments' sites?"""
    return len({urlsplit(url).netloc for url in urls}) == 1

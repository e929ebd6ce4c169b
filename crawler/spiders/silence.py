"""What a page is that promises a list of disclosures and shows none.

Invariant: a page that is called like a column of disclosures shows some, leads to some, says that there is
nothing, or is a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.vocabulary import CaptureOutcome, GapKind
from crawler.http.request_meta import meta_of
from crawler.pages import relevance
from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.protocol import PageRequest
from crawler.reading import discovery
from crawler.reading.diagnosis import (
    Diagnosis,
    diagnose,
    is_cut_off,
    says_nothing,
    unread_choices,
    without_list,
)
from crawler.reading.discovery import Candidate
from crawler.reading.groups import menus
from crawler.spiders.keys import key_of
from crawler.spiders.list_pages import MANY, ListPage
from crawler.spiders.visit import Visit
from parsers.values.messages import message


class Silence:
    """Notes why pages show nothing."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def diagnose(self, read: ListPage, offered: Sequence[Candidate]) -> None:
        """A page that promises a list and leads to none: what it is instead."""
        listing, known, url = read.listing, meta_of(read.response), read.response.url
        if listing.gap:
            kind, seen = listing.gap
            read.tally.gap(kind, url, via=known.via, evidence=seen, context=read.subject)
        if read.promise >= discovery.sure() and is_cut_off(read.page):
            read.tally.gap(
                GapKind.BROKEN, url, via=known.via, title=known.heading, evidence=message("seen_cut_off")
            )
        # An answer of a platform's data without entries is a body that has published nothing.
        answered = known.guessed or known.framed or known.platform
        shown = bool(read.own)
        # Should the site turn out to show no list at all, this is what its pages are.
        silent = not (answered or shown or listing.further)
        if silent and (found := diagnose(read.page, thorough=True)):
            read.tally.diagnoses.setdefault(url, (found.kind, found.evidence))
        leads = read.announces or listing.further or self._leads_on(read, offered)
        if read.recorded.outcome.name == CaptureOutcome.LISTING_CHANGED and self._leads_anew(read, offered):
            assert read.response.request is not None
            read.tally.leads_on(read.response.request.url, known.purpose == "start")
        for frameset in known.framed if leads or shown else ():
            for kind in (GapKind.EMPTY_LIST, GapKind.EMPTY_BODY, GapKind.SHELL):
                read.tally.gaps.pop((kind, frameset), None)
        if read.announces and not answered and known.origin is None:
            titles = [one.title for one in listing.entries] + [one.name for one in listing.attachments]
            if chosen := unread_choices(read.page, titles):
                read.tally.gap(GapKind.FORM, url, via=known.via, context=read.subject,
                               evidence=message("seen_fields", names=chosen))  # fmt: skip
        if not (leads or answered):
            self._barren(read, shown)

    def _barren(self, read: ListPage, shown: bool) -> None:
        """A page that leads to no disclosure: a gap if its link and its heading promised some. Whether it is
        the page of a body beside others that publish, the frontier knows."""
        known, url, sure = meta_of(read.response), read.response.url, discovery.sure()
        if known.promised < sure:
            if not shown and known.promise is not None and (found := diagnose(read.page)):
                self._visit.frontier.empty(key_of(read.response), found.evidence)
        elif read.promise < sure:  # it calls itself otherwise than its link does
            if not shown and (found := diagnose(read.page)):
                self._shows_none(read, found)
        elif any(relevance.judge(one.title, read.context).relevant for one in read.listing.entries):
            return  # what the page before shows, as that of the newest year does
        elif lists.framed_pages(read.page) and not shown:  # until one of them shows something
            read.tally.gap(GapKind.EMPTY_LIST, url, via=known.via, context=read.subject,
                           evidence=message("seen_frames"))  # fmt: skip
        elif found := diagnose(read.page, listed=shown):
            self._shows_none(read, found)
        elif len(read.own) < MANY and discovery.names_column(known.heading) and not says_nothing(read.page):
            self._shows_none(read, without_list(read.page))

    @staticmethod
    def _shows_none(read: ListPage, found: Diagnosis) -> None:
        known = meta_of(read.response)
        of_body = found.kind == GapKind.EMPTY_LIST and relevance.body_name(known.heading)
        read.tally.gap(GapKind.EMPTY_BODY if of_body else found.kind, read.response.url, via=known.via,
                       evidence=found.evidence, title=known.heading, context=known.context)  # fmt: skip

    @staticmethod
    def _leads_anew(read: ListPage, offered: Sequence[Candidate]) -> bool:
        """Does a page that has lost its lines lead to lists that it did not lead to when it had them?"""
        before = Page.from_bytes(read.response.url, read.recorded.before or b"")
        known = {url for _, url in before.anchors} | {*lists.framed_pages(before)}
        found = [one.url for one in offered if one.promise.value >= discovery.sure()]
        found += [one.url for menu in menus(read.page, meta_of(read.response).offered) for one in menu]
        return not known.issuperset([*found, *lists.framed_pages(read.page)])

    def _leads_on(self, read: ListPage, offered: Sequence[Candidate]) -> bool:
        """Does a page offer columns of disclosures or bodies that the page before did not?"""
        before = meta_of(read.response).offered
        url, frontier = read.response.url, self._visit.frontier
        new = (
            one
            for one in offered
            if one.promise.value >= discovery.sure()
            and one.url not in before
            and (discovery.is_below(one.url, url) or not frontier.has(PageRequest.of(one.url)))
        )
        return next(new, None) is not None or next(menus(read.page, before), None) is not None

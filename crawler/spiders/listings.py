"""From a list page to what it leads to: its articles, its other pages, further lists.

Invariant: the first page of every list is asked for in every run, and everything on it that announces a
budget or accounts is asked for, is known, or is a gap. Its other pages: `paging`; where else it leads:
`columns`.

A list counts as unchanged when its entries, columns and pages are those of the version archived last,
whatever else on the page differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.ids import normalised_url
from archive.vocabulary import GOOD, CaptureOutcome, GapKind
from archive.warc.captures import Article
from crawler import platforms
from crawler.http.recorder import Recorded
from crawler.http.request_meta import meta_of
from crawler.pages import relevance
from crawler.pages.addresses import may_follow
from crawler.pages.attached_files import Attachment
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines
from crawler.platforms.protocol import Entry
from crawler.reading import discovery
from crawler.reading.articles import is_cut
from crawler.reading.discovery import context_of
from crawler.reading.groups import headings, under
from crawler.reading.kinds import calls_itself_article
from crawler.reading.listed_days import with_days
from crawler.reports.tally import SiteTally
from crawler.spiders.announcements import Announcements
from crawler.spiders.columns import Columns
from crawler.spiders.keys import asked_as, key_of
from crawler.spiders.list_pages import (
    SILENT,
    ListPage,
    keys_of,
    may_be_one,
    read_listing,
    says_nothing,
    size_of,
    unlisted,
    with_linked,
    with_pages,
    with_scripted,
    with_series,
)
from crawler.spiders.paging import Paging
from crawler.spiders.scripts import Scripts
from crawler.spiders.silence import Silence
from crawler.spiders.visit import Visit, page_of
from parsers.values.messages import message

_MOST_UNNAMED = 20
_SHARE = 3
"""A list of disclosures whose heading does not say so has at least one in so many entries."""


class Listings:
    """Reads list pages."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._announcements = visit, Announcements(visit, self._behind_a_line)
        self._paging, self._columns = Paging(visit, self.parse), Columns(visit, self.parse)
        self._silence = Silence(visit)
        self.scripts = Scripts(visit)
        self._looked_again: set[str] = set()

    def parse(self, response: Response) -> Iterator[Any]:
        """Read a list page."""
        tally, recorded = self._visit.answer(response)
        if recorded.outcome.name not in GOOD | {"listing_changed"}:
            yield from self._visit.stub(response, recorded, self.parse)
        elif self._visit.strayed(response):
            asked, known = asked_as(response)[0], meta_of(response)
            tally.gap(GapKind.BROKEN, asked, via=known.via, title=known.heading,
                      evidence=message("seen_leads_to", url=response.url))  # fmt: skip
        else:
            yield from self._parsed(tally, response, recorded)
        yield from self._visit.frontier.release(tally)

    def _parsed(self, tally: SiteTally, response: Response, recorded: Recorded) -> Iterator[Any]:
        """Read a list page with the scripts that it loads."""

        def read(page: Page) -> Iterator[Any]:
            return self._followed(self._read(tally, response, recorded, page))

        yield from self.scripts.first(tally, response, page_of(response), read)

    def unread(self, tally: SiteTally) -> None:
        """Note the lists of a site of which fewer pages were asked for than they say they have."""
        self._paging.unread(tally)

    @property
    def left(self) -> dict[str, dict[str, tuple[str, str, bool]]]:
        """What may be other columns, or parts of one: see `Columns`."""
        return self._columns.left

    @property
    def announcements(self) -> Announcements:
        """The room of the articles these lists lead to."""
        return self._announcements

    def _behind_a_line(self, tally: SiteTally, response: Response, recorded: Recorded) -> Iterator[Any]:
        """Read a list that a line of another list led to, as if it were an article."""
        bounds = self._visit.frontier.bounds
        if tally.asked_listings >= bounds.listings:
            tally.limited(message("limit_list_pages"))
        elif meta_of(response).depth > bounds.depth:
            tally.limited(message("limit_depth"))
        else:
            tally.asked_listings += 1
            yield from self._parsed(tally, response, recorded)

    def _followed(self, read: ListPage) -> Iterator[Any]:
        """Everything a list leads to."""
        if read.announces:
            yield from self._visit.frontier.lead(
                read.tally, [key_of(read.response), *asked_as(read.response)]
            )
        offered = self._columns.found(read)
        self._silence.diagnose(read, offered)
        yield from self._entries(read)
        yield from self._direct_files(read)
        self._unnamed(read)
        yield from self._itself(read)
        yield from self._known(read)
        yield from self._paging.other_pages(read)
        yield from self._columns.columns(read, offered)
        yield from self._columns.menus(read)

    def _read(self, tally: SiteTally, response: Response, recorded: Recorded, page: Page) -> ListPage:
        known = meta_of(response)
        platform = platforms.of(page, tally.site.platform or known.platform)
        listing = with_linked(response, with_pages(page, platform.listing(page)))
        listing = with_scripted(page, listing, known.offered)
        listing = replace(listing, entries=with_days(page, listing.entries))
        heading = squeeze(page.meta.get("columnname") or page.title) or known.heading
        via = known.via or ""
        context = context_of(heading, response.url, via, known.context, known.heading)
        own = discovery.promise(context, response.url).value
        # 统计局 leads away anywhere but in a column of bodies.
        if context != heading and relevance.names_body(heading):
            own = max(own, discovery.promise(known.context, response.url).value)
        if own >= discovery.sure():
            more = unlisted(page, listing, context, known.offered)
            listing = replace(listing, entries=(*listing.entries, *more))
        above = headings(page)
        shown = [
            under(one.title, above.get(one.url, ""))
            for one in listing.entries
            if one.url not in known.offered
        ]
        shown += [under(one.name, above.get(one.url, "")) for one in listing.attachments]
        announced = sum(relevance.judge(title, context).relevant for title in shown)
        # A budget among the news of a home page does not make it the list.
        relevant = announced > 0 and (own >= discovery.sure() or announced * _SHARE >= len(shown))
        if recorded.reduced and recorded.reduced.cut:
            tally.gap(GapKind.LIMIT, response.url, via=via or None, evidence=recorded.reduced.cut)
        again = any(one.url == known.origin for one in tally.columns)  # a further page of one
        tally.read(response.url, via, heading, platform.NAME, listing.entries, relevant and not again)
        promise = max(own, discovery.sure() if relevant else 0.0)
        if column := promise >= discovery.sure():
            listing = with_series(page, listing)
        same = recorded.outcome.name == CaptureOutcome.UNCHANGED
        before = (
            listing
            if same
            else read_listing(recorded.before, response.url, platform.NAME, column, page.loaded)
        )
        if before:
            tally.compared(size_of(before), size_of(listing))
        newest = known.newest or keys_of(before)
        return ListPage(
            tally, response, recorded, page, platform, listing, before, newest, context, promise, relevant,
            above,
        )  # fmt: skip

    # -- what the list announces ---------------------------------------------------------------------------

    def _entries(self, read: ListPage) -> Iterator[Request]:
        own = {*read.own} if read.promise >= discovery.sure() else frozenset[str]()
        for listed in read.listing.entries:
            entry = replace(listed, title=under(listed.title, read.headings.get(listed.url, "")))
            judged = relevance.judge(entry.title, read.context)
            # A title that is cut short, or says nothing, is judged when its page is read.
            open_ = entry.url in own and says_nothing(entry.title, judged)
            silent = is_cut(entry.title) and not judged.seen
            open_ = open_ or (silent and read.promise >= discovery.sure())
            if not (judged.relevant or open_) or not self._visit.wants(judged):
                if read.promise >= discovery.sure() and (name := may_be_one(entry.title, judged)):
                    read.tally.gap(GapKind.LINK, entry.url, via=read.response.url, title=name,
                                   evidence=entry.title)  # fmt: skip
                continue
            self._note_kind(read, judged)
            history = self._visit.history(read.tally.site.site_id)
            anew = history.not_there(entry.url) is not None and self._is_linked_anew(read, listed)
            if article := history.article(entry.url):  # `_known` sees to it
                read.tally.known += 1
                if anew:
                    yield from self._announcements.again(read.tally, article, [article.url])
            elif not may_follow(entry.url, read.response.url, "article"):
                if judged.seen and judged.reason == "title":
                    read.tally.gap(GapKind.LINK, entry.url, via=read.response.url, title=entry.title,
                                   context=read.context)  # fmt: skip
            elif not (anew or history.due(entry.url, self._visit.now) or history.opened_list(entry.url)):
                if outcome := history.not_there(entry.url):
                    read.tally.skipped(entry.url, outcome, read.response.url, entry.title,
                                       purpose="article", context=read.context)  # fmt: skip
            else:
                yield from self._announcements.ask(
                    read.tally, entry, read.response.url, read.context, depth=meta_of(read.response).depth + 1
                )

    @staticmethod
    def _note_kind(read: ListPage, judged: relevance.Relevance) -> None:
        """A list of disclosures shows this kind; what stands among news does not say that there is one."""
        if read.announces and judged.relevant:
            read.tally.announced(judged.kind, judged.fiscal_year)

    @staticmethod
    def _is_linked_anew(read: ListPage, entry: Entry) -> bool:
        """Does a list link it as it did not when it was archived last: with another title or date, or at all?
        On further pages, lines move as news come in before them."""
        if read.before is None or read.before is read.listing:
            return False
        key = normalised_url(entry.url)
        earlier = [one for one in read.before.entries if normalised_url(one.url) == key]
        if not earlier:
            return meta_of(read.response).newest is None
        return all((one.title, one.published_on) != (entry.title, entry.published_on) for one in earlier)

    def _direct_files(self, read: ListPage) -> Iterator[Any]:
        """Files a list links without an article between: each is a disclosure of its own."""
        beside = lines.lines_of(read.page, {file.url for file in read.listing.attachments})
        days = {line.url: line for line in with_days(read.page, tuple(beside.values()))}
        for file in read.listing.attachments:
            line = days.get(file.url, Entry(file.url, ""))
            name = under(file.name or line.title, read.headings.get(file.url, ""))
            judged = relevance.judge(name.rsplit(".", 1)[0], read.context)
            if not judged.relevant or not self._visit.wants(judged):
                continue
            self._note_kind(read, judged)
            if self._visit.history(read.tally.site.site_id).known(file.url):
                read.tally.known += 1
            else:
                yield from self._announcements.announce(
                    read.tally, read.response, Entry(file.url, name), (Attachment(file.url, name),),
                    read.recorded, line.published_on, "list",
                )  # fmt: skip

    def _unnamed(self, read: ListPage) -> None:
        """Files of a column of disclosures of which nothing says whose they are."""
        files = read.listing.attachments
        if read.promise < discovery.sure() or read.announces or calls_itself_article(read.page):
            return
        if not read.own or len(read.own) > len(files):  # it has lines as well
            return
        history = self._visit.history(read.tally.site.site_id)
        for file in files[:_MOST_UNNAMED]:
            judged = relevance.judge(file.name.rsplit(".", 1)[0], read.context)
            if judged.reason == SILENT and not history.known(file.url):
                read.tally.gap(GapKind.LINK, file.url, via=read.response.url, title=file.name or file.url)

    def _itself(self, read: ListPage) -> Iterator[Any]:
        """The registered page may be an article, and so may what a link to a column led to."""
        title, shown = read.page.meta.get("articletitle", ""), read.listing
        announced = sum(relevance.judge(entry.title, read.context).relevant for entry in shown.entries)
        alone = meta_of(read.response).depth == 0 or announced <= len(shown.attachments)
        judged = relevance.judge(title, read.context)
        if alone and calls_itself_article(read.page) and judged.relevant:
            read.tally.announced(judged.kind, judged.fiscal_year)
            yield from self._announcements.read(
                read.tally, read.response, read.page, read.platform, read.recorded, None
            )

    def _known(self, read: ListPage) -> Iterator[Any]:
        """Once a run, ask about what earlier runs found on this site."""
        site_id = read.tally.site.site_id
        if site_id in self._looked_again:
            return
        self._looked_again.add(site_id)
        sharing = [site.site_id for site in self._visit.sites(read.tally)]
        history = self._visit.history(site_id)
        for article, parts in history.looks_again(sharing, self._visit.now, self._wanted):
            yield from self._announcements.again(read.tally, article, parts)

    def _wanted(self, article: Article) -> bool:
        return self._visit.wants(relevance.judge(article.title or ""))

"""From an article to its files: what makes a disclosure, new or known.

Invariant: an article seen before gives the same disclosure whether its page was read again or not, and what a
page does not prove to be the article counts for nothing. Its files: `files`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import partial
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.ids import is_front_page
from archive.vocabulary import GOOD, CaptureOutcome, GapKind
from archive.warc.captures import Article
from crawler import platforms
from crawler.http.recorder import Recorded
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages import relevance
from crawler.pages.addresses import Limits, forbidden, may_follow
from crawler.pages.attached_files import Attachment, disposition_name, identity, is_attachment
from crawler.pages.page import Page
from crawler.platforms.lines import title_of
from crawler.platforms.protocol import Entry, PageRequest, Platform
from crawler.reading.articles import (
    body_links,
    continues,
    full_title,
    is_cut,
    own_files,
    promises_files,
    read_article,
    shows_something,
    without_ending,
)
from crawler.reading.kinds import opens_list
from crawler.reports.tally import SiteTally
from crawler.spiders.files import Files, doubtful_files, is_of_another, is_recognised, links_known
from crawler.spiders.list_pages import says_nothing
from crawler.spiders.visit import Visit, field_of, page_of
from parsers.cover.approvals import Approval, approval, is_decision
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message

_L = lexicon_of(__name__)

ReadList = Callable[[SiteTally, Response, Recorded], Iterator[Any]]
_ANY_PUBLIC = Limits(allow_loopback=True)
"""What the guard lets through at most: whether loopback is open, it knows itself."""
_MOST_NAMESAKES = 3
_SAYS_NOTHING = _L.pattern("says_nothing")
_PAGES = frozenset({"text/html", "text/plain", "multipart/related", None})


class Announcements:
    """Reads articles and waits for their files. `lists` reads what turns out to be a list."""

    def __init__(self, visit: Visit, lists: ReadList) -> None:
        self._visit, self._lists = visit, lists
        self.files = Files(visit)

    def ask(
        self,
        tally: SiteTally,
        entry: Entry,
        via: str,
        heading: str,
        parts: Collection[str] = (),
        depth: int = 1,
    ) -> Iterator[Request]:
        """Ask for the article behind a line of a list, unless the site has had its share; its files among
        `parts` are asked for in any case. `depth` is that of the page behind the line, if it is a list."""
        frontier = self._visit.frontier
        if tally.asked_articles >= frontier.bounds.articles:
            tally.limited(message("limit_articles"))
            return
        made = frontier.request(
            tally,
            entry.url,
            RequestMeta(tally.site.site_id, "article", "any", via, entry=entry, heading=heading,
                        parts=frozenset(parts), depth=depth),
            self.parse,
            entry.request,
        )  # fmt: skip
        if made:
            tally.asked_articles += 1
            yield made

    def parse(self, response: Response) -> Iterator[Any]:
        """Read an article page, or the file that stands in its place."""
        tally, recorded = self._visit.answer(response)
        entry, heading = meta_of(response).entry, meta_of(response).heading
        assert entry is not None
        if recorded.outcome.name not in GOOD:
            yield from self._visit.stub(response, recorded, self.parse)
            yield from self._ask_files(tally, response)
        elif recorded.capture.media_type in _PAGES:
            page = page_of(response)
            platform = platforms.of(page, tally.site.platform, likely=tally.platform)
            if opens_list(page, platform, heading):
                yield from self._lists(tally, response, recorded)
            else:
                yield from self.read(tally, response, page, platform, recorded, entry)
        else:  # the link of the list led to the file itself
            name = disposition_name(field_of(recorded, b"content-disposition"))
            file = Attachment(response.url, name or entry.title)
            made = self._article(tally, entry, (file,), recorded, entry.published_on, "list", heading)
            yield from self._where_it_was(tally, made)
            yield made

    def read(
        self,
        tally: SiteTally,
        response: Response,
        page: Page,
        platform: Platform,
        recorded: Recorded,
        entry: Entry | None,
    ) -> Iterator[Any]:
        """The disclosure that a page announces."""
        history = self._visit.history(tally.site.site_id)
        read = read_article(page, platform, entry.published_on if entry else None)
        title = full_title(read.title, entry.title) if entry else read.title
        known = meta_of(response)
        files, judged = own_files(page, read.attachments), relevance.judge(title, known.heading)
        unnamed = entry and (is_cut(entry.title) or (says_nothing(title, judged) and not files))
        if unnamed and not judged.relevant:
            return  # the list did not show what it is
        if entry and not is_recognised(history, page, entry, files):
            tally.gap(GapKind.SHELL, response.url, via=known.via, title=entry.title,
                      evidence=message("seen_another_title"),
                      context=known.heading)  # fmt: skip
            yield from self._ask_files(tally, response)
            return
        if entry and is_of_another(read.title, entry.title):
            tally.gap(GapKind.LINK, entry.url, via=known.via, title=entry.title,
                      evidence=message("seen_another_title"), context=known.heading)  # fmt: skip
        if not files:
            yield from self._ask_files(tally, response)
        address = entry.url if entry and entry.request else response.url
        decided = approval(read.title, page.visible) if is_decision(read.title) else None
        doubtful = () if files else doubtful_files(history, self._visit.now, page, address)
        inside = list(self._inside(tally, response, page, files, title))
        nothing = not files and not inside and decided is None
        goes_on = not files and (continues(page) or promises_files(page))
        if goes_on or (nothing and not shows_something(page) and not links_known(history, page)):
            self.files.unless_any(address, partial(
                tally.gap, GapKind.NO_FILES, response.url, via=known.via, title=title,
                context=known.heading,
            ))  # fmt: skip
        yield from self.announce(
            tally, response, Entry(address, title), (*files, *doubtful), recorded,
            read.published_on, read.published_basis, decided, frozenset(file.url for file in doubtful),
        )  # fmt: skip
        yield from inside

    def _ask_files(self, tally: SiteTally, response: Response) -> Iterator[Request]:
        """Before an announcement counts as taken down, its files are asked for: they may be there still."""
        entry, history = meta_of(response).entry, self._visit.history(tally.site.site_id)
        if entry is None or (known := history.article(entry.url)) is None:
            return
        for url, _ in history.files(known.url):
            asked = RequestMeta(tally.site.site_id, "attachment", "document", known.url, file=url,
                                title=known.title or "")  # fmt: skip
            if made := self._visit.frontier.request(tally, url, asked, self.files.parse):
                yield made

    def _inside(
        self, tally: SiteTally, response: Response, page: Page, files: tuple[Attachment, ...], title: str
    ) -> Iterator[Request]:
        """The announcements that an announcement links: those of units, or the parts of one."""
        history, frontier = self._visit.history(tally.site.site_id), self._visit.frontier
        depth, taken = meta_of(response).depth, {file.url for file in files}
        for node, url in body_links(page):
            text = without_ending(title_of(node))
            # Beside files, a link has to say itself what it is about.
            judged = relevance.judge(text, "" if files else title)
            if url in taken or url == response.url or _SAYS_NOTHING.fullmatch(text):
                continue
            if not judged.relevant or not self._visit.wants(judged):
                continue
            if is_attachment(url) or is_front_page(url):
                continue
            if not may_follow(url, response.url, "article"):
                tally.gap(GapKind.LINK, url, via=response.url, title=text, context=title)
            elif depth > frontier.bounds.depth:
                tally.gap(GapKind.LIMIT, url, via=response.url, evidence=message("limit_depth"), title=text)
            elif not history.known(url) and history.due(url, self._visit.now):
                yield from self.ask(tally, Entry(url, text), response.url, title, depth=depth + 1)

    def announce(
        self,
        tally: SiteTally,
        response: Response,
        entry: Entry,
        files: tuple[Attachment, ...],
        recorded: Recorded,
        published_on: date | None,
        basis: str | None,
        decided: Approval | None = None,
        doubtful: frozenset[str] = frozenset(),
    ) -> Iterator[Any]:
        """Ask for the files, and yield the disclosure when all have come. Those that are `doubtful` are files
        only if documents come.

        Files known from earlier runs are asked for when they are due, or when the page has changed.
        """
        history, now = self._visit.history(tally.site.site_id), self._visit.now
        allowed = tuple(file for file in files if forbidden(file.url, _ANY_PUBLIC) is None)
        for file in files:
            if file not in allowed:
                tally.gap(GapKind.FOREIGN_FILE, file.url, via=response.url, title=entry.title,
                          evidence=forbidden(file.url, _ANY_PUBLIC))  # fmt: skip
        changed = recorded.outcome.name == CaptureOutcome.CONTENT
        parts = {identity(url) for url in meta_of(response).parts}
        wanted = {
            file.url
            for file in allowed
            if (changed and not self._is_known_dead(tally, file))
            or identity(file.url) in parts
            or history.due(file.url, now)
        }
        for file in allowed:
            outcome = history.not_there(file.url)
            if outcome and file.url not in wanted and not history.holds(file.url):
                tally.gap(GapKind.FILE, file.url, via=response.url, outcome=outcome, title=entry.title)
        settled = tuple(
            file if file.url in wanted
            else Attachment(history.archived_as(file.url), file.name or history.name(file.url) or "")
            for file in allowed
        )  # fmt: skip
        heading = meta_of(response).heading
        article = self._article(tally, entry, settled, recorded, published_on, basis, heading, decided)
        yield from self._where_it_was(tally, article)
        yield from self.files.ask(tally, article, wanted, response.url, doubtful)

    def _is_known_dead(self, tally: SiteTally, file: Attachment) -> bool:
        """Is it not there, under the name it had when it was asked for last?"""
        history = self._visit.history(tally.site.site_id)
        same = not file.name or file.name == history.name(file.url)
        return same and history.dead(file.url, self._visit.now) is not None

    def _where_it_was(self, tally: SiteTally, article: Article) -> Iterator[Any]:
        """A new announcement with the title of a known one: is that one still at its address, or is this
        where it has moved?"""
        history = self._visit.history(tally.site.site_id)
        if history.known(article.url):
            return
        for known in history.namesakes(article)[:_MOST_NAMESAKES]:
            yield from self.again(tally, known, [known.url])

    def again(self, tally: SiteTally, article: Article, parts: list[str]) -> Iterator[Any]:
        """Ask about a known article: its page, or only those of its files that are due."""
        files = {url for url, _ in article.attachments}
        if article.url in parts and article.url not in files:
            asked = PageRequest.of(article.url)
            request = asked if asked.method == "POST" else None
            entry = Entry(article.url, article.title or "", article.published_on, request)
            yield from self.ask(tally, entry, tally.site.url or article.url, "", parts)
        else:
            tally.articles += 1
            yield from self.files.ask(tally, article, files.intersection(parts), article.url)

    def _article(
        self,
        tally: SiteTally,
        entry: Entry,
        files: tuple[Attachment, ...],
        recorded: Recorded,
        published_on: date | None,
        basis: str | None,
        heading: str,
        decided: Approval | None = None,
    ) -> Article:
        # Governments that share a page each get what is announced of them, whichever site was visited.
        site = self._visit.publisher(tally, entry.title, heading)
        judged = relevance.judge(entry.title, heading)
        own = self._visit.tally.sites[site.site_id]
        own.articles += 1
        body = relevance.body_name(entry.title)
        own.named.add((body, judged.fiscal_year, judged.kind))
        own.new_articles += not self._visit.history(tally.site.site_id).known(entry.url)
        return Article(
            site_id=site.site_id,
            url=entry.url,
            title=entry.title,
            capture_id=recorded.capture.capture_id,
            published_on=published_on,
            published_basis=basis if published_on else None,
            attachments=tuple((file.url, file.name or None) for file in files),
            body_name=body,
            region_code=site.region_code,
            approved_act=decided.act if decided else None,
            approved_year=decided.fiscal_year if decided else None,
            approved_on=decided.day if decided else None,
            fiscal_year=judged.fiscal_year,
            document_kind=judged.kind,
            list_heading=heading or None,
        )

"""The files of announcements: asked for, waited for, and distinguished from what only looks like one.

Invariant: a disclosure is yielded once per run, when each of its files has been asked for or is known to be
archived, with the best name each has: the one the page shows, else the one the answer carried
(Content-Disposition). A file several articles link is asked for once. A doubtful link is a file if a document
comes, and nothing otherwise. A page that shows neither the title of its link nor anything of its own is not
the article, whatever it links.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from scrapy import Request
from scrapy.http import Response

from archive.vocabulary import GOOD
from archive.warc.captures import Article
from crawler.history.schedule import History
from crawler.http.recorder import Recorded
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages import relevance
from crawler.pages.addresses import same_site
from crawler.pages.attached_files import Attachment, disposition_name, identity, may_be_file
from crawler.pages.page import Page
from crawler.platforms.lines import title_of
from crawler.platforms.protocol import Entry
from crawler.reading.articles import body_links, file_name, shows_something, shows_title
from crawler.reports.tally import SiteTally
from crawler.spiders.visit import Visit, field_of

_NO_DOCUMENTS = frozenset(
    {"application/json", "application/xml", "application/x-empty", "application/javascript"}
)


@dataclass(slots=True)
class _Waiting:
    article: Article
    urls: set[str]


class Pending:
    """Articles by the files they still wait for."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._answered: dict[str, str | None] = {}
        self._asked: set[str] = set()
        self._refused: set[str] = set()

    def add(self, article: Article, urls: set[str]) -> tuple[list[str], list[Article]]:
        """Take in an article that waits for the files at `urls`.

        Returns the files to ask for now, and the disclosures that are complete.
        """
        new = [url for url, _ in article.attachments if url in urls and url not in self._asked]
        self._asked.update(new)
        self._waiting.append(_Waiting(article, urls - self._answered.keys()))
        return list(dict.fromkeys(new)), list(self._complete())

    def answered(self, url: str, name: str | None) -> list[Article]:
        """A file has come, or will not; `name` is what the answer called it. The disclosures now complete."""
        self._answered[url] = name
        for waiting in self._waiting:
            waiting.urls.discard(url)
        return list(self._complete())

    def refused(self, url: str) -> list[Article]:
        """The answer is not a document: no article has it as a file. Returns the disclosures now complete."""
        self._refused.add(url)
        return self.answered(url, None)

    def rest(self) -> list[Article]:
        """What is left when the crawl ends early."""
        for waiting in self._waiting:
            waiting.urls.clear()
        return list(self._complete())

    def _complete(self) -> Iterator[Article]:
        done = [waiting for waiting in self._waiting if not waiting.urls]
        self._waiting = [waiting for waiting in self._waiting if waiting.urls]
        for waiting in done:
            named = tuple(
                (url, name or self._answered.get(url))
                for url, name in waiting.article.attachments
                if url not in self._refused
            )
            yield replace(waiting.article, attachments=named)


class Files:
    """Asks for files, and holds the disclosures that wait for them."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._pending = Pending()
        self._empty: dict[str, Callable[[], None]] = {}

    def unless_any(self, address: str, note: Callable[[], None]) -> None:
        """What to do should the announcement at `address` turn out to have no file."""
        self._empty[address] = note

    def ask(
        self,
        tally: SiteTally,
        article: Article,
        wanted: set[str],
        via: str,
        doubtful: frozenset[str] = frozenset(),
    ) -> Iterator[Any]:
        """Ask for those files of an announcement that are `wanted`; the disclosures that are complete."""
        new, complete = self._pending.add(article, wanted)
        for url in new:
            unsure = url in doubtful
            asked = RequestMeta(
                tally.site.site_id, "attachment", "any" if unsure else "document", via, file=url,
                title=article.title or "", guessed=via if unsure else "",
            )  # fmt: skip
            request = self._visit.frontier.request(tally, url, asked, self.parse)
            if request:
                yield request
            else:
                complete += self._pending.refused(url) if unsure else self._pending.answered(url, None)
        yield from self._settled(complete)

    def _settled(self, complete: Iterable[Article]) -> Iterator[Article]:
        """The disclosures that are complete. One without a file, whose page shows nothing, is a gap."""
        for article in complete:
            no_files = self._empty.pop(article.url, None)
            if no_files and not article.attachments:
                no_files()
            yield article

    def parse(self, response: Response) -> Iterator[Any]:
        """A file has come."""
        tally, recorded = self._visit.answer(response)
        known = meta_of(response)
        if known.guessed and not _is_document(recorded):
            yield from self._settled(self._pending.refused(known.file))
            return
        if recorded.outcome.name in GOOD:
            tally.attachments += 1
        name = disposition_name(field_of(recorded, b"content-disposition"))
        yield from self._named(known, name)

    def lost(self, request: Request) -> Iterator[Article]:
        """A file will not come."""
        yield from self._named(meta_of(request), None)

    def _named(self, known: RequestMeta, name: str | None) -> Iterator[Article]:
        name = name or self._visit.history(known.site).name(known.file)
        yield from self._settled(self._pending.answered(known.file, name))

    def rest(self) -> list[Article]:
        """What is left when the crawl ends early."""
        return self._pending.rest()


def _is_document(recorded: Recorded) -> bool:
    """Is what came a document, and not a page, a picture or a program's data?"""
    kind = recorded.capture.media_type or ""
    return recorded.outcome.name in GOOD and kind.startswith("application/") and kind not in _NO_DOCUMENTS


_MOST_DOUBTFUL = 6
_OWN = 3  # characters at the end of a body's name that distinguish it from others


def doubtful_files(history: History, now: datetime, page: Page, address: str) -> tuple[Attachment, ...]:
    """What an article without files may attach all the same, found out by asking. What was not a file when it
    was asked for last is left alone until its time has come."""
    taken = history.article(address)
    known = {url for url, _ in taken.attachments} if taken else set()
    found = {
        url: title_of(node)
        for node, url in body_links(page)
        if same_site(url, page.url)
        and may_be_file(url, title_of(node))
        and (url in known or history.due(url, now))
    }
    return tuple(Attachment(url, file_name(text)) for url, text in islice(found.items(), _MOST_DOUBTFUL))


def is_recognised(history: History, page: Page, entry: Entry, files: Collection[Attachment]) -> bool:
    """Is this provably the article that its link announces? A page of a challenge, a limit or a login is not,
    whatever its status, and nor is the shell of one; of a known one, another text may stand in its place."""
    known = history.article(entry.url)
    if any(title and shows_title(page, title) for title in (entry.title, known.title if known else None)):
        return True
    if known is None:
        return bool(files) or shows_something(page)
    return not {identity(file.url) for file in files}.isdisjoint(
        identity(url) for url, _ in history.files(entry.url)
    )


def links_known(history: History, page: Page) -> bool:
    """Does the page link an announcement of an earlier run?"""
    return any(history.known(url) for _, url in body_links(page))


def is_of_another(shown: str, listed: str) -> bool:
    """Does a page announce the budget of another body than its line does? A name may be given with that of
    its place or without it."""
    one, other = relevance.body_name(shown), relevance.body_name(listed)
    judged = relevance.judge(shown)
    if not (one and other and judged.relevant and judged.fiscal_year):
        return False
    return not (one.endswith(other[-_OWN:]) or other.endswith(one[-_OWN:]))

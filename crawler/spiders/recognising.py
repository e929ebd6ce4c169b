"""What an article's page is, measured by what earlier runs know of it.

Invariant: a page that shows neither the title of its link nor anything of its own is not the article.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from crawler.history.schedule import History
from crawler.pages.addresses import same_site
from crawler.pages.attached_files import Attachment, identity, may_be_file
from crawler.pages.page import Page
from crawler.platforms.lines import title_of
from crawler.platforms.protocol import Entry
from crawler.reading.articles import body_links, file_name, shows_something, shows_title

_MOST_DOUBTFUL = 6


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

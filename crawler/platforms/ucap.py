"""UCAP (开普云): columns `/{site}/cNNNNNN/list.shtml`, `…/nav_list.shtml`, articles `…/202603/<hex>.shtml`.

Lists are paged by `createPageHTML` with the target first (`pager.py`). Files lie in a folder named after the
article: `<32 hex>/files/<32 hex>.xlsx`. Newer templates draw the list from a service,
`/common/search/<channel>?_isAgg=true&_isJson=true&_pageSize=20&_template=index&page=1`, that answers
`{"data":{"results":[{"title","url","publishedTimeStr"}],"total":…}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crawler.pages.page import Page
from crawler.platforms import lines, lists, page_links, pager
from crawler.platforms.answers import day_of, lacks, payload, query_of, records, text_of, with_query
from crawler.platforms.protocol import MOST_PAGES, Entry, Listing, PageRequest

NAME = "ucap"
_ARTICLE = re.compile(
    r"/(?:[0-9a-f]{32}|c\d+_\d+|content_\d+|art_\d+)\.s?html$|/20\d{4}/\w{6,}\.shtml$|/20\d\d-\d\d/\d\d/\w+\.shtml$"
)
_COLUMN = re.compile(r"/\w*list\w*\.shtml$|/c\d{5,}/\w*\.shtml$|/c\d{5,}/$")
_SERVICE = re.compile(r"(/(?:common/search|searchList)/)([0-9a-f]{32})?")
_CHANNEL = re.compile(r"""channel[Ii]d["']?\s*(?:[=:]|content=)\s*["']([0-9a-f]{32})["']""")
_PAGE_SIZE = 20


def listing(page: Page) -> Listing:
    """The list of a page or of an answer of the search service; an empty page leads to the service."""
    value = payload(page)
    if isinstance(value, dict):
        return _answer(page, value.get("data"))
    pages = pager.numbered_pages(page) or page_links.linked_pages(page)
    found = lists.listing(page, _ARTICLE, _COLUMN, next_pages=pages)
    if found.entries or page.meta.get("articletitle"):
        return found
    return replace(found, further=tuple(_service(page)))


def _service(page: Page) -> Iterator[PageRequest]:
    """The first page of a list the shell's script draws."""
    service = _SERVICE.search(page.scripts)
    channel = service and (service[2] or (_CHANNEL.search(page.text) or ["", ""])[1])
    url = page.absolute(f"{service[1]}{channel}") if service and channel else None
    if url:
        size = f"_isAgg=true&_isJson=true&_pageSize={_PAGE_SIZE}&_template=index&_rangeTimeGte=&_channelName="
        yield PageRequest(f"{url}?{size}&page=1")


def _answer(page: Page, data: Any) -> Listing:
    results = records(data, "results")
    entries = [
        Entry(url, text_of(result, "title"), day_of(result, "publishedTimeStr", "publishedTime"))
        for result in results
        if (url := page.absolute(text_of(result, "url")))
    ]
    total = text_of(data, "total") if isinstance(data, dict) else ""
    last = min(-(-int(total) // len(results)), MOST_PAGES) if results and total.isdecimal() else 1
    first = query_of(page.url).get("page", "1") == "1"
    numbers = range(2, last + 1) if first else ()
    further = tuple(PageRequest(with_query(page.url, page=str(number))) for number in numbers)
    return Listing(entries=lines.unique(entries), further=further, gap=lacks(data, "results"))

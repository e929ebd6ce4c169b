"""Hanweb jcms (大汉): columns `/col/col10578/index.html`, articles `/art/2014/4/4/art_10578_565827.html`.

A list stands in a `<datastore>` (`datastore.py`); further rows are fetched by POST from
`/module/web/jpage/dataproxy.jsp?startrecord=…&endrecord=…&perpage=…`, with the fields that the script or
the store's `<nextgroup>` names. Without the script's numbers the `<nextgroup>` leads on, and after it the
`<totalpage>` of what it answers. A page with several stores is a home page: its news are not paged
through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.pages.page import Page
from crawler.platforms import datastore, lines, lists
from crawler.platforms.protocol import Listing, PageRequest

NAME = "jcms"
_ARTICLE = re.compile(r"/art/20\d\d/\d{1,2}/\d{1,2}/art_\d+_\d+\.html$|/art/20\d\d/art_\w+\.html$")
_COLUMN = re.compile(r"/col/col\d+/")
_MOST_STORES = 2
_GROUP = 3  # pages of a list that one request brings, as the script has it


def listing(page: Page) -> Listing:
    """The rows of the `<datastore>` and the links of the page; further rows are requests to the endpoint."""
    rows = datastore.rows(page)
    shown = lists.entries(rows, _ARTICLE, _COLUMN)
    found = lists.listing(page, _ARTICLE, _COLUMN, further=tuple(_further(page)))
    columns = lines.unique((*found.columns, *lists.columns_of(rows, _ARTICLE, _COLUMN)))
    return Listing(
        lines.unique((*shown, *found.entries)), columns, found.attachments, found.next_pages, found.further
    )


def _further(page: Page) -> Iterator[PageRequest]:
    stores, pagers = datastore.stores(page), datastore.pagers(page)
    if len(pagers) > _MOST_STORES:
        return
    for number, pager in enumerate(pagers):
        # The page carries the first records itself; asking for them again would cost a request.
        shown = len(datastore.records(stores[number])) if number < len(stores) else 0
        proxy = page.absolute(pager.proxy)
        if not proxy:
            continue
        fields = pager.fields or datastore.asked_for(stores[number] if number < len(stores) else "")
        for first, last in pager.blocks(shown + 1, pager.per_page * _GROUP):
            query = f"startrecord={first}&endrecord={last}&perpage={pager.per_page}"
            yield PageRequest(f"{proxy.partition('?')[0]}?{query}", fields)
    if not pagers and "startrecord=" not in page.url and any(map(datastore.records, stores)):
        for href in datastore.next_groups(page)[:_MOST_STORES] or datastore.counted_groups(page):
            if url := page.absolute(href):
                yield PageRequest(url)

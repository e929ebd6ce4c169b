"""truecms (南通, 连云港): articles `/ntsrmzf/ys_26/content/<uuid>.html`.

The list is a `<datastore>` as in jcms (`datastore.py`), its endpoint
`/truecms/messageController/getMessage.do?startrecord=…&endrecord=…&perpage=…&columnId=<uuid>` answers JSON or
JSONP around the same. Some hosts answer only with a Referer, and no host gives more than a page at once for
sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from crawler.pages.page import Page
from crawler.platforms import datastore, lines, lists
from crawler.platforms.protocol import Listing, PageRequest

NAME = "truecms"
_ARTICLE = re.compile(r"/content/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.html$")
_COLUMN = re.compile(r"/([\w-]+)/\1\.html$")  # a column's page is called as its folder
_MOST_STORES = 2


def listing(page: Page) -> Listing:
    """The rows of the `<datastore>` and the links of the page; further rows are requests to the endpoint."""
    rows = datastore.rows(page)
    found = lists.listing(page, _ARTICLE, _COLUMN, further=tuple(_further(page)))
    entries = lines.unique((*lists.entries(rows, _ARTICLE, _COLUMN), *found.entries))
    return Listing(entries, found.columns, found.attachments, found.next_pages, found.further)


def _further(page: Page) -> Iterator[PageRequest]:
    pagers = datastore.pagers(page)
    if len(pagers) > _MOST_STORES:
        return
    shown = datastore.stores(page)
    for number, pager in enumerate(pagers):
        first = len(datastore.records(shown[number])) + 1 if number < len(shown) else 1
        proxy = page.absolute(pager.proxy)
        for start, end in pager.blocks(first, pager.per_page):
            query = {"startrecord": start, "endrecord": end, "perpage": pager.per_page, **dict(pager.fields)}
            if proxy:
                yield PageRequest(f"{proxy.partition('?')[0]}?{urlencode(query)}")

"""The system of `/info/iList.jsp?site_id=…&cat_id=…` (德阳, 渭南, 昌吉): lists paged by `cur_page`, articles
named by a number, `/gk/fjbm/gqgg/1956445.htm`, files below `/wcm.files/upload/`.
"""

from __future__ import annotations

import re

from crawler.pages.page import Page
from crawler.platforms import lines, lists, page_links
from crawler.platforms.answers import query_of, with_query
from crawler.platforms.pager import stated_pages
from crawler.platforms.protocol import Listing

NAME = "ilist"
links = lists.no_links
_ARTICLE = re.compile(r"/[\w-]{1,60}/\d{4,20}\.html?$")
_COLUMN = re.compile(r"/info/i(?:List|Index)\.jsp\?")
_MOST_PAGES = 500


def listing(page: Page) -> Listing:
    """The list of a page, paged by `cur_page`."""
    return lists.listing(page, _ARTICLE, _COLUMN, next_pages=_pages(page) or page_links.linked_pages(page))


def _pages(page: Page) -> tuple[str, ...]:
    """The other pages, where the page says how many there are."""
    if not _COLUMN.search(lines.address_of(page.url)):
        return ()
    current = query_of(page.url).get("cur_page", "1")
    last = min(stated_pages(page) or 0, _MOST_PAGES)
    return tuple(with_query(page.url, cur_page=str(n)) for n in range(1, last + 1) if str(n) != current)

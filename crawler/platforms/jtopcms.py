"""JTopCMS (日喀则, 张家口): columns `public-policy.thtml?id=14291`, `/channel/list/84.html`, articles
`/content/qtszfwj/252545.html` or `…content.thtml?id=…`. Programs are paged by `pn`.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.pages.page import Page
from crawler.platforms import lists, page_links
from crawler.platforms.answers import query_of, with_query
from crawler.platforms.pager import stated_pages
from crawler.platforms.protocol import Listing

NAME = "jtopcms"
links = lists.no_links
_ARTICLE = re.compile(
    r"/content/[\w/-]{1,200}\.html$|(?:content|detail|show|view|article)[\w-]{0,60}\.thtml\?"
)
_COLUMN = re.compile(r"\.thtml(?:\?|$)|/channel(?:List)?/[\w/]{1,200}\.html$")
_MOST_PAGES = 500


def listing(page: Page) -> Listing:
    """The list of a page, paged by `pn`."""
    return lists.listing(page, _ARTICLE, _COLUMN, next_pages=_pages(page) or page_links.linked_pages(page))


def _pages(page: Page) -> tuple[str, ...]:
    """The other pages of a program's list, where it says how many there are and links none of them."""
    linked = page_links.linked_pages(page)
    if linked or not urlsplit(page.url).path.endswith(".thtml"):
        return linked
    current = query_of(page.url).get("pn", "1")
    last = min(stated_pages(page) or 0, _MOST_PAGES)
    return tuple(with_query(page.url, pn=str(n)) for n in range(1, last + 1) if str(n) != current)

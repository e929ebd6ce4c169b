"""UCAP (开普云): columns `/{site}/cNNNNNN/list.shtml`, `…/nav_list.shtml`, articles `…/202603/<hex>.shtml`.

Lists are paged by `createPageHTML` with the target first (`pager.py`). Files lie in a folder named after the
article: `<32 hex>/files/<32 hex>.xlsx`.
"""

from __future__ import annotations

import re

from crawler.pages import Page
from crawler.platforms import Listing, lists, pager

NAME = "ucap"
links = lists.no_links
_ARTICLE = re.compile(
    r"/(?:[0-9a-f]{32}|c\d+_\d+|content_\d+|art_\d+)\.s?html$|/20\d{4}/\w{6,}\.shtml$|/20\d\d-\d\d/\d\d/\w+\.shtml$"
)
_COLUMN = re.compile(r"/\w*list\w*\.shtml$|/c\d{5,}/\w*\.shtml$|/c\d{5,}/$")


def listing(page: Page) -> Listing:
    pages = pager.numbered_pages(page) or lists.linked_pages(page)
    return lists.listing(page, _ARTICLE, _COLUMN, next_pages=pages)

"""NFCMS, the system under most sites of 广东: articles `/content/post_7115835.html` or `mpost_….html`.

Lists are `index.html`, `index_2.html` …, linked by number. Files are
`/attachment/1/1698/1698584/12706098.xlsx`, with the real name in `title` or `alt`.
"""

from __future__ import annotations

import re

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.protocol import Listing

NAME = "nfcms"
links = lists.no_links
_ARTICLE = re.compile(r"/m?post_\d+\.html$")
_COLUMN = re.compile(r"/(?:index(?:_\d+)?\.html)?$|/gkmlpt/index")


def listing(page: Page) -> Listing:
    """The list of a page; pages are linked by number."""
    return lists.listing(page, _ARTICLE, _COLUMN)

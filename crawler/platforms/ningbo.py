r"""The unified platform of 宁波: `budget/main?gklb=1000&XZQH=330203`, articles
`budget/detail?FBXH=2026\100….html`.

Files are linked by scripts, `location.href=encodeURI('../../filedown?WJCFLJ=….pdf&WJMC=….pdf')`; the text of
the announcement is a page of its own, shown in a frame.
"""

from __future__ import annotations

import re

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.protocol import Listing

NAME = "ningbo"
links = lists.no_links
_ARTICLE = re.compile(r"/detail\?FBXH=")
_COLUMN = re.compile(r"/budget/(?:main|list)\b")


def listing(page: Page) -> Listing:
    """The list of a page; pages are linked by number."""
    return lists.listing(page, _ARTICLE, _COLUMN)

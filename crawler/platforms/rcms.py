"""The jeecms kin of 郑州 and 太原, recognised by its `/r/cms/` assets.

Columns are `/?a=dir&d=21&p=D1`, `/czyjs/index.jhtml` and `index_2.jhtml`, articles `/D0101X/9171458.jhtml`.
Files are `/attachment/<name>.pdf?<signed token>`: the token is another on every visit
(`crawler.pages.attached_files.identity`).
"""

from __future__ import annotations

import re

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.protocol import Listing

NAME = "rcms"
links = lists.no_links
_ARTICLE = re.compile(r"/\d+\.j?html?x?$")
_COLUMN = re.compile(r"/index(?:_\d+)?\.jhtml$|[?&]a=dir\b|^/\w+/$")


def listing(page: Page) -> Listing:
    """The list of a page; pages are linked by number."""
    return lists.listing(page, _ARTICLE, _COLUMN)

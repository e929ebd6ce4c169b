"""TRS WCM (拓尔思): the system behind two in five sites.

Lists are paged by `createPageHTML` (`pager.py`). Articles are `./202602/t20260212_12313790.html`,
in newer templates `./t6568283.html`, their files `./P0202603….pdf` and `./W0202603….ofd` beside them,
linked by anchors, or by scripts:
`downloadFj('name.ofd', './W….ofd')`, `var hasFJ='./W….ofd'`, `data-pdf="./W….ofd"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.pages.page import Page
from crawler.platforms import lists, page_links, pager
from crawler.platforms.protocol import Listing

NAME = "trs"

_ARTICLE = re.compile(r"/t(?:20\d{6}_\d+|\d{5,12})\.s?html?$")
_COLUMN = re.compile(r"/(?:index(?:_\d+)?\.s?html?)?$")
_DOWNLOAD = re.compile(r"""downloadFj\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]+)['"]\s*\)""")


def listing(page: Page) -> Listing:
    """The list of a page, paged by `createPageHTML`, else by links; files also from scripts."""
    pages = pager.numbered_pages(page) or page_links.linked_pages(page)
    return lists.listing(page, _ARTICLE, _COLUMN, links(page), pages)


def links(page: Page) -> Iterator[tuple[str, ...]]:
    """Address and name of each file that a script links."""
    for name, href in _DOWNLOAD.findall(page.text):
        yield href, name

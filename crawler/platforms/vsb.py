"""VSB (博达): columns `zfxxgk/czxx.htm`, articles `info/1017/28156.htm`.

The pages of a list are numbered backwards: after `czxx.htm` comes `czxx/12.htm`, and the last is
`czxx/1.htm`. Files are `/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=…&wbfileid=…`,
which wants the article as Referer and on some hosts a captcha (recorded, not solved),
`/virtual_attach_file.vsb?afc=…&e=.pdf`, or shown by `showVsbpdfIframe("/__local/….pdf", …)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from crawler.pages.page import Page
from crawler.platforms import lines, lists, page_links
from crawler.platforms.protocol import MOST_PAGES, Listing

NAME = "vsb"
_ARTICLE = re.compile(r"/info/\d+/\d+\.htm$|[?&]urltype=news\.NewsContentUrl\b|/content\.jsp\?.*wbnewsid=\d+")
_COLUMN = re.compile(r"^(?!.*/info/\d+/).*\.htm$|[?&]urltype=tree\.TreeTempUrl\b|/\w*list\w*\.jsp\?")
_VIEWER = re.compile(r"""showVsbpdfIframe\(\s*["']([^"']+)["']""")


def listing(page: Page) -> Listing:
    """The list of a page, whose pages are numbered backwards; files also from the viewer's script."""
    return lists.listing(page, _ARTICLE, _COLUMN, links(page), _pages(page) or page_links.linked_pages(page))


def _pages(page: Page) -> tuple[str, ...]:
    """All pages of this list, from the highest number a link of it shows (page two of the first page)."""
    here = urlsplit(page.url).path
    stem = re.sub(r"(?:/\d+)?\.htm$", "", here)
    number = re.compile(re.escape(stem) + r"/(\d+)\.htm$")
    linked = (number.search(urlsplit(url).path) for _, url in lines.anchors(page))
    own = number.search(here)
    numbers = [int(match[1]) for match in (*linked, own) if match]
    if not here.endswith(".htm") or not numbers:
        return ()
    every = [f"{stem}.htm", *(f"{stem}/{n}.htm" for n in range(min(max(numbers), MOST_PAGES), 0, -1))]
    return tuple(urljoin(page.url, path) for path in every if path != here)


def links(page: Page) -> Iterator[tuple[str, ...]]:
    """Address of each file that the viewer's script shows, with the title of the article."""
    for href in _VIEWER.findall(page.scripts):
        yield href, page.meta.get("articletitle", "")

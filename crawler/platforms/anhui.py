"""The openness platform of 安徽 (信息公开), in its two generations.

`/public/column/{organ}?type=4&catId=…&action=list` shows a list or loads it, as HTML, from
`/site/label/8888?IsAjax=1&labelName=publicInfoList&…&pageIndex=2`; the parameters stand in the script that
does so, the number of pages as `pageCount:13` beside them or in the answer. The older
`/OpennessContent/showList/2/205/page_1.html` is paged by links; its `/OpennessFinance/` lists the departments
that have a column of budgets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.answers import pairs, query_of, with_query
from crawler.platforms.protocol import MOST_PAGES, Listing, PageRequest

NAME = "anhui"
_ARTICLE = re.compile(r"/public/\d+/\d+\.html|/\w*Content/show/\d+\.html|/content/article/\d+")
_COLUMN = re.compile(
    r"/public/column/\d+|/\w*OpennessContent/showList/|/\w*Openness(?:Content|Target|Finance)/?(?:\?|$)"
)
_LABEL = re.compile(r"(?<![\w./:-])((?:https?:)?/[\w./:-]*site/label/8888)")
_LITERAL = re.compile(r"\{[^{}]{0,1000}?labelName[^{}]{0,1000}?publicInfoList[^{}]{0,1000}\}")
_QUERY = re.compile(r"site/label/8888\?([^\"'\s<>]{0,1000}?labelName=publicInfoList[^\"'\s<>]*)")
_PAGE_COUNT = re.compile(r"\bpageCount[\"']?\s*[:=]\s*[\"']?(\d+)")


def listing(page: Page) -> Listing:
    """The list of a page; its further pages follow from the parameters in its script, else from its links."""
    found = lists.listing(page, _ARTICLE, _COLUMN)
    further = tuple(_further(page, shown=bool(found.entries)))
    pages = () if further else found.next_pages
    return Listing(found.entries, found.columns, found.attachments, pages, further)


def _further(page: Page, shown: bool) -> Iterator[PageRequest]:
    """The list's other pages; all of them, the first too, where the page is a shell."""
    url = page.url if urlsplit(page.url).path.endswith("/site/label/8888") else _endpoint(page)
    if url is None:
        return
    count = _PAGE_COUNT.search(page.text)
    last = min(int(count[1]), MOST_PAGES) if count else 1
    current = query_of(page.url).get("pageIndex", "1" if shown else "0")
    for number in range(1, last + 1):
        if str(number) != current:
            yield PageRequest(with_query(url, pageIndex=str(number)))


def _endpoint(page: Page) -> str | None:
    """Where the script of a column page has its list from."""
    if match := _QUERY.search(page.text):
        fields = query_of("?" + match[1].replace("&amp;", "&"))
    elif literal := _LITERAL.search(page.text):
        fields = pairs(literal[0])
    else:
        return None
    here = query_of(page.url)
    organ = re.search(r"/column/(\d+)", page.url)
    known = {
        "organId": organ[1] if organ else "",
        "catId": here.get("catId", ""),
        "type": here.get("type", ""),
    }
    fields = {"IsAjax": "1", "dataType": "html", **fields}
    # A script has these from variables of the page where it does not write them out.
    fields.update(
        {name: value for name, value in known.items() if value and not fields.get(name, "").isdecimal()}
    )
    label = _LABEL.search(page.text)
    endpoint = page.absolute(label[1] if label else "/site/label/8888")
    return f"{endpoint}?{urlencode(fields)}" if endpoint else None

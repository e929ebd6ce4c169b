"""WebIMS, the system of 河北: `/columns/<uuid>/index.html`, articles `/columns/<uuid>/202602/11/<uuid>.html`.

A list block is paged by a hidden input, `pagingProp_<block>`, that holds
`{"AppUrl":…,"page":1,"totalPages":2,"colid":…,"tid":…}`; page two is, as its script has it,
`AppUrl/columns/<colid>/templates/<tid>/blocks/<block>?page=2`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.protocol import MOST_PAGES, Listing, PageRequest

NAME = "hebei"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ARTICLE = re.compile(rf"/columns/{_UUID}/20\d{{4}}/\d\d/{_UUID}\.html$")
_COLUMN = re.compile(rf"/columns/{_UUID}/(?:index\.html)?$")


def listing(page: Page) -> Listing:
    """The list of a page; further pages follow from its hidden input, else from its links."""
    further = tuple(_further(page))
    return lists.listing(page, _ARTICLE, _COLUMN, next_pages=() if further else None, further=further)


def _further(page: Page) -> Iterator[PageRequest]:
    for node in page.tree.xpath("//input[starts-with(@id, 'pagingProp_')]"):
        try:
            numbers = json.loads(node.get("value") or "")
            last, current = min(int(numbers["totalPages"]), MOST_PAGES), int(numbers["page"])
            folder = f"{numbers['AppUrl']}/columns/{numbers['colid']}/templates/{numbers['tid']}"
        except (ValueError, TypeError, KeyError):
            continue
        block = page.absolute(f"{folder}/blocks/{node.get('id').removeprefix('pagingProp_')}")
        # The script passes on what is set; `scid` may be the text "null".
        passed = {
            name: str(numbers[name])
            for name in ("keyword", "btime", "etime", "fix", "scid")
            if str(numbers.get(name) or "").strip() not in ("", "null")
        }
        for number in range(1, last + 1):
            if number != current and block:
                yield PageRequest(f"{block}?{urlencode({'page': number, **passed})}")

"""Hanweb jpaas, the newer system of 浙江, 山东 and 黑龙江: pages are shells, lists come in units.

A unit is `<script src="…/unitbuild.js" url="…/front/page/build/unit" queryData="{'webId':'28',…}">`; a GET
with these parameters answers `{"data":{"html":…}}`. Its further pages are the same with
`paramJson={"pageNo":2,"pageSize":"24"}`; how many there are stands in the unit (`count`, `rows`) or in a call
of the shell, `doLayPageRender('id', {webId:…}, {rows:"15", count:"93", pageNo:"1"})`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.answers import fragment, lacks, pairs, payload, query_of, with_query
from crawler.platforms.protocol import MOST_PAGES, Listing, PageRequest

NAME = "jpaas"
_ARTICLE = re.compile(r"/art/20\d\d/(?:\d{1,2}/\d{1,2}/)?art_\w+\.html$")
_COLUMN = re.compile(r"/col/col\d+/")
_UNIT = "/front/page/build/unit"
_RENDER = re.compile(r"doLayPageRender\s*\(\s*['\"][^'\"]*['\"]\s*,\s*\{([^{}]*)\}\s*,\s*\{([^{}]*)\}")
_COUNT = re.compile(r"\bcount\W{1,12}?(\d+)")
_ROWS = re.compile(r"\b(?:rows|pageSize)\W{1,12}?(\d+)")
_MOST_UNITS = 6


def listing(page: Page) -> Listing:
    """The list in an answer for a unit; of a shell, the requests for its units."""
    value = payload(page)
    if value is None:
        return lists.listing(page, _ARTICLE, _COLUMN, further=tuple(_units(page)))
    data = value.get("data") if isinstance(value, dict) else None
    markup = data.get("html") if isinstance(data, dict) else data
    inner = fragment(page, markup if isinstance(markup, str) else "")
    found = lists.listing(inner, _ARTICLE, _COLUMN, next_pages=())
    gap = None if isinstance(markup, str) else lacks(value, "html")
    return replace(found, further=tuple(_pages(page.url, inner.text)), gap=gap)


def _units(page: Page) -> Iterator[PageRequest]:
    """The units of a shell, and the further pages of a list that stands in the shell itself."""
    for node in page.tree.xpath("//script[@querydata]")[:_MOST_UNITS]:
        fields = pairs(node.get("querydata") or "")
        url = page.absolute(node.get("url"))
        if url and _UNIT in url and fields.get("pageId"):
            yield PageRequest(f"{url}?{urlencode(fields)}")
    for unit, numbers in _RENDER.findall(page.text):
        fields = pairs(unit)
        url = page.absolute(fields.pop("unitUrl", None))
        if url and _UNIT in url:
            yield from _pages(f"{url}?{urlencode(fields)}", numbers)


def _pages(url: str, numbers: str) -> Iterator[PageRequest]:
    """The pages after the first, which says how many there are."""
    count, rows = _COUNT.search(numbers), _ROWS.search(numbers)
    if not count or not rows or not int(rows[1]) or "paramJson" in query_of(url):
        return
    pages = min(-(-int(count[1]) // int(rows[1])), MOST_PAGES)
    for number in range(2, pages + 1):
        asked = json.dumps({"pageNo": number, "pageSize": rows[1]}, separators=(",", ":"))
        yield PageRequest(with_query(url, paramJson=asked))

"""Lines and menus that a script of the page holds as data: objects, arrays, calls of a tree.

Invariant: nothing is run. A line is one where a literal has a title and an address beside it; what it is
worth is decided where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml import etree

from crawler.pages.dates import first_date, recorded_date
from crawler.pages.page import Page, squeeze
from crawler.platforms.answers import pairs
from crawler.platforms.lines import unescaped
from crawler.platforms.protocol import Entry

_OBJECT = re.compile(r"\{[^{}]{10,2000}\}")
_ADDRESS = (
    "url", "href", "link", "puburl", "docpuburl", "docurl", "linkurl", "infourl", "visiturl", "arturl",
    "weburl", "path",
)  # fmt: skip
_TITLE = (
    "title",
    "doctitle",
    "infotitle",
    "realtitle",
    "articletitle",
    "showtitle",
    "name",
    "subject",
    "text",
)
_DAY = ("date", "pubdate", "publishdate", "docreltime", "docpubtime", "time", "crtime", "publishtime")
# d.add(3, 1, '教育局', '/ys/jyj.html'), the tree of dTree
_NODE = re.compile(
    r"""\.add\(\s*-?\d+\s*,\s*-?\d+\s*,\s*["']([^"'<>]{2,60})["']\s*,\s*["']([^"'\s<>]{2,300})["']"""
)
_MENU = re.compile(
    r"\bpId\b|\b\w{0,20}(?:menu|nav|column|channel|tree)\w{0,20}[\"']?\s{0,9}[=:]\s{0,9}\[", re.IGNORECASE
)
_VALUE = r"""(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|[\d.-]{1,20}|null)"""
_ARRAY = re.compile(rf"\[\s*{_VALUE}(?:\s*,\s*{_VALUE}){{1,12}}\s*\]")
_QUOTED = re.compile(r"""\"([^\"\n]{0,300})\"|'([^'\n]{0,300})'""")
_WHERE = re.compile(r"^(?:https?://|\.{0,2}/)[^\s<>]+$|^[\w./-]+\.(?:s?html?|jsp|aspx|php)(?:\?\S*)?$")
_DATA = etree.XPath("//@*[starts-with(normalize-space(.), '[{')]", smart_strings=False)
_MOST_HELD = 5_000
_SHORTEST = 5  # characters of a title among other texts


def objects(page: Page) -> Iterator[Entry]:
    """Objects of the page's data with a title and an address."""
    data = "\n".join((page.scripts, *cast("list[str]", _DATA(page.tree))))  # and what attributes hold
    for literal in islice(_OBJECT.finditer(data), _MOST_HELD):
        if found := held(page, pairs(literal[0])):
            yield found


def arrays(page: Page) -> Iterator[Entry]:
    """Rows of the page's data, of which one text is an address and the longest other one a title."""
    for literal in islice(_ARRAY.finditer(page.scripts), _MOST_HELD):
        texts = [first or second for first, second in _QUOTED.findall(literal[0])]
        href = next(filter(_WHERE.match, texts), "")
        others = [text for text in texts if text != href and not first_date(text[:12])]
        url, title = page.absolute(href.replace("\\/", "/")), squeeze(max(others, key=len, default=""))
        if href and url and len(title) >= _SHORTEST:
            yield Entry(url, title, next(filter(None, map(recorded_date, texts)), None))


def nodes(page: Page) -> Iterator[Entry]:
    """The nodes of a menu: calls of dTree, objects of zTree or of any script that names a menu."""
    for name, href in islice(_NODE.findall(page.scripts), _MOST_HELD):
        if url := page.absolute(href):
            yield Entry(url, squeeze(name))
    if _MENU.search(page.scripts):
        yield from objects(page)


def held(page: Page, literal: dict[str, str]) -> Entry | None:
    """The line that the plain values of an object make; None without a title and an address."""
    values = {name.lower(): value for name, value in literal.items()}
    href, title, day = (
        next((values[name] for name in names if values.get(name)), "") for names in (_ADDRESS, _TITLE, _DAY)
    )
    url = page.absolute(href.replace("\\/", "/"))
    return Entry(url, squeeze(unescaped(title)), recorded_date(day)) if url and len(title) >= 2 else None

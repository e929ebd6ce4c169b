"""Lists in files of their own: `list_data.js` that a page loads, `list.json` that its script names.

Invariant: nothing is run. A file is asked for only where its whole address stands in the page, and its lines
are the objects in it that have a title and an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archive.vocabulary import GapKind
from crawler.pages.addresses import site_of
from crawler.pages.attached_files import is_attachment
from crawler.pages.page import Page
from crawler.platforms import lines, lists, scripted_data
from crawler.platforms.answers import payload, text_of
from crawler.platforms.protocol import Entry, Listing
from parsers.values.messages import message

_ENDING = re.compile(r"\.(?:js|json|jsonp|xml)$", re.IGNORECASE)
# Programs and what pages share; a list has a name of its own.
_PROGRAM = re.compile(
    r"jquery|bootstrap|swiper|slick|layer|layui|common|base|public|share|nav|footer|header|menu|carousel|slide"
    r"|html5|respond|statistic|slh|wza|qrcode|font|print|min\.js$|chunk|vendor|app[.-]|main[.-]|index-|runtime"
    r"|polyfill|bundle|require|vue|react|angular|echarts|config|util|plugin|ajax|search|login|count|stat",
    re.IGNORECASE,
)
# 'list.json', "/data/7.js?v=2": the whole of an address, and no part of one.
_NAMED = re.compile(
    r"""(?<![+\w])["']([\w./:-]{1,200}\.(?:json|jsonp|xml|js)(?:\?[\w.=&%-]{0,100})?)["'](?!\s{0,9}\+)""",
    re.IGNORECASE,
)
_XML = re.compile(r"\s{0,99}<(?:\?xml|rss|feed)\b")
_MARKUP = re.compile(r"<(?:!doctype\s|html\b)", re.IGNORECASE)
_HEAD = 1000  # characters in which a page says that it is one
_MOST_FILES = 6
_MOST_LINES = 5_000
_DEEPEST = 8


def is_data(page: Page) -> bool:
    """Is it a file of data, such as a feed, and not a page?"""
    xml = _XML.match(page.text) and not _MARKUP.search(page.text[:_HEAD])
    return bool(xml or _ENDING.search(urlsplit(page.url).path)) or payload(page) is not None


def addresses_of(page: Page) -> tuple[str, ...]:
    """The files of data that a page loads or names."""
    loaded = [node.get("src") or "" for node in page.tree.iter("script") if node.get("src")]
    named = _NAMED.findall(page.scripts)
    own = site_of(page.url)
    found = (page.absolute(one) for one in (*loaded, *named))
    some = (
        url
        for url in found
        if url
        and site_of(url) == own
        and _ENDING.search(urlsplit(url).path)
        and not _PROGRAM.search(urlsplit(url).path.rpartition("/")[2])
    )
    return tuple(islice(dict.fromkeys(some), _MOST_FILES))


def listing(page: Page) -> Listing:
    """The lines of a file of data. One that says it has more is not whole."""
    value = payload(page)
    if value is not None:
        found = list(islice(_objects(page, value), _MOST_LINES))
    elif page.text.lstrip()[:1] == "<":
        found = list(islice(_elements(page), _MOST_LINES))
    else:
        script = page.text.replace("</script", "<\\/script")
        found = list(lists.scripted(replace(page, text=f"<script>{script}</script>")))
    own = site_of(page.url)
    entries = lines.unique(one for one in found if site_of(one.url) == own and not is_attachment(one.url))
    total = text_of(value, "total", "totalCount", "count", "recordCount") if isinstance(value, dict) else ""
    short = total.isdecimal() and len(entries) < int(total)
    return Listing(
        entries=entries,
        gap=(GapKind.PAGER, message("seen_entries_of", n=len(entries), all=total)) if short else None,
    )


def _objects(page: Page, value: Any, depth: int = 0) -> Iterator[Entry]:
    """The objects of a JSON value, at any depth, that have a title and an address."""
    if isinstance(value, dict):
        plain = {name: str(one) for name, one in value.items() if isinstance(one, str | int)}
        if held := scripted_data.held(page, plain):
            yield held
            return
    if depth < _DEEPEST and isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _objects(page, one, depth + 1)


def _elements(page: Page) -> Iterator[Entry]:
    """The elements of an XML document whose children are a title and an address."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(page.text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for node in tree.iter(etree.Element) if tree is not None else ():
        parts = (one for one in node if isinstance(one.tag, str))
        children = {etree.QName(one).localname: one.text or one.get("href") or "" for one in parts}
        if len(children) > 1 and (held := scripted_data.held(page, children)):
            yield held

"""What list pages have in common, whatever made them.

Invariant: an entry is a link with a title; which of them matter is not decided here
(`crawler.pages.relevance`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import unquote

from lxml import etree, html

from crawler.pages.addresses import site_of
from crawler.pages.attached_files import attachments, is_attachment
from crawler.pages.page import Page
from crawler.platforms import scripted_data
from crawler.platforms.lines import (
    address_of,
    anchors,
    entry,
    looks_like_article,
    looks_like_list,
    printed_date,
    title_of,
    unique,
)
from crawler.platforms.page_links import linked_pages
from crawler.platforms.protocol import Entry, Listing, PageRequest

_LONGEST_NAME = 40  # characters of a column; a longer text is the title of an article
_LIST = re.compile(r"(?:/|/(?:index|list|default|nav_list|xxgk_list)[^/]*)$", re.I)
NOTHING = re.compile(r"(?!)")
_MOST_FRAMES = 4
# $('#main').attr('src', '/ys/list.html'), document.getElementById('main').src = '…'
_FRAME = re.compile(r"""(?:attr\(\s*["']src["']\s*,|\.src\s*=)\s*["']([^"'\s<>]{2,300})["']""")
_PICTURE = re.compile(r"\.(?:png|gif|jpe?g|svg|webp|js|css|ico)(?:$|\?)", re.I)

# document.write(unescape('%3Cli%3E…'))
_UNESCAPED = re.compile(r"""(?:unescape|decodeURI(?:Component)?)\(\s{0,9}["']([^"'\s]{20,200000})["']""")
_SHORTEST_HELD = 5
# Elements whose addresses are links, pictures or programs, and not a part of the page that is loaded later.
_NO_PLACES = frozenset(
    {"a", "area", "audio", "base", "button", "embed", "form", "iframe", "frame", "img", "image", "input",
     "link", "meta", "object", "option", "script", "source", "style", "track", "use", "video"}
)  # fmt: skip
_LOADED_LATER = re.compile(
    r"(?:https?:/|\.{0,2})/[^\s<>{}'\"#]{1,300}|\?[\w.-]{1,40}=[^\s<>{}'\"#]{1,300}"
    r"|[\w./-]{1,200}\.(?:[sj]?html?|jspx?|aspx?|php)(?:\?[^\s<>{}'\"]{0,300})?"
)
# var nextUrl = '/ys/b2';
_NEXT_ADDRESS = re.compile(
    r"""\b(?:next|more)(?:_?page)?_?(?:url|href|link|src)["']?\s{0,9}[:=]\s{0,9}["']([^"'\s<>]{2,300})["']""",
    re.IGNORECASE,
)
_MOST_PARTS = 6


def listing(
    page: Page,
    article: re.Pattern[str],
    column: re.Pattern[str],
    links: Iterable[tuple[str, ...]] = (),
    next_pages: tuple[str, ...] | None = None,
    further: tuple[PageRequest, ...] = (),
) -> Listing:
    """A list of a CMS whose articles and columns are recognised by their addresses (patterns over path and
    query).

    Articles of other systems count where a date stands beside them: portals link what other hosts publish.
    """
    pages = linked_pages(page) if next_pages is None else next_pages
    return Listing(
        entries=entries(page, article, column, pages) or scripted(page),
        columns=tuple(found for found in columns_of(page, article, column) if found.url not in pages),
        attachments=attachments(page, links),
        next_pages=pages,
        further=further,
    )


def entries(
    page: Page, article: re.Pattern[str], column: re.Pattern[str], pages: Iterable[str] = ()
) -> tuple[Entry, ...]:
    """The articles a page links to; see `listing`."""
    others = frozenset(pages)
    return unique(
        entry(node, url)
        for node, url in anchors(page)
        if url not in others and not is_attachment(url) and _is_entry(node, url, article, column)
    )


def scripted(page: Page) -> tuple[Entry, ...]:
    """Articles that a script of the page writes or holds: `<a href="…">…</a>` in a text, or objects with a
    title and an address. Only what looks like an article by its address counts."""
    # Editors keep a list in a field, and frames in an attribute.
    kept = [node.text or "" for node in page.tree.iter("textarea")]
    kept += [node.get("srcdoc") or "" for node in page.tree.iter("iframe")]
    printed = "\n".join((page.scripts, *filter(None, kept)))
    printed += "\n".join(unquote(literal) for literal in _UNESCAPED.findall(printed))
    found = [*scripted_data.objects(page), *scripted_data.arrays(page)]
    if "<a " in printed.lower():
        inner = replace(page, text=" ".join(re.findall(r"<a\s[^<>]*>.{0,600}?</a>", printed, re.I | re.S)))
        found += [entry(node, url) for node, url in inner.anchors]
    own = site_of(page.url)
    return unique(
        one
        for one in found
        if looks_like_article(one.url)
        and not is_attachment(one.url)
        and site_of(one.url) == own
        and len(one.title) >= _SHORTEST_HELD
    )


def later_parts(page: Page) -> tuple[str, ...]:
    """The addresses of the same site from which a script fills places of the page: `<div hx-get="/ys/list">`,
    `<turbo-frame src=…>`, `<li data-load=…>`, whatever the attribute is called."""
    own = site_of(page.url)
    written = (*_held_by_places(page), *_NEXT_ADDRESS.findall(page.scripts))
    found = (page.absolute(value) for value in written if not _PICTURE.search(value))
    parts = (
        url for url in found if url and url != page.url and site_of(url) == own and not is_attachment(url)
    )
    return tuple(islice(dict.fromkeys(parts), _MOST_PARTS))


def _held_by_places(page: Page) -> Iterator[str]:
    for node in page.tree.iter(etree.Element):
        if node.tag in _NO_PLACES and not (node.tag in ("iframe", "frame") and not node.get("src")):
            continue
        for name, value in node.items():
            if name != "xmlns" and _LOADED_LATER.fullmatch(value):
                yield value


def _is_entry(node: html.HtmlElement, url: str, article: re.Pattern[str], column: re.Pattern[str]) -> bool:
    address = address_of(url)
    if article.search(address):
        return True
    return not column.search(address) and not _LIST.search(address) and printed_date(node) is not None


def columns_of(
    page: Page, article: re.Pattern[str] = NOTHING, column: re.Pattern[str] = NOTHING
) -> tuple[Entry, ...]:
    """Links to what look like further lists, of this CMS (`column`) or of any."""
    found = ((node, url, address_of(url)) for node, url in anchors(page) if not is_attachment(url))
    linked = unique(
        Entry(url, title_of(node))
        for node, url, address in found
        if not article.search(address)
        and (column.search(address) or (looks_like_list(url) and not looks_like_article(url)))
        and len(title_of(node)) <= _LONGEST_NAME
    )
    return (*linked, *(one for one in trees(page) if not looks_like_article(one.url)))


def trees(page: Page) -> tuple[Entry, ...]:
    """The nodes of a menu that a script draws, those that lead to pages of the same site."""
    own = site_of(page.url)
    drawn = scripted_data.nodes(page)
    return unique(one for one in drawn if site_of(one.url) == own and not is_attachment(one.url))


def framed_pages(page: Page) -> tuple[str, ...]:
    """The pages of the same site that a page shows in frames, files left out."""
    frames = list(page.tree.iter("frame", "iframe"))
    sources = [node.get("src") for node in frames]
    objects = (node for node in page.tree.iter("object", "embed") if "html" in (node.get("type") or ""))
    sources += [node.get("data") or node.get("src") for node in objects]
    if frames:
        sources += [src for src in _FRAME.findall(page.scripts) if not _PICTURE.search(src)]
    shown = map(page.absolute, sources)
    own = site_of(page.url)
    some = dict.fromkeys(url for url in shown if url and site_of(url) == own and not is_attachment(url))
    return tuple(islice(some, _MOST_FRAMES))

"""The other pages of a list that its page links: 下一页, and numbers beside it.

Invariant: a link is to another page of the list if it says so and its address does, too.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.pages.addresses import site_of
from crawler.pages.page import Page, squeeze
from crawler.platforms.lines import anchors, looks_like_article, title_of

_NEXT = re.compile(r"^(?:(?:下一?页|后一?页|next(?: page)?)\s*[>›»＞]{0,2}|[>›»＞]{1,2})$", re.I)
_MORE = re.compile(r"(?:点击)?(?:加载|显示|查看)更多(?:内容|数据|信息)?\W{0,3}")
_SECOND = re.compile(r"[/_=-](?:[2-9]|[1-9]\d{1,2})(?:\.\w+)?(?:&|$)")  # an address of a further page
_PAGE = re.compile(r"第?\s*(\d{1,3})\s*页?")
_TURNS = re.compile(r"\w\s*\([^()]{0,300}?(?<![\w.])([2-9]|[1-9]\d{1,2})(?![\w.])[^()]{0,300}\)")


def has_unread_pages(page: Page) -> bool:
    """Does a list have further pages that only a script of its own opens (`javascript:go(2)`)?"""
    for node in page.tree.iter("a"):
        text = squeeze(node.text_content())
        call = _TURNS.search(f"{node.get('href') or ''} {node.get('onclick') or ''}")
        if call and (_NEXT.match(text) or text == call[1]):
            return True
    return False


def linked_pages(page: Page) -> tuple[str, ...]:
    """The other pages of this list that anchors lead to: 下一页, and numbers beside it."""
    found: dict[str, None] = {}
    here = urlsplit(page.url)
    stem = re.sub(
        r"(?:[_-]?\d+)?(?:\.\w+)?$", "", here.path.removesuffix("/") if here.path != "/" else "/index"
    )
    for node in page.tree.iter("link", "a"):
        url = page.absolute(node.get("href")) if (node.get("rel") or "").lower() == "next" else None
        if url and url != page.url and site_of(url) == site_of(page.url):
            found[url] = None
    for node, url in anchors(page):
        text = squeeze(node.text_content()) or title_of(node)
        sibling = urlsplit(url).path.startswith(stem.rsplit("/", 1)[0]) and not looks_like_article(url)
        number = _PAGE.fullmatch(text) if sibling else None
        if number and number[1] == "1" and not page.absolute(node.get("href")):
            continue  # what a script makes of the first page, which is known, is often another address
        more = sibling and _MORE.fullmatch(text) and _SECOND.search(url)
        if _NEXT.match(text) or more or (number and _numbered(url, int(number[1]))):
            found[url] = None
    return tuple(found)


def _numbered(url: str, number: int) -> bool:
    """Does the address carry the page number its link shows (or that number less one)?"""
    numbers = re.findall(
        r"(?<!\d)\d{1,3}(?!\d)", urlsplit(url).path.rsplit("/", 1)[-1] + "?" + urlsplit(url).query
    )
    return any(int(found) in (number, number - 1) for found in numbers)

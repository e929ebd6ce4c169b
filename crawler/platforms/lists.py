"""What list pages have in common, whatever made them.

Invariant: an entry is a link with a title; which of them matter is not decided here
(`crawler.pages.relevance`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.pages.addresses import site_of
from crawler.pages.attached_files import attachments, is_attachment
from crawler.pages.dates import day_before_month, first_date, recorded_date, url_date
from crawler.pages.page import LONGEST_TITLE, Page, squeeze
from crawler.platforms import Entry, Listing, PageRequest
from crawler.platforms.answers import pairs

# An address that ends like an article: long numbers, hashes or dates, not `index` or `list`.
_ARTICLE = re.compile(
    r"(?:\d{5,}|[0-9a-f]{16,}|/\d{4}/\d{1,2}/\d{1,2}/|[?&](?:(?:art(?:icle)?|doc|info|news|content|item|msg)_?)?id=\w+)",
    re.I,
)
_LIST = re.compile(r"(?:/|/(?:index|list|default|nav_list|xxgk_list)[^/]*)$", re.I)
_NEXT = re.compile(r"^(?:(?:下一?页|后一?页|next(?: page)?)\s*[>›»＞]{0,2}|[>›»＞]{1,2})$", re.I)
# Pages of a program say what they show: index.php?a=show&id=34.
_SHOWN = re.compile(r"[?&](?:a|act|action|do|view)=(?:show|view|detail|article|content|info)\w*(?:&|$)", re.I)
_TURNS = re.compile(r"\w\s*\([^()]{0,300}?(?<![\w.])([2-9]|[1-9]\d{1,2})(?![\w.])[^()]{0,300}\)")
_OBJECT = re.compile(r"\{[^{}]{10,2000}\}")
_ADDRESS = ("url", "href", "link", "puburl", "docpuburl", "linkurl", "path")
_TITLE = ("title", "doctitle", "name", "subject", "text")
_DAY = ("date", "pubdate", "publishdate", "docreltime", "docpubtime", "time", "crtime", "publishtime")
NOTHING = re.compile(r"(?!)")
# What a link says that stands beside a title.
_SAYS_NOTHING = re.compile(
    r"^(?:点击|点此|在线|立即|查看|下载|浏览|阅读|预览|打开|详情|详细|更多|全文|原文|内容|文件|附件|正文|pdf|word|excel|"
    r"[\s\d:：.、|()（）【】\[\]>»…])*$",
    re.I,
)
_MOST_FRAMES = 4
_SHORTEST_HELD = 5
_PIECES = etree.XPath(".//text()", smart_strings=False)
_CONTAINERS = ("li", "tr", "dd", "dt", "dl", "p", "div", "td")


def anchors(page: Page) -> Iterator[tuple[html.HtmlElement, str]]:
    """Every <a> that leads to another page of the same site, with its address."""
    here = page.url.partition("#")[0]
    own = site_of(page.url)
    near: dict[str, bool] = {}
    for node, url in page.anchors:
        host = url.split("/", 3)[2]
        if host not in near:
            near[host] = site_of(url) == own
        if near[host] and url != here:
            yield node, url


def title_of(node: html.HtmlElement) -> str:
    """The title a link shows, in full: the `title` attribute where the text is cut short, the picture's
    text where it shows nothing else."""
    text, title = squeeze(node.text_content() or node.get("value")), squeeze(node.get("title"))
    text, title = text[:LONGEST_TITLE], title[:LONGEST_TITLE]
    if not text and not title:
        text = squeeze(node.get("alt") or next((image.get("alt") for image in node.iter("img")), ""))
    # 2026-02-12标题 and 标题2026-02-12: the date stands beside the title, often inside the link.
    text = re.sub(r"^\W*\d{4}-\d{1,2}-\d{1,2}\W*|\W*\d{4}-\d{1,2}-\d{1,2}\W*$", "", text[:LONGEST_TITLE])
    stem = text.rstrip(".…· ")
    return (
        title if title and (len(stem) < 2 or title.startswith(stem[:8])) and len(title) >= len(stem) else text
    )


def printed_date(node: html.HtmlElement) -> date | None:
    """The date printed in the line of a link: in the smallest container that holds this link alone."""
    best = first_date(_apart(node))
    step = node
    while best is None and (step := step.getparent()) is not None:
        if step.tag in _CONTAINERS:
            hrefs = {a.get("href") for a in step.iter("a") if a.get("href")}
            if len(hrefs) > 1:
                return None
            text = _apart(step)
            best = first_date(text) or day_before_month(text)
    return best


def _apart(node: html.HtmlElement) -> str:
    """The text of an element, its pieces kept apart: a date may stand before a title that begins with a
    year."""
    return " ".join(cast("list[str]", _PIECES(node)))


def lines(page: Page, urls: Collection[str]) -> dict[str, Entry]:
    """The lines of a list that link these addresses, with their titles and dates."""
    return {url: entry(node, url) for node, url in page.anchors if url in urls}


def looks_like_article(url: str) -> bool:
    parts = urlsplit(url)
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    return bool(
        url_date(url) or _SHOWN.search(address) or (_ARTICLE.search(address) and not _LIST.search(parts.path))
    )


def looks_like_list(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_LIST.search(parts.path)) or not re.search(r"\.\w{2,5}$", parts.path)


def entry(node: html.HtmlElement, url: str) -> Entry:
    title = title_of(node)
    return Entry(url, (row_title(node) or title) if _SAYS_NOTHING.match(title) else title, printed_date(node))


def row_title(node: html.HtmlElement) -> str:
    """What the line of a link says beside it, where the link itself says no more than 查看 or 下载: the
    longest text of the smallest container that holds more than dates and such words."""
    step = node
    while (step := step.getparent()) is not None:
        if step.tag in _CONTAINERS:
            others = (a for a in step.iter("a") if a.get("href") and not _SAYS_NOTHING.match(title_of(a)))
            if next(others, None) is not None or sum(1 for _ in step.iter("tr", "li")) > 1:
                return ""
            pieces = (squeeze(piece) for piece in cast("list[str]", _PIECES(step)))
            telling = [one for one in pieces if len(one) >= _SHORTEST_HELD and not first_date(one[:12])]
            if telling := [one for one in telling if not _SAYS_NOTHING.match(one)]:
                return max(telling, key=len)
    return ""


def unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry per address, the one with the longest title (a date or 详情 may be a link of its own)."""
    best: dict[str, Entry] = {}
    for candidate in entries:
        known = best.get(candidate.url)
        if known is None:
            best[candidate.url] = candidate
        else:
            title = max(known.title, candidate.title, key=len)
            best[candidate.url] = Entry(known.url, title, known.published_on or candidate.published_on)
    return tuple(found for found in best.values() if len(found.title) >= 2)


def address_of(url: str) -> str:
    """Path and query, which is what patterns of addresses are matched with; "" for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def listing(
    page: Page,
    article: re.Pattern[str],
    column: re.Pattern[str],
    links: Iterable[tuple[str, ...]] = (),
    next_pages: tuple[str, ...] | None = None,
    further: tuple[PageRequest, ...] = (),
) -> Listing:
    """A list of a CMS whose articles and columns are told by their addresses (patterns over path and query).

    Articles of other systems count where a date stands beside them: portals link what other hosts publish.
    """
    pages = linked_pages(page) if next_pages is None else next_pages
    return Listing(
        entries=entries(page, article, column, pages) or scripted(page),
        columns=tuple(found for found in columns(page, article, column) if found.url not in pages),
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
    printed = page.scripts
    if "<a " in printed.lower():
        inner = replace(page, text=" ".join(re.findall(r"<a\s[^<>]*>.{0,600}?</a>", printed, re.I | re.S)))
        found = [entry(node, url) for node, url in inner.anchors]
    else:
        found = [one for literal in _OBJECT.findall(printed) if (one := _held(page, pairs(literal)))]
    own = site_of(page.url)
    return unique(
        one
        for one in found
        if looks_like_article(one.url) and not is_attachment(one.url) and site_of(one.url) == own
    )


def _held(page: Page, literal: dict[str, str]) -> Entry | None:
    values = {name.lower(): value for name, value in literal.items()}
    href, title, day = (
        next((values[name] for name in names if values.get(name)), "") for names in (_ADDRESS, _TITLE, _DAY)
    )
    url = page.absolute(href.replace("\\/", "/"))
    return Entry(url, squeeze(title), recorded_date(day)) if url and len(title) >= _SHORTEST_HELD else None


def _is_entry(node: html.HtmlElement, url: str, article: re.Pattern[str], column: re.Pattern[str]) -> bool:
    address = address_of(url)
    if article.search(address):
        return True
    return not column.search(address) and not _LIST.search(address) and printed_date(node) is not None


def columns(
    page: Page, article: re.Pattern[str] = NOTHING, column: re.Pattern[str] = NOTHING
) -> tuple[Entry, ...]:
    """Links to what look like further lists, of this CMS (`column`) or of any."""
    found = ((node, url, address_of(url)) for node, url in anchors(page) if not is_attachment(url))
    return unique(
        Entry(url, title_of(node))
        for node, url, address in found
        if not article.search(address)
        and (column.search(address) or (looks_like_list(url) and not looks_like_article(url)))
        and len(title_of(node)) <= 40
    )


def no_links(page: Page) -> Iterator[tuple[str, ...]]:
    """`links` of a CMS that attaches files in common forms only."""
    return iter(())


def framed_pages(page: Page) -> tuple[str, ...]:
    """The pages of the same site that a page shows in frames, files left out."""
    shown = (page.absolute(node.get("src")) for node in page.tree.iter("frame", "iframe"))
    own = site_of(page.url)
    some = dict.fromkeys(url for url in shown if url and site_of(url) == own and not is_attachment(url))
    return tuple(islice(some, _MOST_FRAMES))


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
    for node, url in anchors(page):
        text = squeeze(node.text_content()) or title_of(node)
        sibling = urlsplit(url).path.startswith(stem.rsplit("/", 1)[0]) and not looks_like_article(url)
        if _NEXT.match(text) or (
            sibling and text.isdecimal() and len(text) <= 3 and _numbered(url, int(text))
        ):
            found[url] = None
    return tuple(found)


def _numbered(url: str, number: int) -> bool:
    """Does the address carry the page number its link shows (or that number less one)?"""
    numbers = re.findall(
        r"(?<!\d)\d{1,3}(?!\d)", urlsplit(url).path.rsplit("/", 1)[-1] + "?" + urlsplit(url).query
    )
    return any(int(found) in (number, number - 1) for found in numbers)

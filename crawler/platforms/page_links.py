"""The other pages of a list that its page links: 下一页, and numbers beside it.

Invariant: a link is to another page of the list if it says so and its address does, too; in a column of
disclosures (`series`), if it says so and stands in a row of such links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.pages.addresses import site_of
from crawler.pages.page import Page, squeeze
from crawler.platforms.lines import anchors, looks_like_article, title_of
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

_NEXT = _L.pattern("next", re.I)
_LAST = _L.pattern("last", re.I)  # what lies between is not linked
_ARROWS = re.compile(r"[>›»＞→▶►▸]{1,2}")
_AROUND = " []【】()（）<>＜＞«»‹›→▶►▸|…·"
"""What pagers set around their words."""
_MORE = _L.pattern("more")
_SECOND = re.compile(r"[/_=-](?:[2-9]|[1-9]\d{1,2})(?:\.\w+)?(?:&|$)")  # an address of a further page
_PAGE = _L.pattern("page")
_IN_CHINESE = {sign: value for value, sign in enumerate(_L.text("in_chinese"), start=1)}
_TURNS = re.compile(r"\w\s*\([^()]{0,300}?(?<![\w.])([2-9]|[1-9]\d{1,2})(?![\w.])[^()]{0,300}\)")
_IN_PAGER = re.compile(r"page|paging|pagination|fenye", re.I)
_NEXT_NAMED = re.compile(r"(?:^|[\s_-])(?:page_?)?next(?:_?page)?(?:$|[\s_-])", re.I)
_OWN_NUMBER = re.compile(r"([A-Za-z_-]{1,40}?)[_-](?:[1-9]|[1-9]\d{1,2})\.[A-Za-z]{2,6}")
_MOST_IN_A_ROW = 15
"""Links of a row of numbers; more are the days of a calendar."""
_STEPS = 4


def has_unread_pages(page: Page) -> bool:
    """Does a list have further pages that only a script of its own opens (`javascript:go(2)`)?"""
    for node in page.tree.iter("a"):
        text = squeeze(node.text_content())
        call = _TURNS.search(f"{node.get('href') or ''} {node.get('onclick') or ''}")
        if call and (_says_next(text) or text.strip(_AROUND) == call[1]):
            return True
    return False


def linked_pages(page: Page) -> tuple[str, ...]:
    """The other pages of this list that anchors lead to: 下一页, and numbers beside it."""
    found: dict[str, None] = {}
    for node in page.tree.iter("link", "a"):
        url = page.absolute(node.get("href")) if (node.get("rel") or "").lower() == "next" else None
        if url and url != page.url and site_of(url) == site_of(page.url):
            found[url] = None
    folder = _stem(page.url).rsplit("/", 1)[0]
    for node, url in anchors(page):
        text = squeeze(node.text_content()) or title_of(node) or squeeze(node.get("aria-label"))
        sibling = urlsplit(url).path.startswith(folder) and not looks_like_article(url)
        number = _number(text) if sibling else None
        if number == 1 and not page.absolute(node.get("href")):
            continue  # what a script makes of the first page, which is known, is often another address
        more = sibling and _MORE.fullmatch(text) and _SECOND.search(url)
        said = (
            _says_next(text)
            or _is_next_icon(node, text)
            or (_is_own_number(url, page.url) and not _LAST.search(text))
        )
        if said or more or (number and _numbered(url, number)):
            found[url] = None
    return tuple(found)


def series(page: Page) -> tuple[str, ...]:
    """The other pages of a list that a row of numbers links, whatever their addresses say: they may count
    lines (`start=20`), or be names of their own."""
    rows: defaultdict[str, dict[int, str]] = defaultdict(dict)
    in_pager = set()
    for node, url in anchors(page):
        number = _number(squeeze(node.text_content()))
        # What a script makes of the first page is often another address.
        known = number == 1 and not page.absolute(node.get("href"))
        if number and not known and not looks_like_article(url):
            rows[_shape(url)].setdefault(number, url)
            if _stands_in_pager(node):
                in_pager.add(_shape(url))
    found: dict[str, None] = {}
    for shape, row in rows.items():
        numbers = sorted({*row, *([1] if shape in in_pager or len(row) == 1 else [])})
        follow = any(after - before == 1 for before, after in pairwise(numbers))
        if follow and max(row) > 1 and len(row) <= _MOST_IN_A_ROW:
            found.update(dict.fromkeys(row.values()))
    return tuple(found)


def _stem(url: str) -> str:
    path = urlsplit(url).path
    return re.sub(r"(?:[_-]?\d+)?(?:\.\w+)?$", "", path.removesuffix("/") if path != "/" else "/index")


def _shape(url: str) -> str:
    """An address but for its numbers, and for a name without any."""
    parts = urlsplit(url)
    folder, _, leaf = parts.path.rpartition("/")
    ending = leaf.rpartition(".")[2]
    leaf = re.sub(r"\d+", "#", leaf) if re.search(r"\d", leaf + parts.query + folder) else f"*.{ending}"
    return f"{parts.netloc}{re.sub(r'[0-9]+', '#', folder)}/{leaf}?{re.sub(r'[0-9]+', '#', parts.query)}"


def _says_next(text: str) -> bool:
    return bool(_NEXT.fullmatch(text.strip(_AROUND)) or _ARROWS.fullmatch(text))


def _is_own_number(url: str, page_url: str) -> bool:
    """Is it the address of a page but for a number, where the page has none: /ys/ and /ys/index_2.html?"""
    here, there = urlsplit(page_url), urlsplit(url)
    folder, _, leaf = here.path.rpartition("/")
    stem = leaf.rpartition(".")[0] or "index"
    found = _OWN_NUMBER.fullmatch(there.path.removeprefix(f"{folder}/"))
    same = here.netloc == there.netloc and not here.query and not re.search(r"\d", stem)
    return bool(same and found and found[1] in (stem, "index", "list", "default"))


def _is_next_icon(node: HtmlElement, text: str) -> bool:
    """Is it a picture or a sign in a pager that is called *next*?"""
    return not text and bool(_NEXT_NAMED.search(node.get("class") or "")) and _stands_in_pager(node)


def _stands_in_pager(node: HtmlElement) -> bool:
    return any(_IN_PAGER.search(f"{one.get('id') or ''} {one.get('class') or ''}") for one in _above(node))


def _above(node: HtmlElement) -> Iterator[HtmlElement]:
    step: HtmlElement | None = node.getparent()
    for _ in range(_STEPS):
        if step is None or step.tag == "body":
            return
        yield step
        step = step.getparent()


def _number(text: str) -> int | None:
    """The number of a page that a link shows: 2, [2], 02, 第二页."""
    match = _PAGE.fullmatch(text.strip(_AROUND))
    return (_IN_CHINESE.get(match[1]) or int(match[1])) if match else None


def _numbered(url: str, number: int) -> bool:
    """Does the address carry the page number its link shows (or that number less one)?"""
    numbers = re.findall(
        r"(?<!\d)\d{1,3}(?!\d)", urlsplit(url).path.rsplit("/", 1)[-1] + "?" + urlsplit(url).query
    )
    return any(int(found) in (number, number - 1) for found in numbers)

"""Pagers that are not understood: what says that there are further pages, and where the second may be.

Invariant: nothing that says so is passed over: it is tried, and where that brings nothing, it is a gap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.pages.loaded_scripts import asks_for_more
from crawler.pages.page import Page, squeeze
from crawler.platforms import loading
from crawler.platforms.pager import RECORDS, is_single, own_name, stated_pages
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Seen, message

_L = lexicon_of(__name__)
_AROUND_NUMBER = _L.pattern("around_number")

_LONGEST_LABEL = 12
_LONGEST_HEADING = 40
_COUNTED = _L.pattern("counted")
_JUMP = _L.pattern("jump", re.IGNORECASE)
_HELD_PAGE = re.compile(r"data-(?:\w{1,20}-)?page(?:-?(?:no|num|index))?", re.IGNORECASE)
_ENDLESS = re.compile(r"infinite[-_]?scroll|scrolltolower", re.IGNORECASE)
_NEXT_PAGE = _L.pattern("next_page", re.IGNORECASE)
_MORE = _L.pattern("more", re.IGNORECASE)
_PAGER = re.compile(
    r"(?:[\w-]{0,80}[-_])?(?:page|pager|pages|paging|pagination|pagebar|pagenav|pageinfo|fenye|laypage)(?:[-_]?(?:div|box|list|wrap|con|nav|bar|area|\d))?",
    re.IGNORECASE,
)
# $(window).scroll(function(){ … page++ … $.ajax( … ): the next entries come when the reader is at the end.
_SCROLLED = re.compile(r"\bscroll\b|onscroll|IntersectionObserver|infinite", re.IGNORECASE)
_OBSERVED = re.compile(r"IntersectionObserver")
_TURNED = re.compile(r"\b\w{0,20}page\w{0,20}\s*(?:\+\+|\+=)|\+\+\s*\w{0,20}page", re.IGNORECASE)
_ASKS = re.compile(r"ajax|fetch\s*\(|\$\.(?:get|post)|XMLHttpRequest|axios", re.IGNORECASE)
_MOST_NAMED = 3
_IN_PAGER = re.compile(r"page|paging|fenye|pagination", re.IGNORECASE)
_NUMBERED = re.compile(r"pagination-(?:item|link)|page-(?:item|number)|pager-item", re.IGNORECASE)
_ROMAN = re.compile("[\u2161-\u2169]")
_NEXT = re.compile(r"(?:^|[\s_-])next(?:$|[\s_-])", re.IGNORECASE)
_SHOW = re.compile(r"slid|swip|banner|focus|carousel|scroll|pic|img|photo|lunbo|hd", re.IGNORECASE)
_SENDING = ("submit", "button", "image")
# table.render({elem:'#t', url:'/ys/data.do', page:true}): a table of a service
_TABLE = re.compile(
    r"(?:\btable\.render|\.(?:bootstrapTable|dataTable|datagrid|jqGrid))"
    r"\s{0,9}\(\s{0,9}\{[^;]{0,400}?\b(?:url|ajax)\b",
    re.IGNORECASE,
)
# Elements of programs (Element, Ant Design, Vant, iView) that draw a pager.
_ELEMENTS = ("el-pagination", "a-pagination", "van-pagination", "pagination", "v-pagination", "n-pagination")
# 为您找到相关信息 12 条
_FOUND = _L.pattern("found")
_FURTHER = re.compile(r"[2-9]|[1-9]\d{1,2}")  # the number of a page that is not the first
_LONGEST_ROW = 20
"""Numbers and signs of a pager; a calendar has more."""
_MOST_MENUS = 20
_MOST_LINES = 200
_PAGE_ENDING = re.compile(r"""["']\.?(s?html?|jhtml|jsp|aspx|php)["']""", re.IGNORECASE)
_SECOND = re.compile(r"(?<!\d)(?:[2-9]|[1-9]\d{1,2})(?:\.\w+)?(?:&|$)")  # an address of a further page
_LAST_PAGE = _L.pattern("last_page")
# {elem: 'pp', count: 6, limit: 3}, data-total="6" data-size="3", var total=30,pageSize=15
_TOTAL = re.compile(
    r"""(?<![\w$])(?:data-)?(?:total|count)["']?\s{0,3}[:=]\s{0,3}["']?(\d{1,6})\b""", re.IGNORECASE
)
_SIZE = re.compile(
    r"""(?<![\w$])(?:data-)?(?:page-?)?(?:size|limit|per_?page)["']?\s{0,3}[:=]\s{0,3}["']?(\d{1,3})\b""",
    re.IGNORECASE,
)
_NEWEST = _L.pattern("newest")
_SECOND_ADDRESS = re.compile(
    r"/(?:index|list|default)[_-]2\.\w+$|[?&](?:\w{0,20}page\w{0,20}|pn?|currentindex)=2(?:&|$)",
    re.IGNORECASE,
)
_QUERY_PAGE = re.compile(
    r"((?:^|&)(?:\w{0,20}page\w{0,20}|pn?|currentindex)=)(\d{1,4})((?=&|$))", re.IGNORECASE
)


def unread_pager(page: Page, shown: int) -> Seen | None:
    """What says that a list has further pages, where none of their addresses is known; None if nothing does.
    `shown` is how many entries the page has."""
    stated = stated_pages(page)
    if stated is not None:
        return message("seen_stated_pages", n=stated) if stated > 1 else None
    if is_single(page):
        return None
    if (total := said_records(page)) and total[0] > shown:
        return total[1]
    ways = (
        _counted(page, shown),
        _badge(page, shown),
        next(_labels(page), None),
        next(_drawn(page), None),
        _menu_of_pages(page),
    )
    if found := next(filter(None, ways), None) or next(_empty_pagers(page), None):
        return found
    if _TABLE.search(page.scripts):
        return message("seen_service_table")
    if _is_scrolled(page) or next(loading.turns(page), None):
        return message("seen_scrolls")
    if page.unread:
        return message("seen_unread_scripts", names=page.unread[:_MOST_NAMED])
    return message("seen_script_asks") if asks_for_more(page.loaded) else None


def said_records(page: Page) -> tuple[int, str] | None:
    """How many entries a list says it has, and in which words."""
    found = RECORDS.search(page.text) or _FOUND.search(page.visible)
    return (int(next(filter(None, found.groups()))), squeeze(found[0])[:40]) if found else None


def _counted(page: Page, shown: int) -> str | None:
    """The number of entries that a pager is given with the size of a page, if that is more than there are."""
    total, size = _TOTAL.search(page.text), _SIZE.search(page.text)
    if total and size and int(total[1]) > max(shown, int(size[1])):
        return squeeze(total[0])[:40]
    return (found := _NEWEST.search(page.visible)) and squeeze(found[0])


def _badge(page: Page, shown: int) -> str | None:
    """A heading of the page with a number of entries behind it, if that is more than there are."""
    for node in page.tree.iter("h1", "h2", "h3", "h4"):
        text = squeeze(node.text_content())[:_LONGEST_HEADING]
        if (found := _COUNTED.fullmatch(text)) and found[1] in page.title and int(found[2]) > shown:
            return text
    return None


def _labels(page: Page) -> Iterator[str]:
    """The words of elements that turn pages by a script, such as 下一页 without an address."""
    for node in page.tree.iter("a", "button", "span", "li", "div", "p", "input"):
        text = squeeze(node.text if node.tag != "input" else node.get("value"))
        if _LAST_PAGE.fullmatch(text) and _SECOND.search(node.get("href") or ""):
            yield text
        if (
            _FURTHER.fullmatch(text)
            and _is_clicked(node)
            and (_IN_PAGER.search(_called(node)) or _in_row(node))
        ):
            yield text
        if _JUMP.fullmatch(text) and _is_clicked(node):
            yield text
        if len(text) > _LONGEST_LABEL or not (_MORE.match(text) or _NEXT_PAGE.match(text)):
            continue
        href = node.get("href") or ""
        if href.startswith("#") and _NEXT_PAGE.match(text):
            yield text
        sends = node.tag in ("input", "button") and (node.get("type") or "submit").lower() in _SENDING
        disabled = "disable" in (node.get("class") or "") or node.get("disabled") is not None
        if not disabled and (
            node.get("onclick") or sends or href.lower().startswith("javascript:") or _MORE.match(text)
        ):
            yield text
        if disabled or href or node.tag in ("div", "p"):
            continue
        before = node.getprevious()
        if _IN_PAGER.search(_called(node)) or (
            before is not None and _FURTHER.fullmatch(squeeze(before.text_content()))
        ):
            yield text


def _drawn(page: Page) -> Iterator[str]:
    """Numbers and arrows that a program draws as its pager, without a link; arrows of pictures are none."""
    for node in page.tree.iter("a", "button", "span", "li", "div"):
        called = _called(node)
        text = squeeze(node.text)
        if _FURTHER.fullmatch(text) and _NUMBERED.search(called) and node.find(".//a") is None:
            yield text
        clicked = node.get("onclick") or (node.tag == "button" and node.get("disabled") is None)
        pictures = " ".join(one.get("src") or "" for one in node.iter("img")) if node.get("onclick") else ""
        named = f"{node.get('class') or ''} {pictures.rpartition('/')[2].partition('.')[0]}"
        arrow = not text and clicked and _NEXT.search(named)
        if arrow and not _SHOW.search(called):
            yield named.strip()
        if _ROMAN.fullmatch(text) and _is_clicked(node):
            yield text
        if any(_HELD_PAGE.fullmatch(name) and _FURTHER.fullmatch(held) for name, held in node.items()):
            yield text
    for node in page.tree.iter("ol", "ul"):
        dots = [one.get("class") or "" for one in node if not len(one) and not squeeze(one.text)]
        if len(dots) > 1 and len(dots) == len(node) and any(dots) and not _SHOW.search(_called(node)):
            yield f"{len(dots)} dots"


def _empty_pagers(page: Page) -> Iterator[str]:
    """Places that are called pagers and that a script fills."""
    for node in page.tree.iter("div", "ul", "p", "nav", "span", "td"):
        names = [node.get("id") or "", *(node.get("class") or "").split()]
        slides = any(map(_SHOW.search, names))
        if (
            any(map(_PAGER.fullmatch, names))
            and not slides
            and not len(node)
            and not squeeze(node.text_content())
        ):
            yield f"an empty {node.get('id') or node.get('class')}"
    for node in page.tree.iter(*_ELEMENTS):
        yield str(node.tag)


def _in_row(node: HtmlElement) -> bool:
    """Does a number that a script opens stand behind the one before it, in a row no longer than a pager's?"""
    above = node.getparent()
    line = above if above is not None and len(above) == 1 else node
    before, row = line.getprevious(), line.getparent()
    if before is None or row is None or len(row) > _LONGEST_ROW:
        return False
    return squeeze(before.text_content()) == str(int(squeeze(node.text)) - 1)


def _is_scrolled(page: Page) -> bool:
    """Does a script ask for the next entries at the end of the page?"""
    if _ENDLESS.search(page.text):
        return True
    signs = (_OBSERVED,) if _OBSERVED.search(page.scripts) else (_SCROLLED, _TURNED)
    return all(sign.search(page.scripts) for sign in (*signs, _ASKS))


def _is_clicked(node: HtmlElement) -> bool:
    """Does a click on an element do something, though it has no address?"""
    href = (node.get("href") or "").lower()
    if href and not href.startswith(("#", "javascript:")):
        return False
    return bool(href or node.get("onclick")) or any(name.startswith("data-") for name in node.attrib)


def _menu_of_pages(page: Page) -> str | None:
    """A menu whose lines are the numbers of pages."""
    for node in islice(page.tree.iter("select"), _MOST_MENUS):
        called = (node.get(name) or "" for name in ("id", "name", "class", "onchange"))
        if _IN_PAGER.search(" ".join(called)):
            lines = [squeeze(line.text) for line in islice(node.iter("option"), _MOST_LINES)]
            numbers = [_AROUND_NUMBER.sub("", line) for line in lines]
            if len(numbers) > 1 and numbers == [str(n) for n in range(1, len(numbers) + 1)]:
                return f"a menu of {len(numbers)} pages"
    return None


def _called(node: HtmlElement) -> str:
    """Ids and classes of an element and of what it stands in, up to three steps."""
    names: list[str] = []
    step: HtmlElement | None = node
    for _ in range(4):
        if step is None:
            break
        names += [step.get("id") or "", step.get("class") or ""]
        step = step.getparent()
    return " ".join(names)


def second_pages(page: Page, platform: str) -> tuple[str, ...]:
    """Where the second page of a list may be, whose pager is not understood: the addresses that systems give
    it, those of the list's own platform first."""
    parts = urlsplit(page.url)
    if parts.query:
        if paged := _QUERY_PAGE.search(parts.query):
            return (following(page.url),) if paged[2] == "1" else ()
        return tuple(f"{page.url}&{name}=2" for name in ("page", "pageNo", "pageIndex"))
    name, ending = own_name(page) if not parts.path.endswith("/") else ("index", _ending(page))
    if re.search(r"_\d+\.\w+$", parts.path):
        return ()
    suffixes = {"trs": ("_1",), "ucap": ("_2",), "nfcms": ("_2",)}.get(platform, ("_1", "_2", "-2"))
    return tuple(urljoin(page.url, f"{name}{suffix}.{ending}") for suffix in suffixes)


def _ending(page: Page) -> str:
    """What the pages of a folder end in, as its script has it."""
    named = _PAGE_ENDING.search(page.scripts)
    return named[1] if named else "html"


def is_second(url: str) -> bool:
    """Is it the address of a second page, by its own number or that in its query?"""
    return bool(_SECOND_ADDRESS.search(url.partition("//")[2]))


def following(url: str) -> str:
    """The address of the page after one that `second_pages` found: its number and one."""

    def add(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + 1}{found[3]}"

    stem, mark, query = url.partition("?")
    if mark:
        return stem + mark + _QUERY_PAGE.sub(add, query, count=1)
    return re.sub(r"([_-])(\d+)(\.\w+)$", add, stem)

"""One line of a list: its link, what it is called, and the day printed beside it.

Invariant: a title is text that stands there: the link's own, or what its line or its row and column say where
it says no more than 查看.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.pages import relevance
from crawler.pages.addresses import site_of
from crawler.pages.dates import day_before_month, first_date, url_date
from crawler.pages.page import LONGEST_TITLE, Page, squeeze
from crawler.platforms.protocol import Entry, PageRequest
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

# An address that ends like an article: long numbers, hashes or dates, not `index` or `list`.
_ARTICLE = re.compile(
    r"(?:\d{5,}|[0-9a-f]{16,}|/\d{4}/\d{1,2}/\d{1,2}/|[?&](?:(?:art(?:icle)?|doc|info|news|content|item|msg)_?)?id=\w+)",
    re.I,
)
_LIST = re.compile(r"(?:/|/(?:index|list|default|nav_list|xxgk_list)[^/]*)$", re.I)
# Pages of a program say what they show: index.php?a=show&id=34.
_SHOWN = re.compile(r"[?&](?:a|act|action|do|view)=(?:show|view|detail|article|content|info)\w*(?:&|$)", re.I)
_LONGEST_WRITTEN = 6 * LONGEST_TITLE  # where every character is written as a code unit
_CODE_UNIT = re.compile(r"\\u(?![dD][89a-fA-F])([0-9a-fA-F]{4})")  # no halves of pairs
DAY = re.compile(r"^\W{0,20}\d{4}-\d{1,2}-\d{1,2}\W{0,20}|\W{0,20}\d{4}-\d{1,2}-\d{1,2}\W{0,20}$")
"""A date before or behind a title."""
# What a link says that stands beside a title.
_SAYS_NOTHING = _L.pattern("says_nothing", re.I)
_LONGEST_CELL = 40
_LONG = 40  # characters of a link; a title may be longer, and a card is
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "strong")
_MOST_PIECES = 20  # texts of a cell
_LARGEST_LINE = 120  # elements
_HEAD = _L.pattern("head")
_PIECES = etree.XPath(".//text()", smart_strings=False)
_CONTAINERS = ("li", "tr", "dd", "dt", "dl", "p", "div", "td")
_MONTH_DAY = _L.pattern("month_day")
_SHORTEST_TITLE = 5  # characters


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
    if len(text) > _LONG:
        text = _heading_of(node) or text
    text, title = unescaped(text[:_LONGEST_WRITTEN])[:LONGEST_TITLE], unescaped(title)[:LONGEST_TITLE]
    if not text and not title:
        text = squeeze(node.get("alt") or next((image.get("alt") for image in node.iter("img")), ""))
    # 2026-02-12标题 and 标题2026-02-12: the date stands beside the title, often inside the link.
    text = DAY.sub("", text[:LONGEST_TITLE])
    stem = text.rstrip(".…· ")
    return (
        title if title and (len(stem) < 2 or title.startswith(stem[:8])) and len(title) >= len(stem) else text
    )


def says_nothing(text: str) -> bool:
    """Does a link say no more than 查看 or 下载?"""
    return bool(_SAYS_NOTHING.match(text))


def _heading_of(node: html.HtmlElement) -> str:
    """The heading inside a link that is a whole card, with a summary and a day; "" where it has none."""
    for inner in islice(node.iterdescendants(), _LARGEST_LINE):
        named = inner.tag in _HEADINGS or "tit" in (inner.get("class") or "").lower()
        if named and len(text := squeeze(inner.text_content())) >= _SHORTEST_TITLE:
            return text
    return ""


def unescaped(text: str) -> str:
    r"""Text in which JSON writes a character as \u52c9: a list in an answer is read as markup, too."""
    return _CODE_UNIT.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else text


def printed_date(node: html.HtmlElement) -> date | None:
    """The date printed in the line of a link: in the smallest container that holds this link alone."""
    if best := first_date(_apart(node)):
        return best
    for step in _containers(node):
        if len({a.get("href") for a in step.iter("a") if a.get("href")}) > 1:
            return None
        text = _apart(step)
        if best := first_date(text) or day_before_month(text):
            return best
    return None


def _containers(node: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """What may be the line of a link: the containers around it, the smallest first, up to one that is too
    large to be a line."""
    for step in node.iterancestors():
        if sum(1 for _ in islice(step.iter(), _LARGEST_LINE + 1)) > _LARGEST_LINE:
            return
        if step.tag in _CONTAINERS:
            yield step


def month_and_day(node: html.HtmlElement) -> tuple[int, int] | None:
    """The month and the day printed without a year in the line of a link (03-06, 3月6日), as a text of its
    own; None where there is not exactly one."""
    for step in _containers(node):
        if len({a.get("href") for a in step.iter("a") if a.get("href")}) > 1:
            return None
        found = {match.groups() for piece in _texts(step) if (match := _MONTH_DAY.fullmatch(piece))}
        if found:
            month, day = found.pop()
            return (int(month), int(day)) if not found else None
    return None


def _texts(node: html.HtmlElement) -> Iterator[str]:
    return map(squeeze, cast("list[str]", _PIECES(node)))


def _apart(node: html.HtmlElement) -> str:
    """The text of an element, its pieces kept apart: a date may stand before a title that begins with a
    year."""
    return " ".join(cast("list[str]", _PIECES(node)))


def lines_of(page: Page, urls: Collection[str]) -> dict[str, Entry]:
    """The lines of a list that link these addresses, with their titles and dates."""
    return {url: entry(node, url) for node, url in page.anchors if url in urls}


def looks_like_article(url: str) -> bool:
    """Whether an address alone looks like an article's: a date, a number, or a hash in its path or query."""
    parts = urlsplit(url)
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    return bool(
        url_date(url) or _SHOWN.search(address) or (_ARTICLE.search(address) and not _LIST.search(parts.path))
    )


def looks_like_list(url: str) -> bool:
    """Whether an address alone looks like a list's: by its words, or a path without a file."""
    parts = urlsplit(url)
    return bool(_LIST.search(parts.path)) or not re.search(r"\.\w{2,5}$", parts.path)


def entry(node: html.HtmlElement, url: str) -> Entry:
    """The entry of a link; where its text says nothing (查看, 下载), the row's title."""
    title = title_of(node)
    title = (row_title(node) or title) if _SAYS_NOTHING.match(title) else title
    asked = PageRequest.of(url)
    return Entry(url, title, printed_date(node), asked if asked.method == "POST" else None)


def row_title(node: html.HtmlElement) -> str:
    """What the line of a link says beside it, where the link itself says no more than 查看 or 下载: the
    longest text of the smallest container that holds more than dates and such words."""
    if of_cell := _cell_title(node):
        return of_cell
    for step in _containers(node):
        others = (a for a in step.iter("a") if a.get("href") and not _SAYS_NOTHING.match(title_of(a)))
        if next(others, None) is not None or sum(1 for _ in step.iter("tr", "li")) > 1:
            return ""
        telling = [
            one
            for one in _texts(step)
            if (len(one) >= _SHORTEST_TITLE or relevance.names_body(one)) and not first_date(one[:12])
        ]
        if telling := [one for one in telling if not _SAYS_NOTHING.match(one)]:
            return max(telling, key=len)
    return ""


def _cell_title(node: html.HtmlElement) -> str:
    """What the first cell of its row and the head of its column say of a link in a table of bodies by years
    (教育局 and 2026年); "" where there is no such table."""
    cell = next((one for one in node.iterancestors("td", "th")), None)
    row = None if cell is None else cell.getparent()
    table = next((one for one in node.iterancestors("table")), None)
    if cell is None or row is None or table is None or row.tag != "tr":
        return ""
    head = next(table.iter("tr"))
    place = row.index(cell)
    if head is row or place == 0 or place >= len(head) or len(head) != len(row):
        return ""
    above, first = (squeeze("".join(islice(one.itertext(), _MOST_PIECES))) for one in (head[place], row[0]))
    if not above or not first or len(first) > _LONGEST_CELL or len(above) > _LONGEST_CELL:
        return ""
    return f"{first}{above}" if _HEAD.search(above) else ""


def unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry per address, the one with the longest title (a date or 详情 may be a link of its own)."""
    best: dict[str, Entry] = {}
    for candidate in entries:
        known = best.get(candidate.url)
        if known is None:
            best[candidate.url] = candidate
        else:
            title = max(known.title, candidate.title, key=len)
            day = known.published_on or candidate.published_on
            best[candidate.url] = Entry(known.url, title, day, known.request or candidate.request)
    return tuple(found for found in best.values() if len(found.title) >= 2)


def address_of(url: str) -> str:
    """Path and query, which is what patterns of addresses are matched with; "" for what is not an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")

"""What stands around the lines of a list that a reader can use and a crawl cannot: fields, buttons, places
that a script fills, pages that are shown within, words of a pager without a link.

Invariant: nothing is used. What other pages of a site have as well is its frame, which the caller knows by
the marks of those pages; its foot is known by what has to stand there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from lxml.html import HtmlElement

from crawler.pages.attached_files import is_attachment
from crawler.pages.page import Page, once, squeeze
from crawler.reading.unopened import SHOWS
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

_FIELDS = ("input", "select", "textarea", "button")
_PLACES = ("div", "ul", "ol", "dl", "tbody", "table", "section", "p", "span", "svg")
_LISTS = ("ul", "ol", "dd", "tbody")
_FRAMES = ("iframe", "frame", "object", "embed", "canvas")
_SEARCHED = re.compile(r"search|query|key|\b(?:q|qt|kw|wd|so)\b|login|user|pass|captcha|mail", re.IGNORECASE)
_DECORATION = re.compile(
    r"share|code|qr|visit|clear|top|\bad|float|voice|player|audio|video|stat|count|hit|click|time|date|weather|nav|menu"
    r"|foot|head|log|copy|wza|map|tip|mask|pop|wx|weixin|font|print|read|assist|jiucuo|conac|beian",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"(?:^|[\s_-])(?:next|more|load-?more|pager?|pagination|arrow|dots)(?:$|[\s_-])", re.IGNORECASE
)
_SHOWS = re.compile(r"slid|swip|banner|carousel|focus|pic|img", re.IGNORECASE)
# A service that is asked for data, a frame or a program that is written into the page.
_ASKS = re.compile(
    r"""(?:\bajax|\bfetch|\baxios(?:\.\w{1,9})?|\$\.(?:get|post|getJSON))\s{0,3}\(\s{0,3}["'](?![^"']{0,200}?(?:count|visit|stat|hits|click|track|log))[^"']{1,200}|<i?frame\b""",
    re.IGNORECASE,
)
_TOOL = _L.pattern("tool", re.IGNORECASE)
_FOOT = _L.pattern("foot", re.IGNORECASE)
_LONGEST_FOOT = 600  # characters
_OF_BUDGETS = _L.text("of_budgets")
TURNED = _L.pattern("turned")
_MOST = 4_000
_STEPS = 2  # from what holds all lines to what stands around them
_MANY = 5  # links; what has more is a menu or another list
_LARGEST = 40
_LONGEST = 12  # characters of what is chosen from


@once
def controls_of(page: Page) -> frozenset[str]:
    """Marks of all that a page has to use, as few words for a person."""
    nodes = islice(page.tree.iter(), _MOST)
    return _marks(page, (node for node in nodes if isinstance(node.tag, str)))


def controls_around(page: Page, urls: Collection[str]) -> frozenset[str]:
    """Marks of what stands around the lines that lead to these addresses."""
    return _marks(page, around(page, urls))


def around(page: Page, urls: Collection[str]) -> Iterator[HtmlElement]:
    """What stands around the lines that lead to these addresses; nothing where there are none."""
    lines = [node for node, url in page.anchors if url in urls]
    if not lines:
        return
    shared = [*reversed([*lines[0].iterancestors()])]
    for node in lines[1:]:
        others = {*node.iterancestors()}
        shared = [one for one in shared if one in others]
    yield from _near(page, shared[-1 - _STEPS :][0], {*shared, *lines})


def _near(page: Page, top: HtmlElement, holding: Collection[HtmlElement]) -> Iterator[HtmlElement]:
    """What is in an element, but for parts with many links that do not hold the lines."""
    opened = {node for node, _ in page.anchors}
    for part in top:
        if not isinstance(part.tag, str):
            continue
        if part in holding:
            yield from _near(page, part, holding)
        elif len(opened.intersection(inside := [*islice(part.iter(), _MOST)])) < _MANY:
            yield from (one for one in inside if isinstance(one.tag, str))


def _marks(page: Page, nodes: Iterator[HtmlElement]) -> frozenset[str]:
    opened = {node for node, _ in page.anchors}
    linked = " ".join(squeeze(node.text_content()) for node in opened)
    found = {f"«{word}»" for word in TURNED.findall(page.visible) if word not in linked}
    found |= {f"«{call}»" for call in _ASKS.findall(page.scripts)}
    feet: dict[HtmlElement | None, bool] = {}  # by parent: looking costs the text of what is around
    for node in nodes:
        if mark := _mark(page, node, opened):
            parent = node.getparent()
            if parent not in feet:
                feet[parent] = in_the_foot(node)
            if not feet[parent]:
                found.add(mark)
    return frozenset(found)


def in_the_foot(node: HtmlElement) -> bool:
    """Does an element stand with the marks that every site of a government has to show at its foot: its
    licence, its number, who runs it? What speaks of budgets as well is a whole page."""
    for step in node.iterancestors():
        text = squeeze(step.text_content())[: _LONGEST_FOOT + 1]
        if step.tag == "body" or len(text) > _LONGEST_FOOT or _OF_BUDGETS in text:
            return False
        if _FOOT.search(text):
            return True
    return False


def _mark(page: Page, node: HtmlElement, opened: Collection[HtmlElement]) -> str:
    """How an element is called that can be used, "" for any other."""
    name, called = node.get("id") or "", f"{node.get('class') or ''} {node.get('id') or ''}".strip()
    if node.tag in _FIELDS:
        words = squeeze(node.text_content() if node.tag == "button" else node.get("value"))[:20]
        used = (node.get("type") or "").lower() not in ("hidden", "reset")
        asks = f"{node.get('name') or ''} {called} {node.get('placeholder') or ''}"
        return f"<{node.tag} {asks.strip() or words}>" if used and not _tool(asks, words) else ""
    if node.tag == "img" and node.get("onclick") and not _tool(node.get("onclick") or "", ""):
        return f"<img {node.get('onclick')}>"
    if node.tag in _FRAMES:
        url = page.absolute(node.get("src") or node.get("data"))
        return (
            "" if url and (is_attachment(url) or _DECORATION.search(url)) else f"<{node.tag} {url or name}>"
        )
    if node.tag == "details" and not any(one in opened for one in islice(node.iter(), _MOST)):
        return f"<details {squeeze(node.text_content())[:_LONGEST]}>"
    if _TURNS.search(called) and not _SHOWS.search(called):
        inside = islice(node.iter(), _LARGEST)
        return "" if any(one in opened for one in inside) else f"<{node.tag} {called}>"
    held = next((one for one, value in node.items() if value and one.startswith("data-")), "")
    call, text = node.get("onclick") or "", squeeze(node.text)
    short = not len(node) and 0 < len(text) <= _LONGEST and node not in opened
    if short and (held or call) and not is_tool(call, text):
        return f"<{node.tag} {held or text}>"
    vacant = node.tag in _LISTS or (name and node.tag in _PLACES and not _DECORATION.search(name))
    return f"<{node.tag} {name}>" if vacant and not len(node) and not text else ""


def is_tool(call: str, text: str) -> bool:
    """Does what is called do something with the page itself: show a part of it, print it, enlarge it?"""
    return bool(_TOOL.search(text) or SHOWS.match(call) or _DECORATION.search(call))


def _tool(asks: str, words: str) -> bool:
    return bool(_SEARCHED.search(asks) or _TOOL.search(words))

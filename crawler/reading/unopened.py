"""Lines and columns that a page offers and that do not say where they lead: a call of an unknown function, a
listener that the page adds.

Invariant: a line is one only if its text announces a body's budget or accounts; whatever opens it is not run.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Collection, Iterator
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from crawler.pages import relevance
from crawler.pages.attached_files import is_attachment
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines
from crawler.platforms.protocol import Entry
from crawler.reading.discovery import names_column, promise, sure, way_terms
from crawler.reading.groups import name_of_box, says_more
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

# Links, and what a reader may click on otherwise.
_CLICKED = etree.XPath(
    "//a | //button | //input[@type='submit' or @type='button']"
    " | //li[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //tr[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //td[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //div[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //p[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //span[@*[name()='onclick' or starts-with(name(), 'data-')]]"
)
# Calls that show or hide what is in the page already.
SHOWS = re.compile(
    r"^\s*+(?:javascript:\s*+)?(?:return\s++)?[\w$.]{0,80}(?:tab|switch|show|hide|toggle|change|hover|select|active|slide|open(?:menu|tree)|expand|fold|scroll)\w{0,80}\s*+\(",
    re.IGNORECASE,
)
CALL = re.compile(
    r"^\s*+(?:javascript:\s*+)?(?:return\s++)?[A-Za-z_$][\w$.]{0,80}"
    r"\s*+\((?=[^()\w'\"]{0,300}[\w'\"])[^()]{0,600}\)"
)
_CALLS = re.compile(r"^\s*+(?:javascript:\s*+)?(?:return\s++)?[A-Za-z_$][\w$.]{0,80}\s*+\(")
_NOWHERE = re.compile(r"#|\s*+javascript:\s*+(?:void\s*+\(?\s*+0?\s*+\)?)?\s*+;?\s*+", re.IGNORECASE)
_OPEN = re.compile(r"(?:^|[\s_-])(?:on|active|cur|current|selected|hover|this)(?:$|[\s_-])", re.IGNORECASE)
_NO_BODY = _L.pattern("no_body")
_HERE = _L.pattern("here")  # 当前位置：首页 > 专题栏目 > 预决算信息
_FURTHER = _L.pattern("further")  # 其他单位: the rest of a list
_WRITTEN = re.compile(r"[^\s\"'<>=,;:\\|/&?]{6,80}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{80,100000}={0,2}")
_OF_BUDGETS = _L.text("of_budgets")
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "strong")
_LITERAL = re.compile(r"""["']([^"'<>\\\n]{2,20})["']""")
_MOST_NAMED = 3
_MOST_PICTURES = 8
_FEWEST = 3
_LONGEST_NAME = 20
_LONGEST = 80
_MOST = 2_000
_LARGEST = 12  # elements of a line


def unopened_titles(page: Page, context: str) -> Iterator[str]:
    """The titles of such lines. `context` is what the list is about. Bare names of bodies are lines where
    several of them can be clicked on."""
    opened = {node for node, _ in page.anchors}
    known = {lines.title_of(node) for node in opened}
    bare = []
    for node, text in _clicked(page, opened):
        if page.absolute(node.get("href")) or not text or len(text) > _LONGEST or text in known:
            continue
        judged = relevance.judge(text, context)
        if not judged.relevant or not relevance.body_name(text) or is_attachment(text):
            continue
        if judged.reason == "title":
            yield text
        elif not _NO_BODY.search(text):
            bare.append(text)
    if len(bare) >= _FEWEST:
        yield from dict.fromkeys(bare)


def held_titles(page: Page, known: Collection[str]) -> Iterator[str]:
    """Titles of announcements that a page holds and does not link: as text, in data, comments and hidden
    fields. `known` are those of its lines."""
    coded = map(_decoded, islice(_BASE64.findall(page.scripts), _MOST_NAMED))
    text = lines.unescaped("\n".join((page.text, *coded))).replace("\u200b", "")
    if _OF_BUDGETS not in text:
        return
    shown = "\n".join((page.title, page.heading, *known, *page.meta.values()))
    shown += "\n".join(lines.title_of(node) for node, _ in page.anchors)
    for one in dict.fromkeys(found.strip(".…· ") for found in _WRITTEN.findall(text)):
        if _OF_BUDGETS in one and one not in shown and relevance.names_document(one):
            yield one


def _decoded(literal: str) -> str:
    """What is written in Base64, "" for anything but text."""
    try:
        return b64decode(literal, validate=True).decode()
    except ValueError:
        return ""


def _clicked(page: Page, opened: set[HtmlElement]) -> Iterator[tuple[HtmlElement, str]]:
    """What can be clicked on and has no address, with its text, no larger than a line."""
    for node in cast("list[HtmlElement]", _CLICKED(page.tree))[:_MOST]:
        inside = list(islice(node.iter(), _LARGEST + 1))
        if node not in opened and len(inside) <= _LARGEST and opened.isdisjoint(inside):
            yield node, lines.DAY.sub("", squeeze(node.text_content() or node.get("value")))


def _is_filled_later(page: Page, node: HtmlElement) -> bool:
    """Is what a tab shows not in the page? The tab that is open shows what stands there."""
    if _OPEN.search(node.get("class") or "") or SHOWS.match(node.get("onclick") or ""):
        return False
    marks = [value for name, value in node.items() if name == "href" or name.startswith("data-")]
    marks = [one for one in marks if not _NOWHERE.fullmatch(one)]
    if node.get("onclick") or not marks or any(one[:11].lower() == "javascript:" for one in marks):
        return False
    places = [one[1:] for one in marks if len(one) > 1 and one[0] == "#"]
    shown = (one for one in page.tree.iter("div", "ul", "section", "table") if one.get("id") in places)
    return not any(one.find(".//a") is not None for one in shown)


def _shows_empty_place(page: Page, node: HtmlElement) -> bool:
    """Does a tab show a place of the page with nothing in it?"""
    href = node.get("href") or ""
    if len(href) < 2 or href[0] != "#":
        return False
    places = (one for one in page.tree.iter("div", "ul", "section", "table") if one.get("id") == href[1:])
    return any(one.find(".//a") is None and not squeeze(one.text_content()) for one in places)


def _empty_groups(page: Page) -> Iterator[str]:
    """The headings of groups of bodies with an empty list below them."""
    for node in page.tree.iter("ul", "ol", "div"):
        head = node.getprevious()
        if len(node) or squeeze(node.text) or head is None or head.tag not in _HEADS:
            continue
        if relevance.names_group(text := squeeze(head.text_content())[:_LONGEST]):
            yield text


def unopened_columns(page: Page) -> Iterator[str]:
    """What the years and kinds of a column are called that only a script shows: a call of an unknown
    function, or a listener that finds a year in an attribute."""
    yield from _empty_groups(page)
    opened = {node for node, _ in page.anchors}
    for node, text in _clicked(page, opened):
        call = node.get("onclick") or node.get("href") or ""
        if says_more(text) and (_CALLS.match(call) or _NOWHERE.fullmatch(call)):
            name = name_of_box(node) or page.title
            if promise(name, "", sure(), "", announces=True).value >= sure():
                yield f"{name} {text}"
            continue
        if relevance.years(text) and len(text) <= _LONGEST_NAME and _is_filled_later(page, node):
            yield text
            continue
        if _NOWHERE.fullmatch(call) and len(text) <= _LONGEST_NAME and _FURTHER.search(text):
            yield text
            continue
        if _shows_empty_place(page, node) and promise(text, "", sure(), "", announces=True).value >= sure():
            yield text
            continue
        if not CALL.match(call) or SHOWS.match(call) or not 2 <= len(text) <= _LONGEST_NAME:
            continue
        if promise(text, "", sure(), "", announces=True).value >= sure():
            yield text


def named_in_scripts(page: Page, of_disclosures: bool) -> Iterator[str]:
    """Columns of disclosures that a script of the page names and that the page does not show; in a column of
    them, kinds of bodies as well (党群部门)."""
    texts = [text for text in dict.fromkeys(_LITERAL.findall(page.scripts)) if not text.isascii()]
    named = [one for one in texts if names_column(one) or (of_disclosures and relevance.names_group(one))]
    linked = {squeeze(lines.title_of(node)) for node, _ in page.anchors} if named else set[str]()
    here = " ".join((page.title, page.heading, *_HERE.findall(page.visible))) if named else ""
    for one in named[:_MOST_NAMED]:
        shown = one in linked or one in here
        if not (shown or _NO_BODY.search(one) or relevance.body_name(one)):
            yield one


def closed_columns(page: Page) -> Iterator[str]:
    """What is called like a column of disclosures and can be clicked on, though it has no address."""
    opened = {node for node, _ in page.anchors}
    for node, text in _clicked(page, opened):
        if node.tag != "a" and 2 <= len(text) <= _LONGEST_NAME and names_column(text):
            yield text


def closed_bodies(page: Page) -> Iterator[str]:
    """Bodies whose names call a function, and nothing says where that leads."""
    opened = {node for node, _ in page.anchors}
    for node, text in _clicked(page, opened):
        call = node.get("onclick") or node.get("href") or ""
        if CALL.match(call) and not SHOWS.match(call) and relevance.names_body(text):
            yield text


def bare_pictures(page: Page, offered: Collection[str]) -> Iterator[Entry]:
    """Links that show a picture of which nothing is said: where they lead is found out by asking."""
    shown = (
        url
        for node, url in lines.anchors(page)
        if node.find(".//img") is not None
        and not lines.title_of(node)
        and not (url in offered or is_attachment(url) or lines.looks_like_article(url))
    )
    for url in islice(dict.fromkeys(shown), _MOST_PICTURES):
        yield Entry(url, way_terms().bare_picture)

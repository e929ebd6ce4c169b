"""What the links of a page have in common: the heading they stand under, the menus and the boxes they form.

Invariant: a group is recognised by the page's own structure (`<details>`, `<dl>`, headings, rows, lists), and
named with the text that stands there. A box shows the first lines of a list, and a link that says 更多; it is
called what stands in it: its heading, or the few words it holds besides. What a group is worth is decided by
the crawl: once one member of a menu of bodies leads to a disclosure, all of them are asked for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from crawler.pages import relevance
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines, lists
from crawler.platforms.protocol import Entry
from crawler.reading.discovery import way_terms
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_LONGEST_NAME = 30
_LONGEST_MEMBER = 20
_FEWEST = 3  # links; fewer are not a menu
_LETTER = re.compile(r"[A-Z]")
_STEPS = 5
_MOST_PIECES = 30  # texts of a heading
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_OWN_TEXT = etree.XPath("./text()", smart_strings=False)
_L = lexicon_of(__name__)
_MORE = _L.pattern("more", re.I)
_MORE_NAMED = re.compile(r"(?:^|[\s/_-])(?:more|gengduo|gd)(?:\d{0,3}|[\s_-]\w{0,20})(?:\.\w{2,4})?$", re.I)
_MORE_END = _L.pattern("more_end", re.I)
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6", "span", "strong", "b", "p", "dt")
_TITLES = ("h2", "h3", "h4", "h5", "h6", "dt", "legend", "summary")
_STEPS_TO_BOX = 4  # from a link to the box it stands in
_LONGEST_NAME_OF_BOX = 20


def headings(page: Page) -> dict[str, str]:
    """The name of a body that stands above or before a link, by the link's address: a `<summary>`, a `<dt>`,
    a heading, the first cell of its row."""
    found: dict[str, str] = {}
    if page.tree.find(".//a") is None:
        return found
    for node, url in page.anchors:
        if url not in found and (name := _above(node)):
            found[url] = name
    return found


def under(title: str, heading: str) -> str:
    """A title with the body of its heading, if it names none itself (2026年部门预算 under 教育局)."""
    if not heading or heading in title or relevance.body_name(title):
        return title
    return heading + title


def _above(node: HtmlElement) -> str:
    step: HtmlElement | None = node
    for _ in range(_STEPS):
        assert step is not None
        parent = step.getparent()
        if parent is None:
            return ""
        text = _label(step, parent, node)
        if text:
            return text
        step = parent
    return ""


def _label(step: HtmlElement, parent: HtmlElement, link: HtmlElement) -> str:
    """The text that a reader takes for the heading of a link, by the structure around it."""
    if parent.tag == "details":
        return _name(parent.find("summary"), short=True)
    if step.tag == "dd":
        return _name(_before(step, "dt"), short=True)
    if step.tag in ("td", "th") and parent.tag == "tr" and parent[0] is not step:
        return _name(parent[0])
    if step.tag in ("ul", "ol", "div", "table", "p"):
        before = step.getprevious()
        if before is not None and before.tag in _HEADINGS:
            return _name(before)
    if step is link and parent.tag in ("li", "p"):
        texts = cast("list[str]", _OWN_TEXT(parent))
        return _known(squeeze(texts[0]).rstrip("：: ")) if texts else ""
    return ""


def _before(step: HtmlElement, tag: str) -> HtmlElement | None:
    before = step.getprevious()
    while before is not None and before.tag != tag:
        before = before.getprevious()
    return before


def _name(node: HtmlElement | None, short: bool = False) -> str:
    return "" if node is None else _known(squeeze("".join(islice(node.itertext(), _MOST_PIECES))), short)


def _known(text: str, short: bool = False) -> str:
    """The text, if it is the name of a body."""
    if not 2 <= len(text) <= _LONGEST_NAME:
        return ""
    return text if _names_body(fold(text), short) else ""


def _names_body(plain: str, short: bool = True) -> bool:
    """Is a folded text what a body is called in full, or, where that is looked for, in `short`?"""
    full = way_terms().body.search(plain)
    return bool(full or (short and way_terms().short_names.fullmatch(plain)))


def menus(page: Page, offered: frozenset[str] = frozenset()) -> Iterator[tuple[Entry, ...]]:
    """The menus of bodies a page has: three links or more in one list, some of which are called like bodies
    (教育局, 教育), or all by a letter. What stood on the page before (`offered`) is the site's own menu."""
    places: defaultdict[HtmlElement, dict[str, str]] = defaultdict(dict)
    for node, url in page.anchors:
        title = squeeze(lines.title_of(node))
        if url == page.url or url in offered or not 1 <= len(title) <= _LONGEST_MEMBER:
            continue
        place = place_of(node)
        if place is not None:
            places[place].setdefault(url, title)
    drawn = {one.url: one.title for one in lists.trees(page) if one.url not in offered}
    for members in (*places.values(), drawn):
        if len(members) >= _FEWEST and _is_menu(list(members.values())):
            yield tuple(Entry(url, title) for url, title in members.items())


def place_of(node: HtmlElement) -> HtmlElement | None:
    """The list an element is a line of: its parent, or the parent of the line."""
    step = node.getparent()
    if node.tag == "option":
        return step
    while step is not None and step.tag in ("li", "td", "dd", "span", "p", "b", "strong", "h3", "h4", "h5"):
        step = step.getparent()
        if step is not None and step.tag == "tr":
            step = step.getparent()
    return step


def _is_menu(titles: list[str]) -> bool:
    plain = [fold(title) for title in titles]
    bodies = sum(map(_names_body, plain))
    letters = sum(bool(_LETTER.fullmatch(one)) for one in plain)
    announced = sum(relevance.judge(one).relevant for one in titles)
    return (bodies >= _FEWEST or letters >= _FEWEST) and announced * 2 < len(titles)


def heading_above(node: HtmlElement) -> str:
    """The heading that a link stands under, at the nearest level that has one; "" for none, or a long one."""
    step: HtmlElement | None = node
    for _ in range(_STEPS_TO_BOX):
        if step is None:
            break
        above = next((one for one in step.itersiblings(preceding=True) if one.tag in _TITLES), None)
        if above is not None:
            text = squeeze(above.text_content())
            return text if len(text) <= _LONGEST_NAME_OF_BOX else ""
        step = step.getparent()
    return ""


def leads_to_more(node: HtmlElement) -> bool:
    """Does a link say 更多, or show a picture or a sign that is called so?"""
    if text := lines.title_of(node):
        return bool(_MORE.fullmatch(text))
    pictures = (image.get("src") for image in node.iter("img"))
    return any(_MORE_NAMED.search(name) for name in (node.get("class"), *pictures) if name)


def says_more(text: str) -> bool:
    """Does a link say no more than 更多?"""
    return bool(_MORE.fullmatch(text))


def name_of_box(node: HtmlElement) -> str:
    """What the box is called that a link stands in, by its heading or by the few words it holds besides."""
    step: HtmlElement | None = node
    for _ in range(_STEPS_TO_BOX):
        if step is None or (step := step.getparent()) is None:
            break
        before = step.getprevious()
        called = [step, *([before] if before is not None and before.tag in _HEADS else [])]
        names = (_MORE_END.sub("", squeeze(one.text_content())) for one in called)
        if name := next((one for one in names if 2 <= len(one) <= _LONGEST_NAME_OF_BOX), ""):
            return name
    return ""

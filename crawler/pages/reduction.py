"""Which pages may be parsed in the crawl's own process; and a large page made small, without what only costs.

Invariant: the scan for harmless pages is linear in their size, and every cost of one that grows faster than
that is bounded by the numbers below. Every other page is read in another process first
(`crawler.http.page_processes`). A reduced page is read like the page itself wherever nothing is `cut`; what
is cut is counted. Styles, comments, drawings and pictures held as data go without being counted: no reader of
pages looks at them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree, html

from crawler.pages.page import Page
from parsers.values.messages import Message, message

_WITHOUT = frozenset({"style", "svg", "math", "canvas"})
_LINKED = frozenset({"a", "area", "option"})
_DEEPEST = 150
_MOST_ATTRIBUTES = 60
_LONGEST_VALUE = 20_000
LARGEST = 512 * 1024
"""Bytes of a page that is parsed here."""
MOST_LINKS = 2_000
MOST_SCRIPTS = 200
_MOST_TAGS = 20_000
_FEW_TAGS = 4_000
"""So many tags cost little however they are nested."""
_DEEPEST_HERE = 200
_LONGEST_TAG = 2_000
"""Bytes of a tag outside quotes: room for a thousand attributes, which libxml2 compares with each other."""
# As browsers have it, a quoted value may hold angle brackets. Possessive: each byte is looked at once.
_WHOLE_TAG = re.compile(rb"<[a-zA-Z](?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")
_LINK = re.compile(rb"<a[\s>]|<area|<option|\son\w+\s*=|\sdata-", re.IGNORECASE)
_SCRIPT = re.compile(rb"<(?:script|style|noscript|!--)", re.IGNORECASE)
# Elements that have no content, or that the next of their kind ends.
_FLAT = frozenset(
    b"area base br col dd dt embed frame hr img input li link meta option p param td th tr wbr".split()
)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a page is kept: elements, links, characters of text, characters of scripts."""

    elements: int = 60_000
    links: int = 3_000
    text: int = 1_500_000
    scripts: int = 600_000

    def half(self) -> Size:
        """Half of everything."""
        return replace(
            self, elements=self.elements // 2, links=self.links // 2, text=self.text // 2,
            scripts=self.scripts // 2,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reduced:
    """`body` is in the encoding of the page; `cut` says what of it is missing, None for nothing."""

    body: bytes
    encoding: str
    cut: Message | None = None


def reduce(page: Page, size: Size) -> Reduced:
    """The page within `size`. The middle is left out: pagers and marks of systems stand at the ends."""
    copy = _Copy(page.tree, size)
    start = f'<meta charset="{page.encoding}">'
    if page.base != page.url:
        start += etree.tostring(html.Element("base", href=page.base), encoding="unicode", method="html")
    text = start + html.tostring(copy.root, encoding="unicode")
    return Reduced(text.encode(page.encoding, "xmlcharrefreplace"), page.encoding, copy.cut)


class _Copy:
    """A tree built again, element by element, no deeper than `_DEEPEST`."""

    def __init__(self, tree: html.HtmlElement, size: Size) -> None:
        self._size = size
        self._elements = sum(1 for _ in tree.iter(etree.Element))
        self._links = sum(1 for _ in tree.iter(*_LINKED))
        self._text, self._scripts = size.text, size.scripts
        self._seen = self._seen_links = self._deep = 0
        self._left_out = 0
        self.root = html.Element("html")
        self._fill(tree)

    @property
    def cut(self) -> Message | None:
        """What is missing; None for nothing."""
        missing: list[Message] = []
        if self._links > self._size.links:
            missing.append(message("cut_links", n=self._links, read=self._size.links))
        elif self._left_out:
            missing.append(message("cut_elements", n=self._elements, read=self._elements - self._left_out))
        if self._text < 0:
            missing.append(message("cut_text", n=-self._text))
        if self._scripts < 0:
            missing.append(message("cut_scripts", n=-self._scripts))
        return message("seen_parts", parts=tuple(missing)) if missing else None

    def _fill(self, tree: html.HtmlElement) -> None:
        """Walk the tree; `above` are the copies of the elements that are open, a dropped one's as that of
        its parent."""
        above = [self.root]
        skipped = 0
        for event, node in etree.iterwalk(tree, events=("start", "end")):
            if not isinstance(node.tag, str):
                if event == "start" and not skipped:
                    self._add_text(above[-1], node.tail)
                continue
            if node.tag in _WITHOUT:
                skipped += 1 if event == "start" else -1
                if event == "end" and not skipped:
                    self._add_text(above[-1], node.tail)
            elif skipped:
                continue
            elif event == "start":
                above.append(self._start(node, above[-1], len(above)))
            else:
                above.pop()
                if node is not tree:
                    self._add_text(above[-1], node.tail)

    def _start(self, node: html.HtmlElement, parent: html.HtmlElement, depth: int) -> html.HtmlElement:
        """The element in the smaller page, or its parent where it is left out. What lies too deep hangs below
        an element that is less deep, so that its links stay in order."""
        self._seen += 1
        is_link = node.tag in _LINKED
        self._seen_links += is_link
        if node.getparent() is None:
            made = self.root
            self._set(made, node)
        elif _is_left_out(self._seen, self._elements, self._size.elements) or (
            is_link and _is_left_out(self._seen_links, self._links, self._size.links)
        ):
            self._left_out += 1
            return parent
        else:
            place = parent if depth <= _DEEPEST else self._shallow(parent)
            made = etree.SubElement(place, node.tag)
            self._set(made, node)
        if node.tag == "script":
            made.text = self._script(node.text)
        else:
            self._add_text(made, node.text, first=True)
        return made if depth <= _DEEPEST or node.tag in ("script", "a") else parent

    def _shallow(self, parent: html.HtmlElement) -> html.HtmlElement:
        """Where an element goes that stands too deep: beside what it stood in."""
        return parent if parent.tag not in ("a", "script") else parent.getparent()

    def _set(self, made: html.HtmlElement, node: html.HtmlElement) -> None:
        for name, value in islice(node.items(), _MOST_ATTRIBUTES):
            if name != "style" and len(value) <= _LONGEST_VALUE and not value.startswith("data:"):
                made.set(name, value)

    def _script(self, text: str | None) -> str:
        kept = (text or "")[: max(self._scripts, 0)]
        self._scripts -= len(text or "")
        return kept

    def _add_text(self, place: html.HtmlElement, text: str | None, first: bool = False) -> None:
        """Text behind the last child of an element, or at its start."""
        kept = (text or "")[: max(self._text, 0)]
        self._text -= len(text or "")
        if not kept:
            return
        if first or not len(place):
            place.text = (place.text or "") + kept
        else:
            place[-1].tail = (place[-1].tail or "") + kept


def _is_left_out(number: int, count: int, most: int) -> bool:
    """Is one of so many in the middle that has no room? Three quarters of what is kept are at the start."""
    return count > most and most * 3 // 4 < number <= count - most // 4


def is_harmless(body: bytes) -> bool:
    """Does a page cost little to parse and to read, whatever it is?"""
    if len(body) > LARGEST:
        return False
    tags = body.count(b"<")
    if tags > _MOST_TAGS:
        return False
    if len(body) > _LONGEST_TAG and _has_long_tag(body):
        return False
    if tags > MOST_SCRIPTS and _more(_SCRIPT, body, MOST_SCRIPTS):
        return False
    if tags > MOST_LINKS // 2 and _more(_LINK, body, MOST_LINKS):
        return False
    return tags <= _FEW_TAGS or not _is_deep(body)


def _has_long_tag(body: bytes) -> bool:
    """Is there a tag that holds very many attributes? What is quoted in it is one value, however long."""
    for tag in _WHOLE_TAG.findall(body):
        if len(tag) > _LONGEST_TAG and len(_QUOTED.sub(b'"', tag)) > _LONGEST_TAG:
            return True
    return False


def _more(pattern: re.Pattern[bytes], body: bytes, most: int) -> bool:
    return sum(1 for _ in pattern.finditer(body)) > most


def _is_deep(body: bytes) -> bool:
    depth = 0
    for closing, name in _TAG.findall(body):
        if name.lower() in _FLAT:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > _DEEPEST_HERE:
            return True
    return False

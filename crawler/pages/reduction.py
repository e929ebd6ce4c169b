"""A large page made small: its links, names and texts, without what only costs.

Invariant: a reduced page is read like the page itself wherever nothing is `cut`; what is cut is counted.
Styles, comments, drawings and pictures held as data go without being counted: no reader of pages looks at
them. Runs where a page may cost what it likes (`crawler.http.page_processes`).
"""

from __future__ import annotations

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

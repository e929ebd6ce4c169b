"""What a page shows that may lead to disclosures and says neither where to nor what it is: pictures of other
hosts, calls behind pictures, programs of other hosts that may write lines, and words that send a reader on.

Invariant: nothing is run, and nothing is guessed: a door is a doubt. What stands on every page of a site is
its frame, not a door; the caller knows that by the marks of doors on other pages.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from archive.vocabulary import GapKind
from crawler.pages import relevance
from crawler.pages.addresses import same_site
from crawler.pages.attached_files import is_attachment
from crawler.pages.loaded_scripts import foreign_sources
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines
from crawler.reading.discovery import Candidate, Promise, least, way_terms
from crawler.reading.unopened import CALL, SHOWS
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Seen, message

_L = lexicon_of(__name__)

_CLICKED = etree.XPath("//*[@onclick]")
# What a page does with itself: prints, reads aloud, enlarges, shares, searches.
_TOOL = re.compile(
    r"print|font|zoom|size|close|share|back|top\b|search|query|login|lang|wza|voice|read|speak|copy|fav|home"
    r"|page|submit|menu|play|video|code|refresh|reload|alert|confirm|stat|count|style|dynclick|hide",
    re.IGNORECASE,
)
# Seals, records of the network, and governments above all others, which pictures on any page link.
_OF_ANY_SITE = re.compile(
    r"//(?:www|tousu)\.gov\.cn|conac|beian|miit|12377|12388|mof\.gov|weibo|cyber", re.IGNORECASE
)
_SENTENCE = _L.pattern("sentence")
_SENDS_ON = _L.pattern("sends_on")
_PLACE = _L.pattern("place")
_OF_BUDGETS = _L.pattern("of_budgets")
_STOPPED = _L.pattern("stopped")  # 本栏目已停止更新
_ELSE = _L.pattern("else")  # follow us, enrol, apply
_MOST = 200
_LARGEST = 12  # elements of what is clicked on
_LONGEST = 60
_BEFORE = 40
_MOST_SENTENCES = 20


@dataclass(frozen=True, slots=True)
class Door:
    """One of them: the gap that it is, what it would open or the page it is on, and what is seen of it."""

    kind: GapKind
    url: str
    seen: Seen

    @property
    def mark(self) -> str:
        """By which it is recognised on another page."""
        return f"{self.url} {self.seen}" if self.kind == GapKind.COLUMN else str(self.seen)


def doors_of(page: Page) -> Iterator[Door]:
    """Those of a page, in no order of worth."""
    yield from _pictures(page)
    yield from _calls(page)
    for url in foreign_sources(page):
        yield Door(GapKind.COLUMN, url, message("seen_loads", names=(url,)))
    for text in sent_on(page):
        yield Door(GapKind.CLICK, page.url, text)


def sent_on(page: Page, of_budgets: bool = False) -> tuple[str, ...]:
    """The words that send a reader to a place without a link (其余部门请到办事大厅查看); elsewhere than
    in a column of disclosures, those that speak of budgets or accounts."""
    found = (squeeze(one) for one in islice(_sending_on(page.visible), _MOST_SENTENCES))
    some = (one for one in dict.fromkeys(found) if not _ELSE.search(one))
    return tuple(one for one in some if not of_budgets or _OF_BUDGETS.search(one))


def _sending_on(text: str) -> Iterator[str]:
    """What sentences say about where to look, a few words before it included, or that a column has ended."""
    for sentence in _SENTENCE.findall(text):
        if stopped := _STOPPED.search(sentence):
            yield stopped[0]
        asked = _SENDS_ON.search(sentence)
        if asked and _PLACE.search(sentence, asked.end()):
            yield sentence[max(0, asked.start() - _BEFORE) :][:_LONGEST]


def _pictures(page: Page) -> Iterator[Door]:
    """Links with a picture and no text, to other hosts."""
    for node, url in page.anchors:
        if not _shows_picture(node) or same_site(url, page.url) or is_attachment(url):
            continue
        if not _OF_ANY_SITE.search(url):
            yield Door(GapKind.COLUMN, url, lines.title_of(node) or "")


def behind_pictures(page: Page, offered: Collection[str]) -> Iterator[Candidate]:
    """What pictures without text lead to in such a list, but for those of the frame: `offered` are the
    links of the page before. What they are called (点击进入, 专题) may lead away."""
    for node, url in lines.anchors(page) if offered else ():
        if url in offered or is_attachment(url) or lines.looks_like_article(url) or not _shows_picture(node):
            continue
        if same_site(url, page.url) and not relevance.judge(lines.title_of(node), page.title).relevant:
            yield Candidate(url, way_terms().bare_picture, Promise(least(), "a picture in a column"))


def _shows_picture(node: HtmlElement) -> bool:
    """Does a link show a picture, and no text?"""
    return node.find(".//img") is not None and not squeeze(node.text_content())


def _calls(page: Page) -> Iterator[Door]:
    """What can be clicked on, shows no text, and calls a function with something that is named."""
    opened = {node for node, _ in page.anchors}
    for node in islice(cast("list[HtmlElement]", _CLICKED(page.tree)), _MOST):
        call = squeeze(node.get("onclick"))
        if not CALL.match(call) or SHOWS.match(call) or _TOOL.search(call):
            continue
        inside = list(islice(node.iter(), _LARGEST + 1))
        silent = not squeeze(node.text_content() or node.get("value"))
        if silent and len(inside) <= _LARGEST and opened.isdisjoint((*inside, *node.iterancestors("a"))):
            yield Door(GapKind.CLICK, page.url, call[:_LONGEST])

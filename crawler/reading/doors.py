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
from crawler.platforms.lists import later_parts
from crawler.reading.controls import TURNED, around, in_the_foot, is_tool
from crawler.reading.discovery import Candidate, Promise, least, promise, sure, way_terms
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
    r"//(?:(?:tousu|liuyan|zfwzgl)\.)?www\.gov\.cn|/exposure/|zwfw|conac|beian|miit|12377|12388|mof\.gov|weibo|cyber"
    r"|//wza|//\w{0,20}\.isc\.org|mangren",
    re.IGNORECASE,
)
_SENTENCE = _L.pattern("sentence")
_SENDS_ON = _L.pattern("sends_on")
_PLACE = _L.pattern("place")
_OF_BUDGETS = _L.pattern("of_budgets")
_STOPPED = _L.pattern("stopped")  # 本栏目已停止更新
_ELSE = _L.pattern("else")  # follow us, enrol, apply
_DATA = re.compile(r"\.(?:csv|json|xml)(?:$|\?)", re.IGNORECASE)
_ASKED = ("text", "search", "password")
_EVENTS = ("onclick", "onmousedown", "onmouseover", "ontouchstart")
_SHORT = 12  # characters of what is clicked on
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


def doors_of(page: Page, urls: Collection[str] = ()) -> Iterator[Door]:
    """Those of a page, in no order of worth; of a list with lines that lead to `urls` those that stand around
    them, or whose addresses name disclosures: what stands farther off is the frame of the site."""
    near = dict.fromkeys(around(page, urls))  # in the order of the page
    for node, url in (*_pictures(page), *_forms(page)):
        if not near or node in near or promise("", url).value >= sure():
            yield Door(GapKind.COLUMN, url, lines.title_of(node) or "")
    for node, url in page.anchors:
        if _DATA.search(url) and (node in near or url in urls):
            yield from _data(url, lines.title_of(node))
    calls = (*_calls(page), *_called(page, near))
    said: list[tuple[HtmlElement, str, Seen]] = [(node, page.url, call) for node, call in calls]
    said += [(node, url, message("seen_loads", names=(url,))) for node, url in foreign_sources(page)]
    for node, url, seen in said:
        if not near or node in near:
            yield Door(GapKind.CLICK if url == page.url else GapKind.COLUMN, url, seen)
    for text in sent_on(page):
        yield Door(GapKind.CLICK, page.url, text)


def _data(url: str, title: str) -> Iterator[Door]:
    """A file of data beside a list, but for that of one body."""
    if not relevance.body_name(title):
        yield Door(GapKind.COLUMN, url, title)


def sent_on(page: Page, of_budgets: bool = False) -> tuple[str, ...]:
    """The words that send a reader to a place without a link (其余部门请到办事大厅查看); elsewhere than
    in a column of disclosures, those that speak of budgets or accounts."""
    shown = islice((alt for node in page.tree.iter("img") if (alt := node.get("alt"))), _MOST_SENTENCES)
    text = "\n".join((page.visible, *shown))
    found = (squeeze(one) for one in islice(_sending_on(text), _MOST_SENTENCES))
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


def _pictures(page: Page) -> Iterator[tuple[HtmlElement, str]]:
    """Links with a picture, of their own or by a style, and no text, to other hosts."""
    for node, url in page.anchors:
        styled = not len(node) and (node.get("class") or node.get("style")) and not squeeze(node.text)
        if not (styled or shows_picture(node)) or same_site(url, page.url) or is_attachment(url):
            continue
        if not (_OF_ANY_SITE.search(url) or in_the_foot(node)):
            yield node, url


def _forms(page: Page) -> Iterator[tuple[HtmlElement, str]]:
    """Forms that ask nothing and lead to other hosts (进入统一平台)."""
    for form in page.tree.iter("form"):
        url = page.absolute(form.get("action"))
        asks = any((one.get("type") or "text").lower() in _ASKED for one in form.iter("input"))
        if url and not asks and not same_site(url, page.url) and not _OF_ANY_SITE.search(url):
            yield form, url


def behind_pictures(page: Page, offered: Collection[str]) -> Iterator[Candidate]:
    """What pictures without text lead to in such a list, but for those of the frame: `offered` are the
    links of the page before. What they are called (点击进入, 专题) may lead away."""
    for node, url in lines.anchors(page) if offered else ():
        if url in offered or is_attachment(url) or lines.looks_like_article(url) or not shows_picture(node):
            continue
        if same_site(url, page.url) and not relevance.judge(lines.title_of(node), page.title).relevant:
            yield Candidate(url, way_terms().bare_picture, Promise(least(), "a picture in a column"))


def shows_picture(node: HtmlElement) -> bool:
    """Does a link show a picture, and no text?"""
    return node.find(".//img") is not None and not squeeze(node.text_content())


def _called(page: Page, near: Collection[HtmlElement]) -> Iterator[tuple[HtmlElement, str]]:
    """Words beside a list that call something when they are clicked on or pointed at, and elements of a
    program's own (`<gov-list code=…>`) that show nothing; but what turns the list's pages, or is asked for
    as a later part of it, is known elsewhere."""
    opened, asked = {node for node, _ in page.anchors}, {*later_parts(page)}
    for node in near:
        call = next((value for name, value in node.items() if name in _EVENTS and value), "")
        text = squeeze(node.text_content()) if call or "-" in node.tag else ""
        if "-" in node.tag and not text and asked.isdisjoint(map(page.absolute, node.values())):
            yield node, f"<{node.tag}>"
        elif call and 0 < len(text) <= _SHORT and node not in opened and not _is_known(call, text):
            yield node, text


def _is_known(call: str, text: str) -> bool:
    return is_tool(call, text) or bool(TURNED.search(text))


def _calls(page: Page) -> Iterator[tuple[HtmlElement, str]]:
    """What can be clicked on, shows no text, and calls a function with something that is named."""
    opened = {node for node, _ in page.anchors}
    for node in islice(cast("list[HtmlElement]", _CLICKED(page.tree)), _MOST):
        call = squeeze(node.get("onclick"))
        if not CALL.match(call) or SHOWS.match(call) or _TOOL.search(call):
            continue
        inside = list(islice(node.iter(), _LARGEST + 1))
        silent = not squeeze(node.text_content() or node.get("value"))
        apart = len(inside) <= _LARGEST and opened.isdisjoint((*inside, *node.iterancestors("a")))
        if silent and apart and not in_the_foot(node):
            yield node, call[:_LONGEST]

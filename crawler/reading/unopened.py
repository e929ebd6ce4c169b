"""Lines of a list that announce something and lead nowhere that is told: a call of an unknown function, a
listener that the page adds.

Invariant: a line is one only if its text announces a body's budget or accounts; whatever opens it is not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from crawler.pages import relevance
from crawler.pages.attached_files import is_attachment
from crawler.pages.page import Page, squeeze
from crawler.platforms import lines

# Links, and what a reader may click on otherwise.
_CLICKED = etree.XPath(
    "//a | //li[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //tr[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //td[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //div[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //p[@*[name()='onclick' or starts-with(name(), 'data-')]]"
    " | //span[@*[name()='onclick' or starts-with(name(), 'data-')]]"
)
_LONGEST = 80
_MOST = 2_000


def unopened(page: Page, context: str) -> Iterator[str]:
    """The titles of such lines. `context` is what the list is about."""
    opened = {node for node, _ in page.anchors}
    known = {lines.title_of(node) for node in opened}
    for node in cast("list[HtmlElement]", _CLICKED(page.tree))[:_MOST]:
        if node in opened or any(inner in opened for inner in node.iter("a")):
            continue
        href = page.absolute(node.get("href"))
        text = lines.DAY.sub("", squeeze(node.text_content())) if len(node) < 8 else ""
        if href or not text or len(text) > _LONGEST or text in known or is_attachment(text):
            continue
        if relevance.body_name(text) and relevance.judge(text, context).relevant:
            yield text

"""The boxes of a page that show the first lines of a list, and the links that say 更多.

Invariant: a box is called what stands in it: its heading, or the few words it holds besides.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawler.pages.page import squeeze
from crawler.platforms import lines
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_MORE = _L.pattern("more", re.I)
_MORE_NAMED = re.compile(r"(?:^|[\s/_-])(?:more|gengduo|gd)(?:\d{0,3}|[\s_-]\w{0,20})(?:\.\w{2,4})?$", re.I)
_MORE_END = _L.pattern("more_end", re.I)
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6", "span", "strong", "b", "p", "dt")
_STEPS = 4  # from a link to the box it stands in
_LONGEST_NAME = 20


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
    for _ in range(_STEPS):
        if step is None or (step := step.getparent()) is None:
            break
        before = step.getprevious()
        called = [step, *([before] if before is not None and before.tag in _HEADS else [])]
        names = (_MORE_END.sub("", squeeze(one.text_content())) for one in called)
        if name := next((one for one in names if 2 <= len(one) <= _LONGEST_NAME), ""):
            return name
    return ""

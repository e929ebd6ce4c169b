"""The source of a web page before it is parsed: what libxml2 cannot handle is taken out.

Invariant: text between tags is untouched. libxml2 compares each attribute of a tag with all others, so that a
tag with 300,000 of them holds a processor for minutes; a tag with more than `MOST_ATTRIBUTES` loses them all.
libxml2 stops at the 2,048th element that is open, and drops all that follows.
"""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

MOST_ATTRIBUTES = 20_000
"""Far more than a tag has, and than a page has quotes: where one quote is missing, all that follows looks
like attributes of one tag, and must not be lost."""
_LONG = 2 * MOST_ATTRIBUTES
"""Characters that as many attributes take at least."""
# Possessive: each character is looked at once, also where a quote is never closed.
_TAG = re.compile(r"<[a-zA-Z][^\s/>\"'<]*+(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_NAME = re.compile(r"<[a-zA-Z][^\s/>\"'<]*")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_DEEPEST = 400
"""Elements that stay open in one another; those that are not counted make up to four of one."""
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>\"'<]*+)(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>?")
# Elements without content, those that the next of their kind ends, and those that are looked for by name.
_KEPT = frozenset(
    {"a", "area", "base", "body", "br", "col", "dd", "dt", "embed", "form", "frame", "frameset", "head", "hr",
     "html", "iframe", "img", "input", "li", "link", "meta", "option", "p", "param", "script", "select",
     "style", "td", "textarea", "th", "title", "tr", "wbr"}
)  # fmt: skip
_BETWEEN = re.compile(r"[\s/\"]+")


def bounded_tags(source: str) -> str:
    """The page with tags of no more than `MOST_ATTRIBUTES` attributes."""
    if all(len(tag) < _LONG for tag in _TAG.findall(source)):
        return source
    return _TAG.sub(_bounded, source)


def _bounded(tag: re.Match[str]) -> str:
    text = tag[0]
    if len(text) < _LONG:
        return text
    attributes = sum(1 for _ in _BETWEEN.finditer(_QUOTED.sub('"', text)))
    if attributes <= MOST_ATTRIBUTES:
        return text
    name = _NAME.match(text)
    return name[0] if name else ""


def is_too_deep(parser: etree.HTMLParser) -> bool:
    """Did a parser stop because too many elements were open, so that the rest of the page is lost?"""
    error = parser.error_log.last_error
    return error is not None and error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT


def shallow_tags(source: str) -> str:
    """The page with no more than `_DEEPEST` elements inside each other: the tags of those deeper are left
    out, what stands in them stays. A closing tag ends all elements opened since, as libxml2 has it."""
    pieces: list[str] = []
    opened: list[tuple[str, bool]] = []
    names: Counter[str] = Counter()
    position = 0
    for tag in _ANY_TAG.finditer(source):
        name = tag[2].lower()
        if name in _KEPT:
            continue
        stays = True
        if not tag[1]:
            stays = len(opened) < _DEEPEST
            opened.append((name, stays))
            names[name] += 1
        elif names[name]:
            ended = ""
            while ended != name:
                ended, stays = opened.pop()
                names[ended] -= 1
        if not stays:
            pieces.append(source[position : tag.start()])
            position = tag.end()
    return "".join((*pieces, source[position:]))

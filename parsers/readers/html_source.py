"""The source of a web page before it is parsed: what libxml2 cannot bear is taken out.

Invariant: text between tags is untouched. libxml2 compares each attribute of a tag with all others, so that a
tag with 300,000 of them holds a processor for minutes; a tag with more than `MOST_ATTRIBUTES` loses them all.
"""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 20_000
"""Far more than a tag has, and than a page has quotes: where one quote is missing, all that follows looks
like attributes of one tag, and must not be lost."""
_LONG = 2 * MOST_ATTRIBUTES
"""Characters that as many attributes take at least."""
# Possessive: each character is looked at once, also where a quote is never closed.
_TAG = re.compile(r"<[a-zA-Z][^\s/>\"'<]*+(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_NAME = re.compile(r"<[a-zA-Z][^\s/>\"'<]*")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_BETWEEN = re.compile(r"[\s/\"]+")


def bounded_tags(source: str) -> str:
    """The page with tags of no more than `MOST_ATTRIBUTES` attributes."""
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

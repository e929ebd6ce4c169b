"""Which pages may be parsed in the crawl's own process: those that a scan of their bytes proves harmless.

Invariant: the scan is linear in the size of a page, and every cost of a harmless page that grows faster than
that is bounded by the numbers below. Every other page is read in another process first
(`crawler.http.page_processes`).
"""

from __future__ import annotations

import re

LARGEST = 512 * 1024
"""Bytes of a page that is parsed here."""
MOST_LINKS = 2_000
MOST_SCRIPTS = 200
_MOST_TAGS = 20_000
_FEW_TAGS = 4_000
"""So many tags cost little however they are nested."""
_DEEPEST = 200
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
        if depth > _DEEPEST:
            return True
    return False

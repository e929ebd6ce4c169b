"""Pagers that send a form of the page: `document.pageForm.pageNo.value = n; document.pageForm.submit()`.

Invariant: a form is sent as it stands, with nothing filled in but the number of the page; how many pages
there are comes from the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from lxml.html import HtmlElement

from crawler.pages.page import Page, squeeze
from crawler.platforms.pager import stated_pages
from crawler.platforms.protocol import MOST_PAGES, PageRequest
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

_PAGE_FIELD = re.compile(
    r"(?:\w{0,12}[._])?(?:c(?:ur(?:r(?:ent)?)?)?_?)?page(?:_?(?:no|num|number|index|id))?|pn|currentindex",
    re.I,
)
_SENDS = re.compile(r"\.submit\s*\(", re.IGNORECASE)
_TURNS = _L.pattern("turns", re.IGNORECASE)
_ARGUMENT = re.compile(r"\(\s{0,3}['\"]?(\d{1,3})['\"]?\s{0,3}[,)]")
_MOST_FIELDS = 40
_MOST_FORMS = 20
_LONGEST_VALUE = 500  # characters; the state of an ASP.NET page is longer, and `postback` sends it


def form_pages(page: Page) -> tuple[PageRequest, ...]:
    """The other pages of a list that a form of the page asks for; () if none does."""
    turning = [node for node in page.tree.iter("a", "span", "button", "input") if _turns(node)]
    if not any(map(_submits, turning)) and not (turning and _SENDS.search(page.text)):
        return ()
    for form in islice(page.tree.iter("form"), _MOST_FORMS):
        fields = dict(islice(fields_of(form), _MOST_FIELDS))
        names = [name for name, value in fields.items() if _PAGE_FIELD.fullmatch(name) and _counts(value)]
        if len(names) != 1 or any(len(value) > _LONGEST_VALUE for value in fields.values()):
            continue
        current = int(fields[names[0]] or 1)
        last = min(stated_pages(page) or _highest(turning, current), MOST_PAGES)
        numbers = (number for number in range(2, last + 1) if number != current)
        made = (_request(page, form, {**fields, names[0]: str(number)}) for number in numbers)
        return tuple(one for one in made if one)
    return ()


def _highest(turning: list[HtmlElement], current: int) -> int:
    """The highest page that a call names; of a pager that names none, the one after this page."""
    calls = (f"{node.get('href') or ''} {node.get('onclick') or ''}" for node in turning)
    named = [int(number) for call in calls for number in _ARGUMENT.findall(call)]
    return max(named) if named else current + 1


def _request(page: Page, form: HtmlElement, fields: dict[str, str]) -> PageRequest | None:
    url = page.absolute(form.get("action")) if form.get("action") else page.url
    if url is None:
        return None
    if (form.get("method") or "get").lower() == "post":
        return PageRequest(url, tuple(fields.items()))
    return PageRequest(f"{url.partition('?')[0]}?{urlencode(fields)}")


def fields_of(form: HtmlElement) -> Iterator[tuple[str, str]]:
    """Name and value of everything a browser would send."""
    for node in form.iter("input", "select"):
        name, kind = node.get("name"), (node.get("type") or "text").lower()
        if not name or kind in ("submit", "button", "reset", "image", "file", "password"):
            continue
        if node.tag == "select":
            chosen = node.find(".//option[@selected]")
            first = node.find(".//option") if chosen is None else chosen
            yield name, "" if first is None else first.get("value") or squeeze(first.text_content())
        elif kind not in ("checkbox", "radio") or node.get("checked") is not None:
            yield name, node.get("value") or ""


def _counts(value: str) -> bool:
    return not value or (value.isdecimal() and 0 < int(value) < MOST_PAGES)


def _turns(node: HtmlElement) -> bool:
    """Is it something to turn pages with?"""
    called = f"{node.get('href') or ''} {node.get('onclick') or ''}"
    text = squeeze(node.text_content()) or node.get("value") or ""
    return ("(" in called or _submits(node)) and bool(_TURNS.fullmatch(text.strip(" <>")))


def _submits(node: HtmlElement) -> bool:
    """Does a click on it send its form, without a script?"""
    return node.tag in ("button", "input") and (node.get("type") or "").lower() in ("submit", "image")

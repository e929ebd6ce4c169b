"""Pagers of ASP.NET: `javascript:__doPostBack('AspNetPager1','2')`, or a button 下一页 of the page's form.

Invariant: the form is sent as it stands, with the page's own state and the one event that its link names;
only the next page is asked for, as its state comes with it. A state that is too long to keep is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl

from lxml.html import HtmlElement

from crawler.pages.page import Page, squeeze
from crawler.platforms.forms import fields_of
from crawler.platforms.protocol import PageRequest
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)

_POSTS = re.compile(r"__doPostBack\(\s*'([^'\s]{1,200})'\s*,\s*'([^']{0,60})'\s*\)")
_NEXT = _L.pattern("next", re.IGNORECASE)
_AROUND = " []【】()<>›»＞→▶"
_NUMBER = re.compile(r"\d{1,4}$")
_AT = _L.pattern("at")
_STATE = "__VIEWSTATE"
_LONGEST = 32_000  # characters of a form
_MOST_FIELDS = 200
_MOST_LINKS = 2_000


def following_page(page: Page) -> tuple[PageRequest, ...]:
    """The request for the next page of a list; () if no event of the page's form asks for it."""
    form = next((one for one in page.tree.iter("form") if _has_state(one)), None)
    if form is None:
        return ()
    event = next(_events(page, form), None)
    url = page.absolute(form.get("action")) if form.get("action") else page.url
    fields = dict(islice(fields_of(form), _MOST_FIELDS))
    if event is None or url is None or sum(map(len, fields.values())) > _LONGEST:
        return ()
    return (PageRequest(url, tuple({**fields, **event}.items())),)


def _has_state(form: HtmlElement) -> bool:
    return any((node.get("name") or "").startswith(_STATE) for node in form.iter("input"))


def _events(page: Page, form: HtmlElement) -> Iterator[dict[str, str]]:
    """What a click on *next*, or on the number after this page's, adds to the form."""
    after = _current(page) + 1
    for node in islice(form.iter("a"), _MOST_LINKS):
        match = _POSTS.search(f"{node.get('href') or ''} {node.get('onclick') or ''}")
        if match is None or _is_off(node):
            continue
        label, number = squeeze(node.text_content()).strip(_AROUND), _NUMBER.search(match[2])
        onwards = _NEXT.fullmatch(label) and (number is None or int(number[0]) >= after)
        if onwards or (number and int(number[0]) == after and label in (str(after), "...", "…", "")):
            yield {"__EVENTTARGET": match[1], "__EVENTARGUMENT": match[2]}
    for node in form.iter("input", "button"):
        label = squeeze(node.get("value") or node.text_content()).strip(_AROUND)
        kind = (node.get("type") or "submit").lower()
        if kind == "submit" and node.get("name") and _NEXT.fullmatch(label) and not _is_off(node):
            yield {str(node.get("name")): node.get("value") or ""}


def _is_off(node: HtmlElement) -> bool:
    return node.get("disabled") is not None or "disabled" in (node.get("class") or "").lower()


def _current(page: Page) -> int:
    """The number of this page: what was asked for, else what it says, else 1."""
    asked = dict(parse_qsl(page.sent, keep_blank_values=True)).get("__EVENTARGUMENT", "")
    if number := _NUMBER.search(asked):
        return int(number[0])
    said = _AT.search(page.visible)
    return int(next(filter(None, said.groups()))) if said else 1

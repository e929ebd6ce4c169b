"""Where the lines of a menu (`<select>`) lead: what choosing one opens, or sends.

Invariant: only what a reader's choice alone would ask for has an address: a menu that opens a page, or the
only field to fill in of a form. Nothing is run, and by POST only years and bodies are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from urllib.parse import urlencode

from lxml.html import HtmlElement

from crawler.pages.script_asks import POSTED
from crawler.pages.script_calls import Function, address_of_choice
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_SENDS = re.compile(r"submit\s{0,3}\(", re.IGNORECASE)
_BUTTONS = ("submit", "button", "image", "reset")
_MOST_FIELDS = 40
_CHOICE = _L.pattern("choice")


def address_of_line(option: HtmlElement, known: Mapping[str, Function]) -> str | None:
    """The address behind a line of a menu, as it is written; None if it has none of its own."""
    menu = next(option.iterancestors("select"), None)
    value: str | None = option.get("value")
    if menu is None or not value:
        return None
    called = menu.get("onchange") or ""
    if found := address_of_choice(called, value, known):
        return found
    form = next(menu.iterancestors("form"), None)
    return _sent(form, menu, value, bool(_SENDS.search(called))) if form is not None else None


def _sent(form: HtmlElement, menu: HtmlElement, value: str, at_once: bool) -> str | None:
    """What a form asks for whose only field is this menu."""
    fields, name = [], menu.get("name")
    posts = (form.get("method") or "get").lower() == "post"
    if not name or not form.get("action") or (posts and not _is_harmless(menu)):
        return None
    for node in islice(form.iter("input", "select", "textarea", "button"), _MOST_FIELDS):
        kind = (node.get("type") or ("submit" if node.tag == "button" else "text")).lower()
        if node is menu:
            fields.append((name, value))
        elif node.tag in ("input", "button") and kind in _BUTTONS:
            at_once = at_once or kind != "reset"
        elif node.tag == "input" and kind == "hidden" and node.get("name"):
            fields.append((str(node.get("name")), node.get("value") or ""))
        else:
            return None
    address = form.get("action") if posts else form.get("action").partition("?")[0]
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}{POSTED if posts else ''}{urlencode(fields)}" if at_once else None


def _is_harmless(menu: HtmlElement) -> bool:
    """Does a menu offer years, bodies or kinds of disclosures?"""
    lines = islice(menu.iter("option"), _MOST_FIELDS)
    return sum(bool(_CHOICE.search("".join(line.itertext()).strip())) for line in lines) > 1

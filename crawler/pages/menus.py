"""Where the lines of a menu (`<select>`) lead: what choosing one opens, or sends.

Invariant: only what a reader's choice alone would ask for has an address: a menu that opens a page, or the
only field to fill in of a form that is sent by GET. Nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from urllib.parse import urlencode

from lxml.html import HtmlElement

from crawler.pages.script_calls import Function, address_of_choice

_SENDS = re.compile(r"submit\s{0,3}\(", re.IGNORECASE)
_BUTTONS = ("submit", "button", "image", "reset")
_MOST_FIELDS = 40


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
    """What a form asks for by GET whose only field is this menu."""
    fields, name = [], menu.get("name")
    if (form.get("method") or "get").lower() != "get" or not name or not form.get("action"):
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
    return f"{form.get('action').partition('?')[0]}?{urlencode(fields)}" if at_once else None

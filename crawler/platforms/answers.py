"""What data endpoints answer and scripts pass around: JSON, JSONP, object literals.

Invariant: nothing is run. A value is read where it stands as a literal, and an answer of another form than
expected reads as nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.vocabulary import GapKind
from crawler.pages.dates import recorded_date
from crawler.pages.page import Page

_JSONP = re.compile(r"^\s*[\w$.]+\s*\((.*)\)\s*+;?\s*+$", re.DOTALL)
_LONGEST_MESSAGE = 80
_MOST_KEYS = 6
_PAIR = re.compile(r"""["']?(?<!\w)([A-Za-z_]\w*+)["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([\w.%/-]+))""")


def payload(page: Page) -> Any:
    """The JSON value of an answer, out of its JSONP call if there is one; None if it is not JSON."""
    text = page.text.strip().lstrip("\ufeff")
    if not text.startswith(("{", "[")):
        match = _JSONP.match(text)
        text = match[1].strip() if match else ""
    try:
        return json.loads(text) if text.startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        return None


def records(value: Any, *names: str) -> list[dict[str, Any]]:
    """The objects of a list: `value` itself, or what stands in it under the first of `names` it has."""
    if isinstance(value, dict):
        value = next((value[name] for name in names if isinstance(value.get(name), list)), [])
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def lacks(value: Any, *names: str) -> tuple[GapKind, str] | None:
    """The gap of an answer that cannot hold a list: it is not JSON, or has none of these names."""
    if isinstance(value, list) or (isinstance(value, dict) and any(name in value for name in names)):
        return None
    if not isinstance(value, dict):
        return GapKind.ANSWER, "no JSON"
    message = text_of(value, "msg", "message", "error", "info", "text")[:_LONGEST_MESSAGE]
    keys = ", ".join(sorted(map(str, value))[:_MOST_KEYS])
    return GapKind.ANSWER, f"without {names[0]}: {keys}" + (f" ({message})" if message else "")


def text_of(record: dict[str, Any], *names: str) -> str:
    """The first of the fields `names` that holds a text or a number, as text."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def day_of(record: dict[str, Any], *names: str) -> date | None:
    """The day in the first of the fields `names` that has one."""
    return next(filter(None, (recorded_date(text_of(record, name)) for name in names)), None)


def fragment(page: Page, markup: str) -> Page:
    """Markup an answer carries, as a page at the same address."""
    return replace(page, text=markup)


def pairs(literal: str) -> dict[str, str]:
    """The plain values of an object literal: {webId:'28', rows: 15} and {'webId':'28'} alike."""
    return {name: a or b or c for name, a, b, c in _PAIR.findall(literal)}


def with_query(url: str, **changed: str) -> str:
    """The address with these query parameters set, in their place or at the end."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return urlunsplit(parts._replace(query=urlencode({**query, **changed})))


def query_of(url: str) -> dict[str, str]:
    """The query parameters of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))

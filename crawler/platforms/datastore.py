"""Rows in a `<datastore>`, the list format of Hanweb's jpage script, which truecms took over.

Invariant: rows are read from the page and from the endpoint's answers alike; how many there are comes from
the script's own arguments (`jpage({… totalRecord:33, perPage:15, proxyUrl:'…', ajaxParam:…})`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

from crawler.pages.page import Page
from crawler.platforms.answers import fragment, pairs, payload, query_of, with_query

_MOST_RECORDS = 15_000
_STORES = (("<datastore>", "</datastore>"), ("<recordset>", "</recordset>"))
_ESCAPED = ("&lt;datastore&gt;", "&lt;/datastore&gt;")
_RECORD = ("<record>", "</record>")
_CALLED = re.compile(r"\.jpage\s*\(\s*\{")
_CALL = re.compile(r"(.{0,20000}?)\}\s*\)\s*(?=[;}<]|$)", re.DOTALL)
_MOST_CALLS = 50
_PARAMETERS = re.compile(r"\b(?:var\s+param\s*=|ajaxParam\s*:)\s*\{([^{}]*)\}")
_NEXT_GROUP = re.compile(r"<nextgroup>.{0,400}?href=[\"']([^\"']+)", re.DOTALL)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(\d{1,5})\s*<", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pager:
    """One paged list of a page: its endpoint, the fields to send, and its numbers."""

    proxy: str
    fields: tuple[tuple[str, str], ...]
    total: int
    per_page: int

    def blocks(self, first: int, size: int) -> Iterator[tuple[int, int]]:
        """(first record, last record) of the blocks not shown yet, counted from one."""
        for start in range(first, min(self.total, _MOST_RECORDS) + 1, max(size, 1)):
            yield start, start + max(size, 1) - 1


def stores(page: Page) -> tuple[str, ...]:
    """Every datastore of a page, however it is wrapped: plain, escaped for a script, or in JSON."""
    value = payload(page)
    if isinstance(value, dict):
        text = str(value.get("result") or value.get("data") or "")
        return tuple(store for marks in _STORES for store in between(text, *marks))
    plain = (store for marks in _STORES for store in between(page.text, *marks))
    return (*plain, *map(unescape, between(page.text, *_ESCAPED)))


def between(text: str, begin: str, end: str) -> Iterator[str]:
    """Every piece of a text from `begin` to the next `end`, both with it. The text is gone through once."""
    start = text.find(begin)
    while start >= 0 and (stop := text.find(end, start)) >= 0:
        yield text[start : stop + len(end)]
        start = text.find(begin, stop + len(end))


def rows(page: Page) -> Page:
    """The rows of all datastores as a page of their own."""
    return fragment(page, "\n".join(row for store in stores(page) for row in records(store)))


def records(store: str) -> list[str]:
    """The markup of each row."""
    begin, end = _RECORD
    rows = (row[len(begin) : -len(end)].strip() for row in between(store, begin, end))
    return [row.removeprefix("<![CDATA[").removesuffix("]]>") for row in rows]


def next_groups(page: Page) -> list[str]:
    """Where a datastore says its next rows are."""
    return [unescape(href) for store in stores(page) for href in _NEXT_GROUP.findall(store)]


def asked_for(store: str) -> tuple[tuple[str, str], ...]:
    """The fields a datastore's next rows are asked for with, the number of the page left out."""
    href = next(map(unescape, _NEXT_GROUP.findall(store)), "")
    return tuple((name, value) for name, value in query_of(href).items() if name != "page")


def counted_groups(page: Page) -> list[str]:
    """The group after this one, of an answer that says by `<totalpage>` only that there is one."""
    number, last = query_of(page.url).get("page", ""), _TOTAL_PAGES.search(page.text)
    if not (last and number.isdecimal()) or int(number) >= int(last[1]):
        return []
    return [with_query(page.url, page=str(int(number) + 1))]


def pagers(page: Page) -> tuple[Pager, ...]:
    """The paged lists of a page. The fields sent are those declared last before the call."""
    found = []
    for called in islice(_CALLED.finditer(page.text), _MOST_CALLS):
        call = _CALL.match(page.text, called.end())
        if call is None:
            continue
        numbers = pairs(re.sub(r"\b(?:dataBefore|dataAfter)\s*:\s*(?:'[^']*'|\"[^\"]*\")", "", call[1]))
        declared = [*_PARAMETERS.finditer(page.text, max(0, called.start() - 5000), call.end())]
        if not (numbers.get("proxyUrl") and numbers.get("totalRecord", "").isdecimal()):
            continue
        per_page = numbers.get("perPage", "")
        found.append(
            Pager(
                proxy=numbers["proxyUrl"],
                fields=tuple(pairs(declared[-1][1]).items()) if declared else (),
                total=int(numbers["totalRecord"]),
                per_page=int(per_page) if per_page.isdecimal() and int(per_page) else 15,
            )
        )
    return tuple(found)

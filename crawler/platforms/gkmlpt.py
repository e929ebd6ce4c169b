"""gkmlpt, the openness catalogue of 广东: a shell with its tree of categories and a JSON service behind it.

`window._CONFIG = {… SID:'757020', DETAIL: null, TREE:[{"id":257,"name":"财政预决算","children":[]},…]}`;
`/gkmlpt/api/all/257?page=1&sid=757020` answers `{"total":…,"articles":[{"title","url","post_url",
"display_publish_time",…}]}`, a hundred at a time. A fragment (`/gkmlpt/index#257`) names the category to
show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlsplit

from crawler.pages.page import Page
from crawler.platforms import lines, lists
from crawler.platforms.answers import day_of, fragment, lacks, payload, query_of, records, text_of, with_query
from crawler.platforms.protocol import MOST_PAGES, Entry, Listing, PageRequest

NAME = "gkmlpt"
_ARTICLE = re.compile(r"/m?post_\d+\.html$")
_COLUMN = re.compile(r"/gkmlpt/(?:index|policy)$")
_SITE = re.compile(r"\bSID[\"']?\s*:\s*[\"']?(\d+)")
_PREFIX = re.compile(r"^(.*?)/gkmlpt(?:/|$)")


def listing(page: Page) -> Listing:
    """The articles of an answer of the service; of a shell, the requests for its categories."""
    value = payload(page)
    if isinstance(value, dict):
        return _answer(page, value)
    found = lists.listing(page, _ARTICLE, _COLUMN, links(page))
    categories = {number: name for number, name in _categories(_value(page, "TREE"))}
    asked = urlsplit(page.url).fragment
    chosen = tuple(
        PageRequest(url, title=categories[asked])
        for url in [_service(page, asked)]
        if url and asked in categories
    )
    columns = tuple(
        Entry(url, name) for number, name in categories.items() if (url := _service(page, number))
    )
    return Listing(found.entries, (*columns, *found.columns), found.attachments, found.next_pages, chosen)


def _answer(page: Page, value: dict[str, Any]) -> Listing:
    articles = records(value, "articles")
    found = [
        Entry(url, text_of(article, "title"), day_of(article, "display_publish_time", "created_at", "date"))
        for article in articles
        if (url := page.absolute(text_of(article, "url", "post_url")))
    ]
    total = text_of(value, "total")
    further: tuple[PageRequest, ...] = ()
    if articles and total.isdecimal() and query_of(page.url).get("page", "1") == "1":
        last = min(-(-int(total) // len(articles)), MOST_PAGES)
        further = tuple(PageRequest(with_query(page.url, page=str(n))) for n in range(2, last + 1))
    return Listing(entries=lines.unique(found), further=further, gap=lacks(value, "articles"))


def _service(page: Page, category: str) -> str | None:
    site, prefix = _SITE.search(page.text), _PREFIX.search(urlsplit(page.url).path)
    if not site or not category:
        return None
    folder = prefix[1] if prefix else ""
    return page.absolute(f"{folder}/gkmlpt/api/all/{category}?page=1&sid={site[1]}")


def _categories(tree: Any) -> Iterator[tuple[str, str]]:
    """(id, name) of every category of the tree that this site serves itself."""
    for node in records(tree):
        if not text_of(node, "jump_url"):
            yield text_of(node, "id"), text_of(node, "name")
        yield from _categories(node.get("children"))


def _value(page: Page, name: str) -> Any:
    """A JSON value that `window._CONFIG` holds under `name`, None if it does not."""
    match = re.search(rf"\b{name}\s*:\s*(?=[\[{{])", page.text)
    try:
        return json.JSONDecoder().raw_decode(page.text, match.end())[0] if match else None
    except (ValueError, RecursionError):
        return None


def unfolded(page: Page) -> Page:
    """An article that the shell holds as data, as markup."""
    detail = _value(page, "DETAIL")
    if not isinstance(detail, dict) or not text_of(detail, "title"):
        return page
    day = day_of(detail, "display_publish_time", "created_at", "date")
    files = "".join(f'<a href="{escape(href)}">{escape(name)}</a>' for href, name in _files(detail))
    return fragment(
        page,
        f'<html><head><meta name="ArticleTitle" content="{escape(text_of(detail, "title"))}">'
        f'<meta name="PubDate" content="{day or ""}">'
        f'<meta name="ContentSource" content="{escape(text_of(detail, "publisher", "source"))}"></head>'
        f'<body><div id="zoom">{text_of(detail, "content")}</div>{files}</body></html>',
    )


def _files(detail: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for file in records(detail, "attachment", "attachments"):
        yield text_of(file, "url", "path"), text_of(file, "name", "title")


def links(page: Page) -> Iterator[tuple[str, ...]]:
    """Files of an article that the shell holds as data."""
    detail = _value(page, "DETAIL")
    if isinstance(detail, dict):
        yield from _files(detail)
        for node in fragment(page, text_of(detail, "content")).tree.iter("a"):
            yield node.get("href") or "", node.get("title") or "", node.get("alt") or "", node.text_content()

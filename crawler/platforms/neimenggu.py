"""The unified platform of 内蒙古 (`/yjs/business`): pages that a script fills from three services.

1. `basic/select?id=150121zf&type=2&p=1`: `{"list": [{"id","title","publishTime"}]}`, what a body announced;
2. `basic/result/<id>`: `{"files": [{"id","name","suffix"}]}`, which is the article here;
3. `file/download/<id>`: a file.

These and their fields are as public programs used them. A government is its region's code and `zf`; the page
`page/index?cityCode=…&areaCode=…` names the region, `page/list?type=2&basicId=…` a body. That type 2 are
budgets is shown by what such a program called them; that type 1 are accounts is inferred, and what an answer
holds is judged by its titles. Which service draws the departments of a region is not known: theirs are read
where a page names them by `basicId`, and otherwise are a gap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from archive.vocabulary import GapKind
from crawler.pages.page import Page
from crawler.platforms import lines, lists
from crawler.platforms.answers import day_of, fragment, lacks, query_of, records, text_of, with_query
from crawler.platforms.protocol import Entry, Listing, PageRequest
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message

_L = lexicon_of(__name__)

NAME = "neimenggu"
_TYPES = _L.names("types")
_PROVINCE = "150000"
_BODY = re.compile(r"""\bbasicId["']?\s*[=:]\s*["']?([\w-]{3,40})""")
_FOLDER = re.compile(r"^(.*?/business)/")
_MOST_BODIES = 600
_WRAPPED = 3


def listing(page: Page) -> Listing:
    """The announcements of an answer, or of a shell the request for them; a gap where the bodies are not
    named."""
    value = _value(page)
    if value is None and "/basic/" not in page.url:
        return _shell(page)
    if "/basic/result/" in page.url:
        return Listing()
    items = [_unwrapped(item) for item in value.get("list") or []] if isinstance(value, dict) else []
    entries = [
        Entry(url, text_of(item, "title"), day_of(item, "publishTime"))
        for item in items
        if isinstance(item, dict) and (url := _service(page, f"basic/result/{text_of(item, 'id')}"))
    ]
    number = query_of(page.url).get("p", "1")
    more = entries and number.isdecimal()
    further = (PageRequest(with_query(page.url, p=str(int(number) + 1)), title=page.heading),) if more else ()
    return Listing(entries=lines.unique(entries), further=further, gap=lacks(value, "list"))


def _shell(page: Page) -> Listing:
    """What the bodies announced that a page names: the government of its region, and those with a basicId."""
    found = lists.listing(page, lists.NOTHING, lists.NOTHING, next_pages=())
    query = query_of(page.url)
    region = query.get("areaCode") or query.get("cityCode") or ("" if "basicId" in query else _PROVINCE)
    named = [query.get("basicId", ""), *_BODY.findall(page.text)]
    bodies = dict.fromkeys(filter(None, [f"{region}zf" if region else "", *named[:_MOST_BODIES]]))
    further = tuple(
        PageRequest(f"{url}?id={body}&type={kind}&p=1", title=title)
        for body in bodies
        for kind, title in _TYPES.items()
        if (url := _service(page, "basic/select"))
    )
    unknown = "/page/index" in page.url and not any(named)
    gap = (GapKind.SHELL, message("seen_unknown_service")) if unknown else None
    return Listing(found.entries, found.columns, found.attachments, (), further, gap)


def _service(page: Page, name: str) -> str | None:
    folder = _FOLDER.match(page.url)
    return f"{folder[1]}/{name}" if folder else None


def _value(page: Page) -> Any:
    """The answer, which may be a text that holds JSON."""
    return (
        _unwrapped(page.text.strip().lstrip("\ufeff")) if page.text.lstrip()[:1] in ("{", "[", '"') else None
    )


def _unwrapped(value: Any) -> Any:
    for _ in range(_WRAPPED):
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value


def unfolded(page: Page) -> Page:
    """An announcement's files as a page."""
    value = _value(page)
    if not isinstance(value, dict) or "files" not in value:
        return page
    title, day = text_of(value, "title"), day_of(value, "publishTime")
    named = "".join(f'<p><a href="{escape(href)}">{escape(name)}</a></p>' for href, name in links(page))
    head = f'<meta name="ArticleTitle" content="{escape(title)}">' if title else ""
    head += f'<meta name="PubDate" content="{day}">' if day else ""
    return fragment(page, f"<html><head>{head}</head><body>{named}</body></html>")


def links(page: Page) -> Iterator[tuple[str, ...]]:
    """The files of an announcement."""
    for file in records(_value(page), "files"):
        url, name = _service(page, f"file/download/{text_of(file, 'id')}"), text_of(file, "name")
        ending = text_of(file, "suffix").lstrip(".")
        whole = not ending or name.lower().endswith(f".{ending.lower()}")
        if url and text_of(file, "id"):
            yield url, name if whole else f"{name}.{ending}"

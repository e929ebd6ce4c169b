"""The unified platform of 江苏 (yjsgk): a shell over four services, each asked by POST but the last.

1. `front/department/getdepartmentname.do` (pid, departmentName, date, typeid): the departments of a region;
2. `front/budgetfinal/itemsandpag.do` (page_num, groupid, typeid, date): what a department announced;
3. `front/budgetfinal/getTemporaryFiles.do` (uuid, in single quotes): the files of one announcement, which is
   the article here;
4. `front/budgetfinal/download.do?iid=…`: a file.

These, their fields and those of their answers are as programs that worked in 2021 used them, on two hosts,
with and without `/yjsgk` before the path. That `pid` may be the `code` in the address of today's shell, and
that `typeid` 1 are accounts, is inferred. What an announcement is called is not known either: it has its
department's name and what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import escape
from typing import Any

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.answers import day_of, fragment, lacks, payload, records, text_of
from crawler.platforms.protocol import Entry, Listing, PageRequest
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_TITLE = _L.text("title")

NAME = "jiangsu"
_TYPES = _L.names("types")
_REGION = re.compile(r"""\b(?:pid|groupid)["']?\s*[:=]\s*["']?(\d+)""")
_CODE = re.compile(r"[?&]code=(\d+)")
_FOLDER = re.compile(r"^(.*?)front/")
_YEARS = 2


def listing(page: Page) -> Listing:
    """The list of a page or of an answer of one of the services; a shell leads to the first service."""
    value = payload(page)
    if value is None:
        found = lists.listing(page, lists.NOTHING, lists.NOTHING)
        return Listing(found.entries, found.columns, found.attachments, (), tuple(_departments(page)))
    if _asks(page, "getdepartmentname") or any("dtype" in item for item in records(value)):
        return Listing(further=tuple(_announcements(page, value)), gap=lacks(value, "data", "list"))
    gap = lacks(value, "budgetTemplates") if _asks(page, "itemsandpag") else None
    return Listing(entries=tuple(_entries(page, value)), gap=gap)


def _departments(page: Page) -> Iterator[PageRequest]:
    """The departments of the region the shell shows, for the years that are still being announced."""
    region = _CODE.search(page.url) or _REGION.search(page.scripts)
    service = _service(page, "department/getdepartmentname.do")
    if region and service:
        for year in range(date.today().year, date.today().year - _YEARS, -1):
            for kind in _TYPES:
                form = {"pid": region[1], "departmentName": "", "date": str(year), "typeid": kind}
                yield PageRequest(service, tuple(form.items()), _TITLE.format(year=year, kind=_TYPES[kind]))


def _announcements(page: Page, value: Any) -> Iterator[PageRequest]:
    service = _service(page, "budgetfinal/itemsandpag.do")
    # The answer does not repeat what was asked for; its heading is ours (see `_departments`).
    year, kind = page.heading[:4], "1" if _TYPES["1"] in page.heading else "2"
    for department in records(value, "data", "list"):
        form = {"page_num": "1", "groupid": text_of(department, "iid"), "typeid": kind, "date": year}
        if service and form["groupid"] and year.isdecimal():
            yield PageRequest(service, tuple(form.items()), text_of(department, "name") + page.heading)


def _entries(page: Page, value: Any) -> Iterator[Entry]:
    service = _service(page, "budgetfinal/getTemporaryFiles.do")
    for item in records(value, "budgetTemplates"):
        uuid = text_of(item, "uuid")
        if service and uuid:
            request = PageRequest(service, (("uuid", f"'{uuid}'"),))
            title = text_of(item, "title", "name", "t_title", "itemname") or page.heading
            yield Entry(
                request.key, title, day_of(item, "t_uploaddate", "publishdate", "createtime"), request
            )


def _service(page: Page, name: str) -> str | None:
    """The address of a service: beside the one that answered, or below the shell."""
    own = _FOLDER.match(page.url.partition("?")[0])
    return f"{own[1]}front/{name}" if own else page.absolute(f"front/{name}")


def _asks(page: Page, service: str) -> bool:
    return f"/{service}.do" in page.url


def unfolded(page: Page) -> Page:
    """The answer of the file service, with the day on which the files came."""
    files = records(payload(page), "data", "list")
    days = [day for file in files if (day := day_of(file, "t_uploaddate"))]
    if not days:
        return page
    named = "".join(f'<a href="{escape(href)}">{escape(name)}</a>' for href, name in links(page))
    return fragment(page, f'<html><head><meta name="PubDate" content="{min(days)}"></head>{named}</html>')


def links(page: Page) -> Iterator[tuple[str, ...]]:
    """The files of an announcement."""
    service = _service(page, "budgetfinal/download.do")
    for file in records(payload(page), "data", "list"):
        if service and text_of(file, "iid") and "t_oldname" in file:
            yield f"{service}?iid={text_of(file, 'iid')}", text_of(file, "t_oldname")

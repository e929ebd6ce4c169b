"""Epoint (新点) WebBuilder: lists drawn from `…/rest/lightfrontaction/getgovinfolist`, asked by POST of JSON.

A column is `…/govInfoPub.html?categorynum=003001003&deptcode=…`, of several names. The script that all pages
load, `/js/webBuilderCommon.js`, holds `siteInfo = {"siteGuid":…,"projectName":"/EWB-FRONT",…}`; the service
below that project takes `{deptcode, categorynum, pageIndex, pageSize, siteGuid}`, pages counted from 0, on
some hosts inside `{"token":"","params":{…}}`, and answers
`{"custom":{"data":[{"title","infourl","infodate"}],"total":…}}`.

The script is asked for once for each column, with the column's own parameters behind it, which it ignores.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from archive.vocabulary import GapKind
from crawler.pages.page import Page
from crawler.platforms import lines, lists
from crawler.platforms.answers import day_of, lacks, pairs, payload, query_of, records, text_of
from crawler.platforms.protocol import MOST_PAGES, Entry, Listing, PageRequest
from parsers.values.messages import message

NAME = "epoint"
_ARTICLE = re.compile(r"/20\d{6}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.html$")
_COLUMN = re.compile(r"[?&]categorynum=\d")
_SCRIPT = "/js/webBuilderCommon.js"
_SERVICE = "/rest/lightfrontaction/getgovinfolist"
_SITE = re.compile(r"\bsiteInfo\s*=\s*(\{[^{}]{0,2000}\})")
_PARAMETERS = ("deptcode", "categorynum")
_FEW = 3  # entries; so many stand in the frame of a page
_SIZE = 20


def listing(page: Page) -> Listing:
    """The list of a page, of the shared script or of an answer of the service, each leading to the next."""
    path = urlsplit(page.url).path
    if path.endswith(_SCRIPT.rpartition("/")[2]):
        return _first(page)
    if path.endswith(_SERVICE):
        return _answer(page)
    found = lists.listing(page, _ARTICLE, _COLUMN)
    query = query_of(page.url)
    if not query.get("categorynum") or len(found.entries) >= _FEW:
        return found
    asked = urlencode({name: query.get(name, "") for name in _PARAMETERS})
    sources = (node.get("src") or "" for node in page.tree.iter("script"))
    script = page.absolute(next((src for src in sources if src.endswith(_SCRIPT)), _SCRIPT))
    further = (PageRequest(f"{script}?{asked}"),) if script else ()
    return Listing(found.entries, found.columns, found.attachments, found.next_pages, further)


def _first(page: Page) -> Listing:
    """The first page of the column that the script was asked for."""
    site = _SITE.search(page.text)
    values = pairs(site[1]) if site else {}
    project, guid = values.get("projectName", "").strip("/"), values.get("siteGuid", "")
    url = page.absolute(f"/{project}{_SERVICE}") if project and guid else None
    if url is None:
        return Listing(gap=(GapKind.SHELL, message("seen_no_site_info")))
    query = query_of(page.url)
    asked: dict[str, Any] = {name: query.get(name, "") for name in _PARAMETERS}
    asked |= {"pageIndex": 0, "pageSize": _SIZE, "siteGuid": guid}
    return Listing(further=(_request(url, asked, page.heading),))


def _request(url: str, asked: dict[str, Any], title: str, wrapped: bool = False) -> PageRequest:
    return PageRequest(
        url, title=title, json=json.dumps({"token": "", "params": asked} if wrapped else asked)
    )


def _answer(page: Page) -> Listing:
    """Some hosts want the parameters inside `params`: a request answered without data is sent again,
    wrapped."""
    custom = (payload(page) or {}).get("custom") if isinstance(payload(page), dict) else None
    if isinstance(custom, str):
        custom = payload(Page(page.url, custom))
    asked, wrapped = _asked(page)
    if lacks(custom, "data") and asked and not wrapped:
        return Listing(further=(_request(page.url, asked, page.heading, wrapped=True),))
    found = records(custom, "data")
    entries = [
        Entry(url, text_of(item, "realtitle", "title"), day_of(item, "infodate", "handsdate"))
        for item in found
        if (url := page.absolute(text_of(item, "infourl", "visiturl", "linkurl")))
    ]
    total = text_of(custom, "total") if isinstance(custom, dict) else ""
    last = min(-(-int(total) // _SIZE), MOST_PAGES) if found and total.isdecimal() else 1
    numbers = range(1, last) if asked.get("pageIndex") == 0 else ()
    further = tuple(_request(page.url, {**asked, "pageIndex": n}, page.heading, wrapped) for n in numbers)
    return Listing(entries=lines.unique(entries), further=further, gap=lacks(custom, "data"))


def _asked(page: Page) -> tuple[dict[str, Any], bool]:
    """What was asked for, and whether it was wrapped."""
    try:
        value = json.loads(page.sent)
    except ValueError:
        return {}, False
    inner = value.get("params") if isinstance(value, dict) else None
    return (inner, True) if isinstance(inner, dict) else (value if isinstance(value, dict) else {}, False)

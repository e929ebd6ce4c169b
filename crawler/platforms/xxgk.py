"""Hanweb's catalogue of openness (`/module/xxgk/`): a tree of subjects, and lists asked for by POST.

A column holds `loadDynamic('/module/xxgk/search.jsp?infotypeId=A08&area=…', 'div4', '<subject>', …, '<jdid>',
…)`, whose first argument may be put together by the script, and the tree in a frame,
`/module/xxgk/tree.jsp?area=…&divid=div4`, whose nodes call `funclick('A08', …)`. `search.jsp` answers rows
`tr.tr_main_value_odd` with 共N页; it takes infotypeId, jdid, divid, area and currpage, and the fields of its
search box empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from archive.vocabulary import GapKind
from crawler.pages.page import Page, squeeze
from crawler.platforms import lists
from crawler.platforms.answers import query_of
from crawler.platforms.pager import stated_pages
from crawler.platforms.protocol import MOST_PAGES, Entry, Listing, PageRequest
from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_IN_ALL = _L.text("in_all")

NAME = "xxgk"
_ARTICLE = re.compile(r"/art/20\d\d/(?:\d{1,2}/\d{1,2}/)?art_\w+\.html")
_COLUMN = re.compile(r"/col/col\d+/")
_SEARCH, _TREE = "/module/xxgk/search.jsp", "/module/xxgk/tree.jsp"
_LOADED = re.compile(r"loadDynamic\s*\(([^;{}]{10,900}?)\)\s*;")
_TEXTS = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_NODE = re.compile(r"""funclick\(\s*\\?['"]([\w-]{1,40})\\?['"][^<>]{0,200}>\s*([^<]{1,40})<""")
_AREA = re.compile(r"(?:vc_xxgk)?area=([0-9A-Za-z-]{4,40})")
_DIVISION = re.compile(r"divid=(div\w{1,20})")
_PLACE, _SUBJECT, _SITE = 1, 2, 5  # of the texts that loadDynamic is called with
_EMPTY = ("vc_title", "vc_number", "vc_filenumber", "vc_all", "texttype", "fbtime")
_MOST_NODES = 400


def listing(page: Page) -> Listing:
    """The rows of a search, the subjects of a tree, or of a page the requests for both."""
    path = urlsplit(page.url).path
    if path.endswith(_SEARCH):
        found = lists.listing(page, _ARTICLE, _COLUMN, next_pages=(), further=tuple(_pages(page)))
        empty = not found.entries and "tr_main_value" not in page.text and _IN_ALL not in page.visible
        return Listing(
            found.entries,
            (),
            found.attachments,
            (),
            found.further,
            (GapKind.ANSWER, "no rows") if empty else None,
        )
    if path.endswith(_TREE):
        return Listing(columns=tuple(_subjects(page)))
    found = lists.listing(page, _ARTICLE, _COLUMN)
    if found.entries:
        return found
    return Listing((), found.columns, found.attachments, found.next_pages, tuple(_loaded(page)))


def _loaded(page: Page) -> Iterator[PageRequest]:
    """The list that a column's script loads."""
    call = _LOADED.search(page.text)
    if call is None or _SEARCH not in call[1]:
        return
    texts = [first or second for first, second in _TEXTS.findall(call[1])]
    at = next((n for n, text in enumerate(texts) if re.fullmatch(r"div\w{1,20}", text)), None)
    own, asked = query_of(page.url), query_of("?" + "".join(texts[:at]).partition("?")[2])
    after = dict(enumerate(texts[at:], _PLACE)) if at is not None else {}
    subject = own.get("number") or asked.get("infotypeId") or after.get(_SUBJECT, "")
    yield _request(page, subject, after.get(_SITE, ""), after.get(_PLACE, ""), own.get("vc_xxgkarea", ""), "")


def _subjects(page: Page) -> Iterator[Entry]:
    """The nodes of the tree, each the list of its subject."""
    for subject, label in _NODE.findall(page.text)[:_MOST_NODES]:
        title = squeeze(label)
        yield Entry(_request(page, subject, "", "", "", title).key, title)


def _request(page: Page, subject: str, site: str, division: str, area: str, title: str) -> PageRequest:
    """The first page of a subject. What the call does not say, the page's address and its frame do."""
    searched = f"{page.url} {page.text}"
    place, part = _AREA.search(searched), _DIVISION.search(searched)
    form = {
        "infotypeId": "" if subject == "0" else subject,
        "jdid": site if site.isdecimal() else "1",
        "area": area or (place[1] if place else ""),
        "divid": division or (part[1] if part else ""),
        **dict.fromkeys(_EMPTY, ""),
        "currpage": "1",
    }
    return PageRequest(page.absolute(_SEARCH) or "", tuple(form.items()), title or page.heading)


def _pages(page: Page) -> Iterator[PageRequest]:
    """The pages after the first, which says how many there are."""
    asked = dict(parse_qsl(page.sent or urlsplit(page.url).query, keep_blank_values=True))
    if asked.get("currpage", "1") in ("", "1") and asked.get("area", asked.get("infotypeId")) is not None:
        for number in range(2, min(stated_pages(page) or 1, MOST_PAGES) + 1):
            form = {**asked, "currpage": str(number)}
            yield PageRequest(page.url.partition("?")[0], tuple(form.items()), page.heading)

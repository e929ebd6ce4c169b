"""TRS WCM (拓尔思): the system behind two in five sites.

Lists are paged by `createPageHTML` (`pager.py`). Articles are `./202602/t20260212_12313790.html`,
their files `./P0202603….pdf` and `./W0202603….ofd` beside them, linked by anchors, or by scripts:
`downloadFj('name.ofd', './W….ofd')`, `var hasFJ='./W….ofd'`, `data-pdf="./W….ofd"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from crawler.attachments import attachments
from crawler.pages import Page
from crawler.platforms import Evidence, Listing, lists, pager

NAME = "trs"

_ARTICLE = re.compile(r"/t20\d{6}_\d+\.s?html?$")
_TELLING = 3  # one or two such links may lead to somebody else's articles
_DOWNLOAD = re.compile(r"""downloadFj\(\s*['"]([^'"]*)['"]\s*,\s*['"]([^'"]+)['"]\s*\)""")
_VARIABLE = re.compile(r"""\bvar\s+hasFJ\s*=\s*['"]([^'"]+)['"]""")
# (sign, share of the confidence it gives, pattern over the page's source)
_SIGNS = (
    ("TRS_Editor", 0.5, re.compile(r"TRS_Editor|trs_editor_view|TRS_UEDITOR|trs_paper_default")),
    ("file address", 0.4, re.compile(r"""["'/][PW]020\d{15,20}\.\w{2,4}""")),
    ("createPageHTML", 0.3, re.compile(r"createPageHTML\s*\(\s*\d+\s*,\s*\d+\s*,")),
    ("appendix", 0.3, re.compile(r"""appendix\s*=\s*["']true["']|\bhasFJ\b|downloadFj\(""")),
)


def recognise(page: Page) -> Evidence | None:
    signs = [(name, share) for name, share, pattern in _SIGNS if pattern.search(page.text)]
    articles = (url for _, url in lists.anchors(page) if _ARTICLE.search(urlsplit(url).path))
    if len(set(islice(articles, 50))) >= _TELLING:
        signs.insert(0, ("article addresses", 0.5))
    if _ARTICLE.search(urlsplit(page.url).path):
        signs.append(("own address", 0.5))
    confidence = min(1.0, sum(share for _, share in signs))
    return Evidence(NAME, tuple(name for name, _ in signs), confidence) if confidence >= 0.3 else None


def listing(page: Page) -> Listing:
    found = lists.unique(
        lists.entry(node, url) for node, url in lists.anchors(page) if _ARTICLE.search(urlsplit(url).path)
    )
    return Listing(
        entries=found,
        columns=lists.columns(page),
        attachments=attachments(page, links(page)),
        next_pages=pager.numbered_pages(page) or lists.linked_pages(page),
    )


def links(page: Page) -> Iterator[tuple[str, ...]]:
    for name, href in _DOWNLOAD.findall(page.text):
        yield href, name
    for href in _VARIABLE.findall(page.scripts):
        yield href, page.meta.get("articletitle", "")
    for node in page.tree.iterfind(".//*[@data-pdf]"):
        yield node.get("data-pdf") or "", ""

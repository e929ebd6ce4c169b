"""Lists paged by `createPageHTML`, the function TRS templates and others share.

Invariant: addresses come from the numbers of the call, never from running it. Two forms are in use:

- TRS: `createPageHTML(4, 0, "index", "html")`, four pages, index.html, index_1.html … index_3.html, or the
  same in `var countPage = 4; var currentPage = 0;`;
- UCAP: `createPageHTML('page_div', 2, 1, 'nav_list', 'shtml', 22)`, the target first, counted from one: page
  two is nav_list_2.shtml. Templates of TRS have the target, too, and count from zero all the same.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from crawler.attachments import extension
from crawler.pages import Page

_MOST_PAGES = 1000
_CALL = re.compile(r"createPageHTML\s*\(([^()]*)\)")
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^,]*?))\s*(?:,|$)""")
_TOLD = re.compile(
    r"\b(?:n?total_?pages?|n?page_?count|count_?page|max_?page|pages)[\"']?\s*[:=]\s*[\"']?(\d{1,4})\b"
    r"|共\s*(?:<[^<>]*>\s*)*(\d{1,4})\s*(?:<[^<>]*>\s*)*页|\d\s*/\s*(\d{1,4})\s*页",
    re.IGNORECASE,
)
# 'index_' + p + '.html', "list.jsp?id=7&page=" + (p - 1)
_NUMBER = r"""["']\s*\+\s*\(?\s*(?:this\.value|\w+)\s*(-\s*1)?\s*\)?\s*"""
_PUT_TOGETHER = tuple(
    re.compile(rf"""["']({name}){_NUMBER}{ending}""", re.IGNORECASE)
    for name, ending in (
        (r"[\w/.-]*[_-]", r"""\+\s*["'](\.(?:[sj]?html?|jspx?|aspx?|php))["']"""),
        (r"""[^"'\s<>]*[?&;](?:\w*page\w*|pn?|currentindex)=""", r"""(?:\+\s*["'](&[^"'\s]*)["'])?"""),
    )
)
_COUNT = re.compile(r"\bvar\s+countPage\s*=\s*(\d+)")
_CURRENT = re.compile(r"\bvar\s+currentPage\s*=\s*(\d+)")


def numbered_pages(page: Page) -> tuple[str, ...]:
    """The other pages of a list that its script counts, from its call or its variables; () if it has none."""
    for arguments in _CALL.findall(page.text):
        if pages := _from_call(page, [a or b or c for a, b, c in _ARGUMENT.findall(arguments)]):
            return pages
    count, current = _COUNT.search(page.scripts), _CURRENT.search(page.scripts)
    if count and current:
        name, ending = _own_name(page)
        return _pages(page, int(count[1]), int(current[1]), name, ending, first=0)
    return ()


def counted_pages(page: Page) -> tuple[str, ...]:
    """The other pages of a list whose script puts their addresses together, `'index_' + p + '.html'` or
    `'?page=' + p`, and whose page says how many there are (`totalPage = 4`, 第1/4页); () for any other."""
    count = _TOLD.search(page.text)
    parts = next(filter(None, (form.search(page.text) for form in _PUT_TOGETHER)), None)
    if not count or not parts:
        return ()
    number = int(next(filter(None, count.groups())))
    name, less, ending = parts.groups()
    last = min(number, _MOST_PAGES)
    numbers = range(1, last) if less else range(2, last + 1)
    found = (urljoin(page.url, f"{unescape(name)}{each}{ending or ''}") for each in numbers)
    return tuple(url for url in found if url != page.url)


def _from_call(page: Page, arguments: list[str]) -> tuple[str, ...]:
    """TRS: (pages, current from 0, name, ending); UCAP: (target, pages, current from 1, name, ending, …).

    With a target, a page 0 is the sign of counting from zero, and so is an address that ends in _1.
    """
    first = 0
    if arguments and not arguments[0].strip().isdecimal():
        arguments = arguments[1:]
        from_zero = arguments[1:2] == ["0"] or re.search(r"_1\.\w+$", urlsplit(page.url).path)
        first = 0 if from_zero else 1
    if len(arguments) < 4 or not (arguments[0].isdecimal() and arguments[1].isdecimal()):
        return ()
    name, ending = arguments[2], arguments[3].lstrip(".")
    if not name or not ending or extension(f"x.{ending}"):
        return ()
    return _pages(page, int(arguments[0]), int(arguments[1]), name, ending, first)


def _pages(page: Page, count: int, current: int, name: str, ending: str, first: int) -> tuple[str, ...]:
    """`first` is the number of the page that has no suffix: TRS counts from 0, UCAP from 1."""
    return tuple(
        urljoin(page.url, f"{name}.{ending}" if number == first else f"{name}_{number}.{ending}")
        for number in range(first, first + min(count, _MOST_PAGES))
        if number != current
    )


def _own_name(page: Page) -> tuple[str, str]:
    leaf = urlsplit(page.url).path.rsplit("/", 1)[-1]
    match = re.fullmatch(r"(.+?)(?:_\d+)?\.(\w+)", leaf)
    return (match[1], match[2]) if match else ("index", "html")

"""`createPageHTML` in the hands of TRS and of UCAP, and calls that are none."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages import Page
from crawler.platforms.pager import numbered_pages

URL = "http://a.gov.cn/x/"


@pytest.mark.parametrize(
    ("script", "address", "expected"),
    [
        ('createPageHTML(4, 0, "index", "html");', "index.html", ["index_1.html", "index_2.html", "index_3.html"]),
        ("createPageHTML(3,2,'index','htm');", "index_2.htm", ["index.htm", "index_1.htm"]),
        ("createPageHTML('page_div', 3, 1, 'nav_list', 'shtml', 22)", "nav_list.shtml",
         ["nav_list_2.shtml", "nav_list_3.shtml"]),
        ("createPageHTML('page_div', 3, 2, 'list', 'shtml', 22)", "list_2.shtml", ["list.shtml", "list_3.shtml"]),
        ("createPageHTML('page_div', 3, 0, 'index', 'html', 22)", "", ["index_1.html", "index_2.html"]),
        ("createPageHTML('page_div', 3, 1, 'index', 'html', 22)", "index_1.html", ["index.html", "index_2.html"]),
        ("var countPage = 3//共多少页\nvar currentPage = 1;", "list_1.html", ["list.html", "list_2.html"]),
        ("var countPage = 2; var currentPage = 0;", "", ["index_1.html"]),
        ('createPageHTML(1, 0, "index", "html");', "index.html", []),
        ("function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}", "", []),
        ('createPageHTML(4, 0, "", "html");', "", []),
        ('createPageHTML(4, 0, "P1", "pdf");', "", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_numbered_pages(script: str, address: str, expected: list[str]) -> None:
    page = Page(URL + address, f"<html><script>{script}</script></html>")
    assert numbered_pages(page) == tuple(URL + name for name in expected)


def test_a_count_without_measure_is_cut() -> None:
    page = Page(URL, '<script>createPageHTML(99999999, 0, "index", "html")</script>')
    assert len(numbered_pages(page)) == 999

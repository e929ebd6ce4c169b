"""`createPageHTML` in the hands of TRS and of UCAP, and calls that are none."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages.page import Page
from crawler.platforms.pager import counted_pages, numbered_pages

URL = "http://a.gov.cn/x/"


@pytest.mark.parametrize(
    ("script", "address", "expected"),
    [
        ('createPageHTML(4, 0, "index", "html");', "index.html", ["index_1.html", "index_2.html", "index_3.html"]),
        ('createPage(3, 0, "index", "html"); function createPage(_nPageCount, _nCurrIndex, _sPageName) {}', "",
         ["index_1.html", "index_2.html"]),
        ('fenye(Math.ceil(29/20), 0, "index", "html")', "", ["index_1.html"]),
        ('var total = 29; var size = 10; p.show("box", Math.ceil(total / size), 1, "list", "shtml", total)',
         "list.shtml", ["list_2.shtml", "list_3.shtml"]),
        ('turnPage(3, 1, "index", ".html")', "index.html", ["index_2.html", "index_3.html"]),
        ('createPage(alert(1), 0, "index", "html")', "", []),
        ('createPage(9 ** 9 ** 9, 0, "index", "html")', "", []),
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


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<script>var totalPage=3;function go(p){location.href=p==1?'index.html':'index_'+p+'.html';}</script>",
         ["index_2.html", "index_3.html"]),
        ("<script>var pageCount = '3'; function go(n) { location = \"list_\" + (n - 1) + \".shtml\" }</script>",
         ["list_1.shtml", "list_2.shtml"]),
        ("共<b>3</b>页 <select onchange=\"location.href='list.jsp?id=7&amp;page='+this.value\"></select>",
         ["list.jsp?id=7&page=2", "list.jsp?id=7&page=3"]),
        ("第1/2页 <script>function go(p){location.href='?p='+p+'&id=7'}</script>", ["?p=2&id=7"]),
        ("共29条 每页10条 <script>load(`index_${n}.html`)</script>", ["index_2.html", "index_3.html"]),
        ("<script>laypage({pages: 3, jump: function(o){location.href='index_'+o.curr+'.html'}})</script>",
         ["index_2.html", "index_3.html"]),
        ("共1页 <script>function go(p){location.href='?p='+p}</script>", []),
        ("<script>var totalPage=3;</script>", []),
        ("共3页 <script>var id = 'cms_' + name + '.css'</script>", []),
    ],
)  # fmt: skip
def test_addresses_a_script_puts_together(markup: str, expected: list[str]) -> None:
    assert counted_pages(Page(URL, f"<html>{markup}</html>")) == tuple(URL + one for one in expected)

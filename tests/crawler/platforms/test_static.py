"""Hand-made lists: dates beside links, numbers in addresses, 下一页."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

from datetime import date

import pytest

from crawler import platforms
from crawler.pages.page import Page
from crawler.platforms import lines, page_links, static
from crawler.platforms.protocol import Entry

URL = "http://www.ning.gov.cn/czxx/"
LIST = """<html><body>
<a href="/">首页</a> <a href="/jgsz/">机构设置</a> <a href="/czxx/2025/">2025年部门决算</a>
<table>
 <tr><td><a href="show.asp?id=31">宁县教育局2026年部门预算</a></td><td>2026-02-12</td></tr>
 <tr><td><a href="20260211102.htm">宁县农业局2026年部门预算</a></td><td></td></tr>
 <tr><td><a href="yusuan.htm">宁县林业局2026年部门预算</a></td><td>[2026-01-05]</td></tr>
 <tr><td><a href="files/ys.xls">宁县水利局2026年部门预算表</a></td><td>2026-01-04</td></tr>
</table>
<div><a href="index.html">1</a><a href="index_2.html">2</a><a href="index_3.html">3</a><a href="index_2.html">下一页</a>
<a href="/about.html">关于我们</a></div>
</body></html>"""


def test_it_reads_what_no_other_claims() -> None:
    assert platforms.recognise(Page(URL, LIST)).platform == "static"


def test_listing() -> None:
    listing = static.listing(Page(URL, LIST))
    assert listing.entries == (
        Entry(URL + "show.asp?id=31", "宁县教育局2026年部门预算", date(2026, 2, 12)),
        Entry(URL + "20260211102.htm", "宁县农业局2026年部门预算", None),
        Entry(URL + "yusuan.htm", "宁县林业局2026年部门预算", date(2026, 1, 5)),
    )
    assert [(file.url, file.name) for file in listing.attachments] == [
        (URL + "files/ys.xls", "宁县水利局2026年部门预算表")
    ]
    assert listing.next_pages == (URL + "index_2.html", URL + "index_3.html")
    assert (URL + "2025/", "2025年部门决算") in [(column.url, column.title) for column in listing.columns]


@pytest.mark.parametrize(
    ("here", "links", "expected"),
    [
        ("list-1.htm", '<a href="list-2.htm">2</a><a href="list-2.htm">&gt;</a>', ["list-2.htm"]),
        ("?page=1", '<a href="?page=2">2</a><a href="?page=2">下页</a>', ["?page=2"]),
        (
            "index_2.html",
            '<a href="index.html">上一页</a><a href="index_3.html">下一页</a>',
            ["index_3.html"],
        ),
        ("", '<a href="20260211.htm">2</a><a href="#">下一页</a>', []),
        (
            "index.jhtml",
            "<a href='#' onclick=\"location.href='index_2.jhtml';\">下一页</a>",
            ["index_2.jhtml"],
        ),
        (
            "",
            "<input type=button value=下一页 onclick=\"location.href='list.asp?page=2'\">",
            ["list.asp?page=2"],
        ),
    ],
)
def test_next_pages(here: str, links: str, expected: list[str]) -> None:
    page = Page(URL + here, f"<html>{links}</html>")
    assert static.listing(page).next_pages == tuple(URL + address for address in expected)


@pytest.mark.parametrize(
    "line",
    [
        "<table><tr onclick=\"window.open('202602/12345.html')\"><td>宁县教育局2026年部门预算</td><td>2026-02-12</td></tr></table>",
        '<li><a href="javascript:void(0)" onclick="detail(\'202602/12345.html\')">宁县教育局2026年部门预算</a>2026-02-12</li>',
        "<script>document.write('<li><a href=\"202602/12345.html\">宁县教育局2026年部门预算</a></li>')</script>",
        '<script>var rows = [{"title":"宁县教育局2026年部门预算","url":"202602/12345.html","pubDate":"2026-02-12"}]</script>',
        '<LI><A HREF="202602/12345.html" TITLE="宁县教育局2026年部门预算">宁县教育局…</A>2026/02/12</LI>',
    ],
)
def test_lines_that_a_click_or_a_script_makes_a_link(line: str) -> None:
    (entry,) = static.listing(Page(URL, f"<html><body>{line}</body></html>")).entries
    assert (entry.url, entry.title) == (URL + "202602/12345.html", "宁县教育局2026年部门预算")
    assert entry.published_on in (date(2026, 2, 12), None)


@pytest.mark.parametrize(
    "line",
    [
        "<dl><dt>2026-02-12</dt><dd><a href='yusuan.htm'><b>2026年宁县教育局部门预算</b></a></dd></dl>",
        "<li><i>2026-02-12</i><a href='yusuan.htm'>2026年宁县教育局部门预算</a></li>",
        "<div class=row><p class=d><b>12</b><i>2026-02</i></p><a href='yusuan.htm'>2026年宁县教育局部门预算</a></div>",
        "<div class=row><b>12</b> <i>2026年2月</i><a href='yusuan.htm'>2026年宁县教育局部门预算</a></div>",
    ],
)
def test_a_date_before_a_title_that_begins_with_a_year(line: str) -> None:
    (entry,) = static.listing(Page(URL, f"<html><body>{line}</body></html>")).entries
    assert entry == Entry(URL + "yusuan.htm", "2026年宁县教育局部门预算", date(2026, 2, 12))


def test_a_title_without_date_or_number_is_an_entry_and_a_name_is_none() -> None:
    markup = "<p><a href='/czxx/30.html'>宁县教育局2026年部门预算</a></p><a href='/czxx/31.html'>联系我们</a>"
    (entry,) = static.listing(Page(URL, f"<html><body>{markup}</body></html>")).entries
    assert entry.title == "宁县教育局2026年部门预算"


@pytest.mark.parametrize("says", ["查看", "[ 点击下载 ]", "详情>>", "附件1"])
def test_what_a_line_says_beside_its_link(says: str) -> None:
    row = (
        "<tr><td>1</td><td>宁县教育局2026年部门预算</td><td>2026-02-12</td><td><a href='%s'>%s</a></td></tr>"
    )
    markup = f"<table>{row % ('30.html', says)}{row.replace('教育', '农业') % ('files/2.pdf', says)}</table>"
    page = Page(URL, f"<html><body>{markup}</body></html>")
    (entry,) = static.listing(page).entries
    assert entry == Entry(URL + "30.html", "宁县教育局2026年部门预算", date(2026, 2, 12))
    line = lines.lines_of(page, {URL + "files/2.pdf"})[URL + "files/2.pdf"]
    assert (line.title, line.published_on) == ("宁县农业局2026年部门预算", date(2026, 2, 12))


def test_a_link_that_says_nothing_takes_no_neighbours_title() -> None:
    markup = (
        "<li><a href='20260211101.htm'>宁县教育局2026年部门预算</a> <a href='20260211102.htm'>下载</a></li>"
    )
    entries = static.listing(Page(URL, f"<html><body>{markup}</body></html>")).entries
    assert [entry.title for entry in entries] == ["宁县教育局2026年部门预算"]


@pytest.mark.parametrize(
    ("markup", "unread"),
    [
        ("<a href=\"javascript:__doPostBack('Pager1','2')\">2</a>", True),
        ("<a href='javascript:go(2)'>下一页</a>", True),
        ("<a href='#' onclick='turn(this, 3)'>下页</a>", True),
        ("<a href='javascript:void(0)'>下一页</a>", False),
        ("<a href='javascript:go(1)'>下一页</a>", False),
        ("<a href='javascript:doZoom(16)'>大</a>", False),
    ],
)
def test_pages_that_only_a_script_opens(markup: str, unread: bool) -> None:
    assert page_links.has_unread_pages(Page(URL, f"<html>{markup}</html>")) is unread


def test_what_a_script_holds_is_no_list_beside_a_real_one() -> None:
    markup = LIST + '<script>var ad = [{"title":"宁县林业局2026年部门预算","url":"/x/99999.html"}]</script>'
    assert len(static.listing(Page(URL, markup)).entries) == 3


def test_pages_of_a_program_and_menus() -> None:
    markup = """<a href="index.php?c=index&a=show&catid=12&id=34">宁县教育局2026年部门预算</a>
    <a href="iContent.jsp?cat_id=200&info_id=701">宁县林业局2026年部门预算</a>
    <a href="index_2.html"><img alt="下一页"></a><a href="/x/">下页 &gt;&gt;</a>
    <select onchange="location.href=this.value"><option value="/czxx/2025/">2025年</option></select>
    <map><area href="/czxx/bm/" alt="部门预算"></map><li data-url="/czxx/dw/">单位预算</li>
    <a href="javascript:void(0)" data-href="/czxx/zf/">政府预算</a><img data-url="/a/b/" alt="下级单位">"""
    listing = static.listing(Page(URL, f"<html>{markup}</html>"))
    titles = ["宁县教育局2026年部门预算", "宁县林业局2026年部门预算"]
    assert [entry.title for entry in listing.entries] == titles
    assert listing.next_pages == (URL + "index_2.html", "http://www.ning.gov.cn/x/")
    assert {column.title for column in listing.columns} >= {"2025年", "部门预算", "单位预算", "政府预算"}
    assert all(column.title != "下级单位" for column in listing.columns)

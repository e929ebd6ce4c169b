"""Unknown pagers are seen, and tried where systems put the second page."""

from __future__ import annotations

import pytest

from archive.rendering.messages import sentence
from crawler.pages.page import Page
from crawler.platforms.further import following, second_pages, unread_pager
from parsers.values.messages import Message

URL = "http://a.gov.cn/x/"


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<a href='javascript:go(2)'>下一页</a>", "下一页"),
        ("<div class='pages'><span onclick='n()'>下一页</span></div>", "下一页"),
        ("<div class='pager'><li>下页</li></div>", "下页"),
        ("<button onclick='more()'>加载更多</button>", "加载更多"),
        ("第1/21页", "21 pages"),
        ("<div class='pager'><a href='#' data-no='2'>2</a></div>", "2"),
        ("<ul class='pages'><li onclick='q(2)'>2</li></ul>", "2"),
        (
            "<select name='page' onchange='j()'><option>1</option><option>2</option></select>",
            "a menu of 2 pages",
        ),
        ("<p>29条记录</p>", "29条记录"),
        ("<p>上拉加载更多</p>", "上拉加载更多"),
        ("<script>var totalCount = 29;</script>", "totalCount = 29"),
        ("共 29 条", "共 29 条"),
        ("<p>乡镇及部分单位预算通过“微信公众号”公开。</p>", "单位预算通过“微信公众号”公开"),
        ("<div id='page'></div>", "an empty page"),
        ("<ul class='pagination'></ul>", "an empty pagination"),
    ],
)
def test_a_pager_is_seen(markup: str, seen: str) -> None:
    found = unread_pager(Page(URL, f"<html>{markup}</html>"), 4)
    assert (sentence(found, "en") if isinstance(found, Message) else found) == seen


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "共1页",
        "共 4 条",
        "<div id='page'></div><script>createPageHTML(1, 0, 'index', 'html')</script>",
        "<div id='page'><a>1</a></div>",
        "<div class='pager'><b class='on'>2</b></div>",
        "<select name='size'><option>10</option><option>20</option></select>",
        "<p>4条记录</p>",
        "<div class='pager'><span class='disabled'>下一页</span></div>",
        "<p>下一页</p>",
        "<a href='/xw/'>更多</a>",
    ],
)
def test_a_single_page_has_none(markup: str) -> None:
    assert unread_pager(Page(URL, f"<html>{markup}</html>"), 4) is None


@pytest.mark.parametrize(
    ("address", "platform", "tried"),
    [
        ("", "trs", ["index_1.html"]),
        ("list.shtml", "ucap", ["list_2.shtml"]),
        ("list.html", "static", ["list_1.html", "list_2.html", "list-2.html"]),
        ("l.jsp?id=7", "static", ["l.jsp?id=7&page=2", "l.jsp?id=7&pageNo=2", "l.jsp?id=7&pageIndex=2"]),
        ("list.jsp?id=7&page=1", "static", ["list.jsp?id=7&page=2"]),
        ("index_3.html", "trs", []),
    ],
)  # fmt: skip
def test_where_the_second_page_may_be(address: str, platform: str, tried: list[str]) -> None:
    assert second_pages(Page(URL + address, ""), platform) == tuple(URL + one for one in tried)


@pytest.mark.parametrize(
    ("one", "after"),
    [
        ("index_1.html", "index_2.html"),
        ("list-9.shtml", "list-10.shtml"),
        ("l.jsp?id=7&page=2", "l.jsp?id=7&page=3"),
    ],
)
def test_the_page_after(one: str, after: str) -> None:
    assert following(URL + one) == URL + after

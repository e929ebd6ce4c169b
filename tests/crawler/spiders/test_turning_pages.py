"""Pagers as systems of many makers have them, each in an invented town: every page is found, or the pager
is a gap. None of them was known to the hand that wrote the readers.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest

from tests.crawler.loopback import Reply, Web
from tests.crawler.spiders.test_pager_forms import paged
from tests.crawler.spiders.towns import BODIES, Found, Town, visit

_LAST = 3


def by_query(
    name: str, number: Callable[[int], int] = lambda n: n, base: str = "/ys/list.aspx?id=5"
) -> Callable[[int], str]:
    return lambda n: base if n == 1 else f"{base}&{name}={number(n)}"


def links(n: int, address: Callable[[int], str], text: Callable[[int], str] = str) -> str:
    """Numbers alone, as a pager shows them."""
    return (
        "<p>"
        + " ".join(f"<a href='{address(p)}'>{text(p)}</a>" for p in range(1, _LAST + 1) if p != n)
        + "</p>"
    )


@dataclass(slots=True)
class Stateful(Web):
    """ASP.NET: which page comes follows from the event and from the state that the page before it sent."""

    event: str = "AspNetPager1"
    argument: str = "{0}"

    def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
        if method != "POST":
            return self.answer(path, lines)
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        shown = int(form.get("__VIEWSTATE", "-s0").rpartition("s")[2])
        valid = form.get("__EVENTVALIDATION") == f"/wEW{shown}" and form.get("ctl00$key") == ""
        pressed = form.get("btnNext") == "下一页"
        asked = form.get("__EVENTTARGET", "")
        for number in range(1, _LAST + 1):
            wanted = self.argument.format(number)
            right = form.get("__EVENTARGUMENT") == wanted if "{0}" in self.argument else number == shown + 1
            if valid and right and (asked == self.event or (pressed and self.event == "btnNext")):
                return self.answer(path, lines, self.pages.get(f"{path}#{number}"))
        return self.answer(path, lines, Reply("<title>运行时错误</title>验证视图状态 MAC 失败".encode(), 500))


def web_form(pager: Callable[[int], str], event: str, argument: str) -> Town:
    """A form around the whole page, whose state is long."""

    def whole(n: int) -> str:
        state = f"<input type='hidden' name='__EVENTTARGET' value=''><input type='hidden' name='__EVENTARGUMENT' value=''><input type='hidden' name='__VIEWSTATE' value='{'A' * 4000}s{n}'><input type='hidden' name='__EVENTVALIDATION' value='/wEW{n}'><input type='text' name='ctl00$key' value=''><input type='submit' name='btnSearch' value='搜索'>"
        return f"<form method='post' action='./list.aspx?id=5' id='form1'>{state}{pager(n)}</form><script>function __doPostBack(t,a){{theForm.__EVENTTARGET.value=t;theForm.__EVENTARGUMENT.value=a;theForm.submit();}}</script>"

    made = paged(lambda n: "/ys/list.aspx?id=5" if n == 1 else f"/ys/list.aspx?id=5#{n}", whole)
    web = Stateful(pages=made.web.pages, event=event, argument=argument)
    return Town(web, made.titles)


def post_back_pager() -> Town:
    def pager(n: int) -> str:
        shown = "".join(
            f"<a href=\"javascript:__doPostBack('ctl00$AspNetPager1','{p}')\">{p}</a>"
            for p in range(1, _LAST + 1)
            if p != n
        )
        return f"<div id='AspNetPager1'>{shown}<a href=\"javascript:__doPostBack('ctl00$AspNetPager1','{min(n + 1, _LAST)}')\">下一页</a></div>"

    return web_form(pager, "ctl00$AspNetPager1", "{0}")


def post_back_grid() -> Town:
    """A GridView's numbers."""
    return web_form(
        lambda n: "<table><tr class='pager'>" + "".join(f"<td><a href=\"javascript:__doPostBack('GridView1','Page${p}')\">{p}</a></td>" for p in range(1, _LAST + 1) if p != n) + "</tr></table>",
        "GridView1", "Page${0}",
    )  # fmt: skip


def post_back_button() -> Town:
    """A link that only goes on: the server knows from the state where it stands."""
    return web_form(
        lambda n: f"共{_LAST}页 当前第{n}页 " + ("<a id='lb' href=\"javascript:__doPostBack('lbNext','')\">下一页</a>" if n < _LAST else "<a disabled='disabled'>下一页</a>"),
        "lbNext", "",
    )  # fmt: skip


def submit_button() -> Town:
    return web_form(
        lambda n: "<input type='submit' name='btnNext' value='下一页'>" if n < _LAST else "<input type='submit' name='btnNext' value='下一页' disabled='disabled'>",
        "btnNext", "",
    )  # fmt: skip


def post_back_menu() -> Town:
    """A menu of pages that posts itself."""
    options = "".join(f"<option value='{p}'>{p}</option>" for p in range(1, _LAST + 1))
    return paged(
        lambda n: "/ys/list.aspx" if n == 1 else f"/never/{n}",
        lambda n: (
            f"<form method='post'><input type='hidden' name='__VIEWSTATE' value='x'>转到第<select name='ddlPage' onchange=\"javascript:setTimeout('__doPostBack(\\'ddlPage\\',\\'\\')', 0)\">{options}</select>页</form>"
        ),
        owes="pager",
    )


def offsets() -> Town:
    """Numbers whose addresses count lines."""
    address = by_query("start", lambda n: (n - 1) * 4)
    return paged(address, lambda n: links(n, address))


def domino() -> Town:
    def address(n: int) -> str:
        return "/ys.nsf/v1?OpenView" if n == 1 else f"/ys.nsf/v1?OpenView&Start={(n - 1) * 4 + 1}"

    return paged(address, lambda n: links(n, address))


def in_the_middle() -> Town:
    """The number is a folder."""

    def address(n: int) -> str:
        return "/ys/p/1/index.html" if n == 1 else f"/ys/p/{n}/index.html"

    return paged(address, lambda n: links(n, address))


def named_by_hash() -> Town:
    """Every page has an address of its own that says nothing."""

    def address(n: int) -> str:
        return f"/ys/{'abc'[n - 1] * 8}.html"

    return paged(address, lambda n: "<div class='page'>" + links(n, address) + "</div>")


def in_brackets() -> Town:
    address = by_query("PageNo")
    return paged(address, lambda n: links(n, address, lambda p: f"[{p}]"))


def bracketed_next() -> Town:
    address = by_query("pg")
    return paged(address, lambda n: f"<a href='{address(n + 1)}'>[下一页]</a>" if n < _LAST else "")


def arrow() -> Town:
    address = by_query("pp")
    return paged(address, lambda n: f"<a href='{address(n + 1)}'>下一页→</a>" if n < _LAST else "")


def chinese_numbers() -> Town:
    address = by_query("pageid")
    return paged(address, lambda n: links(n, address, lambda p: f"第{'一二三'[p - 1]}页"))


def padded() -> Town:
    def address(n: int) -> str:
        return f"/ys/list_{n:02}.html"

    return paged(address, lambda n: links(n, address, lambda p: f"{p:02}"))


def icon() -> Town:
    """What goes on is an icon with a class."""
    address = by_query("cpage")
    return paged(
        address,
        lambda n: (
            f"<div class='pagination'><a class='next' href='{address(n + 1)}'><i class='icon-right'></i></a></div>"
            if n < _LAST
            else "<div class='pagination'></div><!-- end -->"
        ),
    )


def dede() -> Town:
    def address(n: int) -> str:
        return "/ys/list_12_1.html" if n == 1 else f"/ys/list_12_{n}.html"

    return paged(
        address,
        lambda n: (
            f"<ul class='pagelist'><li class='thisclass'>{n}</li><li><a href='list_12_{min(n + 1, 3)}.html'>{min(n + 1, 3)}</a></li><li><a href='list_12_3.html'>末页</a></li><li>共 <strong>3</strong>页<strong>12</strong>条</li></ul>"
        ),
    )


def empire() -> Town:
    """Counted from zero in the query."""
    address = by_query("page", lambda n: n - 1, "/e/action/ListInfo/?classid=3")
    return paged(address, lambda n: f"<b>12</b>&nbsp;{links(n, address)}<a href='{address(_LAST)}'>尾页</a>")


def share_point() -> Town:
    address = by_query("Paged=TRUE&p_ID", lambda n: n * 4, "/Lists/ys/AllItems.aspx?View=1")
    return paged(
        address,
        lambda n: (
            f"<a href=\"javascript:\" onclick='javascript:RefreshPageTo(event, \"{address(n + 1)}\");javascript:return false;'><img src='/next.gif' alt='下一页'></a>"
            if n < _LAST
            else ""
        ),
    )


def behind_hash() -> Town:
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: (
            "<div class='pages'>"
            + "".join(f"<a href='#page={p}'>{p}</a>" for p in (2, 3))
            + "<a href='#page=2'>下一页</a></div>"
        ),
        owes="pager",
    )


def fragment_service() -> Town:
    """More lines are a fragment that a service hands out."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: "<a class='load-more' data-page='2' data-api='/ys/more'>查看更多&nbsp;∨</a>",
        owes="pager",
    )


def observed() -> Town:
    """A program adds lines when the last one is seen."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: (
            "<div id='sentinel'></div><script>const io=new IntersectionObserver(e=>{pageIndex+=1;fetch('/api/ys?pageIndex='+pageIndex)});io.observe(sentinel)</script>"
        ),
        owes="pager",
    )


def table_plugin() -> Town:
    """A table in the page, of which a plugin fetches the rest."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: (
            "<script>table.render({elem:'#t',url:'/ys/data.do',page:true,limit:4,limits:[4,8]})</script>"
        ),
        owes="pager",
    )


def said_in_words() -> Town:
    """No pager, only the number of lines."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}", lambda n: "<p>为您找到相关信息 12 条</p>", owes="pager"
    )


def same_again() -> Town:
    """The server does not know its own parameter, and shows the first page whatever is asked for."""
    address = by_query("page")
    made = paged(address, lambda n: f"共12条 {links(1, address)}")
    for n in range(2, _LAST + 1):
        made.web.pages[address(n)] = made.web.pages[address(1)]
    return Town(made.web, made.titles, owes="pager")


def empty_pages() -> Town:
    """All pages but the first come without lines."""
    address = by_query("page")
    made = paged(address, lambda n: f"第{n}页/共3页 {links(n, address)}")
    for n in range(2, _LAST + 1):
        made.web.html(address(n), f"<title>部门预算公开</title><ul></ul>第{n}页/共3页 {links(n, address)}")
    return Town(made.web, made.titles, owes="empty_list")


def sent_home() -> Town:
    """All pages but the first lead to the home page."""
    address = by_query("page")
    made = paged(address, lambda n: f"共3页 {links(n, address)}")
    for n in range(2, _LAST + 1):
        made.web.pages[address(n)] = Reply(b"", 302, ((b"Location", b"/"),))
    return Town(made.web, made.titles, owes="broken")


def challenged() -> Town:
    address = by_query("page")
    made = paged(address, lambda n: f"共3页 {links(n, address)}")
    made.web.html(
        address(2),
        "<html><head><meta charset='utf-8'></head><body><noscript>请开启JavaScript并刷新该页.</noscript><script>document.cookie='__jsl_clearance_s=1';location.href=location.pathname+location.search</script></body></html>",
        status=200,
    )
    return Town(made.web, made.titles, owes="blocked")


def too_often() -> Town:
    address = by_query("page")
    made = paged(address, lambda n: f"共3页 {links(n, address)}")
    made.web.html(address(3), "<title>提示</title><p>您的访问过于频繁，请稍后再试</p>")
    return Town(made.web, made.titles, owes="blocked")


def unavailable() -> Town:
    address = by_query("page")
    made = paged(address, lambda n: f"共3页 {links(n, address)}")
    made.web.html(address(3), "<title>503</title>服务不可用", status=503)
    return Town(made.web, made.titles, owes="broken")


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        post_back_pager, post_back_grid, post_back_button, submit_button, post_back_menu, offsets, domino,
        in_the_middle, named_by_hash, in_brackets, bracketed_next, arrow, chinese_numbers, padded, icon, dede,
        empire, share_point, behind_hash, fragment_service, observed, table_plugin, said_in_words, same_again,
        empty_pages, sent_home, challenged, too_often, unavailable,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("turning"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_every_page_of_the_list_is_read_or_the_pager_is_a_gap(found: dict[str, Found], name: str) -> None:
    one = found[name]
    if one.town.owes:
        assert one.missed and not one.complete and one.town.owes in one.kinds
        assert len(one.missed) <= len(BODIES) - 4
    else:
        assert not one.missed
        assert one.complete, one.gaps


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_else_is_announced(found: dict[str, Found], name: str) -> None:
    assert {article.title for article in found[name].articles} <= set(found[name].town.titles)

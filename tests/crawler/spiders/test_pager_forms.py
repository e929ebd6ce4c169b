"""Forms in which lists are paged, each in an invented town: every page is found, or the pager is a gap."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import pytest

from tests.crawler.loopback import Reply, Web
from tests.crawler.spiders.towns import BODIES, Found, Town, budgets, titles_of, town, visit

_SHARE = 4
_LAST = 3


def paged(address: Callable[[int], str], pager: Callable[[int], str], owes: str = "") -> Town:
    """A list in three pages; `pager` is what page `n` (from one) shows below its lines."""
    first = address(1)
    web = town(f"<a href='{first}'>部门预算公开</a>")
    titles = titles_of()
    rows = budgets(web, "/ys/", titles)
    for n in range(1, _LAST + 1):
        shown = "".join(rows[(n - 1) * _SHARE : n * _SHARE])
        web.html(address(n), f"<title>部门预算公开</title><ul>{shown}</ul>{pager(n)}")
    return Town(web, titles, owes)


def numbered(stem: str, ending: str, first: str = "", less: int = 0) -> Callable[[int], str]:
    return lambda n: first or f"{stem}{ending}" if n == 1 else f"{stem}_{n - less}{ending}"


def clicks(n: int, call: str = 'onclick="toPage({0})"') -> str:
    links = "".join(f"<a {call.format(p)}>{p}</a>" for p in range(1, _LAST + 1) if p != n)
    following = f"<a {call.format(n + 1)}>下一页</a>" if n < _LAST else ""
    return f"<div class='fy'>{links}{following}</div>"


def own_function() -> Town:
    """A click calls a function of the page, which puts the address together."""
    script = '<script>function toPage(p){if(p==1){location.href=\'list.html\';}else{location.href="list_"+p+".html";}}</script>'
    return paged(numbered("/ys/list", ".html"), lambda n: clicks(n) + script)


def counts_from_zero() -> Town:
    script = "<script>function go(n){var i=n-1;window.location='/ys/index_'+(n-1)+'.html'}</script>"
    return paged(
        numbered("/ys/index", ".html", "/ys/", 1), lambda n: clicks(n, "href='javascript:go({0})'") + script
    )


def data_page() -> Town:
    script = "<script>$('.fy a').on('click',function(){var p=$(this).data('page');location.href=p>1?'list_'+p+'.html':'list.html'})</script>"
    return paged(
        numbered("/ys/list", ".html"), lambda n: clicks(n, "href='javascript:;' data-page='{0}'") + script
    )


def layui() -> Town:
    def script(n: int) -> str:
        return f"<div id='page'></div><script>laypage.render({{elem:'page',count:12,limit:4,curr:{n},jump:function(obj,first){{if(!first){{location.href='list.jsp?cid=7&page='+obj.curr;}}}}}});</script>"

    return paged(lambda n: "/ys/list.jsp?cid=7" if n == 1 else f"/ys/list.jsp?cid=7&page={n}", script)


def count_page_shtml() -> Town:
    """TRS variables at the address of a folder whose pages do not end in .html."""

    def script(n: int) -> str:
        return f"<script>var currentPage = {n - 1};var prevPage = currentPage-1;var nextPage = currentPage+1;var countPage = 3;document.write('<a href=\"index_'+nextPage+'.shtml\">下一页</a>')</script>"

    return paged(numbered("/ys/index", ".shtml", "/ys/", 1), script)


def jquery_pagination() -> Town:
    def script(n: int) -> str:
        return f"<div id='Pagination'></div><script>$('#Pagination').pagination(12,{{items_per_page:4,current_page:{n - 1},callback:function(i){{window.location.href='/ys/list_'+(i+1)+'.html'}}}})</script>"

    return paged(numbered("/ys/list", ".html"), script)


def jump_menu() -> Town:
    options = "".join(f"<option value='list-{n}.html'>第{n}页</option>" for n in range(1, _LAST + 1))
    return paged(
        lambda n: f"/ys/list-{n}.html",
        lambda n: f"<select onchange='location.href=this.value'>{options}</select>",
    )


class Posted(Web):
    """Answers a posted form by the number of the page in it."""

    def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
        form = dict(parse_qsl(body.decode()))
        if method == "POST":
            wanted = form.get("columnId") == "7"
            return self.answer(
                path, lines, self.pages.get(f"{path}#{form.get('pageNo')}") if wanted else None
            )
        return self.answer(path, lines)


_CALLED = "<a href='javascript:gotoPage(2)'>下一页</a><script>function gotoPage(p){document.pageForm.pageNo.value=p;document.pageForm.submit();}</script>"


def _form(method: str, turn: str = _CALLED) -> Town:
    def form(n: int) -> str:
        return f"<form name='pageForm' method='{method}' action='/ys/list.do'><input type='hidden' name='columnId' value='7'><input type='hidden' name='pageNo' value='{n}'>{turn}</form><span>第{n}页/共3页</span>"

    posts = method == "post"
    made = paged(
        lambda n: (
            "/ys/list.do?columnId=7"
            if n == 1
            else f"/ys/list.do#{n}"
            if posts
            else f"/ys/list.do?columnId=7&pageNo={n}"
        ),
        form,
    )
    return Town(Posted(pages=made.web.pages), made.titles)


def form_by_get() -> Town:
    return _form("get")


def form_by_post() -> Town:
    return _form("post")


def form_by_button() -> Town:
    """The button that sends the form sets the number itself, without a call."""
    return _form("post", "<input type='submit' value='下一页' onclick='pageForm.pageNo.value++'>")


def picture() -> Town:
    """The next page is behind a picture."""
    return paged(
        lambda n: f"/ys/p{n}.htm",
        lambda n: f"<a href='p{n + 1}.htm'><img src='/i/n.gif' alt='下一页'></a>" if n < _LAST else "",
    )


def path_segment() -> Town:
    return paged(
        lambda n: "/class/YSGK" if n == 1 else f"/class/YSGK/{n}",
        lambda n: "".join(f"<a href='/class/YSGK/{p}'>{p}</a>" for p in (2, 3) if p != n),
    )


def upper_case() -> Town:
    return paged(
        numbered("/ys/INDEX", ".HTML"),
        lambda n: f"<A HREF='INDEX_{n + 1}.HTML'>下一页</A>" if n < _LAST else "",
    )


def pager_plugin() -> Town:
    def script(n: int) -> str:
        return f"<div id='pager'></div><script>$('#pager').pager({{pagenumber:{n},pagecount:3,buttonClickCallback:PageClick}});PageClick=function(no){{self.location=\"/ys/list_\"+no+\".htm\"}}</script>"

    return paged(numbered("/ys/list", ".htm"), script)


def rel_next() -> Town:
    """Only the head says where the next page is; what the reader clicks on is a script's."""
    return paged(
        lambda n: f"/ys/p{n}.html",
        lambda n: (
            (f"<link rel='next' href='p{n + 1}.html'>" if n < _LAST else "")
            + "<div class='pagination' id='pg'></div>"
        ),
    )


def do_post_back() -> Town:
    """ASP.NET: the state of the page goes with every click."""
    return paged(
        lambda n: "/ys/list.aspx" if n == 1 else f"/never/{n}",
        lambda n: (
            "<form id='form1' method='post' action='list.aspx'><input type='hidden' name='__VIEWSTATE' value='dDw='></form><a href=\"javascript:__doPostBack('AspNetPager1','2')\">下一页</a>"
        ),
        owes="pager",
    )


def endless() -> Town:
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: "<div class='load' data-next='2'>点击加载更多</div>",
        owes="pager",
    )


def scrolled() -> Town:
    """More is loaded when the reader reaches the end; nothing to click on."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: (
            "<script>$(window).scroll(function(){if($(window).scrollTop()>h){page++;$.ajax({url:'/ys/more.do',data:{page:page},success:add})}})</script>"
        ),
        owes="pager",
    )


def held_in_data() -> Town:
    """Buttons hold the name of the page beside theirs."""
    return paged(
        numbered("/ys/list", ".html"),
        lambda n: (
            f"<div class='bar'><span class='btn' data-url='list_{n + 1}.html'>下一页</span></div>"
            if n < _LAST
            else ""
        ),
    )


def click_with_query() -> Town:
    return paged(
        lambda n: "/ys/list.jsp" if n == 1 else f"/ys/list.jsp?p={n}",
        lambda n: (
            f"<ul class='pages'><li onclick=\"location='?p={n + 1}'\">下一页</li></ul>" if n < _LAST else ""
        ),
    )


def name_and_ending_apart() -> Town:
    script = "<script>var pageCount=3,pageName='index',pageExt='shtml';function go(i){location.href=pageName+'_'+i+'.'+pageExt}</script><a href='javascript:go(1)'>下一页</a>"
    return paged(numbered("/ys/index", ".shtml", "/ys/", 1), lambda n: script)


def box_with_data() -> Town:
    """A plugin finds all it needs in attributes."""
    return paged(
        numbered("/ys/list", ".html"),
        lambda n: (
            f"<div class='pagination' data-total='12' data-size='4' data-cur='{n}' data-link='/ys/list_{{page}}.html'></div>"
        ),
    )


def button() -> Town:
    return paged(
        numbered("/ys/list", ".html"),
        lambda n: (
            f"<input type='button' value='下一页' onclick=\"window.location.href='/ys/list_{n + 1}.html'\">"
            if n < _LAST
            else ""
        ),
    )


def place_holder() -> Town:
    script = "<script>new Pager('#pg',{pages:3,link:'/ys/list_#page#.html'})</script><div id='pg'></div>"
    return paged(numbered("/ys/list", ".html"), lambda n: script)


def more_with_address() -> Town:
    return paged(
        lambda n: "/ys/" if n == 1 else f"/ys/?page={n}",
        lambda n: f"<a class='more' href='/ys/?page={n + 1}'>加载更多</a>" if n < _LAST else "",
    )


def function_elsewhere() -> Town:
    """The function is in a script of its own; the address is one that many systems give."""
    return paged(
        numbered("/ys/list", ".html"),
        lambda n: (
            f"<a href='javascript:void(0)' onclick=\"gotoPage('{n + 1}','list','html')\">下一页</a><script src='/js/page.js'></script>"
            if n < _LAST
            else ""
        ),
    )


def last_page_only() -> Town:
    """首页 and 尾页, and nothing between."""
    return paged(
        numbered("/ys/list", ".html"), lambda n: "<a href='list.html'>首页</a><a href='list_3.html'>尾页</a>"
    )


def in_a_circle() -> Town:
    """The second page leads back to the first; what the list says it has is not there."""
    return paged(
        lambda n: "/ys/list.jsp" if n == 1 else f"/ys/list.jsp?cur={n}" if n == 2 else f"/never/{n}",
        lambda n: f"<span>第{n}/3页</span><a href='/ys/list.jsp{'?cur=2' if n == 1 else ''}'>下一页</a>",
        owes="pager",
    )


def numbers_without_address() -> Town:
    """Numbers that a script listens to, and no word."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: (
            "<div class='pager'>"
            + "".join(f"<a href='#' data-pageno='{p}'>{p}</a>" for p in (1, 2, 3))
            + "</div><script src='/js/list.js'></script>"
        ),
        owes="pager",
    )


def menu_of_numbers() -> Town:
    """A menu of page numbers; where it leads is in a script of its own."""
    return paged(
        lambda n: "/ys/" if n == 1 else f"/never/{n}",
        lambda n: (
            "<select id='pageSelect' onchange='jump(this.value)'><option value='1'>1</option><option value='2'>2</option><option value='3'>3</option></select>"
        ),
        owes="pager",
    )


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        own_function, counts_from_zero, data_page, layui, count_page_shtml, jquery_pagination, jump_menu,
        form_by_get, form_by_post, form_by_button, picture, path_segment, upper_case, pager_plugin, rel_next, do_post_back,
        endless, scrolled, held_in_data, click_with_query, name_and_ending_apart, box_with_data, button,
        place_holder, more_with_address, function_elsewhere, last_page_only,
        in_a_circle, numbers_without_address, menu_of_numbers,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("pagers"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_every_page_of_the_list_is_read_or_the_pager_is_a_gap(found: dict[str, Found], name: str) -> None:
    one = found[name]
    if one.town.owes:
        assert one.missed and not one.complete and one.town.owes in one.kinds
        assert len(one.missed) <= len(BODIES) - _SHARE
    else:
        assert not one.missed
        assert one.complete, one.gaps


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_else_is_announced(found: dict[str, Found], name: str) -> None:
    assert {article.title for article in found[name].articles} <= set(found[name].town.titles)


def test_a_town_that_hides_a_page_is_not_called_complete(found: dict[str, Found]) -> None:
    assert all(one.missed == set() or not one.complete for one in found.values())


def test_replies_are_pages(found: dict[str, Found]) -> None:
    assert all(isinstance(reply, Reply) for one in found.values() for reply in one.town.web.pages.values())

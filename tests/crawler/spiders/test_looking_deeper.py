"""Before somebody is called missing: what stands around a list of which nothing says that it ends, what its
page holds and does not show, and other columns of the site, where a body that was there before is not now."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crawler.pages.page import Page
from crawler.reading.controls import controls_around
from tests.crawler.loopback import Reply
from tests.crawler.spiders.towns import (
    COLUMN,
    HOME,
    Found,
    Town,
    assert_found_or_named,
    budget,
    budgets,
    titles_of,
    town,
    visit,
)

BODIES = ("教育局", "公安局", "民政局", "水利局", "林业局")
LAST, NOW = titles_of(BODIES, "2025年部门预算"), titles_of(BODIES)
NEWS = "".join(
    f"<li><a href='/dt/t2026110{n}_1.html'>道路施工通告{n}</a><i>2026-11-0{n}</i></li>" for n in range(1, 9)
)


def two_years(home: str, place: Callable[[Town, str], None], tail: str = "共1页") -> Town:
    """All bodies announced last year, and all but the first do this year in the column; where that one does,
    `place` knows."""
    web = town(COLUMN)
    web.html("/", f"{HOME}{home}")
    rows = budgets(web, "/ys/a", NOW[1:]) + budgets(web, "/ys/b", LAST)
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>{tail}")
    made = Town(web, [*NOW[1:], *LAST])
    place(made, NOW[0])
    return made


def in_another_column(made: Town, title: str) -> None:
    made.titles.append(title)
    row = budget(made.web, "/dt/t20260212_7.html", title)
    made.web.html("/dt/", f"<title>部门动态</title><ul>{NEWS}{row}</ul><a href='/dt/index_2.html'>下一页</a>")
    made.web.html("/dt/index_2.html", f"<title>部门动态</title><ul>{NEWS.replace('_1.', '_2.')}</ul>")


def in_a_column_of_another_name() -> Town:
    return two_years("<a href='/dt/'>部门动态</a><a href='/ld/'>领导之窗</a>", in_another_column)


def on_the_page_of_the_body() -> Town:
    def place(made: Town, title: str) -> None:
        made.titles.append(title)
        made.web.html("/bm/1/", f"<title>安溪县{BODIES[0]}</title><a href='/bm/1/gk/'>部门预算</a>")
        made.web.html(
            "/bm/1/gk/",
            f"<title>部门预算</title><ul>{budget(made.web, '/bm/1/gk/t20260212_7.html', title)}</ul>共1页",
        )

    return two_years(f"<a href='/bm/1/'>{BODIES[0]}</a><a href='/bm/2/'>{BODIES[1]}</a>", place)


def behind_a_wall_of_the_body() -> Town:
    def place(made: Town, title: str) -> None:
        made.titles.append(title)
        made.owes = "blocked"
        login = "<title>用户登录</title><form method='post'>用户名<input name='u'>密码<input type='password' name='p'></form>"
        made.web.html("/bm/1/", login)

    return two_years(f"<a href='/bm/1/'>{BODIES[0]}</a>", place)


def on_a_page_that_a_script_opens() -> Town:
    def place(made: Town, title: str) -> None:
        made.titles.append(title)
        made.owes = "bodies"

    return two_years(f"<a href='javascript:;' onclick=\"goTo('{BODIES[0]}')\">{BODIES[0]}</a>", place)


def in_a_line_that_says_nothing() -> Town:
    """Its page and its file do, or not."""

    def place(made: Town, title: str) -> None:
        page = made.web.pages["/ys/"]
        row = budget(made.web, "/ys/t20260212_7.html", title).replace(f">{title}<", ">105001<")
        made.web.html("/ys/", page.body.decode().replace("<ul>", f"<ul>{row}"))
        made.titles.append(title)

    return two_years("", place)


def in_a_part_of_the_list() -> Town:
    """Its link has the address of an article, says whose it is not, and leads on."""

    def place(made: Town, title: str) -> None:
        page = made.web.pages["/ys/"].body.decode()
        made.web.html("/ys/", page.replace("<ul>", "<a href='/go?id=9'>2026年新增</a><ul>", 1))
        made.web.pages["/go?id=9"] = Reply(b"", 302, ((b"Location", b"/n/"),))
        row = budget(made.web, "/n/t20260212_7.html", title)
        made.web.html("/n/", f"<title>部门预算</title><ul>{row}</ul>共1页")
        made.titles.append(title)

    return two_years("", place)


def in_a_line_of_two_words() -> Town:
    """What it announces, its page says."""

    def place(made: Town, title: str) -> None:
        row = budget(made.web, "/ys/t20260212_7.html", title).replace(f">{title}<", ">点击查看<")
        page = made.web.pages["/ys/"].body.decode()
        made.web.html("/ys/", page.replace("<ul>", f"<ul>{row}", 1))
        made.titles.append(title)

    return two_years("", place)


def on_a_part_of_a_picture() -> Town:
    """The picture's parts lead to pages of bodies, and say nothing."""

    def place(made: Town, title: str) -> None:
        row = budget(made.web, "/qx/t20260212_7.html", title)
        made.web.html("/qx/1/", f"<title>安溪县{BODIES[0]}</title><ul>{row}</ul>共1页")
        made.titles.append(title)

    return two_years("<img usemap='#q' src='/q.jpg'><map name='q'><area href='/qx/1/'></map>", place)


def on_a_part_of_a_picture_of_the_list() -> Town:
    """The picture's part leads to the announcement itself."""

    def place(made: Town, title: str) -> None:
        budget(made.web, "/ys/t20260212_7.html", title)
        page = made.web.pages["/ys/"].body.decode()
        made.web.html("/ys/", f"{page}<map name='q'><area href='/ys/t20260212_7.html'></map>")
        made.titles.append(title)

    return two_years("", place)


def on_a_page_with_the_address_of_an_article() -> Town:
    """Departments by their numbers: /b.do?id=1, and what they publish: /x.do?id=1."""

    def place(made: Town, title: str) -> None:
        row = budget(made.web, "/x/t20260212_7.html", title)
        made.web.html("/b.do?id=1", f"<title>{BODIES[0]}</title><a href='/x.do?id=1'>信息公开</a>")
        made.web.html("/x.do?id=1", f"<title>信息公开</title><ul>{row}</ul>共1页")
        made.titles.append(title)

    return two_years(f"<a href='/b.do?id=1'>{BODIES[0]}</a><a href='/b.do?id=2'>{BODIES[1]}</a>", place)


def on_the_page_of_a_town() -> Town:
    """河口镇人民政府 is called 河口镇 by those who link it."""

    def place(made: Town, title: str) -> None:
        mine = [f"安溪县河口镇人民政府{year}年部门预算" for year in (2025, 2026)]
        page = made.web.pages["/ys/"].body.decode()
        made.web.html("/ys/", page.replace("<ul>", f"<ul>{budget(made.web, '/ys/c1.html', mine[0])}", 1))
        made.web.html("/xz/", "<title>乡镇之窗</title><a href='/xz/a/'>城关镇</a><a href='/xz/b/'>河口镇</a>")
        made.web.html(
            "/xz/b/", "<title>河口镇</title><a href='/xz/b/jj/'>镇情简介</a><a href='/xz/b/cw/'>财务</a>"
        )
        row = budget(made.web, "/xz/b/cw/t20260212_7.html", mine[1])
        made.web.html("/xz/b/cw/", f"<title>财务</title><ul>{row}</ul>共1页")
        made.titles += mine

    return two_years("<a href='/xz/'>乡镇之窗</a>", place)


def in_a_line_without_the_word() -> Town:
    """It says neither 预算 nor 决算: a doubt about its body."""

    def place(made: Town, title: str) -> None:
        row = f"<li><a href='/ys/t20260212_7.html'>安溪县{BODIES[0]}2026年财政拨款收支公开表</a></li>"
        page = made.web.pages["/ys/"].body.decode()
        made.web.html("/ys/", page.replace("<ul>", f"<ul>{row}", 1))
        made.titles.append(title)
        made.owes = "link"

    return two_years("", place)


def in_data_of_the_column() -> Town:
    def place(made: Town, title: str) -> None:
        made.titles.append(title)
        made.owes = "link"

    data = f'<script type=\'application/json\'>{{"rows": [{{"t": "{NOW[0]}", "u": 7}}]}}</script>'
    return two_years("", place, f"共1页{data}")


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        in_a_column_of_another_name, on_the_page_of_the_body, behind_a_wall_of_the_body, in_data_of_the_column,
        on_a_page_that_a_script_opens, in_a_line_that_says_nothing, in_a_part_of_the_list,
        in_a_line_of_two_words, on_a_part_of_a_picture, on_the_page_of_a_town,
        on_a_part_of_a_picture_of_the_list, on_a_page_with_the_address_of_an_article, in_a_line_without_the_word,
    )
}  # fmt: skip


def nobody_lacks() -> Town:
    return two_years("<a href='/dt/'>部门动态</a>", lambda made, title: None)


AROUND = {
    "field": "<input name='dw'>",
    "place": "<div id='rest'></div>",
    "arrow": "<span class='next'>&gt;</span>",
    "words": "<div>上一页 下一页</div>",
    "within": "<iframe src='http://pt.example.org/list'></iframe>",
    "tick": "<label><input type='checkbox' id='zs'>显示直属单位</label>",
    "service": "<script>axios.post('/gw/list',{pn:2}).then(show)</script>",
    "counter": "<script>$.get('/gw/visit?id=7')</script>",
    "picture": "<img src='/p2.gif' onclick='p2()'>",
    "call": "<span onclick=\"location.href='/ys/'+'b2'+'.html'\">第二批</span>",
    "folded": "<details id='d'><summary>群团组织</summary><div></div></details>",
    "tab": "<span onclick=\"showTab('2')\">第二批</span>",
    "foot": "<div>主办：安溪县人民政府 闽ICP备05000001号<div id='seal'></div><input name='mail2'></div>",
    "nothing": "<p>联系电话 0830-1234567</p>",
    "everywhere": "<div id='frame'></div>",
}


def around(markup: str) -> Callable[[], Town]:
    def made() -> Town:
        web, titles = town(f"{COLUMN}<div id='frame'></div>"), NOW
        web.html(
            "/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>{markup}"
        )
        return Town(web, titles)

    return made


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    towns = {**TOWNS, **{f"around-{name}": around(markup) for name, markup in AROUND.items()}}
    yield visit(tmp_path_factory.mktemp("deeper"), towns)


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_a_gap_says_what_is_not(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])


def test_what_hides_one_body_names_it(found: dict[str, Found]) -> None:
    for name in ("behind_a_wall_of_the_body", "in_data_of_the_column", "in_a_line_without_the_word"):
        named = [gap.body_name or "" for gap in found[name].gaps]
        assert len(named) == 1 and named[0].endswith(BODIES[0]), found[name].gaps


def test_one_page_of_such_a_column_is_enough_unless_it_announces(found: dict[str, Found]) -> None:
    asked = found["in_a_column_of_another_name"].town.web.paths
    assert asked.count("/dt/") == 1 and "/dt/index_2.html" in asked and "/ld/" not in asked
    assert "/bm/2/" not in found["on_the_page_of_the_body"].town.web.paths


@pytest.mark.parametrize("name", AROUND)
def test_what_can_be_used_doubts_an_end_that_nothing_states(found: dict[str, Found], name: str) -> None:
    [end] = found[f"around-{name}"].ends
    if name in ("nothing", "everywhere", "counter", "tab", "foot"):
        assert end.fiscal_year == 2026
    else:
        assert (end.fiscal_year, end.document_kind) == (None, None)


def test_menus_and_tools_are_not_around_a_list() -> None:
    menu = (
        "<div class='nav'>"
        + "".join(f"<a href='/c{n}/'>栏目{n}</a>" for n in range(9))
        + "<div id='nv'></div></div>"
    )
    tools = "<input name='searchword'><div id='share'></div><iframe src='/visitcount/visit.jsp'></iframe>"
    lines = "".join(f"<li><a href='/ys/{n}.html'>x{n}</a></li>" for n in range(3))
    page = Page(
        "http://a.gov.cn/ys/",
        f"<body>{menu}<div><div>{tools}<ul>{lines}</ul></div></div><div id='z'></div></body>",
    )
    assert not controls_around(page, {"http://a.gov.cn/ys/0.html", "http://a.gov.cn/ys/1.html"})

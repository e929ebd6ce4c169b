"""What stands above a link, which links are a menu of bodies, and what an empty page is."""

from __future__ import annotations

import pytest

from crawler.pages.page import Page
from crawler.reading.diagnosis import diagnose
from crawler.reading.groups import headings, menus, under
from tests.wording import english

URL = "http://a.gov.cn/ys/"


@pytest.mark.parametrize(
    "markup",
    [
        "<details><summary>县教育局</summary><p><a href='1.pdf'>2026年部门预算</a></p></details>",
        "<dl><dt>县教育局</dt><dd><a href='1.pdf'>2026年部门预算</a></dd></dl>",
        "<table><tr><td>县教育局</td><td><a href='1.pdf'>2026年部门预算</a></td></tr></table>",
        "<h3>县教育局</h3><ul><li><a href='1.pdf'>2026年部门预算</a></li></ul>",
        "<ul><li>县教育局：<a href='1.pdf'>2026年部门预算</a></li></ul>",
    ],
)
def test_the_body_that_a_link_stands_under(markup: str) -> None:
    assert headings(Page(URL, markup)) == {URL + "1.pdf": "县教育局"}
    assert under("2026年部门预算", "县教育局") == "县教育局2026年部门预算"


@pytest.mark.parametrize(
    "markup",
    [
        "<h3>通知公告</h3><ul><li><a href='1.pdf'>2026年部门预算</a></li></ul>",
        "<table><tr><td>2026-02-12</td><td><a href='1.pdf'>2026年部门预算</a></td></tr></table>",
        "<a href='1.pdf'>2026年部门预算</a>",
    ],
)
def test_what_is_no_body_stands_above_nothing(markup: str) -> None:
    assert headings(Page(URL, markup)) == {}


def test_a_title_that_names_its_body_keeps_it() -> None:
    assert under("民政局2026年部门预算", "教育局") == "民政局2026年部门预算"


@pytest.mark.parametrize(
    ("names", "is_menu"),
    [
        (("教育局", "公安局", "民政局"), True),
        (("教育", "公安", "民政"), True),
        (("A", "B", "C", "D"), True),
        (("教育局", "公安局", "民政局", "更多"), True),
        (("首页", "新闻", "服务", "互动"), False),
        (("教育局2026年部门预算", "公安局2026年部门预算", "民政局2026年部门预算"), False),
        (("教育局", "公安局"), False),
    ],
)
def test_what_is_a_menu_of_bodies(names: tuple[str, ...], is_menu: bool) -> None:
    page = Page(
        URL, "<ul>" + "".join(f"<li><a href='{n}/'>{name}</a></li>" for n, name in enumerate(names)) + "</ul>"
    )
    assert [len(menu) for menu in menus(page)] == ([len(names)] if is_menu else [])
    assert list(menus(page, frozenset(f"{URL}{n}/" for n in range(len(names))))) == []


@pytest.mark.parametrize(
    ("markup", "kind", "evidence"),
    [
        ("<form action='/cx'><select name='year'></select><input name='dept'></form>", "form", "year, dept"),
        ("<iframe src='http://b.gov.cn/l.html'></iframe>", "frame", "http://b.gov.cn/l.html"),
        ("<div id='app'></div><script src='/js/app.1.js'></script>", "shell", "app.1.js"),
        ("<script>$.get('/api/list/budget',f)</script>", "shell", "/api/list/budget"),
        ("<h1>部门预算</h1>", "empty_list", "characters"),
    ],
)
def test_an_empty_page_is_diagnosed(markup: str, kind: str, evidence: str) -> None:
    found = diagnose(Page(URL, f"<html><body>{markup}</body></html>"))
    assert found and found.kind == kind and evidence in english(found.evidence)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>本栏目公开安溪县各部门的预算和决算。</p>" * 40,
        "<form action='/search'><input name='q'></form>" + "<p>本栏目公开安溪县各部门的预算。</p>" * 40,
    ],
)
def test_a_page_that_says_something_is_no_shell(markup: str) -> None:
    assert diagnose(Page(URL, f"<html><body>{markup}</body></html>")) is None

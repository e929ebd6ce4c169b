"""Columns that stand in the frame of a whole site, with menus, news and a footer: what they hide is a gap, and
what hides nothing is none.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crawler.loopback import Web
from tests.crawler.spiders.towns import BODIES, HOME, Found, Town, budget, budgets, titles_of, visit

MENU = "".join(
    f"<li><a href='{path}'>{name}</a></li>"
    for path, name in (
        ("/", "首页"),
        ("/zwgk/", "政务公开"),
        ("/xw/", "新闻动态"),
        ("/bsfw/", "办事服务"),
        ("/hdjl/", "互动交流"),
        ("/zjax/", "走进安溪"),
    )
)
NEWS = "".join(
    f"<li><a href='/xw/202611/t20261101_{n}.html'>安溪县推进重点项目{n}</a><i>2026-11-01</i></li>"
    for n in range(6)
)
FOOT = "<div class='foot'>主办：安溪县人民政府 承办：安溪县人民政府办公室 网站标识码：3505240001 备案号：闽ICP备05000001号 <a href='/wzdt/'>网站地图</a><a href='javascript:void(0)'>主办单位：安溪县人民政府办公室</a></div><script src='/public/js/jquery.min.js'></script><script src='/public/js/common.js'></script>"


def framed(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body><ul class='nav'>{MENU}</ul><div class='main'>{body}</div><div class='side'><h3>要闻</h3><ul>{NEWS}</ul></div>{FOOT}</body></html>"


def site(columns: dict[str, tuple[str, str]]) -> Web:
    """A site whose column of budgets is a plain list, and others beside it: path to (name, body)."""
    web = Web()
    web.html("/", framed("安溪县人民政府", HOME))
    links = "".join(f"<p><a href='{path}'>{name}</a></p>" for path, (name, _) in columns.items())
    web.html("/zwgk/", framed("政务公开", f"<p><a href='/ys/'>部门预算公开</a></p>{links}"))
    web.html("/ys/", framed("部门预算公开", f"<ul>{''.join(budgets(web, '/ys/', titles_of()))}</ul>"))
    for path, (name, body) in columns.items():
        web.html(path, framed(name, body))
    return web


HIDDEN = ["安溪县教育局2025年部门决算"]


def hides(body: str, owes: str) -> Town:
    return Town(site({"/js/": ("部门决算公开", body)}), [*titles_of(), *HIDDEN], owes=owes)


def filled_by_script() -> Town:
    return hides("<ul id='list'></ul><script src='/js/getlist.js'></script>", "shell")


def filled_by_service() -> Town:
    return hides(
        "<table id='t'><tr><th>标题</th></tr></table><script>$.post('/api/js/list.do',{page:1},draw)</script>",
        "shell",
    )


def program() -> Town:
    return hides("<div id='app'></div><script src='/static/js/app.1f.js'></script>", "shell")


def behind_menus() -> Town:
    return hides(
        "<select id='nd'><option value='2025'>2025年</option><option value='2024'>2024年</option></select><select id='dw'><option value='1'>教育局</option><option value='2'>公安局</option></select><a href='javascript:cx()'>查询</a>",
        "form",
    )


def years_by_call() -> Town:
    """Other years are loaded by a function that is not in the page."""
    web = site({})
    web.html(
        "/ys/",
        framed(
            "部门预算公开",
            f"<ul class='y'><li onclick='getList(2026)'>2026年</li><li onclick='getList(2025)'>2025年</li></ul><ul>{''.join(budgets(web, '/ys/', titles_of()))}</ul>",
        ),
    )
    return Town(web, [*titles_of(), "安溪县教育局2025年部门预算"], owes="click")


def menu_by_call() -> Town:
    """Bodies are chosen by a function that is not in the page."""
    menu = "".join(f"<li onclick='getDept({n})'>{body}</li>" for n, body in enumerate(BODIES))
    return hides(
        f"<ul class='dept'>{menu}</ul><div id='show'></div><script src='/js/dept.js'></script>", "link"
    )


def empty() -> Town:
    """Nothing is there, and nothing says why."""
    return hides("<ul class='list'></ul>", "empty_list")


def frame_beside_news() -> Town:
    titles = titles_of(BODIES, "2025年部门决算")
    web = site({"/js/": ("部门决算公开", "<iframe src='/js/list.html' width='100%'></iframe>")})
    web.html("/js/list.html", f"<ul>{''.join(budgets(web, '/js/', titles))}</ul>")
    return Town(web, [*titles_of(), *titles])


def two_bodies() -> Town:
    """Too few for a menu, and named by nothing but their names."""
    titles = ["安溪县城厢镇2025年部门决算", "安溪县蓬莱镇2025年部门决算"]
    web = site(
        {
            "/js/": (
                "部门决算公开",
                "<p><a href='/c/cx.html'>城厢镇决算</a></p><p><a href='/c/pl.html'>蓬莱镇决算</a></p>",
            )
        }
    )
    for path, title in zip(("/c/cx.html", "/c/pl.html"), titles, strict=True):
        budget(web, path, title)
    return Town(web, [*titles_of(), *titles])


def kinds_in_cells() -> Town:
    """Bodies down, kinds across; the links repeat the kind and nothing else."""
    web = site({"/b/": ("部门预决算公开", "")})
    rows, titles = [], []
    for n, body in enumerate(BODIES[:6]):
        cells = ""
        for kind in ("2025年部门预算", "2024年部门决算"):
            path, title = f"/b/{kind[:4]}/t{kind[:4]}{n:04}.html", f"安溪县{body}{kind}"
            budget(web, path, title)
            cells += f"<td><a href='{path}'>{kind[-2:]}</a></td>"
            titles.append(title)
        rows.append(f"<tr><td>{n + 1}</td><td>安溪县{body}</td>{cells}</tr>")
    web.html("/b/", framed("部门预决算公开", f"<table>{''.join(rows)}</table>"))
    return Town(web, [*titles_of(), *titles])


def held_in_other_attributes() -> Town:
    titles = titles_of(BODIES[:3], "2025年部门决算")
    forms = (
        "<a href='javascript:;' to-href='{0}'>{1}</a>",
        "<a ng-href='{0}'>{1}</a>",
        "<li onclick='go(this)' data-u='{0}'>{1}</li>",
    )
    web = site({"/js/": ("部门决算公开", "")})
    rows = ""
    for n, (form, title) in enumerate(zip(forms, titles, strict=True)):
        budget(web, f"/js/t2026{n:04}.html", title)
        rows += f"<div>{form.format(f'/js/t2026{n:04}.html', title)}</div>"
    web.html("/js/", framed("部门决算公开", rows))
    return Town(web, [*titles_of(), *titles])


def named_otherwise() -> Town:
    """Data whose fields are called as services call them."""
    titles = titles_of(BODIES, "2025年部门决算")
    web = Web()
    web.html("/", HOME)
    web.html("/zwgk/", "<title>政务公开</title><a href='/js/'>部门决算公开</a>")
    objects = ",".join(
        f'{{"docTitle":"{title}","docUrl":"/js/t{20260 + n}001.html","docRelTime":"2026-08-12"}}'
        for n, title in enumerate(titles)
    )
    budgets(web, "/js/", titles)
    web.html(
        "/js/",
        f"<title>部门决算公开</title><div id='list'></div><script type='application/json' id='d'>{{\"rows\":[{objects}]}}</script>",
    )
    return Town(web, titles)


def says_that_there_is_nothing() -> Town:
    return Town(site({"/js/": ("部门决算公开", "<div class='list'>暂无信息</div>")}), titles_of())


def other_titles() -> Town:
    """A column of disclosures with notices that are none, and boxes that decorate it."""
    rows = "".join(
        f"<li><a href='/zj/t2026{n:04}.html'>安溪县财政局关于下达2026年农业资金的通知{n}</a><i>2026-05-01</i></li>"
        for n in range(9)
    )
    return Town(site({"/zj/": ("财政资金信息", f"<div class='data-tip'></div><ul>{rows}</ul>")}), titles_of())


def tabs() -> Town:
    """Tabs that show and hide what is in the page."""
    web = site({})
    rows = budgets(web, "/ys/", titles_of())
    tab = "<ul class='tab'><li onclick=\"setTab('y',1,2)\">2026年</li><li onclick=\"setTab('y',2,2)\">2025年</li></ul>"
    web.html(
        "/ys/",
        framed(
            "部门预算公开",
            f"{tab}<ul>{''.join(rows[:6])}</ul><ul style='display:none'>{''.join(rows[6:])}</ul>",
        ),
    )
    return Town(web, titles_of())


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        filled_by_script, filled_by_service, program, behind_menus, years_by_call, menu_by_call, empty, frame_beside_news,
        two_bodies, kinds_in_cells, held_in_other_attributes, named_otherwise,
        says_that_there_is_nothing, other_titles, tabs,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("silence"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_is_passed_over_in_silence(found: dict[str, Found], name: str) -> None:
    one = found[name]
    if one.town.owes:
        assert one.town.owes in one.kinds, one.gaps
        assert not one.complete or one.town.owes == "link"
    else:
        assert not one.missed
        assert one.complete, one.gaps


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_else_is_announced(found: dict[str, Found], name: str) -> None:
    assert {one.title for one in found[name].articles} <= set(found[name].town.titles)

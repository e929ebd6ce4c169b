"""Columns that load a part of themselves, or go on in a way of their own, each in an invented town: what is
published is found, or a gap says what was not followed."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crawler.spiders.towns import (
    COLUMN,
    HOME,
    Found,
    Town,
    assert_found_or_named,
    budgets,
    titles_of,
    town,
    visit,
)

BODIES = ("教育局", "公安局", "民政局", "水利局", "林业局", "商务局")


def column(markup: Callable[[list[str]], str], *parts: tuple[str, int], owes: str = "") -> Town:
    """A column whose page is made of its lines; `parts` are addresses that show those from a number on."""
    web, titles = town(COLUMN), titles_of(BODIES)
    rows = budgets(web, "/ys/", titles)
    for path, first in parts:
        web.html(path, f"<ul>{''.join(rows[first:])}</ul>")
    web.html("/ys/", f"<title>部门预算公开</title>{markup(rows)}")
    return Town(web, titles, owes)


def half(rows: list[str]) -> str:
    return f"<ul>{''.join(rows[:3])}</ul>"


def hypermedia() -> Town:
    return column(lambda _: "<div hx-get='/ys/list' hx-trigger='load'>加载中</div>", ("/ys/list", 0))


def revealed() -> Town:
    return column(
        lambda rows: f"{half(rows)}<div hx-get='?page=2' hx-trigger='revealed'></div>", ("/ys/?page=2", 3)
    )


def lazy_frame() -> Town:
    return column(
        lambda rows: f"{half(rows)}<turbo-frame src='/ys/f/2' loading='lazy'></turbo-frame>", ("/ys/f/2", 3)
    )


def tab_by_attribute() -> Town:
    tabs = "<ul><li class='on'>县直部门</li><li data-load='/ys/tab2.html'>乡镇街道</li></ul>"
    return column(lambda rows: tabs + half(rows), ("/ys/tab2.html", 3))


def next_address_in_script() -> Town:
    return column(lambda rows: f"{half(rows)}<script>var nextUrl = '/ys/b2';</script>", ("/ys/b2", 3))


def older_below() -> Town:
    return column(lambda rows: f"{half(rows)}<a href='/ys/older/1'>更早的公告</a>", ("/ys/older/1", 3))


def arrow_without_text() -> Town:
    return column(
        lambda rows: f"{half(rows)}<a href='/ys/list/2'><svg><path d='m0 0'/></svg></a>", ("/ys/list/2", 3)
    )


def part_not_there() -> Town:
    return column(lambda rows: f"{half(rows)}<div hx-get='/ys/list'></div>", owes="pager")


def observed() -> Town:
    script = "new IntersectionObserver(()=>{n+=1;fetch(`/ys/p/${n}`).then(show)}).observe(end)"
    return column(lambda rows: f"{half(rows)}<div id='end'></div><script>{script}</script>", owes="pager")


def told_by_numbers() -> Town:
    return column(
        lambda rows: f"{half(rows)}<div data-total='6' data-size='3'></div><script src='/js/pg.js'></script>", owes="pager"
    )  # fmt: skip


def newest_only() -> Town:
    return column(lambda rows: f"<h3>最新公开（仅显示最新3条）</h3>{half(rows)}", owes="pager")


def not_here() -> Town:
    return column(lambda rows: f"{half(rows)}<p>其余部门预算请到县财政局查阅</p>", owes="pager")


def put_together() -> Town:
    """The script writes the address of a page around its number, which it computes."""
    script = "var cur=1,all=2;function to(p){if(p>all)return;location.href='list_'+p+'.html'}"
    link = "<a href='javascript:to(Math.min(cur+1,all))'>下一页</a>"
    return column(lambda rows: f"{half(rows)}{link}<script>{script}</script>", ("/ys/list_2.html", 3))


def by_template() -> Town:
    script = "let page=1;function more(){fetch(`/ys/part?page=${++page}`).then(show)}"
    link = "<button onclick='more()'>加载更多</button>"
    return column(lambda rows: f"{half(rows)}{link}<script>{script}</script>", ("/ys/part?page=2", 3))


def by_old_request() -> Town:
    script = (
        "var n=1;onscroll=function(){n++;var x=new XMLHttpRequest();x.open('GET','/ys/p'+n+'.html');x.send()}"
    )
    return column(lambda rows: f"{half(rows)}<script>{script}</script>", ("/ys/p2.html", 3))


def held_by_a_button() -> Town:
    link = "<a class='more' href='javascript:;' data-url='/ys/ajax' data-page='1'>加载更多</a>"
    return column(lambda rows: f"{half(rows)}{link}<script src='/js/m.js'></script>", ("/ys/ajax?page=2", 3))


def dots() -> Town:
    return column(
        lambda rows: f"{half(rows)}<ol class='dots'><li class='on'></li><li></li></ol>", owes="pager"
    )


def roman_numbers() -> Town:
    return column(lambda rows: f"{half(rows)}<span onclick='pg(2)'>Ⅱ</span>", owes="pager")


def bodies_to_tick() -> Town:
    boxes = "".join(
        f"<label><input type='checkbox' name='d' value='{n}'>{one}</label>" for n, one in enumerate(BODIES)
    )
    return column(lambda rows: f"<ul>{rows[0]}</ul>{boxes}", owes="form")


def empty_tab() -> Town:
    tabs = "<a href='#t1'>县直部门</a><a href='#t2'>乡镇</a>"
    return column(
        lambda rows: f"{tabs}<div id='t1'>{half(rows)}</div><div id='t2'></div>", owes="click"
    )  # fmt: skip


def cut_off() -> Town:
    return column(lambda rows: f"<body><ul>{rows[0]}<li><a href='/ys/t2", owes="broken")


def only_an_introduction() -> Town:
    return column(lambda _: "<p>部门预算公开是各部门按照规定公开预算信息。</p>" * 40, owes="empty_list")


def names_beside_links() -> Town:
    """Rows of short names, whose links say no more than 查看."""
    web, titles = town(COLUMN), titles_of(BODIES)
    budgets(web, "/ys/", titles)
    rows = "".join(
        f"<tr><td>{body}</td><td><a href='/ys/t{20260 + n}001.html'>点击查看</a></td></tr>"
        for n, body in enumerate(BODIES)
    )
    web.html("/ys/", f"<title>部门预算公开</title><table>{rows}</table>")
    return Town(web, titles)


def only_in_the_map() -> Town:
    """No menu links the column, but the map of the site does, though another column was found."""
    web, titles = town(COLUMN), titles_of(BODIES, "2025年部门决算")
    web.html("/", f"{HOME}<a href='/wzdt.html'>网站地图</a>")
    web.html(
        "/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles_of(BODIES)))}</ul>"
    )
    web.html(
        "/wzdt.html", "<title>网站地图</title><a href='/zwgk/'>政务公开</a><a href='/js/'>部门决算公开</a>"
    )
    web.html("/js/", f"<title>部门决算公开</title><ul>{''.join(budgets(web, '/js/', titles))}</ul>")
    return Town(web, [*titles, *titles_of(BODIES)])


def pages_of_bodies() -> Town:
    """A column links the pages of bodies, and these have columns of their own."""
    web, titles = town(COLUMN), titles_of(BODIES)
    rows = budgets(web, "/ys/", titles)
    for n, body in enumerate(BODIES):
        web.html(f"/bm/{n}/", f"<title>{body}</title><a href='gk/'>信息公开</a>")
        web.html(f"/bm/{n}/gk/", "<title>信息公开</title><a href='cw/'>财务信息</a>")
        web.html(f"/bm/{n}/gk/cw/", f"<title>财务信息</title><ul>{rows[n]}</ul>")
    menu = "".join(f"<li><a href='/bm/{n}/'>{body}</a></li>" for n, body in enumerate(BODIES))
    web.html("/ys/", f"<title>部门预算公开</title><ul>{menu}</ul>")
    return Town(web, titles)


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        hypermedia, revealed, lazy_frame, tab_by_attribute, next_address_in_script, older_below,
        arrow_without_text, part_not_there, observed, told_by_numbers, newest_only, not_here,
        put_together, by_template, by_old_request, held_by_a_button, dots, roman_numbers, bodies_to_tick, empty_tab,
        cut_off, only_an_introduction, names_beside_links, only_in_the_map, pages_of_bodies,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("parts"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_a_gap_says_what_is_not(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])

"""Ways in which pages of invented towns link what they publish, none of them a plain list of plain links: all
of it is found, or a gap says what was not followed.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator

import pytest

from tests.crawler.loopback import Reply, Web
from tests.crawler.spiders.crawling import PDF, article
from tests.crawler.spiders.towns import (
    BODIES,
    COLUMN,
    Found,
    Town,
    assert_found_or_named,
    budget,
    budgets,
    titles_of,
    town,
    visit,
)


def lists_of_bodies(web: Web, folder: str = "/ys/") -> list[str]:
    """A list page for each body, with one announcement; the titles."""
    titles = titles_of()
    for n, title in enumerate(titles):
        web.html(
            f"{folder}b{n}.html",
            f"<title>{BODIES[n]}</title><ul>{budget(web, f'{folder}n{n}/t2026{n:04}.html', title)}</ul>",
        )
    return titles


def frameset_menu() -> Town:
    """The menu of bodies stands in one frame, their lists open in the other."""
    web = town(COLUMN)
    web.html(
        "/ys/",
        "<title>部门预算公开</title><frameset cols='200,*'><frame name='left' src='left.html'><frame name='main' src='b0.html'></frameset>",
    )
    titles = lists_of_bodies(web)
    menu = "".join(f"<li><a href='b{n}.html' target='main'>{body}</a></li>" for n, body in enumerate(BODIES))
    web.html("/ys/left.html", f"<title>单位</title><ul>{menu}</ul>")
    return Town(web, titles)


def groups_under_a_heading() -> Town:
    """The links say whose, the heading above them what; one body is called like what leads away elsewhere."""
    web = town(
        "<h4>部门预算</h4><a href='/a/'>政府部门</a> <a href='/b/'>安溪县统计局</a> <a href='/xw/'>动态</a>"
    )
    titles = titles_of()
    for folder, mine in (("/a/", titles[:6]), ("/b/", titles[6:])):
        web.html(folder, f"<title>公开</title><ul>{''.join(budgets(web, folder, mine))}</ul>")
    return Town(web, titles)


def table_of_years() -> Town:
    """Bodies down, years across; the links say 公开."""
    web = town(COLUMN)
    titles, rows = [], []
    for n, body in enumerate(BODIES):
        cells = ""
        for year in (2025, 2026):
            title = f"安溪县{body}{year}年部门预算"
            budget(web, f"/ys/{year}/t{year}{n:04}.html", title)
            cells += f"<td><a href='/ys/{year}/t{year}{n:04}.html'>公开</a></td>"
            titles.append(title)
        rows.append(f"<tr><td>{body}</td>{cells}</tr>")
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><table><tr><th>单位</th><th>2025年</th><th>2026年</th></tr>{''.join(rows)}</table>",
    )
    return Town(web, titles)


def tabs_of_years() -> Town:
    """Years are tabs of one page; the lines do not repeat them."""
    web = town(COLUMN)
    titles, boxes = [], []
    for year in (2026, 2025):
        rows = []
        for n, body in enumerate(BODIES):
            title = f"安溪县{body}{year}年部门预算"
            budget(web, f"/ys/{year}/t{year}{n:04}.html", title)
            rows.append(f"<li><a href='/ys/{year}/t{year}{n:04}.html'>安溪县{body}部门预算</a></li>")
            titles.append(title)
        boxes.append(f"<div class='con' style='display:none'><ul>{''.join(rows)}</ul></div>")
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul class='tab'><li onclick=\"setTab('one',1,2)\">2026年</li><li onclick=\"setTab('one',2,2)\">2025年</li></ul>{''.join(boxes)}",
    )
    return Town(web, titles)


def script_tree() -> Town:
    """The menu of bodies is drawn by dTree."""
    web = town(COLUMN)
    titles = lists_of_bodies(web)
    nodes = "".join(f"d.add({n + 1},0,'{body}','/ys/b{n}.html','','main');" for n, body in enumerate(BODIES))
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><div class='dtree'><script>d = new dTree('d');d.add(0,-1,'部门');{nodes}document.write(d);</script></div>",
    )
    return Town(web, titles)


def z_tree() -> Town:
    """The same as data of zTree."""
    web = town(COLUMN)
    titles = lists_of_bodies(web)
    nodes = ",".join(
        f'{{id:{n + 1},pId:0,name:"{body}",url:"b{n}.html",target:"_self"}}' for n, body in enumerate(BODIES)
    )
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul id='tree' class='ztree'></ul><script>var zNodes=[{nodes}];$.fn.zTree.init($('#tree'),{{}},zNodes);</script>",
    )
    return Town(web, titles)


def own_call() -> Town:
    """Lines call a function of the page with a number."""
    web = town(COLUMN)
    titles, rows = titles_of(), []
    for n, title in enumerate(titles):
        web.html(f"/ys/detail.jsp?id={n + 100}", article(title, f"<a href='/f/{n}.pdf'>{title}.pdf</a>"))
        web.pages[f"/f/{n}.pdf"] = Reply(PDF + b"%d" % n)
        rows.append(
            f"<li><a href='javascript:void(0)' onclick='showDetail({n + 100})'>{title}</a><span>2026-02-12</span></li>"
        )
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(rows)}</ul><script>function showDetail(id){{window.open('/ys/detail.jsp?id='+id);}}</script>",
    )
    return Town(web, titles)


def rows_in_array() -> Town:
    """Lines are arrays in a script."""
    web = town(COLUMN)
    titles = titles_of()
    budgets(web, "/ys/", titles)
    rows = [[title, f"/ys/t{20260 + n}001.html", "2026-02-12"] for n, title in enumerate(titles)]
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><div id='list'></div><script>var rows={json.dumps(rows, ensure_ascii=False)};show(rows);</script>",
    )
    return Town(web, titles)


def rows_in_attribute() -> Town:
    """Lines are data in an attribute, quoted as HTML wants it."""
    web = town(COLUMN)
    titles = titles_of()
    budgets(web, "/ys/", titles)
    rows = [
        {"title": title, "url": f"/ys/t{20260 + n}001.html", "date": "2026-02-12"}
        for n, title in enumerate(titles)
    ]
    data = json.dumps(rows, ensure_ascii=False).replace('"', "&quot;")
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><news-list :items=\"{data}\"></news-list><script src='/js/list.js'></script>",
    )
    return Town(web, titles)


def upper_case() -> Town:
    """Backslashes, capitals, a host without its protocol, blanks in names."""
    web = town("<A HREF='\\YS\\INDEX.HTML'>部门预算公开</A>")
    titles, rows = titles_of(), []
    for n, title in enumerate(titles):
        web.html(f"/YS/T{n}0001.HTML", article(title, f"<A HREF='..\\FILES\\A {n}.PDF'>附件</A>"))
        web.pages[f"/FILES/A%20{n}.PDF"] = Reply(PDF + b"%d" % n)
        rows.append(f"<LI><A HREF='T{n}0001.HTML'>{title}</A>2026.02.12</LI>")
    web.html("/YS/INDEX.HTML", f"<TITLE>部门预算公开</TITLE><UL>{''.join(rows)}</UL>")
    return Town(web, titles)


def more_behind_a_box() -> Town:
    """The column's page shows the newest of each box; the rest is behind 更多, which says nothing itself."""
    web = town("<a href='/x/'>信息公开</a>")
    titles = titles_of()
    rows = budgets(web, "/x/7/", titles)
    web.html(
        "/x/",
        f"<title>信息公开</title><div class='box'><h3>部门预算公开<span><a href='/x/7/'>更多&gt;&gt;</a></span></h3><ul>{''.join(rows[:4])}</ul></div><div class='box'><h3>招商<a href='/x/8/'>更多</a></h3></div>",
    )
    web.html("/x/7/", f"<title>安溪县人民政府</title><ul>{''.join(rows)}</ul>")
    return Town(web, titles)


def frame_set_by_script() -> Town:
    web = town(COLUMN)
    titles = titles_of()
    web.html(
        "/ys/",
        "<title>部门预算公开</title><iframe id='main' src='about:blank'></iframe><script>$(function(){$('#main').attr('src','/ys/list.html');});</script>",
    )
    web.html("/ys/list.html", f"<title>列表</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def image_map() -> Town:
    web = town(
        "<img src='/i/m.png' usemap='#m'><map name='m'><area shape='rect' coords='0,0,9,9' href='/ys/' alt='部门预算公开'></map>"
    )
    titles = titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def read_on() -> Town:
    """The title is a heading beside the link, which says 阅读全文."""
    web = town(COLUMN)
    titles, rows = titles_of(), []
    for n, title in enumerate(titles):
        budget(web, f"/ys/t{20260 + n}001.html", title)
        rows.append(
            f"<div class='item'><h3>{title}</h3><p>2026-02-12</p><a href='/ys/t{20260 + n}001.html'>阅读全文&gt;&gt;</a></div>"
        )
    web.html("/ys/", f"<title>部门预算公开</title>{''.join(rows)}")
    return Town(web, titles)


def encoded_links() -> Town:
    """Addresses are hidden in Base64."""
    web = town(COLUMN)
    titles, rows = titles_of(), []
    for n, title in enumerate(titles):
        budget(web, f"/ys/t{20260 + n}001.html", title)
        hidden = base64.b64encode(f"/ys/t{20260 + n}001.html".encode()).decode()
        rows.append(
            f"<li><a href='javascript:;' onclick=\"go('{hidden}')\">{title}</a><i>2026-02-12</i></li>"
        )
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(rows)}</ul><script>function go(u){{window.open(atob(u))}}</script>",
    )
    return Town(web, titles)


def unknown_call() -> Town:
    """Lines call a function that is not in the page."""
    web = town(COLUMN)
    titles = titles_of()
    rows = budgets(web, "/ys/", titles[:4])
    hidden = "".join(
        f"<li><a href='#' onclick=\"openNews('{n}')\">{title}</a></li>" for n, title in enumerate(titles[4:])
    )
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}{hidden}</ul>")
    return Town(web, titles, owes="link")


def listeners() -> Town:
    """Lines are opened by a listener that the page adds."""
    web = town(COLUMN)
    titles = titles_of()
    rows = "".join(
        f"<li class='detail' data-id='{n}'>{title}<span>2026-02-12</span></li>"
        for n, title in enumerate(titles)
    )
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{rows}</ul><script>$('.detail').click(function(){{open($(this).data('id'))}})</script>",
    )
    return Town(web, titles, owes="link")


def hash_route() -> Town:
    """A column of a program in the browser."""
    web = town("<a href='/ys/'>部门预算公开</a><a href='#/budget/list?cat=3'>部门决算公开</a>")
    titles = titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, [*titles, "安溪县2025年部门决算"], owes="click")


def data_file() -> Town:
    """The list is in a script of its own."""
    web = town(COLUMN)
    titles = titles_of()
    budgets(web, "/ys/", titles)
    rows = [{"title": title, "url": f"/ys/t{20260 + n}001.html"} for n, title in enumerate(titles)]
    web.pages["/ys/data.js"] = Reply(
        f"callback({json.dumps(rows, ensure_ascii=False)})".encode(),
        headers=((b"Content-Type", b"text/javascript"),),
    )
    web.html(
        "/ys/",
        "<title>部门预算公开</title><div id='list'></div><script>function callback(a){}</script><script src='data.js'></script>",
    )
    return Town(web, titles)


FRAME = (
    "<div class='foot'>主办：安溪县人民政府 承办：安溪县人民政府办公室 地址：安溪县城区中山路一号 邮编：362400 网站标识码：3505240001 备案号：闽ICP备05000001号 公安备案号：35052402000001 建议使用高版本浏览器访问本站，联系电话：0595-00000000。</div>"
    * 4
)


def drawn_by_a_file() -> Town:
    """A column in a frame with much text, its lines drawn by a script of its own."""
    web = town(COLUMN + "<a href='/js/'>部门决算公开</a>")
    titles = titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    web.html(
        "/js/",
        f"<title>部门决算公开</title><ul id='list'></ul>{FRAME}<script src='/public/jquery.min.js'></script><script src='/js/data/list.js'></script>",
    )
    return Town(web, [*titles, "安溪县2025年部门决算"], owes="shell")


def two_menus() -> Town:
    """A year and a body are chosen, and a script puts the address together; there is no form."""
    web = town(COLUMN + "<a href='/js/'>部门决算公开</a>")
    titles = titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    web.html(
        "/js/",
        f"<title>部门决算公开</title><select id='nd'><option value='2025'>2025</option><option value='2024'>2024</option></select><select id='dw'><option value='101'>教育局</option><option value='102'>公安局</option></select><button onclick='go()'>查询</button>{FRAME}<script src='/s.js'></script>",
    )
    return Town(web, [*titles, "安溪县2025年部门决算"], owes="form")


def folder_of_files() -> Town:
    """A folder's own listing, whose files do not name a body."""
    web = town(COLUMN)
    links = "".join(f"<a href='{n}.pdf'>{n}.pdf</a> 2026-02-12 10:00\n" for n in ("jyj", "gaj", "mzj"))
    web.html("/ys/", f"<title>部门预算公开</title><h1>Index of /ys/</h1><pre>{links}</pre>")
    return Town(web, titles_of(BODIES[:3]), owes="link")


def bodies_on_other_hosts() -> Town:
    """Some bodies of the menu have sites under names of their own."""
    web = town(COLUMN)
    titles = titles_of()
    rows = budgets(web, "/ys/", titles[:9])
    others = "".join(
        f"<li><a href='http://www.{n}.gov.cn/ysgk/'>安溪县{body}</a></li>"
        for n, body in zip(("axaj", "axtj", "axsf"), BODIES[7:10], strict=True)
    )
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}{others}</ul>")
    return Town(web, [*titles[:9], "安溪县司法局2026年部门预算"], owes="link")


def tabs_by_click() -> Town:
    """Tabs load their lists into the page."""
    web = town("<a href='/x/'>预决算公开</a>")
    titles = titles_of()
    web.html("/x/list1.html", f"<ul>{''.join(budgets(web, '/x/1/', titles[:6]))}</ul>")
    web.html("/x/list2.html", f"<ul>{''.join(budgets(web, '/x/2/', titles[6:]))}</ul>")
    web.html(
        "/x/",
        "<title>预决算公开</title><ul class='tab'><li onclick=\"load('list1.html')\">政府预算</li><li onclick=\"load('list2.html')\">部门预算</li></ul><div id='box'></div><script>function load(u){$('#box').load(u)}</script>",
    )
    return Town(web, titles)


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        groups_under_a_heading,
        frameset_menu, table_of_years, tabs_of_years, script_tree, z_tree, own_call, rows_in_array,
        rows_in_attribute, upper_case, more_behind_a_box, frame_set_by_script, image_map, read_on,
        encoded_links, unknown_call, listeners, hash_route, data_file, drawn_by_a_file, two_menus,
        folder_of_files, bodies_on_other_hosts, tabs_by_click,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("ways"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_a_gap_says_what_is_not(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])


def test_a_gap_of_a_line_names_its_body(found: dict[str, Found]) -> None:
    """A line that cannot be opened hides the document of one body, and of no other."""
    named = {gap.body_name for gap in found["unknown_call"].gaps if gap.kind == "link"}
    assert named == {f"安溪县{body}" for body in BODIES[4:]}

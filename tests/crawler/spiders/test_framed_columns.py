"""Columns in the frame of a whole site, as other systems serve them. Beside each stands a column that is read
without trouble, so that a hidden one cannot be noticed by the site's showing no list at all.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from tests.crawler.loopback import Reply, Web
from tests.crawler.spiders.towns import BODIES, Found, Town, budget, budgets, titles_of, visit

NAMES = (("/", "网站首页"), ("/zwgk/", "政务公开"), ("/zwfw/", "政务服务"), ("/zmhd/", "政民互动"))
NEWS = "".join(
    f"<li><a href='/zwyw/2026/{n}.html'>安溪县召开第{n}次常务会议</a><span>2026-10-0{n}</span></li>"
    for n in range(1, 7)
)
OWN = [f"安溪县{year}年政府预算公开" for year in (2026, 2025)]
SIX = titles_of(BODIES[:6])
JSON = ((b"Content-Type", b"application/json"),)


def page(title: str, body: str, script: str = "") -> str:
    menu = "".join(f"<li><a href='{path}'>{name}</a></li>" for path, name in NAMES)
    return (
        f"<title>{title}_安溪县人民政府</title><ul>{menu}</ul><div class='con'>{body}</div><div class='right'><h3>政务要闻</h3><ul>{NEWS}</ul></div>"
        f"<p>版权所有：安溪县人民政府办公室 网站标识码3505240001</p><script src='/static/jquery.min.js'></script><script>{script}</script>"
    )


Posts = Callable[[str, str], str | Reply | None]


def no_posts(path: str, body: str) -> None:
    """A site that takes no POST."""


class Site(Web):
    """The frame, the column beside, and what is answered to a POST, by path and body."""

    posts: Posts = staticmethod(no_posts)

    def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
        found = self.posts(path, body.decode()) if method == "POST" else None
        if method == "POST" and found is None:
            return self.answer(path, lines, Reply(b"method not allowed", 405))
        return self.answer(path, lines, Reply(found.encode()) if isinstance(found, str) else found)


def site(column: str = "<p><a href='/ysjs/'>部门预决算</a></p>") -> Site:
    web = Site()
    web.html("/", page("首页", "<a href='/zwgk/'>政府信息公开</a>"))
    web.html("/zwgk/", page("政务公开", f"{column}<p><a href='/zfys/'>政府预算决算</a></p>"))
    web.html(
        "/zfys/",
        page("政府预算决算", "".join(budget(web, f"/zfys/{n}.html", title) for n, title in enumerate(OWN))),
    )
    return web


def ul(rows: list[str]) -> str:
    return f"<ul class='list'>{''.join(rows)}</ul>"


def shown(
    body: str, script: str = "", owes: str = "", titles: list[str] = SIX, posts: Posts = no_posts
) -> Town:
    """A column with this in it, of which the lines are there under their addresses."""
    web = site()
    web.posts = posts
    budgets(web, "/ysjs/", titles)
    web.html("/ysjs/", page("部门预决算", body, script))
    return Town(web, [*OWN, *titles], owes=owes)


LINES = [f"<li><a href='/ysjs/t{20260 + n}001.html'>{title}</a></li>" for n, title in enumerate(SIX)]
ROWS = [{"name": title, "link": f"/ysjs/t{20260 + n}001.html"} for n, title in enumerate(SIX)]


def paged(pager: str, second: str, script: str = "", owes: str = "", whole: bool = True) -> Town:
    """A list of two pages; the second is a whole page or the lines alone."""
    town = shown(ul(LINES[:3]) + pager, script, owes)
    if second:
        town.web.html(second, page("部门预决算", ul(LINES[3:])) if whole else "".join(LINES[3:]))
    return town


def in_json_file() -> Town:
    town = shown("<ul id='l'></ul>", "fetch('./list.json').then(r=>r.json()).then(draw)")
    town.web.pages["/ysjs/list.json"] = Reply(json.dumps({"data": {"rows": ROWS}}).encode(), headers=JSON)
    return town


def in_script_file() -> Town:
    town = shown("<div id='l'></div><script src='data.js'></script>", "draw(arr)")
    arrays = [[row["name"], row["link"], "2026-02-12"] for row in ROWS]
    town.web.pages["/ysjs/data.js"] = Reply(
        f"var arr={json.dumps(arrays, ensure_ascii=False)};".encode(),
        headers=((b"Content-Type", b"application/javascript"),),
    )
    return town


def in_object() -> Town:
    town = shown("<object data='/ysjs/lb.html' type='text/html' width='100%'></object>")
    town.web.html("/ysjs/lb.html", ul(LINES))
    return town


def buttons() -> Town:
    forms = "".join(
        f"<form action='/show.do' method='post'><input type='hidden' name='id' value='{n}'><button>{title}</button></form>"
        for n, title in enumerate(SIX)
    )
    return shown(forms, owes="link")


def beside(name: str, path: str, answer: Reply | None, owes: str) -> Town:
    """A second column, that answers so."""
    web = site(f"<p><a href='/ysjs/'>部门预算</a></p><p><a href='{path}'>{name}</a></p>")
    web.html("/ysjs/", page("部门预算", ul(budgets(web, "/ysjs/", SIX))))
    if answer:
        web.pages[path] = answer
    return Town(web, [*OWN, *SIX, "安溪县教育局2025年部门决算"][: None if owes else -1], owes=owes)


def sibling(answer: Reply | None, owes: str) -> Town:
    """Five bodies, of which one is answered so."""
    web = site()
    titles = SIX[:5]
    for n, title in enumerate(titles):
        web.html(f"/bm/{n}/", page(BODIES[n], ul([budget(web, f"/bm/{n}/c{n}.html", title)])))
    web.html(
        "/ysjs/",
        page(
            "部门预决算",
            "".join(f"<li><a href='/bm/{n}/'>{name}</a></li>" for n, name in enumerate(BODIES[:5])),
        ),
    )
    del web.pages["/bm/3/"]
    if answer:
        web.pages["/bm/3/"] = answer
    return Town(web, [*OWN, *titles], owes=owes)


def announced(text: str, script: str = "") -> Town:
    """Articles that speak of files and show none."""
    web = site()
    for n, title in enumerate(SIX[:3]):
        web.html(
            f"/ysjs/a{n}.html",
            page(
                title,
                f"<h1>{title}</h1><p>发布时间：2026-02-12</p>{text}<p>{'收入支出情况说明。' * 20}</p>",
                script,
            ),
        )
    web.html(
        "/ysjs/",
        page(
            "部门预决算",
            ul(
                [
                    f"<li><a href='/ysjs/a{n}.html'>{title}</a><i>2026-02-12</i></li>"
                    for n, title in enumerate(SIX[:3])
                ]
            ),
        ),
    )
    return Town(web, [*OWN, *SIX[:3]], owes="no_files")


def loads_more(script: str, answer: Posts, extra: str = "") -> Town:
    """加载更多 by POST: two lines at a time."""
    more = f"{ul(LINES[:2])}<a href='javascript:;' id='more'>加载更多</a>{extra}"
    return shown(more, script, posts=answer)


def number_in(body: str, name: str) -> int:
    found = re.search(rf"{name}=?(\d+)", body)
    return int(found[1]) if found else 0


def more_by_post() -> Town:
    script = "var pageNo=1;$('#more').click(function(){pageNo++;$.post('/ysjs/more',{cid:88,pageNo:pageNo},function(h){$('.list').append(h)});});"
    return loads_more(
        script,
        lambda path, body: (
            "".join(LINES[2 * number_in(body, "pageNo") - 2 :][:2])
            if path == "/ysjs/more" and "cid=88" in body
            else None
        ),
    )


def more_by_ajax() -> Town:
    script = "var pn=0;\n$('#more').on('click',function(){ pn = pn + 1;\n $.ajax({ type:'POST', url:'/front/list', data:{ channelId: $('#channel').val(), pn: pn, size: 2 }, success: draw });\n });"
    return loads_more(
        script, lambda path, body: "".join(LINES[2 * number_in(body, "pn") :][:2]) or "<p></p>" if "channelId=88" in body else None,
        "<input type='hidden' id='channel' value='88'>",
    )  # fmt: skip


def more_in_json() -> Town:
    script = (
        "var page=1;$('#more').click(function(){page++;$.post('/api/list',{lm:'ys',page:page},draw,'json')})"
    )

    def answer(path: str, body: str) -> Reply:
        some = [
            {"title": row["name"], "url": row["link"]} for row in ROWS[2 * number_in(body, "page") - 2 :][:2]
        ]
        return Reply(json.dumps({"rows": some}).encode(), headers=JSON)

    return loads_more(script, answer)


def scrolled() -> Town:
    script = "var p=1;$(window).scroll(function(){if($(document).scrollTop()+$(window).height()>=$(document).height()){p++;$.get('/ysjs/more?page='+p,draw);}});"
    town = paged("", "/ysjs/more?page=2", script, whole=False)
    town.web.html("/ysjs/more?page=3", "")
    return town


def bodies_by_post() -> Town:
    menu = "".join(
        f"<li><a href='javascript:void(0)' onclick=\"loadDept('D{n}')\">{name}</a></li>"
        for n, name in enumerate(BODIES[:6])
    )
    return shown(
        f"<ul>{menu}</ul><div id='r'></div>",
        "function loadDept(id){$.post('/dept.do',{deptId:id,type:'ys'},function(h){$('#r').html(h);});}",
        posts=lambda path, body: (
            f"<ul>{LINES[number_in(body, 'deptId=D')]}</ul>" if body.endswith("&type=ys") else None
        ),
    )


def bodies_in_form() -> Town:
    options = "".join(f"<option value='D{n}'>安溪县{name}</option>" for n, name in enumerate(BODIES[:6]))
    form = f"<form method='post' action='/query.do'><select name='dept'><option value=''>请选择部门</option>{options}</select><input type='submit' value='查询'></form>"
    return shown(
        form,
        posts=lambda path, body: page(
            "部门预决算", form + (ul([LINES[number_in(body, "dept=D")]]) if "dept=D" in body else "")
        ),
    )


def years_in_form() -> Town:
    web, older = site(), titles_of(BODIES[:4], "2025年部门预算")
    now, then = budgets(web, "/ysjs/", SIX), budgets(web, "/y25/", older)
    form = "<form method='post' action='/list.jsp'><select name='nd' onchange='this.form.submit()'><option value='2026' selected>2026年</option><option value='2025'>2025年</option></select></form>"
    web.html("/ysjs/", page("部门预决算", form + ul(now)))
    web.posts = lambda path, body: page("部门预决算", form + ul(then if "nd=2025" in body else now))
    return Town(web, [*OWN, *SIX, *older])


def archive(link: str, owes: str = "") -> Town:
    town = shown(ul(LINES[:3]) + link, owes=owes)
    town.web.html("/lsxx/", page("历史信息", ul(LINES[3:])))
    return town


def by_months() -> Town:
    town = shown(
        ul(LINES[:3]) + "<a href='/ysjs/2026/03/'>2026年3月(3)</a><a href='/ysjs/2026/02/'>2026年2月(3)</a>"
    )
    town.web.html("/ysjs/2026/03/", page("部门预决算", ul(LINES[:3])))
    town.web.html("/ysjs/2026/02/", page("部门预决算", ul(LINES[3:])))
    return town


def repeated() -> Town:
    """The server answers its second page with the first."""
    pager = "<a href='/ysjs/?pageIndex=2'>2</a><a href='/ysjs/?pageIndex=2'>下一页</a>"
    town = paged(pager, "", owes="pager")
    town.web.pages["/ysjs/?pageIndex=2"] = town.web.pages["/ysjs/"]
    return town


def pictured() -> Town:
    web = site("<a href='/zt/2601/'><img src='/img/bmyjs.png'></a>")
    web.html("/zt/2601/", page("部门预决算公开", ul(budgets(web, "/ysjs/", SIX))))
    return Town(web, [*OWN, *SIX])


def said(body: str) -> Reply:
    return Reply(page("部门决算", body).encode())


TOWNS: dict[str, Callable[[], Town]] = {
    "json_file": in_json_file,
    "script_file": in_script_file,
    "textarea": lambda: shown(f"<ul id='l'></ul><textarea hidden>{''.join(LINES).replace('<', '&lt;')}</textarea>", "draw()"),
    "unescaped": lambda: shown("<ul></ul>", f"document.write(unescape('{quote(''.join(LINES))}'))"),
    "object": in_object,
    "frame_elsewhere": lambda: shown("<iframe src='http://yjs.example.gov.cn/open?code=350524'></iframe>", owes="frame"),
    "written_address": lambda: shown("<p>部门预决算公开请登录 http://czyjs.example.gov.cn/anxi/ 查询</p>", owes="column"),
    "written_number": lambda: shown("<p>部门预决算公开地址：203.0.113.7:8081/ysgk</p>", owes="column"),
    "moved": lambda: shown("<p>部门预决算栏目已迁移：<a href='http://www.example.gov.cn/ysjs/'>点击进入</a></p>", owes="column"),
    "buttons": buttons,
    "pictured": pictured,
    "column_not_found": lambda: beside("部门决算公开", "/js/", None, "dead_column"),
    "column_says_not_found": lambda: beside("部门决算公开", "/js/", said("<p>抱歉，您要查看的页面已删除或不存在</p>"), "dead_column"),
    "column_being_built": lambda: beside("部门决算公开", "/js/", said("<p>栏目建设中，敬请期待</p>"), "empty_list"),
    "column_says_nothing": lambda: beside("部门决算公开", "/js/", said("<p>暂无信息</p>"), ""),
    "body_not_found": lambda: sibling(None, "dead_column"),
    "body_empty": lambda: sibling(said("<ul class='list'></ul>"), "empty_body"),
    "body_leads_home": lambda: sibling(site().pages["/"], "empty_body"),
    "files_by_script": lambda: announced("<p>详见附件。</p><div id='att'></div>", "$.get('/att/list?aid=1',draw)"),
    "files_elsewhere": lambda: announced("<p>链接：https://pan.baidu.com/s/1AbC 提取码：8u2k</p>"),
    "next_is_a_picture": lambda: paged("<a href='index_2.htm'><img src='/img/n.gif'></a>", "/ysjs/index_2.htm"),
    "next_is_a_label": lambda: paged("<a href='?cpage=2' aria-label='Next'><i class='icon'></i></a>", "/ysjs/?cpage=2"),
    "pages_by_call": lambda: paged("<a onclick=\"jump('cGFnZT0x')\">1</a><a onclick=\"jump('cGFnZT0y')\">2</a>", "", owes="pager"),
    "pages_by_program": lambda: paged("<el-pagination :total='6' :page-size='3'></el-pagination>", "", owes="pager"),
    "pages_in_spans": lambda: paged("<p><span>1</span> <span>2</span> <span>下页</span></p>", "", owes="pager"),
    "repeated": repeated,
    "scrolled": scrolled,
    "more_by_post": more_by_post,
    "more_by_ajax": more_by_ajax,
    "more_in_json": more_in_json,
    "bodies_by_post": bodies_by_post,
    "bodies_in_form": bodies_in_form,
    "years_in_form": years_in_form,
    "archive": lambda: archive("<p><a href='/lsxx/'>历史信息查询</a></p>"),
    "archive_elsewhere": lambda: archive("<p>更早的信息请查<a href='http://old.example.gov.cn/x/'>历史数据库</a></p>", owes="column"),
    "by_months": by_months,
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("framed"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_a_gap_says_what_is_not(found: dict[str, Found], name: str) -> None:
    one = found[name]
    if one.town.owes:
        assert one.town.owes in one.kinds, one.gaps
        assert one.missed, "nothing is hidden"
    else:
        assert one.missed == set()
        assert one.gaps == []


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_else_is_announced(found: dict[str, Found], name: str) -> None:
    assert {article.title for article in found[name].articles} <= set(found[name].town.titles)


def test_a_dead_column_hides_what_it_is_called_after(found: dict[str, Found]) -> None:
    (gap,) = found["column_not_found"].gaps
    assert (gap.hides, gap.document_kind, gap.body_name) == ("announcement", None, None)
    (gap,) = found["body_not_found"].gaps
    assert (gap.hides, gap.body_name) == ("announcement", None)  # it publishes for others

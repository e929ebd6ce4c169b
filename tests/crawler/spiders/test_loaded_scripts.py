"""What scripts in files of a site show: links they write, pages they turn, more they ask for."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crawler.pages.loaded_scripts import asks_for_more, sources, with_scripts
from crawler.pages.page import Page
from tests.crawler.loopback import Reply
from tests.crawler.spiders.towns import (
    BODIES,
    COLUMN,
    SCRIPT,
    Found,
    Town,
    assert_found_or_named,
    budgets,
    titles_of,
    town,
    visit,
)


def listed(script: str, shown: int, tail: str = "", **reply: object) -> tuple[Town, list[str]]:
    """A list of budgets that shows some and loads a script; the lines that it does not show."""
    web, titles = town(COLUMN), titles_of()
    rows = budgets(web, "/ys/", titles)
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(rows[:shown])}</ul>{tail}<script src='/js/list.js'></script>",
    )
    web.pages["/js/list.js"] = Reply(script.encode(), headers=SCRIPT, **reply)  # type: ignore[arg-type]  # values of several types
    return Town(web, titles), rows[shown:]


def column_that_a_script_writes() -> Town:
    web, titles = town("<div id='lm'></div><script src='js/lm.js'></script>"), titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    web.pages["/zwgk/js/lm.js"] = Reply(
        b"document.write(\"<a href='/ys/'>\xe9\x83\xa8\xe9\x97\xa8\xe9\xa2\x84\xe7\xae\x97</a>\");",
        headers=SCRIPT,
    )
    return Town(web, titles)


def pages_that_a_script_numbers() -> Town:
    script = "for(var i=1;i<2;i++){document.write('<a href=\"/ys/list_'+(i+1)+'.html\">'+(i+1)+'</a>');}"
    made, rest = listed(script, 8, "<div id='pager'></div>")
    made.web.html("/ys/list_2.html", f"<title>部门预算公开</title><ul>{''.join(rest)}</ul>")
    return made


def more_when_one_scrolls() -> Town:
    script = "var p=1;$(window).scroll(function(){$.get('/ys/more_'+(++p)+'.html',function(h){$('ul').append(h)})});"
    made, rest = listed(script, 8)
    made.web.html("/ys/more_2.html", "".join(rest))
    return made


def more_that_nothing_names() -> Town:
    """The script asks, and its address cannot be made out."""
    script = "var q=conf();fetch('/api/more.do?'+q).then(r=>r.text()).then(t=>{document.querySelector('ul').innerHTML+=t});"
    made, _ = listed(script, 8)
    made.owes = "pager"
    return made


def script_that_fails() -> Town:
    made, _ = listed("", 8, status=503)
    made.owes = "pager"
    return made


def script_that_is_not_there() -> Town:
    """What is not there runs nowhere."""
    made, _ = listed("", len(BODIES), status=404)
    return made


def script_that_counts_visitors() -> Town:
    made, _ = listed("$.get('/visit/count.do?id=7',function(n){$('#n').html(n)});", len(BODIES))
    return made


def picture_of_which_nothing_is_said() -> Town:
    web, titles = town("<a href='/zc/'>政策</a>"), titles_of()
    web.html(
        "/",
        "<title>安溪县人民政府</title><a href='/zt/26/'><img src='/b.jpg'></a><a href='/zwgk/'>政务公开</a>",
    )
    web.html(
        "/zt/26/", f"<title>2026年部门预算公开</title><ul>{''.join(budgets(web, '/zt/26/', titles))}</ul>"
    )
    return Town(web, titles)


def notices_of_all_kinds() -> Town:
    """Budgets among notices, some on the second page, beside a column of budgets."""
    web, titles = town(COLUMN), titles_of()
    rows = budgets(web, "/ys/", titles[:8])
    web.html("/", "<title>安溪县人民政府</title><a href='/gg/'>通知公告</a><a href='/zwgk/'>政务公开</a>")
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>共1页")
    other = [
        f"<li><a href='/gg/t2026110{n}_1.html'>关于道路施工的通告{n}</a><i>2026-11-0{n}</i></li>"
        for n in range(1, 9)
    ]
    more = budgets(web, "/gg/", titles[8:])
    web.html("/gg/", f"<title>通知公告</title><ul>{''.join(other)}</ul><a href='/gg/index_2.html'>下一页</a>")
    web.html("/gg/index_2.html", f"<title>通知公告</title><ul>{''.join(more)}{other[0]}</ul>")
    return Town(web, titles)


def platform_of_another_government() -> Town:
    web, titles = town(f"{COLUMN}<a href='http://czt.bingzhou.gov.cn/yjs/'>部门预决算公开</a>"), titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles[:8]))}</ul>")
    return Town(web, titles, owes="column")


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        column_that_a_script_writes, pages_that_a_script_numbers, more_when_one_scrolls, more_that_nothing_names,
        script_that_fails, script_that_is_not_there, script_that_counts_visitors, picture_of_which_nothing_is_said,
        notices_of_all_kinds, platform_of_another_government,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("scripts"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_what_scripts_show_is_found_or_named(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])


def test_a_script_is_asked_for_once(found: dict[str, Found]) -> None:
    asked = found["pages_that_a_script_numbers"].town.web.paths
    assert asked.count("/js/list.js") == 1


@pytest.mark.parametrize(
    ("script", "asks"),
    [
        ("$.post('/api/list.do',{p:2},function(d){$('#l').html(d)})", True),
        ("import('/js/mod.js').then(m=>m.render())", True),
        ("$.get('/visit/count.do',function(n){$('#n').html(n)})", False),
        ("$('.tab').click(function(){$(this).show()})", False),
    ],
)
def test_what_asks_for_more(script: str, asks: bool) -> None:
    assert asks_for_more(script) is asks


def test_which_scripts_are_the_sites_own() -> None:
    page = Page(
        "http://www.a.gov.cn/ys/",
        "<script src='list.js'></script><script src='/js/jquery-1.9.min.js'></script><script src='http://cdn.b.com/x.js'></script>",
    )
    assert sources(page) == ("http://www.a.gov.cn/ys/list.js",)


@pytest.mark.parametrize(
    ("script", "links"),
    [
        (r"document.write('<a href=\"\/ys\/\">部门预算</a>')", ["http://a.gov.cn/ys/"]),
        ("s+='<a href=\"'+url+'\">'+name+'</a>'", []),
        ('`<a href="${url}">${name}</a>`', []),
    ],
)
def test_only_links_that_are_written_out_whole_are_links(script: str, links: list[str]) -> None:
    page = with_scripts(Page("http://a.gov.cn/", "<body><p>x</p></body>"), script)
    assert [url for _, url in page.anchors] == links
    assert script[:20] in page.scripts

"""Columns that show a list, and beside it ways to more of it: what these hide is found, or it is a gap."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crawler.loopback import Reply
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


def beside(markup: str, owes: str, more: str = "2025年部门预算") -> Town:
    """A list of this year's budgets, and something else on its page that hides the others."""
    web, titles = town(COLUMN), titles_of()
    web.html(
        "/ys/",
        f"<title>部门预算公开</title>{markup}<ul>{''.join(budgets(web, '/ys/', titles))}</ul><script src='/js/page.js'></script>",
    )
    return Town(web, [*titles, f"安溪县教育局{more}"] if owes else titles, owes)


def more_by_script() -> Town:
    return beside("<h3>部门预算公开<a href='javascript:showMore()'>更多&gt;&gt;</a></h3>", "click")


def more_without_address() -> Town:
    return beside("<h3>部门预算公开<span class='more' onclick='goList()'>更多</span></h3>", "click")


def tabs_filled_later() -> Town:
    return beside(
        "<ul class='nav'><li><a href='#y2026' data-toggle='tab'>2026年</a></li><li><a href='#y2025' data-toggle='tab'>2025年</a></li></ul><div id='y2025' class='tab-pane'></div>",
        "click",
    )


def years_in_data() -> Town:
    return beside(
        "<ul class='years'><li class='on' data-year='2026'>2026年</li><li data-year='2025'>2025年</li></ul>",
        "click",
    )


def menu_of_years() -> Town:
    return beside(
        "<select id='nd' onchange='loadList(this)'><option value='1'>2026年</option><option value='2'>2025年</option></select>",
        "form",
    )


def menu_of_kinds() -> Town:
    return beside(
        "<select name='lx'><option value='1'>部门预算</option><option value='2'>部门决算</option></select><button id='cx'>查询</button>",
        "form",
        "2025年部门决算",
    )


def filter_of_a_search() -> Town:
    """A search of the whole site with its years hides nothing of this list."""
    return beside(
        "<form action='/search' method='get'><input name='q' placeholder='请输入关键词'><select name='year'><option value=''>全部</option><option value='2026'>2026</option><option value='2025'>2025</option></select><button>搜索</button></form>",
        "",
    )


def tabs_that_only_show() -> Town:
    """Tabs of boxes that are in the page."""
    web, titles = town(COLUMN), titles_of()
    rows = budgets(web, "/ys/", titles)
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul class='nav'><li data-target='#a'>2026年</li><li data-target='#b'>2025年</li></ul><div id='a'><ul>{''.join(rows[:6])}</ul></div><div id='b' style='display:none'><ul>{''.join(rows[6:])}</ul></div>",
    )
    return Town(web, titles)


def cards_with_summaries() -> Town:
    """The whole card is the link: title, summary and day."""
    web, titles, cards = town(COLUMN), titles_of(), ""
    for n, title in enumerate(titles):
        budget(web, f"/ys/t{20260 + n}001.html", title)
        cards += f"<a class='card' href='/ys/t{20260 + n}001.html'><h4>{title}</h4><p>根据政府采购管理办法和印发的通知，现将本单位预算情况公开如下，欢迎监督。</p><span>2026-02-12</span></a>"
    web.html("/ys/", f"<title>部门预算公开</title>{cards}")
    return Town(web, titles)


def without_a_budget_word() -> Town:
    """Titles of a column of budgets that leave the word out."""
    web, titles, rows = town(COLUMN), titles_of(), ""
    rows = "".join(budgets(web, "/ys/", titles[:9]))
    for n, title in enumerate(titles[9:]):
        budget(web, f"/ys/t{30260 + n}001.html", title)
        rows += f"<li><a href='/ys/t{30260 + n}001.html'>{title.removesuffix('部门预算')}收支情况公开</a><i>2026-02-12</i></li>"
    web.html("/ys/", f"<title>部门预算公开</title><ul>{rows}</ul>")
    return Town(web, titles, owes="link")


def cells_over_rows() -> Town:
    """A body's name stands over two rows, its budget and its accounts."""
    web, titles, rows = town("<a href='/ys/'>部门预决算公开</a>"), [], ""
    for n, body in enumerate(BODIES):
        for k, kind in enumerate(("2026年部门预算", "2025年部门决算")):
            title = f"安溪县{body}{kind}"
            budget(web, f"/ys/{k}/t2026{n:04}.html", title)
            first = f"<td rowspan='2'>安溪县{body}</td>" if k == 0 else ""
            rows += f"<tr>{first}<td><a href='/ys/{k}/t2026{n:04}.html'>{kind}</a></td></tr>"
            titles.append(title)
    web.html("/ys/", f"<title>部门预决算公开</title><table>{rows}</table>")
    return Town(web, titles)


def names_of_downloads() -> Town:
    web, titles = town(COLUMN), [f"{title}.pdf" for title in titles_of()]
    for n in range(len(titles)):
        web.pages[f"/f/{n}.pdf"] = Reply(PDF + b"%d" % n)
    links = "".join(
        f"<p><a href='/f/{n}.pdf' download='{title}'><i class='pdf'></i></a></p>"
        for n, title in enumerate(titles)
    )
    web.html("/ys/", f"<title>部门预算公开</title>{links}")
    return Town(web, titles)


def loaded_by_year() -> Town:
    """Years call a function of the page that loads a part of it."""
    web, titles, tabs = town(COLUMN), [], ""
    for year in (2026, 2025):
        named = titles_of(BODIES[:6], f"{year}年部门预算")
        web.html(f"/ys/part_{year}.html", f"<ul>{''.join(budgets(web, f'/ys/{year}/', named))}</ul>")
        tabs += f"<li onclick='loadYear({year})'>{year}年</li>"
        titles += named
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{tabs}</ul><div id='list'></div><script>function loadYear(y){{$('#list').load('/ys/part_'+y+'.html')}}</script>",
    )
    return Town(web, titles)


def two_pages_of_an_article() -> Town:
    """The file stands on the second page of the announcement."""
    web, title = town(COLUMN), "安溪县教育局2026年部门预算"
    web.html(
        "/ys/t20260001.html", article(title, "<div class='page'><a href='t20260001_1.html'>下一页</a></div>")
    )
    web.html("/ys/t20260001_1.html", article(title, f"<a href='/f/1.pdf'>{title}.pdf</a>"))
    web.pages["/f/1.pdf"] = Reply(PDF)
    others = titles_of(BODIES[1:])
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul><li><a href='/ys/t20260001.html'>{title}</a><i>2026-02-12</i></li>{''.join(budgets(web, '/ys/b/', others))}</ul>",
    )
    return Town(web, [title, *others], owes="no_files")


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        more_by_script, more_without_address, tabs_filled_later, years_in_data, menu_of_years, menu_of_kinds,
        filter_of_a_search, tabs_that_only_show, cards_with_summaries, without_a_budget_word, cells_over_rows,
        names_of_downloads, loaded_by_year, two_pages_of_an_article,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("beside"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_is_passed_over_in_silence(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])

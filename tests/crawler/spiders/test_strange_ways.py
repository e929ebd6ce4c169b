"""Structures of sites as makers of many kinds build them, each in an invented town: what is published is found,
or a gap says what was not followed.

None of them was known to the hand that wrote the readers.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.crawler.loopback import Reply, Web
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


def column(markup: Callable[[list[str]], str], owes: str = "", title: str = "部门预算公开") -> Town:
    """A column whose page is made of its lines."""
    web, titles = town(COLUMN), titles_of()
    web.html("/ys/", f"<title>{title}</title>{markup(budgets(web, '/ys/', titles))}")
    return Town(web, titles, owes)


def refresh() -> Town:
    web, titles = town(COLUMN), titles_of()
    web.html("/ys/", "<html><head><META content='0; URL = ./list.html' HTTP-EQUIV=REFRESH></head></html>")
    web.html("/ys/list.html", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def replaced_by_script() -> Town:
    web, titles = town(COLUMN), titles_of()
    web.html("/ys/", "<script>self.location.replace('list.html');</script>")
    web.html("/ys/list.html", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def label_of_a_link() -> Town:
    web, titles = town("<a href='/ys/' aria-label='部门预算公开'><i class='icon'></i></a>"), titles_of()
    web.html("/ys/", f"<title>公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def whole_rows() -> Town:
    web, titles = town(COLUMN), titles_of()
    budgets(web, "/ys/", titles)
    rows = "".join(
        f"<tr onclick=\"location.href='/ys/t{20260 + n}001.html'\"><td>{n + 1}</td><td>{title}</td><td>2026-02-12</td></tr>"
        for n, title in enumerate(titles)
    )
    web.html("/ys/", f"<title>部门预算公开</title><table>{rows}</table>")
    return Town(web, titles)


def two_arguments() -> Town:
    web, titles, rows = town(COLUMN), titles_of(), []
    for n, title in enumerate(titles):
        budget(web, f"/content/7/{900 + n}.html", title)
        rows.append(f"<li><a href=\"javascript:view('7','{900 + n}')\">{title}</a><i>2026-02-12</i></li>")
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(rows)}</ul><script>function view(c,i){{window.location='/content/'+c+'/'+i+'.html'}}</script>",
    )
    return Town(web, titles)


def posted_lines() -> Town:
    """Each line is a form of its own."""
    return column(
        lambda rows: "".join(
            f"<form action='/detail' method='post'><input type='hidden' name='id' value='{n}'><a href='#' onclick='this.parentNode.submit()'>{title}</a></form>"
            for n, title in enumerate(titles_of())
        ),
        owes="link",
    )


def by_redirect() -> Town:
    web, titles, rows = town(COLUMN), titles_of(), []
    for n, title in enumerate(titles):
        budget(web, f"/ys/t{20260 + n}001.html", title)
        web.pages[f"/go?to=%2Fys%2Ft{20260 + n}001.html"] = Reply(
            b"", 302, ((b"Location", f"/ys/t{20260 + n}001.html".encode()),)
        )
        rows.append(f"<li><a href='/go?to=%2Fys%2Ft{20260 + n}001.html'>{title}</a><i>2026-02-12</i></li>")
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>")
    return Town(web, titles)


def year_menu() -> Town:
    """A menu of years whose values are put into an address."""
    web, titles, options = town(COLUMN), [], ""
    for year in (2026, 2025, 2024):
        named = titles_of(BODIES[:4], f"{year}年部门预算")
        web.html(
            f"/ys/{year}/list.html",
            f"<title>{year}年</title><ul>{''.join(budgets(web, f'/ys/{year}/', named))}</ul>",
        )
        options += f"<option value='{year}'>{year}年</option>"
        titles += named
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><select onchange=\"location.href='/ys/'+this.value+'/list.html'\">{options}</select>",
    )
    return Town(web, titles)


def menu_of_a_form() -> Town:
    """A form with a single menu, sent by GET when something is chosen."""
    web, titles, options = town(COLUMN), [], ""
    for year in (2026, 2025, 2024):
        named = titles_of(BODIES[:4], f"{year}年部门预算")
        web.html(
            f"/ys/list.jsp?cid=7&year={year}",
            f"<title>部门预算公开</title><ul>{''.join(budgets(web, f'/ys/{year}/', named))}</ul>",
        )
        options += f"<option value='{year}'>{year}年</option>"
        titles += named
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><form action='/ys/list.jsp' method='get'><input type='hidden' name='cid' value='7'><select name='year' onchange='this.form.submit()'>{options}</select></form>",
    )
    return Town(web, titles)


def months() -> Town:
    """An archive of years and months."""
    web, titles, menu = town(COLUMN), [], ""
    for month, bodies in ((3, BODIES[:5]), (2, BODIES[5:])):
        named = titles_of(bodies)
        web.html(
            f"/ys/2026{month:02}/",
            f"<title>2026年{month}月</title><ul>{''.join(budgets(web, f'/ys/2026{month:02}/', named))}</ul>",
        )
        menu += f"<li><a href='/ys/2026{month:02}/'>2026年{month}月</a></li>"
        titles += named
    web.html("/ys/", f"<title>部门预算公开</title><ul class='archive'>{menu}</ul>")
    return Town(web, titles)


def earlier_years() -> Town:
    """What is older stands behind a link that says no more than that."""
    web, titles = town(COLUMN), titles_of()
    older = titles_of(BODIES[:5], "2023年部门预算")
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/ys/', titles))}</ul><a href='/ys/lsgd/'>历史归档</a>",
    )
    web.html("/ys/lsgd/", f"<title>历史归档</title><ul>{''.join(budgets(web, '/ys/lsgd/', older))}</ul>")
    return Town(web, [*titles, *older])


def whole_list() -> Town:
    """The page of the column shows the newest; all are behind 查看全部."""
    web, titles = town(COLUMN), titles_of()
    rows = budgets(web, "/ys/", titles)
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(rows[:3])}</ul><a href='/ys/all.html'>查看全部&gt;&gt;</a>",
    )
    web.html("/ys/all.html", f"<title>列表</title><ul>{''.join(rows)}</ul>")
    return Town(web, titles)


def search_results() -> Town:
    """The column is a search of the site."""
    web, titles = (
        town("<a href='/search/s?siteId=3&q=%E9%83%A8%E9%97%A8%E9%A2%84%E7%AE%97'>部门预算公开</a>"),
        titles_of(),
    )
    rows = [row.replace("部门预算</a>", "<em>部门预算</em></a>") for row in budgets(web, "/ys/", titles)]
    for page in (1, 2):
        follows = (
            "<a href='/search/s?siteId=3&q=%E9%83%A8%E9%97%A8%E9%A2%84%E7%AE%97&p=2'>下一页</a>"
            if page == 1
            else ""
        )
        web.html(
            "/search/s?siteId=3&q=%E9%83%A8%E9%97%A8%E9%A2%84%E7%AE%97" + ("&p=2" if page == 2 else ""),
            f"<title>站内搜索</title><form action='/search/s'><input name='q' value='部门预算'></form><ul>{''.join(rows[6 * page - 6 : 6 * page])}</ul>{follows}",
        )
    return Town(web, titles)


def search_box_only() -> Town:
    """A column that shows nothing until a word is searched for."""
    return column(
        lambda _: (
            "<form action='/search/s' method='get'><input name='searchWord' placeholder='请输入单位名称'><button>查询</button></form><div class='result-list'></div>"
        ),
        owes="empty_list",
    )


def level_of_categories() -> Town:
    """Kinds of bodies, bodies, lists."""
    web, titles, kinds = town(COLUMN), titles_of(), ("党群部门", "政府部门", "街道乡镇")
    for k, kind in enumerate(kinds):
        some = range(4 * k, 4 * k + 4)
        web.html(
            f"/ys/k{k}.html",
            f"<title>{kind}</title><ul>{''.join(f'<li><a href=b{n}.html>{BODIES[n]}</a></li>' for n in some)}</ul>",
        )
        for n in some:
            web.html(
                f"/ys/b{n}.html",
                f"<title>{BODIES[n]}</title><ul>{budget(web, f'/ys/n{n}/t2026{n:04}.html', titles[n])}</ul>",
            )
    web.html(
        "/ys/",
        "<title>部门预算公开</title>"
        + "".join(f"<p><a href='/ys/k{k}.html'>{kind}</a></p>" for k, kind in enumerate(kinds)),
    )
    return Town(web, titles)


def buttons() -> Town:
    web, titles, rows = town(COLUMN), titles_of(), []
    for n, title in enumerate(titles):
        budget(web, f"/ys/t{20260 + n}001.html", title)
        rows.append(
            f"<div class='row'><span>{title}</span><button type='button' onclick=\"window.open('/ys/t{20260 + n}001.html')\">查看</button></div>"
        )
    web.html("/ys/", f"<title>部门预算公开</title>{''.join(rows)}")
    return Town(web, titles)


def column_sent_home() -> Town:
    """One of two columns leads back to the home page."""
    made = column(lambda rows: f"<ul>{''.join(rows)}</ul>")
    made.web.html("/zwgk/", f"<title>政务公开</title>{COLUMN}<a href='/js/'>部门决算公开</a>")
    made.web.pages["/js/"] = Reply(b"", 302, ((b"Location", b"/"),))
    return Town(made.web, [*made.titles, "安溪县教育局2025年部门决算"], owes="broken")


def column_under_repair() -> Town:
    made = column(lambda rows: f"<ul>{''.join(rows)}</ul>")
    made.web.html("/zwgk/", f"<title>政务公开</title>{COLUMN}<a href='/js/'>部门决算公开</a>")
    made.web.html("/js/", "<title>部门决算公开</title><h2>栏目建设中，敬请期待</h2><a href='/'>首页</a>")
    return Town(made.web, [*made.titles, "安溪县教育局2025年部门决算"], owes="broken")


def columns_sent_to_one_wall() -> Town:
    web = town(f"{COLUMN}<a href='/js/'>部门决算公开</a>")
    for column in ("ys", "js"):
        web.html(f"/{column}/", "<script>window.location.replace('/wall/page?rand=S3')</script>")
    web.html(
        "/wall/page?rand=S3", "<title>访问验证</title><p>请完成安全验证后继续访问</p><div id='captcha'></div>"
    )
    return Town(web, [*titles_of(), "安溪县教育局2025年部门决算"], owes="broken")


def article_sent_home() -> Town:
    """An announcement that leads back to the home page is none, and its body is not to blame."""
    made = column(lambda rows: f"<ul>{''.join(rows)}</ul>")
    made.web.pages["/ys/t20260001.html"] = Reply(b"", 302, ((b"Location", b"/"),))
    return Town(made.web, made.titles, owes="broken")


def cut_short() -> Town:
    """The list breaks off in the middle, again and again."""
    made = column(lambda rows: f"<ul>{''.join(rows)}</ul>")
    whole = made.web.pages["/ys/"].body

    class Broken(Web):
        def respond(self, method: str, path: str, lines: list[bytes], body: bytes) -> bytes:
            answer = self.answer(path, lines)
            return answer[: -len(whole) // 2] if path == "/ys/" else answer

    return Town(Broken(pages=made.web.pages), made.titles, owes="unanswered")


def two_letters() -> Town:
    """Links of bodies by abbreviations of two signs, sorted below letters."""
    web, titles = town(COLUMN), titles_of()
    for n, title in enumerate(titles):
        web.html(
            f"/ys/d.jsp?d={n}",
            f"<title>{BODIES[n]}</title><ul>{budget(web, f'/ys/n{n}/t2026{n:04}.html', title)}</ul>",
        )
    menu = "".join(
        f"<dl><dt>{letter}</dt>"
        + "".join(f"<dd><a href='/ys/d.jsp?d={n}'>{BODIES[n]}</a></dd>" for n in part)
        + "</dl>"
        for letter, part in (("A", range(0, 6)), ("B", range(6, 12)))
    )
    web.html("/ys/", f"<title>部门预算公开</title>{menu}")
    return Town(web, titles)


def pictures_of_bodies() -> Town:
    """Each body is a picture with its name beside the link."""
    web, titles = town(COLUMN), titles_of()
    cells = ""
    for n, title in enumerate(titles):
        web.html(
            f"/ys/d{n}/", f"<title>列表</title><ul>{budget(web, f'/ys/d{n}/t2026{n:04}.html', title)}</ul>"
        )
        cells += f"<div class='card'><a href='/ys/d{n}/'><img src='/i/{n}.png'></a><p>{BODIES[n]}</p></div>"
    web.html("/ys/", f"<title>部门预算公开</title>{cells}")
    return Town(web, titles, owes="empty_list")


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        refresh, replaced_by_script, label_of_a_link, whole_rows, two_arguments, posted_lines,
        by_redirect, year_menu, menu_of_a_form, months, earlier_years, whole_list, search_results,
        search_box_only, level_of_categories, buttons, column_sent_home, column_under_repair, columns_sent_to_one_wall,
        article_sent_home, cut_short, two_letters, pictures_of_bodies,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("strange"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_a_gap_says_what_is_not(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])


def test_a_wall_that_two_columns_lead_to_hides_what_either_holds(found: dict[str, Found]) -> None:
    hidden = {gap.document_kind for gap in found["columns_sent_to_one_wall"].gaps if gap.hides == "site"}
    assert None in hidden or hidden >= {"budget", "accounts"}

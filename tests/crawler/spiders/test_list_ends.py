"""A list ends where something says so; where it goes on behind a sign, the sign is followed or is a gap."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

import pytest

from tests.crawler.loopback import Reply, Web
from tests.crawler.spiders.towns import (
    BODIES,
    COLUMN,
    HOME,
    Found,
    Town,
    budget,
    budgets,
    titles_of,
    town,
    visit,
)

FEW, TITLES = 3, titles_of(BODIES[:6])
Body = Callable[[Web, list[str]], str]


def column(body: Body, owes: str = "", titles: list[str] | None = None) -> Callable[[], Town]:
    """A town whose column is what `body` makes of the lines of its list."""

    def made() -> Town:
        web = town(COLUMN)
        web.html("/ys/", f"<title>部门预算公开</title>{body(web, budgets(web, '/ys/', TITLES))}")
        return Town(web, TITLES if titles is None else titles, owes)

    return made


def some(sign: str) -> Body:
    return lambda _, rows: f"<ul>{''.join(rows[:FEW])}</ul>{sign}"


def goes_on(sign: str, path: str) -> Body:
    """The rest of a list stands at `path`, and `sign` leads there."""

    def body(web: Web, rows: list[str]) -> str:
        web.html(path, f"<title>部门预算公开</title><ul>{''.join(rows[FEW:])}</ul>")
        return some(sign)(web, rows)

    return body


def by_header(web: Web, rows: list[str]) -> str:
    shown = goes_on("", "/ys/?page=2")(web, rows)
    page = f"<title>部门预算公开</title>{shown}".encode()
    link = (b"Link", b'</ys/>; rel="first", </ys/?page=2>; rel="next"')
    web.pages["/list"] = Reply(page, headers=((b"Content-Type", b"text/html"), link))
    return "<iframe src='/list'></iframe>"


def years(*of: int) -> Body:
    """Each body's budget of these years, in this order, each published in its year."""

    def body(web: Web, _: list[str]) -> str:
        lines = [
            budget(web, f"/ys/{year}/t{year}{n:04}.html", f"安溪县{one}{year}年部门预算").replace("2026-02-12", f"{year}-02-12")
            for year in of
            for n, one in enumerate(BODIES[:FEW])
        ]  # fmt: skip
        return f"<ul>{''.join(lines)}</ul>"

    return body


def boxes_of_years(web: Web, _: list[str]) -> str:
    return years(2026)(web, []) + years(2025)(web, [])


def mapped(robots: str, maps: dict[str, str]) -> Callable[[], Town]:
    """A town whose column no page links."""

    def made() -> Town:
        web = Web()
        web.html("/", HOME)
        web.html("/zwgk/", "<title>政务公开</title><a href='/zc/'>政策文件</a>")
        web.html("/c/9/", f"<title>部门预算公开</title><ul>{''.join(budgets(web, '/c/9/', TITLES))}</ul>")
        web.pages["/robots.txt"] = Reply(robots.encode(), headers=((b"Content-Type", b"text/plain"),))
        for path, text in maps.items():
            data = gzip.compress(text.encode()) if path.endswith(".gz") else text.encode()
            web.pages[path] = Reply(data, headers=((b"Content-Type", b"text/xml"),))
        return Town(web, TITLES)

    return made


def places(*paths: str, inside: str = "urlset") -> str:
    return f"<{inside}>{''.join(f'<url><loc>{path}</loc></url>' for path in paths)}</{inside}>"


def group(web: Web, rows: list[str]) -> str:
    return f"<h4>党群部门</h4><ul>{''.join(rows[:FEW])}</ul><h4>政府部门</h4><ul></ul>"


def second_page_empty(web: Web, rows: list[str]) -> str:
    web.html("/ys/index_2.html", "<title>部门预算公开</title><p>加载中</p>")
    return some("<a href='index_2.html'>下一页</a>")(web, rows)


def in_template(web: Web, rows: list[str]) -> str:
    return some(f"<script type='text/template'><ul>{''.join(rows[FEW:])}</ul></script>")(web, rows)


def feed(web: Web, _: list[str]) -> str:
    items = "".join(
        f"<item><title>{one}</title><link>/ys/t{20260 + n}001.html</link></item>"
        for n, one in enumerate(TITLES)
    )
    web.pages["/feed"] = Reply(
        f"<rss><channel>{items}</channel></rss>".encode(),
        headers=((b"Content-Type", b"application/rss+xml"),),
    )
    return "<link rel='alternate' type='application/rss+xml' title='部门预算公开' href='/feed'>"


def menu_as_data(web: Web, rows: list[str]) -> str:
    web.html("/c/7/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>")
    menu = [{"name": "部门预算公开", "url": "/c/7/"}, {"name": "领导之窗", "url": "/ld/"}]
    return f"<div id='m'></div><script>var menu={json.dumps(menu)}</script>"


TOWNS: dict[str, Callable[[], Town]] = {
    "next page in the header": column(by_header),
    "picture of more": column(goes_on("<a href='/c/all.html'><img src='/i/more.gif'></a>", "/c/all.html")),
    "class of more": column(goes_on("<a class='more' href='/c/all.html'></a>", "/c/all.html")),
    "dots": column(goes_on("<a href='/c/all.html'>……</a>", "/c/all.html")),
    "all in English": column(goes_on("<a href='/c/all.html'>View all</a>", "/c/all.html")),
    "all in words": column(goes_on("<a href='/c/all.html'>查看全部公开信息&gt;&gt;</a>", "/c/all.html")),
    "in a template": column(in_template),
    "feed": column(feed),
    "menu as data": column(menu_as_data),
    "slides": column(
        lambda _, rows: f"<div><ul>{''.join(rows)}</ul></div><div class='swiper-pagination'></div>"
    ),
    "map named by robots.txt": mapped("User-agent: *\nDisallow: /no/\nSitemap: /m.xml\n", {"/m.xml": places("/xw/", "/c/9/")}),
    "map of packed maps": mapped("", {"/sitemap.xml": places("/m.xml.gz", inside="sitemapindex"), "/m.xml.gz": places("/c/9/")}),
    "map of articles": mapped("", {"/sitemap.xml": places(*(f"/c/9/t{20260 + n}001.html" for n in range(6)))}),
    "number behind the heading": column(some("<h3>部门预算公开 <em>(6)</em></h3>"), "pager"),
    "number without a unit": column(some("<p>本栏目信息总数：6</p>"), "pager"),
    "field to jump": column(some("<input id='n'><a href='javascript:jump()'>GO</a>"), "pager"),
    "number held in a button": column(some("<button data-page='2'>再看看</button>"), "pager"),
    "scrolled without end": column(some("<div v-infinite-scroll='more'></div>"), "pager"),
    "number of bodies": column(some("<p>共有6个部门公开了预算。</p>"), "pager"),
    "button without words": column(some("<button class='btn-next'></button>"), "pager"),
    "given up": column(some("<p>本栏目已停止更新，后续信息请见财政局网站。</p>"), "pager"),
    "elsewhere": column(some("<p>其他部门预算在本部门门户网站公开。</p>"), "pager"),
    "empty group": column(group, "click"),
    "second page without lines": column(second_page_empty, "pager"),
}  # fmt: skip


def among_news() -> Town:
    """Two budgets are news of the day; the list they stand in is not linked."""
    web = Web()
    news = "".join(
        f"<li><a href='/xw/t2026{n:05}.html'>安溪要闻第{n}号</a><i>2026-11-01</i></li>" for n in range(8)
    )
    web.html("/", f"{HOME}<ul>{''.join(budgets(web, '/xw/', TITLES[:2]))}{news}</ul>")
    web.html("/zwgk/", "<title>政务公开</title><a href='/zc/'>政策文件</a>")
    return Town(web, TITLES[:2])


ENDS: dict[str, tuple[Callable[[], Town], list[int | None]]] = {
    "nothing says so": (column(some(""), titles=TITLES[:FEW]), [2026]),
    "its number": (column(some("<p>共3条记录</p>"), titles=TITLES[:FEW]), []),
    "its call": (
        column(some("<script>createPageHTML(1,0,'index','html')</script>"), titles=TITLES[:FEW]),
        [],
    ),
    "from new to old": (column(years(2026, 2025), titles=[]), [2025]),
    "a box for each year": (column(boxes_of_years, titles=[]), [None]),
    "from old to new": (column(years(2025, 2026), titles=[]), [None]),
}
"""Towns, and the last year that may be hidden behind the end of their list, if any may."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(
        tmp_path_factory.mktemp("ends"),
        TOWNS | {name: made for name, (made, _) in ENDS.items()} | {"among news": among_news},
    )


@pytest.mark.parametrize("name", TOWNS)
def test_a_sign_is_followed_or_is_a_gap(found: dict[str, Found], name: str) -> None:
    one = found[name]
    if one.town.owes:
        assert one.missed and not one.complete and one.town.owes in one.kinds
    else:
        assert not one.missed and one.complete, (one.missed, one.gaps)


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_else_is_announced(found: dict[str, Found], name: str) -> None:
    assert {one.title for one in found[name].articles} <= set(found[name].town.titles)


@pytest.mark.parametrize("name", ENDS)
def test_an_end_that_nothing_says_hides_what_is_older(found: dict[str, Found], name: str) -> None:
    one = found[name]
    assert one.complete and not one.missed
    assert [gap.fiscal_year for gap in one.ends] == ENDS[name][1]


def test_a_budget_among_news_is_no_list_of_budgets(found: dict[str, Found]) -> None:
    one = found["among news"]
    assert one.complete and not one.missed and one.unlisted == {"budget", "accounts"}
    assert found["dots"].unlisted == {"accounts"}

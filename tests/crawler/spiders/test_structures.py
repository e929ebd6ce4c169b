"""Ten ways in which invented towns lead from their home page to their disclosures: either what they publish
is found, or the site is not complete and a gap says what was not followed.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from archive.stores import open_store
from archive.warc.captures import Article
from archive.warc.journal import read_articles, read_run, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import PDF, article, crawl, put_list, site

BODIES = (
    "教育局",
    "公安局",
    "民政局",
    "财政局",
    "水利局",
    "林业局",
    "商务局",
    "审计局",
    "统计局",
    "司法局",
    "交通运输局",
    "应急管理局",
)
SHORT = ("教育", "公安", "民政", "水利", "林业", "商务", "审计", "统计", "司法", "交通")
HOME = "<title>安溪县人民政府</title><a href='/zwgk/'>政务公开</a><a href='/xw/'>新闻动态</a>"


@dataclass
class Town:
    """What a town serves, on its own host and others, and the titles it publishes. `silent` are those that
    no reader without a script sees."""

    web: Web
    titles: list[str]
    hosts: tuple[Web, ...] = ()
    silent: bool = False


def budget(web: Web, path: str, title: str, file: str = "") -> str:
    """An announcement with a file, and its line in a list."""
    href = file or path.replace(".html", ".pdf")
    web.html(path, article(title, f'<a href="{href}">{title}.pdf</a>'))
    if not href.startswith("http"):
        web.pages[href] = Reply(PDF + title.encode())
    return f'<li><a href="{path}">{title}</a><i>2026-02-12</i></li>'


def titles_of(bodies: tuple[str, ...] = BODIES) -> list[str]:
    return [f"安溪县{body}2026年部门预算" for body in bodies]


def lines(web: Web, folder: str, titles: list[str]) -> list[str]:
    return [budget(web, f"{folder}t{20260 + n}001.html", title) for n, title in enumerate(titles)]


def town(column: str) -> Web:
    web = Web()
    web.html("/", HOME)
    web.html("/zwgk/", f"<title>政务公开</title>{column}<a href='/zc/'>政策文件</a>")
    return web


def frames() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    web.html(
        "/ys/",
        "<title>部门预算公开</title><frameset><frame src='/ys/top.html'><frame src='/ys/main.html'></frameset>",
    )
    web.html("/ys/top.html", "<title>标题</title><p>部门预算公开</p>")
    titles = titles_of()
    web.html("/ys/main.html", f"<title>部门预算</title><ul>{''.join(lines(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def script_json() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    titles = titles_of()
    rows = lines(web, "/ys/", titles)
    objects = [
        {"title": one, "url": f"/ys/t{20260 + n}001.html", "date": "2026-02-12"}
        for n, one in enumerate(titles)
    ]
    assert len(rows) == len(objects)
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><div id='list'></div><script>var data={json.dumps(objects, ensure_ascii=False)};</script>",
    )
    return Town(web, titles)


def select_menu() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    options = "".join(f"<option value='b{n}.html'>{body}</option>" for n, body in enumerate(BODIES))
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><select onchange='go(this.value)'><option>请选择单位</option>{options}</select>",
    )
    titles = titles_of()
    for n, title in enumerate(titles):
        line = budget(web, f"/ys/n{n}/t2026{n:04}.html", title)
        web.html(f"/ys/b{n}.html", f"<title>{BODIES[n]}</title><ul>{line}</ul>")
    return Town(web, titles)


def accordion() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    parts = []
    for n, body in enumerate(BODIES):
        web.pages[f"/ys/f{n}.pdf"] = Reply(PDF + b"%d" % n)
        parts.append(
            f"<details><summary>安溪县{body}</summary><a href='/ys/f{n}.pdf'>2026年部门预算</a></details>"
        )
    web.html("/ys/", f"<title>部门预算公开</title>{''.join(parts)}")
    return Town(web, titles_of())


def departments() -> Town:
    """The first departments have published elsewhere or not at all; the menu stands on the column's page."""
    web = town("<a href='/ys/'>部门预决算</a>")
    menu = "".join(f"<li><a href='/dept/{n}.html'>{body}</a></li>" for n, body in enumerate(BODIES))
    web.html("/ys/", f"<title>部门预决算</title><ul>{menu}</ul>")
    titles = titles_of()
    for n, title in enumerate(titles):
        line = budget(web, f"/gk/{n}/t2026{n:04}.html", title)
        web.html(f"/dept/{n}.html", f"<title>{BODIES[n]}</title><ul>{line}</ul>")
    return Town(web, titles)


def short_names() -> Town:
    web = town("<a href='/ys/index.html'>预决算公开</a>")
    menu = "".join(f"<a href='/a{n}/list.html'>{name}</a> " for n, name in enumerate(SHORT))
    letters = "".join(f"<a href='/z{letter}.html'>{letter}</a> " for letter in "ABCDE")
    web.html(
        "/ys/index.html",
        f"<title>预决算公开</title><div class='m'>{menu}</div><div class='z'>{letters}</div>",
    )
    titles = titles_of(tuple(f"{name}局" for name in SHORT))
    for n, title in enumerate(titles):
        line = budget(web, f"/a{n}/t2026{n:04}.html", title)
        web.html(f"/a{n}/list.html", f"<title>{SHORT[n]}</title><ul>{line}</ul>")
    towns = [f"安溪县{letter}镇人民政府2026年部门预算" for letter in "ABCDE"]
    for letter, title in zip("ABCDE", towns, strict=True):
        web.html(
            f"/z{letter}.html",
            f"<title>{letter}</title><ul>{budget(web, f'/z{letter}/t20261234.html', title)}</ul>",
        )
    return Town(web, titles + towns)


def pagers() -> Town:
    """Four columns, each paged by a call of another form; one has no address that anybody could know."""
    columns = {
        "/p1/": 'createPage(Math.ceil(12/4), 0, "index", "html");',
        "/p2/": "var total = 3; showPager('box', total, 1, 'index', 'html', 12);",
        "/p3/": "<!-- -->",
    }
    names = {"/p1/": "部门预算", "/p2/": "部门决算", "/p3/": "单位预算"}
    web = town("".join(f"<a href='{path}'>{name}公开</a>" for path, name in names.items()))
    found = []
    for path, script in columns.items():
        kind = names[path]
        titles = [f"安溪县{body}2026年{kind}" for body in BODIES]
        found += titles
        rows = lines(web, path, titles)
        for page in range(3):
            first = {"/p2/": 1}.get(path, 0)
            name = f"index_{page + first}.html" if page else ""
            at = script.replace(", 0,", f", {page},").replace("total, 1", f"total, {page + 1}")
            box = (
                f"<div class='pagination'><span onclick='go({page + 2})'>下一页</span></div>"
                if path == "/p3/" and page < 2
                else ""
            )
            web.html(
                path + name,
                f"<title>{kind}公开</title><ul>{''.join(rows[page * 4 : page * 4 + 4])}</ul>{box}<script>{at}</script>",
            )
    return Town(web, found)


def file_hosts() -> Town:
    web, store = town("<a href='/ys/'>部门预算公开</a>"), Web()
    return Town(web, titles_of(), (store,))


def nested() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    titles = titles_of()
    inner = "".join(
        f"<p><a href='/ys/u/t2026{n:04}.html' title='{title}.pdf'>{title}</a></p>"
        for n, title in enumerate(titles)
    )
    for n, title in enumerate(titles):
        budget(web, f"/ys/u/t2026{n:04}.html", title)
    whole = "安溪县2026年部门预算公开"
    web.html(
        "/ys/t20260099.html",
        f"<html><head><title>{whole}</title><meta name='ArticleTitle' content='{whole}'><meta name='PubDate' content='2026-02-12'></head><body><div class='TRS_Editor'>{inner}</div></body></html>",
    )
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul><li><a href='/ys/t20260099.html'>{whole}</a><i>2026-02-12</i></li></ul>",
    )
    return Town(web, titles)


def servlets() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    rows, titles = [], titles_of()
    for n, title in enumerate(titles):
        href = f"/servlet/att?fid={n}" if n % 2 else f"/api/storage/{n:032x}"
        rows.append(budget(web, f"/ys/t2026{n:04}.html", title, href))
        web.pages[href] = Reply(
            PDF + b"%d" % n, 203 if n % 3 else 200, ((b"Content-Type", b"application/octet-stream"),)
        )
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>")
    return Town(web, titles)


def behind_a_form() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    web.html(
        "/ys/",
        "<title>部门预算公开</title><form action='/ys/cx' method='post'>年度<select name='year'><option>2026</option></select>单位<input name='dept'></form>",
    )
    return Town(web, titles_of(), silent=True)


def shell() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    web.html(
        "/ys/",
        "<title>部门预算公开</title><div id='app'></div><script src='/js/app.3f2a.js'></script><script>axios.get('/api/budget/list?page=1')</script>",
    )
    return Town(web, titles_of(), silent=True)


def dead_pager() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a>")
    titles = titles_of()
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul>{''.join(lines(web, '/ys/', titles)[:4])}</ul><div>共 29 条</div><a href='javascript:void(0)' onclick='more()'>加载更多</a>",
    )
    return Town(web, titles, silent=True)


def elsewhere() -> Town:
    web = town("<a href='/ys/'>部门预算公开</a><a href='http://yjs.axgk.com/list'>部门决算公开</a>")
    titles = titles_of()
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(lines(web, '/ys/', titles))}</ul>")
    return Town(web, [*titles, "安溪县2025年部门决算"], silent=True)


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (frames, script_json, select_menu, accordion, departments, short_names, pagers, file_hosts, nested, servlets, elsewhere, behind_a_form, shell, dead_pager)
}  # fmt: skip
EXPECTED = {"behind_a_form": "form", "shell": "shell", "dead_pager": "pager", "elsewhere": "column"}


@dataclass
class Found:
    town: Town
    articles: list[Article]
    complete: bool
    gaps: set[str]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    """All towns in one crawl."""
    folder = tmp_path_factory.mktemp("structures")
    with ExitStack() as stack:
        towns = {name: made() for name, made in TOWNS.items()}
        for one in towns.values():
            for web in (one.web, *one.hosts):
                stack.enter_context(serve(web))
        files = towns["file_hosts"]
        rows = []
        for n, title in enumerate(files.titles):
            address = files.hosts[0].url.replace("127.0.0.1", "localhost")
            files.hosts[0].pages[f"/w/P{n}.pdf"] = Reply(PDF + b"%d" % n)
            rows.append(budget(files.web, f"/ys/t2026{n:04}.html", title, f"{address}/w/P{n}.pdf"))
        files.web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>")
        sites = [
            site(name, one.web.url + "/", region_code=None, name="安溪县") for name, one in towns.items()
        ]
        report: dict[str, Any] = crawl(folder, sites)
        store = open_store(str(folder))
        (run_id,) = stored_runs(store)
        articles, run = read_articles(store, run_id), read_run(store, run_id)
        yield {
            name: Found(
                one, [article for article in articles if article.site_id == name],
                report["sites"][name]["complete"], {gap.kind for gap in run.gaps if gap.site_id == name},
            )
            for name, one in towns.items()
        }  # fmt: skip


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_the_gap_is_named(found: dict[str, Found], name: str) -> None:
    one = found[name]
    titles = {article.title for article in one.articles if article.attachments}
    missed = set(one.town.titles) - titles
    if one.town.silent:
        assert missed and not one.complete and EXPECTED[name] in one.gaps
    else:
        assert len(missed) <= 0.05 * len(one.town.titles), sorted(missed)
        assert one.complete, one.gaps


@pytest.mark.parametrize("name", TOWNS)
def test_nothing_else_is_announced(found: dict[str, Found], name: str) -> None:
    one = found[name]
    assert {article.title for article in one.articles} <= set(one.town.titles)


def test_put_list_is_a_town_like_any(found: dict[str, Found]) -> None:
    """The pager that replaced every other in the tests before is one of many."""
    web = Web()
    put_list(web, "/ys/", "部门预算", titles_of(), pages=3)
    assert b"createPageHTML" in web.pages["/ys/"].body and found["pagers"].complete

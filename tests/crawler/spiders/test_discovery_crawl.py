"""From a home page to the lists of disclosures, and no further than needed."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.stores import open_store
from archive.warc.captures import Article
from archive.warc.journal import read_articles, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import article, crawl, number, put_list, site

MENU = (
    ("/zwgk/", "政务公开"), ("/xwzx/", "新闻动态"), ("/jdhy/", "政策解读"), ("/zfcg/", "政府采购"), ("/zsyz/", "招商引资"),
    ("/lyms/", "旅游民俗"), ("/gkzn/", "公开指南"), ("/rsxx/", "人事信息"), ("/zjmx/", "走进勉县"), ("/czj/", "县财政局"),
)  # fmt: skip
NAV = "".join(f'<a href="{path}">{title}</a>' for path, title in MENU)


def home() -> Web:
    """A county whose disclosures lie four steps below its home page, beside much else."""
    web = Web()
    web.html("/robots.txt", "")
    web.html("/", f"<title>勉县人民政府</title>{NAV}{'<p>今日勉县</p>' * 100}")
    for path, title in MENU:
        web.html(path, f"<title>{title}</title>{NAV}<p>{'内容' * 300}</p>")
    web.html(
        "/zwgk/",
        f"<title>政务公开</title>{NAV}<a href='/zwgk/fdzdgknr/'>法定主动公开内容</a><a href='/zwgk/gkml/'>公开目录</a>{'<p>x</p>' * 200}",
    )
    web.html(
        "/zwgk/fdzdgknr/",
        f"<title>法定主动公开内容</title>{NAV}<a href='/zwgk/fdzdgknr/czxx/'>财政信息</a><a href='/zwgk/fdzdgknr/ghjh/'>规划计划</a>{'<p>x</p>' * 200}",
    )
    web.html(
        "/zwgk/fdzdgknr/czxx/",
        f"<title>财政信息</title>{NAV}<a href='/zwgk/fdzdgknr/czxx/czyjs/'>预决算公开</a><a href='/zwgk/fdzdgknr/czxx/jxgl/'>预算绩效</a>{'<p>x</p>' * 200}",
    )
    years = "".join(f'<a href="{year}n/">{year}年</a>' for year in (2026, 2025))
    root = "/zwgk/fdzdgknr/czxx/czyjs/"
    put_list(web, root, "预决算公开", ["勉县2026年财政预算公开"], more=NAV + years)
    put_list(
        web,
        root + "2026n/",
        "2026年",
        ["勉县教育局2026年部门预算", "勉县农业局2026年部门预算", "关于下达2026年农业资金预算的通知"],
        more=f'{NAV}<a href="zs/">直属单位</a>',
    )
    put_list(web, root + "2026n/zs/", "直属单位", ["勉县第一中学2026年单位预算"], more=NAV)
    put_list(
        web, root + "2025n/", "2025年", ["勉县教育局2025年部门预算", "勉县教育局2025年公开招聘公告"], more=NAV
    )
    return web


@dataclass
class Found:
    web: Web
    report: dict[str, Any]
    articles: list[Article]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    store = tmp_path_factory.mktemp("home")
    with serve(home()) as web:
        report = crawl(store, [site("610725", web.url + "/", region_code="610725", name="勉县")])
    opened = open_store(str(store))
    (run_id,) = stored_runs(opened)
    yield Found(web, report, read_articles(opened, run_id))


def test_every_disclosure_is_found_and_nothing_else(found: Found) -> None:
    assert sorted(one.title or "" for one in found.articles) == sorted([
        "勉县2026年财政预算公开", "勉县教育局2026年部门预算", "勉县农业局2026年部门预算",
        "勉县第一中学2026年单位预算", "勉县教育局2025年部门预算",
    ])  # fmt: skip
    assert found.report["sites"]["610725"]["complete"]


def test_the_menu_is_left_alone(found: Found) -> None:
    visited = set(found.web.paths)
    assert not visited & {"/xwzx/", "/jdhy/", "/zfcg/", "/zsyz/", "/lyms/", "/gkzn/", "/rsxx/", "/zjmx/"}
    assert not visited & {"/zwgk/fdzdgknr/ghjh/", "/zwgk/fdzdgknr/czxx/jxgl/"}
    lists = [path for path in visited if path.endswith("/")]
    assert len(lists) <= 10  # seven on the way, and a look at the finance bureau and the catalogue


def test_counties_that_share_a_page_keep_their_own(tmp_path: Path) -> None:
    web = Web()
    put_list(
        web,
        "/gk/",
        "各县区部门预算",
        ["勉县教育局2026年部门预算", "宁强县教育局2026年部门预算", "汉中市教育局2026年部门预算"],
    )
    with serve(web):
        places = [("610700", "汉中市"), ("610725", "勉县"), ("610726", "宁强县")]
        sites = [site(code, web.url + "/gk/", region_code=code, name=name) for code, name in places]
        report = crawl(tmp_path, sites)
    store = open_store(str(tmp_path))
    articles = read_articles(store, stored_runs(store)[0])
    assert {(one.title, one.site_id, one.region_code) for one in articles} == {
        ("勉县教育局2026年部门预算", "610725", "610725"),
        ("宁强县教育局2026年部门预算", "610726", "610726"),
        ("汉中市教育局2026年部门预算", "610700", "610700"),
    }
    assert {name: facts["articles"] for name, facts in report["sites"].items()} == {
        "610700": 1, "610725": 1, "610726": 1,
    }  # fmt: skip
    assert web.paths.count("/gk/") == 1


def test_a_line_that_promises_a_budget_may_open_a_list_of_them(tmp_path: Path) -> None:
    web, above, below = Web(), "勉县2026年部门预算公开", [f"勉县第{n}中学2026年单位预算" for n in range(3)]
    put_list(web, "/czyjs/", "预决算公开", [above, "勉县教育局2026年部门预算"])
    put_list(web, "/czyjs/202602/", "部门预算", below)
    web.pages[f"/czyjs/202602/t20260212_{number(above)}.html"] = web.pages.pop("/czyjs/202602/")
    with serve(web):
        county = [site("610725", web.url + "/czyjs/", region_code="610725", name="勉县")]
        first = crawl(tmp_path, county)
        web.pages[f"/czyjs/202602/t20260212_{number(above)}.html"] = Reply(
            web.pages[f"/czyjs/202602/t20260212_{number(above)}.html"].body.replace(
                b"<ul>", '<ul><a href="t20260301_1.html">勉县林业局2026年部门预算</a>2026-03-01'.encode()
            )
        )
        web.html("/czyjs/202602/t20260301_1.html", article("勉县林业局2026年部门预算", ""))
        second = crawl(tmp_path, county)
    assert first["sites"]["610725"]["complete"] and first["articles"] == 1 + len(below)
    assert second["sites"]["610725"]["new_articles"] == 1
    store = open_store(str(tmp_path))
    found = {one.title for run_id in stored_runs(store) for one in read_articles(store, run_id)}
    assert found == {"勉县教育局2026年部门预算", "勉县林业局2026年部门预算", *below}


def test_a_home_page_that_points_to_its_own_index_page(tmp_path: Path) -> None:
    web = Web()
    web.html("/", "<script>window.location.href='./index.html'</script>")
    web.html("/index.html", "<title>勉县财政局</title><a href='/yjs/list.jsp?id=7'>财政预决算</a>")
    put_list(web, "/yjs/", "预决算", ["勉县教育局2026年部门预算"])
    file = Reply(
        web.pages["/yjs/"].body.replace(
            b"</ul>", "<li><b>2026-02-11</b><a href='/f/1.pdf'>2026年政府预算</a></li></ul>".encode()
        )
    )
    web.pages["/yjs/list.jsp?id=7"] = file
    web.pages["/f/1.pdf"] = Reply(b"%PDF-1.4\n1")
    with serve(web):
        report = crawl(tmp_path, [site("610725", web.url + "/", region_code="610725", name="勉县")])
    assert report["articles"] == 2 and report["sites"]["610725"]["complete"]
    store = open_store(str(tmp_path))
    days = {
        one.title: (str(one.published_on), one.published_basis)
        for one in read_articles(store, stored_runs(store)[0])
    }
    assert days["2026年政府预算"] == ("2026-02-11", "list")


NEWS = "".join(
    f"<li><a href='/xw/202611/t20261101_{n}.html'>勉县推进重点项目{n}</a>2026-11-01</li>" for n in range(30)
)


def test_a_budget_among_the_news_of_a_home_page_is_not_the_list(tmp_path: Path) -> None:
    web = home()
    title = "勉县林业局2026年部门预算"
    put_list(web, "/xw/", "要闻", [title])
    headline = f"<a href='/xw/202602/t20260212_{number(title)}.html'>{title}</a>"
    web.html("/", f"<title>勉县人民政府</title>{NAV}{headline}<ul>{NEWS}</ul>")
    with serve(web):
        report = crawl(tmp_path, [site("610725", web.url + "/", region_code="610725", name="勉县")])
    assert report["articles"] == 6 and report["sites"]["610725"]["complete"]


def test_departments_are_visited_where_the_government_has_no_list(tmp_path: Path) -> None:
    web, own = Web(), Web()
    own.html("/", "<title>教育局</title><a href='/yjs/'>预决算</a><a href='/dt/'>工作动态</a>")
    put_list(own, "/yjs/", "预决算", ["2026年部门预算公开", "2025年部门预算公开"])
    with serve(own), serve(web):
        department = f"<a href='{own.url}/'>县教育局</a>"
        web.html(
            "/",
            f"<title>勉县人民政府</title><a href='/bm/'>部门网站</a><a href='/zwgk/'>政务公开</a><ul>{NEWS}</ul>",
        )
        web.html("/bm/", f"<title>部门网站</title>{department}")
        web.html("/zwgk/", f"<title>政务公开</title><a href='/zc/'>政策</a>{department}{'<p>x</p>' * 200}")
        county = [site("610725", web.url + "/", region_code="610725", name="勉县")]
        report = crawl(tmp_path / "none", county)
        put_list(web, "/zwgk/ys/", "部门预算", ["勉县民政局2026年部门预算"])
        web.html("/zwgk/", f"<title>政务公开</title><a href='ys/'>部门预算</a>{department}{'<p>x</p>' * 200}")
        asked = len(own.paths)
        other = crawl(tmp_path / "list", county)
    assert report["articles"] == 2 and report["sites"]["610725"]["complete"]
    assert other["articles"] == 1 and len(own.paths) == asked


def test_a_site_without_a_list_is_not_complete_however_much_news_it_shows(tmp_path: Path) -> None:
    web = Web()
    web.html("/", f"<title>勉县人民政府</title><ul>{NEWS}</ul>")
    with serve(web):
        report = crawl(tmp_path, [site("610725", web.url + "/", region_code="610725", name="勉县")])
    found = report["sites"]["610725"]
    assert (found["outcome"], found["complete"]) == ("listing_empty", False)


def test_titles_that_a_list_cuts_short_are_judged_by_their_pages(tmp_path: Path) -> None:
    web, titles = (
        Web(),
        [
            "勉县教育局关于2026年部门预算公开的说明",
            "勉县市级部门预算绩效管理办法",
            "勉县财政局关于人员招聘的公告",
        ],
    )
    put_list(web, "/czyjs/", "部门预算", titles)
    listed = web.pages["/czyjs/"].body.decode()
    for title in titles:
        listed = listed.replace(f">{title}<", f">{title[:12]}...<")
    web.html("/czyjs/", listed + "<a href='javascript:go(2)'>下一页</a>")
    with serve(web):
        report = crawl(tmp_path, [site("610725", web.url + "/czyjs/", region_code="610725", name="勉县")])
    store = open_store(str(tmp_path))
    assert [one.title for one in read_articles(store, stored_runs(store)[0])] == titles[:1]
    assert not report["sites"]["610725"]["complete"]  # of the second page nothing is known


def test_a_list_that_stands_in_a_frame_is_found(tmp_path: Path) -> None:
    web = Web()
    web.html(
        "/ysgk/",
        '<title>预决算公开</title><frameset rows="80,*"><frame src="top.html"><frame src="main/"></frameset>',
    )
    web.html("/ysgk/top.html", f"<title>预决算公开</title><p>{'欢迎您的访问。' * 100}</p>")
    put_list(web, "/ysgk/main/", "部门预算", ["勉县教育局2026年部门预算"])
    with serve(web):
        report = crawl(tmp_path, [site("610725", web.url + "/ysgk/", region_code="610725", name="勉县")])
    assert report["articles"] == 1 and report["sites"]["610725"]["outcome"] == "content"

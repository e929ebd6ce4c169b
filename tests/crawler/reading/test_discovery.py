"""What links promise, by their texts and addresses."""

# ruff: noqa: E501 -- tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages.page import Page
from crawler.platforms import lists
from crawler.platforms.protocol import Entry
from crawler.reading.discovery import (
    DEPARTMENT,
    context_of,
    names_region,
    promise,
    sure,
)
from crawler.reading.offers import candidates, unreachable
from crawler.sites import Site
from crawler.sites.territory import Territory, speaker

HOME = "http://www.mianxian.gov.cn/"
MIAN = Site("610725", "610725", "勉县", HOME + "zwgk/czyjs/")
CITY = Site("610700", "610700", "汉中市", "http://www.hanzhong.gov.cn/czyjs/")
NINGQIANG = Site("610726", "610726", "宁强县", "http://www.hanzhong.gov.cn/nqx/czyjs/")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("预决算公开", "/yjs/"), ("财政信息", "/a/")),
        (("财政信息", "/a/"), ("县财政局", "/b/")),
        (("县财政局", "/b/"), ("法定主动公开内容", "/c/")),
        (("法定主动公开内容", "/c/"), ("政务公开", "/d/")),
        (("政务公开", "/d/"), ("新闻动态", "/e/")),
        (("信息", "/czyjs/"), ("信息", "/czxx/")),
        (("信息", "/czxx/index.html"), ("信息", "/xw/index.html")),
    ],
)
def test_the_order_of_promises(better: tuple[str, str], worse: tuple[str, str]) -> None:
    first, second = (promise(title, HOME + path[1:]) for title, path in (better, worse))
    assert first.value > second.value


@pytest.mark.parametrize(
    "title",
    ["预算绩效", "政府采购", "财政审计", "财政政策", "招聘", "财政局人事信息", "预决算公开指南", "首页"],
)
def test_what_leads_away(title: str) -> None:
    assert promise(title, HOME + "czyjs/").value == 0


def test_years_and_bodies_are_columns_only_inside_a_column() -> None:
    for title in ("2026年", "2025年度", "县直部门", "乡镇"):
        assert promise(title, HOME + "x/", 0).value < sure() <= promise(title, HOME + "x/", 1.0, HOME).value
    column = HOME + "czyjs/index.html"
    assert promise("教育局", HOME + "czyjs/jyj/", 1.0, column).value >= sure()
    assert promise("教育局", HOME + "bmgk/jyj/", 1.0, column).value < sure()  # the menu of the site
    assert promise("审计局", HOME + "czyjs/sjj/", 1.0, column).value >= sure() > promise("审计局", HOME).value


@pytest.mark.parametrize(
    ("column", "beside", "elsewhere"),
    [
        ("col/col511/index.html", "col/col512/index.html", "bm/col512/index.html"),
        ("mx/c100210/list.shtml", "mx/c100211/list.shtml", "mx/c100211/zwgk.shtml"),
        (
            f"columns/{'0a' * 4}-0a0a-0a0a-0a0a-{'0a' * 6}/",
            f"columns/{'1f' * 4}-1f1f-1f1f-1f1f-{'1f' * 6}/",
            "columns/jyj/",
        ),
    ],
)
def test_a_column_that_announces_nothing_is_a_menu_of_its_neighbours(
    column: str, beside: str, elsewhere: str
) -> None:
    page_url = HOME + column
    assert promise("市统计局", HOME + beside, 1.0, page_url, announces=False).value >= sure()
    assert promise("市统计局", HOME + beside, 1.0, page_url, announces=True).value < sure()
    assert promise("市统计局", HOME + elsewhere, 1.0, page_url, announces=False).value < sure()
    assert (
        context_of("市统计局 - 门户", HOME + beside, page_url, "部门预算", "市统计局")
        == "部门预算 市统计局 - 门户"
    )
    assert context_of("市统计局", HOME + elsewhere, page_url, "部门预算", "市统计局") == "市统计局"


def test_a_door_leads_where_it_can_and_a_full_page_where_it_promises() -> None:
    door = page(("/main.html", ""), ("/en/", "English"))
    assert [one.url for one in candidates(door, (), 0.0, MIAN, Territory([MIAN]), announces=False)] == [
        HOME + "main.html"
    ]
    full = Page(HOME, "<a href='/main.html'>进入</a>" + "<p>今日勉县</p>" * 100)
    assert candidates(full, (), 0.0, MIAN, Territory([MIAN]), announces=False) == ()


def test_departments_have_hosts_of_their_own_and_towns_are_governments() -> None:
    links = page(
        ("http://jyj.mianxian.gov.cn/", "县教育局"), ("http://sjj.mianxian.gov.cn/index.html", "县审计局"),
        ("http://wh.mianxian.gov.cn/", "武侯镇人民政府"), ("http://jyj.mianxian.gov.cn/zp/", "县教育局"), ("/slj/", "县水利局"),
    )  # fmt: skip
    found = candidates(links, (), 0.0, MIAN, Territory([MIAN]))
    assert [one.title for one in found if one.promise.seen == DEPARTMENT] == ["县教育局", "县审计局"]
    assert candidates(links, (), 1.0, MIAN, Territory([MIAN])) == ()


def test_a_finance_bureau_leads_on_by_less_than_its_own_name() -> None:
    links = page(("/zwgk/", "政务公开"), ("/zt/", "专题专栏"), url="http://czj.mianxian.gov.cn/")
    found = candidates(links, (), 0.6, MIAN, Territory([MIAN]))
    assert {one.title for one in found} == {"政务公开", "专题专栏"}


def test_what_stands_on_the_page_before_as_well_is_the_menu() -> None:
    column = HOME + "col/col511/index.html"
    bodies = page(("/col/col1/index.html", "县教育局"), ("/col/col2/index.html", "县民政局"), url=column)
    territory = Territory([MIAN])
    offered = {HOME + "col/col1/index.html"}
    found = candidates(
        bodies, lists.columns_of(bodies), 1.0, MIAN, territory, announces=False, offered=offered
    )
    assert [one.title for one in found] == ["县民政局"]


def test_what_is_named_like_a_column_is_one_whatever_its_address() -> None:
    links = page(
        ("/gk/zfxxgk.shtml", "政府信息公开"), ("/czxx/czxx.html", "财政信息"), ("/list.jsp?cat_id=7", "部门预决算"),
        ("/show.jsp?cat_id=8", "教育局2026年部门预算"), ("/x.html", "政府采购"), ("/ys.pdf", "部门预算"), ("/y.html", "走进勉县"),
    )  # fmt: skip
    found = candidates(links, (), 0.0, MIAN, Territory([MIAN]))
    assert [one.title for one in found] == ["部门预决算", "财政信息", "政府信息公开"]


def test_a_year_speaks_with_the_words_of_its_column() -> None:
    column = HOME + "czyjs/"
    assert context_of("2026年", HOME + "2026/", column, "部门预算") == "部门预算 2026年"
    assert context_of("教育局", column + "jyj/", column, "部门预算") == "部门预算 教育局"
    assert context_of("教育局", HOME + "bmgk/jyj/", column, "部门预算") == "教育局"
    assert context_of("部门决算", HOME + "bmjs/", column, "部门预算") == "部门决算"


def page(*links: tuple[str, str], url: str = HOME) -> Page:
    return Page(url, "".join(f'<a href="{href}">{title}</a>' for href, title in links))


def test_departments_on_other_hosts_and_unified_platforms_are_entered_and_others_are_not() -> None:
    territory = Territory([MIAN, CITY, NINGQIANG])
    links = page(
        ("http://www.mxjyj.gov.cn/yjs/", "勉县教育局预决算"),
        ("http://www.nqjyj.gov.cn/yjs/", "宁强县教育局预决算"),
        ("http://www.mxjyj.com/yjs/", "勉县教育局预决算"),
        ("http://yjsgk.sxczt.cn/?code=610725000", "预决算公开统一平台"),
        ("http://yjsgk.sxczt.cn/?code=610726000", "预决算公开统一平台"),
    )
    found = candidates(links, (), 1.0, MIAN, territory)
    assert [one.url for one in found] == [
        "http://www.mxjyj.gov.cn/yjs/",
        "http://yjsgk.sxczt.cn/?code=610725000",
    ]
    assert names_region("http://x.cn/?areaCode=610725", MIAN)
    assert not names_region("http://x.cn/t1610725.html", MIAN)


def test_another_governments_pages_are_not_entered() -> None:
    territory = Territory([MIAN, CITY, NINGQIANG])
    columns = (
        Entry("http://www.hanzhong.gov.cn/nqx/czyjs/2026/", "2026年预决算"),
        Entry("http://www.hanzhong.gov.cn/czyjs/2026/", "2026年预决算"),
        Entry("http://www.hanzhong.gov.cn/other/", "财政预决算"),
    )
    url = "http://www.hanzhong.gov.cn/"
    own = [one.url for one in candidates(page(url=url), columns, 1.0, CITY, territory)]
    assert own == [columns[1].url, columns[2].url] or own == [columns[2].url, columns[1].url]
    assert [one.url for one in candidates(page(url=url), columns, 1.0, NINGQIANG, territory)][-1:] != [
        columns[1].url
    ]
    assert territory.foreign("http://www.hanzhong.gov.cn/x/", MIAN)
    assert not territory.foreign("http://www.nobody.gov.cn/", MIAN)


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("<a href='http://yjs.example.com/mx/'>预决算公开</a>", "column"),
        ("<a href='http://yjsgk.sxczt.gov.cn/'>预决算公开统一平台</a>", "column"),
        ("<a href='http://yjs.example.com/jyj/'>教育局2026年部门预算</a>", "link"),
        ("<a href='javascript:openCol(7)'>部门预算</a>", "click"),
        ("<a onclick=\"show('yjs')\">部门决算公开</a>", "click"),
        ("<a href='http://yjsgk.sxczt.cn/?code=610725000'>预决算公开统一平台</a>", None),
        ("<a href='http://www.mof.gov.cn/zyyjsgkpt/'>中央预决算公开平台</a>", None),
        ("<a href='/yjs/'>预决算公开</a>", None),
        ("<a href='javascript:;'>部门预算</a>", None),
        ("<a href='http://www.example.com/'>友情链接</a>", None),
        ("<a href='http://other.gov.cn/'>部门预算</a>", "column"),
        ("<a href='http://other.gov.cn/'>省级部门预算</a>", None),
    ],
)
def test_columns_that_are_not_entered_are_named(link: str, kind: str | None) -> None:
    found = [one for one, _, _ in unreachable(Page(HOME, f"<html>{link}</html>"), MIAN)]
    assert found == ([kind] if kind else [])


def test_who_is_spoken_of() -> None:
    assert speaker([CITY, MIAN, NINGQIANG], "汉中市勉县教育局2026年部门预算") is MIAN
    assert speaker([CITY, MIAN, NINGQIANG], "教育局2026年部门预算", "宁强县预算") is NINGQIANG
    assert speaker([MIAN, CITY, NINGQIANG], "教育局2026年部门预算") is CITY

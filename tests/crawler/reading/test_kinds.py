"""Lists, announcements, other articles: recognised by what a page shows and says of itself."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import pytest

from crawler import platforms
from crawler.pages.outcomes import Outcome
from crawler.pages.page import Page
from tests.crawler.real_pages import kind_of

URL = "http://www.a.gov.cn/czxx/"
ROWS = "".join(
    f"<li><a href='./202602/t20260212_{n}.html'>甲局{n}2026年部门预算</a>2026-02-12</li>" for n in range(12)
)
PROSE = "<p>一般公共预算财政拨款支出情况说明，政府性基金预算情况说明。</p>" * 30
BUDGET = '<meta name="ArticleTitle" content="甲局2026年部门预算">'


def kind(markup: str) -> str:
    page = Page(URL, markup)
    return kind_of(page, Outcome("content"), platforms.of(page))


@pytest.mark.parametrize(
    ("expected", "markup"),
    [
        ("list", f'<meta name="ColumnName" content="部门预算">{ROWS}'),
        (
            "list",
            f'<meta name="ColumnName" content="部门预算"><meta name="ArticleTitle" content="部门预算">{ROWS}',
        ),
        (
            "list",
            '<script src="/x/unitbuild.js" url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{\'pageId\':\'1\'}"></script>发布日期：2026-02-28 <a href="a.doc">申请表</a>',
        ),
        (
            "disclosure",
            f"{BUDGET}{PROSE}<script src='/x/unitbuild.js' url='/api-gateway/jpaas-publish-server/front/page/build/unit' queryData=\"{{'pageId':'1'}}\"></script>",
        ),
        ("list", "<title>甲局</title>"),
        ("disclosure", f"{BUDGET}<a href='P1.pdf'>附件</a>"),
        ("disclosure", f"{BUDGET}<div class='related'>{ROWS[:300]}</div>{PROSE}"),
        (
            "disclosure",
            '<meta name="ColumnName" content="2019年部门预算公开目录"><meta name="ArticleTitle" content="天津市工业和信息化局">',
        ),
        (
            "disclosure",
            "<title>2025年甲市交通运输局部门预算公开-政务公开</title><i title='发布日期'></i><em>2025-03-20</em><a href='/x.pdf'>报告.pdf</a>",
        ),
        ("disclosure", f"<title>甲局2026年部门预算</title><div class='TRS_Editor'>{PROSE}</div>"),
        (
            "disclosure",
            f"<title>甲局2026年部门预算</title><ul>{ROWS}</ul><h1>甲局2026年部门预算</h1>发布时间：2026-02-03<div class='content'>{PROSE}</div>",
        ),
        ("disclosure", f"<title>甲局2026年部门预算</title><td>{ROWS}</td><td>日期：2026-02-03{PROSE}</td>"),
        ("disclosure", f"<title>甲局2026年部门预算</title><div class='content'>{PROSE[:300]}</div>"),
        ("list", f"<title>部门预算-甲县</title>更新时间：2026-02-03<div id='content'>{ROWS}</div>"),
        (
            "list",
            f'<meta name="ArticleTitle" content="部门预算"><meta name="PubDate" content="2026-02-03">{ROWS}',
        ),
        (
            "list",
            f'<meta name="ArticleTitle" content="2026年部门预算公开"><meta name="ColumnName" content="预决算">{ROWS}',
        ),
        ("disclosure", f'<meta name="ArticleTitle" content="甲县教育局2026年部门预算">{ROWS}'),
        ("article", '<meta name="ArticleTitle" content="甲局2026年公开招聘公告">'),
        (
            "article",
            f'<meta name="ArticleTitle" content=""><meta name="PubDate" content="2026-03-27 09:36"><title>政务公开</title>{ROWS}',
        ),
        (
            "article",
            f'<meta name="ColumnName" content="政府信息公开指南"><title>指南</title><div id="UCAP-CONTENT">{PROSE}</div>',
        ),
    ],
)
def test_content(expected: str, markup: str) -> None:
    assert kind(markup) == expected

"""Title, date with its basis, source and body of an article page."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

from datetime import date

import pytest

from crawler.pages.page import Page
from crawler.platforms import static
from crawler.reading.articles import DATE_BASES, body_text, read_article, title

DAY = date(2026, 3, 2)
URL = "http://a.gov.cn/czxx/202603/show.html"


@pytest.mark.parametrize(
    ("head", "body", "url", "listed_on", "basis"),
    [
        ('<meta name="PubDate" content="2026-03-02 09:36">', "发布时间：2020-01-01", URL, date(2021, 1, 1), "metadata"),
        ('<meta content="2026年03月02日" name="pubdate ">', "", URL, None, "metadata"),
        ('<meta name="PubDate" content="">', "<p>发布时间：<span>2026-03-02</span> 来源：甲局</p>", URL, None, "text"),
        ("", "<td>发布日期</td><td>2026年3月2日</td>", URL, date(2021, 1, 1), "text"),
        ("", "<p>更新时间：2026-03-09 发布时间：2026-03-02</p>", URL, None, "text"),
        ("", "<p>日期：二〇二六年三月二日</p>", URL, None, "text"),
        ("", "<h1>甲局2026年部门预算</h1><p>字体：大 中 小 2026-03-02 来源：甲局</p>", URL, date(2021, 1, 1), "text"),
        ("", "<h1>甲局2026年部门预算</h1><p>[ 2026-03-02 ]</p><p>2020-01-01 10:00</p>", URL, None, "text"),
        ("", "<h1>甲局2026年部门预算</h1><p>根据2020年1月1日的决定，</p>", URL, DAY, "list"),
        ('<meta itemprop="datePublished" content="2026-03-02T09:36:00+08:00">', "", URL, None, "metadata"),
        ("", "<p>印发于2020年1月1日。</p>", URL, DAY, "list"),
        ("", "", "http://a.gov.cn/202603/t20260302_1.html", None, "address"),
    ],
)  # fmt: skip
def test_the_most_explicit_date_counts(
    head: str, body: str, url: str, listed_on: date | None, basis: str
) -> None:
    article = read_article(
        Page(url, f"<html><head>{head}</head><body>{body}</body></html>"), static, listed_on
    )
    assert (article.published_on, article.published_basis) == (DAY, basis)
    assert basis in DATE_BASES


def test_no_date_is_none() -> None:
    article = read_article(
        Page(URL, "<p>根据2020年1月1日的决定</p><script>'发布时间：2026-03-02'</script>"), static
    )
    assert (article.published_on, article.published_basis) == (None, None)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<meta name="ArticleTitle" content="甲局2026年部门预算"><title>别的</title>', "甲局2026年部门预算"),
        ("<title>甲局2026年部门预算_预算公开_甲市人民政府</title>", "甲局2026年部门预算"),
        ("<title>甲局2026年部门预算 - 甲市人民政府</title>", "甲局2026年部门预算"),
        ("<title>甲局2026年部门预算-甲市财政局网站</title>", "甲局2026年部门预算"),
        ("<title>甲局2026-2028年预算</title>", "甲局2026-2028年预算"),
        ("<title>甲局（汇总）2026年部门预算</title><h1>甲局（汇总）2026年部门预算公开说明</h1>", "甲局（汇总）2026年部门预算公开说明"),
        ("<title></title><h1>甲局2026年部门预算</h1>", "甲局2026年部门预算"),
    ],
)  # fmt: skip
def test_title(markup: str, expected: str) -> None:
    assert title(Page(URL, f"<html>{markup}</html>")) == expected


def test_source_and_body() -> None:
    page = Page(
        URL,
        '<meta name="ArticleTitle" content="甲局2026年部门预算"><div class="nav">导航</div>'
        '<p>来源：甲市财政局  浏览次数</p><div id="zoom"><p>第一部分 部门概况</p><table><tr><td>单位：万元，收支总表'
        '</td></tr></table><a href="P1.pdf">附件.pdf</a></div>',
    )
    article = read_article(page, static)
    assert article.source == "甲市财政局"
    assert body_text(article.page) and "导航" not in body_text(article.page)
    assert [file.url for file in article.attachments] == ["http://a.gov.cn/czxx/202603/P1.pdf"]

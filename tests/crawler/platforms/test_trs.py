"""TRS lists, pages and files as in 长沙, 重庆, 厦门 and 长春, in miniature."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

from datetime import date

import pytest

from crawler import platforms
from crawler.pages.attached_files import attachments
from crawler.pages.page import Page
from crawler.platforms.protocol import Entry

URL = "http://www.mianxian.gov.cn/czyjs/"
LIST = """<html><head><title>部门预决算</title></head><body>
<div class="nav"><a href="/">首页</a><a href="../zfgb/">政府公报</a></div>
<ul>
 <li><span>2026-02-12</span><a href="./202602/t20260212_101.html" title="勉县教育局2026年部门预算公开情况说明">勉县教育局2026年部门预算公…</a></li>
 <li><a href="./202602/t20260211_102.html" target="_blank">勉县农业局2026年部门预算</a> 2026年02月11日</li>
 <li><a href="./202601/t20260105_103.html">2026-01-05勉县林业局2026年部门预算</a></li>
 <li><a href="http://www.example.com/202601/t20260105_104.html">外站链接2026年部门预算</a><b>2026-01-05</b></li>
 <li><a href="./202601/P020260105000000000000.pdf">勉县水利局2026年部门预算.pdf</a></li>
</ul>
<a href="./2025n/">2025年部门预算</a>
<script>function createPageHTML(_nPageCount, _nCurrIndex){} createPageHTML(4, 1, "index", "html");</script>
</body></html>"""


def test_recognised_by_its_own_marks() -> None:
    evidence = platforms.recognise(Page(URL, LIST))
    assert evidence.platform == "trs"
    assert evidence.seen == ("article addresses", "file address", "createPageHTML")
    assert platforms.of(Page(URL, LIST)).NAME == "trs"
    assert platforms.of(Page(URL, LIST), "static").NAME == "static"
    assert (
        platforms.recognise(Page(URL, "<html><a href='t20260101_1.html'>一条链接不算</a></html>")).platform
        == "static"
    )


def test_listing() -> None:
    listing = platforms.named("trs").listing(Page(URL, LIST))
    assert listing.entries == (
        Entry(URL + "202602/t20260212_101.html", "勉县教育局2026年部门预算公开情况说明", date(2026, 2, 12)),
        Entry(URL + "202602/t20260211_102.html", "勉县农业局2026年部门预算", date(2026, 2, 11)),
        Entry(URL + "202601/t20260105_103.html", "勉县林业局2026年部门预算", date(2026, 1, 5)),
    )
    assert [file.url for file in listing.attachments] == [URL + "202601/P020260105000000000000.pdf"]
    assert (URL + "2025n/", "2025年部门预算") in [(column.url, column.title) for column in listing.columns]
    assert listing.next_pages == (URL + "index.html", URL + "index_2.html", URL + "index_3.html")


@pytest.mark.parametrize(
    ("markup", "file", "name"),
    [
        ("<a onclick=\"downloadFj('说明.ofd','./W1.ofd')\">下载</a>", "W1.ofd", "说明.ofd"),
        ("<script>var hasFJ='./W1.ofd'; if(hasFJ!=''){}</script>", "W1.ofd", "甲局2026年部门预算"),
        ('<div class="js-open-pdf" data-pdf="./W1.pdf"></div>', "W1.pdf", ""),
    ],
)
def test_files_in_forms_of_its_own(markup: str, file: str, name: str) -> None:
    page = Page(URL + "t20260212_1.html", f'<meta name="ArticleTitle" content="甲局2026年部门预算">{markup}')
    found = attachments(page, platforms.links(page, platforms.named("trs")))
    assert [(attachment.url, attachment.name) for attachment in found] == [(URL + file, name)]

"""jpaas: shells, units, and files shown without a link; in the shape of 济南 and 温州."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

from crawler.pages.attached_files import Attachment, attachments
from crawler.pages.page import Page
from crawler.platforms import jpaas
from crawler.platforms.protocol import Entry

SITE = "http://jncz.jinan.gov.cn"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
QUERY = "{'parseType':'bulidstatic','unitType':'ajax-xxgk','webId':'15','tplSetId':'ojYP','pageType':'column','tagId':'组配分类list','editType':'null','pageId':'55894'}"
SHELL = f'<script id="0d" src="/cms_files/default/script/AuthorizedRead/unitbuild.js?v=6" webId="15" url="{UNIT}" queryData="{QUERY}"></script>'
ROWS = "<li><a href='/art/2026/art_4bac3f333a66ac93b1c3b782c1221d95.html' title='济南市财政局2026年部门预算'>济南市财政局2026年…</a><span>[2026-03-02]</span></li>"


def test_a_shell_asks_for_its_units() -> None:
    listing = jpaas.listing(Page(SITE + "/col/col55894/index.html", SHELL))
    (further,) = listing.further
    assert further.method == "GET"
    asked = parse_qs(urlsplit(further.url).query)
    assert (asked["tagId"], asked["pageId"], asked["parseType"]) == (
        ["组配分类list"],
        ["55894"],
        ["bulidstatic"],
    )


def test_a_unit_holds_the_list_and_counts_its_pages() -> None:
    answer = json.dumps(
        {
            "success": True,
            "data": {
                "html": f"<ul>{ROWS}</ul><div queryData=\"{{'rows':'24','count':'49','pageNo':'1'}}\"></div>"
            },
        }
    )
    listing = jpaas.listing(Page(f"{SITE}{UNIT}?pageId=55894&tagId=list", answer))
    assert listing.entries == (
        Entry(
            f"{SITE}/art/2026/art_4bac3f333a66ac93b1c3b782c1221d95.html",
            "济南市财政局2026年部门预算",
            date(2026, 3, 2),
        ),
    )
    numbers = [
        json.loads(parse_qs(urlsplit(further.url).query)["paramJson"][0]) for further in listing.further
    ]
    assert numbers == [{"pageNo": 2, "pageSize": "24"}, {"pageNo": 3, "pageSize": "24"}]


def test_a_further_page_asks_for_no_others() -> None:
    answer = json.dumps({"data": {"html": ROWS + "count:'49' rows:'24'"}})
    page = Page(f"{SITE}{UNIT}?pageId=1&paramJson=%7B%22pageNo%22%3A2%7D", answer)
    assert len(jpaas.listing(page).entries) == 1 and jpaas.listing(page).further == ()


def test_a_list_in_the_page_itself_goes_on_in_units() -> None:
    call = f'doLayPageRender(\'x\', {{webId:"15", pageId:"55894", tagId: "检索", tplSetId: "oj", unitUrl: "{UNIT}"}}, {{rows: "15", count: "31", pageNo: "1" }});'
    listing = jpaas.listing(
        Page(SITE + "/col/col55894/index.html", f"<ul>{ROWS}</ul><script>{call}</script>")
    )
    assert (len(listing.entries), len(listing.further)) == (1, 2)


def test_an_answer_of_another_form_is_no_list() -> None:
    for text in ('{"success":false,"data":null}', "[]", '{"data":"x"}'):
        assert jpaas.listing(Page(f"{SITE}{UNIT}?pageId=1", text)).entries == ()


def test_files_of_a_viewer() -> None:
    script = 'var sPdfUrl = "/cms_files/f/attach/20262/A.pdf#/cms_files/f/attach/20262/B.PDF#"; if (sPdfUrl.indexOf(".pdf") != -1) {}'
    page = Page(
        SITE + "/art/2026/art_1.html",
        f'<meta name="ArticleTitle" content="甲局2026年部门预算"><script>{script}</script>',
    )
    assert attachments(page) == (
        Attachment(SITE + "/cms_files/f/attach/20262/A.pdf", "甲局2026年部门预算"),
        Attachment(SITE + "/cms_files/f/attach/20262/B.PDF", "甲局2026年部门预算"),
    )

"""jcms and truecms lists: rows in a store, the others from an endpoint; in the shape of 兰州 and 南通."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from datetime import date
from html import escape

import pytest

from crawler.pages.page import Page
from crawler.platforms import jcms, truecms
from crawler.platforms.protocol import Entry, PageRequest

URL = "http://yjj.lanzhou.gov.cn/col/col10590/index.html"
SITE = "http://yjj.lanzhou.gov.cn"
STORE = (
    '<datastore>\n<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=26&columnid=10590&unitid=7"></a>]]></nextgroup>'
    "<recordset><style>ul li{float:left}</style>"
    "<record><![CDATA[\n<li><a href='/art/2026/2/4/art_10590_565827.html' title='兰州市应急管理局2026年部门预算公开' target=\"_blank\">兰州市应急管理局2026年部...</a><span>02-04</span></li>]]></record>"
    "<record><![CDATA[<li><a href='https://www.lanzhou.gov.cn/art/2025/9/2/art_15334_1552720.html'>兰州市2024年度部门决算公开</a></li>]]></record>"
    "</recordset></datastore>"
)
PARAM = "var param = {col:1,appid:'1',webid:26,path:'/',columnid:'10590',sourceContentType:3,unitid:'7',webname:'兰州市应急管理局'};"
CALL = "$(function(){$('#7').jpage({themeName:'default',totalRecord:%d,dataStore:$('#7').children('script').html(),dataAfter:'<style>li{width:1;}</style>',groupSize:10,proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:15,ajaxParam:param});});"
ENTRIES = (
    Entry(SITE + "/art/2026/2/4/art_10590_565827.html", "兰州市应急管理局2026年部门预算公开"),
    Entry("https://www.lanzhou.gov.cn/art/2025/9/2/art_15334_1552720.html", "兰州市2024年度部门决算公开"),
)
FORM = (
    ("col", "1"), ("appid", "1"), ("webid", "26"), ("path", "/"), ("columnid", "10590"),
    ("sourceContentType", "3"), ("unitid", "7"), ("webname", "兰州市应急管理局"),
)  # fmt: skip


def list_page(store: str, total: int) -> Page:
    return Page(
        URL,
        f'<div id="7"><script type="text/xml">{store}</script></div><script>{PARAM}{CALL % total}</script>',
    )


@pytest.mark.parametrize("store", [STORE, escape(STORE)])
def test_rows_of_a_store_plain_or_escaped(store: str) -> None:
    listing = jcms.listing(list_page(store, 2))
    assert listing.entries == ENTRIES
    assert listing.further == ()


def test_the_other_rows_are_asked_for_by_post() -> None:
    listing = jcms.listing(list_page(STORE, 60))
    proxy = SITE + "/module/web/jpage/dataproxy.jsp"
    assert listing.further == (
        PageRequest(f"{proxy}?startrecord=3&endrecord=47&perpage=15", FORM),
        PageRequest(f"{proxy}?startrecord=48&endrecord=92&perpage=15", FORM),
    )
    assert listing.further[0].method == "POST"
    assert PageRequest.of(listing.further[0].key) == listing.further[0]


def test_the_answer_is_rows_and_leads_no_further() -> None:
    page = Page(f"{SITE}/module/web/jpage/dataproxy.jsp?startrecord=3&endrecord=47&perpage=15", STORE)
    assert jcms.listing(page).entries == ENTRIES
    assert jcms.listing(page).further == ()


def test_without_a_script_the_next_group_is_followed() -> None:
    (further,) = jcms.listing(Page(URL, STORE)).further
    assert further == PageRequest(
        f"{SITE}/module/web/jpage/dataproxy.jsp?page=1&appid=1&webid=26&columnid=10590&unitid=7"
    )


def test_the_fields_may_stand_in_the_store_alone() -> None:
    call = "jQuery(function(){jQuery('#7').jpage({perPage:15,totalRecord:20,params:{},proxyUrl:'/module/web/jpage/dataproxy.jsp',pageName:''})})"
    (further,) = jcms.listing(
        Page(URL, f"<script type='text/xml'>{STORE}</script><script>{call}</script>")
    ).further
    assert further.url.endswith("?startrecord=3&endrecord=47&perpage=15")
    assert further.form == (("appid", "1"), ("webid", "26"), ("columnid", "10590"), ("unitid", "7"))


def test_an_answer_that_counts_its_groups_leads_to_the_next() -> None:
    rows = STORE.partition("<recordset>")[2].removesuffix("</datastore>")
    counted = f"<datastore><totalrecord>40</totalrecord><totalpage>3</totalpage><recordset>{rows}</datastore>"
    asked = f"{SITE}/module/web/jpage/dataproxy.jsp?page=%d&columnid=10590"
    (further,) = jcms.listing(Page(asked % 2, counted)).further
    assert further == PageRequest(asked % 3)
    assert jcms.listing(Page(asked % 3, counted)).further == ()


def test_the_news_of_a_home_page_are_not_paged_through() -> None:
    block = f"<script type='text/xml'>{STORE}</script><script>{PARAM}{CALL % 900}</script>"
    assert jcms.listing(Page(SITE + "/", block * 3)).further == ()


NT = "https://www.nantong.gov.cn"
UUID = "364aafc6-8fb9-45fb-9c35-a05d1420ca4d"
ROW = f'<record><![CDATA[<li><a href="/ntsrmzf/ys_26/content/{UUID}.html">南通市人民政府办公室2026年度部门预算公开</a><span>2026-02-09</span></li>]]></record>'
ROWS = f"<datastore><recordset>{ROW}</recordset></datastore>"
ENTRY = Entry(
    f"{NT}/ntsrmzf/ys_26/content/{UUID}.html", "南通市人民政府办公室2026年度部门预算公开", date(2026, 2, 9)
)


@pytest.mark.parametrize("answer", ["callback(%s)", "%s", "jQuery1.cb_2( %s );"])
def test_truecms_answers_json_or_jsonp(answer: str) -> None:
    url = f"{NT}/truecms/messageController/getMessage.do?startrecord=11"
    page = Page(url, answer % json.dumps({"result": ROWS}, ensure_ascii=False))
    assert truecms.listing(page).entries == (ENTRY,)


def test_truecms_list_and_its_further_pages() -> None:
    script = f"$('#i').jpage({{totalRecord:12,dataBefore:'<ul id=\"content\">',proxyUrl:'/truecms/messageController/getMessage.do',perPage:10,ajaxParam:{{columnId:'{UUID}'}}}});"
    listing = truecms.listing(
        Page(f"{NT}/ntsrmzf/ys_26/ys_26.html", f"<ul id=i>{ROWS}</ul><script>{script}</script>")
    )
    assert listing.entries == (ENTRY,)
    endpoint = f"{NT}/truecms/messageController/getMessage.do"
    assert [further.url for further in listing.further] == [
        f"{endpoint}?startrecord=2&endrecord=11&perpage=10&columnId={UUID}",
        f"{endpoint}?startrecord=12&endrecord=21&perpage=10&columnId={UUID}",
    ]

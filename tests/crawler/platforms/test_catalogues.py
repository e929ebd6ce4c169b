"""Catalogues behind services: 内蒙古, Epoint, Hanweb's xxgk; and what their answers do not hold."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler import platforms
from crawler.pages.attached_files import Attachment
from crawler.pages.page import Page
from crawler.platforms import anhui, epoint, gkmlpt, jiangsu, jpaas, named, neimenggu, xxgk
from crawler.platforms.protocol import Entry, PageRequest, Platform
from crawler.reading.articles import read_article

NM = "https://czt.nmg.gov.cn/yjs/business"


@pytest.mark.parametrize(
    ("address", "bodies"),
    [
        ("page/index?cityCode=150100&areaCode=150121", ["150121zf"]),
        ("page/index?cityCode=150100", ["150100zf"]),
        ("page/index", ["150000zf"]),
        ("page/list?type=2&basicId=150121001", ["150121001"]),
    ],
)
def test_neimenggu_asks_for_the_bodies_a_page_names(address: str, bodies: list[str]) -> None:
    shell = Page(f"{NM}/{address}", "<div id='app'></div>")
    assert platforms.recognise(shell).platform == "neimenggu"
    asked = neimenggu.listing(shell).further
    assert [one.url for one in asked] == [
        f"{NM}/basic/select?id={body}&type={kind}&p=1" for body in bodies for kind in "21"
    ]


def test_neimenggu_says_that_it_does_not_know_the_departments() -> None:
    shell = Page(f"{NM}/page/index?areaCode=150121", "<div class='department-list'></div>")
    assert (neimenggu.listing(shell).gap or ("",))[0] == "shell"
    drawn = replace(shell, text="<li onclick=\"open('list?type=2&basicId=150121005')\">教育局</li>")
    assert neimenggu.listing(drawn).gap is None and len(neimenggu.listing(drawn).further) == 4


def test_neimenggu_from_list_to_files() -> None:
    items = [{"id": 9, "title": "土默特左旗2026年政府预算公开", "publishTime": "2026-02-03 10:00:00"}]
    answer = Page(
        f"{NM}/basic/select?id=150121zf&type=2&p=1", json.dumps({"list": [json.dumps(one) for one in items]})
    )
    listing = neimenggu.listing(answer)
    assert listing.entries == (Entry(f"{NM}/basic/result/9", str(items[0]["title"]), date(2026, 2, 3)),)
    assert [one.url[-3:] for one in listing.further] == ["p=2"]
    last = neimenggu.listing(Page(f"{NM}/basic/select?id=150121zf&type=2&p=2", '{"list": []}'))
    assert (last.further, last.gap) == ((), None)
    files = Page(
        f"{NM}/basic/result/9",
        '{"files":[{"id":"ab","name":"2026年预算","suffix":"pdf"},{"id":"","name":"x"}]}',
    )
    assert read_article(files, neimenggu).attachments == (
        Attachment(f"{NM}/file/download/ab", "2026年预算.pdf"),
    )


XZ = "http://www.xz.gov.cn"
COLUMN = f"{XZ}/dynamic/zwgk/govInfoPub.html?categorynum=003016&deptcode=001"
SERVICE = f"{XZ}/EWB-FRONT/rest/lightfrontaction/getgovinfolist"


def test_epoint_from_column_to_service() -> None:
    (script,) = epoint.listing(Page(COLUMN, '<script src="/js/webBuilderCommon.js"></script>')).further
    assert script.url == f"{XZ}/js/webBuilderCommon.js?deptcode=001&categorynum=003016"
    (asked,) = epoint.listing(
        Page(script.url, 'var siteInfo = {"siteGuid":"7eb5","projectName":"/EWB-FRONT"};')
    ).further
    assert (asked.url, asked.method, asked.content_type) == (SERVICE, "POST", "application/json")
    assert json.loads(asked.json) == {
        "deptcode": "001",
        "categorynum": "003016",
        "pageIndex": 0,
        "pageSize": 20,
        "siteGuid": "7eb5",
    }
    assert PageRequest.of(asked.key) == replace(asked, title="")
    assert (epoint.listing(Page(script.url, "alert(1)")).gap or ("",))[0] == "shell"


def test_epoint_asks_in_the_other_form_where_the_first_is_not_understood() -> None:
    flat = json.dumps({"categorynum": "003016", "pageIndex": 0})
    (wrapped,) = epoint.listing(Page(SERVICE, '{"status":{"code":500}}', sent=flat)).further
    assert json.loads(wrapped.json) == {"token": "", "params": json.loads(flat)}
    rows = [{"title": "甲局2026年部门预算", "infourl": "/a/20260203/1.html", "infodate": "2026-02-03"}]
    answer = Page(
        SERVICE, json.dumps({"custom": json.dumps({"data": rows, "total": "41"})}), sent=wrapped.json
    )
    listing = epoint.listing(answer)
    assert listing.entries == (Entry(f"{XZ}/a/20260203/1.html", "甲局2026年部门预算", date(2026, 2, 3)),)
    assert [json.loads(one.json)["params"]["pageIndex"] for one in listing.further] == [1, 2]
    refused = epoint.listing(Page(SERVICE, '{"status":{"code":500}}', sent=wrapped.json))
    assert refused.gap == ("answer", "no JSON") and not refused.further


ZJ = "http://www.a.gov.cn"


def test_xxgk_loads_what_its_script_names() -> None:
    call = "loadDynamic('/module/xxgk/search.jsp?standardXxgk=1&infotypeId=A08&area=11330', 'div4','A08','0','950','7','','');"
    (asked,) = xxgk.listing(Page(f"{ZJ}/col/col1/index.html", f"<script>{call}</script>")).further
    form = dict(asked.form)
    assert asked.url == f"{ZJ}/module/xxgk/search.jsp"
    assert (form["infotypeId"], form["area"], form["divid"], form["jdid"], form["currpage"]) == (
        "A08",
        "11330",
        "div4",
        "7",
        "1",
    )


def test_xxgk_tree_offers_its_subjects() -> None:
    markup = "d.add(1,0,'<a onclick=\"funclick(\\'A08\\',\\'\\');\">财政预决算</a>');"
    (subject,) = xxgk.listing(
        Page(f"{ZJ}/module/xxgk/tree.jsp?area=11330&divid=div4", f"<script>{markup}</script>")
    ).columns
    asked = PageRequest.of(subject.url)
    assert (subject.title, dict(asked.form)["infotypeId"], dict(asked.form)["area"]) == (
        "财政预决算",
        "A08",
        "11330",
    )


def test_xxgk_answer_counts_its_pages() -> None:
    row = "<tr class='tr_main_value_odd'><td><a href='/art/2026/2/3/art_1_2.html' title='甲局2026年部门预算'>甲局</a></td><td>2026-02-03</td></tr>"
    page = Page(
        f"{ZJ}/module/xxgk/search.jsp",
        f"<table>{row}</table>共3页",
        sent="infotypeId=A08&area=11330&currpage=1",
    )
    listing = xxgk.listing(page)
    assert listing.entries == (
        Entry(f"{ZJ}/art/2026/2/3/art_1_2.html", "甲局2026年部门预算", date(2026, 2, 3)),
    )
    assert [dict(one.form)["currpage"] for one in listing.further] == ["2", "3"]
    assert (xxgk.listing(Page(page.url, "<p>error</p>", sent=page.sent)).gap or ("",))[0] == "answer"


def test_programs_are_paged_by_their_own_parameter() -> None:
    for module, address, parameter in (
        (named("ilist"), "/info/iList.jsp?node_id=GKmzs&cat_id=1", "cur_page"),
        (named("jtopcms"), "/public-policy.thtml?id=1", "pn"),
    ):
        pages = module.listing(Page(ZJ + address, "<p>第1/3页</p>")).next_pages
        assert [parse_qs(urlsplit(url).query)[parameter] for url in pages] == [["2"], ["3"]]


def test_openness_finance_lists_departments() -> None:
    markup = "".join(
        f'<a href="/OpennessContent/?branch_id=5c{n}&column_code=20400">教育局</a>' for n in range(3)
    )
    page = Page(f"{ZJ}/openness/OpennessFinance/", markup)
    assert platforms.recognise(page).platform == "anhui"
    assert len(anhui.listing(page).columns) == 3


@pytest.mark.parametrize(
    ("module", "address", "answer"),
    [
        (gkmlpt, "/gkmlpt/api/all/257?page=1&sid=7", {"code": 500, "message": "参数错误"}),
        (
            jpaas,
            "/api-gateway/jpaas-publish-server/front/page/build/unit?webId=1",
            {"code": "500", "msg": "模板不存在"},
        ),
        (jiangsu, "/front/budgetfinal/itemsandpag.do", {"success": False}),
        (neimenggu, "/yjs/business/basic/select?id=1zf&type=2&p=1", {"msg": "系统异常"}),
    ],
)
def test_an_answer_of_another_form_is_no_empty_list(module: Platform, address: str, answer: object) -> None:
    """Nothing is known of a body whose service answers with an error."""
    assert (module.listing(Page(ZJ + address, json.dumps(answer))).gap or ("",))[0] == "answer"

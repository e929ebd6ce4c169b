"""Systems of one province: 安徽, 河北, 广东, 江苏, 宁波, 山西, in the shape of their pages."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

from crawler import platforms
from crawler.pages.attached_files import Attachment, attachments
from crawler.pages.page import Page
from crawler.platforms import anhui, gkmlpt, hebei, jiangsu
from crawler.platforms.protocol import Entry, PageRequest
from crawler.reading.articles import body_text, read_article
from crawler.reading.kinds import shows_article

UUID = "f642cf94-0260-4dd4-b1da-c97ada2f2d33"


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


# -- 安徽 ---------------------------------------------------------------------------------------------------
AH = "https://www.ahqimen.gov.cn"
COLUMN = f"{AH}/zwgk/public/column/6615904?type=4&catId=6718734&action=list"
LOADER = 'Ls.ajax({dataType:"html",url:"/zwgk/site/label/8888",data:{"labelName":"publicInfoList","siteId":"6793339","pageSize":"20","pageIndex":pageIndex,"organId":"6615904","type":"4","catId":catId,"file":"/c2/publicInfoList_newest"}})'
LINE = '<li><a href="/zwgk/public/6615904/11234567.html" title="祁门县教育局2026年部门预算">祁门县教育局…</a><span class="date">2026-02-11</span></li>'
ROW = Entry(f"{AH}/zwgk/public/6615904/11234567.html", "祁门县教育局2026年部门预算", date(2026, 2, 11))


def test_anhui_shell_loads_its_list() -> None:
    (first,) = anhui.listing(Page(COLUMN, f"<script>{LOADER}</script>")).further
    assert first.url.startswith(f"{AH}/zwgk/site/label/8888?")
    asked = query(first.url)
    assert (asked["pageIndex"], asked["catId"], asked["siteId"], asked["IsAjax"]) == (
        "1",
        "6718734",
        "6793339",
        "1",
    )


def test_anhui_answer_counts_the_pages() -> None:
    page = Page(
        f"{AH}/zwgk/site/label/8888?labelName=publicInfoList&catId=1&pageIndex=1",
        LINE + "{pageCount:3,currPage:1}",
    )
    listing = anhui.listing(page)
    assert listing.entries == (ROW,)
    assert [query(further.url)["pageIndex"] for further in listing.further] == ["2", "3"]


def test_anhui_page_with_its_list_asks_for_the_others_only() -> None:
    listing = anhui.listing(Page(COLUMN, f"{LINE}<script>{LOADER};x={{pageCount:2}}</script>"))
    assert [query(further.url)["pageIndex"] for further in listing.further] == ["2"]


def test_anhui_older_generation() -> None:
    markup = '<a href="/OpennessContent/show/85522.html">阿荣旗2026年政府预算</a>2026-01-30<a href="/OpennessContent/showList/2/205/page_2.html">2</a>'
    listing = anhui.listing(Page(f"{AH}/OpennessContent/showList/2/205/page_1.html", markup))
    assert [entry.title for entry in listing.entries] == ["阿荣旗2026年政府预算"]
    assert listing.next_pages == (f"{AH}/OpennessContent/showList/2/205/page_2.html",)


# -- 河北 ---------------------------------------------------------------------------------------------------
def test_hebei_block_and_its_pages() -> None:
    numbers = f'{{"AppUrl":"https://www.sjz.gov.cn/yjsgk","page":1,"pageSize":20,"totalPages":3,"webid":103,"colid":"{UUID}","tid":"t-1","keyword":"","fix":"0","scid":"null"}}'
    link = f"https://www.sjz.gov.cn/yjsgk/columns/{UUID}/202602/11/{UUID}.html"
    markup = f'<div><a href="{link}">石家庄市交通运输局2026年部门预算公开</a></div><div><a href="{link}">2026-02-11</a></div><input type="hidden" id="pagingProp_b-1" value=\'{numbers}\'/>'
    listing = hebei.listing(Page(f"https://www.sjz.gov.cn/yjsgk/columns/{UUID}/index.html", markup))
    assert listing.entries == (Entry(link, "石家庄市交通运输局2026年部门预算公开", date(2026, 2, 11)),)
    block = f"https://www.sjz.gov.cn/yjsgk/columns/{UUID}/templates/t-1/blocks/b-1"
    assert [further.url for further in listing.further] == [f"{block}?page=2&fix=0", f"{block}?page=3&fix=0"]
    assert hebei.listing(Page(link, '<input id="pagingProp_x" value="{broken">')).further == ()


# -- 广东 ---------------------------------------------------------------------------------------------------
GD = "http://fscz.foshan.gov.cn"
TREE = json.dumps([{"id": 252, "name": "组织机构", "jump_url": "", "children": [{"id": 263, "name": "领导分工", "jump_url": None, "children": []}]},
                   {"id": 257, "name": "财政预决算", "jump_url": None, "children": []},
                   {"id": 261, "name": "依申请公开", "jump_url": "http://ysq.foshan.gov.cn/", "children": []}])  # fmt: skip
SHELL = f"<script>window._CONFIG = {{ SID: '757020', DETAIL: null, TREE: {TREE}, X: '' }};</script>"


def test_gkmlpt_categories_are_columns() -> None:
    listing = gkmlpt.listing(Page(GD + "/gkmlpt/index", SHELL))
    assert [(column.title, column.url) for column in listing.columns] == [
        ("组织机构", f"{GD}/gkmlpt/api/all/252?page=1&sid=757020"),
        ("领导分工", f"{GD}/gkmlpt/api/all/263?page=1&sid=757020"),
        ("财政预决算", f"{GD}/gkmlpt/api/all/257?page=1&sid=757020"),
    ]
    assert listing.further == ()
    (chosen,) = gkmlpt.listing(Page(GD + "/czj/gkmlpt/index#257", SHELL)).further
    assert chosen == PageRequest(f"{GD}/czj/gkmlpt/api/all/257?page=1&sid=757020", title="财政预决算")


def test_gkmlpt_answer() -> None:
    articles = [{"title": "佛山市财政局2026年部门预算", "url": GD + "/gkmlpt/content/6/6481/post_6481234.html", "post_url": "", "display_publish_time": 1772423012},
                {"title": "佛山市财政局2024年部门决算", "url": "", "post_url": "/czj/content/post_1.html", "created_at": "2025-09-01 10:00:00"}]  # fmt: skip
    listing = gkmlpt.listing(
        Page(GD + "/gkmlpt/api/all/257?page=1&sid=757020", json.dumps({"total": 5, "articles": articles}))
    )
    assert listing.entries == (
        Entry(
            GD + "/gkmlpt/content/6/6481/post_6481234.html", "佛山市财政局2026年部门预算", date(2026, 3, 2)
        ),
        Entry(GD + "/czj/content/post_1.html", "佛山市财政局2024年部门决算", date(2025, 9, 1)),
    )
    assert [query(further.url)["page"] for further in listing.further] == ["2", "3"]


def test_gkmlpt_article_as_data() -> None:
    detail = json.dumps(
        {
            "id": 1,
            "content": '<p><a href="/attachment/0/5/5487/2.xlsx" alt="附件2.xlsx">附件</a></p>',
            "attachment": [{"name": "预算.pdf", "url": "/attachment/0/5/5487/1.pdf"}],
        }
    )
    page = Page(
        GD + "/gkmlpt/content/5/5487/post_5487.html",
        f"<script>window._CONFIG = {{DETAIL: {detail}, TREE: []}}</script>",
    )
    assert set(attachments(page, gkmlpt.links(page))) == {
        Attachment(GD + "/attachment/0/5/5487/1.pdf", "预算.pdf"),
        Attachment(GD + "/attachment/0/5/5487/2.xlsx", "附件2.xlsx"),
    }


def test_gkmlpt_article_as_data_is_an_announcement() -> None:
    detail = json.dumps(
        {
            "title": "佛山市财政局2026年部门预算",
            "display_publish_time": 1772423012,
            "publisher": "佛山市财政局",
            "content": "<p>第一部分 部门概况，第二部分 预算报表，第三部分 说明</p>",
            "attachment": [{"name": "预算.pdf", "url": "/attachment/0/5/5487/1.pdf"}],
        }
    )
    shell = f"<script>window._CONFIG = {{DETAIL: {detail}, TREE: []}}</script>"
    page = Page(GD + "/gkmlpt/content/5/5487/post_5487.html", shell)
    read = read_article(page, gkmlpt)
    assert shows_article(read.page, gkmlpt.listing(read.page))
    assert (read.title, read.published_on) == ("佛山市财政局2026年部门预算", date(2026, 3, 2))
    assert read.source == "佛山市财政局" and "部门概况" in body_text(read.page)
    assert read.attachments == (Attachment(GD + "/attachment/0/5/5487/1.pdf", "预算.pdf"),)


def test_nfcms_counts_from_one() -> None:
    markup = '<a href="http://wglj.gz.gov.cn/czxx/content/post_10745035.html" title="广州市文化广电旅游局2026年部门预算">广州市…</a><em>2026-03-26</em><a href="index.html">1</a><a href="index_2.html">2</a><a href="index_2.html">下一页</a>'
    listing = platforms.named("nfcms").listing(Page("http://wglj.gz.gov.cn/czxx/index.html", markup))
    assert [entry.title for entry in listing.entries] == ["广州市文化广电旅游局2026年部门预算"]
    assert listing.next_pages == ("http://wglj.gz.gov.cn/czxx/index_2.html",)


# -- 江苏, 宁波, 山西 -----------------------------------------------------------------------------------------
JS = "http://yjsgk.jsczt.cn/front"


def test_jiangsu_from_region_to_files() -> None:
    shell = Page(
        "http://yjsgk.jsczt.cn/#/overView?code=320206000",
        '<div id="app"></div><script src="/static/js/app.js"></script>',
    )
    assert platforms.recognise(shell).platform == "jiangsu"
    departments = jiangsu.listing(shell).further
    year = date.today().year
    assert departments[1] == PageRequest(
        f"{JS}/department/getdepartmentname.do",
        (("pid", "320206000"), ("departmentName", ""), ("date", str(year)), ("typeid", "2")),
        f"{year}年部门预算公开",
    )
    answer = Page(
        departments[1].url,
        '[{"iid":"7","name":"教育局","pid":"1","dtype":"1"}]',
        heading=departments[1].title,
    )
    (items,) = jiangsu.listing(answer).further
    assert items == PageRequest(
        f"{JS}/budgetfinal/itemsandpag.do",
        (("page_num", "1"), ("groupid", "7"), ("typeid", "2"), ("date", str(year))),
        f"教育局{year}年部门预算公开",
    )
    (entry,) = jiangsu.listing(
        Page(items.url, '{"budgetTemplates":[{"uuid":"ab"}]}', heading=items.title)
    ).entries
    assert (entry.title, entry.url) == (
        items.title,
        f"{JS}/budgetfinal/getTemporaryFiles.do?__wb_method=POST&uuid=%27ab%27",
    )
    assert entry.request == PageRequest.of(entry.url)
    files = Page(
        f"{JS}/budgetfinal/getTemporaryFiles.do",
        '[{"iid":9,"t_oldname":"教育局预算.pdf","t_uploaddate":"2026-02-03"}]',
    )
    assert read_article(files, jiangsu).published_on == date(2026, 2, 3)
    assert attachments(files, jiangsu.links(files)) == (
        Attachment(f"{JS}/budgetfinal/download.do?iid=9", "教育局预算.pdf"),
    )


def test_ningbo_list_and_files() -> None:
    base = "http://yjs.czj.ningbo.gov.cn/gkxxzl/nbcs/budget/"
    listing = platforms.named("ningbo").listing(
        Page(
            base + "main?gklb=1000&XZQH=330206",
            '<li><a href="detail?FBXH=2026\\1000.html">北仑区教育局2026年部门预算</a>2026-03-03</li>',
        )
    )
    assert listing.entries == (
        Entry(base + "detail?FBXH=2026%5C1000.html", "北仑区教育局2026年部门预算", date(2026, 3, 3)),
    )
    click = "location.href=encodeURI('../../filedown?WJCFLJ=bbsb/2026/预算表.pdf&WJMC=预算表.pdf');"
    page = Page(
        base + "detail?FBXH=2026%5C1000.html",
        f'<a href="javascript:void(0)" onclick="{click}"><img src="i.png">预算表.pdf</a>',
    )
    (file,) = attachments(page, platforms.links(page, platforms.named("ningbo")))
    assert file.name == "预算表.pdf"
    assert file.url.startswith("http://yjs.czj.ningbo.gov.cn/gkxxzl/filedown?WJCFLJ=bbsb/2026/")


def test_shanxi_is_known_and_not_guessed_at() -> None:
    listing = platforms.named("shanxi").listing(
        Page("https://czt.shanxi.gov.cn/bmp_pub/index_gfa.html?ADMDIV=140107000", "<div id=app></div>")
    )
    assert (listing.entries, listing.further) == ((), ())

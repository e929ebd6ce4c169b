"""VSB, UCAP and /r/cms lists and files, in the shape of 临沂, 苏州 and 郑州."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from datetime import date

import pytest

from crawler.pages.attached_files import Attachment, attachments, identity
from crawler.pages.page import Page
from crawler.platforms import links, named, ucap, vsb
from crawler.platforms.protocol import Entry

LY = "http://czj.linyi.gov.cn"


def test_vsb_pages_are_numbered_backwards() -> None:
    markup = '<li><a href="../info/1017/28156.htm" title="临沂市财政局2026年部门预算">临沂市…</a><span>2026-02-12</span></li><a href="czxx/12.htm">2</a><a href="czxx/11.htm">3</a><a href="czxx/1.htm">尾页</a>'
    listing = vsb.listing(Page(LY + "/zfxxgk/czxx.htm", markup))
    assert listing.entries == (
        Entry(LY + "/info/1017/28156.htm", "临沂市财政局2026年部门预算", date(2026, 2, 12)),
    )
    assert listing.next_pages == tuple(f"{LY}/zfxxgk/czxx/{number}.htm" for number in range(12, 0, -1))
    second = vsb.listing(
        Page(LY + "/zfxxgk/czxx/12.htm", '<a href="../czxx.htm">1</a><a href="11.htm">下页</a>')
    )
    assert LY + "/zfxxgk/czxx.htm" in second.next_pages and LY + "/zfxxgk/czxx/1.htm" in second.next_pages


def test_vsb_columns_end_like_articles() -> None:
    listing = vsb.listing(
        Page(
            LY + "/index.htm",
            '<a href="zfxxgk/czys.htm">财政预算</a><a href="info/1017/1.htm">甲局2026年部门预算</a>',
        )
    )
    assert (LY + "/zfxxgk/czys.htm", "财政预算") in [(column.url, column.title) for column in listing.columns]
    assert [entry.url for entry in listing.entries] == [LY + "/info/1017/1.htm"]


def test_vsb_files() -> None:
    markup = (
        '<meta name="ArticleTitle" content="甲局2026年部门预算"><script>showVsbpdfIframe("/__local/F/BD/1.pdf?e=.pdf","100%","600","0")</script>'
        '<li>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2">预算表.xlsx</a>】已下载</li>'
        '<a href="/virtual_attach_file.vsb?afc=x&oid=1&e=.pdf">说明</a><a href="/virtual_attach_file.vsb?afc=y&oid=1&e=.jpg"><img src="x"></a>'
    )
    page = Page(LY + "/info/1017/1.htm", markup)
    assert [(file.url.removeprefix(LY), file.name) for file in attachments(page, vsb.links(page))] == [
        ("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2", "预算表.xlsx"),
        ("/virtual_attach_file.vsb?afc=x&oid=1&e=.pdf", "说明"),
        ("/__local/F/BD/1.pdf?e=.pdf", "甲局2026年部门预算"),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/szqts/fzscjgjs/202512/f747bf24c1d542eba1e74fa19ab739c8.shtml",
        "/haerbin/c107001/202602/c01_123456.shtml",
    ],
)
def test_ucap_list(path: str) -> None:
    site = "http://scjgj.suzhou.gov.cn"
    markup = f"<li><a href=\"{path}\" title=\"苏州市市场监督管理局2026年部门预算\">苏州市…</a><span>2026-02-12</span></li><a href=\"/szqts/bmys/nav_list.shtml\">部门预算</a><script>createPageHTML('page_div',2, 1,'nav_list','shtml',22);</script>"
    listing = ucap.listing(Page(site + "/szqts/fzscjgjs/nav_list.shtml", markup))
    assert listing.entries == (Entry(site + path, "苏州市市场监督管理局2026年部门预算", date(2026, 2, 12)),)
    assert listing.next_pages == (site + "/szqts/fzscjgjs/nav_list_2.shtml",)
    assert [column.title for column in listing.columns] == ["部门预算"]


def test_ucap_shell_and_its_service() -> None:
    site = "https://www.klmy.gov.cn"
    channel = "db9694580ad74929979e1981b8c534f9"
    shell = f'<meta id="channelId" content="{channel}"><div id="list"></div><script>$.get("/common/search/" + channelId)</script>'
    (first,) = ucap.listing(Page(site + "/klmys/c100186/list.shtml", shell)).further
    assert first.url.startswith(
        f"{site}/common/search/{channel}?_isAgg=true&_isJson=true&"
    ) and first.url.endswith("&page=1")
    result = '{"title":"克拉玛依市财政局2026年部门预算","url":"//www.klmy.gov.cn/klmys/c100186/202602/12cf558ed5584d25b75d1f4e709f8746.shtml","publishedTimeStr":"2026-02-12 17:18:49"}'
    listing = ucap.listing(Page(first.url, f'{{"data":{{"results":[{result}],"total":3}}}}'))
    assert listing.entries == (
        Entry(
            f"{site}/klmys/c100186/202602/12cf558ed5584d25b75d1f4e709f8746.shtml",
            "克拉玛依市财政局2026年部门预算",
            date(2026, 2, 12),
        ),
    )
    assert [further.url[-7:] for further in listing.further] == ["&page=2", "&page=3"]
    assert (
        ucap.listing(Page(listing.further[0].url, f'{{"data":{{"results":[{result}],"total":3}}}}')).further
        == ()
    )


def test_rcms_list_and_signed_files() -> None:
    site = "https://public.zhengzhou.gov.cn"
    markup = '<a href="/D0104X/9171458.jhtml">2025年郑州市交通运输局部门预算公开</a><a href="/?a=dir&d=21&p=D1">财政预决算</a><a href="index_2.jhtml">下一页</a>'
    listing = named("rcms").listing(Page(site + "/D0104X/index.jhtml", markup))
    assert [entry.url for entry in listing.entries] == [site + "/D0104X/9171458.jhtml"]
    assert listing.next_pages == (site + "/D0104X/index_2.jhtml",)
    assert [column.title for column in listing.columns] == ["财政预决算"]
    page = Page(
        site + "/D0104X/9171458.jhtml",
        '<ul><li><a href="/attachment/%E6%8A%A5%E5%91%8A.pdf?aNrfDG_N6prIHCBaAAy9blO-15Y9Jxp9==">报告.pdf</a></li></ul>',
    )
    (file,) = attachments(page, links(page, named("rcms")))
    assert file == Attachment(
        site + "/attachment/%E6%8A%A5%E5%91%8A.pdf?aNrfDG_N6prIHCBaAAy9blO-15Y9Jxp9==", "报告.pdf"
    )
    assert identity(file.url) == site + "/attachment/%E6%8A%A5%E5%91%8A.pdf"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.gov.cn/down.jsp?aNrfDG_N6prIHCBaAAy9blO",
        "http://a.gov.cn/x.pdf?v=2",
        "http://a.gov.cn/x.pdf?id=aNrfDG_N6prIHCBaAAy9blO",
        "http://a.gov.cn/x.pdf",
    ],
)
def test_other_queries_are_part_of_the_address(url: str) -> None:
    assert identity(url) == url

"""Links to files in every form of cms.md, and names in every form of Content-Disposition."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import pytest

from crawler.pages.attached_files import Attachment, attachments, disposition_name, is_attachment
from crawler.pages.page import Page

URL = "http://www.mianxian.gov.cn/czyjs/202602/t20260212_1.html"
HERE = "http://www.mianxian.gov.cn/czyjs/202602/"


def found(markup: str) -> list[tuple[str, str]]:
    return [(file.url.removeprefix(HERE), file.name) for file in attachments(Page(URL, markup))]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            '<a appendix="true" href="./P020260302346748437806.pdf" title="局2026年预算.pdf" oldsrc="/protect/P1.pdf">局</a>',
            [("P020260302346748437806.pdf", "局2026年预算.pdf")],
        ),
        ('<a href="./W020.xls">附件：部门预算表</a>', [("W020.xls", "附件：部门预算表")]),
        ('<a href="W020.OFD">点击下载</a>', [("W020.OFD", "")]),
        (
            "<script>var file_appendix='<a href=\"./P1.pdf\">甲局.pdf</a>';</script>",
            [("P1.pdf", "甲局.pdf")],
        ),
        (
            "<script>document.write('<td> <a href=\"./P1.pdf\" \\'download=\"1\"\\'>甲&amp;乙.pdf</a><BR/>"
            "<a href=\"./P2.pdf\" \\'download=\"1\"\\'>乙.pdf</a><\\/td>');</script>",
            [("P1.pdf", "甲&乙.pdf"), ("P2.pdf", "乙.pdf")],
        ),
        (
            '<a href="./P1.pdf\n./P2.pdf">甲.pdf乙.pdf<a href="./P1.pdf">甲.pdf</a><a href="./P2.pdf">乙.pdf</a></a>',
            [("P1.pdf", "甲.pdf"), ("P2.pdf", "乙.pdf")],
        ),
        ('<iframe src="/uploadfiles/202602/12/1.pdf"></iframe>',
         [("http://www.mianxian.gov.cn/uploadfiles/202602/12/1.pdf", "")]),
        (
            '<a href="/module/download/downfile.jsp?filename=b3c7c60b78f342b0a736670e38692a7f.pdf&amp;classid=0'
            '&amp;showname=%E9%A2%84%E7%AE%97.pdf">下载</a>',
            [("http://www.mianxian.gov.cn/module/download/downfile.jsp?filename=b3c7c60b78f342b0a736670e38692a7f.pdf"
              "&classid=0&showname=%E9%A2%84%E7%AE%97.pdf", "预算.pdf")],
        ),
        ('<a href="/attachment/x.pdf?Expires=1&amp;sign=abc">甲</a><a href="http://app.www.gov.cn/d.zip">客户端</a>',
         [("http://www.mianxian.gov.cn/attachment/x.pdf?Expires=1&sign=abc", "甲")]),
        # a click that hands an address to a script; the other texts of the call are names
        (
            "<a href=\"javascript:;\" onclick=\"openFile('./W1.ofd','甲局预算.ofd')\">在线浏览</a>",
            [("W1.ofd", "甲局预算.ofd")],
        ),
        (
            "<a href=\"javascript:down('./W1.xls')\" title=\"预算表\">下载</a><button onclick=\"location.href='/index.html'\">首页</button>",
            [("W1.xls", "预算表")],
        ),
        # a viewer shows the file that its query names
        (
            '<iframe src="/pdfjs/web/viewer.html?file=/czyjs/202602/P1.pdf"></iframe>',
            [("P1.pdf", "")],
        ),
        (
            '<div data-url="./P1.pdf" title="甲局2026年部门预算"></div><img data-src="./P1.jpg">',
            [("P1.pdf", "甲局2026年部门预算")],
        ),
        (
            '<a class="nfw-cms-attachment" href="./1.xlsx" alt="附件1：预算表.xlsx">附件</a>',
            [("1.xlsx", "附件1：预算表.xlsx")],
        ),
        (
            "<script>var sPdfUrl = \"./A.pdf#./B.pdf#\"; var title = 'x/y'; var pdfWidth = '100%';</script>",
            [("A.pdf", ""), ("B.pdf", "")],
        ),
        # the name in the address is better than what the link says
        (
            '<a href="down.jsp?f=1&showname=%E9%A2%84%E7%AE%97.pdf">pdf文件浏览</a>',
            [("down.jsp?f=1&showname=%E9%A2%84%E7%AE%97.pdf", "预算.pdf")],
        ),
        # attributes of every kind, in capitals, and what stands in an object or a frame
        ('<DIV DATA-FILE-URL="./P1.PDF" TITLE="预算表"></DIV><a fileurl="./P2.rar" href="#">下载</a><span data-x="/9/a"></span>',
         [("P1.PDF", "预算表"), ("P2.rar", "")]),
        ('<object><param name="src" value="./P1.pdf"></object><frame src="./P2.pdf">', [("P1.pdf", ""), ("P2.pdf", "")]),
        ('<A HREF="JavaScript:void(0)" ONCLICK="window.open(\'./P1.XLSX\')">表</A>', [("P1.XLSX", "表")]),
        # addresses in scripts and fields, with the name beside them
        ('<script>PDFObject.embed("./P1.pdf", "#pdf"); var u = "./" + id + "/a.pdf";</script>', [("P1.pdf", "")]),
        ('<script>var attach=[{"name":"预算表.xlsx","url":".\\/P1.xlsx"},{"name":"乙.pdf","url":"./P2.pdf"}];</script>',
         [("P1.xlsx", "预算表.xlsx"), ("P2.pdf", "乙.pdf")]),
        ('<a href="./P1.pdf">甲.pdf</a><script>show("/other/P1.pdf")</script>', [("P1.pdf", "甲.pdf")]),
        ('<textarea>&lt;p&gt;&lt;a href="./P1.pdf"&gt;甲.pdf&lt;/a&gt;&lt;/p&gt;</textarea>', [("P1.pdf", "甲.pdf")]),
        # a service without a form of its own, recognised by the name it is linked with
        ('<a href="./downloadattach?id=3">甲.pdf</a><a href="./download/4711">附件：乙.xls</a><a href="./show.html">丙.xls</a>',
         [("downloadattach?id=3", "甲.pdf"), ("download/4711", "附件：乙.xls")]),
        ('<a href="./P1.PDF;jsessionid=AB">甲</a><a href="./P2.pdf ">乙</a>', [("P1.PDF;jsessionid=AB", "甲"), ("P2.pdf", "乙")]),
        ('<a href="https://view.officeapps.live.com/op/view.aspx?src=http%3A%2F%2Fwww.mianxian.gov.cn%2Fczyjs%2F202602%2FP1.xlsx">表</a>',
         [("P1.xlsx", "表")]),
        ('<a href="t20260212_2.html">2026年预算</a><img src="./P1.png"><a href="javascript:down(\'a.pdf\')">a</a>', []),
    ],
)  # fmt: skip
def test_attachments(markup: str, expected: list[tuple[str, str]]) -> None:
    assert found(markup) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2",
        "/virtual_attach_file.vsb?afc=x&oid=1&e=.pdf",
        "/truecms/attachmentController/download.do?id=650d48cd-5de7-4ee1-ade8-a5af5b87ee52",
        "/viewFile.do?type=2&filename=a.docx&file=1",
        "/attachment/1/1698/1698584/12706098.xlsx",
        "/api-gateway/jpaas-web-server/front/document/download?fileUrl=a&fileName=b",
        "/f372ea199a2347e7b5c10de542c24741/files/c73be601e2f444cc8fd82a2662abca23.rar",
        "/files?name=a&filename=%E9%A2%84%E7%AE%97.xls",
    ],
)
def test_addresses_of_files(path: str) -> None:
    assert is_attachment("http://a.gov.cn" + path)


@pytest.mark.parametrize(
    "path", ["/", "/a.html", "/a.jsp?id=3", "/download/", "/a.png", "/app/about/download.jsp"]
)
def test_addresses_of_pages(path: str) -> None:
    assert not is_attachment("http://a.gov.cn" + path)


def test_a_file_linked_twice_is_one_with_its_best_name() -> None:
    page = Page(URL, '<a href="P1.pdf">下载</a><a href="./P1.pdf" title="甲局2026年部门预算.pdf">甲局…</a>')
    assert attachments(page) == (Attachment(HERE + "P1.pdf", "甲局2026年部门预算.pdf"),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"attachment; filename*=UTF-8''%E9%A2%84%E7%AE%97.pdf", "预算.pdf"),
        (b"attachment; filename=\"x.pdf\"; filename*=utf-8''%E9%A2%84%E7%AE%97.pdf", "预算.pdf"),
        (b"attachment; filename*=GBK''%D4%A4%CB%E3.pdf", "预算.pdf"),
        ('attachment;filename="预算.xls"'.encode("gbk"), "预算.xls"),
        ('attachment;filename="预算.xls"'.encode(), "预算.xls"),
        (b"attachment;filename=%E9%A2%84%E7%AE%97.pdf", "预算.pdf"),
        (b"attachment;filename=%D4%A4%CB%E3.pdf", "预算.pdf"),
        (b'attachment; filename="=?UTF-8?B?6aKE566XLnBkZg==?="', "预算.pdf"),
        ("attachment; filename=2026年 部门预算.doc; size=3".encode(), "2026年 部门预算.doc"),
        (b'attachment; filename="C:\\\\upload\\\\a.doc"', "a.doc"),
        (b'attachment; filename=""', None),
        (b"inline", None),
        (b"", None),
    ],
)
def test_disposition_name(value: bytes, expected: str | None) -> None:
    assert disposition_name(value) == expected

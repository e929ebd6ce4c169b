"""Bytes to text to tree, in the encodings and the disorder of real pages."""

from __future__ import annotations

import pytest

from crawler.pages.page import MOST_LINKS, Page, decode, squeeze

TEXT = "<html><head><meta charset={}></head><body>财政预算镕</body></html>"


@pytest.mark.parametrize(
    ("label", "encoding", "content_type"),
    [
        ("utf-8", "utf-8", None),
        ("gb2312", "gbk", None),  # the label names less than is used
        ("utf-8", "gb18030", None),  # the label lies
        ("gbk", "utf-8", None),
        ("", "utf-8", "text/html; charset=utf-8"),
        ("", "gbk", "text/html; charset=GBK"),
        ("utf-8", "gbk", "text/html; charset=GBK"),
        ("", "utf-8-sig", None),
    ],
)
def test_decode(label: str, encoding: str, content_type: str | None) -> None:
    text, _ = decode(TEXT.format(label).encode(encoding), content_type)
    assert "财政预算镕" in text


def test_decode_replaces_only_what_no_encoding_reads() -> None:
    assert decode(b"<meta charset=utf-8>\xe9\xa2\x84\xff\xff")[0] == "<meta charset=utf-8>预\ufffd\ufffd"


def test_meta_names_in_every_spelling() -> None:
    page = Page(
        "http://a.gov.cn/",
        '<meta name=" ColumnName " content="预算 "><META CONTENT="2026-3-2" NAME="pubdate"/>'
        '<meta name="SiteName" content=""><meta name="sitename" content="勉县">',
    )
    assert page.meta == {"columnname": "预算", "pubdate": "2026-3-2", "sitename": "勉县"}


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("./202602/t1.html", "http://a.gov.cn/x/202602/t1.html"),
        (" ..\\b.htm#top", "http://a.gov.cn/b.htm"),
        ("//b.gov.cn/c", "http://b.gov.cn/c"),
        ("javascript:void(0)", None),
        ("mailto:a@b.cn", None),
        ("#", None),
        ("", None),
        ("ftp://a/b", None),
        ("http://[::1", None),
    ],
)
def test_absolute(href: str, expected: str | None) -> None:
    assert Page("http://a.gov.cn/x/index.html", "<html></html>").absolute(href) == expected


def test_chinese_in_addresses_is_written_as_browsers_write_it() -> None:
    page = Page.from_bytes("http://a.gov.cn/", "<meta charset=gbk><a>预算</a>".encode("gbk"))
    assert page.absolute("附件 1.pdf?n=预算") == "http://a.gov.cn/%E9%99%84%E4%BB%B6%201.pdf?n=%D4%A4%CB%E3"
    assert page.absolute("%B8%BD.pdf") == "http://a.gov.cn/%B8%BD.pdf"


def test_base_href_moves_links() -> None:
    page = Page("http://a.gov.cn/x/", '<html><head><base href="/y/"></head></html>')
    assert page.absolute("z") == "http://a.gov.cn/y/z"


@pytest.mark.parametrize("text", ["", "\x00\x01", "<", "<!-- -->"])
def test_anything_has_a_tree(text: str) -> None:
    assert Page("http://a.gov.cn/", text).tree.tag == "html"


def test_what_follows_the_end_is_shown_too() -> None:
    page = Page(
        "http://a.gov.cn/", "<html><body><a>一</a></body></html>\n<div><a>二</a></div><html><a>三</a></html>"
    )
    assert [node.text for node in page.tree.iter("a")] == ["一", "二", "三"]


def test_only_the_path_of_a_link_has_its_backslashes_turned() -> None:
    page = Page("http://a.gov.cn/b/main", "<html></html>")
    assert page.absolute("detail?FBXH=2026\\1.html") == "http://a.gov.cn/b/detail?FBXH=2026%5C1.html"


def test_squeeze() -> None:
    assert squeeze(" 预\u3000\u200b算 \n 公开 ") == "预 算 公开"


def test_a_tag_with_countless_attributes_does_not_stop_the_reader() -> None:
    attributes = " ".join(f"a{number}=1" for number in range(300_000))
    page = Page("http://a.gov.cn/", f"<html><div {attributes}></div><a href='1.html'>预算</a></html>")
    assert [url for _, url in page.anchors] == ["http://a.gov.cn/1.html"]
    assert len(page.tree.findall(".//div")[0].attrib) == 0


def test_a_long_picture_in_a_tag_stays() -> None:
    page = Page("http://a.gov.cn/", f"<img src='data:image/png;base64,{'A' * 300_000}' alt='预算'>")
    assert page.tree.findall(".//img")[0].get("alt") == "预算"


def test_of_countless_links_some_are_looked_at() -> None:
    page = Page("http://a.gov.cn/", "".join(f"<a href='{n}.html'>x</a>" for n in range(MOST_LINKS + 9)))
    assert len(page.anchors) == MOST_LINKS


def test_an_address_between_escaped_quotes_is_that_address() -> None:
    """Markup within a text of JSON, of which the whole answer is read."""
    page = Page(
        "http://www.mianxian.gov.cn/unit?x=1", '{"html": "<a href=\\"/zwgk/art_1.html\\">2026年部门预算</a>"}'
    )
    assert [url for _, url in page.anchors] == ["http://www.mianxian.gov.cn/zwgk/art_1.html"]

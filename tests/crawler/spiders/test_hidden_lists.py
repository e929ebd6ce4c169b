"""Lists that are not in the markup a reader sees, and pages of strange encodings, each in an invented town: what
is published is found, or a gap says what was not followed.

None of them was known to the hand that wrote the readers.
"""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html import escape

import pytest

from tests.crawler.loopback import Reply
from tests.crawler.spiders.crawling import PDF, article
from tests.crawler.spiders.towns import (
    COLUMN,
    SCRIPT,
    Found,
    Town,
    assert_found_or_named,
    budgets,
    titles_of,
    town,
    visit,
)


def column(markup: Callable[[list[str]], str], owes: str = "", title: str = "部门预算公开") -> Town:
    """A column whose page is made of its lines."""
    web, titles = town(COLUMN), titles_of()
    web.html("/ys/", f"<title>{title}</title>{markup(budgets(web, '/ys/', titles))}")
    return Town(web, titles, owes)


def objects(titles: list[str], **more: str) -> list[dict[str, str]]:
    return [
        {"title": one, "url": f"/ys/t{20260 + n}001.html", "date": "2026-02-12", **more}
        for n, one in enumerate(titles)
    ]


def data(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def template_script() -> Town:
    return column(
        lambda rows: (
            f"<div id='box'></div><script type='text/template' id='tpl'><ul>{''.join(rows)}</ul></script><script>$('#box').html($('#tpl').html())</script>"
        )
    )


def template_element() -> Town:
    return column(lambda rows: f"<template><ul>{''.join(rows)}</ul></template><div id='box'></div>")


def without_script() -> Town:
    return column(lambda rows: f"<div id='box'></div><noscript><ul>{''.join(rows)}</ul></noscript>")


def text_field() -> Town:
    """The list is in a field from which a script shows it."""
    return column(
        lambda rows: f"<textarea style='display:none'>{escape(''.join(rows))}</textarea><div id='box'></div>"
    )


def source_of_a_frame() -> Town:
    return column(lambda rows: f'<iframe srcdoc="{escape("<ul>" + "".join(rows) + "</ul>")}"></iframe>')


def nested_frames() -> Town:
    web, titles = town(COLUMN), titles_of()
    web.html(
        "/ys/",
        "<title>部门预算公开</title><frameset rows='80,*'><frame src='top.html'><frame src='mid.html'></frameset>",
    )
    web.html("/ys/top.html", "<p>标题</p>")
    web.html(
        "/ys/mid.html", "<frameset cols='20%,*'><frame src='menu.html'><frame src='list.html'></frameset>"
    )
    web.html("/ys/menu.html", "<p>菜单</p>")
    web.html("/ys/list.html", f"<ul>{''.join(budgets(web, '/ys/', titles))}</ul>")
    return Town(web, titles)


def base_href() -> Town:
    web, titles = town(COLUMN), titles_of()
    rows = "".join(budgets(web, "/real/list/", titles)).replace('href="/real/list/', 'href="list/')
    web.html("/ys/", f"<head><base href='/real/'><title>部门预算公开</title></head><ul>{rows}</ul>")
    return Town(web, titles)


def gbk_without_label() -> Town:
    web, titles = town(COLUMN), titles_of()
    rows = "".join(budgets(web, "/ys/", titles))
    web.pages["/ys/"] = Reply(f"<title>部门预算公开</title><ul>{rows}</ul>".encode("gbk"))
    return Town(web, titles)


def labelled_wrong() -> Town:
    """The page says GB2312 and is UTF-8, the header says Latin-1."""
    web, titles = town(COLUMN), titles_of()
    rows = "".join(budgets(web, "/ys/", titles))
    web.pages["/ys/"] = Reply(
        f"<meta charset='gb2312'><title>部门预算公开</title><ul>{rows}</ul>".encode(),
        headers=((b"Content-Type", b"text/html; charset=iso-8859-1"),),
    )
    return Town(web, titles)


def utf_16() -> Town:
    web, titles = town(COLUMN), titles_of()
    rows = "".join(budgets(web, "/ys/", titles))
    web.pages["/ys/"] = Reply(f"<title>部门预算公开</title><ul>{rows}</ul>".encode("utf-16"))
    return Town(web, titles)


def plain_text_type() -> Town:
    web, titles = town(COLUMN), titles_of()
    rows = "".join(budgets(web, "/ys/", titles))
    web.pages["/ys/"] = Reply(
        f"<html><title>部门预算公开</title><ul>{rows}</ul></html>".encode(),
        headers=((b"Content-Type", b"application/octet-stream"),),
    )
    return Town(web, titles)


def days_ago() -> Town:
    web, titles, rows = town(COLUMN), titles_of(), []
    for n, title in enumerate(titles):
        web.html(f"/ys/v/{n}", article(title, f"<a href='/f/{n}.pdf'>{title}.pdf</a>"))
        web.pages[f"/f/{n}.pdf"] = Reply(PDF + b"%d" % n)
        rows.append(f"<li><a href='/ys/v/{n}'>{title}</a><em>{n + 1}天前</em></li>")
    web.html("/ys/", f"<title>部门预算公开</title><ul>{''.join(rows)}</ul>")
    return Town(web, titles)


def jsonp_file() -> Town:
    """The lines are an argument of a call in a script file."""
    web, titles = town(COLUMN), titles_of()
    budgets(web, "/ys/", titles)
    web.pages["/ys/list_data.js?v=3"] = Reply(
        f"showList({data({'total': 12, 'rows': objects(titles)})});".encode(), headers=SCRIPT
    )
    web.html(
        "/ys/",
        "<title>部门预算公开</title><ul id='list'></ul><script src='/js/jquery.min.js'></script><script>function showList(d){}</script><script src='list_data.js?v=3'></script>",
    )
    return Town(web, titles)


def json_file() -> Town:
    """A program of the page asks for a file of data, whose name it says."""
    web, titles = town(COLUMN), titles_of()
    budgets(web, "/ys/", titles)
    web.pages["/ys/list.json"] = Reply(
        data(objects(titles)).encode(), headers=((b"Content-Type", b"application/json"),)
    )
    web.html(
        "/ys/",
        "<title>部门预算公开</title><ul id='list'></ul><script>$.getJSON('list.json',function(d){draw(d)})</script>",
    )
    return Town(web, titles)


def xml_file() -> Town:
    web, titles = town(COLUMN), titles_of()
    budgets(web, "/ys/", titles)
    items = "".join(
        f"<item><title><![CDATA[{one}]]></title><link>/ys/t{20260 + n}001.html</link><pubDate>2026-02-12</pubDate></item>"
        for n, one in enumerate(titles)
    )
    web.pages["/ys/rss.xml"] = Reply(
        f"<?xml version='1.0' encoding='utf-8'?><rss><channel>{items}</channel></rss>".encode(),
        headers=((b"Content-Type", b"text/xml"),),
    )
    web.html(
        "/ys/", "<title>部门预算公开</title><div id='list'></div><script>loadXML('rss.xml','list')</script>"
    )
    return Town(web, titles)


def script_of_lines() -> Town:
    """A script file writes the lines."""
    web, titles = town(COLUMN), titles_of()
    rows = budgets(web, "/ys/", titles)
    web.pages["/ys/news.js"] = Reply(
        "".join(f"document.writeln('{row}');\n" for row in rows).encode(), headers=SCRIPT
    )
    web.html("/ys/", "<title>部门预算公开</title><script src='news.js'></script>")
    return Town(web, titles)


def data_of_ids() -> Town:
    """A program's state has titles and numbers, and no address."""
    rows = [{"id": 100 + n, "title": one} for n, one in enumerate(titles_of())]
    return column(
        lambda _: (
            f"<div id='app'></div><script>window.__INITIAL_STATE__={data({'list': rows})}</script><script src='/static/app.js'></script>"
        ),
        owes="shell",
    )


def module_shell() -> Town:
    return column(
        lambda _: (
            "<div id='content'></div><script>require(['budget/list'],function(m){m.init('#content')})</script><script src='/js/require.js'></script>"
        ),
        owes="shell",
    )


def custom_element() -> Town:
    return column(
        lambda _: (
            "<budget-list category='7'></budget-list><script type='module' src='/assets/index-4f2a.js'></script>"
        ),
        owes="shell",
    )


TOWNS: dict[str, Callable[[], Town]] = {
    made.__name__: made
    for made in (
        template_script, template_element, without_script, text_field, source_of_a_frame, nested_frames,
        base_href, gbk_without_label, labelled_wrong, utf_16, plain_text_type, days_ago, jsonp_file,
        json_file, xml_file, script_of_lines, data_of_ids, module_shell, custom_element,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    yield visit(tmp_path_factory.mktemp("hidden"), TOWNS)


@pytest.mark.parametrize("name", TOWNS)
def test_what_is_published_is_found_or_a_gap_says_what_is_not(found: dict[str, Found], name: str) -> None:
    assert_found_or_named(found[name])

"""Links of an announcement that do not look like files: asked for, and files only if documents come."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

from pathlib import Path

import pytest

from archive.stores import open_store
from archive.warc.captures import Article
from archive.warc.journal import read_articles, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import PDF, crawl, site

TITLE = "勉县教育局2026年部门预算"
NAMED = 'attachment; filename="勉县教育局2026年部门预算.pdf"'.encode("gbk")


def county(body: str) -> Web:
    web = Web()
    web.html(
        "/ys/",
        f"<title>部门预算公开</title><ul><li><a href='/ys/t20261.html'>{TITLE}</a><i>2026-03-02</i></li></ul>",
    )
    web.html(
        "/ys/t20261.html",
        f"<html><head><title>{TITLE}</title><meta name='ArticleTitle' content='{TITLE}'></head><body><div class='TRS_Editor'>{body}</div></body></html>",
    )
    return web


def document(name: bytes = b"") -> Reply:
    field = ((b"Content-Disposition", name),) if name else ()
    return Reply(PDF, headers=((b"Content-Type", b"application/octet-stream"), *field))


def visit(web: Web, folder: Path) -> tuple[list[Article], dict[str, object]]:
    report = crawl(folder, [site("610725", web.url + "/ys/", region_code="610725", name="勉县")])
    store = open_store(str(folder))
    return read_articles(store, stored_runs(store)[-1]), report["sites"]["610725"]


@pytest.mark.parametrize(
    "address", ["/servlet/att?fid=7", "/api/storage/0f3a", "/openFile.do?k=7", "/fj/77?x=1"]
)
@pytest.mark.parametrize("text", ["点击此处", "详见"])
def test_a_document_is_a_file(address: str, text: str, tmp_path: Path) -> None:
    web = county(f"<p>现予公开。<a href='{address}'>{text}</a></p>")
    web.pages[address] = document(NAMED)
    with serve(web):
        (article,), found = visit(web, tmp_path)
        assert article.attachments == ((web.url + address, f"{TITLE}.pdf"),)
        assert found["complete"]


def test_a_page_is_none_and_is_not_asked_for_again(tmp_path: Path) -> None:
    web = county("<p>现予公开。<a href='/servlet/att?fid=7'>点击此处</a></p>")
    web.html("/servlet/att?fid=7", "<title>下载中心</title><p>请先阅读说明。</p>" * 20)
    with serve(web):
        (article,), found = visit(web, tmp_path)
        assert article.attachments == () and found["gaps"] == ["no_files"] and found["attachments"] == 0
        visit(web, tmp_path)
        assert web.paths.count("/servlet/att?fid=7") == 1


def test_a_link_that_is_not_there_is_none(tmp_path: Path) -> None:
    web = county(f"<p>{'一般公共预算支出说明。' * 30}<a href='/servlet/att?fid=7'>点击此处</a></p>")
    with serve(web):
        (article,), found = visit(web, tmp_path)
        assert article.attachments == () and found["gaps"] == [] and found["complete"]


def test_beside_a_file_nothing_is_tried(tmp_path: Path) -> None:
    web = county("<a href='/f/1.pdf'>预算.pdf</a><a href='/servlet/att?fid=7'>点击此处</a>")
    web.pages["/f/1.pdf"] = document()
    with serve(web):
        (article,), _ = visit(web, tmp_path)
        assert [name for _, name in article.attachments] == [
            "预算.pdf"
        ] and "/servlet/att?fid=7" not in web.paths


def test_a_file_found_once_stays_one(tmp_path: Path) -> None:
    web = county("<p><a href='/servlet/att?fid=7'>点击此处</a></p>")
    web.pages["/servlet/att?fid=7"] = document(NAMED)
    with serve(web):
        first, _ = visit(web, tmp_path)
        web.html(
            "/ys/t20261.html",
            web.pages["/ys/t20261.html"].body.decode().replace("</body>", "<p>更新</p></body>"),
        )
        second, _ = visit(web, tmp_path)
        assert [one.attachments for one in first] == [one.attachments for one in second or first]

"""A site that means no good, or is broken in every way at once: each answer has its outcome, the run goes on."""

# ruff: noqa: E501 -- markup stays on its lines
from __future__ import annotations

import gzip
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from archive.stores import open_store
from archive.warc.journal import read_articles, read_captures, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import PDF, article, crawl, site

_CAPTCHA = "<html><title>附件下载</title><form>请输入<b>验证码</b><img src='/system/resource/js/filedownload/createimage.jsp'></form></html>"
_FILES = ("bomb", "local", "private", "endless", "page", "captcha", "loop", "good")


class _Endless(socketserver.StreamRequestHandler):
    """Sends chunk after chunk for as long as somebody listens."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        with suppress(OSError):
            while True:
                self.wfile.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")


@contextmanager
def endless() -> Iterator[str]:
    """The address of a server that never ends."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Endless) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/x.pdf"
        server.shutdown()


def hostile(never_ends: str) -> Web:
    web = Web()
    web.html("/robots.txt", "")
    rows = "".join(
        f'<li><a href="a{n}.html">勉县第{n}中学2026年单位预算</a>2026-02-12</li>' for n in range(len(_FILES))
    )
    trap = '<a href="rl.html?d=1">下一页</a><a href="n1/">2026年部门预算</a>'
    web.html("/czyjs/", f"<title>单位预算</title><ul>{rows}</ul>{trap}")
    for n, name in enumerate(_FILES):
        web.html(
            f"/czyjs/a{n}.html", article(f"勉县第{n}中学2026年单位预算", f'<a href="{name}.pdf">预算.pdf</a>')
        )
    for n in range(200):
        web.html(
            f"/czyjs/rl.html?d={n}",
            f'<title>单位预算</title><ul>{rows}</ul><a href="rl.html?d={n + 1}">下一页</a>',
        )
    for n in range(1, 60):
        path = "/czyjs/" + "".join(f"n{m}/" for m in range(1, n + 1))
        web.html(path, f'<title>2026年部门预算</title>{"说明" * 200}<a href="n{n + 1}/">2026年部门预算</a>')
    files: dict[str, Reply] = {
        "bomb": Reply(gzip.compress(b"\0" * 300_000_000), headers=((b"Content-Encoding", b"gzip"),)),
        "local": Reply(status=302, headers=((b"Location", b"file:///etc/passwd"),)),
        "private": Reply(status=302, headers=((b"Location", b"http://10.0.0.1/x.pdf"),)),
        "endless": Reply(status=302, headers=((b"Location", never_ends.encode()),)),
        "page": Reply("<html><body>出错了，请稍后再来</body></html>".encode(), headers=((b"Content-Type", b"application/pdf"),)),
        "captcha": Reply(_CAPTCHA.encode()),
        "loop": Reply(status=302, headers=((b"Location", b"loop.pdf"),)),
        "good": Reply(PDF, headers=((b"Content-Type", b"text/html"),)),
    }  # fmt: skip
    web.pages |= {f"/czyjs/{name}.pdf": reply for name, reply in files.items()}
    return web


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Web, dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("hostile")
    with endless() as never_ends, serve(hostile(never_ends)) as web:
        sites = [site("610725", web.url + "/czyjs/")]
        return web, crawl(folder, sites, DOWNLOAD_MAXSIZE=1_000_000, DOWNLOAD_TIMEOUT=60), folder


def test_every_answer_has_its_outcome(crawled: tuple[Web, dict[str, Any], Path]) -> None:
    _, _, folder = crawled
    store = open_store(str(folder))
    (run_id,) = stored_runs(store)
    came: dict[str, list[str | None]] = {}
    for capture in read_captures(store, run_id):
        came.setdefault(capture.url.rpartition("/")[2].removesuffix(".pdf"), []).append(capture.outcome)
    assert {name: came[name] for name in _FILES} == {
        "bomb": ["content"],  # as it came: what it would expand to is not the payload
        "local": ["redirect"],
        "private": ["redirect"],
        "endless": ["redirect"],
        "page": ["error_page"],
        "captcha": ["captcha"],
        "loop": ["redirect"] * 6,
        "good": ["content"],
    }
    assert came["x"] == ["refused", "too_large"]


def test_the_run_goes_on_and_says_what_is_missing(crawled: tuple[Web, dict[str, Any], Path]) -> None:
    _, report, folder = crawled
    store = open_store(str(folder))
    found = read_articles(store, stored_runs(store)[0])
    assert len(found) == len(_FILES) and report["finished"]
    # A file over the limit is an answer; what was refused may be had another time.
    assert {"refused", "error_page", "captcha"} <= set(report["sites"]["610725"]["gaps"])


def test_lists_that_lead_nowhere_are_left(crawled: tuple[Web, dict[str, Any], Path]) -> None:
    web, report, _ = crawled
    assert sum("rl.html" in path for path in web.paths) <= 4
    assert sum(path.endswith("/n1/") or "/n1/n2/" in path for path in web.paths) <= 7
    assert "limit depth" in report["sites"]["610725"]["gaps"]

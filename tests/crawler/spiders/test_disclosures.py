"""Real crawls of servers on loopback: what is found, archived, resumed, and the outcomes of failing sites."""

# ruff: noqa: E501 -- markup and tables of cases stay on their lines
from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.stores import LocalStore, open_store
from archive.vocabulary import TROUBLED
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs
from crawler.sites import COLUMNS
from tests.crawler.loopback import Reply, Web, self_signed, serve
from tests.crawler.spiders.crawling import PDF, ROOT, article, command, crawl, site
from tests.wording import english


def county() -> Web:
    """A county as TRS shows it: two list pages, a column, articles with files, a dead link, other news."""
    web = Web()
    rows = [
        ("t20260212_101.html", "勉县教育局2026年部门预算"),
        ("t20260212_102.html", "勉县农业局2026年部门预算"),
        ("t20260212_103.html", "勉县林业局2026年部门预算"),
        ("t20260212_104.html", "勉县2026年公开招聘教师公告"),
    ]
    items = "".join(
        f'<li><a href="./202602/{name}">{title}</a><i>2026-02-12</i></li>' for name, title in rows
    )
    pager = '<script>createPageHTML(2, 0, "index", "html")</script>'
    direct = '<li><a href="./ys2026.xls">勉县水利局2026年部门预算.xls</a></li>'
    column = '<a href="./2025n/">2025年部门预算</a><a href="./zfcg/">政府采购</a>'
    web.html("/czyjs/", f"<title>部门预算</title><ul>{items}{direct}</ul>{column}{pager}", etag=b'"l1"')
    web.html(
        "/czyjs/index_1.html",
        '<title>部门预算</title><li><a href="202509/t20250901_201.html">勉县教育局2024年部门决算</a>2025-09-01</li>'
        "<script>createPageHTML(2, 1, 'index', 'html')</script>",
    )
    web.html(
        "/czyjs/2025n/",
        '<title>2025年部门预算</title><li><a href="t20250212_301.html">勉县教育局2025年部门预算</a></li>',
    )
    web.html("/czyjs/202602/t20260212_101.html",
             article("勉县教育局2026年部门预算", '<a href="./P1.pdf">下载</a><a href="http://10.0.0.1/x.pdf">x</a>'))  # fmt: skip
    web.html("/czyjs/202602/t20260212_102.html",
             article("勉县农业局2026年部门预算", "<a onclick=\"downloadFj('预算表.pdf','./W2.pdf')\">下载</a>"))  # fmt: skip
    web.html("/czyjs/202509/t20250901_201.html",
             article("勉县教育局2024年部门决算", '<a href="../202602/P1.pdf">决算.pdf</a><a href="附件 3.doc">说明.doc</a>', "2025-09-01"))  # fmt: skip
    web.html("/czyjs/2025n/t20250212_301.html", article("勉县教育局2025年部门预算", "", "2025-02-12"))
    disposition = b"attachment; filename=" + "教育局预算.pdf".encode("gbk")
    web.pages["/czyjs/202602/P1.pdf"] = Reply(
        PDF, headers=((b"content-TYPE", b"application/pdf"), (b"X-b", b"2"), (b"Content-disposition", disposition),
                      (b"x-A", b"1"), (b"X-b", b"3")), etag=b'"p1"',
    )  # fmt: skip
    web.pages["/czyjs/202602/W2.pdf"] = Reply(
        status=302, headers=((b"Location", "/files/附件W2.pdf".encode()),)
    )
    web.pages["/files/%E9%99%84%E4%BB%B6W2.pdf"] = Reply(PDF + b"2")
    web.html("/czyjs/ys2026.xls", "<html>" + "HTML in place of a workbook " * 200 + "</html>")
    web.html("/robots.txt", "User-agent: *\nDisallow: /secret/\n")
    return web


@dataclass(frozen=True, slots=True)
class World:
    """One store after two runs over one county and a dozen sites in trouble."""

    web: Web
    store: LocalStore
    first: dict[str, Any]
    second: dict[str, Any]
    asked_first: int


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with ExitStack() as stack:
        web = stack.enter_context(serve(county()))
        tls = stack.enter_context(serve(Web(), self_signed(folder)))
        closed = stack.enter_context(serve(Web(pages={"/robots.txt": Reply(b"User-agent: *\nDisallow: /")})))
        broken = stack.enter_context(serve(Web(pages={"/robots.txt": Reply(b"busy", 503)})))
        bound = stack.enter_context(socket.socket())  # bound, so that no one else listens on its port
        bound.bind(("127.0.0.1", 0))
        web.html("/empty/", "<html><title>部门预算</title>" + "<p>栏目建设中</p>" * 100)
        web.html("/challenge/", "<script>document.cookie='__tst_status=1';EO_Bot_Ssid</script>")
        web.html("/stub/", "<meta http-equiv='refresh' content='0;url=/czyjs/2025n/../../stubbed/'>")
        web.html(
            "/stubbed/",
            "<title>部门预算</title><li><a href='/czyjs/2025n/t20250212_301.html'>勉县教育局2025年部门预算</a>",
        )
        web.pages["/away/"] = Reply(status=302, headers=((b"Location", b"http://169.254.169.254/latest/"),))
        web.html("/slow/", "late", delay=5)
        web.html("/big/", "x" * 300_000)
        web.pages["/moved/"] = Reply(status=404)
        sites = [
            site("610725", f"{web.url}/czyjs/", region_code="610725", name="勉县"),
            site("shared", f"{web.url}/czyjs/"),
            site("nourl", None),
            site("dns", "http://nowhere.invalid/"),
            site("refused", f"http://127.0.0.1:{bound.getsockname()[1]}/"),
            site("private", "http://10.0.0.1/"),
            site("tls", tls.url + "/"),
            site(
                "tls-excepted",
                f"https://localhost:{tls.url.rpartition(':')[2]}/",
                tls_exception="self-signed",
            ),
            site("robots", closed.url + "/list/"),
            site("robots-down", broken.url + "/list/"),
            site("timeout", web.url + "/slow/"),
            site("blocked", web.url + "/challenge/"),
            site("empty", web.url + "/empty/"),
            site("stub", web.url + "/stub/"),
            site("away", web.url + "/away/"),
            site("big", web.url + "/big/"),
            site("missing", web.url + "/moved/"),
        ]
        store = folder / "store"
        first = crawl(store, sites, DOWNLOAD_MAXSIZE=100_000)
        asked = len(web.asked)  # of the first run
        second = crawl(store, sites[:1])
        opened = open_store(str(store))
        assert isinstance(opened, LocalStore)
        yield World(web, opened, first, second, asked)


def test_every_site_has_its_outcome(world: World) -> None:
    found = {name: facts["outcome"] for name, facts in world.first["sites"].items()}
    assert found == {
        "610725": "content", "shared": "content", "nourl": "no_url", "dns": "dns", "refused": "refused",
        "private": "refused", "tls": "tls", "tls-excepted": "missing", "robots": "robots", "robots-down": "error_page", "timeout": "timeout",
        "blocked": "blocked", "empty": "listing_empty", "stub": "content", "away": "refused", "big": "too_large",
        "missing": "missing",
    }  # fmt: skip


def test_a_dead_link_leaves_a_site_complete_and_trouble_does_not(world: World) -> None:
    complete = {name for name, facts in world.first["sites"].items() if facts["complete"]}
    assert complete == {"610725", "shared", "stub"}
    run = read_run(world.store, world.first["run_id"])
    assert set(run.complete_sites) == complete
    assert {site.site_id: site.last_outcome for site in run.sites}["dns"] == "dns"
    assert run.finished_at is not None and "x: tls" in " ".join(map(english, run.errors))


def test_disclosures_are_found_with_dates_files_and_real_names(world: World) -> None:
    articles = {found.title: found for found in read_articles(world.store, world.first["run_id"])}
    assert set(articles) == {
        "勉县教育局2026年部门预算", "勉县农业局2026年部门预算", "勉县教育局2024年部门决算", "勉县教育局2025年部门预算",
        "勉县水利局2026年部门预算.xls",
    }  # fmt: skip
    here = world.web.url + "/czyjs/"
    education = articles["勉县教育局2026年部门预算"]
    assert education.attachments == ((here + "202602/P1.pdf", "教育局预算.pdf"),)
    assert (education.published_on, education.published_basis) == (date(2026, 3, 2), "metadata")
    assert (education.site_id, education.region_code, education.body_name) == (
        "610725",
        "610725",
        "勉县教育局",
    )
    assert articles["勉县农业局2026年部门预算"].attachments == ((here + "202602/W2.pdf", "预算表.pdf"),)
    accounts = articles["勉县教育局2024年部门决算"].attachments
    assert accounts[0] == (here + "202602/P1.pdf", "决算.pdf")
    captures = {capture.capture_id: capture for capture in read_captures(world.store, world.first["run_id"])}
    assert captures[education.capture_id or ""].url == education.url
    assert accounts[1][0] in {capture.url for capture in captures.values()}  # Chinese in the address


def test_only_what_is_wanted_is_asked_for_and_only_once(world: World) -> None:
    asked = world.web.paths[: world.asked_first]
    assert "/czyjs/202602/t20260212_104.html" not in asked  # recruitment
    assert "/czyjs/zfcg/" not in asked
    assert "/czyjs/index.html" not in asked
    captures = read_captures(world.store, world.first["run_id"])
    failed = Counter(urlsplit(one.url).path for one in captures if one.outcome in TROUBLED)  # and tried again
    assert failed["/slow/"] > 1
    more = {path: count - failed[path] for path, count in Counter(asked).items() if count - failed[path] > 1}
    assert more == {}


def test_requests_say_who_asks_and_where_the_link_was(world: World) -> None:
    lines = dict(world.web.asked)["/czyjs/202602/P1.pdf"]
    sent = dict(line.split(b": ", 1) for line in lines)
    assert re.match(rb"gongkai/[\d.]+ \(", sent[b"User-Agent"])
    assert sent[b"Referer"].endswith(b"/czyjs/202602/t20260212_101.html") or b"t20250901" in sent[b"Referer"]
    assert sent[b"Accept-Encoding"] == b"gzip, deflate"
    assert b"Cookie" not in sent


def warc_records(store: LocalStore) -> Iterator[Any]:
    for found in store.list("warc/"):
        with store.path(found.key).open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests="raise"):
                record.content_stream().read()
                yield record


def test_headers_are_archived_as_received(world: World) -> None:
    wanted = [
        record for record in warc_records(world.store)
        if record.rec_type == "response" and record.rec_headers["WARC-Target-URI"].endswith("/P1.pdf")
    ]  # fmt: skip
    (record,) = wanted
    assert record.http_headers.statusline == "200 Whatever"
    names = [name for name, _ in record.http_headers.headers]
    assert names == ["content-TYPE", "X-b", "Content-disposition", "x-A", "X-b", "ETag", "Content-Length"]
    assert record.rec_headers["WARC-IP-Address"] == "127.0.0.1"


def test_every_exchange_is_archived(world: World) -> None:
    kinds = Counter(record.rec_type for record in warc_records(world.store))
    answered = sum(
        capture.status is not None
        for run_id in stored_runs(world.store)
        for capture in read_captures(world.store, run_id)
    )
    assert kinds["response"] + kinds["revisit"] == kinds["request"] == answered
    robots = [c for c in read_captures(world.store, world.first["run_id"]) if c.url.endswith("/robots.txt")]
    assert {c.status for c in robots if c.status} == {200, 404, 503}


def test_failures_are_noted_without_a_record(world: World) -> None:
    captures = read_captures(world.store, world.first["run_id"])
    failed = {capture.outcome for capture in captures if capture.status is None}
    assert failed == {"dns", "refused", "tls", "timeout", "too_large", "robots", "error_page"}
    assert all(capture.warc_path is None for capture in captures if capture.status is None)


def test_the_second_run_asks_whether_anything_changed(world: World) -> None:
    again = world.web.asked[world.asked_first :]
    conditional = {
        path for path, lines in again if any(line.lower().startswith(b"if-none") for line in lines)
    }
    assert conditional == {"/czyjs/", "/czyjs/202602/P1.pdf"}
    # What answered badly, what is cheap to confirm, and the first page of every list: nothing else.
    assert {path for path, _ in again} == {
        "/robots.txt", "/czyjs/", "/czyjs/2025n/", "/czyjs/ys2026.xls", "/czyjs/202602/P1.pdf",
        "/czyjs/202602/W2.pdf", "/files/%E9%99%84%E4%BB%B6W2.pdf",
    }  # fmt: skip
    assert world.second["outcomes"].keys() <= {"unchanged", "redirect", "error_page"}
    facts = world.second["sites"]["610725"]
    assert (facts["outcome"], facts["complete"], facts["entries"]) == ("content", True, 5)
    assert world.second["kept"] == 0  # a finished run is not taken up
    captures = {c.url: c for c in read_captures(world.store, world.second["run_id"])}
    listing = captures[world.web.url + "/czyjs/"]
    assert (listing.status, listing.outcome, listing.revisit) == (304, "unchanged", True)


def test_the_report_counts_what_happened(world: World) -> None:
    assert world.first["progress"] == world.first["exchanges"] == sum(world.first["outcomes"].values())
    assert (world.first["articles"], world.first["attachments"], world.first["kept"]) == (5, 2, 0)
    assert world.first["finished"] and not world.first["interrupted"]


# -- interruption ------------------------------------------------------------------------------------------


def long_county(articles: int) -> Web:
    web = Web()
    rows = "".join(
        f'<li><a href="202602/t20260212_{n}.html">勉县第{n}中学2026年单位预算</a>2026-02-12</li>'
        for n in range(articles)
    )
    web.html("/czyjs/", f"<title>单位预算</title><ul>{rows}</ul>")
    web.html("/robots.txt", "")
    for n in range(articles):
        markup = article(f"勉县第{n}中学2026年单位预算", f'<a href="P{n}.pdf">预算{n}.pdf</a>')
        web.html(f"/czyjs/202602/t20260212_{n}.html", markup, delay=0.02)
        web.pages[f"/czyjs/202602/P{n}.pdf"] = Reply(PDF + b"%d" % n, delay=0.02)
    return web


def interrupt(web: Web, store: Path, number: int, after: str) -> subprocess.Popen[str]:
    """Start a crawl and send it a signal when it has asked for a page."""
    child = subprocess.Popen(
        command(store, [site("610725", web.url + "/czyjs/")]), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while after not in web.paths and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.poll() is None and after in web.paths
    os.kill(child.pid, number)
    return child


def test_kill_and_resume_fetches_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    with serve(long_county(30)) as web:
        interrupt(web, tmp_path, signal.SIGKILL, "/czyjs/202602/P10.pdf").wait()
        before = Counter(web.paths)
        report = crawl(tmp_path, [site("610725", web.url + "/czyjs/")])
        both = Counter(web.paths)
    store = open_store(str(tmp_path))
    dead, alive = stored_runs(store)
    assert read_run(store, dead).finished_at is None and read_run(store, alive).finished_at is not None
    assert [row.site_id for row in read_run(store, dead).sites] == ["610725"]
    archived = {capture.url for capture in read_captures(store, dead)}
    # The request in flight when the process died was not archived: only that may be asked again.
    again = [path for path in before if both[path] > 1]
    assert len(again) <= 2 and not archived & {web.url + path for path in again}
    assert len(archived) == report["kept"] >= 20
    assert set(both) == set(web.pages) and max(both.values()) <= 2
    files = [file for found in read_articles(store, alive) for file, _ in found.attachments]
    assert len(files) == len(set(files)) == 30 and report["sites"]["610725"]["complete"]
    captured = [capture.url for run_id in (dead, alive) for capture in read_captures(store, run_id)]
    assert len(captured) == len(set(captured)) == len(web.pages)


def test_an_interrupt_ends_in_order_and_can_be_taken_up(tmp_path: Path) -> None:
    with serve(long_county(20)) as web:
        held = "/czyjs/202602/P3.pdf"
        answer = web.held[held] = threading.Event()
        child = interrupt(web, tmp_path, signal.SIGINT, held)
        assert child.stderr and "Stopping: answers on their way" in child.stderr.readline()
        answer.set()
        output, errors = child.communicate(timeout=60)
        assert child.returncode == 0 and "Traceback" not in errors, errors
        stopped = json.loads(output)
        assert stopped["interrupted"] and not stopped["finished"]
        assert not stopped["sites"]["610725"]["complete"]
        assert stopped["exchanges"] == len(web.paths) and web.paths[-1] == held  # no request that waited
        report = crawl(tmp_path, [site("610725", web.url + "/czyjs/")])
        assert Counter(web.paths) == Counter(web.pages.keys())
    assert report["kept"] == stopped["exchanges"] and report["sites"]["610725"]["attachments"] == 20


# -- as Scrapy users expect --------------------------------------------------------------------------------


def test_scrapy_crawl_works_in_the_project(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    with serve(county()) as web:
        web.html("/robots.txt", "User-agent: gongkai\nCrawl-delay: 0.25\nDisallow:\n")
        line = f"610725,610725,勉县,{web.url}/czyjs/,,,,,,,,,"
        (registry / "61-shaanxi.csv").write_text(",".join(COLUMNS) + "\n" + line + "\n", "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "disclosures", "-a", "sites=6107", "-a", f"registry={registry}",
             "-a", f"store={tmp_path / 'store'}", "-a", "year=2026", "-o", str(tmp_path / "out.jsonl"),
             "-s", "GONGKAI_ALLOW_LOOPBACK=1", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0"],
            cwd=ROOT, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    items = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert sorted(item["title"] for item in items) == [
        "勉县农业局2026年部门预算", "勉县教育局2026年部门预算", "勉县水利局2026年部门预算.xls",
    ]  # fmt: skip
    assert not [path for path in web.paths if "2025n" in path or "202509" in path]  # other years
    # A busy machine may see one request late and the next in time.
    pauses = [later - earlier for earlier, later in pairwise(web.times[1:])]
    assert sum(pauses) / len(pauses) > 0.2
    store = open_store(str(tmp_path / "store"))
    (run_id,) = stored_runs(store)
    assert read_run(store, run_id).command.startswith("scrapy crawl disclosures")
    assert len(read_captures(store, run_id)) == len(web.paths)

"""A site crawled again: what it costs, what is noticed, and what a killed run leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.stores import open_store
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs
from tests.crawler.loopback import Reply, Web, serve
from tests.crawler.spiders.crawling import ROOT, article, command, crawl, number, put_list, site

TITLES = [f"勉县第{n}中学2026年单位预算" for n in range(60)]


@dataclass
class Visited:
    """A county of one list of four pages, crawled three times: unchanged, and with news."""

    web: Web
    store: Path
    reports: list[dict[str, Any]]
    asked: list[list[str]]


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visited]:
    store = tmp_path_factory.mktemp("again")
    web = Web()
    web.html("/robots.txt", "")
    put_list(web, "/czyjs/", "单位预算", TITLES, pages=4)
    with serve(web):
        county = [site("610725", web.url + "/czyjs/", region_code="610725", name="勉县")]
        reports, asked = [], []
        for news in (0, 0, 1):
            if news:
                put_list(web, "/czyjs/", "单位预算", ["勉县教育局2026年部门预算", *TITLES], pages=4)
            before = len(web.asked)
            reports.append(crawl(store, county))
            asked.append(web.paths[before:])
        web.html("/czyjs/", "<title>单位预算</title><p>正在升级</p>" + "<p>新版列表</p>" * 200)
        before = len(web.asked)
        reports.append(crawl(store, county))
        asked.append(web.paths[before:])
        yield Visited(web, store, reports, asked)


def test_an_unchanged_site_costs_next_to_nothing(visited: Visited) -> None:
    first, second = visited.reports[:2]
    assert first["exchanges"] == 1 + 4 + 2 * 60
    assert second["exchanges"] <= first["exchanges"] * 0.1
    assert (
        second["bytes"] <= first["bytes"] * 0.05
    )  # this server confirms nothing; the list page is most of it
    assert visited.asked[1][:2] == ["/robots.txt", "/czyjs/"]
    facts = second["sites"]["610725"]
    assert facts["complete"] and facts["known"] == 15 and facts["new_articles"] == 0


def test_news_are_found_where_the_list_begins(visited: Visited) -> None:
    title = "勉县教育局2026年部门预算"
    asked, n = visited.asked[2], number(title)
    assert {f"/czyjs/202602/t20260212_{n}.html", f"/czyjs/202602/P{n}.pdf"} <= set(asked)
    assert "/czyjs/index_2.html" not in asked
    assert visited.reports[2]["sites"]["610725"]["new_articles"] == 1
    store = open_store(str(visited.store))
    found = {one.title for run_id in stored_runs(store) for one in read_articles(store, run_id)}
    assert found == {title, *TITLES}


def test_a_list_that_lost_its_entries_is_never_passed_over(visited: Visited) -> None:
    facts = visited.reports[3]["sites"]["610725"]
    assert (facts["outcome"], facts["complete"]) == ("listing_changed", False)
    assert facts["gaps"] == ["listing_changed"]
    store = open_store(str(visited.store))
    run_id = stored_runs(store)[-1]
    (capture,) = [one for one in read_captures(store, run_id) if one.url.endswith("/czyjs/")]
    assert (capture.outcome, capture.status) == ("listing_changed", 200)
    run = read_run(store, run_id)
    assert run.outcomes["listing_changed"] == 1 and "listing_changed" in run.errors[0]
    assert run.complete_sites == ()


def test_killed_again_and_again_it_comes_to_the_end_and_asks_for_nothing_twice(tmp_path: Path) -> None:
    web = Web()
    web.html("/robots.txt", "")
    put_list(web, "/czyjs/", "单位预算", TITLES[:24], pages=3)
    for path, reply in list(web.pages.items()):
        web.pages[path] = Reply(reply.body, delay=0.02)
    county = site("610725", web.url + "/czyjs/")
    with serve(web):
        county = site("610725", web.url + "/czyjs/")
        for kill_at in (3, 6, 20, 35):  # the first two in the middle of the list
            child = subprocess.Popen(
                command(tmp_path, [county]), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            deadline = time.monotonic() + 60
            while len(web.asked) < kill_at and time.monotonic() < deadline:
                time.sleep(0.005)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        report = crawl(tmp_path, [county])
    asked = Counter(web.paths)
    assert set(asked) == set(web.pages) and report["sites"]["610725"]["complete"]
    assert sum(asked.values()) <= len(web.pages) + 2 * 4  # what was under way when the process died
    store = open_store(str(tmp_path))
    last = read_articles(store, stored_runs(store)[-1])
    assert sorted(one.title or "" for one in last) == sorted(TITLES[:24])
    assert all(len(one.attachments) == 1 for one in last)
    captured = Counter(c.url for run_id in stored_runs(store) for c in read_captures(store, run_id))
    assert max(captured.values()) == 1 and len(captured) == len(web.pages)


def test_a_changed_file_under_the_same_address_is_another_version(tmp_path: Path) -> None:
    web = Web()
    put_list(web, "/czyjs/", "部门预算", ["勉县教育局2026年部门预算"])
    n = number("勉县教育局2026年部门预算")
    path = f"/czyjs/202602/P{n}.pdf"
    web.pages[path] = Reply(b"%PDF-1.4 one", etag=b'"1"')
    with serve(web):
        county = [site("610725", web.url + "/czyjs/")]
        crawl(tmp_path, county)
        web.pages[path] = Reply(b"%PDF-1.4 two", etag=b'"2"')
        crawl(tmp_path, county)
    store = open_store(str(tmp_path))
    one, two = stored_runs(store)
    hashes = [c.sha256 for run in (one, two) for c in read_captures(store, run) if c.url.endswith(".pdf")]
    assert len(set(hashes)) == 2
    assert [found.title for found in read_articles(store, two)] == ["勉县教育局2026年部门预算"]


def test_signed_tokens_make_no_new_document(tmp_path: Path) -> None:
    web = Web()
    title = "勉县教育局2026年部门预算"
    n = number(title)
    put_list(web, "/czyjs/", "部门预算", [title])
    with serve(web):
        county = [site("610725", web.url + "/czyjs/")]
        for token in (b"1", b"2"):
            link = f"P{n}.pdf?Expires={token.decode()}&Signature=ab{token.decode()}"
            web.html(
                f"/czyjs/202602/t20260212_{n}.html",
                article(title, f'<a href="{link}">预算.pdf</a>'),
                etag=b'"%s"' % token,
            )
            web.pages[f"/czyjs/202602/{link}"] = Reply(b"%PDF-1.4", etag=b'"same"')
            crawl(tmp_path, county)
    store = open_store(str(tmp_path))
    files = [
        c
        for run in stored_runs(store)
        for c in read_captures(store, run)
        if "P" in c.url and "Expires" in c.url
    ]
    assert [c.outcome for c in files] == ["content", "unchanged"] and len({c.sha256 for c in files}) == 1
    assert files[1].status == 304  # the file was asked for under its new address, conditionally

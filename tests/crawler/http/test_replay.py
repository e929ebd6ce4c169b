"""The archive crawled in place of the network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request

from archive.stores import LocalStore, open_store
from archive.warc.captures import Run
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs
from archive.warc.records import Exchange
from crawler.http.failures import NotInArchive
from crawler.http.recorder import Recorder, spool_of
from crawler.http.replay import WarcFiles, sites_in
from crawler.http.request_meta import RequestMeta
from crawler.sites import Site
from tests.crawler.loopback import Web, serve
from tests.crawler.spiders.crawling import crawl, put_list, site

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TITLES = [f"勉县第{n}中学2026年单位预算" for n in range(12)]


def ask(url: str, body: bytes = b"") -> Request:
    meta = RequestMeta("a", "listing").as_meta()
    return Request(url, method="POST" if body else "GET", body=body, meta=meta)


def warcs(store: LocalStore) -> list[Path]:
    return [store.path(found.key) for found in store.list("warc/")]


def exchange(path: str, body: bytes, hour: int, **rest: object) -> Exchange:
    moment = NOON.replace(hour=hour)
    return Exchange(f"http://a.gov.cn{path}", moment, 200, body=body, **rest)  # type: ignore[arg-type]


@pytest.fixture
def files(tmp_path: Path) -> WarcFiles:
    store = LocalStore(tmp_path / "store")
    for number, body in enumerate((b"one", b"one", b"two")):
        run = Run(f"20261122T1{number}0000Z-0000aa", NOON, "test", "0")
        recorder = Recorder(store, run, spool_of(store))
        form = {"method": "POST", "request_body": b"page=%d" % number}
        recorder.record(exchange("/list", body, number), None, "any")
        recorder.record(exchange("/data", b"rows %d" % number, number, **form), None, "any")
        recorder.record(exchange("/again", b"one", number), None, "any")
        recorder.close(run.finished(NOON))
    return WarcFiles(warcs(store))


def test_the_last_answer_counts_and_a_revisit_has_its_body(files: WarcFiles) -> None:
    assert files.exchange(ask("http://a.gov.cn/list")).body == b"two"
    again = files.exchange(ask("http://a.gov.cn/again"))
    assert (again.body, again.fetched_at.hour) == (b"one", 2)
    with pytest.raises(NotInArchive):
        files.exchange(ask("http://a.gov.cn/other"))


def test_requests_with_a_body_are_told_apart(files: WarcFiles) -> None:
    bodies = [files.exchange(ask("http://a.gov.cn/data", b"page=%d" % n)).body for n in range(3)]
    assert bodies == [b"rows 0", b"rows 1", b"rows 2"]
    with pytest.raises(NotInArchive):
        files.exchange(ask("http://a.gov.cn/data"))


def test_a_replayed_crawl_finds_the_same_and_asks_nobody(tmp_path: Path) -> None:
    web = Web()
    web.html("/robots.txt", "")
    put_list(web, "/czyjs/", "单位预算", TITLES, pages=3)
    first, elsewhere = tmp_path / "first", tmp_path / "elsewhere"
    with serve(web):
        county = [site("610725", web.url + "/czyjs/", region_code="610725", name="勉县")]
        original = crawl(first, county)
        asked = len(web.asked)
    store = open_store(str(first))
    assert isinstance(store, LocalStore)
    paths = warcs(store)
    assert (
        sites_in(paths, [Site("a", None, "", web.url + "/czyjs/"), Site("b", None, "", "http://b/")])[
            0
        ].site_id
        == "a"
    )
    replayed = crawl(first, county, GONGKAI_REPLAY=[str(path) for path in paths])
    copied = crawl(elsewhere, county, GONGKAI_REPLAY=[str(path) for path in paths])
    assert len(web.asked) == asked
    runs = stored_runs(store)
    one, two = (read_articles(store, run_id) for run_id in runs)
    key = lambda article: article.url  # noqa: E731
    assert sorted(one, key=key) == sorted(two, key=key) and len(one) == 12  # the captures, too, are the same
    assert read_captures(store, runs[1]) == [] and len(list(store.list("warc/"))) == len(paths)
    assert read_run(store, runs[1]).complete_sites == () and replayed["sites"]["610725"]["complete"]
    assert original["sites"] == replayed["sites"] == copied["sites"]
    other = open_store(str(elsewhere))
    (run_id,) = stored_runs(other)
    captures = {c.url: c.sha256 for c in read_captures(other, run_id)}
    assert captures == {c.url: c.sha256 for c in read_captures(store, runs[0])}

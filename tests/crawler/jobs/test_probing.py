"""An address looked at and registered, through the front door; and what is reported of registered sites."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive.dataset.rows.typed import rows_of
from archive.stores import LocalStore
from archive.vocabulary import GapKind
from archive.warc.captures import Article, Run, VisitedSite
from archive.warc.gaps import Gap
from archive.warc.records import Exchange
from crawler.http.recorder import Recorder, spool_of
from crawler.jobs.probing import platform_text, start_of
from crawler.reports.results import Column
from crawler.reports.site_health import SiteHealth, health, needs_a_person, worth_showing
from crawler.sites import AlreadyRegistered, ExpectedBody, Site, load
from crawler.sites.edit import add, free_id, line_of
from parsers.values.vocabulary import BodyLevel
from tests.crawler.loopback import Web, serve
from tests.crawler.spiders.crawling import ROOT
from tests.crawler.spiders.test_discovery_crawl import home

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
MIAN = Site("610725", "610725", "勉县", "http://a.gov.cn/czyjs/")


def gongkai(*args: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GONGKAI_")}
    return subprocess.run(
        [sys.executable, ROOT / "gongkai.py", *args], capture_output=True, text=True, timeout=100,
        env=environment, check=False,
    )  # fmt: skip


def test_an_address_becomes_a_registry_line(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    with serve(home()) as web:
        done = gongkai("sites", "add", web.url + "/", "--registry", registry, "--store", tmp_path / "s")
        assert done.returncode == 0, done.stderr
        (site,) = load(registry)
        assert (site.site_id, site.region_code, site.name, site.page_type) == (
            "610725",
            "610725",
            "勉县",
            "budget",
        )
        assert site.url == web.url + "/zwgk/fdzdgknr/czxx/czyjs/"
        assert "预决算公开" in done.stdout and line_of(site) in done.stdout and "trs" in done.stdout
        assert not [path for path in web.paths if path.endswith((".pdf", ".html"))]  # lists only
        again = gongkai("sites", "add", web.url + "/", "--registry", registry, "--region", "勉县")
    assert again.returncode == 2 and "registered already" in again.stderr
    assert len(load(registry)) == 1 and not (tmp_path / "s").exists()


def column(*way: str) -> Column:
    return Column(way[-1], "部门预算", "static", 3, None, way)


def test_an_entry_starts_where_the_ways_to_all_lists_part() -> None:
    home_page, finance, budgets, accounts = "http://a/", "http://a/cz/", "http://a/cz/ys/", "http://a/cz/js/"
    first = column(home_page, finance, budgets)
    second_page = column(home_page, finance, budgets, budgets + "index_1.html")
    assert start_of([]) is None
    assert start_of([first]) == start_of([second_page, first]) == budgets
    assert start_of([first, second_page, column(home_page, finance, accounts)]) == finance


def test_an_address_without_disclosures_is_not_written(tmp_path: Path) -> None:
    web = Web()
    web.html("/xwzx/", f"<title>新闻动态</title><a href='/zfcg/'>政府采购</a><p>{'新闻' * 300}</p>")
    with serve(web):
        done = gongkai("sites", "add", web.url + "/xwzx/", "--registry", tmp_path, "--region", "勉县")
        unnamed = gongkai("sites", "add", web.url + "/nothing/", "--registry", tmp_path)
    assert (done.returncode, load(tmp_path)) == (1, ()), done.stderr
    assert unnamed.returncode == 2 and "--region" in unnamed.stderr


def test_lines_are_added_and_never_changed(tmp_path: Path) -> None:
    path = add(MIAN, tmp_path)
    before = path.read_bytes()
    second = Site(
        free_id("610725", "", [MIAN]), "610725", "勉县", "http://b.gov.cn/",
        budget_approved=(date(2026, 2, 1), date(2025, 1, 9)), approval_source="http://c/?a=1,2",
        expected_bodies=(ExpectedBody("教育局"), ExpectedBody("农业局", BodyLevel.DEPARTMENT)),
    )  # fmt: skip
    assert second.site_id == "610725-2"
    add(second, tmp_path)
    assert path.read_bytes().startswith(before) and load(tmp_path) == (MIAN, second)
    with pytest.raises(AlreadyRegistered):
        add(MIAN, tmp_path)
    assert free_id(None, "http://x/", []).startswith("x-")


def crawled(store: LocalStore, hour: int, outcome: str, status: int, *articles: Article) -> None:
    begun = NOON.replace(hour=hour)
    recorder = Recorder(store, Run(f"20261122T{hour:02d}0000Z-0000aa", begun, "test", "0"), spool_of(store))
    recorder.record(Exchange(MIAN.url or "", begun, status, body=b"<html>x</html>"), MIAN.site_id, "html")
    for article in articles:
        recorder.article(article)
    row = VisitedSite(MIAN.site_id, last_outcome=outcome, platform="trs")
    recorder.close(Run(f"20261122T{hour:02d}0000Z-0000aa", begun, "test", "0", begun, sites=(row,)))


def test_the_health_of_sites_is_told_from_the_archive(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    one = Article(MIAN.site_id, "http://a.gov.cn/1", "x", None, published_on=date(2026, 11, 2))
    two = Article(MIAN.site_id, "http://a.gov.cn/2", "x", None, published_on=date(2025, 11, 2))
    crawled(store, 1, "content", 200, one, two)
    crawled(store, 2, "blocked", 412, one)
    gap, unseen = Site("x", None, "无", None), Site("610726", "610726", "宁强县", "http://b/")
    table = health(store, [MIAN, gap, unseen], date(2026, 11, 22))
    row = table.to_pylist()[0]
    assert (row["outcome"], row["entries"], row["newest"], row["days_silent"]) == (
        "blocked",
        2,
        date(2026, 11, 2),
        20,
    )
    assert (row["last_visit"].hour, row["last_success"].hour, row["platform"]) == (2, 1, "trs")
    assert [needs_a_person(one) for one in rows_of(table, SiteHealth)] == [True, True, False]
    assert worth_showing(table).column("site_id").to_pylist() == ["610725", "x"]


def test_a_platform_that_is_only_recognised_says_so() -> None:
    site = Site(
        "140107", "140107", "杏花岭区", "https://x.gov.cn/bmp_pub/", platform="shanxi", notes="see 2026"
    )
    (row,) = health(None, [site], date(2026, 11, 22)).to_pylist()
    assert row["notes"] == "see 2026; recognised only: its lists cannot be read yet"
    assert platform_text("shanxi") == "shanxi (recognised only: its lists cannot be read yet)"
    assert (platform_text("trs"), platform_text(None)) == ("trs", "?")


def test_the_health_of_sites_is_a_table_or_json(tmp_path: Path) -> None:
    crawled(LocalStore(tmp_path), 1, "content", 200)
    done = gongkai("sites", "check", "勉县", "--format", "json", "--store", tmp_path)
    (row,) = json.loads(done.stdout)
    assert done.returncode == 0 and (row["outcome"], row["entries"], row["days_silent"]) == (
        "content",
        0,
        None,
    )


def test_an_address_that_shows_no_list_says_what_it_is_instead(tmp_path: Path) -> None:
    web = Web()
    web.html(
        "/", "<title>预决算公开平台</title><div id='app'></div><script>$.post('/bmp/unit/list.do')</script>"
    )
    with serve(web):
        done = gongkai("sites", "add", web.url + "/", "--region", "勉县", "--store", tmp_path / "s")
    assert done.returncode != 0
    assert "a page that only its script fills" in done.stderr and "calls /bmp/unit/list.do" in done.stderr


def test_the_health_of_a_site_says_what_its_pages_are(tmp_path: Path) -> None:
    store, begun = LocalStore(tmp_path), NOON
    row = VisitedSite(MIAN.site_id, last_outcome="listing_empty")
    gaps = (
        Gap(MIAN.site_id, GapKind.FILE, "http://a.gov.cn/1.pdf"),
        Gap(MIAN.site_id, GapKind.FORM, "http://a.gov.cn/cx", evidence="fields nd, dwmc"),
    )
    run = Run("20261122T010000Z-0000aa", begun, "test", "0", begun, sites=(row,), gaps=gaps)
    Recorder(store, run, spool_of(store)).close(run)
    (told,) = health(store, [MIAN], date(2026, 11, 22)).to_pylist()
    assert told["notes"] == "a list behind a form: http://a.gov.cn/cx (fields nd, dwmc)"

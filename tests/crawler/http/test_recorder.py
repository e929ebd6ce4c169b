"""What is taken up after an interruption, and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit
from archive.ingest.job import ingest
from archive.stores import LocalStore
from archive.vocabulary import GapKind
from archive.warc.captures import ARTICLES, RUN, Article, Run, VisitedSite, journal_key
from archive.warc.gaps import Gap
from archive.warc.journal import RunJournal
from archive.warc.records import Exchange
from crawler.history.resume import Past, begun_at
from crawler.http.recorder import Recorder, spool_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = b"<html><title>x</title>" + "<p>部门预算</p>".encode() * 60 + b"</html>"


def run(hour: int) -> Run:
    moment = NOON + timedelta(hours=hour)
    return Run(f"{moment:%Y%m%dT%H%M%SZ}-0000aa", moment, "test", "0")


def exchange(path: str, body: bytes = PAGE, status: int = 200, **headers: str) -> Exchange:
    fields = tuple((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return Exchange(f"http://a.gov.cn/{path}", NOON, status, response_headers=fields, body=body)


def crawled(store: LocalStore, hour: int, site: str, exchanges: Sequence[Exchange], finished: bool) -> None:
    begun = run(hour)
    recorder = Recorder(store, begun, spool_of(store))
    for found in exchanges:
        recorder.record(found, site, "html")
    row = VisitedSite(site)
    done = begun.finished(begun.started_at) if finished else begun
    recorder.close(replace(done, sites=(row,)))


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def test_an_interrupted_run_is_taken_up_with_its_final_answers(store: LocalStore) -> None:
    broken = exchange("busy", b"", 503)
    crawled(store, 0, "a", [exchange("list", etag='"1"'), exchange("gone", b"", 404), broken], finished=False)
    assert set(Past(store, NOON).kept) == {"http://a.gov.cn/list", "http://a.gov.cn/gone"}
    assert Past(store, NOON + timedelta(hours=1)).kept == {}  # too old
    later = Recorder(store, run(2), spool_of(store))
    kept = later.kept("http://a.gov.cn/list", "html")
    assert kept and (kept.status, kept.payload, kept.outcome.name) == (200, PAGE, "content")
    assert (b"etag", b'"1"') in [(name.lower(), value) for name, value in kept.headers]
    assert later.kept("http://a.gov.cn/busy", "html") is None
    assert later.validators("http://a.gov.cn/list", "a") == {"If-None-Match": '"1"'}
    later.close(None)


def test_a_later_finished_run_of_the_same_site_supersedes_it(store: LocalStore) -> None:
    crawled(store, 0, "a", [exchange("a")], finished=False)
    crawled(store, 1, "b", [exchange("b")], finished=True)
    assert set(Past(store, NOON).kept) == {"http://a.gov.cn/a"}
    crawled(store, 2, "a", [exchange("c")], finished=True)
    assert Past(store, NOON).kept == {}


def test_the_same_bytes_again_are_unchanged(store: LocalStore) -> None:
    crawled(store, 0, "a", [exchange("list", etag='"1"')], finished=True)
    recorder = Recorder(store, run(1), spool_of(store))
    same = recorder.record(exchange("list"), "a", "html")
    assert (same.outcome.name, same.capture.revisit) == ("unchanged", True)
    confirmed = recorder.record(exchange("list", b"", 304), "a", "html")
    assert (confirmed.outcome.name, confirmed.payload, confirmed.capture.sha256) == (
        "unchanged", PAGE, same.capture.sha256,
    )  # fmt: skip
    changed = recorder.record(exchange("list", PAGE + b" "), "a", "html")
    assert (changed.outcome.name, changed.capture.revisit) == ("content", False)
    recorder.close(None)


def test_a_304_nobody_asked_for_is_an_error(store: LocalStore) -> None:
    recorder = Recorder(store, run(0), spool_of(store))
    assert recorder.record(exchange("list", b"", 304), "a", "html").outcome.name == "error_page"
    recorder.close(None)


def test_begun_at() -> None:
    assert begun_at("20261122T120000Z-0000aa") == NOON
    assert begun_at("by-hand") is None


def test_the_spool_of_a_local_store_lies_in_it_unless_told_otherwise(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GONGKAI_SPOOL", raising=False)
    assert spool_of(store) == store.root / ".spool"
    monkeypatch.setenv("GONGKAI_SPOOL", "/tmp/elsewhere")
    other = LocalStore(store.root / "other")
    assert spool_of(store).parent == spool_of(other).parent == Path("/tmp/elsewhere")
    assert spool_of(store) != spool_of(other)  # or one would take in the killed runs of the other


def test_the_past_of_some_sites_is_that_of_the_whole_store(store: LocalStore, tmp_path: Path) -> None:
    """What is known of a site does not depend on whether the others are read, too; what runs of all of them
    say of one is read from the dataset."""
    names = ["s0", "s1", "s2"]
    for number in range(3):
        rows = tuple(
            VisitedSite(name, url=f"http://{name}.gov.cn/", last_outcome="content") for name in names
        )
        gaps = tuple(Gap(name, GapKind.LINK, f"http://{name}.gov.cn/{number}.html") for name in names)
        begun = replace(run(number), sites=rows, complete_sites=tuple(names[: number + 1]), gaps=gaps)
        with RunJournal(store, begun, tmp_path / "spool") as journal:
            for page, name in product(range(3), names):
                journal.failure(
                    f"http://{name}.gov.cn/{page}", begun.started_at, outcome="timeout", site_id=name
                )
                files = ((f"http://{name}.gov.cn/{page}.pdf", f"{name} 预算"),) if page < number else ()
                url = f"http://{name}.gov.cn/{number}-{page}.html"
                journal.article(Article(name, url, "部门预算", None, attachments=files, region_code="610725"))
            journal.finish(begun.finished(begun.started_at))
    table = build_table("sites", [{"site_id": name, "url": "x"} for name in names])
    commit(store, [Change("sites", table)], message="", run_id=None, now=NOON)
    assert ingest(store, now=NOON + timedelta(days=1)).snapshot
    later = NOON + timedelta(days=9)
    whole = Past(store, later)
    all_of = whole.of("s1")
    for number in range(3):
        (store.root / journal_key(run(number).run_id, ARTICLES)).unlink()
        (store.root / journal_key(run(number).run_id, RUN)).write_bytes(b"")
    past = Past(store, later, parts={"s1": "61", "s2": "62"})
    part = past.of("s1")
    for page in range(3):
        url = f"http://s1.gov.cn/{page}"
        assert part.known.trouble(url) == all_of.known.trouble(url) == "timeout"
        assert part.history.not_there(url) == all_of.history.not_there(url)
        for name in ("s0", "s2"):
            assert part.known.trouble(f"http://{name}.gov.cn/{page}") is None
        assert past.of("s2").known.trouble(f"http://s2.gov.cn/{page}") == "timeout"
    assert [*part.history.articles_of(["s1"])] == [*all_of.history.articles_of(["s1"])] != []
    for article in part.history.articles_of(["s1"]):
        assert part.history.files(article.url) == all_of.history.files(article.url)
    assert part.history.name("http://s1.gov.cn/1.pdf") == "s1 预算"
    assert part.history.complete("s1") and all_of.history.complete("s1")
    assert part.history.gaps("s1") == all_of.history.gaps("s1") != []
    assert past.sites == whole.sites == {*names}

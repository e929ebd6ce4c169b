"""Journals: they read back equal, survive a kill, and pywb replays what they index."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from archive.dataset.rows.archived import CAPTURE
from archive.dataset.rows.crawl import RunRow
from archive.dataset.rows.typed import table_of
from archive.dataset.snapshots import Change, commit, latest
from archive.history.runs import Past, run_row, runs_in
from archive.stores import LocalStore, Store, open_store
from archive.warc.captures import Article, Capture, Run, VisitedSite, capture_from_cdxj, capture_to_cdxj
from archive.warc.cdxj import surt
from archive.warc.journal import RunJournal, read_articles, read_captures, read_run, stored_runs
from archive.warc.recovery import INTERRUPTED, recover_runs
from archive.warc.writer import Exchange, WarcWriter, read_payload
from tests.archive.crawls import known_captures

T0 = datetime(2026, 11, 22, 10, 15, 30, 123456, tzinfo=UTC)
RUN = Run("20261122T101530Z-abc123", T0, "gongkai run", "0.1.0")
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40
PAGE = "<html><title>部门预算</title></html>".encode()
SITE = "http://www.example.gov.cn"


def exchange(path: str, body: bytes, kind: bytes, status: int = 200, seconds: int = 0) -> Exchange:
    headers = (
        (b"Content-Type", kind),
        (b"ETag", b'"v1"'),
        (b"Last-Modified", b"Sun, 22 Nov 2026 10:00:00 GMT"),
    )
    return Exchange(SITE + path, T0 + timedelta(seconds=seconds), status, "OK", headers, body, via=SITE + "/")


def crawl(store: Store, spool: Path, run: Run = RUN) -> list[Capture]:
    """A small run: a page, a file, the same file again, a missing page, a dead host, an article."""
    known = known_captures(store)
    captures = []
    with (
        RunJournal(store, run, spool) as journal,
        WarcWriter(store, run.run_id, spool, known=known.by_digest, version=known.version) as writer,
    ):
        for outcome, kind, answer in (
            ("content", "text/html", exchange("/t1.html", PAGE, b"text/html; charset=utf-8")),
            ("content", "application/pdf", exchange("/a.pdf", PDF, b"application/pdf", seconds=1)),
            ("content", "application/pdf", exchange("/B.pdf?y=2&x=1", PDF, b"application/pdf", seconds=2)),
            ("missing", "text/html", exchange("/gone.pdf", b"<p>404</p>", b"text/html", 404, seconds=3)),
        ):
            location = writer.write(answer)
            captures.append(
                journal.capture(answer, location, outcome=outcome, media_type=kind, site_id="610725")
            )
        captures.append(
            journal.failure("http://no.such.host.cn/", T0, outcome="dns", site_id="610725", referrer=SITE)
        )
        journal.article(
            Article(
                "610725", SITE + "/t1.html", "勉县2024年部门预算", captures[0].capture_id, date(2024, 2, 5),
                "metadata", ((SITE + "/a.pdf", "预算.pdf"), (SITE + "/B.pdf?y=2&x=1", None)),
            )
        )  # fmt: skip
        sites = (VisitedSite("610725", url=SITE, last_outcome="content"),)
        journal.finish(
            replace(run, finished_at=T0 + timedelta(hours=1), sites=sites, complete_sites=("610725",))
        )
    return captures


def test_a_run_reads_back_as_it_was(store: Store, tmp_path: Path) -> None:
    captures = crawl(store, tmp_path / "spool")
    assert read_captures(store, RUN.run_id) == captures
    assert [capture.capture_id[-7:] for capture in captures] == [f"-00000{n}" for n in range(1, 6)]
    [article] = read_articles(store, RUN.run_id)
    assert article.title == "勉县2024年部门预算" and article.published_on == date(2024, 2, 5)
    assert article.attachments[1] == (SITE + "/B.pdf?y=2&x=1", None)
    run = read_run(store, RUN.run_id)
    assert run.outcomes == {"content": 3, "dns": 1, "missing": 1}
    assert run.complete_sites == ("610725",) and run.finished_at == T0 + timedelta(hours=1)
    assert stored_runs(store) == [RUN.run_id]
    assert not list((tmp_path / "spool").iterdir())


def test_payloads_come_back_by_one_range_read(store: Store, tmp_path: Path) -> None:
    for capture in crawl(store, tmp_path / "spool")[:4]:
        assert capture.payload_path and capture.payload_offset is not None and capture.payload_length
        data = read_payload(store, capture.payload_path, capture.payload_offset, capture.payload_length)
        assert hashlib.sha256(data).hexdigest() == capture.sha256
        assert len(data) == capture.bytes


def test_what_is_known_makes_the_next_run_small(store: Store, tmp_path: Path) -> None:
    first = crawl(store, tmp_path / "spool")
    known = known_captures(store)
    version = known.previous(SITE + "/a.pdf")
    assert version and version.etag == '"v1"' and version.location.sha256 == first[1].sha256
    assert known.previous(SITE + "/gone.pdf") is None
    later = replace(RUN, run_id="20261123T101530Z-abc123", started_at=T0 + timedelta(days=1))
    second = crawl(store, tmp_path / "spool", later)
    assert [capture.revisit for capture in first] == [False, False, True, False, False]
    assert [capture.revisit for capture in second] == [True, True, True, True, False]
    assert [capture.payload_path for capture in second[:4]] == [capture.payload_path for capture in first[:4]]
    assert [capture.sha256 for capture in second] == [capture.sha256 for capture in first]


def test_what_a_snapshot_has_is_not_read_from_journals(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = crawl(store, tmp_path / "spool")
    stated = replace(RUN, complete_sites=("610725",), stated={"fiscal_year": 2026})
    listed = [Change("captures", table_of(CAPTURE, first)),
              Change("runs", table_of(RunRow, [run_row(stated)]))]  # fmt: skip
    commit(store, listed, message="", run_id=RUN.run_id, now=T0)
    later = replace(RUN, run_id="20261123T101530Z-abc123", started_at=T0 + timedelta(days=1))
    second = crawl(store, tmp_path / "spool", later)
    read: list[str] = []

    def reading(_: Store, run_id: str) -> list[Capture]:
        read.append(run_id)
        return second

    monkeypatch.setattr("archive.history.runs.read_captures", reading)
    monkeypatch.setattr("archive.history.runs.HELD", 1)  # each run is read apart
    past = Past(store, latest(store))
    assert past.ids() == [RUN.run_id, later.run_id]
    assert list(map(past.captures_of, past.ids())) == [first, second] and read == [later.run_id]
    assert runs_in(store, latest(store)) == [replace(stated, sites=())]
    found = known_captures(store).previous(SITE + "/a.pdf")
    assert found and found.location.warc_path == first[1].warc_path


def test_a_304_keeps_the_validators_it_does_not_repeat(local_store: Store, tmp_path: Path) -> None:
    first = crawl(local_store, tmp_path / "spool")
    known = known_captures(local_store)
    later = replace(RUN, run_id="20261123T101530Z-abc123")
    with (
        RunJournal(local_store, later, tmp_path / "spool") as journal,
        WarcWriter(local_store, later.run_id, tmp_path / "spool", version=known.version) as writer,
    ):
        answer = Exchange(SITE + "/a.pdf", T0 + timedelta(days=1), 304, "Not Modified")
        place = writer.write(answer)
        capture = journal.capture(
            answer, place, outcome="unchanged", media_type="application/pdf", site_id=None
        )
        journal.finish(later)
    assert capture.sha256 == first[1].sha256 and capture.revisit
    version = known_captures(local_store).previous(SITE + "/a.pdf")
    assert version and version.etag == '"v1"' and version.last_modified == "Sun, 22 Nov 2026 10:00:00 GMT"


CRAWL_UNTIL_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archive.warc.captures import Run, VisitedSite
from archive.warc.journal import RunJournal
from archive.stores import open_store
from archive.warc.writer import Exchange, WarcWriter

store, spool, run_id = open_store(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
journal = RunJournal(store, Run(run_id, datetime.now(UTC), "gongkai run", "0.1.0"), spool)
writer = WarcWriter(store, run_id, spool, max_bytes=100_000)
for number in range(1_000_000):
    answer = Exchange(f"http://a.cn/{number}", datetime.now(UTC), 200, body=str(number).encode() * 9_000)
    location = writer.write(answer)
    if number == 30:
        print("unjournalled", flush=True)
        continue
    capture = journal.capture(answer, location, outcome="content", media_type="text/plain", site_id="x")
    print(capture.capture_id, flush=True)
"""


def test_kill_9_then_recover_keeps_every_capture(tmp_path: Path) -> None:
    store, spool = open_store(str(tmp_path / "store")), tmp_path / "spool"
    command = [sys.executable, "-c", CRAWL_UNTIL_KILLED, store.uri, str(spool), RUN.run_id]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = [process.stdout.readline() for _ in range(40)]
    assert recover_runs(store, spool) == [], "a living run is left alone"
    process.send_signal(signal.SIGKILL)
    told += [line for line in process.stdout.readlines() if line.endswith("\n")]
    process.wait()
    assert recover_runs(store, spool) == [RUN.run_id]
    captures = read_captures(store, RUN.run_id)
    assert {line.strip() for line in told} - {"unjournalled"} <= {capture.capture_id for capture in captures}
    assert len({capture.url for capture in captures}) == len(captures)
    for capture in captures:
        assert capture.payload_path and capture.payload_offset is not None and capture.payload_length
        data = read_payload(store, capture.payload_path, capture.payload_offset, capture.payload_length)
        assert hashlib.sha256(data).hexdigest() == capture.sha256
    assert INTERRUPTED in read_run(store, RUN.run_id).errors
    assert recover_runs(store, spool) == [] and not list(spool.iterdir())


def test_records_and_lines_that_miss_each_other_are_reconciled(local_store: Store, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    journal, writer = RunJournal(local_store, RUN, spool), WarcWriter(local_store, RUN.run_id, spool)
    answers = [exchange(f"/{n}.pdf", PDF + bytes([n]), b"application/pdf", seconds=n) for n in range(3)]
    places = [writer.write(answer) for answer in answers]
    for answer, place in list(zip(answers, places, strict=True))[1:]:
        journal.capture(answer, place, outcome="content", media_type="application/pdf", site_id="1")
    writer.sync()
    journal.close()  # as if killed: finish() was never called
    [path] = spool.glob("*/warc/**/*.open")
    path.write_bytes(path.read_bytes()[: places[2].offset + 9])
    assert recover_runs(local_store, spool) == [RUN.run_id]
    kept, found = read_captures(local_store, RUN.run_id)
    assert (kept.url, kept.outcome) == (answers[1].url, "content")
    assert (found.url, found.outcome, found.media_type) == (answers[0].url, "unjudged", "application/pdf")
    assert found.fetched_at == answers[0].fetched_at and found.sha256 == places[0].sha256
    assert found.etag == '"v1"' and found.capture_id not in (kept.capture_id,)


def test_a_damaged_file_in_the_spool_is_told_and_does_not_stop_recovery(
    local_store: Store, tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    journal, writer = RunJournal(local_store, RUN, spool), WarcWriter(local_store, RUN.run_id, spool)
    answer = exchange("/a.pdf", PDF, b"application/pdf")
    place = writer.write(answer)
    journal.capture(answer, place, outcome="content", media_type="application/pdf", site_id="1")
    writer.sync()
    journal.close()
    [path] = spool.glob("*/warc/**/*.open")
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    path.with_name(path.name.removesuffix(".open")).write_bytes(data)
    path.unlink()
    assert recover_runs(local_store, spool) == [RUN.run_id]
    errors = read_run(local_store, RUN.run_id).errors
    assert errors[0] == INTERRUPTED and "is damaged" in errors[1]


def apart_from_sizes(capture: Capture) -> Capture:
    """Record ids are random, and so is the length of a compressed record."""
    return replace(capture, warc_offset=None, warc_length=None, payload_offset=None, payload_length=None)


@pytest.mark.parametrize("die_at", range(2, 6))
def test_a_crash_while_publishing_loses_nothing(tmp_path: Path, die_at: int) -> None:
    class Dying(LocalStore):
        calls = 0

        def _place(self, key: str, fill: Any) -> None:
            type(self).calls += 1
            if type(self).calls == die_at:
                raise KeyboardInterrupt
            super()._place(key, fill)

    with pytest.raises(KeyboardInterrupt):
        crawl(Dying(tmp_path / "store"), tmp_path / "spool")
    store = LocalStore(tmp_path / "store")
    assert stored_runs(store) == []
    assert recover_runs(store, tmp_path / "spool") == [RUN.run_id]
    undisturbed = open_store(str(tmp_path / "other"))
    expected = crawl(undisturbed, tmp_path / "other-spool")
    assert [apart_from_sizes(c) for c in read_captures(store, RUN.run_id)] == list(
        map(apart_from_sizes, expected)
    )
    assert read_run(store, RUN.run_id).complete_sites == ("610725",)


def test_pywb_replays_the_store_unchanged(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    crawl(store, tmp_path / "spool")
    later = replace(RUN, run_id="20261124T101530Z-abc123")
    known = known_captures(store)
    with (
        RunJournal(store, later, tmp_path / "spool") as journal,
        WarcWriter(store, later.run_id, tmp_path / "spool", version=known.version) as writer,
    ):
        answer = Exchange(SITE + "/a.pdf", T0 + timedelta(days=2), 304, "Not Modified")
        place = writer.write(answer)
        journal.capture(answer, place, outcome="unchanged", media_type="application/pdf", site_id=None)
        place = writer.write_resource("预算.pdf", PDF + b"local", "application/pdf", T0)
        journal.resource("file:///%E9%A2%84%E7%AE%97.pdf", T0, place, "application/pdf")
        journal.finish(later)
    assert replayed(store, SITE + "/t1.html") == PAGE
    assert replayed(store, SITE + "/a.pdf", "20261122101531") == PDF
    assert replayed(store, SITE + "/B.pdf?x=1&y=2") == PDF, "a revisit of another address"
    assert replayed(store, SITE + "/a.pdf", "20261124101530") == PDF, "a 304 does not hide what it confirms"
    assert replayed(store, "file:///%E9%A2%84%E7%AE%97.pdf") == PDF + b"local"


def replayed(store: LocalStore, url: str, when: str = "") -> bytes:
    """What pywb's server gives for a URL at a time, given only the places of warc/ and cdx/."""
    pywb = pytest.importorskip("pywb.warcserver.warcserver")
    werkzeug = pytest.importorskip("werkzeug.test")
    collection = {"index_paths": f"{store.root}/cdx/", "archive_paths": f"{store.root}/warc/"}
    server = pywb.WarcServer(custom_config={"collections": {"gongkai": collection}})
    query = urlencode({"url": url, "closest": when or "20261122101530", "matchType": "exact"})
    answer = werkzeug.Client(server).get(f"/gongkai/resource?{query}")
    assert answer.status_code == 200, answer.data
    warcio = pytest.importorskip("warcio.archiveiterator")
    record = next(iter(warcio.ArchiveIterator(__import__("io").BytesIO(answer.data))))
    payload: bytes = record.content_stream().read()
    return payload


def test_lines_are_sorted_by_keys_that_pywb_computes(local_store: Store, tmp_path: Path) -> None:
    crawl(local_store, tmp_path / "spool")
    lines = local_store.read(f"cdx/{RUN.run_id}.cdxj").decode().splitlines()
    assert lines == sorted(lines) and len(lines) == 4
    cdx_object = pytest.importorskip("pywb.warcserver.index.cdxobject").CDXObject
    canonicalize = pytest.importorskip("pywb.utils.canonicalize").canonicalize
    for line in lines:
        found = cdx_object(line.encode())
        assert found["urlkey"] == canonicalize(found["url"])
        assert found["timestamp"].startswith("202611221015")
        assert (local_store.size("warc/" + found["filename"])) > int(found["offset"]) + int(found["length"])
        assert capture_to_cdxj(capture_from_cdxj(line)) == line


@pytest.mark.parametrize(
    "url",
    [
        "http://WWW.Example.gov.cn:80/a/B?x=1&y=2#f", "https://www2.a.gov.cn/", "http://a.cn", "http://a.cn/?",
        "http://a.cn/a/../b//c/", "http://a.cn/%E9%A2%84%e7%ae%97.pdf", "http://a.cn/预算 表.pdf",
        "http://a.cn/x?b&a=&c=1&", "http://10.1.2.3:8080/x", "https://a.cn:80/x", "http://user:pw@a.cn/",
        "http://a.cn/x?jsessionid=0123456789abcdef0123456789ABCDEF&b=1", "http://a.cn/a%2Fb%2520c",
        "file:///%E9%A2%84%E7%AE%97.pdf", "http://a.cn/a+b?c+d=%2B", "http://a.cn/a?b=http://c.cn/../d",
        "http://中文.cn/x", "http://a.cn/x?name=%D4%A4%CB%E3", "http://a.cn/x#!/y", "http://a.cn/a%23b?c%23d",
    ],
)  # fmt: skip
def test_keys_are_those_of_pywb(url: str) -> None:
    assert surt(url) == pytest.importorskip("pywb.utils.canonicalize").canonicalize(url)

"""The report of a job as files: the same numbers in each, and nothing of a web page comes alive."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from archive.dataset.snapshots import Snapshot
from archive.ingest.documents import IngestReport, Parsed
from archive.warc.captures import Run
from crawler.jobs.endings import write_report
from crawler.jobs.reports import JobReport
from crawler.reports.results import CrawlReport, SiteReport
from crawler.sites import Site

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW = START + timedelta(minutes=5)
EVIL = "<script>alert(1)</script>"


def report() -> JobReport:
    site = Site("610725", "610725", EVIL, "http://e.org/")
    seen = SiteReport(site, "timeout", 'no "answer"\nin time', False, None, 0, 0, 0, 0, ())
    run = Run("20261122T100000Z-abcdef", START, "run", "0")
    crawled = CrawlReport(run, (seen,), {"content": 3, "timeout": 1}, 4, 0, 2048, 2, 1, False)
    parsed = Parsed("a.pdf", "f" * 64, None, "damaged", "cut off", 0, 0)
    snapshot = Snapshot(7, NOW, 6, "w", "1 documents", None, {})
    return JobReport(crawled, IngestReport(snapshot, ("r",), (parsed,), ()), {"missing": 2, "late": 1})


def test_the_three_say_the_same(tmp_path: Path) -> None:
    done = report()
    assert done.ingested
    written = write_report(tmp_path / "new" / "folder", done, done.ingested.snapshot, NOW)
    assert sorted(path.name for path in written) == sorted(path.name for path in written[0].parent.iterdir())
    assert {path.name for path in written} >= {"20261122T100000Z-abcdef.json", "latest.html", "gongkai.prom"}
    told = json.loads((tmp_path / "new/folder/latest.json").read_text())
    assert (told["run"]["exchanges"], told["snapshot"], told["deadlines"]) == (
        4,
        7,
        {"missing": 2, "late": 1},
    )
    assert told["sites"][0]["outcome"] == "timeout"
    assert len(told["needs_a_person"]) == 2
    prom = (tmp_path / "new/folder/gongkai.prom").read_text()
    for line in (
        'gongkai_deadlines{status="missing"} 2.0',
        'gongkai_run_exchanges{outcome="timeout"} 1.0',
        'gongkai_run_documents{outcome="damaged"} 1.0',
        'gongkai_run_sites{state="complete"} 0.0',
        "gongkai_run_duration_seconds 300.0",
        "gongkai_run_needs_a_person 2.0",
        "gongkai_snapshot_number 7.0",
    ):
        assert line in prom.splitlines()


def test_prometheus_reads_the_metrics(tmp_path: Path) -> None:
    write_report(tmp_path, report(), None, NOW)
    text = (tmp_path / "gongkai.prom").read_text()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    [sample] = families["gongkai_run_finished_timestamp_seconds"].samples
    assert sample.value == NOW.timestamp()
    assert all(family.documentation and family.samples for family in families.values())


def test_what_pages_say_stays_text(tmp_path: Path) -> None:
    write_report(tmp_path, report(), None, NOW)
    html = (tmp_path / "latest.html").read_text()
    assert EVIL not in html and "&lt;script&gt;" in html
    assert "default-src 'none'" in html


def test_a_later_report_takes_the_place_of_the_latest(tmp_path: Path) -> None:
    write_report(tmp_path, report(), None, NOW)
    write_report(
        tmp_path,
        JobReport(None, IngestReport(None, (), (), ()), {"pending": 1}),
        None,
        NOW + timedelta(hours=1),
    )
    assert json.loads((tmp_path / "latest.json").read_text())["deadlines"] == {"pending": 1}
    assert len(list(tmp_path.glob("*.json"))) == 3

"""The report of a job in words: answers are answers, and what needs a person is listed by kind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.ingest.documents import IngestReport, Parsed
from archive.stores import LocalStore
from archive.vocabulary import GapKind
from archive.warc.captures import Run
from archive.warc.gaps import Gap
from crawler.jobs.endings import report_for_screen
from crawler.jobs.reports import JobReport
from crawler.jobs.summary import report_text, to_look_at, troubles
from crawler.reports.results import CrawlReport, SiteReport
from crawler.reports.totals import Tally
from crawler.sites import Site
from parsers.findings.claims import Measured
from parsers.values.messages import message
from parsers.values.vocabulary import Severity

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RUN = Run("20261122T120000Z-abcdef", NOON, "run", "0")


def site(number: int, outcome: str, *gaps: tuple[str, str], complete: bool = False) -> SiteReport:
    registered = Site(str(number), None, f"县{number}", f"http://{number}.gov.cn/")
    seen = tuple(Gap(str(number), GapKind.UNANSWERED, url, outcome=name) for url, name in gaps)
    return SiteReport(registered, outcome, "evidence", complete, None, 0, 0, 0, 0, seen)


def crawled(*sites: SiteReport, interrupted: bool = False, **outcomes: int) -> JobReport:
    return JobReport(CrawlReport(RUN, sites, outcomes, sum(outcomes.values()), 0, 0, 0, 0, interrupted))


def test_what_no_server_answered_is_no_answer() -> None:
    tally = Tally([Site("1", None, "县", "http://1.gov.cn/")])
    for outcome in ("content", "missing", "dns", "timeout", "robots"):
        tally.noticed("http://1.gov.cn/", "1", outcome, 0)
    assert (tally.progress.exchanges, tally.progress.unanswered) == (5, 3)
    report = report_text(crawled(content=2, missing=1, dns=7))
    assert "Answers      3: 2 content, 1 missing" in report
    assert "No answer    7: 7 dns" in report


def test_thousands_of_troubles_are_some_kinds_with_examples(tmp_path: Path) -> None:
    sites = [site(number, "dns") for number in range(3000)] + [site(3000, "timeout")]
    report = report_for_screen(LocalStore(tmp_path), crawled(*sites, dns=3000, timeout=1), None, NOON)
    assert "3,000 × Site: dns (the name does not resolve)" in report and "1 × Site: timeout" in report
    assert "县2 http://2.gov.cn/ (evidence)" in report and "县3 " not in report
    assert "… and 2,997 more" in report
    [line] = [line for line in report.splitlines() if line.startswith("The whole list: ")]
    page = Path(line.removeprefix("The whole list: "))
    assert "县2999 http://2999.gov.cn/" in page.read_text("utf-8")
    assert len(json.loads(page.with_suffix(".json").read_text("utf-8"))["needs_a_person"]) == 3001


def test_a_short_report_names_all_and_writes_nothing(tmp_path: Path) -> None:
    sites = [site(1, "content", ("http://1.gov.cn/a.html", "timeout")), site(2, "blocked")]
    report = report_for_screen(LocalStore(tmp_path), crawled(*sites), None, NOON)
    assert "Site: not visited to the end" in report and "http://1.gov.cn/a.html" in report
    assert "whole list" not in report and not list(tmp_path.iterdir())
    report = report_for_screen(LocalStore(tmp_path), crawled(*sites), tmp_path / "r", NOON)
    assert report.count("The whole list") == 1
    assert (tmp_path / "r" / "latest.html").exists()


def test_a_folder_that_cannot_be_written_does_not_undo_the_work(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    report = report_for_screen(LocalStore(tmp_path), crawled(site(1, "dns")), tmp_path / "file" / "r", NOON)
    assert "Site: dns" in report and "whole list" not in report
    assert "could not be written" in caplog.text


def test_sites_that_an_interrupted_crawl_did_not_come_to_need_nobody() -> None:
    job = crawled(site(1, "dns"), *(site(number, "not_run") for number in range(2, 3000)), interrupted=True)
    assert len(to_look_at(job)) == 1
    assert "Sites not visited  2,998; the same command goes on" in report_text(job)


def test_an_address_is_named_once_and_documents_by_outcome() -> None:
    url = "http://1.gov.cn/a.pdf"
    damaged = Parsed("b.pdf", "f" * 64, None, "damaged", str(message("archive_breaks_off")), 0, 0)
    job = JobReport(
        crawled(site(1, "content", (url, "timeout"))).crawled,
        IngestReport(None, (), (damaged,), ((url, "timeout"),)),
    )
    assert troubles(job)["Address: timeout (no answer in time)"] == [url]
    assert troubles(job)["Document: damaged (truncated or broken beyond reading)"] == [
        "b.pdf (the archive breaks off before its first file)"
    ]


def test_files_that_the_dataset_had_are_named_with_their_place() -> None:
    known = Parsed("m.pdf", "a" * 64, None, "parsed", None, 1, 2, known=True, known_as="预算.pdf",
                   known_at="公告 http://1.gov.cn/", run_id="now")  # fmt: skip
    others = Parsed("n.pdf", "b" * 64, None, "parsed", None, 1, 2, known=True, run_id="before")
    report = report_text(JobReport(None, IngestReport(None, (), (known, others), ()), handed_over="now"))
    assert "m.pdf: 预算.pdf, document aaaaaaaaaaaaaaaa, of 公告 http://1.gov.cn/" in report
    assert "n.pdf" not in report


def test_presumed_dates_are_called_so() -> None:
    ingested = IngestReport(None, (), (), ())
    report = report_text(JobReport(None, ingested, {"missing": 3, "late": 1}, presumed=2))
    assert "3 missing, 1 late; the date is presumed for 2 of them" in report
    assert "presumed" not in report_text(JobReport(None, ingested, {"missing": 3}))


def test_errors_are_told_with_the_precision_of_their_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"I3": Measured("I3", 30, 30), "I10": Measured("I10", 20, 20)}
    monkeypatch.setattr("crawler.jobs.summary.measured", lambda rule: known[rule])

    def report(*rules: str) -> str:
        failing = {Severity.ERROR: len(rules), Severity.INFO: 4}
        document = Parsed("a.pdf", "0" * 64, None, "parsed", None, 1, 2, failing, rules)
        return report_text(JobReport(None, IngestReport(None, (), (document,), ())))

    assert "errors 2, warnings 0; noted besides 4" in report("I10", "I3")
    assert "findings of I10, I3: 50 of 50 judged on real documents were right" in report("I10", "I3")
    assert "Precision of the errors" not in report()

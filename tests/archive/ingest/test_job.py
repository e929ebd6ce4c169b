"""Ingest: pending runs become one snapshot; doing it again, or otherwise, changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import archive.ingest.planning
import archive.ingest.reading.rows
import archive.monitoring.anew
from archive.dataset.snapshots import latest, load
from archive.evidence.restore import restore_check
from archive.history.local_files import archive_files
from archive.history.runs import pending_runs
from archive.isolation.pool import Pool
from archive.monitoring import carried
from archive.monitoring.bodies import NOTHING_REGISTERED
from archive.stores import LocalStore, Store
from archive.warc.captures import Run, VisitedSite
from archive.warc.journal import RunJournal, read_captures
from archive.warc.recovery import recover_runs
from archive.warc.writer import Exchange, WarcWriter
from parsers import PARSER_VERSION
from tests.archive.crawls import NOW, SITE, SITES, article, budget, crawl, page
from tests.archive.ingest.ingesting import assert_references_hold, rows, run_ingest, sha

VISITED = tuple(VisitedSite(**site) for site in SITES)


def test_a_crawl_becomes_one_snapshot(store: Store, tmp_path: Path, pool: Pool) -> None:
    pdf, xls = budget(title="a"), budget(title="b", amounts=["1.00", "0.00", "3.00"])
    run_id = crawl(
        store, tmp_path, {"/": page("list"), "/t1.html": page("正文"), "/a.pdf": pdf, "/b.xls": xls},
        [article("/t1.html", "/b.xls", "/a.pdf", "/dead.pdf")],
    )  # fmt: skip
    report = run_ingest(store, pool)
    assert report.snapshot and report.snapshot.number == 1 and report.runs == (run_id,)
    assert report.outcomes == {"parsed": 2} and report.missing == ((SITE + "/dead.pdf", "not_run"),)
    [disclosure] = rows(store, "disclosures")
    assert disclosure["document_ids"] == [sha(xls), sha(pdf)]
    assert (disclosure["body_name"], disclosure["fiscal_year"]) == ("勉县教育局", 2026)
    assert disclosure["region_code"] == "610725" and disclosure["state"] == "live"
    documents = {row["document_id"]: row for row in rows(store, "documents")}
    assert documents[sha(xls)]["proved_share"] == 0.5 and documents[sha(xls)]["facts"] == 3
    assert documents[sha(pdf)]["county"] == "勉县" and documents[sha(pdf)]["parser_version"] == PARSER_VERSION
    fact = next(row for row in rows(store, "facts") if row["document_id"] == sha(pdf))
    assert fact["fact_id"] == f"{sha(pdf)[:16]}-t001-r0-c1" and fact["amount_yuan"] == Decimal("1.00")
    assert (fact["province"], fact["body_name"], fact["table_type"], fact["y1"]) == (
        "陕西省", "勉县教育局", "summary", 3.0,
    )  # fmt: skip
    checks = [row for row in rows(store, "checks") if row["document_id"] == sha(pdf)]
    assert [row["fact_ids"] for row in checks] == [[fact["fact_id"]]] * 2
    assert len(rows(store, "captures")) == 4 and len(rows(store, "runs")) == 1
    assert [row["site_id"] for row in rows(store, "sites")] == ["610725"]
    assert [row["name"] for row in rows(store, "bodies")] == ["勉县教育局"]
    assert {row["document_kind"] for row in rows(store, "deadlines")} == {"budget"}
    assert pending_runs(store, latest(store)) == []


def test_no_news_commits_nothing_and_stays_pending(local_store: Store, tmp_path: Path, pool: Pool) -> None:
    answers = {"/t1.html": page("正文"), "/a.pdf": budget()}
    crawl(local_store, tmp_path, answers, [article("/t1.html", "/a.pdf")])
    run_ingest(local_store, pool)
    again = crawl(local_store, tmp_path, answers, [article("/t1.html", "/a.pdf")], day=1)
    report = run_ingest(local_store, pool, 1)
    assert report.snapshot is None and [document.known for document in report.documents] == [True]
    assert pending_runs(local_store, latest(local_store)) == [again]
    crawl(local_store, tmp_path, {"/t2.html": page("x"), "/c.pdf": budget(body="勉县水利局")},
          [article("/t2.html", "/c.pdf")], day=2)  # fmt: skip
    assert run_ingest(local_store, pool, 2).snapshot
    assert len(rows(local_store, "runs")) == 3
    first = next(row for row in rows(local_store, "disclosures") if row["url"].endswith("/t1.html"))
    assert first["last_seen"] - first["first_seen"] == timedelta(days=1) and first["state"] == "live"


def test_what_other_rules_judge_is_kept_though_nothing_is_news(
    local_store: Store, tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or every question until the next news would have everything judged again."""
    answers = {"/t1.html": page("正文"), "/a.pdf": budget()}
    crawl(local_store, tmp_path, answers, [article("/t1.html", "/a.pdf")])
    run_ingest(local_store, pool)
    verdicts = rows(local_store, "deadlines")
    monkeypatch.setattr(archive.monitoring.anew, "_code", lambda: "other rules")
    for day in (1, 2):
        crawl(local_store, tmp_path, answers, [article("/t1.html", "/a.pdf")], day=day)
        kept = run_ingest(local_store, pool, day).snapshot
        assert (kept is not None and kept.judged is not None) == (day == 1)
        newest = load(local_store)
        assert newest.judged and newest.judged.rules == "other rules"
        assert carried.may_carry(newest, newest.judged.as_of, NOTHING_REGISTERED)
    assert rows(local_store, "deadlines") == verdicts


def test_the_same_file_under_two_names_is_one_document(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    answers = {"/t1.html": page("1"), "/a.pdf": budget(), "/t2.html": page("2"), "/b.pdf": budget()}
    crawl(local_store, tmp_path, answers, [article("/t1.html", "/a.pdf"), article("/t2.html", "/b.pdf")])
    report = run_ingest(local_store, pool)
    assert len(report.documents) == 1 and len(rows(local_store, "documents")) == 1
    assert [row["document_ids"] for row in rows(local_store, "disclosures")] == [[sha(budget())]] * 2


def test_a_document_is_called_what_it_was_where_it_was_seen_first(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    shown, unnamed = budget(title="shown"), budget(title="unnamed")
    with_table = page("预算 " + budget(title="page").decode())
    zipped = json.dumps({"members": {"部门/m.pdf": {"title": "m"}}}).encode()
    answers = {"/t1.html": with_table, "/a.pdf": shown, "/%E9%A2%84.pdf?x=1": unnamed, "/z.zip": zipped}
    first = replace(article("/t1.html", "/a.pdf", "/z.zip"), attachments=(
        (SITE + "/a.pdf", "2026年预算 13912345678.pdf"), (SITE + "/%E9%A2%84.pdf?x=1", None),
        (SITE + "/z.zip", "附件.zip"),
    ))  # fmt: skip
    crawl(local_store, tmp_path, answers, [first])
    run_ingest(local_store, pool)
    later = {"/t2.html": page("2"), "/b.pdf": shown, "/c.pdf": budget(title="new")}
    crawl(local_store, tmp_path, later, [article("/t2.html", "/b.pdf", "/c.pdf")], day=1)
    run_ingest(local_store, pool, 1)
    for day, name, stated in ((2, "own name.pdf", {}), (3, "other name.pdf", {"fiscal_year": 2020})):
        (tmp_path / name).write_bytes(budget(title="local"))
        moment = NOW + timedelta(days=day)
        archive_files(
            local_store, [tmp_path / name], spool=tmp_path, now=moment, command="", version="1", stated=stated
        )
        run_ingest(local_store, pool, day)
    expected = {
        sha(shown): "2026年预算 [phone].pdf", sha(unnamed): "预.pdf", sha(zipped): "附件.zip",
        sha(with_table): "t1.html", sha(budget(title="new")): "附件/c.pdf",
        sha(json.dumps({"title": "m"}).encode()): "部门/m.pdf", sha(budget(title="local")): "own name.pdf",
    }  # fmt: skip
    assert {row["document_id"]: row["name"] for row in rows(local_store, "documents")} == expected
    [restated] = [row for row in rows(local_store, "documents") if row["title"] == "local"]
    assert restated["fiscal_year"] == 2020, "it was read again, under its second name"
    assert restore_check(local_store, load(local_store), tmp_path / "scratch", pool=pool) == []
    run_ingest(local_store, pool, 4, reparse=True)
    assert {row["document_id"]: row["name"] for row in rows(local_store, "documents")} == expected


def test_what_is_known_is_told_with_its_name_and_place(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    member = {"title": "m"}
    answers = {"/t.html": page("正文"), "/a.pdf": json.dumps(member).encode()}
    crawl(local_store, tmp_path, answers, [article("/t.html", "/a.pdf", title="预算")])
    run_ingest(local_store, pool)
    given = {"spool": tmp_path, "command": "", "version": "1"}
    (tmp_path / "z.zip").write_bytes(json.dumps({"members": {"部门/m.pdf": member}}).encode())
    for day, known in ((1, ["部门/m.pdf"]), (2, ["z.zip"])):
        moment = NOW + timedelta(days=day)
        run_id = archive_files(local_store, [tmp_path / "z.zip"], now=moment, **given)  # type: ignore[arg-type]
        documents = run_ingest(local_store, pool, day).documents
        found = {one.name: one for one in documents if one.known and one.run_id == run_id}
        assert list(found) == known
        one = found[known[0]]
        if day == 1:
            assert (one.known_as, one.known_at) == ("附件/a.pdf", f"预算 {SITE}/t.html")
        else:
            assert (one.known_as, one.known_at) == ("z.zip", None)


def test_a_page_is_a_document_if_a_budget_table_stands_in_it(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    with_table = page("预算 " + budget().decode())
    answers = {"/t1.html": with_table, "/t2.html": page("正文"), "/direct.pdf": budget(title="direct")}
    crawl(local_store, tmp_path, answers, [article("/t1.html"), article("/t2.html"), article("/direct.pdf")])
    run_ingest(local_store, pool)
    found = {row["url"].rpartition("/")[2]: row["document_ids"] for row in rows(local_store, "disclosures")}
    assert found == {
        "t1.html": [sha(with_table)], "t2.html": [], "direct.pdf": [sha(budget(title="direct"))],
    }  # fmt: skip


def test_a_page_that_leads_to_no_file_is_a_document_if_its_text_tells_the_budget(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    told = json.dumps(
        {"sentences": ["三公经费1万元", "公务接待费1万元", "公务用车费1万元"]}, ensure_ascii=False
    )
    mentioned = json.dumps({"sentences": ["三公经费1万元"]}, ensure_ascii=False)
    first, again = page("访问1次 " + told), page("访问2次 " + told)
    answers = {
        "/t1.html": first,
        "/t2.html": page(mentioned),
        "/t3.html": page("3 " + told),
        "/a.pdf": budget(),
    }
    articles = [article("/t1.html"), article("/t2.html"), article("/t3.html", "/a.pdf")]
    crawl(local_store, tmp_path, answers, articles)
    run_ingest(local_store, pool)
    found = {row["url"].rpartition("/")[2]: row["document_ids"] for row in rows(local_store, "disclosures")}
    assert found == {"t1.html": [sha(first)], "t2.html": [], "t3.html": [sha(budget())]}
    crawl(local_store, tmp_path, answers | {"/t1.html": again}, articles, 1)
    run_ingest(local_store, pool, 1)
    assert {row["document_id"] for row in rows(local_store, "documents")} == {sha(first), sha(budget())}


def three_runs(store: Store, spool: Path) -> None:
    zipped = json.dumps({"members": {"a.pdf": {"title": "m"}, "b.pdf": {"title": "n"}}}).encode()
    crawl(store, spool, {"/1.html": page("1"), "/a.zip": zipped}, [article("/1.html", "/a.zip")])
    crawl(store, spool, {"/1.html": page("1"), "/a.zip": zipped, "/2.html": page("2"), "/b.pdf": budget()},
          [article("/1.html", "/a.zip"), article("/2.html", "/b.pdf")], day=1)  # fmt: skip
    crawl(
        store, spool, {"/2.html": page("2"), "/b.pdf": budget(year=2025)}, [article("/2.html", "/b.pdf")], 2
    )


def test_step_by_step_or_all_at_once_gives_the_same_rows(tmp_path: Path, pool: Pool) -> None:
    stepwise, at_once = LocalStore(tmp_path / "stepwise"), LocalStore(tmp_path / "once")
    three_runs(at_once, tmp_path / "spool1")
    run_ingest(at_once, pool, 9)
    source = LocalStore(tmp_path / "source")
    three_runs(source, tmp_path / "spool2")
    for run_id in sorted({found.key.split("/")[1].split(".")[0] for found in source.list("cdx/")}):
        for found in source.list(""):
            if run_id in found.key:
                stepwise.write(found.key, source.read(found.key))
        run_ingest(stepwise, pool, 9)
    for name in (
        "sites",
        "runs",
        "disclosures",
        "documents",
        "tables",
        "facts",
        "checks",
        "versions",
        "changes",
        "bodies",
        "deadlines",
    ):
        assert sorted(map(str, rows(stepwise, name))) == sorted(map(str, rows(at_once, name))), name
    assert_references_hold(at_once)
    zipped = next(row for row in rows(at_once, "documents") if row["outcome"] == "container")
    members = [row for row in rows(at_once, "documents") if row["parent_id"] == zipped["document_id"]]
    assert sorted(row["title"] for row in members) == ["m", "n"]
    first = next(row for row in rows(at_once, "disclosures") if row["url"].endswith("/1.html"))
    assert first["document_ids"][0] == zipped["document_id"] and len(first["document_ids"]) == 3


def test_a_crash_at_the_commit_leaves_everything_pending(tmp_path: Path, pool: Pool) -> None:
    class Dying(LocalStore):
        def create(self, key: str, data: bytes) -> None:
            if "snapshot-" in key:
                raise KeyboardInterrupt
            super().create(key, data)

    store = LocalStore(tmp_path / "store")
    three_runs(store, tmp_path / "spool")
    with pytest.raises(KeyboardInterrupt):
        run_ingest(Dying(tmp_path / "store"), pool)
    assert len(pending_runs(store, latest(store))) == 3
    assert run_ingest(store, pool).snapshot and len(rows(store, "documents")) == 5


def test_reparse_reads_the_archive_again(
    local_store: Store, tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_runs(local_store, tmp_path)
    run_ingest(local_store, pool)
    before = {
        name: rows(local_store, name) for name in ("documents", "tables", "facts", "checks", "disclosures")
    }
    report = run_ingest(local_store, pool, reparse=True)
    assert report.snapshot is None and before == {name: rows(local_store, name) for name in before}
    assert len(report.documents) == 5 and not any(document.known for document in report.documents)
    monkeypatch.setattr(archive.ingest.planning, "PARSER_VERSION", "later")
    monkeypatch.setattr(archive.ingest.reading.rows, "PARSER_VERSION", "later")
    run_ingest(local_store, pool, reparse=True)
    assert {row["parser_version"] for row in rows(local_store, "documents")} == {"later"}
    assert len(rows(local_store, "facts")) == len(before["facts"])


def test_an_address_announced_twice_in_a_run_is_one_sight(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    shown, answers = article("/t.html", "/a.pdf"), {"/t.html": page("正文"), "/a.pdf": budget()}
    for day in (0, 1):
        crawl(local_store, tmp_path, answers, [article("/t.html"), shown], day)
        run_ingest(local_store, pool, day)
    assert [row["state"] for row in rows(local_store, "disclosures")] == ["live"]
    run_ingest(local_store, pool, 2, reparse=True)
    assert [row["state"] for row in rows(local_store, "disclosures")] == ["live"]


def test_a_file_of_another_body_does_not_rename_an_announcement(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    title = "勉县水利局2026年部门预算"
    announced = replace(article("/t.html", "/a.pdf", title=title), body_name="勉县水利局", fiscal_year=2026)
    other = budget(body="勉县教育局", year=2025)
    crawl(local_store, tmp_path, {"/t.html": page("正文"), "/a.pdf": other}, [announced])
    run_ingest(local_store, pool)
    for again in (False, True):
        run_ingest(local_store, pool, 1, reparse=again)
        [row] = rows(local_store, "disclosures")
        assert (row["body_name"], row["fiscal_year"]) == ("勉县水利局", 2026)
        assert row["document_ids"] == [sha(other)]


def test_an_attachment_seen_only_by_an_earlier_run_is_still_the_articles(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    crawl(
        local_store, tmp_path, {"/t.html": page("正文"), "/a.pdf": budget()}, [article("/t.html", "/a.pdf")]
    )
    run_ingest(local_store, pool)
    crawl(local_store, tmp_path, {"/t.html": page("正文"), "/a.pdf": 404}, [article("/t.html", "/a.pdf")], 1)
    report = run_ingest(local_store, pool, 1)
    assert report.snapshot is None and report.missing == ()


def test_a_run_that_resumes_a_killed_one_counts_what_that_one_archived(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    spool = tmp_path / "spool"
    killed = Run("20261122T101530Z-dead00", NOW, "gongkai run", "0.1.0", sites=VISITED)
    answers = [
        Exchange(SITE + "/t.html", NOW, 200, body=page("正文")),
        Exchange(SITE + "/old.pdf", NOW, 302, via=SITE + "/t.html"),
        Exchange(SITE + "/new.pdf", NOW, 200, body=budget(), via=SITE + "/old.pdf"),
        Exchange(SITE + "/b.pdf", NOW, 200, body=budget(title="b"), via=SITE + "/t.html"),
    ]
    journal, writer = RunJournal(local_store, killed, spool), WarcWriter(local_store, killed.run_id, spool)
    outcomes = ("content", "redirect", "content")
    for answer, outcome in zip(answers, outcomes, strict=False):
        journal.capture(answer, writer.write(answer), outcome=outcome, media_type=None, site_id="610725")
    writer.write(answers[3])  # killed before it was judged
    journal.article(article("/t.html", "/old.pdf", "/c.pdf"))  # and before it had asked for both
    journal.close()
    assert recover_runs(local_store, spool) == [killed.run_id]
    later = Run("20261122T111530Z-beef00", NOW + timedelta(hours=1), "gongkai run", "0.1.0", sites=VISITED)
    with RunJournal(local_store, later, spool) as journal:
        seen = article("/t.html", "/old.pdf", "/b.pdf")
        journal.article(replace(seen, capture_id=f"{killed.run_id}-000001"))
        journal.finish(later.finished(NOW + timedelta(hours=2)))
    report = run_ingest(local_store, pool)
    assert report.missing == ()
    [disclosure] = rows(local_store, "disclosures")
    assert disclosure["document_ids"] == [sha(budget()), sha(budget(title="b"))]
    assert disclosure["first_seen"] == NOW
    assert len(rows(local_store, "captures")) == 4


def test_a_list_that_links_the_file_is_no_page_of_it(local_store: Store, tmp_path: Path, pool: Pool) -> None:
    listing = page("目录 " + budget(title="a table in the list").decode())
    crawl(local_store, tmp_path, {"/": listing, "/a.pdf": budget()}, [])
    later = Run("20261123T101530Z-abc999", NOW + timedelta(days=1), "gongkai run", "0.1.0", sites=VISITED)
    [capture, _] = read_captures(local_store, pending_runs(local_store, None)[0])
    with RunJournal(local_store, later, tmp_path) as journal:
        journal.article(replace(article("/a.pdf", "/a.pdf"), capture_id=capture.capture_id))
        journal.finish(later.finished(NOW + timedelta(days=1)))
    run_ingest(local_store, pool)
    assert [row["document_ids"] for row in rows(local_store, "disclosures")] == [[sha(budget())]]
    assert len(rows(local_store, "documents")) == 1

"""What a later visit finds at an address that is known: another file, another page, or nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from archive.dataset.query.connection import run_sql
from archive.dataset.snapshots import latest, load
from archive.dataset.versions.changes import diff
from archive.isolation.pool import Pool
from archive.stores import Store
from tests.archive.crawls import NOW, SITE, article, budget, crawl, page
from tests.archive.ingest.ingesting import assert_references_hold, rows, run_ingest, sha


def test_another_file_at_the_same_address_is_a_change(local_store: Store, tmp_path: Path, pool: Pool) -> None:
    old, new = budget(amounts=["1.00"]), budget(amounts=["2.00"])
    crawl(local_store, tmp_path, {"/t.html": page("正文 1"), "/a.pdf": old}, [article("/t.html", "/a.pdf")])
    run_ingest(local_store, pool)
    crawl(
        local_store, tmp_path, {"/t.html": page("正文 2"), "/a.pdf": new}, [article("/t.html", "/a.pdf")], 1
    )
    run_ingest(local_store, pool, 1)
    [disclosure] = rows(local_store, "disclosures")
    assert disclosure["state"] == "changed" and disclosure["document_ids"] == [sha(new)]
    assert {row["document_id"] for row in rows(local_store, "documents")} == {sha(old), sha(new)}


def test_a_later_version_is_compared_amount_by_amount(store: Store, tmp_path: Path, pool: Pool) -> None:
    old, new = budget(amounts=["1.00", "2.00", "3.00"]), budget(amounts=["1.00", "2.50"])
    crawl(store, tmp_path, {"/t.html": page("正文"), "/a.pdf": old}, [article("/t.html", "/a.pdf")])
    run_ingest(store, pool)
    assert rows(store, "changes") == [] and len(rows(store, "versions")) == 1
    crawl(store, tmp_path, {"/t.html": page("正文"), "/a.pdf": new}, [article("/t.html", "/a.pdf")], 1)
    run_ingest(store, pool, 1)
    assert {row["document_id"]: row["superseded_by"] for row in rows(store, "documents")} == {
        sha(old): sha(new), sha(new): None,
    }  # fmt: skip
    found = {row["kind"]: row for row in rows(store, "changes")}
    altered = found["altered"]
    assert (altered["old_yuan"], altered["new_yuan"]) == (Decimal("2.00"), Decimal("2.50"))
    assert altered["difference_yuan"] == Decimal("0.50") and altered["new_page"] == 1
    assert altered["seen_at"].date() == date(2026, 11, 23) and altered["url"] == SITE + "/a.pdf"
    assert found["removed"]["old_text"] == "3.00" and set(found) == {"altered", "removed"}
    snapshot = latest(store)
    assert snapshot
    total = run_sql(store, snapshot, "SELECT sum(amount_yuan) AS yuan FROM current.facts").to_pylist()
    assert total == [{"yuan": Decimal("3.50")}]
    assert_references_hold(store)
    facts = [row for row in diff(store, load(store, 1), snapshot).rows() if row["table"] == "facts"]
    assert [(row["change"], row["column"], row["old"], row["new"], row["page"]) for row in facts] == [
        ("changed", "amount_yuan", Decimal("2.00"), Decimal("2.50"), 1),
        ("changed", "amount_text", "2.00", "2.50", 1),
        ("removed", "amount_yuan", Decimal("3.00"), None, 1),
    ]
    assert {row["document_id"] for row in facts[:2]} == {sha(new)}


def test_a_file_exported_anew_is_cosmetic_and_no_change(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    old, new = budget(), budget() + b" "
    crawl(local_store, tmp_path, {"/t.html": page("1"), "/a.pdf": old}, [article("/t.html", "/a.pdf")])
    run_ingest(local_store, pool)
    crawl(local_store, tmp_path, {"/t.html": page("1"), "/b.pdf": new}, [article("/t.html", "/b.pdf")], 1)
    run_ingest(local_store, pool, 1)
    [change] = rows(local_store, "changes")
    assert (change["kind"], change["old_document_id"]) == ("cosmetic", sha(old))
    assert [row["state"] for row in rows(local_store, "disclosures")] == ["live"]
    assert {row["superseded_by"] for row in rows(local_store, "documents")} == {sha(new), None}


def test_a_page_with_another_menu_is_no_other_document(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    tables = budget().decode()
    for day, menu in enumerate(("访问 1 次", "访问 2 次", "访问 3 次")):
        crawl(local_store, tmp_path, {"/t.html": page(f"{menu} {tables}")}, [article("/t.html")], day)
        assert bool(run_ingest(local_store, pool, day).snapshot) is (day == 0)
    crawl(
        local_store, tmp_path, {"/t.html": page(budget(amounts=["7.00"]).decode())}, [article("/t.html")], 3
    )
    assert run_ingest(local_store, pool, 3).snapshot
    first = sha(page(f"访问 1 次 {tables}"))
    assert [row["superseded_by"] is None for row in rows(local_store, "documents")].count(True) == 1
    versions = {row["document_id"]: row for row in rows(local_store, "versions")}
    assert len(versions) == 2 and versions[first]["last_seen"] == NOW + timedelta(days=2)
    assert [row["old_document_id"] for row in rows(local_store, "changes")] == [first]
    before = {name: rows(local_store, name) for name in ("documents", "facts", "versions", "changes")}
    run_ingest(local_store, pool, 4, reparse=True)
    assert before == {name: rows(local_store, name) for name in before}


def test_what_is_missing_on_three_days_is_gone_and_stays_on_record(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    crawl(
        local_store, tmp_path, {"/t.html": page("正文"), "/a.pdf": budget()}, [article("/t.html", "/a.pdf")]
    )
    run_ingest(local_store, pool)
    for day in (1, 2):
        crawl(local_store, tmp_path, {"/t.html": 404}, [], day)
        assert run_ingest(local_store, pool, day).snapshot is None
    crawl(local_store, tmp_path, {"/t.html": 404}, [], day=3)
    assert run_ingest(local_store, pool, 3).snapshot
    [disclosure] = rows(local_store, "disclosures")
    assert disclosure["state"] == "gone" and disclosure["document_ids"] == [sha(budget())]
    assert disclosure["last_seen"] == NOW
    newest = latest(local_store)
    assert newest
    [change] = diff(local_store, load(local_store, 1), newest).tables["disclosures"]
    assert (change.kind, change.before["state"], change.after["state"]) == ("gone", "live", "gone")

"""A difference for eyes: what came is counted, what is printed otherwise is named with its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.dataset.snapshots import Snapshot, commit, load
from archive.dataset.versions.changes import diff
from archive.dataset.versions.differences import counts, levels, lines
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import Store
from tests.archive.crawls import NOW, article, budget, crawl, page, parse
from tests.archive.samples import NOON, Sample, changes


def told(store: Store, a: Snapshot, b: Snapshot) -> dict[str, list[dict[str, Any]]]:
    views = levels(store, a, b, diff(store, a, b))
    return {
        name: [{key: value for key, value in row.items() if value} for row in view.to_pylist()]
        for name, view in views.items()
    }


def test_a_new_version_beside_a_new_announcement(local_store: Store, tmp_path: Path) -> None:
    with Pool(workers=1, parse=parse) as pool:
        old = budget(amounts=["1.00", "2.00", "3.00"])
        answers = {"/t.html": page("正文"), "/a.pdf": old}
        crawl(local_store, tmp_path, answers, [article("/t.html", "/a.pdf", title="教育局预算")])
        ingest(local_store, now=NOW, pool=pool)
        later = {"/t.html": page("正文"), "/a.pdf": budget(amounts=["1.00", "2.50"]),
                 "/u.html": page("x"), "/b.pdf": budget(title="b"),
                 "/c.pdf": budget(title="c", amounts=["7.00"])}  # fmt: skip
        announced = [article("/t.html", "/a.pdf", title="教育局预算（更正）"),
                     article("/u.html", "/b.pdf", "/c.pdf", title="水利局预算")]  # fmt: skip
        crawl(local_store, tmp_path, later, announced, day=1)
        ingest(local_store, now=NOW + timedelta(days=1), pool=pool)
    first, second, third = told(local_store, load(local_store, 1), load(local_store, 2)).values()
    by_title = {row["what"]: row for row in first}
    assert by_title["水利局预算"] == {
        "change": "added", "what": "水利局预算", "published_on": "2026-02-05", "documents": 2, "tables": 2,
        "amounts": "+2",
    }  # fmt: skip
    altered = by_title["教育局预算（更正）"]
    assert altered["change"] == "changed" and altered["amounts"] == "~1 -1"
    assert altered["details"] == "title: 教育局预算 → 教育局预算（更正）; state: live → changed"
    assert [row.get("altered", 0) + row.get("removed", 0) for row in second] == [1, 1]
    assert {row["what"] for row in second} == {"附件/a.pdf"}
    assert [(row["page"], row.get("old"), row.get("new")) for row in third] == [
        (1, "2.00", "2.50"), (1, "3.00", None),
    ]  # fmt: skip


def test_a_document_read_anew(local_store: Store) -> None:
    before = Sample("勉县", ("10.50", "20.25", "0.00"))
    others = [Sample("许昌市"), Sample("延边州")]
    a = commit(local_store, changes([before, *others]), message="", run_id=None, now=NOON)
    anew = replace(before, amounts=("10.50", "2025.00"), parser="2", year=2031)
    b = commit(local_store, changes([anew]), message="", run_id=None, now=NOON)
    assert a and b
    first, second, third = told(local_store, a, b).values()
    assert first == [
        {"change": "changed", "what": "勉县", "documents": 1, "tables": 1, "amounts": "~2 -1",
         "details": "fiscal_year: 2024 → 2031"},
    ]  # fmt: skip
    assert second == [
        {"what": "勉县", "table": "收支总表", "removed": 1, "altered": 1, "otherwise": "fiscal_year 2"},
    ]  # fmt: skip
    assert third == [
        {"what": "勉县", "table": "收支总表", "label": "第1行 | 金额", "page": 1, "old": "20.25",
         "new": "2,025.00"},
    ]  # fmt: skip
    assert counts(diff(local_store, a, b), "facts") == "0 added, 1 removed, 2 changed"
    assert len(lines(diff(local_store, a, b))) == 9


def test_what_did_not_change_is_not_told(local_store: Store) -> None:
    a = commit(local_store, changes([Sample("勉县")]), message="", run_id=None, now=NOON)
    assert a and told(local_store, a, a) == {}

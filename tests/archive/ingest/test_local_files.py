"""Files that an operator gives, and what he states of them."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl

from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import LocalStore, Store
from archive.warc.journal import read_captures
from tests.archive.crawls import NOW, article, budget, crawl, page
from tests.archive.ingest.ingesting import give_files, rows, run_ingest, sha


def test_local_files_of_every_kind_have_an_outcome(store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ["勉县教育局2024年部门预算收支总表"], ["单位：万元"], ["收入", None, "支出", None],
        ["项目", "预算数", "项目", "预算数"], ["一、财政拨款", 100.5, "一、教育支出", 100.5],
        ["收入总计", 100.5, "支出总计", 100.5],
    ):  # fmt: skip
        sheet.append(line)
    book.save(tmp_path / "预算.xlsx")
    contents = {"空.pdf": b"", "坏.pdf": b"%PDF-1.7 cut", "noise.bin": random.Random(1).randbytes(3000)}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "again.xlsx").write_bytes((tmp_path / "预算.xlsx").read_bytes())
    paths = [tmp_path / name for name in ("预算.xlsx", *contents, "again.xlsx")]
    run_id = give_files(store, paths)
    report = ingest(store, now=NOW)
    assert {document.name: document.outcome for document in report.documents} == {
        "预算.xlsx": "parsed", "空.pdf": "empty", "坏.pdf": "damaged", "noise.bin": "unsupported",
    }  # fmt: skip
    assert {document.name for document in report.need_a_person} == set(contents)
    assert len(rows(store, "documents")) == 4 and len(rows(store, "captures")) == 5
    captures = read_captures(store, run_id)
    assert captures[0].url == "file:///%E9%A2%84%E7%AE%97.xlsx"
    assert captures[4].warc_offset == captures[0].warc_offset
    assert Decimal("1005000.00") in {row["amount_yuan"] for row in rows(store, "facts")}
    give_files(store, paths, 1)
    assert ingest(store, now=NOW + timedelta(days=1)).snapshot is None


def test_what_the_operator_states_stands_above_the_document(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(json.dumps({"members": {"m.pdf": {"body": "某单位", "year": 2020}}}).encode())
    give_files(local_store, [file])
    run_ingest(local_store, pool)
    stated = {"region_code": "610725", "body_name": "勉县教育局", "fiscal_year": 2026}
    give_files(local_store, [file], 1, stated)
    assert run_ingest(local_store, pool, 1).snapshot
    [member] = [row for row in rows(local_store, "documents") if row["parent_id"]]
    assert {name: member[name] for name in stated} == stated and member["county"] == "勉县"
    assert json.loads(member["headline_sources"])["body_name"] == "operator"
    run_ingest(local_store, pool, 2, reparse=True)
    assert {row["body_name"] for row in rows(local_store, "facts")} == {"勉县教育局"}


def test_the_same_statement_again_is_no_news(local_store: Store, tmp_path: Path, pool: Pool) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(budget(year=2020))
    for day in range(2):
        give_files(local_store, [file], day, {"region_code": "610725", "fiscal_year": 2026})
        assert bool(run_ingest(local_store, pool, day).snapshot) is (day == 0)
    give_files(local_store, [file], 2, {"fiscal_year": 2025})
    assert run_ingest(local_store, pool, 2).snapshot, "another statement is news"


def test_a_statement_counts_also_when_the_plain_file_waits_before_it(
    local_store: Store, tmp_path: Path, pool: Pool
) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(json.dumps({"members": {"m.pdf": {"year": 2020}}}).encode())
    give_files(local_store, [file])
    run_ingest(local_store, pool)
    give_files(local_store, [file], 1)
    give_files(local_store, [file], 2, {"fiscal_year": 2026})
    assert run_ingest(local_store, pool, 2).snapshot
    assert {row["fiscal_year"] for row in rows(local_store, "documents")} == {2026}


def test_damaged_archives_and_impossible_rows_are_outcomes(
    local_store: LocalStore, tmp_path: Path, pool: Pool
) -> None:
    huge = budget(amounts=["9" * 30])
    run_id = crawl(local_store, tmp_path, {"/t.html": page("正文"), "/a.pdf": budget(), "/huge.pdf": huge},
          [article("/t.html", "/a.pdf", "/huge.pdf")])  # fmt: skip
    [path] = local_store.root.glob("warc/**/*.warc.gz")
    capture = next(c for c in read_captures(local_store, run_id) if c.url.endswith("/a.pdf"))
    data = bytearray(path.read_bytes())
    data[(capture.warc_offset or 0) + 200] ^= 0xFF
    path.write_bytes(data)
    report = run_ingest(local_store, pool)
    found = {document.document_id: document for document in report.documents}
    assert found[sha(budget())].outcome == "damaged"
    assert found[sha(huge)].outcome == "crashed" and "yuan" in (found[sha(huge)].detail or "")
    assert rows(local_store, "facts") == []


def test_every_format_of_the_reference_corpus_has_an_outcome(
    shared: Path, local_store: Store, tmp_path: Path
) -> None:
    names = ("mianxian-2024_article.html", "yanbian-2024.xlsx", "xuchang-2023.docx", "jishan-2023.xls")
    paths = [shared / "corpus" / "docs" / name for name in names]
    archive_files(local_store, paths, spool=tmp_path, now=NOW, command="gongkai ingest", version="0.1.0")
    report = ingest(local_store, now=NOW)
    assert {document.name: document.outcome for document in report.documents} == dict.fromkeys(
        names, "parsed"
    )
    assert {row["fiscal_year"] for row in rows(local_store, "documents")} == {2023, 2024}
    assert {row["document_id"] for row in rows(local_store, "facts")} == {
        d.document_id for d in report.documents
    }

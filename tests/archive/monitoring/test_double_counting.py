"""One budget in two files is reported, two files that do not repeat each other are not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archive.dataset.snapshots import load
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.monitoring.double_counting import printed_twice
from archive.stores import open_store
from tests.site.typeset import typeset

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


FILES = (("shizhong-2024", "xlsx"), ("sample-accounts-2022", "xlsx"), ("shizhong-2024", "docx"))


def test_a_budget_in_two_formats(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "store"))
    told = []
    for name, suffix in FILES:
        path = tmp_path / f"{name}.{suffix}"
        path.write_bytes(typeset(name, suffix))
        archive_files(store, [path], spool=tmp_path / "spool", now=NOW, command="", version="1")
        fresh = [one.document_id for one in ingest(store, now=NOW).documents]
        told.append(printed_twice(store, load(store), fresh))
    [found] = told[-1]
    assert told[:2] == [(), ()] and printed_twice(store, load(store), []) == ()
    assert {found.one, found.other} == {"shizhong-2024.docx", "shizhong-2024.xlsx"}
    assert (found.body_name, found.fiscal_year, found.document_kind) == (
        "枣庄市市中区医疗保障局",
        2024,
        "budget",
    )

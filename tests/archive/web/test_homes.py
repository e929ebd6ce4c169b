"""A page that reads a few files sees all rows of its document, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.dataset.datafiles import MIXED
from archive.dataset.query.connection import connect
from archive.dataset.snapshots import commit
from archive.stores import open_store
from archive.web.data.dataset import Opened
from archive.web.data.homes import homes_of
from tests.archive.samples import NOON, Sample, changes

SAMPLES = [Sample(f"document {n}", year=2015 + n % 12, region=f"{11 + n % 7}0000") for n in range(40)]


@pytest.mark.parametrize("most", [0, 100], ids=["in files of many groups", "in files of their own"])
def test_narrowing_loses_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr("archive.dataset.compaction.MOST_SMALL", most)
    store = open_store(str(tmp_path / "store"))
    commit(store, changes(SAMPLES[:20]), message="", run_id=None, now=NOON)
    monkeypatch.setattr("archive.dataset.compaction.MOST_SMALL", 100 - most)
    snapshot = commit(store, changes(SAMPLES[20:]), message="", run_id=None, now=NOON)
    assert snapshot and MIXED in {file.group for file in snapshot.files("facts")}
    with connect(store, snapshot) as connection:
        version = Opened(store, snapshot, connection, homes_of(store, snapshot, connection))
        assert version.homes.years() == list(range(2026, 2014, -1))
        for sample in SAMPLES:
            near = version.of_documents([sample.document_id])
            assert near.groups == {f"{sample.year}/{str(sample.region)[:2]}"}
            for table, count in (("documents", 1), ("tables", 1), ("facts", 2)):
                sql = f"SELECT count(*) AS n FROM {{{table}}} WHERE document_id = ?"
                assert near.one(sql, sample.document_id) == {"n": count}
            assert near.groups <= version.homes.of_province(str(sample.region)[:2])

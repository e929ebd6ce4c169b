"""The commands for evidence, as their users meet them: stamp, verify, export --wacz, publish, diff."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archive.dataset.snapshots import commit
from archive.stores import LocalStore
from tests.archive.crawls import article, budget, crawl, page
from tests.archive.samples import NOON, Sample, changes
from tests.test_gongkai import gongkai


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one run that was read and one snapshot of it."""
    folder = tmp_path / "store"
    answers = {"/": page("首页"), "/1.html": page("正文"), "/1.pdf": budget()}
    crawl(LocalStore(folder), tmp_path / "spool", answers, [article("/1.html", "/1.pdf")])
    return folder


def test_stamps(store: Path) -> None:
    assert gongkai("ingest", "--store", store, GONGKAI_STAMP_COMMAND="false").code == 1
    done = gongkai("stamp", "--store", store, "--format", "json")
    assert done.code == 0, done.err
    rows = json.loads(done.out)
    assert [row["name"] for row in rows] == ["20261122T101530Z-abc120", "snapshot-00000001"]
    assert all(len(row["sha256"]) == 64 and row["proofs"] == "" for row in rows)
    assert "no service has attested" in gongkai("verify", "--store", store).out
    done = gongkai("stamp", "--store", store, "--command", "/no/such/program")
    assert done.code == 1 and "/no/such/program" in done.err
    done = gongkai("stamp", "--store", store, GONGKAI_STAMP_COMMAND="cat")
    assert done.code == 0 and "snapshot-00000001.sha256.proof" in done.out
    sound = gongkai("verify", "--store", store)
    assert sound.out == "" and "Checked: 1 snapshots, " in sound.err
    [listed] = store.glob("stamps/2026*.sha256")
    listed.write_text("nonsense")
    verified = gongkai("verify", "--store", store)
    assert verified.code == 1 and "not a list of hashes" in verified.out


def test_nothing_is_stamped_unless_asked_for(store: Path) -> None:
    gongkai("ingest", "--store", store)
    assert not (store / "stamps").exists()


def test_web_archives(store: Path, tmp_path: Path) -> None:
    gongkai("ingest", "--store", store)
    out = tmp_path / "x.wacz"
    done = gongkai("export", "--wacz", "--site", "610725", "--out", out, "--store", store)
    assert done.code == 0 and out.stat().st_size and done.err.endswith(": 3\n")
    for wrong in (
        ["--wacz"],
        [],
        ["--format", "csv", "--site", "1"],
        ["--wacz", "--site", "1", "--disclosure", "2"],
    ):
        assert gongkai("export", *wrong, "--store", store).code == 2
    unknown = gongkai("export", "--wacz", "--site", "999", "--store", store)
    assert unknown.code == 2 and "no site_id 999" in unknown.err


def test_publishing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path / "store")
    commit(store, changes([Sample("勉县")]), message="", run_id=None, now=NOON)
    monkeypatch.setenv("PYICEBERG_CATALOG__TESTS__URI", f"sqlite:///{tmp_path}/catalog.db")
    monkeypatch.setenv("PYICEBERG_CATALOG__TESTS__WAREHOUSE", f"file://{tmp_path}/warehouse")
    done = gongkai("publish", "--iceberg", "tests", "--store", store.root, "--format", "json")
    assert done.code == 0, done.err
    rows = {row["table"]: row for row in json.loads(done.out)}
    assert rows["facts"] == {"table": "facts", "added": 1, "removed": 0, "rows": 2}
    assert gongkai("publish", "--iceberg", "nobody", "--store", store.root).code == 3


def test_differences_at_three_levels(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    sample = Sample("勉县")
    for amounts in (("1.00", "2.00"), ("1.00", "2.50")):
        commit(store, changes([replace(sample, amounts=amounts)]), message="", run_id=None, now=NOON)
    done = gongkai("diff", "1", "2", "--store", store.root, "--format", "json")
    assert done.code == 0, done.err
    rows = json.loads(done.out)
    changed = {row["column"]: row for row in rows if row["table"] == "facts"}
    assert changed["amount_yuan"]["old"] == "2.00" and changed["amount_yuan"]["new"] == "2.50"
    assert changed["amount_yuan"]["page"] == 1
    assert {row["table"] for row in rows} == {"tables", "facts"}

"""Snapshots written by earlier releases stay readable, and can be gone on from."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from archive.dataset.manifest import snapshot_key
from archive.dataset.query.connection import run_sql
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import TEXT, Column
from archive.dataset.snapshots import commit, latest, load, read_table
from archive.dataset.versions.changes import diff
from archive.evidence.verification import verify_dataset
from archive.stores import LocalStore
from crawler.settings import VERSION
from tests.archive.releasing import RELEASED, ROWS, plain, release
from tests.archive.samples import NOON, Sample, changes, removal

Told = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=sorted(path.name for path in RELEASED.iterdir()))
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> LocalStore:
    """A copy of the store that a release wrote."""
    shutil.copytree(RELEASED / request.param, tmp_path / "store")
    return LocalStore(tmp_path / "store")


def told(store: LocalStore) -> Told:
    found: Told = json.loads((store.root / ROWS).read_text("utf-8"))
    return found


def test_there_is_one_of_this_release() -> None:
    assert (RELEASED / VERSION).is_dir(), "run: python -m tests.archive.releasing"


def test_every_value_is_read_and_younger_columns_are_null(kept: LocalStore) -> None:
    snapshot = load(kept, "release")
    for name, expected in told(kept).items():
        table = read_table(kept, snapshot, name)
        key = TABLES[name].primary_key[0]
        rows = sorted(map(plain, table.to_pylist()), key=lambda row: str(row[key]))
        younger = dict.fromkeys(set(table.column_names) - set(expected[0]))
        assert rows == sorted(({**row, **younger} for row in expected), key=lambda row: str(row[key]))


def test_no_column_is_given_up_or_turned_into_another(kept: LocalStore) -> None:
    package = json.loads(kept.read(snapshot_key(1)))
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            assert str(TABLES[resource["table"]].arrow.field(field["name"]).type) == field["arrowType"]


def test_sql_sees_it(kept: LocalStore) -> None:
    for name, expected in told(kept).items():
        answer = run_sql(kept, load(kept), f"SELECT * FROM {name}")
        assert answer.column_names == TABLES[name].arrow.names and len(answer) == len(expected)
    assert len(run_sql(kept, load(kept), "SELECT * FROM current.documents")) == 1


def test_the_next_snapshot_goes_on_from_it(kept: LocalStore) -> None:
    sample = Sample("勉县")
    snapshot = commit(kept, changes([sample]), message="", run_id=None, now=NOON)
    assert snapshot and snapshot.number == 2
    assert snapshot.rows("facts") == 4 and snapshot.rows("documents") == 3
    assert diff(kept, load(kept, 1), snapshot).count("facts", "added") == 2
    assert commit(kept, removal(sample), message="", run_id=None, now=NOON)
    assert not any(diff(kept, load(kept, 1), load(kept)).tables.values())
    kinds = {finding.kind for finding in verify_dataset(kept, [load(kept, 1), load(kept)])}
    assert kinds <= {"orphan", "reference"}, "the rows of a release name what need not be there"


def test_a_column_that_is_added_today_is_null_in_it(
    kept: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = TABLES["facts"]
    added = Column("added_today", TEXT, "A column of tomorrow")
    monkeypatch.setitem(TABLES, "facts", replace(facts, columns=(*facts.columns, added)))
    assert read_table(kept, load(kept), "facts").column("added_today").null_count == 2
    answer = run_sql(kept, load(kept), "SELECT added_today, amount_yuan FROM facts ORDER BY amount_yuan")
    assert answer.column("added_today").null_count == 2
    assert answer.schema.field("amount_yuan").type == pa.decimal128(20, 2)


def test_a_release_is_written_alike_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        release(tmp_path / name)
    one, two = (latest(LocalStore(tmp_path / name)) for name in ("one", "two"))
    assert one and two and one.tables == two.tables

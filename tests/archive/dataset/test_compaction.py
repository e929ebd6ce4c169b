"""Files stay few and commits small, and whatever lies in which file, plain readers find the right rows."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.dataset import compaction
from archive.dataset.compaction import (
    FANOUT,
    MERGED_AT_LEAST,
    MIXED_AT_LEAST,
    MOST_SMALL,
    companions,
    shelved,
)
from archive.dataset.datafiles import MIXED
from archive.dataset.edits import own_groups
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.schema import build_table
from archive.dataset.snapshots import ALL, Change, commit, history, latest, load, read_table
from archive.evidence.verification import verify
from archive.stores import LocalStore, Store, open_store
from tests.archive.samples import NOON, Sample, changes, removal

REGIONS = ("110000", "220000", "310000", "610725", None)


@pytest.fixture
def low() -> Iterator[None]:
    """Limits so low that a few documents make every kind of file."""
    with pytest.MonkeyPatch.context() as patch:
        lower(patch)
        yield


def lower(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("archive.dataset.compaction.SMALL_BYTES", 4_000)
    patch.setattr("archive.dataset.compaction.MOST_SMALL", 2)
    patch.setattr("archive.dataset.compaction.MIXED_AT_LEAST", 4)
    patch.setattr("archive.dataset.compaction.MERGE_BYTES", 200_000)


def committed(store: Store, listed: list[Change]) -> Snapshot:
    snapshot = commit(store, listed, message="test", run_id=None, now=NOON)
    assert snapshot
    return snapshot


def plainly_read(store: Store, snapshot: Snapshot, table: str) -> list[dict[str, object]]:
    """What a reader sees that knows nothing but the list of files."""
    assert isinstance(store, LocalStore)
    paths = [store.path(file.key) for file in snapshot.files(table)]
    return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]


def spread(count: int, start: int = 0) -> list[Sample]:
    """Documents of as many places and years."""
    return [
        Sample(f"document {n}", year=2015 + n % 12, region=f"{11 + n % 7}0000")
        for n in range(start, start + count)
    ]


class TestMixed:
    def test_a_little_of_many_groups_is_one_file(self, local_store: Store, low: None) -> None:
        snapshot = committed(local_store, changes(spread(50)))
        for table in ("documents", "tables", "facts"):
            assert [file.group for file in snapshot.files(table)] == [MIXED]
            assert f"/{table}/{MIXED}/" in snapshot.files(table)[0].key

    def test_its_rows_are_sorted_by_place(self, local_store: Store, low: None) -> None:
        committed(local_store, changes(spread(50)))
        assert isinstance(local_store, LocalStore)
        (file,) = load(local_store).files("facts")
        groups = own_groups(pq.ParquetFile(local_store.path(file.key)).read()).to_pylist()
        assert groups == sorted(groups) and len(set(groups)) == 50

    def test_what_is_new_leaves_what_is_there_alone(self, local_store: Store, low: None) -> None:
        first = committed(local_store, changes(spread(60)))
        second = committed(local_store, changes(spread(20, 60)))
        for table in ("documents", "tables", "facts"):
            assert set(first.files(table)) < set(second.files(table))
            assert len(second.files(table)) == len(first.files(table)) + 1

    def test_a_group_that_gains_weight_gets_files_of_its_own(self, local_store: Store, low: None) -> None:
        for turn in range(40):
            more = [Sample(f"more {turn}", ("1.00",) * 5)]
            snapshot = committed(local_store, changes(spread(10, 10 * turn) + more))
        groups = [file.group for file in snapshot.files("facts")]
        assert MIXED in groups and "2024/61" in groups
        assert {row["document_id"] for row in plainly_read(local_store, snapshot, "facts")} == {
            one.document_id for one in spread(400) + [Sample(f"more {turn}") for turn in range(40)]
        }

    def test_few_groups_have_their_own_files_at_once(self, local_store: Store, low: None) -> None:
        snapshot = committed(local_store, changes(spread(2)))
        assert [file.group for file in snapshot.files("facts")] == ["2015/11", "2016/12"]

    def test_rows_that_stay_in_a_mixed_file_keep_their_place(self, local_store: Store, low: None) -> None:
        """Also rows of a table that does not say the place itself, of documents the commit does not bring."""
        committed(local_store, changes(spread(50)))
        tables = build_table("tables", [spread(50)[17].table() | {"title": "another"}])
        snapshot = committed(local_store, [Change("tables", tables)])
        rows = plainly_read(local_store, snapshot, "tables")
        assert len(rows) == 50 and [row["title"] for row in rows].count("another") == 1
        places = {one.document_id: (one.year, str(one.region)[:2]) for one in spread(50)}
        found = [places[str(row["document_id"])] for row in rows if row["title"] != "another"]
        assert found == sorted(found)


class TestFew:
    def test_many_small_commits_leave_few_files(self, local_store: Store) -> None:
        count = 70
        for number in range(count):
            snapshot = committed(local_store, changes([Sample(f"document {number}")]))
            most = (MERGED_AT_LEAST - 1) * (1 + math.log(number + 1, MERGED_AT_LEAST))
            assert len(snapshot.files("facts")) <= most
        assert len(plainly_read(local_store, snapshot, "facts")) == 2 * count
        assert [finding for finding in verify(local_store) if finding.severity == "error"] == []

    def test_most_commits_write_what_is_new_and_nothing_else(self, local_store: Store) -> None:
        rewritten = []
        before: set[DataFile] = set()
        for number in range(64):
            after = set(committed(local_store, changes([Sample(f"document {number}")])).files("facts"))
            rewritten.append(sum(file.rows for file in after - before) - 2)
            before = after
        assert rewritten.count(0) >= 48
        assert sum(rewritten) <= 2 * 64 * math.log(64, MERGED_AT_LEAST)

    @given(st.lists(st.integers(1, 1000), max_size=30), st.integers(1, 1000))
    def test_a_file_takes_along_several_of_its_size_or_none(self, sizes: Sequence[int], rows: int) -> None:
        files = [data_file(number, size) for number, size in enumerate(sizes)]
        taken = companions(files, rows)
        assert len(taken) == 0 or len(taken) >= MERGED_AT_LEAST - 1
        assert len(set(taken)) == len(taken) and set(taken) <= set(files)
        total = rows
        for file in taken:
            total += file.rows
        left = sorted(set(files) - set(taken), key=lambda file: file.rows)
        alike = [file for file in left if file.rows <= FANOUT * total]
        assert len(alike) < MERGED_AT_LEAST - 1, "those of its size that stay are few"

    def test_a_group_of_which_a_file_is_written_anyway_takes_its_rows(self) -> None:
        fresh = {f"{year}/61": build_table("facts", Sample("x").facts()) for year in range(2000, 2030)}
        assert set(shelved(fresh, [], set())) == {MIXED}
        assert set(shelved(fresh, [], {"2004/61"})) == {MIXED, "2004/61"}

    def test_many_groups_that_come_one_by_one_share_files(self, local_store: Store) -> None:
        for sample in spread(60):
            snapshot = committed(local_store, changes([sample]))
            own = [file for file in snapshot.files("facts") if file.group != MIXED]
            assert len({file.group for file in own}) <= MOST_SMALL
            assert len(snapshot.files("facts")) - len(own) <= 2 * (MIXED_AT_LEAST - 1)
        assert len(plainly_read(local_store, snapshot, "facts")) == 2 * 60


def data_file(number: int, rows: int) -> DataFile:
    return DataFile(str(number), 10 * rows, "", rows, "2024/61", "", "", ())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_any_history_reads_as_what_was_committed_last(seed: int) -> None:
    """Documents are added, read anew, moved to another place and taken out in any order, many or few at once;
    then every snapshot of the history holds exactly what it held when it was made."""
    chance = random.Random(seed)
    documents: dict[str, Sample] = {}
    made: dict[int, dict[str, Sample]] = {}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        lower(patch)
        store = open_store(str(Path(folder) / "store"))
        for _ in range(8):
            names = [f"document {chance.randrange(60)}" for _ in range(chance.choice((1, 4, 30)))]
            if documents and chance.random() < 0.2:
                name = chance.choice(sorted(documents))
                snapshot = commit(store, removal(documents.pop(name)), message="", run_id=None, now=NOON)
            else:
                fresh = {name: sample(name, chance) for name in names}
                documents |= fresh
                snapshot = commit(store, changes(fresh.values()), message="", run_id=None, now=NOON)
            if snapshot:
                made[snapshot.number] = dict(documents)
        for snapshot in history(store):
            expected = made[snapshot.number].values()
            for table, rows in (
                ("documents", [one.document() for one in expected]),
                ("tables", [one.table() for one in expected]),
                ("facts", [fact for one in expected for fact in one.facts()]),
            ):
                assert in_order(plainly_read(store, snapshot, table)) == in_order(
                    build_table(table, rows).to_pylist()
                )
        assert [finding for finding in verify(store) if finding.severity == "error"] == []
        for table in ("documents", "facts"):
            for file in load(store).files(table):
                groups = set(own_groups(pq.ParquetFile(Path(folder, "store", file.key)).read()).to_pylist())
                assert file.group == MIXED or groups == {file.group}


def sample(name: str, chance: random.Random) -> Sample:
    amounts = tuple(f"{chance.randrange(100)}.00" for _ in range(chance.randrange(1, 8)))
    return Sample(name, amounts, year=chance.choice((2023, 2024, None)), region=chance.choice(REGIONS))


def in_order(rows: list[dict[str, object]]) -> list[str]:
    return sorted(map(str, rows))


def test_a_table_cut_by_key_rewrites_the_slice_of_a_changed_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "SLICE_ROWS", 10)
    store = LocalStore(tmp_path)
    chance = random.Random(3)
    expected: dict[str, str] = {}
    for step in range(12):
        keys = [
            f"{number:04x}{0:012x}"
            for number in (range(0, 400, 2) if not step else chance.sample(range(400), 3))
        ]
        gone = frozenset(chance.sample(sorted(expected), 2)) if step else frozenset()
        for key in gone:
            del expected[key]
        expected |= {key: f"{step}" for key in keys}
        before = set(base.files("bodies")) if (base := latest(store)) else set()
        rows = build_table("bodies", [{"body_id": key, "name": expected[key]} for key in keys])
        commit(store, [Change("bodies", rows, gone)], message="", run_id=None, now=NOON)
        newest = latest(store)
        assert newest
        found = read_table(store, newest, "bodies", ["body_id", "name"]).to_pylist()
        assert {row["body_id"]: row["name"] for row in found} == expected and len(found) == len(expected)
        if step:
            assert len(before - set(newest.files("bodies"))) <= len(keys) + len(gone)
            assert len(newest.files("bodies")) >= 15


def test_all_rows_are_replaced_slice_by_slice_though_the_rows_of_a_key_lie_in_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "SLICE_ROWS", 10)
    store, chance = LocalStore(tmp_path), random.Random(5)
    expected: dict[tuple[str, int], str] = {}
    for step in range(6):
        for number in chance.sample(range(40), 5) if step else range(0, 40, 2):
            key = f"{number // 2:012x}{number:04x}"
            kept = {place: status for place, status in expected.items() if place[0] != key}
            years = range(2020, 2020 + chance.randrange(8))
            expected = kept | {(key, year): chance.choice(("late", "missing", "pending")) for year in years}
        rows = [
            {"body_id": key, "fiscal_year": year, "document_kind": "budget", "status": status}
            for (key, year), status in expected.items()
        ]
        change = Change("deadlines", build_table("deadlines", rows), ALL)
        before = latest(store)
        commit(store, [change], message="", run_id=None, now=NOON)
        newest = latest(store)
        assert newest and commit(store, [change], message="", run_id=None, now=NOON) is None
        found = read_table(store, newest, "deadlines").to_pylist()
        assert {(row["body_id"], row["fiscal_year"]): row["status"] for row in found} == expected
        assert len(found) == len(expected)
        assert before is None or {*before.files("deadlines")} & {*newest.files("deadlines")}

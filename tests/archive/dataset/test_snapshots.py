"""A snapshot is whole or absent, whichever process commits at the same time and wherever it dies."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from archive import AlreadyExists, IntegrityError, SchemaError, SnapshotNotFound
from archive.dataset.manifest import decode, encode, snapshot_key
from archive.dataset.schema import TABLES, arrow_schema, build_table
from archive.dataset.snapshots import (
    ALL,
    Change,
    Snapshot,
    commit,
    create_tag,
    history,
    latest,
    load,
    read_table,
    tags,
)
from archive.evidence.verification import verify
from archive.stores import LocalStore, Store, open_store
from tests.archive.dataset.commits import MIAN, YANBIAN, amounts, committed
from tests.archive.samples import NOON, Sample, changes, removal, sorted_rows

XUCHANG = Sample("许昌市", region="411000")


def keys(snapshot: Snapshot, table: str) -> set[str]:
    return {file.key for file in snapshot.files(table)}


class TestCommit:
    def test_the_first_snapshot_is_number_one(self, store: Store) -> None:
        assert latest(store) is None
        snapshot = committed(store, changes([MIAN]))
        assert (snapshot.number, snapshot.parent, snapshot.created_at) == (1, None, NOON)
        assert latest(store) == load(store, 1) == snapshot
        assert amounts(store, snapshot) == {MIAN.document_id: ["10.50", "20.25"]}

    def test_what_is_there_already_is_not_committed_again(self, store: Store) -> None:
        committed(store, changes([MIAN, YANBIAN]))
        before = {found.key for found in store.list("")}
        assert commit(store, changes([YANBIAN, MIAN]), message="again", run_id=None, now=NOON) is None
        assert commit(store, [], message="nothing", run_id=None, now=NOON) is None
        assert {found.key for found in store.list("")} == before

    def test_a_document_is_replaced_as_a_whole(self, store: Store) -> None:
        committed(store, changes([MIAN, YANBIAN]))
        snapshot = committed(store, changes([replace(MIAN, amounts=("7.00",), parser="2")]))
        assert amounts(store, snapshot) == {MIAN.document_id: ["7.00"], YANBIAN.document_id: ["1.00"]}
        assert amounts(store, load(store, 1))[MIAN.document_id] == ["10.50", "20.25"]

    def test_the_keys_of_new_rows_are_replaced_without_being_named(self, local_store: Store) -> None:
        committed(local_store, changes([MIAN]))
        facts = build_table("facts", replace(MIAN, amounts=("7.00",)).facts())
        snapshot = committed(local_store, [Change("facts", facts)])
        assert amounts(local_store, snapshot) == {MIAN.document_id: ["7.00"]}

    def test_a_document_can_be_taken_out(self, local_store: Store) -> None:
        committed(local_store, changes([MIAN, YANBIAN]))
        snapshot = committed(local_store, removal(MIAN))
        assert amounts(local_store, snapshot) == {YANBIAN.document_id: ["1.00"]}
        assert snapshot.rows("documents") == snapshot.rows("tables") == 1

    def test_all_rows_of_a_table_can_be_replaced(self, local_store: Store) -> None:
        def deadlines(*statuses: str) -> Change:
            rows = [
                {"body_id": str(number), "fiscal_year": 2026, "document_kind": "budget", "status": status}
                for number, status in enumerate(statuses)
            ]
            return Change("deadlines", build_table("deadlines", rows), ALL)

        committed(local_store, [deadlines("pending", "pending", "late")])
        snapshot = committed(local_store, [deadlines("pending", "late")])
        rows = sorted_rows(read_table(local_store, snapshot, "deadlines"), "body_id")
        assert [row["status"] for row in rows] == ["pending", "late"]
        assert commit(local_store, [deadlines("pending", "late")], message="", run_id=None, now=NOON) is None

    def test_only_files_that_hold_affected_rows_are_rewritten(self, store: Store) -> None:
        first = committed(store, changes([MIAN, XUCHANG, YANBIAN]))
        second = committed(store, changes([replace(MIAN, amounts=("10.50", "9.99"))]))
        for table in ("facts", "tables"):
            kept = keys(first, table) & keys(second, table)
            assert len(kept) == 2 and len(keys(second, table)) == 3
        assert keys(first, "documents") == keys(second, "documents"), "its row did not change"

    def test_only_keys_whose_rows_differ_count(self, local_store: Store) -> None:
        first = committed(local_store, changes([MIAN, XUCHANG, YANBIAN]))
        second = committed(local_store, changes([MIAN, XUCHANG, replace(YANBIAN, amounts=("2.00",))]))
        assert len(keys(second, "facts") - keys(first, "facts")) == 1

    def test_rows_lie_by_year_and_province_also_those_that_do_not_say_it(self, store: Store) -> None:
        nowhere = Sample("unknown", year=None, region=None)
        snapshot = committed(store, changes([MIAN, YANBIAN, nowhere]))
        for table in ("documents", "facts", "tables"):
            assert [file.group for file in snapshot.files(table)] == ["0000/00", "2023/22", "2024/61"]
            places = [file.key.split("/", 3)[3].rpartition("/")[0] for file in snapshot.files(table)]
            years = "fiscal_year" in snapshot.files(table)[0].columns
            named = ["of_year=2023/22", "of_year=2024/61"]
            assert places == ["0000/00", *(named if years else ["2023/22", "2024/61"])]
        later = committed(
            store, [Change("tables", build_table("tables", [MIAN.table() | {"title": "another"}]))]
        )
        assert [file.group for file in later.files("tables")] == ["0000/00", "2023/22", "2024/61"]

    def test_a_document_that_moves_to_another_year_leaves_nothing_behind(self, local_store: Store) -> None:
        committed(local_store, changes([MIAN]))
        snapshot = committed(local_store, changes([replace(MIAN, year=2025)]))
        for table in ("documents", "facts"):
            assert [file.group for file in snapshot.files(table)] == ["2025/61"]
        assert verify(local_store) == []

    def test_a_region_code_cannot_leave_its_folder(self, local_store: Store) -> None:
        strange = Sample("strange", year=12, region="../..")
        snapshot = committed(local_store, changes([strange]))
        assert [file.group for file in snapshot.files("facts")] == ["0000/00"]

    def test_the_same_change_gives_the_same_bytes(self, tmp_path: Path) -> None:
        made = []
        for name in ("one", "two"):
            store = open_store(str(tmp_path / name))
            committed(store, changes([MIAN, XUCHANG]))
            made.append(committed(store, changes([YANBIAN, replace(MIAN, amounts=("3.00",))])))
        assert made[0].tables == made[1].tables
        assert made[0].writer != made[1].writer

    def test_the_order_of_documents_does_not_matter(self, tmp_path: Path) -> None:
        one, two = (open_store(str(tmp_path / name)) for name in ("one", "two"))
        samples = [MIAN, XUCHANG, Sample("x"), Sample("y")]
        assert committed(one, changes(samples)).tables == committed(two, changes(samples[::-1])).tables

    def test_rows_that_repeat_a_primary_key_are_refused(self, store: Store) -> None:
        facts = build_table("facts", MIAN.facts() * 2)
        with pytest.raises(SchemaError, match="fact_id"):
            commit(store, [Change("facts", facts)], message="", run_id=None, now=NOON)
        assert not list(store.list(""))

    def test_rows_of_another_schema_are_refused(self, local_store: Store) -> None:
        with pytest.raises(SchemaError, match="documents"):
            committed(local_store, [Change("documents", build_table("facts", MIAN.facts()))])

    @pytest.mark.parametrize("place", [100, -1], ids=["in its data", "in its footer"])
    def test_a_damaged_file_is_not_carried_on(self, store: Store, place: int) -> None:
        file = committed(store, changes([MIAN])).files("facts")[0]
        data = bytearray(store.read(file.key))
        data[place] ^= 1
        store.delete(file.key)
        store.create(file.key, bytes(data))
        with pytest.raises(IntegrityError, match=file.sha256):
            commit(store, changes([replace(MIAN, amounts=("1.00",))]), message="", run_id=None, now=NOON)
        assert load(store).number == 1

    def test_a_lost_file_is_not_passed_over(self, store: Store) -> None:
        snapshot = committed(store, changes([MIAN]))
        store.delete(snapshot.files("facts")[0].key)
        with pytest.raises(IntegrityError):
            commit(store, changes([replace(MIAN, amounts=("1.00",))]), message="", run_id=None, now=NOON)
        with pytest.raises(IntegrityError):
            read_table(store, snapshot, "facts")

    def test_time_never_runs_backwards(self, local_store: Store) -> None:
        committed(local_store, changes([MIAN]), NOON)
        assert committed(local_store, changes([YANBIAN]), NOON - timedelta(hours=1)).created_at == NOON


class TestFiles:
    def test_a_large_group_becomes_several_files(
        self, local_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("archive.dataset.datafiles.MOST_ARROW_BYTES", 50_000)
        samples = [Sample(f"document {number}", ("1.00",) * 10) for number in range(50)]
        snapshot = committed(local_store, changes(samples))
        assert len(snapshot.files("facts")) > 3
        changed = committed(local_store, changes([replace(samples[7], amounts=("5.00",) * 10)]))
        assert 1 <= len(keys(snapshot, "facts") - keys(changed, "facts")) <= 2
        assert amounts(local_store, changed)[samples[7].document_id] == ["5.00"] * 10
        assert verify(local_store) == []

    def test_plain_readers_open_them(self, local_store: Store) -> None:
        assert isinstance(local_store, LocalStore)
        snapshot = committed(local_store, changes([MIAN, YANBIAN]))
        paths = [str(local_store.path(file.key)) for file in snapshot.files("facts")]
        table = pq.ParquetFile(paths[-1]).read()
        assert table.schema.equals(arrow_schema("facts"))
        assert pq.read_schema(paths[0]).field("amount_yuan").metadata[b"unit"] == b"CNY"
        frame = pd.concat([pd.read_parquet(path) for path in paths])
        assert sorted(frame["amount_yuan"]) == [Decimal("1.00"), Decimal("10.50"), Decimal("20.25")]
        total = duckdb.sql(f"SELECT sum(amount_yuan), count(DISTINCT fiscal_year) FROM read_parquet({paths})")
        assert total.fetchone() == (Decimal("31.75"), 2)
        codecs = {pq.read_metadata(path).row_group(0).column(0).compression for path in paths}
        assert codecs == {"ZSTD"}

    def test_a_column_younger_than_a_file_reads_as_null(
        self, local_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        documents = TABLES["documents"]
        older = replace(documents, columns=tuple(c for c in documents.columns if c.name != "notes"))
        monkeypatch.setitem(TABLES, "documents", older)
        rows = build_table("documents", [MIAN.document(), XUCHANG.document()])
        first = committed(local_store, [Change("documents", rows)])
        monkeypatch.setitem(TABLES, "documents", documents)
        read = read_table(local_store, first, "documents", ["title", "notes"])
        assert read.column("notes").null_count == 2
        noted = build_table("documents", [MIAN.document() | {"notes": ["seen"]}])
        second = committed(local_store, [Change("documents", noted)])
        rows_now = sorted_rows(read_table(local_store, second, "documents", ["title", "notes"]), "title")
        assert rows_now == [{"title": "勉县", "notes": ["seen"]}, {"title": "许昌市", "notes": None}]
        assert [file.columns for file in second.files("documents")].count(tuple(older.arrow.names)) == 1
        assert verify(local_store) == []


class TestManifest:
    def test_it_tells_everything_about_the_snapshot(self, store: Store) -> None:
        snapshot = committed(store, changes([MIAN, YANBIAN]))
        data = store.read(snapshot_key(1))
        assert decode(data) == snapshot
        package = json.loads(data)
        assert {resource["table"] for resource in package["resources"]} == set(TABLES)
        for resource in package["resources"]:
            if "path" in resource:
                stored = store.read(f"dataset/{resource['path']}")
                assert len(stored) == resource["bytes"]
                assert resource["hash"] == f"sha256:{resource['path'].rsplit('/', 1)[1][:64]}"
        (first, second) = [entry for entry in package["resources"] if entry["table"] == "facts"]
        described = {field["name"]: field for field in first["schema"]["fields"]}
        assert described["amount_yuan"]["unit"] == "CNY"
        assert list(described) == arrow_schema("facts").names
        assert "schema" not in second and second["columnsOf"] == first["name"]
        assert first["rowCount"] + second["rowCount"] == 3

    @pytest.mark.parametrize("damaged", [False, True])
    def test_frictionless_validates_it_and_its_files(self, local_store: Store, damaged: bool) -> None:
        assert isinstance(local_store, LocalStore)
        file = committed(local_store, changes([MIAN, YANBIAN])).files("facts")[0]
        path = local_store.path(file.key)
        if damaged:
            path.write_bytes(path.read_bytes()[::-1])
        frictionless = Path(sys.executable).with_name("frictionless")
        descriptor = local_store.path(snapshot_key(1))
        result = subprocess.run([frictionless, "validate", descriptor], capture_output=True, text=True)
        assert (result.returncode == 0) == (not damaged), result.stdout

    @pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"resources": [], "gongkai": {}}', b"\xff"])
    def test_anything_else_is_refused(self, data: bytes) -> None:
        with pytest.raises(IntegrityError, match="not a snapshot manifest"):
            decode(data)


class TestTravel:
    @pytest.fixture
    def days(self, store: Store) -> Store:
        """Snapshots 1, 2 on 20 November, 3 on the 22nd."""
        for day, sample in ((20, MIAN), (20, XUCHANG), (22, YANBIAN)):
            committed(store, changes([sample]), datetime(2026, 11, day, 23, 59, 59, 999999, UTC))
        return store

    @pytest.mark.parametrize(
        ("ref", "number"),
        [
            (1, 1),
            ("2", 2),
            ("latest", 3),
            ("2026-11-20", 2),
            ("2026-11-21", 2),
            ("2026-11-22", 3),
            ("2030-01-01", 3),
        ],
    )
    def test_a_snapshot_is_found(self, days: Store, ref: int | str, number: int) -> None:
        assert load(days, ref).number == number

    @pytest.mark.parametrize(
        "ref", [4, 0, "2026-11-19", "2026-02-30", "no-such-tag", "../x", "", "snapshot 1"]
    )
    def test_what_is_not_there_is_said(self, days: Store, ref: int | str) -> None:
        with pytest.raises(SnapshotNotFound):
            load(days, ref)

    def test_an_empty_store_has_no_latest(self, store: Store) -> None:
        with pytest.raises(SnapshotNotFound, match="no snapshot yet"):
            load(store)
        assert list(history(store)) == []

    def test_history_is_newest_first(self, days: Store) -> None:
        assert [(snapshot.number, snapshot.parent) for snapshot in history(days)] == [
            (3, 2),
            (2, 1),
            (1, None),
        ]

    def test_history_goes_on_where_snapshots_expired(self, days: Store) -> None:
        days.delete(snapshot_key(2))
        assert [snapshot.number for snapshot in history(days)] == [3, 1]
        assert load(days, "2026-11-21").number == 1
        assert committed(days, changes([Sample("new")])).number == 4

    def test_a_tag_names_one_snapshot_for_good(self, days: Store) -> None:
        create_tag(days, "report-2026", 2, now=NOON)
        create_tag(days, "report-2026", 2, now=NOON + timedelta(days=1))
        with pytest.raises(AlreadyExists, match="names snapshot 2 already"):
            create_tag(days, "report-2026", 3, now=NOON)
        assert load(days, "report-2026").number == 2
        assert tags(days) == {"report-2026": 2}

    @pytest.mark.parametrize("name", ["latest", "1", "2026-11-20", "", "a/b", "报告", ".x"])
    def test_a_tag_is_a_plain_name(self, days: Store, name: str) -> None:
        with pytest.raises(ValueError, match="not a name"):
            create_tag(days, name, 1, now=NOON)

    def test_a_tag_needs_its_snapshot(self, days: Store) -> None:
        with pytest.raises(SnapshotNotFound):
            create_tag(days, "early", 9, now=NOON)

    def test_reading_takes_columns(self, days: Store) -> None:
        rows = read_table(days, load(days), "facts", ["amount_text", "region_code"])
        assert rows.schema.names == ["amount_text", "region_code"]
        assert {"10.50", "20.25"} <= set(rows.column("amount_text").to_pylist())
        assert read_table(days, load(days), "bodies", ["name"]).schema.names == ["name"]


def test_a_manifest_reads_back_equal(local_store: Store) -> None:
    snapshot = committed(local_store, changes([MIAN]))
    assert decode(encode(snapshot)) == snapshot


def test_one_change_per_table(local_store: Store) -> None:
    with pytest.raises(ValueError, match="one change per table"):
        commit(local_store, [*changes([MIAN]), *changes([YANBIAN])], message="", run_id=None, now=NOON)


def test_a_manifest_grows_by_little_for_each_file(local_store: Store) -> None:
    def size(groups: int) -> int:
        samples = [Sample(str(number), region=f"{number}0000") for number in range(10, 10 + groups)]
        return len(local_store.read(snapshot_key(committed(local_store, changes(samples)).number)))

    few, many = size(10), size(60)
    assert (many - few) / 150 < 700, "bytes for each file of documents, tables and facts"

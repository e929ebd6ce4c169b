"""Iceberg: the tables of the catalog read as the snapshot does, and no file is copied for it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog import Catalog, load_catalog

from archive.dataset.manifest import snapshot_key
from archive.dataset.schema import TABLES, build_table
from archive.dataset.schema.declaration import Column
from archive.dataset.snapshots import Change, Snapshot, commit, latest, load, read_table
from archive.dataset.versions.expiry import Policy, expire
from archive.export.iceberg import CatalogUnusable, Published, open_catalog, publish
from archive.stores import Store
from tests.archive.samples import NOON, Sample, changes, removal

MIAN = Sample("勉县", ("10.50", "-9999999999999.99"))
YANBIAN = Sample("延边州", ("0.01",), year=2023, region="222400")
DISCLOSURE = {
    "disclosure_id": "d1",
    "url": "http://example.org/1",
    "published_on": NOON.date(),
    "first_seen": NOON,
    "state": "live",
    "document_ids": [MIAN.document_id],
}


@pytest.fixture
def catalog(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """An SQL catalog, configured as an operator would; its metadata lie beside a local store, or in S3."""
    warehouse = f"{store.uri}-iceberg" if "://" in store.uri else f"file://{tmp_path}/warehouse"
    monkeypatch.setenv("PYICEBERG_CATALOG__TESTS__TYPE", "sql")
    monkeypatch.setenv("PYICEBERG_CATALOG__TESTS__URI", f"sqlite:///{tmp_path}/catalog.db")
    monkeypatch.setenv("PYICEBERG_CATALOG__TESTS__WAREHOUSE", warehouse)
    return open_catalog("tests", store)


def committed(store: Store, samples: list[Sample], *more: Change) -> Snapshot:
    snapshot = commit(store, [*changes(samples), *more], message="", run_id=None, now=NOON)
    assert snapshot
    return snapshot


def told(published: Iterator[Published]) -> dict[str, tuple[int, int]]:
    return {one.table: (one.added, one.removed) for one in published if one.added or one.removed}


def assert_reads_as(store: Store, snapshot: Snapshot, catalog: Catalog, tag: str | None = None) -> None:
    for name, schema in TABLES.items():
        table = catalog.load_table(("gongkai", name))
        snapshot_id = table.refs()[tag].snapshot_id if tag else None
        found = table.scan(snapshot_id=snapshot_id).to_arrow()
        expected = read_table(store, snapshot, name)
        assert found.column_names == expected.column_names
        keys = [(key, "ascending") for key in schema.primary_key]
        assert found.sort_by(keys).to_pylist() == expected.sort_by(keys).to_pylist(), name


def test_a_snapshot_and_the_next(store: Store, catalog: Catalog) -> None:
    announced = Change("disclosures", build_table("disclosures", [DISCLOSURE]))
    first = committed(store, [MIAN, YANBIAN], announced)
    objects = {found.key for found in store.list("")}
    assert told(publish(store, first, catalog)) == {
        "documents": (2, 0), "tables": (2, 0), "facts": (2, 0), "disclosures": (1, 0),
    }  # fmt: skip
    assert_reads_as(store, first, catalog)
    second = committed(store, [replace(MIAN, amounts=("11.00",))])
    assert told(publish(store, second, catalog)) == {"documents": (1, 1), "tables": (1, 1), "facts": (1, 1)}
    assert_reads_as(store, second, catalog)
    assert_reads_as(store, first, catalog, "gongkai-1")
    assert {found.key for found in store.list("")} - objects == {
        snapshot_key(2),
        *(file.key for files in second.tables.values() for file in files if file.key not in objects),
    }


def test_publishing_again_changes_nothing(store: Store, catalog: Catalog) -> None:
    snapshot = committed(store, [MIAN])
    list(publish(store, snapshot, catalog))
    before = catalog.load_table(("gongkai", "facts")).metadata_location
    assert told(publish(store, snapshot, open_catalog("tests", store))) == {}
    assert catalog.load_table(("gongkai", "facts")).metadata_location == before


def test_a_publication_that_broke_off_is_completed(local_store: Store, tmp_path: Path) -> None:
    catalog = _local_catalog(tmp_path)
    list(publish(local_store, committed(local_store, [MIAN]), catalog))
    second = committed(local_store, [YANBIAN])
    broken = publish(local_store, second, catalog)
    while next(broken).table != "documents":
        pass
    assert isinstance(broken, Generator)
    broken.close()
    assert catalog.load_table(("gongkai", "facts")).scan().count() == 2
    assert set(told(publish(local_store, second, catalog))) == {"tables", "facts"}
    assert_reads_as(local_store, second, catalog)


def test_a_table_that_became_empty(local_store: Store, tmp_path: Path) -> None:
    catalog = _local_catalog(tmp_path)
    list(publish(local_store, committed(local_store, [MIAN]), catalog))
    empty = commit(local_store, removal(MIAN), message="", run_id=None, now=NOON)
    assert empty
    list(publish(local_store, empty, catalog))
    assert_reads_as(local_store, empty, catalog)


def test_files_older_than_a_column(
    local_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = _local_catalog(tmp_path)
    list(publish(local_store, committed(local_store, [MIAN]), catalog))
    newer = replace(TABLES["facts"], columns=(*TABLES["facts"].columns, Column("later", pa.string(), "New")))
    monkeypatch.setitem(TABLES, "facts", newer)
    snapshot = committed(local_store, [YANBIAN])
    list(publish(local_store, snapshot, catalog))
    assert_reads_as(local_store, snapshot, catalog)
    # A catalog that begins with files of both kinds.
    other = _local_catalog(tmp_path / "other")
    list(publish(local_store, snapshot, other))
    assert_reads_as(local_store, snapshot, other)


def test_what_expired_is_forgotten(local_store: Store, tmp_path: Path) -> None:
    catalog = _local_catalog(tmp_path)
    for amount in ("1.00", "2.00", "3.00"):
        list(publish(local_store, committed(local_store, [replace(MIAN, amounts=(amount,))]), catalog))
    policy = Policy(count=1, age=timedelta(0), grace=timedelta(0))
    expire(local_store, policy, now=NOON + timedelta(days=3650))
    newest = latest(local_store)
    assert newest
    assert told(publish(local_store, newest, catalog)) == {}
    facts = catalog.load_table(("gongkai", "facts"))
    assert set(facts.refs()) == {"main", "gongkai-3"} and len(facts.snapshots()) == 1
    assert facts.properties["gc.enabled"] == "false"
    assert_reads_as(local_store, newest, catalog)


def test_files_are_left_out_by_the_bounds_of_their_columns(local_store: Store, tmp_path: Path) -> None:
    catalog = _local_catalog(tmp_path)
    list(publish(local_store, committed(local_store, [MIAN, YANBIAN]), catalog))
    scan = catalog.load_table(("gongkai", "facts")).scan(row_filter="fiscal_year = 2023")
    [task] = scan.plan_files()
    assert "=2023/22/" in task.file.file_path and scan.count() == 1


def test_an_earlier_snapshot_can_be_published(local_store: Store, tmp_path: Path) -> None:
    catalog = _local_catalog(tmp_path)
    committed(local_store, [MIAN])
    list(publish(local_store, committed(local_store, [YANBIAN]), catalog))
    list(publish(local_store, load(local_store, 1), catalog))
    assert_reads_as(local_store, load(local_store, 1), catalog)
    assert_reads_as(local_store, load(local_store, 2), catalog, "gongkai-2")


def test_a_catalog_that_nobody_configured(local_store: Store) -> None:
    with pytest.raises(CatalogUnusable, match="URI missing"):
        open_catalog("nobody", local_store)


def _local_catalog(folder: Path) -> Catalog:
    folder.mkdir(exist_ok=True)
    where = {"uri": f"sqlite:///{folder}/catalog.db", "warehouse": f"file://{folder}/warehouse"}
    return load_catalog("local", type="sql", **where)


def test_duckdb_reads_it(local_store: Store, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    extensions = pytest.importorskip("duckdb_extensions")
    pytest.importorskip("duckdb_extension_iceberg", reason="pip install duckdb-extension-iceberg")
    catalog = _local_catalog(tmp_path)
    list(publish(local_store, committed(local_store, [MIAN]), catalog))
    list(publish(local_store, committed(local_store, [replace(MIAN, amounts=("7.77",)), YANBIAN]), catalog))
    with duckdb.connect() as connection:
        for name in ("avro", "iceberg"):
            extensions.import_extension(name, con=connection)
            connection.execute(f"LOAD {name}")
        metadata = catalog.load_table(("gongkai", "facts")).metadata_location
        rows = connection.execute(
            "SELECT amount_yuan, row_label, proofs FROM iceberg_scan(?) ORDER BY 1 DESC", [metadata]
        ).fetchall()
    assert [(str(amount), label, proofs) for amount, label, proofs in rows] == [
        ("7.77", "第0行", None), ("0.01", "第0行", None),
    ]  # fmt: skip

"""Verification finds every kind of damage, says where it is, and finds nothing in a sound store."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive.dataset.datafiles import write_rows
from archive.dataset.manifest import DataFile, Snapshot, encode, snapshot_key
from archive.dataset.schema import TABLES, build_table
from archive.dataset.snapshots import ALL, Change, commit, create_tag, latest, load
from archive.evidence.archived import Looked
from archive.evidence.verification import verify
from archive.rendering.messages import said
from archive.stores import LocalStore, Store, open_store
from archive.warc.records import read_records
from archive.warc.writer import Exchange, WarcWriter
from tests.archive.samples import NOON, Sample, changes

MIAN = Sample("勉县", ("10.50", "20.25"))
YANBIAN = Sample("延边州", ("1.00",), year=2023, region="222400")


@pytest.fixture
def sound(store: Store) -> Store:
    """Two snapshots and a tag."""
    commit(store, changes([MIAN]), message="first", run_id=None, now=NOON)
    commit(store, changes([YANBIAN]), message="second", run_id=None, now=NOON)
    create_tag(store, "release", 1, now=NOON)
    return store


def found(store: Store) -> list[tuple[str, str]]:
    return [(finding.kind, finding.key) for finding in verify(store)]


def newest(store: Store) -> Snapshot:
    snapshot = latest(store)
    assert snapshot
    return snapshot


def replace_object(store: Store, key: str, data: bytes) -> None:
    store.delete(key)
    store.create(key, data)


def forge(store: Store, snapshot: Snapshot) -> None:
    """Put another manifest in the place of the newest one."""
    replace_object(store, snapshot_key(snapshot.number), encode(snapshot))


def with_file(snapshot: Snapshot, table: str, *files: DataFile) -> Snapshot:
    return replace(snapshot, tables={**snapshot.tables, table: files})


def test_a_sound_store_has_no_finding(sound: Store) -> None:
    looked = Looked()
    assert verify(sound, looked) == []
    files = {file for number in (1, 2) for name in TABLES for file in load(sound, number).files(name)}
    assert looked == Looked(2, len(files), sum(file.rows for file in files))


def test_an_empty_store_has_no_finding(store: Store) -> None:
    assert verify(store) == []


def test_a_file_that_is_gone(sound: Store) -> None:
    key = newest(sound).files("facts")[0].key
    sound.delete(key)
    assert found(sound) == [("missing", key)]


def test_one_flipped_bit(sound: Store) -> None:
    key = newest(sound).files("tables")[0].key
    data = bytearray(sound.read(key))
    data[len(data) // 2] ^= 1
    replace_object(sound, key, bytes(data))
    assert found(sound) == [("hash", key)]


def test_a_damaged_file_of_an_older_snapshot_only(sound: Store) -> None:
    commit(sound, [Change("facts", build_table("facts", []), ALL)], message="", run_id=None, now=NOON)
    key = newest(sound).files("documents")[0].key
    replace_object(sound, key, b"PAR1")
    assert found(sound) == [("hash", key)]


def test_a_damaged_manifest_and_a_misplaced_one(sound: Store) -> None:
    replace_object(sound, snapshot_key(2), sound.read(snapshot_key(1)))
    sound.create(snapshot_key(3), b'{"resources": []}')
    kinds = found(sound)
    assert kinds[:2] == [("manifest", snapshot_key(2)), ("manifest", snapshot_key(3))]
    assert {kind for kind, _ in kinds[2:]} == {"orphan"}, "what only the lost manifest listed"


def test_a_tag_whose_snapshot_was_exchanged(sound: Store) -> None:
    first = json.loads(sound.read(snapshot_key(1)))
    replace_object(sound, snapshot_key(1), json.dumps(first | {"description": "other"}).encode())
    assert found(sound) == [("tag", "dataset/tags/release.json")]


def test_counts_columns_and_key_ranges_that_are_not_those_of_the_file(sound: Store) -> None:
    snapshot = newest(sound)
    file, *others = snapshot.files("facts")
    for forged, kind in (
        (replace(file, rows=file.rows + 1), "rows"),
        (replace(file, columns=file.columns[:-1]), "schema"),
        (replace(file, first_key="0"), "keys"),
    ):
        forge(sound, with_file(snapshot, "facts", forged, *others))
        assert (kind, file.key) in found(sound)


def test_a_row_that_stands_in_two_files(sound: Store) -> None:
    snapshot = newest(sound)
    rows = pa.concat_tables([build_table("facts", MIAN.facts()), build_table("facts", Sample("x").facts())])
    doubled = write_rows(sound, TABLES["facts"], "0000/00", rows)
    forge(sound, with_file(snapshot, "facts", *snapshot.files("facts"), *doubled))
    findings = verify(sound)
    assert [finding.kind for finding in findings] == ["duplicate", "reference", "reference"]
    assert f"{MIAN.table_id}-r0-c1" in str(findings[0].message)


def test_references_into_nothing(store: Store) -> None:
    disclosure = {"disclosure_id": "d", "url": "http://x/", "document_ids": [MIAN.document_id, "gone"]}
    rows = build_table("disclosures", [disclosure])
    commit(store, [*changes([MIAN]), Change("disclosures", rows)], message="", run_id=None, now=NOON)
    (finding,) = verify(store)
    assert finding.kind == "reference"
    says = "disclosures.document_ids names what is not in documents.document_id: 1 (gone)"
    assert said(finding.message) == says


def test_orphans_are_told_but_no_error(sound: Store) -> None:
    sound.create("dataset/tables/facts/2024/61/left.parquet", b"left by a killed commit")
    (finding,) = verify(sound)
    assert (finding.severity, finding.kind) == ("info", "orphan")


class TestCaptures:
    @pytest.fixture
    def archived(self, tmp_path: Path) -> Iterator[LocalStore]:
        """Two exchanges with the same body (the second is a revisit), and their captures."""
        store = open_store(str(tmp_path / "store"))
        assert isinstance(store, LocalStore)
        writer = WarcWriter(store, "20261122T101530Z-abcdef", tmp_path / "spool", clock=lambda: NOON)
        rows = []
        for number, url in enumerate(("http://example.gov.cn/a.pdf", "http://example.gov.cn/b.pdf")):
            place = writer.write(Exchange(url, NOON + timedelta(seconds=number), 200, "OK", body=b"%PDF-1.4"))
            rows.append(
                {
                    "capture_id": f"c{number}",
                    "run_id": "r",
                    "url": url,
                    "fetched_at": NOON,
                    "sha256": place.sha256,
                    "warc_path": place.warc_path,
                    "warc_offset": place.offset,
                    "warc_length": place.length,
                }
            )
        writer.close()
        runs = build_table("runs", [{"run_id": "r", "started_at": NOON}])
        captures = build_table("captures", rows)
        commit(store, [Change("runs", runs), Change("captures", captures)], message="", run_id="r", now=NOON)
        yield store

    def test_records_that_are_sound(self, archived: LocalStore) -> None:
        looked = Looked()
        assert verify(archived, looked) == []
        (file,) = archived.list("warc/")
        records = list(read_records(io.BufferedReader(io.BytesIO(archived.read(file.key)))))
        assert (looked.warcs, looked.records, looked.captures) == (1, len(records), 2)

    def test_a_warc_file_that_is_gone(self, archived: LocalStore) -> None:
        (warc,) = archived.list("warc/")
        archived.delete(warc.key)
        assert set(found(archived)) == {("record", warc.key)}

    @pytest.mark.parametrize(
        "damage",
        [
            lambda data: data[:-1],
            lambda data: data[:-40],
            lambda data: data[: len(data) // 2],
            lambda data: b"\0" * len(data),
            lambda data: data[:600] + bytes([data[600] ^ 1]) + data[601:],
            lambda data: b"",
        ],
        ids=["cut by a byte", "cut short", "cut in half", "zeroed", "flipped", "emptied"],
    )
    def test_a_warc_file_that_is_damaged(
        self, archived: LocalStore, damage: Callable[[bytes], bytes]
    ) -> None:
        (warc,) = archived.list("warc/")
        replace_object(archived, warc.key, damage(archived.read(warc.key)))
        assert ("record", warc.key) in found(archived)

    def test_a_capture_that_points_between_records(self, archived: LocalStore) -> None:
        rows = pq.read_table(archived.path(newest(archived).files("captures")[0].key)).to_pylist()
        rows[0]["warc_offset"] += 1
        captures = build_table("captures", rows)
        commit(archived, [Change("captures", captures)], message="", run_id="r", now=NOON)
        assert found(archived) == [("record", rows[0]["warc_path"])]

    def test_a_capture_with_another_hash(self, archived: LocalStore) -> None:
        rows = pq.read_table(archived.path(newest(archived).files("captures")[0].key)).to_pylist()
        rows[0]["sha256"] = "0" * 64
        captures = build_table("captures", rows)
        commit(archived, [Change("captures", captures)], message="", run_id="r", now=NOON)
        (finding,) = verify(archived)
        assert finding.kind == "payload"
        assert said(finding.message) == "capture c0: the payload has another SHA-256"

    def test_a_revisit_of_a_payload_that_is_nowhere(self, archived: LocalStore) -> None:
        rows = pq.read_table(archived.path(newest(archived).files("captures")[0].key)).to_pylist()
        rows[1]["sha256"] = "0" * 64
        captures = build_table("captures", rows)
        commit(archived, [Change("captures", captures)], message="", run_id="r", now=NOON)
        (finding,) = verify(archived)
        assert (said(finding.message) or "").startswith("capture c1 refers to a payload that no record holds")

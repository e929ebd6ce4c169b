"""The index of captures: complete after any commits, made where it is absent, and checked."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa
import pytest

from archive.dataset import capture_index
from archive.dataset.capture_index import CAPTURES, CaptureIndex, entries_of
from archive.dataset.index_files import indexed, read_index
from archive.dataset.manifest import DataFile, Snapshot, decode, encode, snapshot_key
from archive.dataset.schema import build_table
from archive.dataset.snapshots import Change, commit, latest, read_table, reindex
from archive.evidence.verification import verify
from archive.stores import LocalStore
from archive.warc.captures import Capture
from tests.archive.history.test_lookup import START, history

SITE = {"site_id": "a", "url": "http://a.gov.cn/"}


def commits(store: LocalStore, captures: list[Capture], parts: int) -> Snapshot:
    """Captures in so many commits."""
    for part in range(parts):
        rows = build_table("captures", [asdict(one) for one in captures[part::parts]])
        commit(store, [Change("captures", rows)], message="", run_id=None, now=START)
    newest = latest(store)
    assert newest
    return newest


def all_entries(store: LocalStore, snapshot: Snapshot) -> list[dict[str, object]]:
    assert snapshot.index is not None
    rows = pa.concat_tables([read_index(store, CAPTURES, file) for file in snapshot.index])
    return rows.sort_by([(name, "ascending") for name in rows.column_names]).to_pylist()  # type: ignore[no-any-return]


def without_index(store: LocalStore, snapshot: Snapshot) -> None:
    """Write a manifest anew as an older version of the program would have."""
    (store.root / snapshot_key(snapshot.number)).write_bytes(encode(replace(snapshot, index=None)))


@pytest.mark.parametrize("parts", [1, 3, 30])
def test_commits_add_up_to_the_index_of_all_captures(tmp_path: Path, parts: int) -> None:
    store, captures = LocalStore(tmp_path), history(3, 300)
    newest = commits(store, captures, parts)
    assert all_entries(store, newest) == entries_of(store, read_table(store, newest, "captures")).to_pylist()
    assert newest.index and len(newest.index) <= 3 + parts // 6, "files of one size are merged"
    assert decode(encode(newest)) == newest


def test_a_value_is_found_in_any_row_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_index, "CAPTURES", replace(CAPTURES, row_group=7))
    store, captures = LocalStore(tmp_path), history(4, 200)
    index = CaptureIndex(store, commits(store, captures, 5))
    for url in {one.url for one in captures}:
        assert index.find("url", [url]) == {
            one.capture_id: one.site_id or "" for one in captures if one.url == url
        }
    assert index.find("url", {one.url for one in captures}).keys() == {one.capture_id for one in captures}
    assert index.find("url", ["http://elsewhere.cn/"]) == {} == index.find("url", [])


def test_full_files_are_divided_so_that_one_hash_is_looked_for_in_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(CAPTURES, merge_bytes=1 << 13)  # merged once, 40 commits make ten full files
    store, captures = LocalStore(tmp_path), history(7, 1_200)
    whole = build_table("captures", [asdict(one) for one in captures])
    files: tuple[DataFile, ...] = ()
    for start in range(0, len(whole), 30):
        files = indexed(store, small, files, (), whole.slice(start, 30)) or ()
    newest = replace(commits(store, captures[:1], 1), index=files)
    assert all_entries(store, newest) == entries_of(store, whole).to_pylist()
    parts = [file.key for file in files if file.first_key[0] == file.last_key[0]]
    assert len(parts) == 8, "each part of all hashes once"
    assert len(files) - len(parts) < 8, "and those that came since"
    opened: set[str] = set()
    known = CaptureIndex._known

    def noted(index: CaptureIndex, file: DataFile) -> object:
        opened.add(file.key)
        return known(index, file)

    monkeypatch.setattr(CaptureIndex, "_known", noted)
    for url in {one.url for one in captures}:
        opened.clear()
        found = CaptureIndex(store, newest).find("url", [url])
        assert found.keys() == {one.capture_id for one in captures if one.url == url}
        assert len(opened.intersection(parts)) == 1


def test_a_store_without_an_index_gets_it_with_the_next_commit(tmp_path: Path) -> None:
    store, captures = LocalStore(tmp_path), history(5, 90)
    without_index(store, commits(store, captures[:60], 2))
    old = latest(store)
    assert old and old.index is None
    url = captures[0].url
    assert CaptureIndex(store, old).find("url", [url]).keys() == {
        one.capture_id for one in captures[:60] if one.url == url
    }
    commit(store, [Change("sites", build_table("sites", [SITE]))], message="", run_id=None, now=START)
    newest = latest(store)
    assert newest
    assert all_entries(store, newest) == entries_of(store, read_table(store, newest, "captures")).to_pylist()


def test_verify_misses_an_entry_and_a_file_and_reindex_mends_both(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    whole = commits(store, history(6, 40), 2)
    assert whole.index
    short = replace(whole, index=whole.index[:-1])
    (store.root / snapshot_key(whole.number)).write_bytes(encode(short))
    assert "index" in {one.kind for one in verify(store)}
    (store.root / short.index[0].key if short.index else store.root / whole.index[0].key).write_bytes(b"")
    kinds = {one.kind for one in verify(store)}
    assert kinds & {"hash", "index"}
    mended = reindex(store, now=START)
    assert mended and mended.number == whole.number + 1
    assert not {"hash", "index"} & {one.kind for one in verify(store) if one.key.startswith("dataset/index")}
    assert all_entries(store, mended) == entries_of(store, read_table(store, mended, "captures")).to_pylist()

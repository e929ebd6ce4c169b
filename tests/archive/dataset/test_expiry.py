"""Expiry removes what cannot be named any more, and nothing that may still be read or committed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

import archive.dataset.versions.expiry
from archive.dataset.manifest import snapshot_key
from archive.dataset.snapshots import claim, commit, create_tag, latest, load, read_table, snapshot_numbers
from archive.dataset.versions.expiry import EXPIRED, Policy, expire
from archive.evidence.verification import verify
from archive.stores import LocalStore, Store, StoredObject
from tests.archive.samples import NOON, Sample, changes

MIAN = Sample("勉县")
START = NOON - timedelta(days=30)
LAST = Policy(count=1, age=timedelta())


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def grown(store: Store) -> Store:
    """Five snapshots, each replacing the facts of the one before; the second has a tag."""
    for number in range(1, 6):
        sample = replace(MIAN, amounts=(f"{number}.00",))
        commit(store, changes([sample]), message="", run_id=None, now=START + timedelta(days=number))
    create_tag(store, "release", 2, now=NOON)
    return store


def amounts(store: Store, ref: str) -> list[str]:
    return sorted(read_table(store, load(store, ref), "facts", ["amount_text"]).column(0).to_pylist())


def test_age_count_and_tag_keep_a_snapshot(grown: Store) -> None:
    policy = Policy(count=1, age=timedelta(days=2))
    would = expire(grown, policy, now=START + timedelta(days=6), dry_run=True)
    assert would.snapshots == (1, 3) and snapshot_numbers(grown) == [1, 2, 3, 4, 5]
    assert expire(grown, policy, now=START + timedelta(days=6)).snapshots == (1, 3)
    assert snapshot_numbers(grown) == [2, 4, 5]
    assert verify(grown) == []


def test_who_reads_an_expired_snapshot_can_go_on_within_the_grace(grown: Store) -> None:
    reading = load(grown, 3)
    assert expire(grown, LAST, now=clock()).files == ()
    assert read_table(grown, reading, "facts").num_rows == 1
    later = clock() + timedelta(days=3)
    kept = {file for ref in (2, 5) for file in load(grown, ref).files("facts")}
    only_old = {found.key for found in grown.list("dataset/tables/facts/")} - {file.key for file in kept}
    removed = expire(grown, LAST, now=later)
    assert removed.snapshots == () and removed.bytes > 0
    assert {key for key in removed.files if "/facts/" in key} == only_old
    assert not list(grown.list(EXPIRED))
    assert amounts(grown, "release") == ["2.00"] and amounts(grown, "latest") == ["5.00"]
    assert verify(grown) == [] and expire(grown, LAST, now=later).files == ()


def test_a_slow_writer_finds_its_number_taken(local_store: Store) -> None:
    """Else its snapshot would stand below newer ones that know nothing of it, and its rows were lost."""
    now = clock()
    commit(local_store, changes([MIAN]), message="", run_id=None, now=now)
    slow = replace(load(local_store), number=2, parent=1, writer="slow")
    for number in (2, 3):
        commit(local_store, changes([Sample(f"{number}")]), message="", run_id=None, now=now)
    assert expire(local_store, LAST, now=now).snapshots == ()
    assert not claim(local_store, slow)
    assert expire(local_store, LAST, now=now + timedelta(days=3)).snapshots == (1, 2)


def test_the_newest_may_expire_between_its_listing_and_its_reading(
    grown: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = type(grown).read
    missed: list[str] = []

    def read_late(store: Any, key: str, *span: int) -> bytes:
        if key == snapshot_key(5) and not missed:
            missed.append(key)
            commit(store, changes([Sample("newer")]), message="", run_id=None, now=START + timedelta(days=6))
            expire(store, LAST, now=clock())
        return read(store, key, *span)

    monkeypatch.setattr(type(grown), "read", read_late)
    newest = latest(grown)
    assert newest and newest.number == 6 and missed


def test_a_file_of_a_killed_commit_goes_when_it_is_old(grown: Store) -> None:
    newest = latest(grown)
    assert newest
    key = newest.files("facts")[0].key
    stray = key.rpartition("/")[0] + "/" + "0" * 64 + ".parquet"
    grown.create(stray, b"PAR1")
    assert expire(grown, Policy(), now=clock()).files == ()
    assert expire(grown, Policy(), now=clock() + timedelta(days=3)).files == (stray,)


def test_a_writer_that_takes_up_an_old_file_keeps_it(grown: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of snapshot 1 is about to go when a commit of the same rows finds it and lists it."""
    [old] = load(grown, 1).files("facts")
    expire(grown, LAST, now=clock())
    abandoned = archive.dataset.versions.expiry._abandoned

    def beside_a_writer(store: Store, limit: datetime) -> list[StoredObject]:
        found = list(abandoned(store, limit))
        time.sleep(1.1)  # S3 reports whole seconds
        commit(store, changes([replace(MIAN, amounts=("1.00",))]), message="", run_id=None, now=NOON)
        assert old.key in {one.key for one in found}
        return found

    monkeypatch.setattr(archive.dataset.versions.expiry, "_abandoned", beside_a_writer)
    time.sleep(1.1)
    removed = expire(grown, Policy(count=1, age=timedelta(), grace=timedelta()), now=clock())
    assert removed.files and old.key not in removed.files
    assert amounts(grown, "latest") == ["1.00"] and verify(grown) == []


def test_a_tag_in_the_last_moment_keeps_the_snapshot(grown: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    delete = type(grown).delete

    def tagged_meanwhile(store: Any, key: str) -> None:
        if key == snapshot_key(3):
            create_tag(store, "late", 3, now=NOON)
        delete(store, key)

    monkeypatch.setattr(type(grown), "delete", tagged_meanwhile)
    assert expire(grown, LAST, now=clock()).snapshots == (1, 4)
    assert snapshot_numbers(grown) == [2, 3, 5] and amounts(grown, "late") == ["3.00"]


@pytest.mark.parametrize("steps", range(1, 14))
def test_an_expiry_killed_at_any_step_is_taken_up(local_store: LocalStore, steps: int) -> None:
    for number in range(1, 4):
        sample = replace(MIAN, amounts=(f"{number}.00",))
        commit(local_store, changes([sample]), message="", run_id=None, now=START + timedelta(days=number))

    class Dying(LocalStore):
        left = steps

        def step(self) -> None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

        def create(self, key: str, data: bytes) -> None:
            self.step()
            super().create(key, data)

        def delete(self, key: str) -> None:
            self.step()
            super().delete(key)

    dying = Dying(local_store.root)
    for later in (0, 3):
        try:
            expire(dying, LAST, now=clock() + timedelta(days=later))
        except KeyboardInterrupt:
            break
    assert verify(local_store) == [] or {one.severity for one in verify(local_store)} == {"info"}
    assert amounts(local_store, "latest") == ["3.00"]
    for later in (0, 3):
        expire(local_store, LAST, now=clock() + timedelta(days=later))
    newest = latest(local_store)
    assert newest and snapshot_numbers(local_store) == [3]
    listed = {file.key for name in newest.tables for file in newest.files(name)}
    assert {found.key for found in local_store.list("dataset/tables/")} == listed
    assert verify(local_store) == []


def test_writers_readers_verification_and_two_expiries_at_once(local_store: LocalStore) -> None:
    """No process is disturbed, the readers see whole snapshots, and what is left is sound."""
    turns, long_ago = 12, clock() - timedelta(days=3)
    commit(local_store, changes([MIAN]), message="", run_id=None, now=long_ago)
    done = Event()

    def write() -> None:
        try:
            for turn in range(turns):
                samples = [replace(MIAN, amounts=(f"{turn}.00",) * 3), Sample(f"more {turn}")]
                commit(local_store, changes(samples), message="", run_id=None, now=long_ago)
        finally:
            done.set()

    def expire_always() -> int:
        gone = 0
        while not done.is_set():
            gone += len(expire(local_store, LAST, now=clock()).snapshots)
        return gone

    def read() -> None:
        while not done.is_set():
            snapshot = load(local_store)
            texts = read_table(local_store, snapshot, "facts").column("amount_text").to_pylist()
            assert len(texts) == snapshot.rows("facts")
            assert all(texts.count(f"{turn}.00") in (0, 3) for turn in range(3, turns))

    def check() -> None:
        while not done.is_set():
            assert [one for one in verify(local_store) if one.severity == "error"] == []

    with ThreadPoolExecutor(5) as pool:
        work = [pool.submit(job) for job in (write, read, check)]
        expired = [pool.submit(expire_always) for _ in range(2)]
        for one in work:
            one.result()
    assert sum(one.result() for one in expired) >= turns - 1 - len(snapshot_numbers(local_store))
    assert load(local_store).number == turns + 1
    assert load(local_store).rows("facts") == 3 + 2 * turns
    assert [one for one in verify(local_store) if one.severity == "error"] == []

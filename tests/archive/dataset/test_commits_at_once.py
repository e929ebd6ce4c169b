"""Commits that race each other, and commits that are killed."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from archive.dataset import snapshots
from archive.dataset.snapshots import (
    Snapshot,
    claim,
    commit,
    history,
    load,
)
from archive.evidence.verification import verify
from archive.stores import Store, open_store
from tests.archive.dataset.commits import MIAN, YANBIAN, amounts, committed
from tests.archive.samples import NOON, Sample, changes

# New processes start from one that has everything imported already.
PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["archive.dataset.snapshots", "archive.stores.s3", "tests.archive.samples", __name__]
)


def aws() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


def commit_at_once(environment: dict[str, str], uri: str, number: int, start: Barrier) -> None:
    os.environ |= environment
    store = open_store(uri)
    samples = [Sample(f"own {number}"), Sample("common", (f"{number}.00",) * 3)]
    start.wait()
    assert commit(store, changes(samples), message=str(number), run_id=None, now=NOON)


def commit_and_die(environment: dict[str, str], uri: str, step: str, when: str) -> None:
    os.environ |= environment
    module, name = (os, "link") if step == "os.link" else (snapshots, step)
    function = getattr(module, name)

    def dying(*arguments: object) -> None:
        if when == "after":
            function(*arguments)
        os._exit(9)

    setattr(module, name, dying)
    commit(open_store(uri), changes([YANBIAN]), message="", run_id=None, now=NOON)


class TestRaces:
    def test_the_loser_takes_the_next_number_on_top_of_the_winner(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = open_store(store.uri)

        def overtaken(store: Store, snapshot: Snapshot) -> bool:
            monkeypatch.setattr(snapshots, "claim", claim)
            committed(other, changes([YANBIAN]))
            return claim(store, snapshot)

        monkeypatch.setattr(snapshots, "claim", overtaken)
        snapshot = committed(store, changes([MIAN]))
        assert (snapshot.number, snapshot.parent) == (2, 1)
        assert set(amounts(store, snapshot)) == {MIAN.document_id, YANBIAN.document_id}

    def test_two_versions_of_one_document_never_stand_together(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = open_store(store.uri)

        def overtaken(store: Store, snapshot: Snapshot) -> bool:
            monkeypatch.setattr(snapshots, "claim", claim)
            committed(other, changes([replace(MIAN, amounts=("1.00", "2.00", "3.00"))]))
            return claim(store, snapshot)

        monkeypatch.setattr(snapshots, "claim", overtaken)
        assert amounts(store, committed(store, changes([MIAN]))) == {MIAN.document_id: ["10.50", "20.25"]}

    def test_the_same_work_done_twice_at_once_is_committed_once(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = open_store(store.uri)

        def overtaken(store: Store, snapshot: Snapshot) -> bool:
            monkeypatch.setattr(snapshots, "claim", claim)
            committed(other, changes([MIAN]))
            return claim(store, snapshot)

        monkeypatch.setattr(snapshots, "claim", overtaken)
        assert commit(store, changes([MIAN]), message="", run_id=None, now=NOON) is None
        assert load(store).number == 1

    def test_eight_processes_commit_at_once(self, store: Store) -> None:
        """Each its own document, and one that all of them have, each in another version."""
        start = PROCESSES.Barrier(8)
        processes = [
            PROCESSES.Process(target=commit_at_once, args=(aws(), store.uri, number, start))
            for number in range(8)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * 8
        assert [snapshot.number for snapshot in history(store)] == list(range(8, 0, -1))
        newest = load(store)
        found = amounts(store, newest)
        assert Counter(len(texts) for texts in found.values()) == {2: 8, 3: 1}
        assert set(found[Sample("common").document_id]) == {f"{newest.message}.00"}
        assert [finding for finding in verify(store) if finding.severity == "error"] == []


class TestCrashes:
    @pytest.mark.parametrize("step", ["latest", "find_edits", "write_edit", "write_files", "claim"])
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_a_kill_at_any_step_leaves_the_old_snapshot_or_the_new_one(
        self, store: Store, step: str, when: str
    ) -> None:
        committed(store, changes([MIAN]))
        kill_commit(store, step, when)
        done = step == "claim" and when == "after"
        assert load(store).number == (2 if done else 1)
        assert set(amounts(store, load(store))) == {
            s.document_id for s in ([MIAN, YANBIAN] if done else [MIAN])
        }
        assert {finding.kind for finding in verify(store)} <= {"orphan"}

        again = commit(store, changes([YANBIAN]), message="again", run_id=None, now=NOON)
        assert (again is None) == done
        assert set(amounts(store, load(store))) == {MIAN.document_id, YANBIAN.document_id}
        assert load(store).number == 2
        assert verify(store) == [], "the second attempt used the files of the first"

    def test_a_kill_while_an_object_is_written_leaves_no_object(self, local_store: Store) -> None:
        committed(local_store, changes([MIAN]))
        kill_commit(local_store, "os.link", "before")
        assert verify(local_store) == []
        assert list((Path(local_store.uri) / ".tmp").iterdir()), "the unfinished file is out of the way"


def kill_commit(store: Store, step: str, when: str) -> None:
    """Commit 延边州 in another process that ends, without any clean-up, before or after one step."""
    process = PROCESSES.Process(target=commit_and_die, args=(aws(), store.uri, step, when))
    process.start()
    process.join()
    assert process.exitcode == 9

"""Claims over either kind of store: each name has one owner, and the dead own nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

from archive.stores import LocalStore, Store
from archive.stores.claims import Claims

NAMES = frozenset({"a", "b", "c"})


def test_a_name_is_owned_once_and_free_again_when_its_owner_is_done(store: Store) -> None:
    with Claims(store, "work") as first, Claims(store, "work") as second, Claims(store, "other") as other:
        assert first.take(["a", "b"]) == {"a", "b"}
        assert second.take(NAMES) == {"c"} and first.take(NAMES) == {"a", "b"}
        assert other.take(NAMES) == NAMES
    with Claims(store, "work") as third:
        assert third.take(NAMES) == NAMES
    assert list(store.list("claims/")) == []


def test_nothing_is_written_before_something_is_claimed(local_store: Store) -> None:
    with Claims(local_store, "work") as claims:
        assert claims.take([]) == frozenset()
        assert list(local_store.list("")) == []


def test_of_many_who_claim_at_once_each_name_has_one_owner(local_store: Store) -> None:
    start, done = threading.Barrier(6), threading.Barrier(6)
    names, taken = [f"run-{number}" for number in range(20)], []

    def take() -> None:
        with Claims(local_store, "work") as claims:
            start.wait()
            taken.append(claims.take(names))
            done.wait()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for one in taken for name in one) == sorted(names)


KILLED = """
import os, signal, sys
from archive.stores import open_store
from archive.stores.claims import Claims
claims = Claims(open_store(sys.argv[1]), "work")
assert claims.take(["a"]) == {"a"}
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_owned_can_be_claimed(local_store: LocalStore) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, local_store.uri], capture_output=True)
    assert done.returncode == -9, done.stderr
    assert [found.key for found in local_store.list("claims/work/names/")]
    with Claims(local_store, "work") as claims:
        assert claims.take(["a"]) == {"a"}
    assert list(local_store.list("claims/work/names/")) == []


def test_a_claim_runs_out_when_its_holder_says_nothing_more(local_store: LocalStore) -> None:
    silent = Claims(local_store, "work", term=timedelta(seconds=-1))  # what it says has run out already
    assert silent.take(["a"]) == {"a"}
    with Claims(local_store, "work") as claims:
        assert claims.take(["a"]) == {"a"}
        assert silent.take(["a"]) == {"a"}, "a claim saves work; it does not guard data"
    silent.__exit__(None, None, None)

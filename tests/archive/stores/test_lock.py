"""One at a time over either kind of store, and no process waits for a dead one."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from archive.stores import LocalStore, Store
from archive.stores.lock import ROOT, Locked, locked

BRIEF = timedelta(seconds=0.6)


def test_a_held_lock_is_refused_and_a_released_one_given(store: Store) -> None:
    with locked(store, "run"):
        with pytest.raises(Locked, match="holds the lock 'run'"), locked(store, "run"):
            pass
        with locked(store, "alerts"):
            pass
    with locked(store, "run"):
        pass


def test_of_many_who_ask_at_once_one_gets_it(local_store: Store) -> None:
    start, done, got = threading.Barrier(8), threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        try:
            with locked(local_store, "run"):
                got.append("it")
                done.wait()
        except Locked:
            done.wait()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["it"]


def test_an_error_releases_it(local_store: Store) -> None:
    with pytest.raises(ZeroDivisionError), locked(local_store, "run"):
        raise ZeroDivisionError
    with locked(local_store, "run"):
        pass


def test_a_holder_that_works_on_keeps_it(local_store: Store) -> None:
    with locked(local_store, "run", term=BRIEF):
        time.sleep(2 * BRIEF.total_seconds())
        with pytest.raises(Locked), locked(local_store, "run"):
            pass


HOLD = """
import socket, sys, time
from datetime import timedelta
from archive.stores.lock import locked
from archive.stores import open_store
uri, host, term = sys.argv[1:]
socket.gethostname = lambda: host
with locked(open_store(uri), "run", term=timedelta(seconds=float(term))):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(store: Store, host: str, term: timedelta) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLD, store.uri, host, str(term.total_seconds())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_killed_holder_of_this_machine_loses_it_at_once(local_store: Store) -> None:
    with holder(local_store, socket.gethostname(), timedelta(minutes=10)) as process:
        with pytest.raises(Locked), locked(local_store, "run"):
            pass
        process.kill()
        process.wait()
        with locked(local_store, "run"):
            pass


def test_a_killed_holder_elsewhere_loses_it_when_its_term_has_run_out(store: Store) -> None:
    term = timedelta(seconds=4)
    with holder(store, "elsewhere", term) as process:
        process.kill()
        process.wait()
        with pytest.raises(Locked, match="on elsewhere"), locked(store, "run"):
            pass
        time.sleep(term.total_seconds())
        with locked(store, "run"):
            pass


def test_old_turns_leave_few_keys(local_store: Store) -> None:
    assert isinstance(local_store, LocalStore)
    for _ in range(9):
        with locked(local_store, "run"):
            pass
    keys = [found.key for found in local_store.list(ROOT)]
    assert len(keys) == 6 and keys[-1] == f"{ROOT}run/00000009.released"

"""Many processes commit at once: every commit lands, none is lost, no document is there twice.

Each writer commits documents of its own, and with each of them its version of one that all writers have.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from archive.dataset.snapshots import commit, history, load, read_table
from archive.evidence.verification import verify
from archive.stores import open_store
from tests.archive.samples import NOON, Sample, changes

PROCESSES = multiprocessing.get_context("spawn")
PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Contest:
    """What came of it: commits made and snapshots found, seconds, and what is wrong."""

    commits: int
    snapshots: int
    seconds: float
    wrong: tuple[str, ...]


def contest(uri: str, writers: int, rounds: int, environment: Mapping[str, str]) -> Contest:
    """Let `writers` processes make `rounds` commits each; look at the result without any proxy in between."""
    begun = time.monotonic()
    processes = [
        PROCESSES.Process(target=_write, args=(uri, number, rounds, dict(environment)))
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    seconds = time.monotonic() - begun
    wrong = [f"writer {n} ended with {p.exitcode}" for n, p in enumerate(processes) if p.exitcode != 0]
    store = open_store(uri)
    listed = list(history(store))
    wrong += [f"{one.kind}: {one.message}" for one in verify(store) if one.severity == "error"]
    if sorted(one.message for one in listed) != sorted(
        f"{writer}.{turn}" for writer in range(writers) for turn in range(rounds)
    ):
        wrong.append("a commit is lost, or made twice")
    facts = read_table(store, load(store), "facts", ["document_id", "amount_text"]).to_pylist()
    found = Counter(row["document_id"] for row in facts)
    own = {Sample(f"{writer}.{turn}").document_id for writer in range(writers) for turn in range(rounds)}
    if found != Counter(dict.fromkeys(own, 2)) + Counter({Sample("shared").document_id: 3}):
        wrong.append("documents or facts are lost or doubled")
    shared = {row["amount_text"] for row in facts if row["document_id"] == Sample("shared").document_id}
    if shared != {f"{listed[0].message}0"}:
        wrong.append(f"the shared document is not the last writer's: {shared}")
    return Contest(writers * rounds, len(listed), seconds, tuple(wrong))


def _write(uri: str, number: int, rounds: int, environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    store = open_store(uri)
    for turn in range(rounds):
        name = f"{number}.{turn}"
        samples = [Sample(name), Sample("shared", amounts=(f"{name}0",) * 3)]
        if commit(store, changes(samples), message=name, run_id=None, now=NOON) is None:
            raise RuntimeError(f"{name} was not committed")

"""One process at a time, over a store that can only create: a directory or S3.

Invariant: of all who ask for a lock at once, one gets it; a holder that dies loses it. The lock saves work
and messages, it guards no data: commits are safe without it, so a holder that was paused for longer than its
term does no harm there.

    locks/<name>/<turn>.json            who holds the turn, and until when
    locks/<name>/<turn>.beat-<k>        the k-th sign of life of the holder, and until when it now holds
    locks/<name>/<turn>.released        the holder is done

The next turn begins with `<turn + 1>.json`, created once, when the last turn is released, has run out, or
was held by a process of this machine that has ended. All keys are created only; those of turns long past
are deleted.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import AlreadyExists, ObjectNotFound, StoreError
from archive.stores.base import Store

ROOT = "locks/"
TERM = timedelta(minutes=10)
"""How long a silent holder keeps its turn. A holder writes a key three times in a term; clocks of two
machines may differ by less than the rest."""

KEPT = 3
"""Turns whose keys are kept."""


class Locked(StoreError):
    """Another process holds the lock; the message says who, since when and until when."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as its keys describe it."""

    number: int
    holder: dict[str, str]
    until: datetime
    released: bool
    beats: int

    def over(self, now: datetime) -> bool:
        """Whether another may have the lock."""
        return self.released or self.until < now or is_dead(self.holder)


@contextmanager
def locked(store: Store, name: str, *, term: timedelta = TERM) -> Iterator[None]:
    """Hold a lock for the body of the `with`. Raises Locked at once if another process holds it."""
    number = _take(store, name, term)
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(store, name, number, term, done), daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()
        store.create(_key(name, number, ".released"), b"")


def held(store: Store, prefix: str) -> dict[str, str]:
    """The locks in force whose names begin so, each with who holds it."""
    names = {found.key.removeprefix(ROOT).partition("/")[0] for found in store.list(f"{ROOT}{prefix}")}
    turns = {name: turn for name in names if (turn := _last_turn(store, name))}
    now = datetime.now(UTC)
    return {name: _described(name, turn) for name, turn in sorted(turns.items()) if not turn.over(now)}


def _take(store: Store, name: str, term: timedelta) -> int:
    last = _last_turn(store, name)
    now = datetime.now(UTC)
    if last and not last.over(now):
        raise Locked(_described(name, last))
    number = last.number + 1 if last else 1
    try:
        store.create(_key(name, number, ".json"), _said(now + term))
    except AlreadyExists as error:
        raise Locked(f"another process took the lock {name} of {store.uri} in this moment") from error
    _forget(store, name, number - KEPT)
    return number


def _beat(store: Store, name: str, number: int, term: timedelta, done: threading.Event) -> None:
    count = 0
    while not done.wait(term.total_seconds() / 3):
        count += 1
        try:
            store.create(_key(name, number, f".beat-{count:06d}"), _said(datetime.now(UTC) + term))
        except StoreError:
            continue  # the store may be back for the next one


def _last_turn(store: Store, name: str) -> Turn | None:
    keys = {found.key for found in store.list(f"{ROOT}{name}/")}
    turns = [int(key.rpartition("/")[2][:8]) for key in keys if key.endswith(".json")]
    if not turns:
        return None
    number = max(turns)
    start = _key(name, number, "")
    beats = sorted(key for key in keys if key.startswith(f"{start}.beat-"))
    released = f"{start}.released" in keys
    try:
        said = json.loads(store.read(beats[-1] if beats else f"{start}.json"))
    except ObjectNotFound:  # deleted in between: its turn is long past
        return _last_turn(store, name)
    return Turn(number, said, datetime.fromisoformat(said["until"]), released, len(beats))


def _forget(store: Store, name: str, number: int) -> None:
    """Delete the keys of a turn and all before it, the turn's own key last."""
    if number > 0:
        old = [found.key for found in store.list(f"{ROOT}{name}/")]
        past = [key for key in old if int(key.rpartition("/")[2][:8]) <= number]
        for key in sorted(past, key=lambda key: key.endswith(".json")):
            store.delete(key)


def _said(until: datetime) -> bytes:
    return json.dumps(describe_holder(until)).encode()


def describe_holder(until: datetime) -> dict[str, str]:
    """How others recognise this process, and until when it holds something."""
    return {
        "host": socket.gethostname(),
        "boot": _boot(),
        "pid": str(os.getpid()),
        "nonce": uuid.uuid4().hex,
        "until": until.isoformat(),
    }


def is_dead(holder: dict[str, str]) -> bool:
    """Whether the holder has surely ended: a process of this machine, since its start, that is not there."""
    if (holder["host"], holder["boot"]) != (socket.gethostname(), _boot()) or not holder["boot"]:
        return False
    try:
        os.kill(int(holder["pid"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _boot() -> str:
    """The machine's start and this process's view of process ids: containers may have the same ids."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _described(name: str, turn: Turn) -> str:
    holder = turn.holder
    who = f"process {holder['pid']} on {holder['host']}"
    return f"{who} holds the lock {name!r} of this store, until {holder['until']} if it says nothing more"


def _key(name: str, number: int, ending: str) -> str:
    return f"{ROOT}{name}/{number:08d}{ending}"

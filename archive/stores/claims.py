"""Work that is divided among processes: each piece is owned by one of them, and ownership expires.

Invariant: of all who claim a name at once, one gets it; what a dead process owned can be claimed again. Like
a lock (`archive.stores.lock`), a claim saves work and guards no data.

    claims/<kind>/holders/<nonce>/<beat>.json    a process, and until when it now owns what it claimed
    claims/<kind>/names/<name>/<turn>.json       which process owns this name

A claim is a key that is created once. It is over when its holder's last key has run out, when the holder
was a process of this machine that has ended, or when the holder's keys are gone; the next turn may then be
created. A holder that is done deletes its claim; the next one looks first whether any work is left.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Self

from archive import AlreadyExists, ObjectNotFound, StoreError
from archive.stores.base import Store
from archive.stores.lock import TERM, describe_holder, is_dead


class Claims:
    """What this process owns of one kind of work; nothing is written before the first claim."""

    def __init__(self, store: Store, kind: str, *, term: timedelta = TERM) -> None:
        self._store, self._root, self._term = store, f"claims/{kind}/", term
        self._nonce, self._beats = uuid.uuid4().hex, 0
        self._turns: dict[str, int] = {}
        self._passed: set[str] = set()
        self._done = threading.Event()
        self._beating: threading.Thread | None = None

    def take(self, names: Iterable[str]) -> frozenset[str]:
        """Claim these names; those of them that this process owns now, or did already."""
        wanted = sorted(set(names))
        missing = [name for name in wanted if name not in self._turns]
        if missing:
            self._begin()
            turns, holders = self._read()
            now, over = datetime.now(UTC), dict[str, bool]()
            for name in missing:
                last = max(turns[name], default=0)
                holder = turns[name].get(last)
                if holder is not None and holder not in over:
                    over[holder] = self._is_over(holders.get(holder), now)
                if (holder is None or over[holder]) and self._create(name, last + 1):
                    self._passed |= {self._key(name, turn) for turn in turns[name]}
        return frozenset(name for name in wanted if name in self._turns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._beating:
            self._done.set()
            self._beating.join()
            own = (self._key(name, turn) for name, turn in sorted(self._turns.items()))
            beats = (self._beat_key(number) for number in range(self._beats))
            for key in (*sorted(self._passed), *own, *beats):
                self._store.delete(key)

    def _begin(self) -> None:
        if self._beating is None:
            self._say()
            self._beating = threading.Thread(target=self._beat, daemon=True)
            self._beating.start()

    def _beat(self) -> None:
        while not self._done.wait(self._term.total_seconds() / 3):
            try:
                self._say()
            except StoreError:
                continue  # the store may be back for the next one

    def _say(self) -> None:
        said = describe_holder(datetime.now(UTC) + self._term)
        self._store.create(self._beat_key(self._beats), json.dumps(said).encode())
        self._beats += 1

    def _create(self, name: str, turn: int) -> bool:
        try:
            self._store.create(self._key(name, turn), json.dumps({"holder": self._nonce}).encode())
        except AlreadyExists:
            return False
        self._turns[name] = turn
        return True

    def _read(self) -> tuple[defaultdict[str, dict[int, str]], dict[str, str]]:
        """The holder of every turn of every name, and the last key of every holder."""
        turns: defaultdict[str, dict[int, str]] = defaultdict(dict)
        holders: dict[str, str] = {}
        for found in sorted(self._store.list(self._root), key=lambda found: found.key):
            group, name, end = found.key.removeprefix(self._root).split("/")
            if group == "holders":
                holders[name] = found.key
            elif holder := self._said(found.key).get("holder"):
                turns[name][int(end.removesuffix(".json"))] = holder
        return turns, holders

    def _is_over(self, key: str | None, now: datetime) -> bool:
        said = self._said(key) if key else {}
        return not said or datetime.fromisoformat(said["until"]) < now or is_dead(said)

    def _said(self, key: str) -> dict[str, str]:
        try:
            said: dict[str, str] = json.loads(self._store.read(key))
        except ObjectNotFound:  # its holder has just finished
            return {}
        return said

    def _key(self, name: str, turn: int) -> str:
        return f"{self._root}names/{name}/{turn:08d}.json"

    def _beat_key(self, number: int) -> str:
        return f"{self._root}holders/{self._nonce}/{number:06d}.json"

"""Kept snapshots: listed, named, found by number, tag or date.

Invariant: manifests alone are read, with nothing but JSON; a snapshot that expires while it is looked for is
never half found.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from hashlib import sha256
from typing import TypeVar

from archive import AlreadyExists, IntegrityError, ObjectNotFound, SnapshotNotFound
from archive.dataset.manifest import ROOT, Snapshot, decode, snapshot_key
from archive.stores import Store

SNAPSHOT_KEY = re.compile(re.escape(ROOT) + r"snapshot-(\d{8})\.json")
TAG_KEY = re.compile(re.escape(ROOT) + r"tags/(.+)\.json")
TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
T = TypeVar("T")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A name for a snapshot; `sha256` is that of its manifest."""

    name: str
    snapshot: int
    sha256: str


def latest(store: Store) -> Snapshot | None:
    """The newest snapshot; None if there is none yet."""
    return _choose(store, lambda numbers: _read_snapshot(store, numbers[-1]) if numbers else None)


def load(store: Store, ref: int | str = "latest") -> Snapshot:
    """A snapshot by number, tag, `latest`, or ISO date (the last one made on or before that day, UTC).

    Raises SnapshotNotFound.
    """
    text = str(ref)
    if text == "latest":
        newest = latest(store)
        if newest is None:
            raise SnapshotNotFound("{store} has no snapshot yet", store=store.uri)
        return newest
    if text.isdecimal():
        return _read_snapshot(store, int(text))
    if ISO_DATE.fullmatch(text):
        return _load_by_date(store, text)
    return _read_snapshot(store, _tagged(store, text))


def history(store: Store) -> Iterator[Snapshot]:
    """All kept snapshots, the newest first; not those that expire while they are listed."""
    for number in reversed(snapshot_numbers(store)):
        try:
            snapshot = _read_snapshot(store, number)
        except SnapshotNotFound:
            continue
        yield snapshot


def snapshot_numbers(store: Store) -> list[int]:
    """The numbers of all kept snapshots, in order."""
    matches = (SNAPSHOT_KEY.fullmatch(found.key) for found in store.list(f"{ROOT}snapshot-"))
    return sorted(int(match[1]) for match in matches if match)


def create_tag(store: Store, name: str, number: int, *, now: datetime) -> None:
    """Give a snapshot a name, for good. The tag also keeps the SHA-256 of the manifest.

    The same snapshot may be named again. Raises AlreadyExists if the name is another snapshot's, ValueError
    if it does not read as a name (a letter, then letters, digits, `.`, `_`, `-`; not `latest`).
    """
    if not TAG_NAME.fullmatch(name) or name == "latest":
        raise ValueError(f"not a name for a snapshot: {name!r}")
    try:
        manifest = store.read(snapshot_key(number))
    except ObjectNotFound:
        raise SnapshotNotFound("{store} has no snapshot {name}", store=store.uri, name=number) from None
    tag = {
        "name": name,
        "snapshot": number,
        "sha256": sha256(manifest).hexdigest(),
        "created": now.astimezone(UTC).isoformat(),
    }
    try:
        store.create(_tag_key(name), json.dumps(tag, indent=1).encode())
    except AlreadyExists:
        if _tagged(store, name) != number:
            raise AlreadyExists(f"tag {name} names snapshot {_tagged(store, name)} already") from None


def decode_tag(data: bytes) -> Tag:
    """The tag in the content of its file; raises ValueError, KeyError or TypeError if it is not one."""
    content = json.loads(data)
    return Tag(content["name"], int(content["snapshot"]), content["sha256"])


def tags(store: Store) -> dict[str, int]:
    """Every tag and the number it names."""
    matches = (TAG_KEY.fullmatch(found.key) for found in store.list(f"{ROOT}tags/"))
    return {match[1]: _tagged(store, match[1]) for match in matches if match}


def _read_snapshot(store: Store, number: int) -> Snapshot:
    try:
        data = store.read(snapshot_key(number))
    except ObjectNotFound:
        raise SnapshotNotFound("{store} has no snapshot {name}", store=store.uri, name=number) from None
    return decode(data)


def _load_by_date(store: Store, text: str) -> Snapshot:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise SnapshotNotFound("{day} is not a date", day=text) from None
    end = datetime.combine(day, clock(), UTC) + timedelta(days=1)

    def choose(numbers: list[int]) -> Snapshot:
        # Times never decrease with numbers (see `commit`), so a few manifests are enough to find the place.
        place = bisect_right(
            numbers, end - timedelta(microseconds=1), key=lambda n: _read_snapshot(store, n).created_at
        )
        if not place:
            raise SnapshotNotFound("{store} has no snapshot from {day} or before", store=store.uri, day=text)
        return _read_snapshot(store, numbers[place - 1])

    return _choose(store, choose)


def _choose(store: Store, choose: Callable[[list[int]], T]) -> T:
    """What `choose` returns for the numbers of all snapshots; repeated if one expires before it is read."""
    numbers = snapshot_numbers(store)
    while True:
        try:
            return choose(numbers)
        except SnapshotNotFound:
            before, numbers = numbers, snapshot_numbers(store)
            if numbers == before:
                raise


def _tag_key(name: str) -> str:
    return f"{ROOT}tags/{name}.json"


def _tagged(store: Store, name: str) -> int:
    if not TAG_NAME.fullmatch(name):
        raise SnapshotNotFound("'{name}' is not the number, tag or date of a snapshot", name=name)
    try:
        return decode_tag(store.read(_tag_key(name))).snapshot
    except ObjectNotFound:
        raise SnapshotNotFound(
            "{store} has no snapshot or tag '{name}'", store=store.uri, name=name
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"tag {name} is damaged: {error!r}") from error

"""Old snapshots and abandoned files are removed; whatever can still be named or read stays.

Invariant: no file is deleted that a kept snapshot lists, that was written or taken up by a writer within the
grace period, or that a snapshot listed which expired within it. The grace must be longer than the longest
query and than two of the longest commits: it is what makes expiry safe beside writers and readers.

0. A snapshot made within the grace period is kept, whatever the policy: a slow writer may be about to claim
   its number, and must find it taken.
1. A snapshot that is not kept has its manifest put under `dataset/expired/`, then taken from its place:
   it is not found any more, but its readers can go on. If a tag names it in between, it is put back.
2. Data files that neither a kept nor a freshly expired snapshot lists are deleted, once they are old enough.
   A writer that finds a file it needs makes it young again (`Store.write`), and each file's age is asked for
   right before it goes.
3. Manifests that expired before the grace period are deleted last.

A crash at any point leaves something for the next expiry, and nothing broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import ObjectNotFound
from archive.dataset.finding import history, tags
from archive.dataset.manifest import INDEX, ROOT, WORK, Snapshot, decode, snapshot_key
from archive.stores import Store, StoredObject

EXPIRED = f"{ROOT}expired/"
GRACE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept: the newest `count` snapshots, those of the last `age`, and every one with a tag."""

    count: int = 10
    age: timedelta = timedelta(days=30)
    grace: timedelta = GRACE

    def kept(self, snapshots: Iterable[Snapshot], tagged: set[int], now: datetime) -> set[int]:
        """Numbers of the snapshots to keep; `snapshots` are given the newest first."""
        young = now - max(self.age, self.grace)
        return {
            one.number
            for place, one in enumerate(snapshots)
            if place < max(1, self.count) or one.number in tagged or one.created_at >= young
        }


@dataclass(frozen=True, slots=True)
class Expired:
    """What an expiry removed, or would: numbers of snapshots, keys of data files and their bytes."""

    snapshots: tuple[int, ...]
    files: tuple[str, ...]
    bytes: int


def expire(store: Store, policy: Policy, *, now: datetime, dry_run: bool = False) -> Expired:
    """Remove what the policy does not keep. `now` is held against the clock of the store for the grace."""
    known = list(history(store))
    kept = policy.kept(known, set(tags(store).values()), now)
    gone = sorted(one.number for one in known if one.number not in kept)
    if not dry_run:
        gone = [number for number in gone if _retire(store, number)]
    abandoned = list(_abandoned(store, now - policy.grace))
    removed = abandoned if dry_run else [one for one in abandoned if _remove(store, one, now - policy.grace)]
    if not dry_run:
        _forget(store, now - policy.grace)
    return Expired(tuple(gone), tuple(one.key for one in removed), sum(one.bytes for one in removed))


def expired_manifests(store: Store) -> list[tuple[StoredObject, Snapshot]]:
    """The snapshots that expired and whose files may still be read."""
    manifests = []
    for found in store.list(EXPIRED):
        with suppress(ObjectNotFound):  # another expiry was faster
            manifests.append((found, decode(store.read(found.key))))
    return manifests


def _retire(store: Store, number: int) -> bool:
    """Step 1; False if the snapshot got a tag in the last moment, or another expiry was faster."""
    key = snapshot_key(number)
    try:
        manifest = store.read(key)
    except ObjectNotFound:
        return False
    store.create(_expired_key(number), manifest)
    store.delete(key)
    if number in tags(store).values():
        store.create(key, manifest)
        store.delete(_expired_key(number))
        return False
    return True


def _abandoned(store: Store, limit: datetime) -> Iterator[StoredObject]:
    """Data files older than `limit`, and those of jobs that died, if no snapshot lists them other than
    snapshots that expired before it."""
    # Before the snapshots: what comes in between is listed by one.
    files = [*store.list(f"{ROOT}tables/"), *store.list(INDEX), *store.list(WORK)]
    listing = [*history(store), *(one for found, one in expired_manifests(store) if found.modified >= limit)]
    listed = {file.key for one in listing for table in one.tables for file in one.files(table)}
    listed |= {file.key for one in listing for file in one.index_files}
    return (found for found in files if found.key not in listed and found.modified < limit)


def _remove(store: Store, file: StoredObject, limit: datetime) -> bool:
    """Delete a file, unless a writer took it up since it was listed."""
    current = next((found for found in store.list(file.key) if found.key == file.key), None)
    if current is None or current.modified >= limit:
        return False
    store.delete(file.key)
    return True


def _forget(store: Store, limit: datetime) -> None:
    for found, _ in expired_manifests(store):
        if found.modified < limit:
            store.delete(found.key)


def _expired_key(number: int) -> str:
    return f"{EXPIRED}{snapshot_key(number).removeprefix(ROOT)}"

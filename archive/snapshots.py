"""Versions of the dataset: committed whole or not at all, named, found by number, tag or date.

Invariant: a snapshot is whole or absent, over all tables at once, and never changes. A commit
happens in the one moment that creates `dataset/snapshot-N.json`; all that comes before leaves the dataset as
it was.

A commit takes five steps, each a function:

1. `latest`: read the newest snapshot, the base.
2. `find_edits`: compare the changes with the base. If every row is there already, stop: there is nothing to
   commit.
3. `write_files`: write new data files. Nobody sees them yet; their names are the hashes of their contents, so
   writing them again after a crash or a lost race writes nothing.
4. `claim`: create the manifest of the next number, which succeeds for one writer only. An answer that got
   lost is settled by reading the manifest back: it carries its writer's id.
5. `rebase`: who lost the race goes back to step 1 with the winner's snapshot as the base. Disjoint work
   merges; of two versions of one document the later commit's stands, and never both.
"""

from __future__ import annotations

import json
import random
import re
import time
import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache, partial
from hashlib import sha256
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from archive.columns import TableSchema
from archive.datafiles import NO_GROUP, read_columns
from archive.edits import (
    ALL,
    READERS,
    Change,
    Edit,
    GroupOf,
    find_edit,
    groups_of_owners,
    own_groups,
    write_edit,
)
from archive.errors import AlreadyExists, Conflict, IntegrityError, ObjectNotFound, SnapshotNotFound
from archive.manifest import ROOT, DataFile, Snapshot, decode, encode, snapshot_key
from archive.schema import TABLES, empty_table
from archive.stores import Store

__all__ = [
    "ALL",
    "Change",
    "DataFile",
    "Snapshot",
    "commit",
    "create_tag",
    "history",
    "latest",
    "load",
    "read_table",
    "snapshot_numbers",
    "tags",
]

MOST_RACES = 100
"""Every lost race is another writer's success, so this many in a row means that something is wrong."""

SNAPSHOT_KEY = re.compile(re.escape(ROOT) + r"snapshot-(\d{8})\.json")
TAG_KEY = re.compile(re.escape(ROOT) + r"tags/(.+)\.json")
TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
T = TypeVar("T")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def commit(
    store: Store, changes: Sequence[Change], *, message: str, run_id: str | None, now: datetime
) -> Snapshot | None:
    """Commit changes of several tables as one snapshot; None if they change nothing.

    `now` (aware) becomes the snapshot's time, unless its parent is later. Raises SchemaError for rows that
    do not fit, IntegrityError if a file to be rewritten is damaged, Conflict after 100 lost races.
    """
    if len({change.table for change in changes}) != len(changes):
        raise ValueError("one commit takes one change per table")
    writer = uuid.uuid4().hex
    for races in range(MOST_RACES):
        base = latest(store)
        edits = find_edits(store, base, changes)
        if not edits:
            return None
        snapshot = Snapshot(
            number=base.number + 1 if base else 1,
            created_at=_not_before(base, now),
            parent=base.number if base else None,
            writer=writer,
            message=message,
            run_id=run_id,
            tables=write_files(store, base, changes, edits),
        )
        if claim(store, snapshot):
            return snapshot
        rebase(races)
    raise Conflict(f"lost {MOST_RACES} commit races in a row on {store.uri}")


def latest(store: Store) -> Snapshot | None:
    """The newest snapshot; None if there is none yet."""
    return _choose(store, lambda numbers: _read_snapshot(store, numbers[-1]) if numbers else None)


def find_edits(store: Store, base: Snapshot | None, changes: Sequence[Change]) -> list[Edit]:
    """Step 2: what the changes come to against the base."""
    edits = (find_edit(store, base.files(change.table) if base else (), change) for change in changes)
    return [edit for edit in edits if edit]


def write_files(
    store: Store, base: Snapshot | None, changes: Sequence[Change], edits: Sequence[Edit]
) -> dict[str, tuple[DataFile, ...]]:
    """Step 3: write what the edits need; the files of every table as the new snapshot has them."""
    tables = {name: base.files(name) if base else () for name in TABLES}
    group_of = _grouping(store, base, changes)
    for edit in edits:
        name = edit.schema.name
        tables[name] = write_edit(store, tables[name], edit, group_of)
    return tables


def claim(store: Store, snapshot: Snapshot) -> bool:
    """Step 4: make it the snapshot of its number; False if another writer has it."""
    try:
        store.create(snapshot_key(snapshot.number), encode(snapshot))
    except AlreadyExists:
        return False
    return True


def rebase(races: int) -> None:
    """Step 5: leave the winners room, for a time that grows with the crowd, before starting over."""
    time.sleep(random.uniform(0, min(2.0, 0.05 * 2**races)))


def load(store: Store, ref: int | str = "latest") -> Snapshot:
    """A snapshot by number, tag, `latest`, or ISO date (the last one made on or before that day, UTC).

    Raises SnapshotNotFound.
    """
    text = str(ref)
    if text == "latest":
        newest = latest(store)
        if newest is None:
            raise SnapshotNotFound(f"{store.uri} has no snapshot yet")
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

    Naming the same snapshot again is no error; raises AlreadyExists if the name is another snapshot's,
    ValueError if it is no name (a letter, then letters, digits, `.`, `_`, `-`; not `latest`).
    """
    if not TAG_NAME.fullmatch(name) or name == "latest":
        raise ValueError(f"not a name for a snapshot: {name!r}")
    try:
        manifest = store.read(snapshot_key(number))
    except ObjectNotFound:
        raise SnapshotNotFound(f"{store.uri} has no snapshot {number}") from None
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


def tags(store: Store) -> dict[str, int]:
    """Every tag and the number it names."""
    matches = (TAG_KEY.fullmatch(found.key) for found in store.list(f"{ROOT}tags/"))
    return {match[1]: _tagged(store, match[1]) for match in matches if match}


def read_table(
    store: Store,
    snapshot: Snapshot,
    name: str,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Rows of a table as of a snapshot, in today's columns; null where a file is older than the column."""
    names = list(columns or TABLES[name].arrow.names)
    with ThreadPoolExecutor(READERS) as pool:
        read = partial(read_columns, store, TABLES[name], names)
        return pa.concat_tables([empty_table(name).select(names), *pool.map(read, snapshot.files(name))])


def _not_before(base: Snapshot | None, now: datetime) -> datetime:
    """`now`, or the base's time where clocks differ: "the snapshot of that day" must be well defined."""
    return max(now.astimezone(UTC), base.created_at) if base else now.astimezone(UTC)


def _read_snapshot(store: Store, number: int) -> Snapshot:
    try:
        data = store.read(snapshot_key(number))
    except ObjectNotFound:
        raise SnapshotNotFound(f"{store.uri} has no snapshot {number}") from None
    return decode(data)


def _load_by_date(store: Store, text: str) -> Snapshot:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise SnapshotNotFound(f"{text} is not a date") from None
    end = datetime.combine(day, clock(), UTC) + timedelta(days=1)

    def choose(numbers: list[int]) -> Snapshot:
        # Times never decrease with numbers (see `commit`), so a few manifests are enough to find the place.
        place = bisect_right(
            numbers, end - timedelta(microseconds=1), key=lambda n: _read_snapshot(store, n).created_at
        )
        if not place:
            raise SnapshotNotFound(f"{store.uri} has no snapshot from {text} or before")
        return _read_snapshot(store, numbers[place - 1])

    return _choose(store, choose)


def _choose(store: Store, choose: Callable[[list[int]], T]) -> T:
    """What `choose` makes of the numbers of all snapshots; anew if one expires before it is read."""
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
        raise SnapshotNotFound(f"{name!r} is not the number, tag or date of a snapshot")
    try:
        return int(json.loads(store.read(_tag_key(name)))["snapshot"])
    except ObjectNotFound:
        raise SnapshotNotFound(f"{store.uri} has no snapshot or tag {name!r}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityError(f"tag {name} is damaged: {error!r}") from error


def _grouping(store: Store, base: Snapshot | None, changes: Sequence[Change]) -> GroupOf:
    """Tells the groups of rows: by their own year and province, or else by those of their document.

    The base is asked only for documents that the commit does not bring, and once.
    """
    columns = ["document_id", "fiscal_year", "region_code"]
    empty = empty_table("documents").select(columns)
    brought = pa.concat_tables(
        [empty, *(change.rows.select(columns) for change in changes if change.table == "documents")]
    )

    @cache
    def stored() -> pa.Table:
        return read_table(store, base, "documents", columns) if base else empty

    def group_of(schema: TableSchema, rows: pa.Table) -> pa.Array:
        if not schema.grouped:
            return pa.repeat(NO_GROUP, len(rows))
        if schema.has_place:
            return own_groups(rows)
        keys = rows.column("document_id")
        groups = groups_of_owners(keys, brought)
        if groups.null_count:
            groups = pc.coalesce(groups, groups_of_owners(keys, stored()))
        return pc.fill_null(groups, NO_GROUP)

    return group_of

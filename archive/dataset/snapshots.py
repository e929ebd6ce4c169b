"""Versions of the dataset: committed whole or not at all, named, found by number, tag or date.

Invariant: a snapshot is whole or absent, over all tables at once, and never changes. A commit
happens in the one moment that creates `dataset/snapshot-N.json`; all that comes before leaves the dataset as
it was.

A commit takes five steps, each a function:

1. `latest`: read the newest snapshot, the base.
2. `find_edits`: compare the changes with the base. If every row is there already, stop: there is nothing to
   commit.
3. `write_files`: write new data files. No reader sees them yet; their names are the hashes of their contents,
so
   writing them again after a crash or a lost race writes nothing.
4. `claim`: create the manifest of the next number, which succeeds for one writer only. An answer that got
   lost is settled by reading the manifest back: it carries its writer's id.
5. `rebase`: the loser of a race goes back to step 1 with the winner's snapshot as the base. Disjoint work
   merges; of two versions of one document the later commit's stands, and never both.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from archive import AlreadyExists, Conflict, Overtaken
from archive.dataset.capture_index import CAPTURES
from archive.dataset.datafiles import NO_GROUP, read_columns
from archive.dataset.edits import (
    ALL,
    Change,
    Edit,
    GroupOf,
    find_edit,
    groups_of_owners,
    own_groups,
    write_edit,
)
from archive.dataset.finding import create_tag, history, latest, load, snapshot_numbers, tags
from archive.dataset.index_files import JOURNALS, built, indexed, remove_damaged
from archive.dataset.manifest import DataFile, Judged, Snapshot, encode, snapshot_key
from archive.dataset.rows.typed import column_names, rows_of, table_name
from archive.dataset.schema import TABLES, empty_table
from archive.dataset.schema.declaration import TableSchema
from archive.dataset.selecting import StoredRows
from archive.stores import Store

__all__ = [
    "ALL",
    "MOST_RACES",
    "Change",
    "DataFile",
    "Judged",
    "Snapshot",
    "commit",
    "commit_onto",
    "create_tag",
    "history",
    "latest",
    "load",
    "read_as",
    "read_table",
    "rebase",
    "reindex",
    "snapshot_numbers",
    "tags",
]

T = TypeVar("T")
JUDGED_FROM = frozenset({"runs", "gaps", "disclosures", "documents", "bodies", "deadlines"})
"""Tables whose rows verdicts rest on, or are."""

INDEX_KINDS = {"index": CAPTURES, "journals": JOURNALS}
"""The indexes of a snapshot, by their names there."""

MOST_RACES = 100
"""Every lost race is another writer's success, so this many in a row means that something is wrong."""


def commit(
    store: Store, changes: Sequence[Change], *, message: str, run_id: str | None, now: datetime
) -> Snapshot | None:
    """Commit changes of several tables as one snapshot; None if they change nothing.

    `now` (aware) becomes the snapshot's time, unless its parent is later. Raises SchemaError for rows that
    do not fit, IntegrityError if a file to be rewritten is damaged, Conflict after 100 lost races.
    """
    for races in range(MOST_RACES):
        try:
            return commit_onto(store, latest(store), changes, message=message, run_id=run_id, now=now)
        except Overtaken:
            rebase(races)
    raise Conflict(f"lost {MOST_RACES} commit races in a row on {store.uri}")


def commit_onto(
    store: Store,
    base: Snapshot | None,
    changes: Sequence[Change],
    *,
    message: str,
    run_id: str | None,
    now: datetime,
    judged: Judged | None = None,
    edits: Sequence[Edit] | None = None,
) -> Snapshot | None:
    """`commit` for changes that hold on top of `base` alone. Raises Overtaken if it is not the newest.
    `judged` says what the verdicts among the changes rest on; `edits` are theirs, if they were
    found already."""
    if len({change.table for change in changes}) != len(changes):
        raise ValueError("one commit takes one change per table")
    edits = find_edits(store, base, changes) if edits is None else edits
    if not edits:
        return None
    tables = write_files(store, base, changes, edits)
    untouched = JUDGED_FROM.isdisjoint(edit.schema.name for edit in edits)
    new = {edit.schema.name: edit.rows for edit in edits}
    snapshot = Snapshot(
        number=base.number + 1 if base else 1,
        created_at=_not_before(base, now),
        parent=base.number if base else None,
        writer=uuid.uuid4().hex,
        message=message,
        run_id=run_id,
        tables=tables,
        judged=judged or (base.judged if base and untouched else None),
        **{
            name: indexed(
                store, kind, getattr(base, name) if base else (), tables[kind.table], new.get(kind.table)
            )
            for name, kind in INDEX_KINDS.items()
        },
    )
    if not claim(store, snapshot):
        raise Overtaken(f"another writer has committed snapshot {snapshot.number} of {store.uri}")
    return snapshot


def reindex(store: Store, *, now: datetime) -> Snapshot | None:
    """Make the indexes anew and commit them with the tables as they are; None without a snapshot."""
    for races in range(MOST_RACES):
        base = latest(store)
        if base is None:
            return None
        for name, kind in INDEX_KINDS.items():
            remove_damaged(store, kind, getattr(base, name) or ())
        snapshot = replace(
            base,
            number=base.number + 1,
            created_at=_not_before(base, now),
            parent=base.number,
            writer=uuid.uuid4().hex,
            message="indexes made anew",
            run_id=None,
            index=built(store, CAPTURES, base.files("captures")),
            journals=built(store, JOURNALS, base.files("runs")),
        )
        if claim(store, snapshot):
            return snapshot
        rebase(races)
    raise Conflict(f"lost {MOST_RACES} commit races in a row on {store.uri}")


def find_edits(
    store: Store, base: Snapshot | None, changes: Sequence[Change], new: Collection[str] | None = None
) -> list[Edit]:
    """Step 2: the effect of the changes on the base. `new` are the documents among them that the base does
    not have, if that is known already."""
    new = _new_documents(store, base, changes) if new is None else new
    edits = (
        find_edit(
            store,
            base.files(change.table) if base else (),
            change,
            new if TABLES[change.table].replace_key == "document_id" else (),
        )
        for change in changes
    )
    return [edit for edit in edits if edit]


def _new_documents(store: Store, base: Snapshot | None, changes: Sequence[Change]) -> set[str]:
    """The documents that these changes bring and the base does not have: no table has rows of them."""
    brought = {
        identity
        for change in changes
        if change.table == "documents" and change.replaced is not ALL
        for identity in change.rows.column("document_id").to_pylist()
    }
    known = StoredRows(store, base, "documents").where("document_id", brought, ["document_id"])
    return brought.difference(known.column("document_id").to_pylist())


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


def read_table(
    store: Store,
    snapshot: Snapshot,
    name: str,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Rows of a table as of a snapshot, in today's columns; null where a file is older than the column."""
    names = list(columns or TABLES[name].arrow.names)
    read = partial(read_columns, store, TABLES[name], names)
    return pa.concat_tables([empty_table(name).select(names), *store.each(read, snapshot.files(name))])


def read_as(store: Store, snapshot: Snapshot, kind: type[T]) -> list[T]:
    """The rows of the table of a class declared with `row_of`, of which only its columns are read."""
    return rows_of(read_table(store, snapshot, table_name(kind), column_names(kind)), kind)


def _not_before(base: Snapshot | None, now: datetime) -> datetime:
    """`now`, or the base's time where clocks differ: "the snapshot of that day" must be well defined."""
    return max(now.astimezone(UTC), base.created_at) if base else now.astimezone(UTC)


def _grouping(store: Store, base: Snapshot | None, changes: Sequence[Change]) -> GroupOf:
    """Assigns rows to groups: by their own year and province, or else by those of their document.

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

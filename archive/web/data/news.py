"""What the last snapshots brought: announcements that are new, altered or gone.

Invariant: an edition is the difference between a snapshot and the one before it, and of both only the files
that they do not share are read. An announcement is altered if it leads to other files than before; other
dates or titles are not news, nor is another address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.datafiles import read_columns
from archive.dataset.manifest import DataFile
from archive.dataset.schema import TABLES, empty_table
from archive.dataset.snapshots import Snapshot, load
from archive.errors import SnapshotNotFound
from archive.stores import Store
from archive.vocabulary import WITHDRAWN, State

Row = dict[str, Any]

KINDS = ("gone", "altered", "new")
"""In the order of display."""
EDITIONS = 3
MOST_STEPS = 20
"""Snapshots to go back for so many editions: many bring nothing that a reader would call news."""
ITEMS = 12

DISCLOSURES = TABLES["disclosures"]
COLUMNS = (
    "disclosure_id",
    "title",
    "url",
    "region_code",
    "body_name",
    "published_on",
    "first_seen",
    "state",
    "moved_to",
    "document_ids",
)
ALTERATIONS = ("disclosure_id", "new_document_id", "kind")
PRINTED = ("altered", "added", "removed")
"""The kinds of `changes` that are other amounts."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What one snapshot brought. `counts` has all of KINDS; `items` are rows of `disclosures` with `kind`
    and `amounts`, the number of amounts that a later version prints otherwise, some of each kind."""

    number: int
    created_at: datetime
    counts: dict[str, int]
    items: Sequence[Row]


def editions(store: Store, snapshot: Snapshot) -> list[Edition]:
    """The last snapshots that brought news, the newest first."""
    found: list[Edition] = []
    newer: Snapshot | None = snapshot
    for _ in range(MOST_STEPS):
        if newer is None or len(found) == EDITIONS:
            break
        older = _parent(store, newer)
        if older is None and newer.parent is not None:
            break  # it has expired, and what was there before is not known
        edition = _edition(store, older, newer)
        if edition.items:
            found.append(edition)
        newer = older
    return found


def _parent(store: Store, snapshot: Snapshot) -> Snapshot | None:
    """The snapshot before; None for the first, and where it has expired."""
    if snapshot.parent is None:
        return None
    try:
        return load(store, snapshot.parent)
    except SnapshotNotFound:
        return None


def _edition(store: Store, older: Snapshot | None, newer: Snapshot) -> Edition:
    """A page that another one moved to is not new."""
    before, after = _unshared(store, older, newer)
    known = {row["disclosure_id"]: row for row in before.to_pylist()}
    amounts = _altered_amounts(store, older, newer)
    by_kind: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    rows_after = after.to_pylist()
    moved = {row["moved_to"] for row in rows_after if row["state"] == State.MOVED}
    for row in rows_after:
        kind = _kind(known.get(row["disclosure_id"]), row)
        if kind and not (kind == "new" and row["disclosure_id"] in moved):
            by_kind[kind].append(row | {"kind": kind, "amounts": amounts.get(row["disclosure_id"], 0)})
    for rows in by_kind.values():
        rows.sort(key=lambda row: (str(row["published_on"] or ""), row["disclosure_id"]), reverse=True)
    counts = {kind: len(rows) for kind, rows in by_kind.items()}
    items = [row for rows in by_kind.values() for row in rows[:ITEMS]][:ITEMS]
    return Edition(newer.number, newer.created_at, counts, items)


def _kind(before: Row | None, after: Row) -> str | None:
    if before is None:
        return "new" if after["document_ids"] else None
    if after["state"] in WITHDRAWN:
        return "gone" if before["state"] not in WITHDRAWN else None
    return "altered" if set(after["document_ids"] or ()) != set(before["document_ids"] or ()) else None


def _unshared(store: Store, older: Snapshot | None, newer: Snapshot) -> tuple[pa.Table, pa.Table]:
    """The rows of `disclosures` in files that only one of them has."""
    old = older.files("disclosures") if older else ()
    shared = set(old) & set(newer.files("disclosures"))
    before, after = (
        _rows(store, "disclosures", COLUMNS, [file for file in files if file not in shared])
        for files in (old, newer.files("disclosures"))
    )
    return before, after


def _altered_amounts(store: Store, older: Snapshot | None, newer: Snapshot) -> dict[str, int]:
    """How many amounts the versions that came with a snapshot print otherwise, by disclosure."""
    old = set(older.files("changes")) if older else set()
    shared = old & set(newer.files("changes"))
    before, after = (
        _rows(store, "changes", ("change_id", *ALTERATIONS), [file for file in files if file not in shared])
        for files in (old, newer.files("changes"))
    )
    known = pc.is_in(after["change_id"], before["change_id"].combine_chunks())
    fresh = after.filter(pc.and_(pc.invert(known), pc.is_in(after["kind"], pa.array(PRINTED))))
    counted = fresh.group_by("disclosure_id").aggregate([([], "count_all")])
    return dict(zip(*(counted[name].to_pylist() for name in ("disclosure_id", "count_all")), strict=True))


def _rows(store: Store, table: str, columns: Sequence[str], files: Sequence[DataFile]) -> pa.Table:
    read = (read_columns(store, TABLES[table], columns, file) for file in files)
    return pa.concat_tables([empty_table(table).select(columns), *read])

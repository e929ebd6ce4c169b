"""What the last snapshots brought: announcements that are new, altered or gone.

Invariant: an edition is the difference between a snapshot and the one before it, and of both only the files
that they do not share are read. An announcement is altered if it leads to other files than before; other
dates or titles are not news, nor is another address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from archive import SnapshotNotFound
from archive.dataset.datafiles import read_columns
from archive.dataset.rows.typed import column_names, row_of, rows_of, table_name
from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot, load
from archive.stores import Store
from archive.vocabulary import OF_AN_AMOUNT, WITHDRAWN, ChangeKind, State


class NewsKind(StrEnum):
    """What happened to an announcement, in the order of display."""

    GONE = "gone"
    ALTERED = "altered"
    NEW = "new"


KINDS = tuple(NewsKind)
T = TypeVar("T")
EDITIONS = 3
MOST_STEPS = 20
"""Snapshots to go back for so many editions: many bring nothing that a reader would call news."""
ITEMS = 12


@row_of("disclosures")
@dataclass(frozen=True, slots=True)
class NewsRow:
    """What news take of an announcement."""

    disclosure_id: str
    title: str | None
    url: str
    body_name: str | None
    published_on: date | None
    state: State | None
    moved_to: str | None
    document_ids: Sequence[str] | None


@row_of("changes")
@dataclass(frozen=True, slots=True)
class _Alteration:
    change_id: str
    disclosure_id: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class NewsItem:
    """An announcement, what happened to it, and how many amounts a later version prints otherwise."""

    kind: NewsKind
    announcement: NewsRow
    amounts: int


@dataclass(frozen=True, slots=True)
class Edition:
    """What one snapshot brought. `counts` has all of KINDS; `items` are some of each kind."""

    number: int
    created_at: datetime
    counts: dict[NewsKind, int]
    items: Sequence[NewsItem]


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
    before, after = _unshared(store, older, newer, NewsRow)
    known = {row.disclosure_id: row for row in before}
    amounts = _altered_amounts(store, older, newer)
    by_kind: dict[NewsKind, list[NewsItem]] = {kind: [] for kind in KINDS}
    moved = {row.moved_to for row in after if row.state is State.MOVED}
    for row in after:
        kind = _kind(known.get(row.disclosure_id), row)
        if kind and not (kind is NewsKind.NEW and row.disclosure_id in moved):
            by_kind[kind].append(NewsItem(kind, row, amounts[row.disclosure_id]))
    for rows in by_kind.values():
        rows.sort(
            key=lambda one: (str(one.announcement.published_on or ""), one.announcement.disclosure_id),
            reverse=True,
        )
    counts = {kind: len(rows) for kind, rows in by_kind.items()}
    items = [row for rows in by_kind.values() for row in rows[:ITEMS]][:ITEMS]
    return Edition(newer.number, newer.created_at, counts, items)


def _kind(before: NewsRow | None, after: NewsRow) -> NewsKind | None:
    if before is None:
        return NewsKind.NEW if after.document_ids else None
    if after.state in WITHDRAWN:
        return NewsKind.GONE if before.state not in WITHDRAWN else None
    altered = set(after.document_ids or ()) != set(before.document_ids or ())
    return NewsKind.ALTERED if altered else None


def _altered_amounts(store: Store, older: Snapshot | None, newer: Snapshot) -> Counter[str]:
    """How many amounts the versions that came with a snapshot print otherwise, by disclosure."""
    before, after = _unshared(store, older, newer, _Alteration)
    known = {row.change_id for row in before}
    return Counter(
        row.disclosure_id for row in after if row.change_id not in known and row.kind in OF_AN_AMOUNT
    )


def _unshared(
    store: Store, older: Snapshot | None, newer: Snapshot, kind: type[T]
) -> tuple[list[T], list[T]]:
    """The rows of a table in files that only one of two snapshots has."""
    table, columns = TABLES[table_name(kind)], column_names(kind)
    files = [one.files(table.name) if one else () for one in (older, newer)]
    shared = set(files[0]) & set(files[1])
    before, after = (
        [
            row
            for file in listed
            if file not in shared
            for row in rows_of(read_columns(store, table, columns, file), kind)
        ]
        for listed in files
    )
    return before, after

"""Snapshots opened for reading, kept open between requests.

Invariant: every question goes through the locked-down connection of `archive.query`, and the answer to one
request comes from one snapshot.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa

from archive import snapshots
from archive.query import connect
from archive.snapshots import Snapshot
from archive.stores import Store

Row = dict[str, Any]
Board = Callable[[Snapshot, date], pa.Table]
"""The verdicts on all bodies as of a day: `archive.monitor.board` with all but snapshot and day filled in."""

KEPT_OPEN = 4
BOARDS_KEPT = 8
BOARD_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Version:
    """One snapshot and a connection to its tables."""

    snapshot: Snapshot
    connection: duckdb.DuckDBPyConnection

    def table(self, sql: str, *values: object) -> pa.Table:
        """The answer to our own SQL; `?` stand for `values`. Never for SQL that came from outside."""
        with self.connection.cursor() as cursor:
            return cursor.execute(sql, list(values)).to_arrow_table()

    def rows(self, sql: str, *values: object) -> list[Row]:
        rows: list[Row] = self.table(sql, *values).to_pylist()
        return rows

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None


class Dataset:
    """A store's snapshots, the last few kept open. Safe to use from several threads."""

    def __init__(self, store: Store, board: Board) -> None:
        self.store = store
        self._open: OrderedDict[int, Version] = OrderedDict()
        self._lock = Lock()
        self._board = lru_cache(BOARDS_KEPT)(
            lambda number, day, _: board(self.version(str(number)).snapshot, day)
        )

    def version(self, ref: str) -> Version:
        """A snapshot by number, tag, date or `latest`; raises SnapshotNotFound."""
        if ref.isdecimal() and (known := self._open.get(int(ref))):
            return known
        snapshot = snapshots.load(self.store, ref)
        with self._lock:
            version = self._open.get(snapshot.number)
            if version is None:
                version = Version(snapshot, connect(self.store, snapshot))
                self._open[snapshot.number] = version
            self._open.move_to_end(snapshot.number)
            if len(self._open) > KEPT_OPEN:
                self._open.popitem(last=False)  # closed when the last request that uses it is answered
        return version

    def board(self, version: Version, as_of: date) -> pa.Table:
        """Where every body stood as of a day, at most ten minutes old: a crawl without news changes verdicts,
        too, and commits nothing."""
        return self._board(version.snapshot.number, as_of, int(time.monotonic()) // BOARD_SECONDS)

    def numbers(self) -> Sequence[int]:
        """The numbers of all snapshots, the newest first."""
        return snapshots.snapshot_numbers(self.store)[::-1]

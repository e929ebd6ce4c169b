"""Snapshots opened for reading, kept open between requests, the newest one made ready before it is shown.

Invariant: every question goes through the locked-down connection of `archive.dataset.query.connection`, the
answer to one
request comes from one snapshot, and no request waits for a snapshot to be opened or judged except one for
an old one: a new one takes the place of the last when everything that its front page needs is there.
"""

from __future__ import annotations

import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from threading import Event, Lock, Thread
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from archive import CHINA
from archive.dataset import snapshots
from archive.dataset.datafiles import MIXED
from archive.dataset.query.connection import connect, source
from archive.dataset.rows.typed import rows_of
from archive.dataset.schema import TABLES
from archive.dataset.selecting import Wanted
from archive.dataset.snapshots import Snapshot
from archive.monitoring.scores import rates, scoring
from archive.stores import Store
from archive.web.data.homes import Homes, homes_of
from archive.web.data.news import Edition, editions
from parsers.values.errors import GongkaiError

Row = dict[str, Any]
T = TypeVar("T")
Board = Callable[[Snapshot, date], pa.Table]
"""The verdicts on all bodies as of a day: `archive.monitoring.verdicts.board` with all but snapshot and day
filled in."""

log = logging.getLogger(__name__)

LATEST = "latest"
KEPT_OPEN = 4
BOARDS_KEPT = 8
BOARD_SECONDS = 600
THREADS = 1
"""To a question of a page: it reads few files, and several threads would spend longer on waiting for each
other than on reading. Visitors are answered beside each other."""
SETTLED_SECONDS = 1.0
"""How long a server only answers before it prepares what its front page does not show."""
LOOK_SECONDS = 10
"""How often the store is asked for a new snapshot."""
TABLE_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Opened:
    """One snapshot and a connection to its tables.

    SQL names tables as `{facts}`. `groups` narrows it to the files of some groups ("2024/61", see
    `archive.dataset.edits`), `documents` to those that may hold rows of some; None means all.
    """

    store: Store
    snapshot: Snapshot
    connection: duckdb.DuckDBPyConnection
    homes: Homes
    groups: frozenset[str] | None = None
    documents: Wanted | None = None

    def near(self, groups: Collection[str]) -> Opened:
        """The same snapshot, of which only the files of these groups are read."""
        return replace(self, groups=frozenset(groups))

    def of_documents(self, document_ids: Collection[str]) -> Opened:
        """Narrowed to where the rows of these documents are."""
        return replace(self.near(self.homes.of_documents(document_ids)), documents=Wanted(document_ids))

    def of_region(self, prefix: str) -> Opened:
        """Narrowed to where the rows of a region are; `prefix` is that of its codes, empty for all."""
        return self.near(self.homes.of_province(prefix[:2])) if len(prefix) >= 2 else self

    def table(self, sql: str, *values: object) -> pa.Table:
        """The answer to our own SQL; `?` stand for `values`. Never for SQL that came from outside."""
        with self.connection.cursor() as cursor:
            return cursor.execute(TABLE_NAME.sub(self._source, sql), list(values)).to_arrow_table()

    def ask(self, kind: type[T], sql: str, *values: object) -> list[T]:
        """The answer to a query as rows of a class; `values` fill its question marks."""
        return rows_of(self.table(sql, *values), kind)

    def first(self, kind: type[T], sql: str, *values: object) -> T | None:
        """The first row, or None."""
        return next(iter(self.ask(kind, sql, *values)), None)

    def pairs(self, sql: str, *values: object) -> dict[Any, Any]:
        """The answer to a query of two columns: the second by the first."""
        keys, found = self.table(sql, *values).columns
        return dict(zip(keys.to_pylist(), found.to_pylist(), strict=True))

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The answer to a query as dicts; `values` fill its question marks."""
        rows: list[Row] = self.table(sql, *values).to_pylist()
        return rows

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def _source(self, found: re.Match[str]) -> str:
        schema = TABLES[found[1]]
        if self.groups is None or not schema.grouped:
            return schema.name
        groups = self.groups | {MIXED}
        files = [file for file in self.snapshot.files(schema.name) if file.group in groups]
        if self.documents and schema.replace_key == "document_id":
            files = [file for file in files if self.documents.may_be_in_file(file, "document_id")]
        return f"({source(self.store, schema, files)})"


@dataclass(frozen=True, slots=True)
class Ready:
    """What is prepared for visitors who choose nothing: a snapshot, judged as of a day, and its news."""

    version: Opened
    day: date
    board: pa.Table
    judged: float
    """When, on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Look:
    """The result of the last look at the store: when, and what was wrong with it, if anything."""

    at: datetime
    problem: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    """What the snapshot picker offers: value and label, tags first, then the newest numbers."""


class Dataset:
    """A store's snapshots, the last few kept open. Safe to use from several threads.

    `at` is the snapshot that is shown where a visitor chose none. Scores are those of `year` and of regions
    whose codes begin with one of `prefixes`.
    """

    def __init__(
        self,
        store: Store,
        board: Board,
        at: str = LATEST,
        prefixes: tuple[str, ...] = ("",),
        year: int | None = None,
    ) -> None:
        self.store = store
        self.at = at
        self.ready: Ready | None = None
        self.looked: Look | None = None
        self._judge = board
        self._open: OrderedDict[int, Opened] = OrderedDict()
        self._lock = Lock()
        self._board = lru_cache(BOARDS_KEPT)(
            lambda number, day, _: board(self.version(str(number)).snapshot, day)
        )
        self._news = lru_cache(KEPT_OPEN)(
            lambda number: editions(self.store, self.version(str(number)).snapshot)
        )
        self._scores = lru_cache(KEPT_OPEN)(
            lambda number: _scores(self.store, self.version(str(number)).snapshot, prefixes, year)
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Make the snapshot to show ready, and from then on every new one while this lasts."""
        self.look()
        ended = Event()

        def watch() -> None:
            if not ended.wait(SETTLED_SECONDS):
                self._complete()
            while not ended.wait(LOOK_SECONDS):
                self.look()

        thread = Thread(target=watch, name="watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def look(self) -> None:
        """See what there is in the store, and make ready what has changed. What goes wrong is reported by
        `looked` and leaves what was ready."""
        try:
            choices = _choices(self.store)
            self.prepare()
            self.looked = Look(datetime.now(UTC), None, choices)
        except GongkaiError as error:
            log.warning("cannot look for a new snapshot: %s", error)
            kept = self.looked.choices if self.looked else ()
            self.looked = Look(datetime.now(UTC), str(error), kept)

    def version(self, ref: str) -> Opened:
        """A snapshot by number, tag, date or `latest`; raises SnapshotNotFound."""
        if ref == self.at and self.ready:
            return self.ready.version
        if ref.isdecimal() and (known := self._open.get(int(ref))):
            return known
        return self._version(snapshots.load(self.store, ref))

    def board(self, version: Opened, as_of: date) -> pa.Table:
        """Where every body stood as of a day, about ten minutes old at most: a crawl without news changes
        verdicts, too, and commits nothing."""
        ready = self.ready
        if ready and ready.version.snapshot.number == version.snapshot.number and ready.day == as_of:
            return ready.board
        return self._board(version.snapshot.number, as_of, int(time.monotonic()) // BOARD_SECONDS)

    def news(self, version: Opened) -> Sequence[Edition]:
        """What the last snapshots up to this one brought, the newest first."""
        return self._news(version.snapshot.number)

    def scores(self, version: Opened) -> Mapping[rates.Level, pa.Table]:
        """The scores of each level, as `archive.monitoring.scores.scoring` has them."""
        return self._scores(version.snapshot.number)

    def choices(self) -> Sequence[tuple[str, str]]:
        """What the snapshot picker offers."""
        return self.looked.choices if self.looked else _choices(self.store)

    def prepare(self) -> None:
        """Make ready the snapshot to show, unless it is; raises what reading the store raises."""
        version = self._version(self._wanted())
        today = datetime.now(CHINA).date()
        day = today if self.at == LATEST else version.snapshot.created_at.astimezone(CHINA).date()
        ready = self.ready
        same = ready and ready.version is version and ready.day == day
        if ready and same and time.monotonic() - ready.judged < BOARD_SECONDS:
            return
        if ready:
            self._news(version.snapshot.number)
            self._scores(version.snapshot.number)
        self.ready = Ready(version, day, self._judge(version.snapshot, day), time.monotonic())

    def _complete(self) -> None:
        """Make ready what the first answers do not wait for: a server answers before it has counted all."""
        if self.ready:
            number = self.ready.version.snapshot.number
            try:
                self._news(number)
                self._scores(number)
            except GongkaiError as error:
                log.warning("cannot count the scores: %s", error)

    def _wanted(self) -> Snapshot:
        """The snapshot to make ready; one that is open already is not read again."""
        numbers = snapshots.snapshot_numbers(self.store) if self.at == LATEST else []
        known = self._open.get(numbers[-1]) if numbers else None
        return known.snapshot if known else snapshots.load(self.store, self.at)

    def _version(self, snapshot: Snapshot) -> Opened:
        version = self._open.get(snapshot.number)
        if version is None:
            connection = connect(self.store, snapshot, THREADS)
            version = Opened(self.store, snapshot, connection, homes_of(self.store, snapshot, connection))
        with self._lock:
            version = self._open.setdefault(snapshot.number, version)
            self._open.move_to_end(snapshot.number)
            if len(self._open) > KEPT_OPEN:
                self._open.popitem(last=False)  # closed when the last request that uses it is answered
        return version


def _choices(store: Store) -> tuple[tuple[str, str], ...]:
    """Value and label of tags and of the last numbers."""
    tagged = [(name, f"{name} (№ {number})") for name, number in sorted(snapshots.tags(store).items())]
    numbers = snapshots.snapshot_numbers(store)[::-1][:50]
    return (*tagged, *((str(number), f"№ {number}") for number in numbers))


def _scores(
    store: Store, snapshot: Snapshot, prefixes: tuple[str, ...], year: int | None
) -> dict[rates.Level, pa.Table]:
    """Counted once, summed for each level."""
    counts = scoring.count(store, snapshot)
    return {
        level: scoring.summed(counts, level=level, prefixes=prefixes, year=year) for level in rates.LEVELS
    }

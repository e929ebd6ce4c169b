"""Whether the dataset follows from the archive: rebuilt elsewhere and compared row by row.

Invariant: the store is only read. The rebuilt dataset has the same runs, was judged on the same day, and is
read with the parsers of today: rows of documents that other parsers read may differ, and are reported as
such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs

from archive.dataset.rows.typed import row_of
from archive.dataset.schema import TABLES
from archive.dataset.snapshots import Snapshot, latest, read_as, read_table
from archive.history.runs import runs_in
from archive.ingest.documents import Progress
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.monitoring.bodies import NOTHING_REGISTERED, Registered
from archive.stores import LocalStore, Store, StoredObject
from archive.stores.base import Found, Item
from parsers import PARSER_VERSION
from parsers.values.errors import UsageError

ARCHIVE = ("warc/", "cdx/")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row that the rebuilt dataset lacks (`missing`), has in addition (`extra`) or has with other
    values in some columns (`differs`). `parser_version` is that of the stored row's document if it is not
    today's: then the difference is not a sign of damage."""

    table: str
    key: str
    kind: str
    columns: tuple[str, ...] = ()
    parser_version: str | None = None


@row_of("documents")
@dataclass(frozen=True, slots=True)
class _Read:
    document_id: str
    parser_version: str


class Restored:
    """A store whose archive is another store's and whose dataset is its own: what is written goes to a local
    directory. Only the runs of one snapshot are seen."""

    def __init__(self, source: Store, scratch: LocalStore, runs: frozenset[str]) -> None:
        self._source, self._scratch, self._runs = source, scratch, runs

    @property
    def uri(self) -> str:
        return self._scratch.uri

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        return self._of(key).read(key, start, length)

    def create(self, key: str, data: bytes) -> None:
        self._scratch.create(key, data)

    def write(self, key: str, data: bytes) -> None:
        self._scratch.write(key, data)

    def upload(self, key: str, path: Path) -> None:
        self._scratch.upload(key, path)

    def exists(self, key: str) -> bool:
        return self._of(key).exists(key)

    def size(self, key: str) -> int:
        return self._of(key).size(key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        for found in self._of(prefix).list(prefix):
            if not found.key.startswith("cdx/") or found.key[len("cdx/") :].split(".")[0] in self._runs:
                yield found

    def delete(self, key: str) -> None:
        self._scratch.delete(key)

    def each(self, read: Callable[[Item], Found], items: Iterable[Item]) -> Iterator[Found]:
        return self._scratch.each(read, items)

    def open_arrow_filesystem(self) -> pafs.FileSystem:
        return self._scratch.open_arrow_filesystem()

    def _of(self, key: str) -> Store:
        return self._source if key.startswith(ARCHIVE) else self._scratch


def restore_check(
    store: Store,
    snapshot: Snapshot,
    scratch: Path,
    *,
    registered: Registered = NOTHING_REGISTERED,
    pool: Pool | None = None,
    progress: Progress = lambda parsed: None,
) -> list[Mismatch]:
    """Rebuild a snapshot in `scratch` (an empty directory) and name every row that differs. Raises
    UsageError if the directory is not empty."""
    if scratch.exists() and any(scratch.iterdir()):
        raise UsageError(f"not an empty directory: {scratch}")
    runs = frozenset(run.run_id for run in runs_in(store, snapshot))
    restored = Restored(store, LocalStore(scratch), runs)
    ingest(restored, now=snapshot.created_at, registered=registered, pool=pool, progress=progress)
    rebuilt = latest(restored)
    versions = _parser_versions(store, snapshot)
    return [
        mismatch
        for name in TABLES
        for mismatch in _compared(
            name,
            read_table(store, snapshot, name),
            read_table(restored, rebuilt, name) if rebuilt else TABLES[name].arrow.empty_table(),
            versions,
        )
    ]


def _parser_versions(store: Store, snapshot: Snapshot) -> dict[str, str]:
    """Documents that another version of the parsers read."""
    return {
        row.document_id: row.parser_version
        for row in read_as(store, snapshot, _Read)
        if row.parser_version != PARSER_VERSION
    }


def _compared(name: str, stored: pa.Table, rebuilt: pa.Table, versions: Mapping[str, str]) -> list[Mismatch]:
    """Tables are equal as a rule, and are compared whole before they are compared row by row."""
    keys = TABLES[name].primary_key
    order = [(key, "ascending") for key in keys]
    stored, rebuilt = (rows.sort_by(order).combine_chunks() for rows in (stored, rebuilt))
    if stored.equals(rebuilt):
        return []
    sides = [
        {" ".join(str(row[key]) for key in keys): row for row in rows.to_pylist()}
        for rows in (stored, rebuilt)
    ]
    found = []
    for key in sorted(sides[0].keys() | sides[1].keys()):
        before, after = sides[0].get(key), sides[1].get(key)
        if before != after:
            version = versions.get((before or {}).get("document_id", ""))
            found.append(_mismatch(name, key, before, after, version))
    return found


def _mismatch(
    name: str,
    key: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    version: str | None,
) -> Mismatch:
    if after is None or before is None:
        return Mismatch(name, key, "extra" if before is None else "missing", (), version)
    columns = tuple(column for column in before if before[column] != after[column])
    return Mismatch(name, key, "differs", columns, version)

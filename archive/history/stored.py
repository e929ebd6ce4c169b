"""Rows of a table by their keys, read from a snapshot when they are asked for.

Invariant: an answer to a key is that of a mapping of all rows; only those that were read are gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from archive.dataset.rows.typed import column_names, rows_of
from archive.dataset.selecting import StoredRows

T = TypeVar("T")
MISSES = 4
"""Questions about rows that are not there after which all keys are read: one more then costs nothing."""
PREFIX = 16
"""Characters of a key that are kept to answer them."""


class LazyRows(MutableMapping[str, T]):
    """Rows by key: those of a snapshot, and those put above them."""

    def __init__(self, stored: StoredRows, kind: type[T], key: str) -> None:
        self.stored, self._kind, self._key = stored, kind, key
        self._key_of: Callable[[T], str] = attrgetter(key)
        self._rows: dict[str, T] = {}
        self._before: dict[str, T] = {}
        self._asked: set[str] = set()
        self._removed: set[str] = set()
        self._misses, self._whole = 0, False

    def load(self, keys: Iterable[str | None]) -> None:
        """Read the rows of some keys together."""
        if self._whole:
            return
        new = {key for key in keys if key is not None} - self._asked
        if self._misses > MISSES:
            new = {key for key in new if self._may_be(key)}
        if new:
            self._misses += 1
            self._asked |= new
            self._learn(self._rows_in(self.stored.where(self._key, new)))

    def load_where(self, column: str, values: Iterable[str | None]) -> set[str]:
        """Read the rows that have one of these values in a column of the snapshot; their keys."""
        wanted = set(values)
        found = self._rows_in(self.stored.where(column, wanted)) if wanted else []
        self._learn(found)
        return set(map(self._key_of, found))

    def load_all(self) -> None:
        """Read everything."""
        if not self._whole:
            self._learn(self._rows_in(self.stored.columns(column_names(self._kind))))
            self._whole = True

    def before(self, key: str) -> T | None:
        """The row of the snapshot."""
        self.load([key])
        return self._before.get(key)

    def __getitem__(self, key: str) -> T:
        if key not in self._rows and key not in self._removed:
            self.load([key])
        return self._rows[key]

    def __setitem__(self, key: str, row: T) -> None:
        self._rows[key] = row
        self._removed.discard(key)

    def __delitem__(self, key: str) -> None:
        self.load([key])
        del self._rows[key]
        self._removed.add(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _rows_in(self, table: pa.Table) -> list[T]:
        return rows_of(table, self._kind)

    def _learn(self, found: Iterable[T]) -> None:
        for row in found:
            key = self._key_of(row)
            self._asked.add(key)
            if key not in self._before:
                self._before[key] = row
                if key not in self._removed:
                    self._rows.setdefault(key, row)

    def _may_be(self, key: str) -> bool:
        wanted = np.array(key[:PREFIX].encode(), f"S{PREFIX}")
        place = int(np.searchsorted(self._prefixes, wanted))
        return place < len(self._prefixes) and bool(self._prefixes[place] == wanted)

    @cached_property
    def _prefixes(self) -> np.ndarray[Any, np.dtype[np.bytes_]]:
        keys = self.stored.columns([self._key]).column(0).to_pylist()
        return np.sort(np.array([key[:PREFIX].encode() for key in keys], f"S{PREFIX}"))

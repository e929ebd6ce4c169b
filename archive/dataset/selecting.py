"""Rows of a table asked for by the values of a column.

Invariant: the answer is that of a filter over the whole table. What is read for it is the column asked by,
where neither the manifest nor the statistics of a row group exclude it, and of the other columns only the row
groups that hold a row of the answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.dataset.bloom import Hashes
from archive.dataset.datafiles import conform, read_columns, reporting
from archive.dataset.manifest import DataFile, Snapshot, key_bound
from archive.dataset.schema import TABLES, empty_table
from archive.stores import Store

BEGINNING = {"captures": "run_id"}
"""Columns with which the replace key of their table begins: the bounds of a file exclude them, too."""


class StoredRows:
    """One table of a snapshot; of none, a table without rows."""

    def __init__(self, store: Store, snapshot: Snapshot | None, name: str) -> None:
        self._store, self._name, self._schema = store, name, TABLES[name]
        self._files = snapshot.files(name) if snapshot else ()
        self._footers: dict[str, pq.FileMetaData] = {}

    @property
    def names(self) -> list[str]:
        """All columns."""
        return list(self._schema.arrow.names)

    @property
    def count(self) -> int:
        """The number of rows."""
        return sum(file.rows for file in self._files)

    def where(
        self,
        column: str,
        values: Iterable[str | None],
        names: Sequence[str] | None = None,
        near: Iterable[str | None] | None = None,
    ) -> pa.Table:
        """The rows that have one of these values in a column; one of them among others, where the column
        holds lists. `names` are the columns of the answer, by default all; with `near`, those that also have
        one of these values in the column by which rows lie together."""
        wanted = Wanted(values)
        chosen = list(names or self.names)
        empty = empty_table(self._name).select(chosen)
        possible = [file for file in self._files if self._may_hold(file, column, wanted)]
        if not wanted or not possible:
            return empty
        lying = Wanted(near) if near is not None else None
        read = partial(self._of_file, column, wanted, chosen, lying)
        found = self._store.each(read, possible)
        return pa.concat_tables([empty, *(rows for rows in found if rows is not None)])

    def columns(self, names: Sequence[str]) -> pa.Table:
        """Some columns of all rows."""
        read = partial(read_columns, self._store, self._schema, list(names))
        return pa.concat_tables([empty_table(self._name).select(names), *self._store.each(read, self._files)])

    def _may_hold(self, file: DataFile, column: str, wanted: Wanted) -> bool:
        if column not in file.columns:
            return wanted.null
        if not wanted.may_be_in_file(file, column):
            return False
        if column not in (self._schema.replace_key, BEGINNING.get(self._name)) or wanted.null:
            return True
        return wanted.bounds_within(file.first_key, file.last_key)

    def _of_file(
        self, column: str, wanted: Wanted, names: Sequence[str], lying: Wanted | None, file: DataFile
    ) -> pa.Table | None:
        """The rows of a file that fit; None without any."""
        if column not in file.columns:
            return read_columns(self._store, self._schema, names, file)
        with reporting(f"{self._store.uri}/{file.key}"):
            known = self._footers.get(file.key)
            filesystem = self._store.open_arrow_filesystem()
            with pq.ParquetFile(file.key, filesystem=filesystem, metadata=known) as source:
                footer = self._footers.setdefault(file.key, source.metadata)
                asked = {column: wanted} | ({self._schema.near or "": lying} if lying else {})
                groups = [
                    group
                    for group in range(footer.num_row_groups)
                    if all(values.may_be_in(footer, group, name) for name, values in asked.items())
                ]
                masks = []
                for group in groups:
                    found = source.read_row_group(group, columns=[*asked], use_threads=False)
                    fits = [values.mask(found.column(name)) for name, values in asked.items()]
                    masks.append(np.all(np.stack(fits), axis=0))
                hits = [place for place, mask in enumerate(masks) if mask.any()]
                if not hits:
                    return None
                have = [name for name in names if name in file.columns]
                rows = source.read_row_groups(
                    [groups[place] for place in hits], columns=have, use_threads=False
                )
        kept = rows.filter(pa.array(np.concatenate([masks[place] for place in hits])))
        return conform(self._schema, kept, names)


class Wanted:
    """The values asked for."""

    def __init__(self, values: Iterable[str | None]) -> None:
        distinct = set(values)
        self.null = None in distinct
        self._sorted = sorted(one for one in distinct if one is not None)
        self._array = pa.array(self._sorted, pa.string())

    def __bool__(self) -> bool:
        return self.null or bool(self._sorted)

    @cached_property
    def _bounds(self) -> list[str]:
        return sorted(set(map(key_bound, self._sorted)))

    def bounds_within(self, first: str, last: str) -> bool:
        """May one lie between these bounds (`archive.dataset.manifest.key_bound`), or begin what does?"""
        place = bisect_left(self._bounds, first)
        if place < len(self._bounds) and self._bounds[place] <= last:
            return True
        return not {first[:length] for length in range(len(first))}.isdisjoint(self._bounds)

    @cached_property
    def _hashes(self) -> Hashes:
        return Hashes(self._sorted)

    def may_be_in_file(self, file: DataFile, column: str) -> bool:
        """May a file hold one, as far as the manifest says what values it has?"""
        bloom = dict(file.blooms).get(column)
        return bloom is None or self.null or self._hashes.may_be_in(bloom)

    def may_be_in(self, footer: pq.FileMetaData, group: int, column: str) -> bool:
        """May a row group hold one, as far as its statistics say?"""
        chunk = _chunk(footer, group, column)
        statistics = chunk.statistics if chunk else None
        if statistics is None or (self.null and (not statistics.has_null_count or statistics.null_count)):
            return True
        if not statistics.has_min_max:
            return not statistics.has_null_count or statistics.null_count < footer.row_group(group).num_rows
        place = bisect_left(self._sorted, statistics.min)
        return place < len(self._sorted) and self._sorted[place] <= statistics.max

    def mask(self, column: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each value fits."""
        if pa.types.is_list(column.type):
            found = np.zeros(len(column), bool)
            whole = column.combine_chunks()
            fits = pc.is_in(pc.list_flatten(whole), self._array).to_numpy(zero_copy_only=False)
            found[pc.list_parent_indices(whole).to_numpy()[fits]] = True
            return found
        fits = pc.is_in(column, self._array)
        if self.null:
            fits = pc.or_(fits, pc.is_null(column))
        mask: np.ndarray[tuple[int], np.dtype[np.bool_]] = fits.to_numpy()
        return mask


def _chunk(footer: pq.FileMetaData, group: int, column: str) -> pq.ColumnChunkMetaData | None:
    """The column of a row group; None for a list, whose elements it would be of."""
    place = footer.schema.names.index(column) if column in footer.schema.names else -1
    if place < 0 or footer.schema.column(place).path != column:
        return None
    return footer.row_group(group).column(place)

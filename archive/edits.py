"""From the rows a caller hands over to the files a commit must write.

Invariant: only keys whose rows really differ are touched, only files that hold rows of such keys are
rewritten, and no key has rows in the result that came from two writers.

Files of one group are merged in the manner of a log-structured store: a new file takes along every file
that is not much larger than itself, so a group of n rows has O(log n) files, and a row is rewritten
O(log n) times.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from itertools import compress
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from archive.columns import TableSchema
from archive.datafiles import NO_GROUP, read_keys, read_rows, write_rows
from archive.errors import SchemaError
from archive.manifest import DataFile
from archive.schema import TABLES, require_fit
from archive.stores import Store

FANOUT = 2
"""A file is merged into a new one of its group that has at least 1/FANOUT of its rows …"""

MERGE_BYTES = 8 << 20
"""… as long as the merged files have no more bytes than this."""

READERS = 16
WRITERS = 4


class Everything(Enum):
    """The type of ALL."""

    ALL = "all"


ALL: Final = Everything.ALL
"""Replaces every row of a table."""


@dataclass(frozen=True, slots=True)
class Change:
    """New rows of one table.

    All rows whose replace key is in `replaced` go, `rows` come. The keys of `rows` are always replaced: a
    document that two writers add is there once.
    """

    table: str
    rows: pa.Table
    replaced: frozenset[str] | Literal[Everything.ALL] = frozenset()


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change comes to: keys whose rows differ, their new rows, and the files with their old ones."""

    schema: TableSchema
    keys: pa.Array
    rows: pa.Table
    holders: tuple[DataFile, ...]


def find_edit(store: Store, files: Sequence[DataFile], change: Change) -> Edit | None:
    """Compare a change with the files of its table; None if every row is there already.

    Raises SchemaError for rows that do not fit the schema or repeat a primary key.
    """
    schema = TABLES[change.table]
    rows = change.rows
    require_fit(schema, rows)
    _require_unique(schema, rows)
    keys = _affected_keys(schema, change)
    holders = tuple(files) if keys is None else _holders(store, schema, files, keys)
    old = _concat(schema, (_only(schema, read_rows(store, schema, file), keys) for file in holders))
    if keys is None:
        keys = pc.unique(pa.concat_arrays([*_key_chunks(schema, rows), *_key_chunks(schema, old)]))
    changed = _changed_keys(schema, keys, old, rows)
    if not len(changed):
        return None
    still = _holders(store, schema, holders, changed)
    return Edit(schema, changed, _only(schema, rows, changed), still)


def write_edit(
    store: Store, files: Sequence[DataFile], edit: Edit, group_of: Callable[[TableSchema, pa.Table], pa.Array]
) -> tuple[DataFile, ...]:
    """Write the files an edit needs and return all files of the table, in key order.

    `group_of` gives the group of every row.
    """
    added = edit.rows.append_column("group", group_of(edit.schema, edit.rows))
    groups = sorted({*pc.unique(added.column("group")).to_pylist(), *(file.group for file in edit.holders)})
    held = set(edit.holders)

    def write_group(group: str) -> tuple[list[DataFile], list[DataFile]]:
        fresh = added.filter(pc.equal(added.column("group"), group)).drop_columns(["group"])
        mine = [file for file in edit.holders if file.group == group]
        others = [file for file in files if file.group == group and file not in held]
        kept = [_without(edit.schema, read_rows(store, edit.schema, file), edit.keys) for file in mine]
        merged = _mergeable(others, sum(map(len, kept)) + len(fresh))
        rows = _concat(edit.schema, [*kept, *(read_rows(store, edit.schema, file) for file in merged), fresh])
        return merged, write_rows(store, edit.schema, group, rows)

    with ThreadPoolExecutor(WRITERS) as pool:
        results = list(pool.map(write_group, groups))
    gone = held.union(*(merged for merged, _ in results))
    written = {file for _, new in results for file in new}
    return tuple(sorted((set(files) - gone) | written, key=lambda file: file.key))


def rows_of_keys(store: Store, schema: TableSchema, files: Sequence[DataFile], keys: pa.Array) -> pa.Table:
    """The rows of a table that have these replace keys; only the files that hold them are read."""
    holders = _holders(store, schema, files, keys)
    return _concat(schema, (_only(schema, read_rows(store, schema, file), keys) for file in holders))


def own_groups(rows: pa.Table) -> pa.Array:
    """Year and province code, as `2024/61`, of rows that have `fiscal_year` and `region_code`."""
    years = pc.cast(rows.column("fiscal_year"), pa.string())
    provinces = pc.utf8_slice_codeunits(rows.column("region_code"), 0, 2)
    groups = pc.binary_join_element_wise(
        pc.fill_null(years, "0000"), pc.fill_null(provinces, "00"), "/"
    ).combine_chunks()
    return pc.if_else(pc.match_substring_regex(groups, "^[0-9]{4}/[0-9]{2}$"), groups, NO_GROUP)


def groups_of_owners(keys: pa.ChunkedArray, owners: pa.Array, groups: pa.Array) -> pa.Array:
    """The group of the owner (the document) that each key names; `0000/00` if it is not among them."""
    return pc.fill_null(pc.take(groups, pc.index_in(keys, owners)), NO_GROUP)


def _affected_keys(schema: TableSchema, change: Change) -> pa.Array | None:
    """Keys the change speaks of; None for all there are."""
    if change.replaced is ALL:
        return None
    named = pa.array(sorted(change.replaced), pa.string())
    return pc.unique(pa.concat_arrays([named, *_key_chunks(schema, change.rows)]))


def _holders(
    store: Store, schema: TableSchema, files: Sequence[DataFile], keys: pa.Array
) -> tuple[DataFile, ...]:
    """The files that hold rows of `keys`: of those whose key range can, those whose key column does."""
    in_order = sorted(keys.to_pylist())

    def may_hold(file: DataFile) -> bool:
        place = bisect_left(in_order, file.first_key)
        return place < len(in_order) and in_order[place] <= file.last_key

    def holds(file: DataFile) -> bool:
        return bool(pc.any(pc.is_in(read_keys(store, schema, file), keys)).as_py())

    possible = [file for file in files if may_hold(file)]
    with ThreadPoolExecutor(READERS) as pool:
        return tuple(compress(possible, pool.map(holds, possible)))


def _changed_keys(schema: TableSchema, keys: pa.Array, old: pa.Table, new: pa.Table) -> pa.Array:
    """The keys whose rows are not the same in `old` and `new`."""
    counts = [Counter(table.column(schema.replace_key).to_pylist()) for table in (old, new)]
    changed = [key for key in keys.to_pylist() if counts[0][key] != counts[1][key]]
    same_count = pa.array(sorted(counts[0].keys() - set(changed)), pa.string())
    order = [(name, "ascending") for name in dict.fromkeys((schema.replace_key, *schema.primary_key))]
    # Now both have the same keys with the same number of rows each: in order, their rows stand side by side.
    before, after = (_only(schema, table, same_count).sort_by(order).combine_chunks() for table in (old, new))
    if not before.equals(after):
        start = 0
        for key in same_count.to_pylist():
            length = counts[0][key]
            if not before.slice(start, length).equals(after.slice(start, length)):
                changed.append(key)
            start += length
    return pa.array(sorted(changed), pa.string())


def _mergeable(others: Iterable[DataFile], rows: int) -> list[DataFile]:
    """The files that a new file of `rows` rows takes along."""
    merged: list[DataFile] = []
    for file in sorted(others, key=lambda file: (file.rows, file.key)):
        if file.rows > FANOUT * rows or file.bytes + sum(other.bytes for other in merged) > MERGE_BYTES:
            break
        merged.append(file)
        rows += file.rows
    return merged


def _require_unique(schema: TableSchema, rows: pa.Table) -> None:
    if rows.group_by(list(schema.primary_key)).aggregate([]).num_rows != len(rows):
        raise SchemaError(f"rows of {schema.name} repeat a primary key ({', '.join(schema.primary_key)})")


def _key_chunks(schema: TableSchema, rows: pa.Table) -> list[pa.Array]:
    chunks: list[pa.Array] = rows.column(schema.replace_key).chunks
    return chunks


def _only(schema: TableSchema, rows: pa.Table, keys: pa.Array | None) -> pa.Table:
    if keys is None:
        return rows
    return rows.filter(pc.is_in(rows.column(schema.replace_key), keys))


def _without(schema: TableSchema, rows: pa.Table, keys: pa.Array) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows.column(schema.replace_key), keys)))


def _concat(schema: TableSchema, tables: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables([schema.arrow.empty_table(), *tables])

"""From the rows a caller hands over to the files a commit must write.

Invariant: only keys whose rows really differ are touched, only files that hold rows of such keys are
rewritten, and no key has rows in the result that came from two writers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from itertools import compress
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from archive import SchemaError
from archive.dataset import compaction
from archive.dataset.datafiles import MIXED, NO_GROUP, read_keys, read_rows, write_rows
from archive.dataset.manifest import DataFile, key_bound
from archive.dataset.schema import TABLES, require_fit
from archive.dataset.schema.declaration import TableSchema
from archive.dataset.selecting import Wanted
from archive.stores import Store

WRITERS = 2
"""Files written at once; each holds its rows in memory some three times over."""

GroupOf = Callable[[TableSchema, pa.Table], pa.Array]
"""The group of every row of a table."""


class Everything(Enum):
    """The type of ALL."""

    ALL = "all"


ALL: Final = Everything.ALL
"""Replaces every row of a table."""


@dataclass(frozen=True, slots=True)
class Change:
    """New rows of one table.

    All rows whose replace key is in `replaced` go, `rows` come. The keys of `rows` are always replaced: a
    document that two writers add is there once. The rows in `files`, which are written already, come too:
    none of their keys may have rows in `rows` or in the base of the commit.
    """

    table: str
    rows: pa.Table
    replaced: frozenset[str] | Literal[Everything.ALL] = frozenset()
    files: tuple[DataFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """The effect of a change: keys whose rows differ, their new rows, the files with their old ones, and the
    files that are adopted as they are."""

    schema: TableSchema
    keys: pa.Array
    rows: pa.Table
    holders: tuple[DataFile, ...]
    adopted: tuple[DataFile, ...] = ()


def find_edit(
    store: Store, files: Sequence[DataFile], change: Change, new: Collection[str] = ()
) -> Edit | None:
    """Compare a change with the files of its table; None if every row is there already. Keys that are `new`
    have no row in them.

    Raises SchemaError for rows that do not fit the schema or repeat a primary key.
    """
    schema = TABLES[change.table]
    rows = change.rows
    require_fit(schema, rows)
    _require_unique(schema, rows)
    if change.replaced is ALL:
        holders, changed = tuple(files), _changed_of_all(store, schema, files, rows)
    else:
        named = pa.array(sorted(change.replaced), pa.string())
        keys = pc.unique(pa.concat_arrays([named, *_key_chunks(schema, rows)]))
        searched = keys.filter(pc.invert(pc.is_in(keys, pa.array(sorted(new), pa.string()))))
        holders = _holders(store, schema, files, searched)
        old = _concat(schema, (_only(schema, read_rows(store, schema, file), keys) for file in holders))
        changed = _changed_keys(schema, keys, old, rows)
    if not len(changed) and not change.files:
        return None
    still = _holders(store, schema, holders, changed)
    return Edit(schema, changed, _only(schema, rows, changed), still, change.files)


def write_edit(
    store: Store, files: Sequence[DataFile], edit: Edit, group_of: GroupOf
) -> tuple[DataFile, ...]:
    """Write the files an edit needs and return all files of the table, in key order."""
    if edit.schema.name in compaction.SLICED:
        return _write_slices(store, files, edit)
    fresh = compaction.by_group(edit.rows, group_of(edit.schema, edit.rows))
    untouched = sorted(set(files).difference(edit.holders), key=lambda file: file.key)
    shelves = compaction.shelved(fresh, untouched, {file.group for file in edit.holders})
    held = {file for file in edit.holders if file.group == MIXED}
    results = []
    if held or MIXED in shelves:
        result, heavy = _write_mixed(store, untouched, edit, shelves.pop(MIXED, []), group_of)
        results.append(result)
        for group, rows in heavy.items():
            shelves.setdefault(group, []).append(rows)
    own = sorted({*shelves, *(file.group for file in edit.holders if file not in held)})
    with ThreadPoolExecutor(WRITERS) as pool:
        results += pool.map(
            lambda group: _write_own(store, untouched, edit, group, shelves.get(group, [])), own
        )
    gone = set(edit.holders).union(*(result.gone for result in results))
    written = {file for result in results for file in result.written} | set(edit.adopted)
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


def groups_of_owners(keys: pa.ChunkedArray, owners: pa.Table) -> pa.Array:
    """The group of the document that each key names; null if it is not among `owners`."""
    return pc.take(own_groups(owners), pc.index_in(keys, owners.column("document_id").combine_chunks()))


def _write_slices(store: Store, files: Sequence[DataFile], edit: Edit) -> tuple[DataFile, ...]:
    """The files of a table that is cut by key: each changed row goes where its neighbours lie."""
    in_order = sorted(files, key=lambda file: (file.first_key, file.key))
    starts = [file.first_key for file in in_order]
    keys = edit.rows.column(edit.schema.replace_key).to_pylist()
    places = pa.array([max(0, bisect_right(starts, key_bound(key)) - 1) for key in keys], pa.int64())
    written: list[DataFile] = []
    gone = set()
    for place, file in enumerate(in_order or [None]):
        fresh = edit.rows.filter(pc.equal(places, place)) if in_order else edit.rows
        if file is not None and not len(fresh) and file not in edit.holders:
            continue
        kept = list(_kept(store, edit, [file])) if file is not None else []
        rows = _concat(edit.schema, [*kept, fresh]).sort_by(edit.schema.replace_key)
        gone |= {file}
        for part in compaction.slices(rows):
            written += write_rows(store, edit.schema, NO_GROUP, part)
    return tuple(sorted({*set(files) - gone, *written}, key=lambda file: file.key))


@dataclass(frozen=True, slots=True)
class _Written:
    """Files that were merged into others, and those others."""

    gone: tuple[DataFile, ...]
    written: tuple[DataFile, ...]


def _write_own(
    store: Store, others: Sequence[DataFile], edit: Edit, group: str, fresh: Sequence[pa.Table]
) -> _Written:
    """The files of one group: new rows, with what is left of files that lose rows, and companions."""
    first, *more = compaction.batches(file for file in edit.holders if file.group == group)
    rows = _concat(edit.schema, [*_kept(store, edit, first), *fresh])
    merged = compaction.companions((file for file in others if file.group == group), len(rows))
    rows = _concat(edit.schema, [rows, *(read_rows(store, edit.schema, file) for file in merged)])
    written = write_rows(store, edit.schema, group, rows)
    for lot in more:
        written += write_rows(store, edit.schema, group, _concat(edit.schema, _kept(store, edit, lot)))
    return _Written(tuple(merged), tuple(written))


def _write_mixed(
    store: Store,
    others: Sequence[DataFile],
    edit: Edit,
    fresh: Sequence[pa.Table],
    group_of: GroupOf,
) -> tuple[_Written, dict[str, pa.Table]]:
    """The same for rows of many groups, sorted by group; the rows of groups that have become worth files of
    their own are left to the caller."""
    first, *more = compaction.batches(file for file in edit.holders if file.group == MIXED)
    rows = _concat(edit.schema, [*_kept(store, edit, first), *fresh])
    mixed = (file for file in others if file.group == MIXED)
    merged = compaction.companions(mixed, len(rows), mixed=True)
    rows = _concat(edit.schema, [rows, *(read_rows(store, edit.schema, file) for file in merged)])
    groups = group_of(edit.schema, rows)
    names = compaction.heavy(rows, groups)
    settled = pc.is_in(groups, pa.array(sorted(names), pa.string()))
    heavy = compaction.by_group(rows.filter(settled), groups.filter(settled))
    light = pc.invert(settled)
    written = write_rows(store, edit.schema, MIXED, rows.filter(light), groups.filter(light))
    for lot in more:
        rows = _concat(edit.schema, _kept(store, edit, lot))
        written += write_rows(store, edit.schema, MIXED, rows, group_of(edit.schema, rows))
    return _Written(tuple(merged), tuple(written)), heavy


def _kept(store: Store, edit: Edit, holders: Iterable[DataFile]) -> Iterator[pa.Table]:
    """What files keep that lose rows."""
    for file in holders:
        rows = read_rows(store, edit.schema, file)
        yield rows.filter(pc.invert(pc.is_in(rows.column(edit.schema.replace_key), edit.keys)))


def _holders(
    store: Store, schema: TableSchema, files: Sequence[DataFile], keys: pa.Array
) -> tuple[DataFile, ...]:
    """The files that hold rows of `keys`: of those whose key range can, those whose key column does."""
    wanted = Wanted(keys.to_pylist())

    def may_hold(file: DataFile) -> bool:
        possible = wanted.bounds_within(file.first_key, file.last_key)
        return possible and wanted.may_be_in_file(file, schema.replace_key)

    def holds(file: DataFile) -> bool:
        return bool(pc.any(pc.is_in(read_keys(store, schema, file), keys)).as_py())

    possible = [file for file in files if may_hold(file)]
    return tuple(compress(possible, store.each(holds, possible)))


def _changed_of_all(store: Store, schema: TableSchema, files: Sequence[DataFile], rows: pa.Table) -> pa.Array:
    """The keys whose rows are not the same in files and in rows that replace all of them: with no more rows
    at a time in memory than have keys between those with which two files begin."""
    starts = sorted({file.first_key for file in files})[1:]
    found = [pa.array([], pa.string())]
    for first, end in zip(["", *starts], [*starts, None], strict=True):
        near = (file for file in files if file.last_key >= first and (end is None or file.first_key < end))
        old = [_between(schema, read_rows(store, schema, file), first, end) for file in near]
        before, after = _concat(schema, old), _between(schema, rows, first, end)
        keys = pc.unique(pa.concat_arrays([*_key_chunks(schema, before), *_key_chunks(schema, after)]))
        found.append(_changed_keys(schema, keys, before, after))
    return pa.concat_arrays(found)


def _between(schema: TableSchema, rows: pa.Table, first: str, end: str | None) -> pa.Table:
    """The rows whose keys lie from one bound up to another."""
    keys = rows.column(schema.replace_key)
    here = pc.greater_equal(keys, first)
    return rows.filter(here if end is None else pc.and_(here, pc.less(keys, end)))


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


def _require_unique(schema: TableSchema, rows: pa.Table) -> None:
    if rows.group_by(list(schema.primary_key)).aggregate([]).num_rows != len(rows):
        raise SchemaError(f"rows of {schema.name} repeat a primary key ({', '.join(schema.primary_key)})")


def _key_chunks(schema: TableSchema, rows: pa.Table) -> list[pa.Array]:
    chunks: list[pa.Array] = rows.column(schema.replace_key).chunks
    return chunks


def _only(schema: TableSchema, rows: pa.Table, keys: pa.Array) -> pa.Table:
    return rows.filter(pc.is_in(rows.column(schema.replace_key), keys))


def _concat(schema: TableSchema, tables: Iterable[pa.Table]) -> pa.Table:
    return pa.concat_tables([schema.arrow.empty_table(), *tables])

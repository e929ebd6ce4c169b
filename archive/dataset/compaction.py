"""Which files of a table are written together, so that a commit costs what it changes and files stay few.

Invariant: rows of one year and one province that fill a file lie in files of their own, sorted by document;
rows of many places with little each share `mixed` files, sorted by place. Which file a row lies in never
matters to its readers.

Files of one shelf, which is a group or `mixed`, are merged as in a size-tiered log: a shelf of n rows has
O(log n) files, and a row is rewritten O(log n) times. What follows for the cost of a commit is said in
`docs/architecture.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.datafiles import MIXED
from archive.dataset.manifest import DataFile

SMALL_BYTES = 512 << 10
"""Rows in memory that are worth a file of their own."""

MOST_SMALL = 8
"""Groups that have files with less than that, in one table; where there would be more, new rows are mixed."""

FANOUT = 2
"""Files count as of about the same size up to this many times the rows gathered so far."""

MERGED_AT_LEAST = 4
"""Files of one group and about the same size that become one, the new one included."""

MIXED_AT_LEAST = 8
"""The same for mixed files: few as they are, one commit in eight has to merge some."""

MERGE_BYTES = 4 << 20
"""Merged files have no more bytes than this; larger ones stay."""


SLICED = frozenset({"bodies", "deadlines"})
"""Tables that are cut by key, not by year and province: a commit changes rows here and there in them, and
brings hardly any. Each file has keys of its own, so that what a changed row costs does not grow."""

SLICE_ROWS = 1 << 14


def slices(rows: pa.Table) -> list[pa.Table]:
    """Rows of such a table, in order of key, as they go into files; one with few more is not cut."""
    count = max(1, len(rows) // SLICE_ROWS)
    size = -(-len(rows) // count)
    return [rows.slice(start, size) for start in range(0, len(rows), size)] if len(rows) else []


def by_group(rows: pa.Table, groups: pa.Array) -> dict[str, pa.Table]:
    """The rows of each group, by the group's name."""
    return {name: rows.filter(pc.equal(groups, name)) for name in sorted(pc.unique(groups).to_pylist())}


def shelved(
    fresh: Mapping[str, pa.Table], files: Iterable[DataFile], rewritten: Set[str]
) -> dict[str, list[pa.Table]]:
    """New rows by the shelf they go to.

    `files` are those that lose no row; `rewritten` are the groups of which a file is written anyway.
    """
    total = sum(map(len, fresh.values()))
    width = sum(rows.nbytes for rows in fresh.values()) / total if total else 0.0
    small = {name for name, rows in fresh.items() if rows.nbytes < SMALL_BYTES and name not in rewritten}
    known = {file.group for file in files if file.rows * width < SMALL_BYTES} - {MIXED}
    if len(small | known) <= MOST_SMALL:
        small = set()
    shelves: dict[str, list[pa.Table]] = {}
    for name, rows in fresh.items():
        shelves.setdefault(MIXED if name in small else name, []).append(rows)
    return shelves


def heavy(rows: pa.Table, groups: pa.Array) -> set[str]:
    """The groups among mixed rows that are worth a file of their own."""
    if not len(rows):
        return set()
    least = SMALL_BYTES / (rows.nbytes / len(rows))
    return {one["values"] for one in pc.value_counts(groups).to_pylist() if one["counts"] >= least}


def batches(holders: Iterable[DataFile]) -> list[list[DataFile]]:
    """Files of a shelf that lose rows, in lots that are held in memory at once, the smallest first."""
    lots: list[list[DataFile]] = [[]]
    for file in sorted(holders, key=lambda file: (file.bytes, file.key)):
        if lots[-1] and sum(other.bytes for other in lots[-1]) + file.bytes > MERGE_BYTES:
            lots.append([])
        lots[-1].append(file)
    return lots


def companions(
    others: Iterable[DataFile], rows: int, *, mixed: bool = False, most: int = MERGE_BYTES
) -> list[DataFile]:
    """The files of its shelf that a new file of `rows` rows takes along, of `most` bytes at most."""
    least = MIXED_AT_LEAST if mixed else MERGED_AT_LEAST
    rest = sorted(others, key=lambda file: (file.rows, file.key))
    taken: list[DataFile] = []
    while tier := _tier(rest, rows, most - sum(file.bytes for file in taken), least):
        taken += tier
        rest = rest[len(tier) :]
        rows += sum(file.rows for file in tier)
    return taken


def _tier(rest: Sequence[DataFile], rows: int, room: int, least: int) -> Sequence[DataFile]:
    """The first files, if they are enough to be worth it."""
    count = 0
    for file in rest:
        room -= file.bytes
        if file.rows > FANOUT * rows or room < 0:
            break
        count += 1
    return rest[:count] if count + 1 >= least else ()

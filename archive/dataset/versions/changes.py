"""What differs between two snapshots: disclosures, documents, tables and facts added, removed and changed.

Invariant: rows are matched by primary key. The keys of tables and facts are the document and the printed
place, so a fact that better parsers read anew is *changed*, not removed and added. A fact of a document that
came in the place of an earlier version is held against the fact of that version (see the table `changes`):
only amounts printed differently are reported. A disclosure that was taken down, or replaced by a stub, is
*gone*.

Only files that the snapshots do not share are read: a diff costs what changed, not what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.datafiles import read_rows
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import TableSchema
from archive.stores import Store
from archive.vocabulary import WITHDRAWN, ChangeKind

LEVELS = {"disclosures": "title", "documents": "title", "tables": "title", "facts": "amount_yuan"}
"""The tables compared, and the column that stands for a row that came or went."""

PLACE = ("document_id", "page")
"""Columns of a fact that say where it stands, not what."""

Kind = Literal["added", "removed", "changed", "gone"]
ALTERED: Mapping[str, Kind] = {
    ChangeKind.ALTERED: "changed",
    ChangeKind.ADDED: "added",
    ChangeKind.REMOVED: "removed",
}
"""What the kinds of `changes` are to the facts."""


SIDE = {"document_id": "document_id", "page": "page", "amount_yuan": "yuan", "amount_text": "text"}


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that differs. `before` is empty for an added row, `after` for a removed one."""

    table: str
    kind: Kind
    key: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose value is another one; all, for an added or removed row."""
        names = self.before or self.after
        return tuple(name for name in names if self.before.get(name) != self.after.get(name))


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two snapshots, by table, in order of kind and key. `versions` are the
    documents that replaced one or were replaced."""

    older: int
    newer: int
    tables: Mapping[str, tuple[RowChange, ...]]
    versions: frozenset[str] = frozenset()

    def count(self, table: str, kind: Kind) -> int:
        """The number of changes of one kind in a table."""
        return sum(change.kind == kind for change in self.tables[table])

    def __bool__(self) -> bool:
        return any(self.tables.values())

    def rows(self) -> Iterator[dict[str, Any]]:
        """One flat row per added or removed row and per changed value: table, change, key, document_id, page,
        label, column, old, new."""
        for changes in self.tables.values():
            for change in changes:
                yield from _flat(change)


def diff(store: Store, a: Snapshot, b: Snapshot) -> Difference:
    """What happened from snapshot `a` to snapshot `b`."""
    tables = {name: tuple(_table_changes(store, TABLES[name], a, b)) for name in LEVELS}
    alterations = [change.after for change in _table_changes(store, TABLES["changes"], a, b) if change.after]
    tables["facts"] = tuple(_held_against(tables["facts"], alterations))
    versions = {row[f"{side}_document_id"] for row in alterations for side in ("old", "new")}
    return Difference(a.number, b.number, tables, frozenset(versions))


def _held_against(
    facts: Iterable[RowChange], alterations: Iterable[Mapping[str, Any]]
) -> Iterator[RowChange]:
    """The facts that differ, with what a later version alters in the place of all the facts it brings."""
    alterations = list(alterations)
    later = {row["new_document_id"] for row in alterations}
    for change in facts:
        if change.kind != "added" or change.after["document_id"] not in later:
            yield change
    for row in alterations:
        if row["kind"] in ALTERED:
            yield _altered(row)


def _altered(row: Mapping[str, Any]) -> RowChange:
    def side(which: str) -> dict[str, Any]:
        own = {name: row[f"{which}_{ours}"] for name, ours in SIDE.items()}
        return own | {name: row[name] for name in ("table_type", "row_label", "column_path")}

    kind = ALTERED[row["kind"]]
    before = {} if kind == "added" else side("old")
    after = {} if kind == "removed" else side("new")
    return RowChange("facts", kind, row["new_fact_id"] or row["old_fact_id"], before, after)


def _table_changes(store: Store, schema: TableSchema, a: Snapshot, b: Snapshot) -> list[RowChange]:
    """Files that both snapshots share hold the same rows, so only the others are read."""
    shared = set(a.files(schema.name)) & set(b.files(schema.name))
    before, after = (
        _rows(store, schema, [file for file in snapshot.files(schema.name) if file not in shared])
        for snapshot in (a, b)
    )
    (key,) = schema.primary_key
    old, new = _common_that_differ(before, after, key)
    added, removed = _absent_from(after, before, key), _absent_from(before, after, key)
    return [
        *(RowChange(schema.name, "added", row[key], {}, row) for row in added.to_pylist()),
        *(RowChange(schema.name, "removed", row[key], row, {}) for row in removed.to_pylist()),
        *(
            RowChange(schema.name, _kind(row, other), row[key], row, other)
            for row, other in zip(old.to_pylist(), new.to_pylist(), strict=True)
        ),
    ]


def _kind(before: Mapping[str, Any], after: Mapping[str, Any]) -> Kind:
    gone = after.get("state") in WITHDRAWN and before.get("state") not in WITHDRAWN
    return "gone" if gone else "changed"


def _rows(store: Store, schema: TableSchema, files: list[DataFile]) -> pa.Table:
    rows = pa.concat_tables([schema.arrow.empty_table(), *(read_rows(store, schema, file) for file in files)])
    (key,) = schema.primary_key
    return rows.sort_by(key)


def _absent_from(rows: pa.Table, others: pa.Table, key: str) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows.column(key), others.column(key).combine_chunks())))


def _common_that_differ(before: pa.Table, after: pa.Table, key: str) -> tuple[pa.Table, pa.Table]:
    """The rows of both with equal keys and unequal values, side by side."""
    old = before.filter(pc.is_in(before.column(key), after.column(key).combine_chunks()))
    new = after.filter(pc.is_in(after.column(key), before.column(key).combine_chunks()))
    differs = pa.repeat(False, len(old))
    for name in old.column_names:
        if not old.column(name).equals(new.column(name)):
            differs = pc.or_(differs, _unequal(old.column(name), new.column(name)))
    return old.filter(differs), new.filter(differs)


def _unequal(old: pa.ChunkedArray, new: pa.ChunkedArray) -> pa.Array:
    """Where two columns differ; null equals null."""
    if pa.types.is_list(old.type):  # Arrow has no comparison of lists
        pairs = zip(old.to_pylist(), new.to_pylist(), strict=True)
        return pa.array([one != other for one, other in pairs], pa.bool_())
    one_null = pc.xor(pc.is_null(old), pc.is_null(new))
    return pc.or_(one_null, pc.fill_null(pc.not_equal(old, new), False)).combine_chunks()


def _flat(change: RowChange) -> Iterator[dict[str, Any]]:
    row = change.after or change.before
    about = {
        "table": change.table,
        "change": change.kind,
        "key": change.key,
        "document_id": row.get("document_id"),
        "page": row.get("page"),
        "label": _label(row),
    }
    by_value = change.kind in ("changed", "gone")
    columns = [name for name in change.columns if name not in PLACE] if by_value else [LEVELS[change.table]]
    for column in columns:
        yield about | {"column": column, "old": change.before.get(column), "new": change.after.get(column)}


def _label(row: Mapping[str, Any]) -> str | None:
    """What a person would call the row."""
    parts = (row.get("title"), row.get("row_label"), row.get("column_path"))
    return " | ".join(part for part in parts if part) or None

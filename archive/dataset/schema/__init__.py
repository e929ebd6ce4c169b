"""Every table and every column of the dataset, described once, in `tables.yaml`.

Invariant: nothing about a column is written anywhere else. Parquet metadata, the field dictionary of the data
package and the documentation are derived from there; column names are English, values stay as published.

Way in: `TABLES`, `build_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from archive.dataset.schema.declaration import Column, ForeignKey, TableSchema, require_fit, rows_to_table
from parsers.values.load import Knowledge, knowledge

__all__ = [
    "TABLES",
    "Column",
    "ForeignKey",
    "TableSchema",
    "arrow_schema",
    "build_table",
    "empty_table",
    "require_fit",
]


class _Tables(Knowledge):
    """`tables.yaml`; what stands below `sources` and `shared` is named there, and used by `tables`."""

    sources: Sequence[str]
    shared: Sequence[Sequence[object]]
    tables: tuple[TableSchema, ...]


TABLES: dict[str, TableSchema] = {
    table.name: table for table in knowledge("archive.dataset.schema", "tables.yaml", _Tables).tables
}


def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of a table, descriptions in the field metadata."""
    return TABLES[name].arrow


def build_table(name: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows of one table as Arrow; raises SchemaError on whatever the declaration does not allow."""
    return rows_to_table(TABLES[name], rows)


def empty_table(name: str) -> pa.Table:
    """No rows, all columns."""
    return arrow_schema(name).empty_table()

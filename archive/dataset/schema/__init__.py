"""Every table and every column of the dataset, described once.

Invariant: nothing about a column is written anywhere else. Parquet metadata, the field dictionary of the data
package and the documentation are derived from here; column names are English, values stay as published.

Way in: `TABLES`, `build_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from archive.dataset.schema.crawl import CAPTURES, DISCLOSURES, GAPS, RUNS, SITES
from archive.dataset.schema.declaration import Column, ForeignKey, TableSchema, require_fit, rows_to_table
from archive.dataset.schema.documents import CHANGES, DOCUMENTS, TABLES_OF_DOCUMENTS, VERSIONS
from archive.dataset.schema.facts import CHECKS, FACTS, INDICATORS, STATEMENTS
from archive.dataset.schema.monitoring import BODIES, DEADLINES
from archive.dataset.schema.words import (
    DEBT_KINDS,
    DUE_KINDS,
    FLOWS,
    FUNDS,
    KINDS,
    LEVELS,
    MEASURES,
    NATURES,
    PERIODS,
    SCOPES,
    STAGES,
    TABLE_TYPES,
)

__all__ = [
    "DEBT_KINDS",
    "DUE_KINDS",
    "FLOWS",
    "FUNDS",
    "KINDS",
    "LEVELS",
    "MEASURES",
    "NATURES",
    "PERIODS",
    "SCOPES",
    "STAGES",
    "TABLES",
    "TABLE_TYPES",
    "Column",
    "ForeignKey",
    "TableSchema",
    "arrow_schema",
    "build_table",
    "empty_table",
    "require_fit",
]

TABLES: dict[str, TableSchema] = {
    schema.name: schema
    for schema in (
        SITES,
        RUNS,
        CAPTURES,
        GAPS,
        DISCLOSURES,
        DOCUMENTS,
        TABLES_OF_DOCUMENTS,
        FACTS,
        INDICATORS,
        STATEMENTS,
        CHECKS,
        VERSIONS,
        CHANGES,
        BODIES,
        DEADLINES,
    )
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

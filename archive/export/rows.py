"""The rows of a snapshot, table by table, as every export reads them; and files that appear when finished.

Invariant: no more than one batch of rows is in memory, however large the dataset.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from archive.dataset.query.connection import sentence_sql
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column, TableSchema
from archive.dataset.snapshots import Snapshot
from archive.rendering.scalars import plain
from archive.rendering.texts import LANGUAGES

BATCH = 10_000

Row = tuple[Any, ...]
Guard = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Exported:
    """A snapshot about to be written: its views on an open connection, and what it is."""

    connection: duckdb.DuckDBPyConnection
    snapshot: Snapshot

    def rows(self, table: str, where: str = "true", order: str | None = None) -> Iterator[Row]:
        """The rows of a table in the order of its primary key, as Python values."""
        for batch in self.batches(table, BATCH, where, order):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def texts(self, table: str, guard: Guard | None = None) -> Iterator[Row]:
        """The same as cells of CSV; `guard` looks at every printed text."""
        for batch in self.batches(table, BATCH):
            yield from text_rows(batch, guard)

    def batches(
        self, table: str, size: int, where: str = "true", order: str | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The same in batches of some rows."""
        keys = order or ", ".join(TABLES[table].primary_key)
        names = ", ".join(_selected(TABLES[table]))
        sql = f"SELECT {names} FROM {table} WHERE {where} ORDER BY {keys}"
        yield from self.connection.execute(sql).to_arrow_reader(size)


def _with_sentences(schema: TableSchema) -> TableSchema:
    """The table with each message said in English and in Chinese, behind its own columns."""
    said = (
        Column(f"{column.name}_{language}", column.type, f"{column.name} {words}", source=column.source)
        for column in schema.messages
        for language, words in (("en", "in English"), ("zh", "in Chinese"))
    )
    return replace(schema, columns=(*schema.columns, *said))


EXPORTED = {name: _with_sentences(schema) for name, schema in TABLES.items()}
"""The tables as exports have them: a reader of a file has no catalogue of messages."""


def _selected(schema: TableSchema) -> Iterator[str]:
    """The SQL of each column of an exported table."""
    yield from (f'"{column.name}"' for column in schema.columns)
    for column in schema.messages:
        for language in LANGUAGES:
            said = sentence_sql(f'"{column.name}"', language, many=pa.types.is_list(column.type))
            yield f'{said} AS "{column.name}_{language}"'


DICTIONARY = ("table", "column", "type", "chinese", "description", "unit", "values", "source")


def dictionary_rows() -> Iterator[tuple[str, ...]]:
    """A row per column of the dataset with the fields of DICTIONARY."""
    for table in EXPORTED.values():
        for column in table.columns:
            yield (table.name, *_described(column))


def _described(column: Column) -> tuple[str, ...]:
    about = (column.chinese, column.description, column.unit, " ".join(column.values), column.source)
    return column.name, str(column.type), *(text or "" for text in about)


def text_rows(batch: pa.RecordBatch, guard: Guard | None = None) -> Iterator[Row]:
    """Rows as cells of CSV, column by column: most columns need no look at their values."""
    return zip(*(_cells(column, guard) for column in batch.columns), strict=True)


def _cells(column: pa.Array, guard: Guard | None) -> list[object]:
    values: list[Any] = column.to_pylist()
    if pa.types.is_string(column.type):
        return [value if value is None else guard(value) for value in values] if guard else values
    return values if pa.types.is_integer(column.type) else [text(value) for value in values]


def text(value: object) -> object:
    """A value as a cell of CSV: null is empty, truth is true or false, lists are JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat().replace("+00:00", "Z")
    return plain(value)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)

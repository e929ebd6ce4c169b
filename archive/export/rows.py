"""The rows of a snapshot, table by table, as every export reads them; and as folders of CSV and Parquet.

Invariant: no more than one batch of rows is in memory, however large the dataset, and a file appears when it
is finished. CSV is as Excel opens it: UTF-8 with a byte order mark, and no cell that a spreadsheet would run
as a formula: a text that begins with one of `=+@`, a tab or a carriage return, or with a minus that starts no
number, gets an apostrophe in front. (The data package has the texts unchanged.) A folder of Parquet, for
programs that open a folder as a dataset (R, pandas, Spark), holds the rows of the snapshot and nothing else,
in today's columns; in the store, the files of all snapshots lie side by side, and some lack a newer column.
"""

from __future__ import annotations

import csv
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from archive.dataset.datafiles import ROW_GROUP
from archive.dataset.query.views import sentence_sql
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column, TableSchema
from archive.dataset.snapshots import Snapshot
from archive.rendering.scalars import harmless, plain
from archive.rendering.texts import LANGUAGES

BATCH = 10_000

Row = tuple[Any, ...]
Guard = Callable[[str], object]
DICTIONARY = ("table", "column", "type", "chinese", "description", "unit", "values", "source")


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


def write_csv_files(exported: Exported, folder: Path) -> None:
    """Write `<table>.csv` for every table and `dictionary.csv`."""
    for name, schema in EXPORTED.items():
        header = [column.name for column in schema.columns]
        write_csv(folder / f"{name}.csv", header, exported.texts(name, harmless))
    rows = (tuple(map(harmless, row)) for row in dictionary_rows())
    write_csv(folder / "dictionary.csv", DICTIONARY, rows)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One such file of harmless cells."""
    with replacing(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_parquet_folders(exported: Exported, folder: Path) -> None:
    """Write `<table>/part-0.parquet` for every table."""
    for name, schema in EXPORTED.items():
        with (
            replacing(folder / name / "part-0.parquet") as part,
            pq.ParquetWriter(part, schema.arrow, compression="zstd") as writer,
        ):
            for batch in exported.batches(name, ROW_GROUP):
                writer.write_batch(batch.cast(schema.arrow))

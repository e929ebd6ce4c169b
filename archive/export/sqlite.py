"""One SQLite file, as Datasette serves it: typed tables, keys, references, indexes, the dictionary.

Invariant: every row and every reference of the snapshot is there, and `PRAGMA foreign_key_check` finds
nothing that the snapshot itself does not lack. Lists of ids become tables of their own
(`disclosures_document_ids`), so that references can be followed; the list also stays in its row as JSON.
Amounts are NUMERIC: SQLite has no decimals, and what has at most 15 digits keeps them all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.dataset.schema.declaration import Column, ForeignKey, TableSchema
from archive.export.rows import BATCH, DICTIONARY, EXPORTED, Exported, dictionary_rows, replacing, text

INDEXED = (
    "document_id", "table_id", "site_id", "run_id", "region_code", "province", "body_name", "fiscal_year",
    "document_kind", "table_type", "functional_code", "economic_code", "gov_economic_code", "rule", "status",
    "state", "sha256", "url",
)  # fmt: skip
"""Columns that people filter and join by; Datasette offers them as facets."""


def write(exported: Exported, path: Path) -> None:
    """Write the database."""
    with replacing(path) as part, closing(sqlite3.connect(part)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # no reader has the file before it is finished
        database.execute("PRAGMA synchronous = OFF")
        for schema in EXPORTED.values():
            database.execute(_create(schema))
            for key in _lists(schema):
                database.execute(_create_link(schema, key))
        for schema in EXPORTED.values():
            _fill(database, exported, schema)
        for schema in EXPORTED.values():
            for statement in _indexes(schema):
                database.execute(statement)
        database.execute(f"CREATE TABLE dictionary ({', '.join(map(_name, DICTIONARY))})")
        database.executemany(f"INSERT INTO dictionary VALUES ({_marks(len(DICTIONARY))})", dictionary_rows())
        database.execute("ANALYZE")
        database.commit()


def _create(schema: TableSchema) -> str:
    parts = [f"{_name(column.name)} {_type(column)}" for column in schema.columns]
    parts.append(f"PRIMARY KEY ({', '.join(map(_name, schema.primary_key))})")
    parts += [
        f"FOREIGN KEY ({_name(key.column)}) REFERENCES {_name(key.table)} ({_name(key.target)})"
        for key in schema.foreign_keys
        if key not in _lists(schema)
    ]
    return f"CREATE TABLE {_name(schema.name)} ({', '.join(parts)})"


def _create_link(schema: TableSchema, key: ForeignKey) -> str:
    """A table of pairs: the row, and one id of its list. Tables with lists have one key column."""
    (own,) = map(_name, schema.primary_key)
    columns = (
        f"{own} TEXT NOT NULL REFERENCES {_name(schema.name)} ({own})",
        "place INTEGER NOT NULL",
        f"{_name(key.target)} TEXT NOT NULL REFERENCES {_name(key.table)} ({_name(key.target)})",
        f"PRIMARY KEY ({own}, place)",
    )
    return f"CREATE TABLE {_name(_link(schema, key))} ({', '.join(columns)}) WITHOUT ROWID"


def _fill(database: sqlite3.Connection, exported: Exported, schema: TableSchema) -> None:
    names = [column.name for column in schema.columns]
    rows = exported.rows(schema.name)
    while batch := list(islice(rows, BATCH)):
        cells = ([_cell(value) for value in row] for row in batch)
        database.executemany(f"INSERT INTO {_name(schema.name)} VALUES ({_marks(len(names))})", cells)
        for key in _lists(schema):
            own, listed = names.index(schema.primary_key[0]), names.index(key.column)
            database.executemany(
                f"INSERT INTO {_name(_link(schema, key))} VALUES (?, ?, ?)", _pairs(batch, own, listed)
            )


def _pairs(batch: list[tuple[Any, ...]], own: int, listed: int) -> Iterator[tuple[str, int, str]]:
    for row in batch:
        for place, identity in enumerate(row[listed] or ()):
            yield row[own], place, identity


def _indexes(schema: TableSchema) -> Iterator[str]:
    referring = {key.column for key in schema.foreign_keys if key not in _lists(schema)}
    wanted = [column.name for column in schema.columns if column.name in INDEXED or column.name in referring]
    for name in wanted:
        if (name,) != schema.primary_key:
            yield f"CREATE INDEX {_name(f'{schema.name}_{name}')} ON {_name(schema.name)} ({_name(name)})"
    for key in _lists(schema):
        link = _link(schema, key)
        yield f"CREATE INDEX {_name(f'{link}_target')} ON {_name(link)} ({_name(key.target)})"


def _lists(schema: TableSchema) -> list[ForeignKey]:
    """The references that are lists of ids."""
    types = {column.name: column.type for column in schema.columns}
    return [key for key in schema.foreign_keys if pa.types.is_list(types[key.column])]


def _link(schema: TableSchema, key: ForeignKey) -> str:
    return f"{schema.name}_{key.column}"


def _type(column: Column) -> str:
    tests = (
        (pa.types.is_decimal, "NUMERIC"),
        (pa.types.is_floating, "REAL"),
        (pa.types.is_integer, "INTEGER"),
        (pa.types.is_boolean, "INTEGER"),
    )
    name = next((name for holds, name in tests if holds(column.type)), "TEXT")
    return name if column.nullable else f"{name} NOT NULL"


def _cell(value: object) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, bool) else text(value)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _name(name: str) -> str:
    return f'"{name}"'

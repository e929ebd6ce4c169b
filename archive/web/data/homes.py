"""Which files of a snapshot hold the rows of a document, so that one page reads a few files and not all.

Invariant: a home is the group of the file that a row was found in, or of the row itself where a file holds
rows of many groups. Such files are read for every home, so narrowing a question to homes never loses a row.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.datafiles import MIXED, read_columns
from archive.dataset.edits import own_groups
from archive.dataset.manifest import DataFile
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import TEXT, TableSchema
from archive.dataset.snapshots import Snapshot
from archive.stores import Store

INDEX = pa.schema([("document_id", TEXT), ("home", TEXT)])
DOCUMENTS = "SELECT DISTINCT home FROM homes.documents WHERE document_id IN (SELECT unnest(?))"
CARRIERS = "SELECT DISTINCT home FROM homes.carriers WHERE document_id = ?"
PLACE = ("fiscal_year", "region_code")
READERS = 4


@dataclass(frozen=True, slots=True)
class Homes:
    """Groups by document and by province. The index stands in tables of the connection: a home for every
    document, and one for every disclosure that carries it."""

    connection: duckdb.DuckDBPyConnection
    groups: frozenset[str]

    def of_documents(self, document_ids: Collection[str]) -> set[str]:
        """The groups that hold the rows of these documents."""
        return self._found(DOCUMENTS, list(document_ids))

    def of_carriers(self, document_id: str) -> set[str]:
        """Where the disclosures are that carry a document."""
        return self._found(CARRIERS, document_id)

    def of_start(self, start: str) -> set[str]:
        """Where documents are whose id starts so, as the ids of their facts do."""
        return self._found(
            "SELECT DISTINCT home FROM homes.documents WHERE starts_with(document_id, ?)", start
        )

    def of_province(self, code: str) -> set[str]:
        """The groups of all years of a province (two digits), and those without one."""
        return {group for group in self.groups if group[5:] in (code, "00")}

    def of_year(self, year: int) -> set[str]:
        """The groups of one fiscal year, of all provinces."""
        return {group for group in self.groups if group[:4] == f"{year:04d}"}

    def years(self) -> list[int]:
        """The fiscal years that there are rows of, the newest first."""
        return sorted({int(group[:4]) for group in self.groups if group[:4] != "0000"}, reverse=True)

    def _found(self, sql: str, value: object) -> set[str]:
        with self.connection.cursor() as cursor:
            return {home for (home,) in cursor.execute(sql, [value]).fetchall()}


def homes_of(store: Store, snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> Homes:
    """The index of a snapshot, kept in tables of its connection."""
    connection.execute("CREATE SCHEMA homes")
    for name, column in (("documents", "document_id"), ("carriers", "document_ids")):
        schema = TABLES["documents" if name == "documents" else "disclosures"]
        read = partial(_index, store, schema, column)
        with ThreadPoolExecutor(READERS) as pool:
            index = pa.concat_tables([INDEX.empty_table(), *pool.map(read, snapshot.files(schema.name))])
        connection.register("found", index)
        connection.execute(f"CREATE TABLE homes.{name} AS SELECT DISTINCT * FROM found ORDER BY document_id")
        connection.unregister("found")
    grouped = (schema.name for schema in TABLES.values() if schema.grouped)
    groups = {file.group for name in grouped for file in snapshot.files(name)} - {MIXED}
    homes = connection.execute("SELECT home FROM homes.documents UNION SELECT home FROM homes.carriers")
    return Homes(connection, frozenset(groups.union(home for (home,) in homes.fetchall())))


def _index(store: Store, schema: TableSchema, column: str, file: DataFile) -> pa.Table:
    """The documents that rows of a file are or name, and their homes."""
    mixed = file.group == MIXED
    rows = read_columns(store, schema, [column, *(PLACE if mixed else ())], file)
    values = rows[column].combine_chunks()
    homes = own_groups(rows) if mixed else pa.repeat(pa.scalar(file.group, TEXT), len(rows))
    if pa.types.is_list(values.type):
        homes, values = homes.take(pc.list_parent_indices(values)), pc.list_flatten(values)
    return pa.table([values, homes], INDEX)

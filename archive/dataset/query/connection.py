"""SQL over one snapshot: its tables as views of DuckDB.

Invariant: a question sees exactly the files its snapshot lists, and can do nothing but read them: no other
file, no network, no write, no extension, no setting, no variable of the Python program.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
from duckdb_extensions import import_extension

from archive import IntegrityError, QueryError
from archive.dataset.datafiles import FOLDER_YEAR, YEAR, YEAR_FOLDER
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.query.pruning import pruned
from archive.dataset.query.views import add_sentences, current_views, null_sql
from archive.dataset.rows.typed import rows_of
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import TableSchema
from archive.stores import LocalStore, Store

if TYPE_CHECKING:
    from archive.stores.s3 import S3Store

T = TypeVar("T")
LOCKED = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET temp_directory = ''",
    "SET TimeZone = 'UTC'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def run_sql(store: Store, snapshot: Snapshot, sql: str) -> pa.Table:
    """The answer to one SELECT over the tables of a snapshot; raises QueryError with DuckDB's message.

    DuckDB works in a thread of its own: where it works in the main one, Ctrl-C waits for its answer.
    """
    with connect(store, pruned(snapshot, sql, store), of=sql) as connection, ThreadPoolExecutor(1) as worker:
        answer = worker.submit(select, connection, sql)
        try:
            return answer.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


def connect(
    store: Store, snapshot: Snapshot, threads: int | None = None, *, of: str | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection on which every table of the schema is a view, and `current.<table>` its part that is in
    force; `sentence(message, language)` says a message. Close it after use. `threads` work on one question,
    by default as many as the machine can run. Where the one question is known that will be asked (`of`),
    computed views that it does not name are left out.

    Put a user's SQL through `select`: DuckDB lets a connection write to the very files it may read.
    """
    connection = duckdb.connect()
    try:
        if not isinstance(store, LocalStore):
            _open_s3(connection, cast("S3Store", store))
        listed = []
        for schema in TABLES.values():
            files = snapshot.files(schema.name)
            connection.execute(f"CREATE VIEW {schema.name} AS {source(store, schema, files)}")
            listed += [_address(store, file) for file in files]
        for statement in current_views(of):
            connection.execute(statement)
        add_sentences(connection)
        connection.execute(f"SET allowed_paths = {_texts(listed)}")
        if threads:
            connection.execute(f"SET threads = {threads:d}")
        for statement in LOCKED:
            connection.execute(statement)
    except duckdb.Error as error:
        connection.close()
        raise IntegrityError(f"snapshot {snapshot.number} cannot be opened: {error}") from error
    return connection


def select(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The answer to a single SELECT (also DESCRIBE, SHOW, SUMMARIZE); anything else is a QueryError."""
    try:
        statements = connection.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise QueryError("a query is one SELECT statement; the dataset is read-only")
        return connection.execute(statements[0]).to_arrow_table()
    except duckdb.Error as error:
        raise QueryError(str(error)) from error


def ask(connection: duckdb.DuckDBPyConnection, kind: type[T], sql: str, values: object = None) -> list[T]:
    """The answer to SQL of our own as rows of a dataclass with slots, whose fields are its columns."""
    return rows_of(connection.execute(sql, values).to_arrow_table(), kind)


def source(store: Store, schema: TableSchema, files: Sequence[DataFile]) -> str:
    """The SQL that reads these files of a table: one SELECT for all that have the same columns, those in
    folders of years apart; a column that is newer than a file is null."""
    if not files:
        return f"SELECT {', '.join(map(null_sql, schema.columns))} WHERE false"
    parts = []
    for (names, by_year), group in groupby(sorted(files, key=_layout), _layout):
        columns = [f'"{one.name}"' if one.name in names else null_sql(one) for one in schema.columns]
        hive = "false"
        if by_year:
            columns = [f'{FOLDER_YEAR} AS "{YEAR}"' if one == f'"{YEAR}"' else one for one in columns]
            hive = f"true, hive_types = {{'{FOLDER_YEAR}': INTEGER}}"
        paths = _texts([_address(store, file) for file in group])
        parts.append(f"SELECT {', '.join(columns)} FROM read_parquet({paths}, hive_partitioning = {hive})")
    return " UNION ALL ".join(parts)


def _layout(file: DataFile) -> tuple[tuple[str, ...], bool]:
    return file.columns, f"/{YEAR_FOLDER}" in file.key


def _address(store: Store, file: DataFile) -> str:
    """The file's name for DuckDB."""
    if isinstance(store, LocalStore):
        return str(store.path(file.key))
    return f"{store.uri}/{file.key}"


def _open_s3(connection: duckdb.DuckDBPyConnection, store: S3Store) -> None:
    """Load httpfs, from the wheel that carries it, and give it the store's endpoint and credentials."""
    import_extension("httpfs", con=connection)
    connection.execute("LOAD httpfs")
    options = {"REGION": store.client.meta.region_name or "us-east-1", "SCOPE": f"s3://{store.bucket}/"}
    if store.endpoint:
        url = urlsplit(store.endpoint)
        options |= {"ENDPOINT": url.netloc, "URL_STYLE": "path", "USE_SSL": str(url.scheme == "https")}
    credentials = store.session.get_credentials()
    if credentials:
        frozen = credentials.get_frozen_credentials()
        keys = {"KEY_ID": frozen.access_key, "SECRET": frozen.secret_key, "SESSION_TOKEN": frozen.token}
        options |= {name: value for name, value in keys.items() if value}
    listed = ", ".join(f"{name} {_text(value)}" for name, value in options.items())
    connection.execute(f"CREATE SECRET (TYPE s3, {listed})")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _texts(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"

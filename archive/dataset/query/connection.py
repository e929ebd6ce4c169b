"""SQL over one snapshot: its tables as views of DuckDB.

Invariant: a question sees exactly the files its snapshot lists, and can do nothing but read them: no other
file, no network, no write, no extension, no setting, no variable of the Python program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from duckdb_extensions import import_extension  # type: ignore[import-untyped]

from archive import IntegrityError, QueryError
from archive.dataset.datafiles import FOLDER_YEAR, YEAR, YEAR_FOLDER
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.query.government_tables import completeness_sql
from archive.dataset.query.governments import figures_sql
from archive.dataset.query.measures import measures_sql
from archive.dataset.rows.typed import rows_of
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column, TableSchema
from archive.rendering.messages import rendered
from archive.rendering.texts import LANGUAGES
from archive.stores import LocalStore, Store

if TYPE_CHECKING:
    from archive.stores.s3 import S3Store

T = TypeVar("T")
OF_COMPLETENESS = ("facts", "tables", "documents", "disclosures", "gaps")
_MAY_NAME_COMPUTED = re.compile("measure|government|show|describe|schema|duckdb|pragma", re.IGNORECASE)
"""Names of computed views, and words of questions about all views there are."""
LOCKED = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET temp_directory = ''",
    "SET TimeZone = 'UTC'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
SENTENCE = "sentence"
"""The SQL function that says a message in a language."""


def run_sql(store: Store, snapshot: Snapshot, sql: str) -> pa.Table:
    """The answer to one SELECT over the tables of a snapshot; raises QueryError with DuckDB's message.

    DuckDB works in a thread of its own: where it works in the main one, Ctrl-C waits for its answer.
    """
    with connect(store, snapshot, of=sql) as connection, ThreadPoolExecutor(1) as worker:
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
        for statement in _current_views(of):
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


def _current_views(of: str | None) -> Iterator[str]:
    """Views of the same names in the schema `current`: without documents that a later version replaced. The
    measures of documents (`archive.dataset.query.measures`) are a view in both, and so are those of
    governments (`archive.dataset.query.governments`), which take documents in force alone."""
    computed = of is None or _MAY_NAME_COMPUTED.search(of) is not None
    yield "CREATE SCHEMA current"
    for name, schema in TABLES.items():
        if name == "documents":
            yield "CREATE VIEW current.documents AS SELECT * FROM main.documents WHERE superseded_by IS NULL"
        elif schema.replace_key == "document_id":
            yield (
                f"CREATE VIEW current.{name} AS "
                f"SELECT * FROM main.{name} SEMI JOIN current.documents USING (document_id)"
            )
    for where in ("main", "current") if computed else ():
        yield (
            f"CREATE VIEW {where}.measures AS SELECT document_id, region_code, body_name, fiscal_year, "
            f"document_kind, measure, amount AS amount_yuan, basis, fact_ids, reason "
            f"FROM ({measures_sql(f'{where}.facts')}) JOIN {where}.documents USING (document_id)"
        )
        of_tables = completeness_sql(*(f"main.{name}" for name in OF_COMPLETENESS))
        yield f"CREATE VIEW {where}.government_tables AS {of_tables}"
        of_governments = figures_sql("main.facts", "main.statements", "main.documents")
        yield f"CREATE VIEW {where}.government_measures AS {of_governments}"


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
        return f"SELECT {', '.join(map(_null, schema.columns))} WHERE false"
    parts = []
    for (names, by_year), group in groupby(sorted(files, key=_layout), _layout):
        columns = [f'"{one.name}"' if one.name in names else _null(one) for one in schema.columns]
        hive = "false"
        if by_year:
            columns = [f'{FOLDER_YEAR} AS "{YEAR}"' if one == f'"{YEAR}"' else one for one in columns]
            hive = f"true, hive_types = {{'{FOLDER_YEAR}': INTEGER}}"
        paths = _texts([_address(store, file) for file in group])
        parts.append(f"SELECT {', '.join(columns)} FROM read_parquet({paths}, hive_partitioning = {hive})")
    return " UNION ALL ".join(parts)


def _layout(file: DataFile) -> tuple[tuple[str, ...], bool]:
    return file.columns, f"/{YEAR_FOLDER}" in file.key


def _null(column: Column) -> str:
    return f'CAST(NULL AS {_sql_type(column.type)}) AS "{column.name}"'


def _sql_type(arrow_type: pa.DataType) -> str:
    if pa.types.is_list(arrow_type):
        return f"{_sql_type(arrow_type.value_type)}[]"
    if pa.types.is_decimal(arrow_type):
        return f"DECIMAL({arrow_type.precision}, {arrow_type.scale})"
    # By name: where no file has a column, DuckDB has nothing to take its type from.
    names = {
        pa.string(): "VARCHAR",
        pa.int32(): "INTEGER",
        pa.int64(): "BIGINT",
        pa.bool_(): "BOOLEAN",
        pa.float64(): "DOUBLE",
        pa.date32(): "DATE",
        pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    }
    return names[arrow_type]


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


def add_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the SQL of a connection call the function."""
    text, nulls = duckdb.sqltypes.VARCHAR, FunctionNullHandling.SPECIAL
    kind = PythonUDFType.ARROW  # values come and go in batches
    connection.create_function(SENTENCE, _sentences, [text, text], text, type=kind, null_handling=nulls)


def _sentences(texts: pa.ChunkedArray, languages: pa.ChunkedArray) -> pa.Array:
    pairs = zip(texts.to_pylist(), languages.to_pylist(), strict=True)
    return pa.array([None if text is None else rendered(text, _known(wish)) for text, wish in pairs])


def _known(language: str | None) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"a sentence is 'en' or 'zh', not {language!r}")
    return language


def sentence_sql(column: str, language: str, *, many: bool = False) -> str:
    """The SQL of the sentence of a column, or of each message of a list."""
    if many:
        return f"list_transform({column}, lambda one: {SENTENCE}(one, '{language}'))"
    return f"{SENTENCE}({column}, '{language}')"

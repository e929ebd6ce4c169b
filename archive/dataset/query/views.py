"""The views beside the tables of a snapshot, and the function with which SQL says a message.

Invariant: what stands here is the same whatever the tables hold: files, or nothing, as where a question is
only planned (`archive.dataset.query.pruning`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from archive.dataset.query.government_tables import completeness_sql
from archive.dataset.query.governments import figures_sql
from archive.dataset.query.measures import measures_sql
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column
from archive.rendering.messages import rendered
from archive.rendering.texts import LANGUAGES

OF_COMPLETENESS = ("facts", "tables", "documents", "disclosures", "gaps")
_MAY_NAME_COMPUTED = re.compile("measure|government|show|describe|schema|duckdb|pragma", re.IGNORECASE)
"""Names of computed views, and words of questions about all views there are."""
SENTENCE = "sentence"
"""The SQL function that says a message in a language."""


def current_views(of: str | None) -> Iterator[str]:
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


def null_sql(column: Column) -> str:
    """What stands for a column in a file that is older than it."""
    return f'CAST(NULL AS {sql_type(column.type)}) AS "{column.name}"'


def sql_type(arrow_type: pa.DataType) -> str:
    """DuckDB's name of a type."""
    if pa.types.is_list(arrow_type):
        return f"{sql_type(arrow_type.value_type)}[]"
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

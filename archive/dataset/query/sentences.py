"""`sentence(message, 'en')` and `sentence(message, 'zh')`: messages of the dataset as sentences, in SQL.

Invariant: the function reads nothing but its arguments and the catalogue of this program; a text that is not
a message is given back, null stays null.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from archive.rendering.messages import rendered
from archive.rendering.texts import LANGUAGES

NAME = "sentence"


def add_sentences(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the SQL of a connection call the function."""
    text, nulls = duckdb.sqltypes.VARCHAR, FunctionNullHandling.SPECIAL
    kind = PythonUDFType.ARROW  # values come and go in batches
    connection.create_function(NAME, _sentences, [text, text], text, type=kind, null_handling=nulls)


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
        return f"list_transform({column}, lambda one: {NAME}(one, '{language}'))"
    return f"{NAME}({column}, '{language}')"

"""Arrow tables to typed rows and back.

Invariant: a class declared with `row_of` agrees with the schema from the moment it is imported, so that a
column that was renamed or changed its type stops the program, not a reader of the dataset.

Rows are filled column by column through the slots of their class: neither a dict nor a call for each row.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from datetime import UTC
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.compute as pc

from archive import SchemaError
from archive.dataset.schema import TABLES, TableSchema
from archive.dataset.schema.declaration import Column, arrays_to_table

T = TypeVar("T")
Words = dict[str | None, StrEnum | None]
_Slot = tuple[Callable[[Any, Any], None], Words | None]

_TESTS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_string, "str"),
    (pa.types.is_integer, "int"),
    (pa.types.is_decimal, "Decimal"),
    (pa.types.is_floating, "float"),
    (pa.types.is_boolean, "bool"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_date, "date"),
)
_SAMPLE = 4096
_TABLES: dict[type, tuple[str, ...]] = {}
_HINTS: dict[type, dict[str, Any]] = {}
_SLOTS: dict[type, dict[str, _Slot]] = {}


def row_of(*tables: str) -> Callable[[type[T]], type[T]]:
    """Declare that the fields of a frozen dataclass with slots are columns of a table, or of several that a
    question joins. Raises SchemaError where a name, a type, the words or null differ."""

    def declare(kind: type[T]) -> type[T]:
        columns = {column.name: column for name in reversed(tables) for column in TABLES[name].columns}
        hints = _hints(kind)
        if strange := set(hints) - set(columns):
            raise SchemaError(f"{kind.__name__}: {', '.join(tables)} has no column {sorted(strange)[0]}")
        for name, hint in hints.items():
            expected = python_type(columns[name])
            if _spelled(hint) != expected:
                raise SchemaError(f"{kind.__name__}.{name} is {_spelled(hint)}, the column {expected}")
        _TABLES[kind] = tables
        return kind

    return declare


def python_type(column: Column) -> str:
    """The annotation of a column's field."""
    plain = column.values.__name__ if isinstance(column.values, type) else _plain(column.type)
    return f"{plain} | None" if column.nullable else plain


def table_name(kind: type) -> str:
    """The one table a class is a row of."""
    (name,) = _TABLES[kind]
    return name


def column_names(kind: type) -> list[str]:
    """The columns a class takes."""
    return list(_hints(kind))


def rows_of(table: pa.Table | pa.RecordBatch, kind: type[T]) -> list[T]:
    """Rows of an Arrow table as values of a dataclass with slots, which takes the columns of its fields.

    Raises SchemaError if a column is absent, or holds a word that its vocabulary does not have.
    """
    if absent := set(_hints(kind)) - set(table.schema.names):
        raise SchemaError(f"{kind.__name__} needs the column {sorted(absent)[0]}")
    rows = [kind.__new__(kind) for _ in range(table.num_rows)]
    for name, (put, words) in _slots(kind).items():
        values = _values(table.column(name))
        deque(map(put, rows, values if words is None else _members(kind, name, words, values)), maxlen=0)
    return rows


def narrowed(kind: type[T], rows: Iterable[object]) -> list[T]:
    """Rows of a table as values of a class that takes some of their columns."""
    rows = list(rows)
    found = [kind.__new__(kind) for _ in rows]
    for name, (put, _) in _slots(kind).items():
        deque(map(put, found, map(attrgetter(name), rows)), maxlen=0)
    return found


def table_of(kind: type[T], rows: Iterable[T]) -> pa.Table:
    """Rows of one class, declared with `row_of`, as an Arrow table of its table's schema; a column that the
    class does not have is null. Raises SchemaError on what the declaration does not allow."""
    schema: TableSchema = TABLES[table_name(kind)]
    rows = list(rows)
    taken = set(_hints(kind))
    return arrays_to_table(
        schema,
        (
            list(map(attrgetter(column.name), rows)) if column.name in taken else [None] * len(rows)
            for column in schema.columns
        ),
    )


def _values(column: pa.Array | pa.ChunkedArray) -> Sequence[Any]:
    """The values of a column; texts that repeat, as paths and outcomes do, are one object each. Moments are
    made by NumPy, in a twentieth of the time."""
    if pa.types.is_timestamp(column.type):
        moments = column.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).astype(object)
        return [moment and moment.replace(tzinfo=UTC) for moment in moments.tolist()]
    sample = column.slice(0, _SAMPLE)
    if not pa.types.is_string(column.type) or 2 * len(pc.unique(sample)) > len(sample):
        return column.to_pylist()  # type: ignore[no-any-return]
    found: list[Any] = []
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else (column,):
        encoded = chunk.dictionary_encode()
        texts = [*map(sys.intern, encoded.dictionary.to_pylist()), None]
        found += map(texts.__getitem__, pc.fill_null(encoded.indices, len(texts) - 1).to_pylist())
    return found


def _members(kind: type, name: str, words: Words, values: Sequence[str | None]) -> Collection[StrEnum | None]:
    try:
        return [words[value] for value in values]
    except KeyError as error:
        raise SchemaError(f"{kind.__name__}.{name}: this version does not know the word {error}") from None


def _hints(kind: type[Any]) -> dict[str, Any]:
    if kind not in _HINTS:
        hints = get_type_hints(kind)
        _HINTS[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return _HINTS[kind]


def _slots(kind: type[Any]) -> dict[str, _Slot]:
    """How each field of a class is set, and its words by their texts if it has a vocabulary."""
    if kind not in _SLOTS:
        _SLOTS[kind] = {name: (_setter(kind, name), _words(hint)) for name, hint in _hints(kind).items()}
    return _SLOTS[kind]


def _setter(kind: type, name: str) -> Callable[[Any, Any], None]:
    """The slot's own method: a frozen class refuses `setattr`, and this fills a row before anyone has it."""
    slot = next(vars(one)[name] for one in kind.__mro__ if name in vars(one))
    put: Callable[[Any, Any], None] = slot.__set__
    return put


def _words(hint: Any) -> Words | None:
    for one in get_args(hint) if isinstance(hint, UnionType) else (hint,):
        if isinstance(one, type) and issubclass(one, StrEnum):
            return dict(chain([(None, None)], ((word.value, word) for word in one)))
    return None


def _plain(arrow_type: pa.DataType) -> str:
    if pa.types.is_list(arrow_type):
        return f"Sequence[{_plain(arrow_type.value_type)}]"
    return next(name for holds, name in _TESTS if holds(arrow_type))


def _spelled(hint: Any) -> str:
    """A type as it is written in the source."""
    if isinstance(hint, UnionType):
        return " | ".join(_spelled(one) for one in get_args(hint))
    if (origin := get_origin(hint)) is not None:
        return f"{origin.__name__}[{', '.join(_spelled(one) for one in get_args(hint))}]"
    return "None" if hint is type(None) else str(hint.__name__)

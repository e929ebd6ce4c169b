"""What a declared table is, and the forms that follow from the declaration.

Invariant: the Arrow schema, the Parquet metadata and the Table Schema of the data package are derived from
one `TableSchema`; none of them is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, TypeVar

import pyarrow as pa
from pydantic import BeforeValidator, ConfigDict

import archive.vocabulary
import parsers.values.table_types
import parsers.values.vocabulary
from archive import SchemaError

TEXT = pa.string()
TEXTS = pa.list_(pa.string())
GRID = pa.list_(pa.list_(pa.string()))
COUNT = pa.int32()
COUNTS = pa.list_(pa.int32())
SIZE = pa.int64()
FLAG = pa.bool_()
REAL = pa.float64()
MONEY = pa.decimal128(20, 2)
TOLERANCE = pa.decimal128(20, 4)
"""Half a display unit can be less than a fen: Beijing prints 万元 with six decimals."""
INSTANT = pa.timestamp("us", tz="UTC")
DAY = pa.date32()
TYPES: Mapping[str, pa.DataType] = {
    "text": TEXT,
    "texts": TEXTS,
    "grid": GRID,
    "count": COUNT,
    "counts": COUNTS,
    "size": SIZE,
    "flag": FLAG,
    "real": REAL,
    "money": MONEY,
    "tolerance": TOLERANCE,
    "weight": pa.decimal128(12, 4),
    "instant": INSTANT,
    "day": DAY,
}
"""Types by their names in `tables.yaml`."""
Words = tuple[str, ...] | type[StrEnum]
WORDS: Mapping[str, type[StrEnum]] = {
    kind.__name__: kind
    for module in (archive.vocabulary, parsers.values.vocabulary, parsers.values.table_types)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum)
}
"""Vocabularies by their names there: a column with allowed values takes them from one."""
_Named = TypeVar("_Named")


def _named(choices: Mapping[str, _Named]) -> BeforeValidator:
    """A field that `tables.yaml` gives by a name."""

    def find(name: str) -> _Named:
        if name not in choices:
            raise ValueError(f"{name!r} is none of {', '.join(choices)}")
        return choices[name]

    return BeforeValidator(find)


def _flat(columns: Iterable[Any]) -> list[Any]:
    """The columns, where a group that several tables share is a list of its own."""
    return [one for item in columns for one in (item if isinstance(item, list) else (item,))]


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, and all that a reader of the dataset must know about it.

    `chinese` is the term of the field; `values` the allowed values, the words of a vocabulary where there is
    one (empty: open); `source` says where the value comes from. A `message` (or each of its list) is a code
    with parameters, as JSON: `parsers.values.messages`.
    """

    __pydantic_config__ = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    name: str
    type: Annotated[pa.DataType, _named(TYPES)]
    description: str
    chinese: str | None = None
    unit: str | None = None
    values: Annotated[Words, _named(WORDS)] = ()
    source: str | None = None
    nullable: bool = True
    message: bool = False

    def arrow_field(self) -> pa.Field:
        """The Arrow field; description, unit, allowed values and source go into its metadata."""
        notes = {
            "description": self.description,
            "chinese": self.chinese,
            "unit": self.unit,
            "values": " ".join(self.values) or None,
            "source": self.source,
        }
        metadata = {key: value for key, value in notes.items() if value}
        return pa.field(self.name, self.type, nullable=self.nullable, metadata=metadata)

    def dictionary_entry(self) -> dict[str, object]:
        """The field of the Frictionless Table Schema; `arrowType`, `unit` and `source` are our additions."""
        constraints: dict[str, object] = {}
        if not self.nullable:
            constraints["required"] = True
        if self.values:
            constraints["enum"] = list(self.values)
        entry: dict[str, object | None] = {
            "name": self.name,
            "type": table_schema_type(self.type),
            "title": self.chinese,
            "description": self.description,
            "unit": self.unit,
            "source": self.source,
            "arrowType": str(self.type),
            "constraints": constraints or None,
        }
        return {key: value for key, value in entry.items() if value is not None}


@dataclass(frozen=True)
class ForeignKey:
    """Every value of `column` (every element, if it is a list) stands in `table`.`target`."""

    column: str
    table: str
    target: str


@dataclass(frozen=True)
class TableSchema:
    """One table of the dataset.

    `replace_key` is the unit of change: a commit replaces all rows of one value at once. `grouped` tables
    keep the rows of one fiscal year and one province (of the row, or else of its document) in files of their
    own, so that a change in one county rewrites little. `near` is a column whose values lie together in a
    file: who asks by it reads few row groups of each.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    description: str
    columns: Annotated[tuple[Column, ...], BeforeValidator(_flat)]
    primary_key: tuple[str, ...]
    replace_key: str
    foreign_keys: tuple[ForeignKey, ...] = ()
    grouped: bool = False
    near: str | None = None

    @cached_property
    def messages(self) -> tuple[Column, ...]:
        """The columns that hold messages."""
        return tuple(column for column in self.columns if column.message)

    @property
    def has_place(self) -> bool:
        """Whether the rows themselves say which year and province they belong to."""
        return {"fiscal_year", "region_code"} <= {column.name for column in self.columns}

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema, with the table's name and description as metadata."""
        metadata = {"gongkai.table": self.name, "description": self.description}
        return pa.schema([column.arrow_field() for column in self.columns], metadata=metadata)

    @cached_property
    def _entries(self) -> dict[str, dict[str, object]]:
        return {column.name: column.dictionary_entry() for column in self.columns}

    def dictionary(self, names: Sequence[str], *, full: bool = True) -> dict[str, object]:
        """The Frictionless Table Schema of a file with these columns: the field dictionary, or if not `full`
        names and types only. `foreignKeys` is left out: a reference names *one* resource there, and a table
        of ours may be many files."""
        fields = [self._entries.get(name, {"name": name, "type": "any"}) for name in names]
        if full:
            return {"fields": fields, "primaryKey": list(self.primary_key)}
        return {"fields": [{"name": field["name"], "type": field["type"]} for field in fields]}


def table_schema_type(arrow_type: pa.DataType) -> str:
    """The Table Schema type that holds every value of an Arrow type."""
    tests = (
        (pa.types.is_string, "string"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_floating, "number"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_date, "date"),
        (pa.types.is_list, "array"),
    )
    for holds, name in tests:
        if holds(arrow_type):
            return name
    raise ValueError(f"no Table Schema type for {arrow_type}")


def rows_to_table(schema: TableSchema, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows as an Arrow table of exactly the declared schema; a key that is absent is null.

    Raises SchemaError on an unknown key, a value of the wrong type, a null where none is allowed, or a value
    outside the allowed ones.
    """
    records = list(rows)
    unknown = set().union(*records) - {column.name for column in schema.columns}
    if unknown:
        raise SchemaError(f"table {schema.name} has no column {', '.join(sorted(map(str, unknown)))}")
    return arrays_to_table(
        schema, ([record.get(column.name) for record in records] for column in schema.columns)
    )


def arrays_to_table(schema: TableSchema, columns: Iterable[Sequence[object]]) -> pa.Table:
    """The values of each column, in their order, as an Arrow table; raises SchemaError as `rows_to_table`."""
    arrays = []
    for column, values in zip(schema.columns, columns, strict=True):
        try:
            _require_plain(column.type, values)
            arrays.append(pa.array(values, column.type))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise SchemaError(f"{schema.name}.{column.name}: {error}") from error
    table = pa.Table.from_arrays(arrays, schema=schema.arrow)
    require_fit(schema, table)
    return table


def _require_plain(arrow_type: pa.DataType, values: Iterable[object]) -> None:
    """Refuse what Arrow would take and turn into something else."""
    if pa.types.is_list(arrow_type) and any(isinstance(value, str) for value in values):
        raise TypeError("a list is needed, and a text is not the list of its letters")
    if pa.types.is_timestamp(arrow_type):
        for value in values:
            if isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError(f"{value} has no time zone")


def require_fit(schema: TableSchema, table: pa.Table) -> None:
    """Raise SchemaError unless `table` has the declared columns, no null where none may be, and only allowed
    values."""
    if not table.schema.equals(schema.arrow):
        raise SchemaError(f"table {schema.name}: expected {schema.arrow.names}, got {table.schema}")
    for column in schema.columns:
        values = table.column(column.name)
        if not column.nullable and values.null_count:
            raise SchemaError(f"{schema.name}.{column.name} must have a value in every row")
        if column.values:
            strange = set(values.unique().to_pylist()) - {None, *column.values}
            if strange:
                raise SchemaError(f"{schema.name}.{column.name} does not allow {sorted(strange)}")

"""Parquet files of one table: written by content, read back in today's columns.

Invariant: a file's name is the SHA-256 of its bytes and its bytes follow from its rows, so writing the same
rows again writes nothing; and no row is carried into another file unless its file still has that hash. A
file lies in a folder named after a year (`YEAR_FOLDER`) only if that is the year of each of its rows: engines
take the year from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive import IntegrityError, StoreUnusable
from archive.dataset.bloom import bloom_of
from archive.dataset.manifest import ROOT, DataFile, key_bound
from archive.dataset.schema.declaration import TableSchema
from archive.stores import Store

NO_GROUP = "0000/00"
"""Where rows lie that have no year and province."""

MIXED = "mixed"
"""Where rows of many groups lie together, sorted by group (see `archive.dataset.compaction`)."""

YEAR, FOLDER_YEAR = "fiscal_year", "of_year"
YEAR_FOLDER = f"{FOLDER_YEAR}="
"""Begins the name of a folder of files of one year, in the way of Hive: a question about a year leaves the
others closed. It is not the column's name: pandas would see two types of one column."""

MOST_ARROW_BYTES = 128 << 20
"""Rows in memory that make one file; bounds what rewriting a file costs."""

ROW_GROUP = 1 << 17
LOOKUP_ROW_GROUP = 1 << 12
LOOKED_UP = frozenset(
    {"runs", "captures", "gaps", "disclosures", "documents", "versions", "changes", "bodies", "deadlines"}
)
"""Tables of which an ingest asks for single rows: a row group is what has to be read for one."""

FILTERED = ("document_id", "body_name")
"""Columns of grouped tables by which single values are asked for: the manifest says which a file may hold."""

SAMPLE = 4096
"""Rows that show whether the values of a column repeat."""


def write_rows(
    store: Store,
    schema: TableSchema,
    shelf: str,
    rows: pa.Table,
    groups: pa.Array | None = None,
    *,
    root: str = f"{ROOT}tables/",
    whole: bool = False,
) -> list[DataFile]:
    """Write rows, sorted by what the schema keeps near and by replace key, as one file or several large ones
    (as one, if `whole`); first by group, where the rows are of several (`groups`, one for each row)."""
    columns = {"key": rows.column(schema.replace_key)}
    if schema.near:
        columns = {"near": rows.column(schema.near)} | columns
    if groups is not None:
        columns = {"group": groups} | columns
    order = pc.sort_indices(pa.table(columns), sort_keys=[(name, "ascending") for name in columns])
    rows = rows.take(order)
    parts = [rows] if whole else _parts(rows)
    return [_write_file(store, schema, f"{root}{schema.name}/", shelf, part) for part in parts]


def read_rows(store: Store, schema: TableSchema, file: DataFile) -> pa.Table:
    """All rows of a file, in today's columns; raises IntegrityError if its bytes are not what they were."""
    data = store.read(file.key)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise IntegrityError(f"{file.key} does not have the SHA-256 its snapshot gives")
    return conform(schema, pq.ParquetFile(pa.BufferReader(data)).read())


def read_keys(store: Store, schema: TableSchema, file: DataFile) -> pa.Array:
    """The distinct replace keys of a file, by reading one column of it (about 2 ms locally)."""
    with reporting(f"{store.uri}/{file.key}"):
        with pq.ParquetFile(file.key, filesystem=store.open_arrow_filesystem()) as source:
            rows = source.read(columns=[schema.replace_key], use_threads=False)
        return pc.unique(rows.column(0))


def read_columns(store: Store, schema: TableSchema, names: Sequence[str], file: DataFile) -> pa.Table:
    """Some columns of a file, in today's types, its hash unchecked."""
    have = [name for name in names if name in file.columns]
    with reporting(f"{store.uri}/{file.key}"):
        with pq.ParquetFile(file.key, filesystem=store.open_arrow_filesystem()) as source:
            rows = source.read(columns=have, use_threads=False)
        return conform(schema, rows, names)


@contextmanager
def reporting(what: str) -> Iterator[None]:
    """Turn Arrow's errors in reading `what` a snapshot lists into ours."""
    try:
        yield
    except (pa.ArrowInvalid, FileNotFoundError) as error:
        raise IntegrityError(f"{what}: {error}") from error
    except OSError as error:
        raise StoreUnusable(f"cannot read {what}: {error}") from error


def conform(schema: TableSchema, rows: pa.Table, names: Sequence[str] | None = None) -> pa.Table:
    """Rows of an older version of the schema in today's columns, or in those named; a column they did not
    have is null."""
    have = set(rows.column_names)
    fields = [schema.arrow.field(name) for name in names or schema.arrow.names]
    columns = [
        rows.column(field.name).cast(field.type) if field.name in have else pa.nulls(len(rows), field.type)
        for field in fields
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, schema.arrow.metadata))


def _parts(rows: pa.Table) -> Iterator[pa.Table]:
    count = max(1, -(-rows.nbytes // MOST_ARROW_BYTES))
    size = -(-len(rows) // count)
    for start in range(0, len(rows), size or 1):
        yield rows.slice(start, size)


def _write_file(store: Store, schema: TableSchema, folder: str, shelf: str, rows: pa.Table) -> DataFile:
    buffer = pa.BufferOutputStream()
    row_group = LOOKUP_ROW_GROUP if schema.name in LOOKED_UP else ROW_GROUP
    pq.write_table(
        rows, buffer, compression="zstd", row_group_size=row_group, use_dictionary=_repetitive(rows)
    )
    data = buffer.getvalue().to_pybytes()
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"{folder}{_place(rows, shelf)}/{sha256}.parquet"
    store.write(key, data)
    keys = pc.min_max(rows.column(schema.replace_key)).as_py()
    bounds = key_bound(keys["min"]), key_bound(keys["max"])
    columns = tuple(rows.column_names)
    return DataFile(key, len(data), sha256, len(rows), shelf, *bounds, columns, blooms_of(schema, rows))


def blooms_of(schema: TableSchema, rows: pa.Table) -> tuple[tuple[str, str], ...]:
    """What the manifest says of the values in a file of these rows."""
    names = [name for name in FILTERED if schema.grouped and name in rows.column_names]
    return tuple((name, bloom) for name in names if (bloom := bloom_of(rows.column(name))) is not None)


def _place(rows: pa.Table, shelf: str) -> str:
    """The folder of a file: its shelf, below the year that all its rows have, if they have one."""
    if YEAR not in rows.column_names or rows.column(YEAR).null_count:
        return shelf
    years = pc.min_max(rows.column(YEAR)).as_py()
    year = f"{years['min']}"
    return f"{YEAR_FOLDER}{year}/{shelf.removeprefix(f'{year}/')}" if years["min"] == years["max"] else shelf


def _repetitive(rows: pa.Table) -> list[str]:
    """Columns whose values mostly repeat, by their Parquet paths. A dictionary of values that do not, as ids
    and amounts, makes a file of facts a fifth larger."""
    paths = []
    for field, column in zip(rows.schema, rows.slice(0, SAMPLE).columns, strict=True):
        path, values = field.name, column.combine_chunks()
        while pa.types.is_list(values.type):
            path, values = f"{path}.list.element", pc.list_flatten(values)
        if 2 * pc.count_distinct(values).as_py() <= len(values):
            paths.append(path)
    return paths

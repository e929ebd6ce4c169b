"""Files of an index: derived from the rows and journals of a snapshot, sorted, immutable, few.

Invariant: the files of an index hold all its entries, each in the order of the columns. A commit adds one
file with the entries of what it brings, and merges files when several of about one size have come together.
Files of hashes that are too large for that become, `PARTS` together, as many that each have a part of all
hashes: one hash is looked for in one of them. The manifest lists the files beside those of the tables; a
snapshot without them is read whole, and the next commit makes them.

That of the journals says what they say of each site, so that a crawl of a few sites opens no journal of a run
of all: it has a line for every site that a run was to visit, and for every announcement that the run found.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive import IntegrityError, ObjectNotFound
from archive.dataset.compaction import MERGED_AT_LEAST, companions
from archive.dataset.datafiles import read_columns, reporting
from archive.dataset.manifest import INDEX, DataFile, Snapshot
from archive.dataset.schema import TABLES
from archive.stores import Store
from archive.stores.base import KEY
from archive.warc.captures import RUN, Article, VisitedSite, article_from_json, journal_key
from archive.warc.journal import article_lines, read_run


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """What an index is made of: `entries` of rows of a table, of which it `takes` some columns of so many
    rows `at_once`. `repeated` are columns whose values repeat; merged files have no more bytes than
    `merge_bytes`, larger ones stay. Columns are only ever added: entries of older files lack them."""

    name: str
    table: str
    takes: tuple[str, ...]
    entries: Callable[[Store, pa.Table], pa.Table]
    at_once: int
    columns: pa.Schema
    repeated: tuple[str, ...]
    row_group: int
    merge_bytes: int
    hashed: bool = False
    """Whether entries are sorted by 63 bits of a hash: the bounds of a file are the first digits of these."""

    def conformed(self, entries: pa.Table) -> pa.Table:
        """Entries of a file in today's columns."""
        for column in self.columns:
            if column.name not in entries.column_names:
                entries = entries.append_column(column, pa.nulls(len(entries), column.type))
        return entries

    def sorted(self, entries: pa.Table) -> pa.Table:
        """Entries in the order in which they lie in a file."""
        return entries.take(pc.sort_indices(entries, [(name, "ascending") for name in self.columns.names]))


def indexed(
    store: Store,
    schema: IndexSchema,
    before: tuple[DataFile, ...] | None,
    files: Sequence[DataFile],
    new: pa.Table | None,
) -> tuple[DataFile, ...]:
    """The index of a snapshot with these files of its table, of which `new` rows are not in the index of
    before."""
    if before is None:
        return built(store, schema, files)
    return before if new is None else _added(store, schema, before, schema.entries(store, new))


def built(store: Store, schema: IndexSchema, files: Sequence[DataFile]) -> tuple[DataFile, ...]:
    """The index of all rows in these files."""
    found: tuple[DataFile, ...] = ()
    for entries in entries_in(store, schema, files):
        found = _added(store, schema, found, entries)
    return found


def entries_in(store: Store, schema: IndexSchema, files: Sequence[DataFile]) -> Iterator[pa.Table]:
    """The entries of all rows in these files, those of some rows at a time."""
    for file in files:
        rows = read_columns(store, TABLES[schema.table], schema.takes, file)
        for start in range(0, len(rows), schema.at_once):
            yield schema.entries(store, rows.slice(start, schema.at_once))


def _added(
    store: Store, schema: IndexSchema, files: tuple[DataFile, ...], entries: pa.Table
) -> tuple[DataFile, ...]:
    """The files of an index with one more, merged with those of its size."""
    if not len(entries):
        return files
    others = [file for file in files if not _has_a_part(schema, file)]
    taken = companions(others, len(entries), most=schema.merge_bytes)
    if taken:
        entries = pa.concat_tables([entries, *(read_index(store, schema, file) for file in taken)])
    found = {*files, _write(store, schema, schema.sorted(entries))}.difference(taken)
    full = [file for file in found if _is_full(schema, file) and not _has_a_part(schema, file)]
    if schema.hashed and len(full) >= PARTS:
        # No more are in memory, however many there are.
        full = sorted(full, key=lambda file: file.key)[:PARTS]
        found = {*found.difference(full), *_parted(store, schema, full)}
    return tuple(sorted(found, key=lambda file: file.key))


PARTS = 8
"""Parts of all hashes: by the first of the sixteen digits of one, 0 to 7."""


def _is_full(schema: IndexSchema, file: DataFile) -> bool:
    """Whether so many of its size are too large to be merged."""
    return MERGED_AT_LEAST * file.bytes > schema.merge_bytes


def _has_a_part(schema: IndexSchema, file: DataFile) -> bool:
    """Whether a file was full files: a smaller one of few entries may have their part by chance."""
    large = 2 * MERGED_AT_LEAST * file.bytes > schema.merge_bytes
    return schema.hashed and large and file.first_key[0] == file.last_key[0]


def _parted(store: Store, schema: IndexSchema, files: Sequence[DataFile]) -> Iterator[DataFile]:
    """Files with the entries of others, each with those of a part of all hashes."""
    sources = [_opened(store, file) for file in files]
    for part in range(PARTS):
        first, last = part << 60, ((part + 1) << 60) - 1
        found = [schema.conformed(_from_to(one, first, last)) for one in sources]
        if len(entries := pa.concat_tables(found)):
            yield _write(store, schema, schema.sorted(entries))


def _from_to(source: pq.ParquetFile, first: int, last: int) -> pa.Table:
    """The entries of a file whose hashes lie between two, which lie together."""
    bounds = hash_bounds(source.metadata)
    groups = np.flatnonzero((bounds[:, 1] >= first) & (bounds[:, 0] <= last))
    rows = source.read_row_groups(groups.tolist(), use_threads=False)
    hashes = rows.column("hash").to_numpy()
    begin, end = np.searchsorted(hashes, first), np.searchsorted(hashes, last, "right")
    return rows.slice(begin, end - begin)


def hash_bounds(footer: pq.FileMetaData) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """The lowest and the highest hash of each row group."""
    found = (footer.row_group(one).column(0).statistics for one in range(footer.num_row_groups))
    return np.array([(one.min, one.max) for one in found], np.int64).reshape(-1, 2)


def read_index(store: Store, schema: IndexSchema, file: DataFile) -> pa.Table:
    """All entries of a file; raises IntegrityError if its bytes are not what they were."""
    return schema.conformed(_opened(store, file).read())


def _opened(store: Store, file: DataFile) -> pq.ParquetFile:
    data = store.read(file.key)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise IntegrityError(f"{file.key} does not have the SHA-256 its snapshot gives")
    return pq.ParquetFile(pa.BufferReader(data))


def remove_damaged(store: Store, schema: IndexSchema, files: Iterable[DataFile]) -> None:
    """Delete the files whose bytes are not what they were, so that they can be written anew."""
    for file in files:
        try:
            read_index(store, schema, file)
        except IntegrityError:
            store.delete(file.key)
        except ObjectNotFound:
            continue


def _write(store: Store, schema: IndexSchema, entries: pa.Table) -> DataFile:
    buffer = pa.BufferOutputStream()
    repeated = [name for name in schema.repeated if name in entries.column_names]
    pq.write_table(
        entries, buffer, compression="zstd", row_group_size=schema.row_group, use_dictionary=repeated
    )
    data = buffer.getvalue().to_pybytes()
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"{INDEX}{schema.name}/{sha256}.parquet"
    store.write(key, data)
    first, last = (_bound(entries.column(0)[place].as_py()) for place in (0, -1))
    return DataFile(key, len(data), sha256, len(entries), "index", first, last, tuple(entries.column_names))


def _bound(value: int | str) -> str:
    return (value if isinstance(value, str) else f"{value:016x}")[:12]


_COLUMNS = pa.schema(
    [("site", pa.string()), ("run", pa.string()), ("number", pa.int32()), ("line", pa.string())]
)


@dataclass(slots=True)
class Said:
    """What one run says of some sites."""

    visits: list[VisitedSite] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)


def lines_of(store: Store, runs: pa.Table) -> pa.Table:
    """The entries of rows of runs, sorted; none of a run whose journals are not there."""
    keys = {run_id: journal_key(run_id, RUN) for run_id in runs.column("run_id").to_pylist()}
    there = (run_id for run_id, key in keys.items() if KEY.fullmatch(key) and store.exists(key))
    rows = [entry for run_id in there for entry in _entries(store, run_id)]
    columns = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    arrays = [pa.array(one, kind.type) for one, kind in zip(columns, _COLUMNS, strict=True)]
    return JOURNALS.sorted(pa.table(arrays, schema=_COLUMNS))


JOURNALS = IndexSchema(
    "journals",
    table="runs",
    takes=("run_id",),
    entries=lines_of,
    at_once=1,
    columns=_COLUMNS,
    repeated=("site", "run"),
    row_group=1 << 11,
    merge_bytes=8 << 20,
)
"""`site` is "" where there is none; `number` is that of an announcement in its run, from 1 on, and 0 of the
visit; `line` is JSON."""


def said_of(
    store: Store, snapshot: Snapshot, sites: Collection[str], run_ids: Collection[str]
) -> dict[str, Said]:
    """What runs say of sites ("": of none), by run_id."""
    files = [file.key for file in snapshot.journals or ()]
    found: defaultdict[str, Said] = defaultdict(Said)
    if not files:
        return found
    with reporting(f"the index of journals in {store.uri}"):
        rows = pq.read_table(
            files,
            schema=_COLUMNS,
            filesystem=store.open_arrow_filesystem(),
            filters=pc.field("site").isin([*sites]) & pc.field("run").isin([*run_ids]),
            use_threads=False,
        )
    places: set[tuple[str, int, str]] = set()
    for row in rows.sort_by([("run", "ascending"), ("number", "ascending")]).to_pylist():
        place = row["run"], row["number"], row["site"]
        if place in places:
            continue  # a run that was added again
        places.add(place)
        if row["number"]:
            found[row["run"]].articles.append(article_from_json(row["line"]))
        else:
            found[row["run"]].visits.append(VisitedSite(**json.loads(row["line"])))
    return found


def _entries(store: Store, run_id: str) -> Iterator[tuple[str, str, int, str]]:
    for visit in read_run(store, run_id).sites:
        yield visit.site_id, run_id, 0, json.dumps(asdict(visit), ensure_ascii=False)
    for number, line in enumerate(article_lines(store, run_id), 1):
        yield json.loads(line)["site_id"] or "", run_id, number, line

"""Where the captures are that have an address, a payload, a referrer or a host.

Invariant: every capture of a snapshot has its entries in the index of the snapshot. An entry may lead to a
capture that is not there any more, or has another value of the same hash: what it leads to is compared.

The index is made of sorted, immutable files that the manifest lists beside those of the tables. A commit adds
one file with the entries of its captures, and merges files when several of about one size have come together:
as many files as the logarithm of all captures, and of each only the row groups that may hold what is asked
for are read. It is derived: a snapshot without it is read whole, and the next commit makes it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import Literal
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.dataset.compaction import companions
from archive.dataset.datafiles import read_columns, reporting
from archive.dataset.manifest import INDEX, DataFile, Snapshot
from archive.dataset.schema import TABLES
from archive.errors import IntegrityError, ObjectNotFound
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome

Kind = Literal["url", "referrer", "sha256", "digest", "host", "nameless", "troubled"]
"""What captures are asked for by. A digest has entries only where it is not the SHA-256 of the payload;
`nameless` are hosts that had no address, `troubled` addresses that gave another answer than a good one."""

SCHEMA = pa.schema([("hash", pa.int64()), ("run", pa.string()), ("number", pa.int32())])
"""The hash of kind and value; run and number of the capture. Rows are sorted by hash."""

COLUMNS = ("capture_id", "url", "referrer", "sha256", "digest", "outcome")
"""What entries are made of."""

ROW_GROUP = 1 << 14
MERGE_BYTES = 24 << 20
"""Merged files have no more bytes than this, some two million entries; larger ones stay."""
MADE_AT_ONCE = 1 << 16
"""Captures whose entries are held in memory at once."""
NO_NUMBER = -1
"""Of a capture whose id has none: `run` is the whole id."""

_NUMBERED = r"^(?P<run>.+)-(?P<number>[0-9]{6}|[1-9][0-9]{6,8})$"
_PLAIN = re.compile(r"https?://([a-z0-9.:-]+)(?:[/?#]|$)")  # the address of most pages

Hashes = np.ndarray[tuple[int], np.dtype[np.int64]]


def host_of(url: str) -> str:
    """The host of an address, with its port."""
    plain = _PLAIN.match(url)
    return plain[1] if plain else urlsplit(url).netloc


def indexed(
    store: Store, base: Snapshot | None, captures: Sequence[DataFile], new: pa.Table | None
) -> tuple[DataFile, ...]:
    """The index of a snapshot with these files of captures, of which `new` rows are not in the index of its
    base."""
    if base is None or base.index is None:
        return built(store, captures)
    return base.index if new is None else _added(store, base.index, entries_of(new))


def built(store: Store, captures: Sequence[DataFile]) -> tuple[DataFile, ...]:
    """The index of all rows in these files of captures."""
    files: tuple[DataFile, ...] = ()
    for file in captures:
        rows = read_columns(store, TABLES["captures"], COLUMNS, file)
        for start in range(0, len(rows), MADE_AT_ONCE):
            files = _added(store, files, entries_of(rows.slice(start, MADE_AT_ONCE)))
    return files


def entries_of(rows: pa.Table) -> pa.Table:
    """The entries of rows of captures, sorted."""
    ids, url, referrer, sha256, digest, outcome = (rows.column(name).combine_chunks() for name in COLUMNS)
    host = pa.array(map(host_of, url.to_pylist()), pa.string())
    # The digest is of the bytes as sent: it differs only where they were compressed.
    sent = pc.if_else(pc.not_equal(digest, pc.fill_null(sha256, "")), _not_blank(digest), None)
    bad = pc.invert(pc.is_in(pc.fill_null(outcome, ""), pa.array(["", *GOOD])))
    asked_by: dict[Kind, pa.Array] = {
        "url": url,
        "host": host,
        "referrer": _not_blank(referrer),
        "sha256": _not_blank(sha256),
        "digest": sent,
        "troubled": pc.if_else(bad, url, None),
        "nameless": pc.if_else(pc.equal(outcome, CaptureOutcome.DNS), host, None),
    }
    places, hashes = map(np.concatenate, zip(*starmap(_hashes, asked_by.items()), strict=True))
    parts = pc.extract_regex(ids, _NUMBERED)
    run, number = (pc.struct_field(parts, name) for name in ("run", "number"))
    runs, numbers = pc.coalesce(run, ids), pc.fill_null(number.cast(pa.int32()), NO_NUMBER)
    entries = pa.table([pa.array(hashes), runs.take(places), numbers.take(places)], schema=SCHEMA)
    return entries.sort_by([(name, "ascending") for name in SCHEMA.names])


def _not_blank(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.not_equal(values, ""), values, None)


def _hashes(kind: Kind, values: pa.Array) -> tuple[Hashes, Hashes]:
    """Of what captures are asked for by: the places where there is anything, and its hashes."""
    encoded = values.dictionary_encode()
    known = np.array([hash_of(kind, value) for value in encoded.dictionary.to_pylist()], np.int64)
    filled = values.is_valid().to_numpy(zero_copy_only=False)
    return np.flatnonzero(filled), known[encoded.indices.fill_null(0).to_numpy()[filled]]


class CaptureIndex:
    """The index of one snapshot. Without one, the captures are gone through once."""

    def __init__(self, store: Store, snapshot: Snapshot | None) -> None:
        self._store = store
        self._files = snapshot.index if snapshot else ()
        self._footers: dict[str, pq.FileMetaData] = {}
        self._made: list[pa.Table] = []
        if snapshot and self._files is None:
            for file in snapshot.files("captures"):
                self._made.append(entries_of(read_columns(store, TABLES["captures"], COLUMNS, file)))

    def find(self, kind: Kind, values: Iterable[str]) -> set[str]:
        """The ids of all captures that have one of these values, and perhaps of others."""
        wanted = np.array(sorted({hash_of(kind, value) for value in values}), np.int64)
        if not len(wanted):
            return set()
        found = [_with(rows, wanted) for rows in self._made]
        found += [_with(rows, wanted) for file in self._files or () for rows in self._read(file, wanted)]
        return {
            run if number == NO_NUMBER else f"{run}-{number:06d}"
            for rows in found
            for run, number in zip(
                rows.column("run").to_pylist(), rows.column("number").to_pylist(), strict=True
            )
        }

    def _read(self, file: DataFile, wanted: Hashes) -> Iterator[pa.Table]:
        """The row groups of a file that may hold a hash."""
        with reporting(f"{self._store.uri}/{file.key}"):
            filesystem, known = self._store.open_arrow_filesystem(), self._footers.get(file.key)
            with pq.ParquetFile(file.key, filesystem=filesystem, metadata=known) as source:
                footer = self._footers.setdefault(file.key, source.metadata)
                bounds = (footer.row_group(one).column(0).statistics for one in range(footer.num_row_groups))
                ends = np.array([(one.min, one.max) for one in bounds], np.int64).reshape(-1, 2)
                first, last = (
                    np.searchsorted(wanted, ends[:, 0]),
                    np.searchsorted(wanted, ends[:, 1], "right"),
                )
                if len(groups := np.flatnonzero(first < last)):
                    yield source.read_row_groups(groups.tolist(), use_threads=False)


def hash_of(kind: Kind, value: str) -> int:
    """63 bits of a hash, as entries have them."""
    digest = hashlib.blake2b(f"{kind} {value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def read_index(store: Store, file: DataFile) -> pa.Table:
    """All entries of a file; raises IntegrityError if its bytes are not what they were."""
    data = store.read(file.key)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise IntegrityError(f"{file.key} does not have the SHA-256 its snapshot gives")
    return pq.ParquetFile(pa.BufferReader(data)).read()


def remove_damaged(store: Store, files: Iterable[DataFile]) -> None:
    """Delete the files whose bytes are not what they were, so that they can be written anew."""
    for file in files:
        try:
            read_index(store, file)
        except IntegrityError:
            store.delete(file.key)
        except ObjectNotFound:
            continue


def _added(store: Store, files: tuple[DataFile, ...], entries: pa.Table) -> tuple[DataFile, ...]:
    """The files with one more, merged with those of its size."""
    if not len(entries):
        return files
    taken = companions(files, len(entries), most=MERGE_BYTES)
    if taken:
        entries = pa.concat_tables([entries, *(read_index(store, file) for file in taken)])
        entries = entries.take(pc.sort_indices(entries, [(name, "ascending") for name in SCHEMA.names]))
    rest = (file for file in files if file not in taken)
    return tuple(sorted((*rest, _write(store, entries)), key=lambda file: file.key))


def _write(store: Store, entries: pa.Table) -> DataFile:
    buffer = pa.BufferOutputStream()
    pq.write_table(entries, buffer, compression="zstd", row_group_size=ROW_GROUP, use_dictionary=["run"])
    data = buffer.getvalue().to_pybytes()
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"{INDEX}captures/{sha256}.parquet"
    store.write(key, data)
    first, last = (f"{entries.column('hash')[place].as_py():016x}"[:12] for place in (0, -1))
    return DataFile(key, len(data), sha256, len(entries), "index", first, last, tuple(SCHEMA.names))


def _with(rows: pa.Table, wanted: Hashes) -> pa.Table:
    """The entries that have one of these hashes."""
    hashes = rows.column("hash").to_numpy()
    places = np.searchsorted(wanted, hashes)
    fits = wanted[np.minimum(places, len(wanted) - 1)] == hashes
    return rows.filter(pa.array(fits))

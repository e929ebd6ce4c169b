"""Where the captures are that have an address, a payload, a referrer or a host.

Invariant: every capture of a snapshot has its entries in the index of the snapshot. An entry may lead to a
capture that is not there any more, or has another value of the same hash: what it leads to is compared.
Of the files (`archive.dataset.index_files`) only the row groups that may hold what is asked for are read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import starmap
from typing import Literal
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from archive.dataset.datafiles import reporting
from archive.dataset.index_files import IndexSchema, entries_in, hash_bounds
from archive.dataset.manifest import DataFile, Snapshot
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome

Kind = Literal["url", "referrer", "sha256", "digest", "host", "nameless", "troubled"]
"""What captures are asked for by. A digest has entries only where it is not the SHA-256 of the payload;
`nameless` are hosts that had no address, `troubled` addresses that gave another answer than a good one."""

COLUMNS = ("capture_id", "url", "referrer", "sha256", "digest", "outcome", "site_id")
"""What entries are made of."""

NO_NUMBER = -1
"""Of a capture whose id has none: `run` is the whole id."""

_NUMBERED = r"^(?P<run>.+)-(?P<number>[0-9]{6}|[1-9][0-9]{6,8})$"
_PLAIN = re.compile(r"https?://([a-z0-9.:-]+)(?:[/?#]|$)")  # the address of most pages

Hashes = np.ndarray[tuple[int], np.dtype[np.int64]]
Bounds = np.ndarray[tuple[int, int], np.dtype[np.int64]]


def host_of(url: str) -> str:
    """The host of an address, with its port."""
    plain = _PLAIN.match(url)
    return plain[1] if plain else urlsplit(url).netloc


def entries_of(store: Store, rows: pa.Table) -> pa.Table:
    """The entries of rows of captures, sorted."""
    ids, url, referrer, sha256, digest, outcome, site = (
        rows.column(name).combine_chunks() for name in COLUMNS
    )
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
    about = (runs, numbers, pc.fill_null(site, ""))
    return CAPTURES.sorted(
        pa.table([pa.array(hashes), *(one.take(places) for one in about)], schema=CAPTURES.columns)
    )


def _not_blank(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.not_equal(values, ""), values, None)


def _hashes(kind: Kind, values: pa.Array) -> tuple[Hashes, Hashes]:
    """Of what captures are asked for by: the places where there is anything, and its hashes."""
    encoded = values.dictionary_encode()
    known = np.array([hash_of(kind, value) for value in encoded.dictionary.to_pylist()], np.int64)
    filled = values.is_valid().to_numpy(zero_copy_only=False)
    return np.flatnonzero(filled), known[encoded.indices.fill_null(0).to_numpy()[filled]]


CAPTURES = IndexSchema(
    "captures",
    table="captures",
    takes=COLUMNS,
    entries=entries_of,
    at_once=1 << 16,
    columns=pa.schema(
        [("hash", pa.int64()), ("run", pa.string()), ("number", pa.int32()), ("site", pa.string())]
    ),
    repeated=("run", "site"),
    row_group=1 << 14,
    merge_bytes=24 << 20,  # some two million entries
    hashed=True,
)
"""The hash of kind and value; run, number and site of the capture, by which captures lie together: "" of one
without, null in files of older versions."""


class CaptureIndex:
    """The index of one snapshot. Without one, the captures are gone through once."""

    def __init__(self, store: Store, snapshot: Snapshot | None) -> None:
        self._store = store
        self._files = snapshot.index if snapshot else ()
        self._footers: dict[str, tuple[pq.FileMetaData, Bounds]] = {}
        self._made: list[pa.Table] = []
        if snapshot and self._files is None:
            self._made = [*entries_in(store, CAPTURES, snapshot.files("captures"))]

    def find(self, kind: Kind, values: Iterable[str]) -> dict[str, str | None]:
        """The ids of all captures that have one of these values, and perhaps of others, each with its site
        (see CAPTURES)."""
        return {
            run if number == NO_NUMBER else f"{run}-{number:06d}": site
            for rows in self._found(kind, values)
            for run, number, site in zip(
                *(rows.column(name).to_pylist() for name in ("run", "number", "site")), strict=True
            )
        }

    def sites(self, kind: Kind, values: Iterable[str]) -> set[str | None]:
        """The sites of these captures (see CAPTURES)."""
        return {
            site for rows in self._found(kind, values) for site in pc.unique(rows.column("site")).to_pylist()
        }

    def _found(self, kind: Kind, values: Iterable[str]) -> Iterator[pa.Table]:
        wanted = np.array(sorted({hash_of(kind, value) for value in values}), np.int64)
        if len(wanted):
            for rows in self._made:
                yield rows.filter(pa.array(_among(rows.column("hash").to_numpy(), wanted)))
            for file in self._files or ():
                if len(_reached(wanted, _bounds(file))):
                    yield from self._read(file, wanted)

    def _read(self, file: DataFile, wanted: Hashes) -> Iterator[pa.Table]:
        """The entries of a file that have one of these hashes. Most files have none: of a row group that may
        hold one, the hashes are read first."""
        with reporting(f"{self._store.uri}/{file.key}"):
            filesystem, (footer, bounds) = self._store.open_arrow_filesystem(), self._known(file)
            groups = _reached(wanted, bounds).tolist()
            if not groups:
                return
            with pq.ParquetFile(file.key, filesystem=filesystem, metadata=footer) as source:
                hashes = source.read_row_groups(groups, columns=["hash"], use_threads=False).column(0)
                if (fits := _among(hashes.to_numpy(), wanted)).any():
                    rows = source.read_row_groups(groups, use_threads=False)
                    yield CAPTURES.conformed(rows.filter(pa.array(fits)))

    def _known(self, file: DataFile) -> tuple[pq.FileMetaData, Bounds]:
        """The footer of a file, and the lowest and the highest hash of each of its row groups."""
        if file.key not in self._footers:
            footer = pq.read_metadata(file.key, filesystem=self._store.open_arrow_filesystem())
            self._footers[file.key] = footer, hash_bounds(footer)
        return self._footers[file.key]


def _bounds(file: DataFile) -> Bounds:
    """The lowest and the highest hash of a file, as far as the manifest gives their digits."""
    first, last = (int(f"{key:{fill}<16}", 16) for key, fill in ((file.first_key, 0), (file.last_key, "f")))
    return np.array([(first, last)], np.int64)


def _reached(wanted: Hashes, bounds: Bounds) -> NDArray[np.intp]:
    """Which of these stretches of hashes one of the wanted lies in."""
    return np.flatnonzero(
        np.searchsorted(wanted, bounds[:, 0]) < np.searchsorted(wanted, bounds[:, 1], "right")
    )


def _among(hashes: Hashes, wanted: Hashes) -> NDArray[np.bool_]:
    """Which hashes are wanted."""
    places = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
    return np.asarray(wanted[places] == hashes)


def hash_of(kind: Kind, value: str) -> int:
    """63 bits of a hash, as entries have them."""
    digest = hashlib.blake2b(f"{kind} {value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1

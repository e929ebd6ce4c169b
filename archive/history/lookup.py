"""Captures of a snapshot, asked for by address, by payload and by run: only as many become objects as
an answer needs.

Invariant: `archived.Known`, given the captures that `touching` finds for some addresses and payloads, says of
these what it says when it is given all captures there are.

Of all captures a few columns are read, as dictionaries and numbers: some tens of bytes for each. What is
found there is then read whole, file by file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from archive.dataset.datafiles import conform, reporting
from archive.dataset.edits import READERS
from archive.dataset.manifest import DataFile, Snapshot
from archive.dataset.schema import TABLES
from archive.stores import Store
from archive.vocabulary import GOOD, CaptureOutcome
from archive.warc.captures import Capture

WORDS = ("run_id", "url", "referrer", "sha256", "digest", "outcome")
"""The columns that are asked by; most of their values are there many times."""

SCHEMA = TABLES["captures"]


@dataclass(frozen=True, slots=True)
class _Words:
    """The columns WORDS of one file."""

    file: DataFile
    columns: dict[str, pa.ChunkedArray]

    def rows_with(self, column: str, fits: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
        """Whether each row's value fits; a value is looked at once, however many rows have it."""
        chunks = [
            pc.fill_null(pc.take(fits(chunk.dictionary), chunk.indices), False)
            for chunk in self.columns[column].chunks
        ]
        return pa.chunked_array(chunks, pa.bool_())

    def values(self, column: str, rows: pa.ChunkedArray) -> set[str]:
        found = self.columns[column].filter(rows)
        return {one for chunk in found.chunks for one in chunk.unique().to_pylist() if one is not None}


class CaptureLookup:
    """The captures of a snapshot; of none, without a snapshot."""

    def __init__(self, store: Store, snapshot: Snapshot | None) -> None:
        self._store = store
        files = snapshot.files("captures") if snapshot else ()
        with ThreadPoolExecutor(READERS) as pool:
            self._files = list(pool.map(self._words, files))

    def of_runs(self, run_ids: Collection[str]) -> list[Capture]:
        """The captures of some runs, by run and number."""
        return self._read(lambda words: words.rows_with("run_id", _among(run_ids)))

    def with_digests(self, digests: Collection[str]) -> list[Capture]:
        """The captures whose body as received has one of these SHA-256, oldest first."""
        return self._read(lambda words: words.rows_with("digest", _among(digests)))

    def first_runs(self, payloads: Collection[str]) -> dict[str, str]:
        """The first run that archived or confirmed each of these payloads, by SHA-256."""
        first: dict[str, str] = {}
        for words in self._files:
            rows = words.rows_with("sha256", _among(payloads))
            columns = (words.columns[name].filter(rows).to_pylist() for name in ("sha256", "run_id"))
            for sha256, run_id in zip(*columns, strict=True):
                first[sha256] = min(run_id, first.get(sha256, run_id))
        return first

    def troubled(self) -> set[str]:
        """The addresses that ever gave another answer than a good one."""
        good = pa.array(sorted(GOOD), pa.string())
        found: set[str] = set()
        for words in self._files:
            rows = words.rows_with("outcome", lambda values: pc.invert(pc.is_in(values, good)))
            found |= words.values("url", rows)
        return found

    def touching(self, urls: Iterable[str], payloads: Iterable[str]) -> list[Capture]:
        """All captures that bear on what is known of these addresses and payloads, oldest first: also of the
        addresses they redirect to, of the originals of revisits, and of hosts that had no address once."""
        addresses, hashes, hosts = set(urls), set(payloads), frozenset[str]()
        while True:
            before = len(addresses), len(hashes), len(hosts)
            hosts |= self._nameless_hosts() & {urlsplit(url).netloc for url in addresses}
            redirecting: set[str] = set()
            for words in self._files:
                at = words.rows_with("url", _among(addresses))
                moved = words.rows_with("outcome", _among([CaptureOutcome.REDIRECT]))
                redirecting |= words.values("url", pc.and_(at, moved))
                hashes |= words.values("sha256", at)
            for words in self._files:
                addresses |= words.values("url", words.rows_with("referrer", _among(redirecting)))
            if (len(addresses), len(hashes), len(hosts)) == before:
                break
        return self._read(lambda words: _bearing(words, addresses, hashes, hosts))

    def _nameless_hosts(self) -> frozenset[str]:
        dns = _among([CaptureOutcome.DNS])
        return frozenset(
            urlsplit(url).netloc
            for words in self._files
            for url in words.values("url", words.rows_with("outcome", dns))
        )

    def _words(self, file: DataFile) -> _Words:
        have = [name for name in WORDS if name in file.columns]
        with reporting(f"{self._store.uri}/{file.key}"):
            filesystem = self._store.open_arrow_filesystem()
            with pq.ParquetFile(file.key, filesystem=filesystem, read_dictionary=list(have)) as source:
                rows = source.read(columns=have, use_threads=False)
        encoded = {name: _encoded(rows.column(name)) for name in have}
        empty = _encoded(pa.chunked_array([pa.nulls(len(rows), pa.string())]))
        return _Words(file, {name: encoded.get(name, empty) for name in WORDS})

    def _read(self, wanted: Callable[[_Words], pa.ChunkedArray]) -> list[Capture]:
        found = [row for words in self._files for row in self._whole(words.file, wanted(words))]
        return [Capture(**row) for row in sorted(found, key=lambda row: str(row["capture_id"]))]

    def _whole(self, file: DataFile, rows: pa.ChunkedArray) -> Iterator[dict[str, Any]]:
        """The rows of a file that are wanted, with all columns; a file without any is not read."""
        if not pc.any(rows).as_py():
            return
        have = [name for name in SCHEMA.arrow.names if name in file.columns]
        with reporting(f"{self._store.uri}/{file.key}"):
            filesystem = self._store.open_arrow_filesystem()
            with pq.ParquetFile(file.key, filesystem=filesystem) as source:
                start = 0
                for batch in source.iter_batches(columns=have, use_threads=False):
                    mask = rows.slice(start, len(batch))
                    start += len(batch)
                    if pc.any(mask).as_py():
                        part = pa.Table.from_batches([batch]).filter(mask)
                        yield from conform(SCHEMA, part).to_pylist()


def _bearing(
    words: _Words, addresses: Collection[str], hashes: Collection[str], hosts: Collection[str]
) -> pa.ChunkedArray:
    rows = pc.or_(words.rows_with("url", _among(addresses)), words.rows_with("sha256", _among(hashes)))
    if hosts:
        pattern = f"^[a-z]+://({'|'.join(map(re.escape, sorted(hosts)))})([/?#]|$)"
        on_hosts = words.rows_with("url", lambda values: pc.match_substring_regex(values, pattern))
        rows = pc.or_(rows, on_hosts)
    return rows


def _among(values: Iterable[str]) -> Callable[[pa.Array], pa.Array]:
    wanted = pa.array(sorted(set(values)), pa.string())
    return lambda found: pc.is_in(found, wanted)


def _encoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        return column
    return column.cast(pa.string()).dictionary_encode()

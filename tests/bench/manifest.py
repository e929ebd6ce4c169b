"""How many files a country's facts lie in, and what their manifest costs: compaction by its rules alone.

`python -m tests.bench.manifest [--documents 500000] [--facts 1446] [--years 1]`: every day the documents of a
day come, nine in ten of them of the year, the others of the five before, to provinces by chance. Which files
a commit merges, and where it cuts them, is decided by `archive.dataset.compaction` from numbers of rows and
bytes; what a row takes, in memory and as Parquet, is measured on made-up documents. A group with little in
`mixed` files stays there (a commit would move it out once it has weight: a few files more). Prints after each
year the files, the size of the manifest, processor seconds to write and to read it, and to find the files
that a question about a body over all years opens. What else the files cost, as footers and requests, is not
in it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa

from archive.dataset.bloom import bloom_of
from archive.dataset.compaction import companions, shelved
from archive.dataset.datafiles import FILTERED, MIXED, MOST_ARROW_BYTES, write_rows
from archive.dataset.manifest import DataFile, Snapshot, decode, encode
from archive.dataset.query.pruning import pruned
from archive.dataset.schema import TABLES
from archive.stores import open_store
from tests.bench.figures import print_figures
from tests.bench.madeup import FACTS_OF_A_DOCUMENT, PROVINCES, rows_of

DAYS = 365
FIRST_YEAR = 2026
SAMPLE = 500
BODIES = 150_000
"""Bodies of the country: departments and units that publish."""
QUESTION = "SELECT sum(amount_yuan) FROM facts WHERE body_name = 'body 77'"


@dataclass(frozen=True, slots=True)
class Rows:
    """So many rows, as compaction asks of a table."""

    count: int
    nbytes: int

    def __len__(self) -> int:
        return self.count


@dataclass(frozen=True, slots=True)
class Width:
    """What a document has of a table: rows, and bytes of each in memory and in a file."""

    rows: float
    arrow: float
    parquet: float


def widths(facts: int) -> dict[str, Width]:
    """Of documents of so many facts; those made up have fewer, so that their tables count several times."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        store = open_store(scratch)
        for name, rows in rows_of(range(SAMPLE), SAMPLE).items():
            size = sum(file.bytes for file in write_rows(store, TABLES[name], "0000/00", rows))
            times = 1 if name == "documents" else facts / FACTS_OF_A_DOCUMENT
            found[name] = Width(times * len(rows) / SAMPLE, rows.nbytes / len(rows), size / len(rows))
    return found


def brought(day: int, documents: int) -> Counter[str]:
    """How many documents of each group come on a day."""
    chance = np.random.default_rng(day)
    year = FIRST_YEAR + day // DAYS
    back = np.where(chance.random(documents) < 0.9, 0, chance.integers(1, 6, documents))
    places = chance.integers(len(PROVINCES), size=documents)
    return Counter(f"{year - ago}/{PROVINCES[place][:2]}" for ago, place in zip(back, places, strict=True))


class Simulated:
    """The files of each table, by shelf."""

    def __init__(self, of: Mapping[str, Width]) -> None:
        self._widths = of
        self._shelves: dict[str, dict[str, list[DataFile]]] = {name: defaultdict(list) for name in of}
        self._chance = np.random.default_rng(7)

    def commit(self, documents: Mapping[str, int]) -> None:
        """Add the documents of each group."""
        for name, width in self._widths.items():
            shelves = self._shelves[name]
            fresh: dict[str, Any] = {
                group: Rows(round(count * width.rows), round(count * width.rows * width.arrow))
                for group, count in documents.items()
            }
            for shelf, parts in shelved(fresh, self._files(name), set()).items():
                rows = sum(map(len, parts))
                taken = companions(shelves[shelf], rows, mixed=shelf == MIXED)
                rows += sum(file.rows for file in taken)
                kept = [file for file in shelves[shelf] if file not in taken]
                shelves[shelf] = [*kept, *self._written(name, shelf, rows)]

    def snapshot(self, number: int) -> Snapshot:
        """All files of now."""
        tables = {name: tuple(map(self._filtered, self._files(name))) for name in self._widths}
        return Snapshot(number, datetime.now(UTC), number - 1, "bench", "", "bench", tables)

    def _files(self, name: str) -> Iterator[DataFile]:
        return (file for files in self._shelves[name].values() for file in files)

    def _written(self, name: str, shelf: str, rows: int) -> Iterator[DataFile]:
        width, columns = self._widths[name], tuple(TABLES[name].arrow.names)
        count = max(1, -(-round(rows * width.arrow) // MOST_ARROW_BYTES))
        for _ in range(count):
            each = rows // count
            digest = sha256(self._chance.bytes(8)).hexdigest()
            key = f"dataset/tables/{name}/of_year={shelf}/{digest}.parquet"
            size = round(each * width.parquet)
            yield DataFile(key, size, digest, each, shelf, "0" * 12, "f" * 12, columns)

    def _filtered(self, file: DataFile) -> DataFile:
        """With what the manifest says of its values."""
        documents = max(1, round(file.rows / self._widths[file.key.split("/")[2]].rows))
        bodies = [f"body {one}" for one in self._chance.integers(BODIES, size=documents)]
        ids = [str(one) for one in self._chance.integers(1 << 60, size=documents)]
        values = {"document_id": ids, "body_name": bodies}
        made = [
            (name, bloom_of(pa.chunked_array([values[name]]))) for name in FILTERED if name in file.columns
        ]
        return replace(file, blooms=tuple((name, one) for name, one in made if one is not None))


def timed(step: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of a step, and what it gives."""
    start = time.process_time()
    found = step()
    return time.process_time() - start, found


def report(simulated: Simulated, years: int) -> dict[str, Sequence[float]]:
    """Print a line on the manifest as it is now; give its figures."""
    snapshot = simulated.snapshot(years * DAYS)
    writing, data = timed(lambda: encode(snapshot))
    reading, again = timed(lambda: decode(data))
    asking, left = timed(lambda: pruned(again, QUESTION))
    files = {name: len(found) for name, found in snapshot.tables.items()}
    facts, size = files["facts"], sum(one.bytes for found in snapshot.tables.values() for one in found)
    print(
        f"{years:3} years {snapshot.rows('documents'):>10,} documents {snapshot.rows('facts') / 1e6:>6,.0f} "
        f"million facts: {sum(files.values()):,} files ({facts:,} of facts), {size / 1e9:,.0f} GB; manifest "
        f"{len(data) / 1e6:.1f} MB, written in {writing:.2f} s CPU, read in {reading:.2f}; a body opens "
        f"{len(left.files('facts')):,} files of facts, found in {asking:.2f} s",
        flush=True,
    )
    return {
        f"{years} years, {name}": [value]
        for name, value in {
            "files": sum(files.values()), "files of facts": facts, "manifest, MB": len(data) / 1e6,
            "to write it, CPU s": writing, "to read it, CPU s": reading, "to ask of a body, CPU s": asking,
        }.items()
    }  # fmt: skip


def main() -> None:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--documents", type=int, default=500_000, help="of a year")
    ask.add_argument("--facts", type=int, default=1_446, help="of a document")
    ask.add_argument("--years", type=int, default=1)
    given = ask.parse_args()
    simulated = Simulated(widths(given.facts))
    figures: dict[str, Sequence[float]] = {"years": [given.years]}
    for day in range(given.years * DAYS):
        simulated.commit(brought(day, given.documents // DAYS))
        if (day + 1) % DAYS == 0:
            figures |= report(simulated, (day + 1) // DAYS)
    print_figures(figures)


if __name__ == "__main__":
    main()

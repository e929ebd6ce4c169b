"""`make bench-archive`: what a commit costs against a full write, and against Delta Lake on the same rows.

Rows are made up, but shaped like facts: 200 a document, 31 provinces, 12 fiscal years. `deltalake` is no
dependency of the project; where it is not installed, its lines are left out.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from archive.schema import arrow_schema
from archive.snapshots import Change, commit, latest
from archive.stores import open_store

FACTS_OF_A_DOCUMENT = 200
PROVINCES = [f"{code}0100" for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47),
                                        *range(50, 55), *range(61, 66))]  # fmt: skip
YEARS = range(2015, 2027)
LABELS = [f"{number:07d} 行政运行和其他支出" for number in range(2010101, 2010401)]
PART = 2_500
"""Documents of one commit of the full write: what a machine holds in memory."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One step: seconds, bytes written, files of the newest version after it and their bytes, peak memory of
    its process in bytes."""

    step: str
    seconds: float
    written: int
    files: int
    live: int
    peak: int


def facts(documents: range, version: int = 0) -> pa.Table:
    """The facts of documents by number, in the declared schema. Another version has other amounts."""
    columns: dict[str, list[object]] = {name: [] for name in arrow_schema("facts").names}
    for number in documents:
        chance = random.Random(number * 1_000 + version)
        identity = sha256(str(number).encode()).hexdigest()
        shared = {
            "document_id": identity,
            "table_id": f"{identity[:16]}-t001",
            "region_code": PROVINCES[number % len(PROVINCES)],
            "fiscal_year": YEARS[number // len(PROVINCES) % len(YEARS)],
            "document_kind": "budget",
            "table_type": "general_expenditure",
            "column_path": "合计",
            "flow": "expenditure",
            "unit_text": "万元",
            "source": "text",
            "status": "proved",
            "is_total": False,
            "page": 1,
            "col_no": 2,
        }
        for row in range(FACTS_OF_A_DOCUMENT):
            cents = chance.randrange(10**9)
            own = shared | {
                "fact_id": f"{identity[:16]}-t001-r{row}-c2",
                "row_no": row,
                "row_label": LABELS[row],
                "functional_code": LABELS[row][:7],
                "amount_text": f"{cents / 100:,.2f}",
                "x0": 10.0,
                "y0": 10.0 + row,
            }
            for name, values in columns.items():
                values.append(own.get(name))
    cents_of = [int(str(text).replace(",", "").replace(".", "")) for text in columns["amount_text"]]
    columns["amount_yuan"] = pa.array(cents_of, pa.int64()).cast(pa.decimal128(20, 0))
    arrays = []
    for field in arrow_schema("facts"):
        values = columns[field.name]
        if field.name == "amount_yuan":
            scaled = pc.multiply(values, pa.scalar(100, pa.decimal128(5, 0)))
            arrays.append(scaled.cast(field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=arrow_schema("facts"))


def together(documents: int, count: int) -> list[int]:
    """Documents of as few provinces and years as hold so many: what a crawl of a province brings."""
    places = sorted(range(documents), key=lambda n: (n % len(PROVINCES), n // len(PROVINCES) % len(YEARS)))
    return places[:count]


def scattered(documents: int, count: int) -> list[int]:
    """Documents chosen at random, always the same: the worst case."""
    return random.Random(7).sample(range(documents), count)


def changed_rows(chosen: list[int], version: int) -> pa.Table:
    return pa.concat_tables(facts(range(number, number + 1), version) for number in chosen)


def parts(documents: int) -> Iterator[range]:
    return (range(start, min(start + PART, documents)) for start in range(0, documents, PART))


def live(sizes: Iterable[int]) -> tuple[int, int]:
    """How many files a reader of the newest version opens, and their bytes."""
    listed = list(sizes)
    return len(listed), sum(listed)


# -- ours --------------------------------------------------------------------------------------------------


def ours_full(folder: Path, documents: int, _: int) -> tuple[int, int]:
    for part in parts(documents):
        _commit(folder, facts(part))
    return ours_open(folder, documents, 0)


def ours_update(folder: Path, documents: int, count: int) -> tuple[int, int]:
    _commit(folder, changed_rows(together(documents, count), 1))
    return ours_open(folder, documents, count)


def ours_scattered(folder: Path, documents: int, count: int) -> tuple[int, int]:
    _commit(folder, changed_rows(scattered(documents, count), 2))
    return ours_open(folder, documents, count)


def ours_open(folder: Path, _: int, __: int) -> tuple[int, int]:
    snapshot = latest(open_store(str(folder)))
    assert snapshot
    return live(file.bytes for file in snapshot.files("facts"))


def _commit(folder: Path, rows: pa.Table) -> None:
    commit(open_store(str(folder)), [Change("facts", rows)], message="", run_id=None, now=datetime.now(UTC))


# -- the peer ----------------------------------------------------------------------------------------------


def delta_full(folder: Path, documents: int, _: int) -> tuple[int, int]:
    from deltalake import write_deltalake

    for part in parts(documents):
        rows = _with_partitions(facts(part))
        write_deltalake(str(folder), rows, mode="append", partition_by=["fiscal_year", "province_code"])
    return delta_open(folder, documents, 0)


def delta_update(folder: Path, documents: int, count: int) -> tuple[int, int]:
    _merge(folder, changed_rows(together(documents, count), 1))
    return delta_open(folder, documents, count)


def delta_scattered(folder: Path, documents: int, count: int) -> tuple[int, int]:
    _merge(folder, changed_rows(scattered(documents, count), 2))
    return delta_open(folder, documents, count)


def delta_open(folder: Path, _: int, __: int) -> tuple[int, int]:
    from deltalake import DeltaTable

    actions = pa.table(DeltaTable(str(folder)).get_add_actions())
    return live(actions.column("size_bytes").to_pylist())


def _merge(folder: Path, rows: pa.Table) -> None:
    from deltalake import DeltaTable

    same = " AND ".join(f"t.{name} = s.{name}" for name in ("fiscal_year", "province_code", "fact_id"))
    merge = DeltaTable(str(folder)).merge(_with_partitions(rows), same, source_alias="s", target_alias="t")
    merge.when_matched_update_all().when_not_matched_insert_all().execute()


def _with_partitions(rows: pa.Table) -> pa.Table:
    provinces = pc.utf8_slice_codeunits(rows.column("region_code"), 0, 2)
    return rows.append_column("province_code", provinces)


STEPS: dict[str, Callable[[Path, int, int], tuple[int, int]]] = {
    "ours full": ours_full,
    "ours update": ours_update,
    "ours scattered": ours_scattered,
    "ours open": ours_open,
    "delta full": delta_full,
    "delta update": delta_update,
    "delta scattered": delta_scattered,
    "delta open": delta_open,
}


def measured(step: str, folder: Path, documents: int, count: int) -> Cost | None:
    """A step in a process of its own; None if it failed."""
    before = _bytes(folder)
    arguments = [step, str(folder), str(documents), str(count)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.archive", "--step", *arguments], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        return None
    told: dict[str, Any] = json.loads(done.stdout)
    return Cost(step, told["seconds"], _bytes(folder) - before, told["files"], told["live"], told["peak"])


def _step(name: str, folder: str, documents: str, count: str) -> None:
    begun = time.monotonic()
    files, held = STEPS[name](Path(folder), int(documents), int(count))
    seconds, peak = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "files": files, "live": held, "peak": peak}))


def _bytes(folder: Path) -> int:
    """Nothing is deleted by a step, so what is more is what was written."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--facts", type=int, default=5_000_000)
    asked.add_argument("--changed", type=int, default=500, help="documents changed")
    asked.add_argument("--step", nargs=4, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.step:
        _step(*options.step)
        return
    documents = options.facts // FACTS_OF_A_DOCUMENT
    print(f"{options.facts:,} facts of {documents:,} documents; {options.changed} documents changed")
    print("| step | seconds | MB written | of a full write | files | peak MiB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for system in ("ours", "delta") if find_spec("deltalake") else ("ours",):
            _system(system, Path(scratch) / system, documents, options.changed)


def _system(system: str, folder: Path, documents: int, count: int) -> None:
    """Print the lines of one. A full write writes every live byte once."""
    whole = 0
    for step in ("full", "update", "scattered", "open"):
        cost = measured(f"{system} {step}", folder, documents, count)
        if cost is None:
            print(f"| {system} {step}: failed |")
            return
        whole = whole or cost.live
        print(
            f"| {cost.step} | {cost.seconds:.2f} | {cost.written / 1e6:.2f} | {cost.written / whole:.2%} | "
            f"{cost.files} | {cost.peak / 2**20:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

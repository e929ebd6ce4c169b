"""`make bench-archive`: what a commit costs against a full write, and against lakehouses on the same rows.

Documents are made up (`tests.bench.madeup`), each with its row of `documents`, its tables, facts and checks.
A *new version* of a document is another file: its rows are added, and the row of the file it replaces says
so (`superseded_by`). *Read anew* are documents whose facts, tables and checks another parser reads otherwise:
their old rows are replaced. Both are measured for neighbours (few provinces and years) and for documents
chosen at random from all.

Every step runs in a process of its own. The project does not depend on `deltalake` and
`duckdb-extension-ducklake`; where one is not installed, its lines are left out.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.dataset.datafiles import MIXED
from archive.dataset.query.connection import connect, select
from archive.dataset.snapshots import Change, commit, latest, load
from archive.stores import open_store
from tests.bench import lakes
from tests.bench.figures import print_figures
from tests.bench.madeup import FACTS_OF_A_DOCUMENT, rows_of, scattered, superseded, together

PART = 500
"""Documents of one commit of the full write."""

CHOICES = {"few groups": together, "scattered": scattered}


@dataclass(frozen=True, slots=True)
class Cost:
    """One step: seconds by the clock and of the processor, bytes written, files of the newest version after
    it and their bytes, peak memory of its process in bytes, and what else there is to say."""

    seconds: float
    busy: float
    written: int
    files: int
    live: int
    peak: int
    note: str


def parts(documents: int) -> Iterator[range]:
    return (range(start, min(start + PART, documents)) for start in range(0, documents, PART))


def new_versions(chosen: list[int], documents: int, version: int) -> dict[str, pa.Table]:
    """Another file in the place of each: its rows, and the rows of `documents` of those replaced."""
    rows = rows_of(chosen, documents, version)
    return rows | {"documents": pa.concat_tables([rows["documents"], superseded(chosen, documents, version)])}


def read_anew(chosen: list[int], documents: int, reading: int) -> dict[str, pa.Table]:
    """Other rows of the same documents."""
    return {
        name: rows
        for name, rows in rows_of(chosen, documents, reading=reading).items()
        if name != "documents"
    }


# -- ours --------------------------------------------------------------------------------------------------


def ours_write(folder: Path, rows: Mapping[str, pa.Table], add: bool) -> None:
    changes = [Change(name, table) for name, table in rows.items()]
    commit(open_store(str(folder)), changes, message="", run_id=None, now=datetime.now(UTC))


def ours_open(folder: Path) -> str:
    store = open_store(str(folder))
    snapshot = load(store)
    with connect(store, snapshot) as connection:
        return (
            f"{select(connection, 'SELECT count(*) AS n FROM current.documents').to_pylist()[0]['n']} current"
        )


def ours_ask(folder: Path) -> str:
    store = open_store(str(folder))
    snapshot = load(store)
    group = "/".join(map(str, lakes.PLACE))
    asked = f"fiscal_year = {lakes.PLACE[0]} AND region_code LIKE '{lakes.PLACE[1]}%'"
    with connect(store, snapshot) as connection:
        select(connection, f"SELECT sum(amount_yuan) AS s FROM facts WHERE {asked}")
    files = [file.group for file in snapshot.files("facts")]
    return f"facts in {sum(one in (group, MIXED) for one in files)} of {len(files)} files"


def ours_live(folder: Path) -> Iterable[int]:
    snapshot = latest(open_store(str(folder)))
    assert snapshot
    return [file.bytes for files in snapshot.tables.values() for file in files]


# -- measuring ---------------------------------------------------------------------------------------------

SYSTEMS: dict[str, tuple[Callable[..., None], Callable[[Path], str], Callable[[Path], str],
                         Callable[[Path], Iterable[int]]]] = {
    "ours": (ours_write, ours_open, ours_ask, ours_live),
    "delta": (lakes.delta_write, lakes.delta_open, lakes.delta_ask, lakes.delta_live),
    "ducklake": (lakes.duck_write, lakes.duck_open, lakes.duck_ask, lakes.duck_live),
}  # fmt: skip
NEEDED = {"delta": "deltalake", "ducklake": "duckdb_extension_ducklake"}
STEPS = (
    "full write",
    "new versions, few groups",
    "new versions, scattered",
    "read anew, few groups",
    "read anew, scattered",
    "open",
    "ask for a year of a province",
)


def run(system: str, step: str, folder: Path, documents: int, count: int) -> str:
    write, opened, ask, _ = SYSTEMS[system]
    if step == "open":
        return opened(folder)
    if step.startswith("ask"):
        return ask(folder)
    if step == "full write":
        for part in parts(documents):
            write(folder, rows_of(part, documents), add=True)
        return ""
    kind, _, where = step.partition(", ")
    chosen = CHOICES[where](documents, count)
    number = STEPS.index(step)
    if kind == "new versions":
        write(folder, new_versions(chosen, documents, number), add=True)
    else:
        write(folder, read_anew(chosen, documents, number), add=False)
    return ""


def measured(system: str, step: str, folder: Path, documents: int, count: int) -> Cost | None:
    """A step in a process of its own; None if it failed."""
    before = _bytes(folder)
    arguments = [system, step, str(folder), str(documents), str(count)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.archive", "--step", *arguments], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        return None
    told: dict[str, Any] = json.loads(done.stdout)
    return Cost(written=_bytes(folder) - before, **told)


def _step(system: str, step: str, folder: str, documents: str, count: str) -> None:
    begun = time.monotonic()
    note = run(system, step, Path(folder), int(documents), int(count))
    seconds, busy = time.monotonic() - begun, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sizes = list(SYSTEMS[system][3](Path(folder)))
    told = {"seconds": seconds, "busy": busy, "files": len(sizes), "live": sum(sizes), "peak": peak}
    print(json.dumps(told | {"note": note}))


def _bytes(folder: Path) -> int:
    """Nothing is deleted by a step, so what is more is what was written."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--facts", type=int, default=5_000_000)
    asked.add_argument("--changed", type=int, default=500, help="documents changed")
    asked.add_argument("--system", choices=SYSTEMS, action="append", help="only this one")
    asked.add_argument("--step", nargs=5, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.step:
        _step(*options.step)
        return
    documents = options.facts // FACTS_OF_A_DOCUMENT
    print(f"{options.facts:,} facts of {documents:,} documents; {options.changed} documents changed")
    print("| step | seconds | processor | MB written | of a full write | files | peak MiB | |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        figures: dict[str, Sequence[float]] = {"facts": [options.facts]}
        here = [one for one in SYSTEMS if one not in NEEDED or find_spec(NEEDED[one])]
        for system in options.system or here:
            figures |= _system(system, Path(scratch) / system, documents, options.changed)
    print_figures(figures)


def _system(system: str, folder: Path, documents: int, count: int) -> dict[str, Sequence[float]]:
    """Print the lines of one, and give its figures. A full write writes every live byte once."""
    whole = 0
    figures: dict[str, Sequence[float]] = {}
    for step in STEPS:
        cost = measured(system, step, folder, documents, count)
        if cost is None:
            print(f"| {system}, {step}: failed |", flush=True)
            continue
        whole = whole or cost.live
        figures[f"{system}, {step}, CPU s"] = [cost.busy]
        figures[f"{system}, {step}, MB written"] = [cost.written / 1e6]
        print(
            f"| {system}, {step} | {cost.seconds:.2f} | {cost.busy:.2f} | {cost.written / 1e6:.2f} | "
            f"{cost.written / whole:.2%} | {cost.files} | {cost.peak / 2**20:.0f} | {cost.note} |",
            flush=True,
        )
    return figures


if __name__ == "__main__":
    main()

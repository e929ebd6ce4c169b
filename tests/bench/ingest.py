"""What reading a run of real documents costs: with 1 worker, with 2, and with a Dask cluster of 2.

`python -m tests.bench.ingest [FOLDER ...] [--documents 24] [--rounds 1]`: so many PDFs with a text layer,
chosen evenly (as `tests.bench.pdf` does), are archived as local files, and read into a fresh store. Prints
seconds by the clock and of all processes, and the most memory that one of these held. Recognition of
pictures is off, and every way must give the same number of facts.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from archive.dataset.snapshots import latest
from archive.history.local_files import archive_files
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import Store, open_store
from tests.bench.figures import print_figures
from tests.bench.pdf import FOLDERS, chosen

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
WAYS = ("1 worker", "2 workers", "a cluster of 2")


def read(store: Store, way: str) -> None:
    """Read what is pending, one of these ways."""
    if way == WAYS[2]:
        from archive.ingest.cluster.engine import engine_at

        ingest(store, now=NOW, engine=engine_at("local:2"))
    else:
        with Pool(workers=int(way[0])) as pool:
            ingest(store, now=NOW, pool=pool)


def measured(way: str, folder: Path) -> tuple[float, float, int, int]:
    """Wall seconds, processor seconds of all processes, facts, and the most memory of one of them in MiB; in
    a process of its own, which outlives the others."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.ingest", "--way", way, str(folder)],
        stdout=subprocess.PIPE, text=True, check=True, env=os.environ | {"GONGKAI_READ_OCR": "0"},
    )  # fmt: skip
    wall, cpu, facts, peak = done.stdout.split()
    return float(wall), float(cpu), int(facts), int(peak)


def _watched(way: str, folder: str) -> None:
    """Documents are read in children of a server that is never waited for: a process that is left when the
    reader has ended becomes a child of this one, and counts when it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    command = [sys.executable, "-m", "tests.bench.ingest", "--alone", way, folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall, facts = done.stdout.split()
    print(wall, used.ru_utime + used.ru_stime, facts, used.ru_maxrss // 1024)


def _alone(way: str, folder: str) -> None:
    store = open_store(folder)
    wall = time.perf_counter()
    read(store, way)
    wall = time.perf_counter() - wall
    snapshot = latest(store)
    assert snapshot
    print(wall, snapshot.rows("facts"))


def main() -> None:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folders", nargs="*", type=Path, default=FOLDERS)
    ask.add_argument("--documents", type=int, default=24)
    ask.add_argument("--rounds", type=int, default=1)
    ask.add_argument("--way", nargs=2, help=argparse.SUPPRESS)
    ask.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.way or asked.alone:
        _watched(*asked.way) if asked.way else _alone(*asked.alone)
        return
    paths = chosen(asked.folders, asked.documents)
    if not paths:
        raise SystemExit("no PDF with a text layer in these folders")
    figures: dict[str, Sequence[float]] = {}
    counts = set()
    print(f"{len(paths)} documents, {asked.rounds} rounds")
    for way in WAYS:
        rounds = []
        for _ in range(asked.rounds):
            with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
                store = open_store(str(Path(scratch, "store")))
                archive_files(
                    store, paths, spool=Path(scratch, "spool"), now=NOW, command="bench", version="0"
                )
                rounds.append(measured(way, Path(scratch, "store")))
        wall, cpu, facts, peak = zip(*rounds, strict=True)
        counts |= set(facts)
        print(
            f"{way:15} {median(wall):7.1f} s wall, {median(cpu):7.1f} s CPU, "
            f"{facts[0]:,} facts, at most {max(peak)} MiB in a process",
            flush=True,
        )
        figures |= {f"{way}, wall s": wall, f"{way}, CPU s": cpu}
    if len(counts) != 1:
        raise SystemExit(f"not the same facts: {sorted(counts)}")
    print_figures(figures | {"documents": [len(paths)], "facts": sorted(counts)})


if __name__ == "__main__":
    main()

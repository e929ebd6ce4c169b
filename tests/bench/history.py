"""How far one store goes: the metadata of a country's years, written by the code that commits runs.

`python -m tests.bench.history [--documents 500000] [--captures 50000000] [--runs 365] [--part 1.0]`: so many
runs, one commit each, bring the documents and the captures, as arrays; `--part` stops after that part of the
runs, and an interrupt (Ctrl-C) after the last line printed. No document is read and no facts are written:
they are files of their own provinces and years, and do not grow what is measured here. Prints, at each tenth
of the runs: processor seconds of a commit, the size of the manifest and the seconds to read it, files, and
bytes; at the end, what it costs to look one address and one hash up, to plan a question about a site's
captures (DuckDB opens every footer), and the most memory held.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.finding import load
from archive.dataset.manifest import Snapshot, snapshot_key
from archive.dataset.query.connection import connect
from archive.dataset.schema import TABLES, build_table
from archive.dataset.snapshots import Change, commit, latest
from archive.history.lookup import CaptureLookup
from archive.stores import Store, open_store
from tests.bench.figures import print_figures
from tests.bench.growth import rows_of_documents

BEGUN = datetime(2026, 1, 1, 14, tzinfo=UTC)
SITES = 3_200
MIB = 1 << 20


def captures(run_id: str, moment: datetime, first: int, count: int, pages: int) -> pa.Table:
    """The captures of a run: it looks again at the next `count` of all `pages`; one in twenty has changed."""
    numbers = np.arange(count)
    page = (first + numbers) % pages
    turn = (first + numbers) // pages
    changed = pa.array((page * 7919 + turn * 104_729) % 20 == 0)
    text = [pc.cast(pa.array(values), pa.string()) for values in (numbers, page, page % SITES, page + turn)]
    number, place, site, content = text
    padded = pc.utf8_lpad(number, 6, "0")
    sha256 = pc.utf8_rpad(pc.binary_join_element_wise(content, "c0ffee", ""), 64, "5")
    columns = {
        "capture_id": pc.binary_join_element_wise(run_id, padded, "-"),
        "run_id": pa.repeat(run_id, count),
        "site_id": pc.binary_join_element_wise("site", site, "-"),
        "url": pc.binary_join_element_wise("http://www.site", site, ".gov.cn/czyjs/", place, ".html", ""),
        "fetched_at": pa.repeat(pa.scalar(moment, pa.timestamp("us", "UTC")), count),
        "status": pa.repeat(200, count),
        "outcome": pc.if_else(changed, "content", "unchanged"),
        "media_type": pa.repeat("text/html", count),
        "bytes": pa.array(20_000 + page % 9_000),
        "sha256": sha256,
        "digest": sha256,
        "warc_path": pa.repeat(f"warc/{moment:%Y/%m/%d}/{run_id}-00001.warc.gz", count),
        "warc_offset": pa.array(numbers * 700),
        "warc_length": pa.repeat(700, count),
    }
    schema = TABLES["captures"].arrow
    made = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(count, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(made, schema=schema)


def add_run(store: Store, number: int, documents: range, count: int, given: argparse.Namespace) -> float:
    """Commit a run; processor seconds of the commit alone."""
    moment = BEGUN + timedelta(days=number)
    run_id = f"{moment:%Y%m%dT%H%M%SZ}-{number:06x}"
    run = {"run_id": run_id, "started_at": moment, "finished_at": moment, "command": "bench", "version": "0",
           "outcomes": "{}", "errors": [], "complete_sites": ["bench"], "stated": "{}"}  # fmt: skip
    changes = [
        Change("runs", build_table("runs", [run])),
        Change("captures", captures(run_id, moment, number * count, count, 10 * given.documents)),
    ]
    if documents:
        changes.append(Change("documents", rows_of_documents(documents, given.documents)))
    start = time.process_time()
    commit(store, changes, message="", run_id=run_id, now=moment)
    return time.process_time() - start


def looked_up(store: Store, snapshot: Snapshot, url: str, sha256: str) -> float:
    """Processor seconds to find what is known of an address and a hash."""
    start = time.process_time()
    lookup = CaptureLookup(store, snapshot)
    assert lookup.touching([url], [])
    lookup.with_payloads([sha256])
    return time.process_time() - start


def planned(store: Store) -> float:
    """Processor seconds from opening the newest snapshot to the plan of a question."""
    start = time.process_time()
    with connect(store, load(store), of="captures") as connection:
        connection.execute("EXPLAIN SELECT count(*) FROM captures WHERE site_id = 'site-7'").fetchall()
    return time.process_time() - start


def report(store: Store, runs: int, count: int, spent: Sequence[float]) -> dict[str, Sequence[float]]:
    """Print a line on the store as it is now; give its figures."""
    start = time.process_time()
    snapshot = latest(store)
    opened = time.process_time() - start
    assert snapshot
    manifest = len(store.read(snapshot_key(snapshot.number)))
    files = Counter({name: len(found) for name, found in snapshot.tables.items()})
    size = sum(file.bytes for found in snapshot.tables.values() for file in found)
    index = snapshot.index or ()
    print(
        f"{runs:5} runs {runs * count:>12,} captures {snapshot.rows('documents'):>8,} documents: "
        f"{median(spent):6.2f} s CPU a commit (most {max(spent):.2f}), "
        f"manifest {manifest / 1024:,.0f} KiB, read in {opened:.2f} s, "
        f"{files.total()} files ({files['captures']} of captures), {size / MIB:,.0f} MiB, "
        f"index {len(index)} files, {sum(one.bytes for one in index) / MIB:,.0f} MiB",
        flush=True,
    )
    return {
        "runs": [runs],
        "captures": [snapshot.rows("captures")],
        "documents": [snapshot.rows("documents")],
        "commit of a run, CPU s": list(spent),
        "manifest, bytes": [manifest],
        "manifest, CPU s to read": [opened],
        "files": [files.total() + len(index)],
        "tables and index, bytes": [size + sum(one.bytes for one in index)],
    }


def main() -> None:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--documents", type=int, default=500_000)
    ask.add_argument("--captures", type=int, default=50_000_000)
    ask.add_argument("--runs", type=int, default=365)
    ask.add_argument("--part", type=float, default=1.0)
    given = ask.parse_args()
    count, step = given.captures // given.runs, given.documents // given.runs
    last = max(1, round(given.part * given.runs))
    tenth = max(1, last // 10)
    figures: dict[str, Sequence[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        store = open_store(str(Path(scratch, "store")))
        spent: list[float] = []
        with suppress(KeyboardInterrupt):
            for number in range(last):
                chosen = range(number * step, (number + 1) * step)
                spent.append(add_run(store, number, chosen, count, given))
                if (number + 1) % tenth == 0 or number + 1 == last:
                    figures = report(store, number + 1, count, spent)
                    spent = []
        snapshot = latest(store)
        assert snapshot
        row = captures("run", BEGUN, 0, 1, 10 * given.documents).to_pylist()[0]
        seconds = [looked_up(store, snapshot, row["url"], row["sha256"]) for _ in range(3)]
        plans = [planned(store) for _ in range(3)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"looking one address and one hash up: {median(seconds):.2f} s CPU; planning a question: "
        f"{median(plans):.2f} s CPU; at most {peak / MIB:,.0f} MiB"
    )
    print_figures(figures | {"lookup, CPU s": seconds, "plan, CPU s": plans, "memory, bytes": [peak]})


if __name__ == "__main__":
    main()

"""`make bench`: every benchmark, and the page `docs/benchmarks.md` made from what they printed.

`python -m tests.bench [NAME ...]` runs the benchmarks named, or all, with the sizes given below, keeps the
output of each in `tests/bench/measured/NAME.json`, and writes the pages anew. `--page` only writes the pages.
A benchmark that fails keeps the figures it had. For a run of one's own sizes, run the module itself.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import capacity
from tests.bench.figures import machine, parted
from tests.bench.page import MEASURED, PAGE, Measured, page, read_all

COMMANDS = {
    "pdf": "tests.bench.pdf --peers",
    "ingest": "tests.bench.ingest",
    "crawl": "tests.bench.crawl --rounds 3",
    "commit": "tests.bench.archive",
    "query": "tests.bench.query",
    "growth": "tests.bench.growth",
    "history": "tests.bench.history",
    "manifest": "tests.bench.manifest",
    "ocr": "tests.bench.ocr",
    "web": "tests.bench.web",
}


def run(name: str, command: str) -> Measured | None:
    """What a benchmark printed, and what it took; None if it failed."""
    load, before, wall = os.getloadavg()[0], _spent(), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", *command.split()], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return None
    lines, figures = parted(done.stdout)
    return Measured(
        name=name,
        command=f"python -m {command}",
        day=datetime.now(UTC).date().isoformat(),
        load=round(load, 1),
        cpu_seconds=round(_spent() - before),
        wall_seconds=round(time.perf_counter() - wall),
        machine=machine(),
        lines=lines,
        figures=figures,
    )


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("names", nargs="*", help=", ".join(COMMANDS))
    ask.add_argument("--page", action="store_true", help="run nothing")
    ask.add_argument("--with", dest="more", default="", help="options for the benchmark named")
    asked = ask.parse_args()
    if unknown := set(asked.names) - set(COMMANDS):
        ask.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    failed = []
    for name in () if asked.page else asked.names or COMMANDS:
        measured = run(name, f"{COMMANDS[name]} {asked.more}".strip())
        if measured is None:
            failed.append(name)
        else:
            MEASURED.mkdir(exist_ok=True)
            Path(MEASURED, f"{name}.json").write_text(measured.as_json(), "utf-8")
            print("\n".join(measured.lines), flush=True)
    found = read_all()
    PAGE.write_text(page(found), "utf-8")
    capacity.PAGE.write_text(capacity.page(found), "utf-8")
    print(json.dumps({"failed": failed}) if failed else f"written: {PAGE} and {capacity.PAGE}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())

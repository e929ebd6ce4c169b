"""What recognition of scanned pages costs, and whether it loses digits.

`python -m tests.bench.ocr [--only xuchang] [--shared ../shared]`: parses the scans of the corpus whole, as
`ingest` does, and prints a line a page: processor and wall seconds of its recognition (drawing it not
included), characters, amounts, and the digits of amounts that the truth has and the reading lacks, or the
reverse.
Then, for pages with tables and for all pages, the median and the most, and what the document cost in all.

Invariant: truth and scorer are the corpus's own. A lost amount counts for the first page of its table's type.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from parsers.readers.scan import ocr, reader
from parsers.readers.scan.pixels import Image
from parsers.readers.scan.side_by_side import ScannedPage, cores
from tests.accuracy.measure import FACT_COLUMNS, measure
from tests.bench.figures import print_figures

SHARED = Path(__file__).parents[3] / "shared"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one page: processor and wall seconds, and characters found."""

    cpu: float
    wall: float
    characters: int


class Watch:
    """Stands in for `scan_page`, and keeps what each page cost. A page is recognised by one thread."""

    def __init__(self) -> None:
        self.pages: dict[int, Cost] = {}
        self._scan = reader.scan_page

    def __call__(self, rgb: Image, number: int, dpi: float) -> ScannedPage:
        wall, cpu = time.perf_counter(), time.thread_time()
        page = self._scan(rgb, number, dpi)
        characters = len(page.marks.glyphs)
        self.pages[number] = Cost(time.thread_time() - cpu, time.perf_counter() - wall, characters)
        return page


def lost(path: Path, shared: Path, facts: Sequence[dict[str, Any]]) -> tuple[Counter[int], float, float]:
    """Digits that differ from the truth, by page, then recall and precision."""
    with tempfile.TemporaryDirectory() as folder:
        predictions, out = Path(folder, "predictions.csv"), Path(folder, "scores.json")
        with predictions.open("w", newline="") as file:
            writer = csv.DictWriter(file, ("file", *FACT_COLUMNS))
            writer.writeheader()
            writer.writerows(facts)
        corpus = shared / "corpus"
        command = [sys.executable, str(corpus / "score.py"), "--pred", str(predictions), "--json", str(out)]
        command += ["--truth", str(corpus / "truth" / "amounts.csv")]
        command += ["--index", str(corpus / "docs" / "index.csv"), "--only-predicted"]
        subprocess.run(command, check=True, capture_output=True)
        (score,) = (one for one in json.loads(out.read_text()) if one["file"] == path.name)
    first: dict[str, int] = {}
    for fact in facts:
        first.setdefault(fact["table_type"], int(fact["page"]))
    digits: Counter[int] = Counter()
    for miss in score["misses"]:
        digits[first.get(miss["table_type"], 0)] += sum(map(str.isdigit, miss["amount_text"]))
    return digits, score["recall"], score["precision"]


def summary(name: str, pages: Sequence[Cost]) -> None:
    """A line: how many pages, median and most of processor and wall seconds."""
    if pages:
        cpu, wall = [page.cpu for page in pages], [page.wall for page in pages]
        print(
            f"{name:18} {len(pages):3} pages: median {median(cpu):.2f} s CPU, {median(wall):.2f} s wall "
            f"a page; most {max(cpu):.2f} s CPU, {max(wall):.2f} s wall",
            flush=True,
        )


def bench(path: Path, shared: Path) -> list[float]:
    """Prints the lines of one document; gives the processor seconds of its pages with tables."""
    watch = Watch()
    reader.scan_page = watch
    cpu = time.process_time()
    result = measure(path)
    cpu = time.process_time() - cpu
    digits, recall, precision = lost(path, shared, result.facts)
    amounts = Counter(int(fact["page"]) for fact in result.facts)
    print(f"{path.name}, {cores()} cores\npage     CPU    wall  chars  amounts  digits lost")
    for number, page in sorted(watch.pages.items()):
        times = f"{page.cpu:7.2f} {page.wall:7.2f}"
        print(f"{number:4} {times} {page.characters:6} {amounts[number]:8} {digits[number]:12}")
    summary("pages with tables", [page for number, page in watch.pages.items() if amounts[number]])
    summary("all pages", list(watch.pages.values()))
    count = len(watch.pages)
    print(
        f"the whole parse    {cpu / count:.2f} s CPU, {result.seconds / count:.2f} s wall a page, "
        f"peak {result.peak_mib:.0f} MiB; recall {recall:.4f}, precision {precision:.4f}, "
        f"{digits.total()} digits lost\n",
        flush=True,
    )
    reader.scan_page = watch._scan
    return [page.cpu for number, page in watch.pages.items() if amounts[number]]


def main() -> int:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--shared", type=Path, default=SHARED)
    ask.add_argument("--only", default="", help="scans whose name contains this")
    asked = ask.parse_args()
    paths = sorted(p for p in (asked.shared / "corpus" / "docs").glob("*scan*") if asked.only in p.name)
    if not paths or not ocr.available():
        print(f"no scans in {asked.shared / 'corpus' / 'docs'}, or no OCR installed", file=sys.stderr)
        return 3
    ocr.load_models()
    seconds = [cpu for path in paths for cpu in bench(path, asked.shared)]
    print_figures({"a page with tables, CPU s": seconds})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

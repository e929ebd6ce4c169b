"""`make bench-gate`: ratios of processor time that a change must not make much worse; part of CI.

Invariant: a ratio is of two measurements of one process, taken by turns, so that a slow or busy machine
changes both. A ratio is the median of its rounds. One beyond its bound is measured on, and judged by the
median of all its rounds, the first included: a spell of noise is outvoted, a regression is not.

Bounds are generous, about twice what was measured when they were set: they hold against work that is done
twice or grows with what it should not, not against a tenth. `docs/benchmarks.md` has the figures themselves.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median

import pdfplumber

from archive.dataset.snapshots import Change, commit
from archive.stores import Store, open_store
from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.readers.pdf.reader import read_pdf
from tests.bench.madeup import rows_of
from tests.site.typeset import typeset

ROUNDS, MOST_ROUNDS = 5, 15
LIMITS = Limits(ocr=False)
SMALL, LARGE, ADDED = 100, 1_000, 10
"""Documents of two stores, and of a commit to each."""

Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much more the `work` may cost than the `measure`: at most `bound` times as much."""

    name: str
    work: Step
    measure: Step
    bound: float

    def measured(self) -> float:
        """One round."""
        return _spent(self.work) / _spent(self.measure)


def _spent(step: Step) -> float:
    gc.collect()
    start = time.process_time()
    step()
    return time.process_time() - start


def judged(ratio: Ratio) -> tuple[float, int]:
    """The ratio, and the rounds it took to know it."""
    found = [ratio.measured() for _ in range(ROUNDS)]
    while median(found) > ratio.bound and len(found) < MOST_ROUNDS:
        found.append(ratio.measured())
    return median(found), len(found)


def tables_of_pdfplumber(data: bytes) -> None:
    """The yardstick of reading: pdfplumber's tables of every page."""
    with pdfplumber.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.extract_tables()


class Added:
    """Adds documents to a store that has so many, never the same."""

    def __init__(self, folder: Path, documents: int) -> None:
        self._store: Store = open_store(str(folder))
        self._documents, self._version = documents, 0
        self(range(documents))

    def __call__(self, chosen: range = range(ADDED)) -> None:
        rows = rows_of(chosen, self._documents, self._version)
        self._version += 1
        changes = [Change(name, table) for name, table in rows.items()]
        commit(self._store, changes, message="", run_id=None, now=datetime.now(UTC))


@contextmanager
def ratios() -> Iterator[list[Ratio]]:
    """All that are held, with what they need."""
    pdf = typeset("shizhong-2024", "pdf")
    plumber = partial(tables_of_pdfplumber, pdf)
    with tempfile.TemporaryDirectory(prefix="gate-") as scratch:
        small, large = (Added(Path(scratch, str(count)), count) for count in (SMALL, LARGE))
        yield [
            Ratio("reading, against pdfplumber's tables", partial(read_pdf, pdf, LIMITS), plumber, 0.55),
            Ratio("a parse, against the same", partial(parse_document, pdf, limits=LIMITS), plumber, 0.95),
            Ratio(f"{ADDED} documents into a store of {LARGE:,}, against one of {SMALL}", large, small, 3.0),
        ]


def main() -> int:
    """Print every ratio; 1 if one is beyond its bound."""
    failed = 0
    with ratios() as held:
        for ratio in held:
            ratio.measured()  # what is loaded and compiled once
            value, rounds = judged(ratio)
            failed += value > ratio.bound
            word = "ok" if value <= ratio.bound else "TOO SLOW"
            print(
                f"{word:8} {value:6.2f} (at most {ratio.bound:g}, {rounds} rounds)  {ratio.name}", flush=True
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

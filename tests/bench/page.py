"""The page of benchmarks, made from what they printed.

Invariant: every number on the page was printed by the command above it, on the machine and day stated there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
MEASURED = Path(__file__).parent / "measured"
PAGE = ROOT / "docs" / "benchmarks.md"

TITLES = {
    "pdf": ("Reading PDFs", "Processor time on the same documents in one process: pdfplumber's own "
            "`extract_tables`, PDFium's characters and paths alone (the limit of a reader on PDFium), our "
            "reading, and our whole parse. PyMuPDF (AGPL) and camelot run apart, on the shortest of these."),
    "ingest": ("Reading a run", "The same documents, archived and read into a store, checks included."),
    "crawl": ("Crawling", "A site on loopback, delays off: our crawl, which archives, judges and decides, "
              "and a bare Scrapy spider that downloads the same addresses and does nothing with them."),
    "commit": ("Committing", "What a change costs, against a full write, and against Delta Lake (delta-rs) "
               "and DuckLake on the same rows where they are installed (`pip install deltalake "
               "duckdb-extension-ducklake`)."),
    "query": ("Asking", "SQL over a snapshot, from opening the store to the answer."),
    "growth": ("Growth", "One new PDF into stores of several sizes."),
    "history": ("A long history", "Runs of captures, committed one after another by the code that commits "
                "runs: how commit, manifest and files grow."),
    "manifest": ("Files and their manifest", "A country's documents, year after year, as compaction would "
                 "lay their files, without rows: how many there are, and what the list of them costs."),
    "ocr": ("Scanned pages", "Recognition of the corpus's scans, and the digits lost."),
    "web": ("Web pages", "`gongkai serve` over made-up documents."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of a benchmark: its lines for a person, and figures of each round by name."""

    name: str
    command: str
    day: str
    load: float  # of the machine when it began: processes that wanted to run
    cpu_seconds: int
    wall_seconds: int
    machine: dict[str, Any]
    lines: list[str]
    figures: dict[str, list[float]]

    def as_json(self) -> str:
        """The text of its file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def middle(self, figure: str) -> float:
        """The median of a figure over the rounds; KeyError if it was not measured."""
        return median(self.figures[figure])


def read_all() -> dict[str, Measured]:
    """The last run of every benchmark, by name."""
    files = (MEASURED / f"{name}.json" for name in TITLES)
    return {path.stem: Measured(**json.loads(path.read_text("utf-8"))) for path in files if path.exists()}


def page(found: Mapping[str, Measured]) -> str:
    """The page in Markdown."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mapping[str, Measured]) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield (
        "Made by `make bench`, which runs every benchmark (hours) and writes this page from what they print; "
        "`python -m tests.bench pdf` measures one anew. *Load* is how many processes wanted to run when a "
        "benchmark began: where it is above the number of cores, seconds by the clock say nothing, and those "
        "of the processor are what to compare. CI holds the ratios (`make bench-gate`)."
    )
    for name, (title, says) in TITLES.items():
        yield from ("", f"## {title}", "", says, "")
        if name not in found:
            yield f"Not measured yet: `python -m tests.bench {name}`."
            continue
        one = found[name]
        yield _where(one)
        if one.figures:
            yield from ("", *_table(one.figures))
        yield from ("", "```text", *one.lines, "```")


def _where(one: Measured) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in one.machine["packages"].items())
    return (
        f"`{one.command}`, {one.day}: {one.machine['cores']} cores ({one.machine['processor']}), "
        f"{one.machine['memory_gib']} GiB, Python {one.machine['python']}, {packages}; "
        f"load {one.load}; {one.cpu_seconds:,} s CPU, {one.wall_seconds:,} s by the clock."
    )


def _table(figures: Mapping[str, Sequence[float]]) -> Iterator[str]:
    yield "| figure | median | least | most | rounds |"
    yield "|---|---:|---:|---:|---:|"
    for name, values in figures.items():
        numbers = (median(values), min(values), max(values))
        yield f"| {name} | {' | '.join(map(_short, numbers))} | {len(values)} |"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"

"""`python -m tests.fuzz`: read damaged copies of documents, and print every run that gave no outcome.

A run fails where reading raises, is `crashed`, dies, wants more memory than allowed or takes too long. Errors
inside a document that cost a stage, a table or a page (`not_read`) are counted by their place, and fail none.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from tests.fuzz.mutate import mutated
from tests.fuzz.reader import LIMITS, Reader

FOLDERS = ("../shared/corpus/docs", "../shared/real/docs", "../shared/real/gov", "../shared/cases/documents")
LARGEST = 600_000  # bytes of a document to damage; of larger PDF files the first pages are taken


def documents(folders: list[Path], only: str) -> Iterator[tuple[str, bytes]]:
    """Small documents and the first pages of larger PDF files, by name."""
    for path in sorted(p for folder in folders if folder.is_dir() for p in folder.iterdir() if p.is_file()):
        if only not in path.name or path.suffix in (".csv", ".yaml", ".md"):
            continue
        data = path.read_bytes()
        if data.startswith(b"%PDF"):
            data = first_pages(data) or data
        if len(data) <= LARGEST:
            yield path.name, data


def first_pages(data: bytes) -> bytes | None:
    """A PDF with the first pages only; None where it cannot be divided."""
    try:
        document = pypdfium2.PdfDocument(data)
        kept = pypdfium2.PdfDocument.new()
        kept.import_pages(document, list(range(min(LIMITS.max_pages, len(document)))))
        buffer = io.BytesIO()
        kept.save(buffer)
    except pypdfium2.PdfiumError:
        return None
    return bytes(buffer.getvalue())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--only", default="", help="documents whose name contains this")
    parser.add_argument("--seconds", type=float, default=90.0, help="longest time of one run")
    parser.add_argument("--keep", type=Path, help="a folder for the input of runs that failed")
    options = parser.parse_args()
    found = list(documents(options.folders or [Path(name) for name in FOLDERS], options.only))
    if not found:
        print("no documents to damage", file=sys.stderr)
        return 3
    kinds = sorted({Path(name).suffix.lower() for name, _ in found})
    reader = Reader(options.seconds)
    outcomes: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    failed, slowest = 0, 0.0
    for seed in range(options.seed, options.seed + options.runs):
        dice = random.Random(seed)
        kind = dice.choice(kinds)
        name, data = dice.choice([one for one in found if Path(one[0]).suffix.lower() == kind])
        run = reader.run(name, data, seed)
        outcomes[run.outcome.split(" ", 1)[0]] += 1
        lost.update(detail.rsplit(": ", 2)[-2] + " " + detail.rsplit("(", 1)[-1] for detail in run.lost)
        slowest = max(slowest, run.seconds)
        if run.failed:
            failed += 1
            print(f"seed {seed}  {name}  {run.seconds:.1f} s  {run.outcome}", flush=True)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{seed}-{name}").write_bytes(mutated(data, seed))
    reader.stop()
    print(f"{options.runs} runs on {len(found)} documents: {failed} failed, slowest {slowest:.1f} s")
    print("outcomes  ", ", ".join(f"{name} {count}" for name, count in outcomes.most_common()))
    for place, count in lost.most_common():
        print(f"cost a part {count:5}  {place}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

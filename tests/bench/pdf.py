"""What reading and parsing a PDF cost: processor time against pdfplumber's own `extract_tables`.

`python -m tests.bench.pdf [FOLDER ...] [--documents 24] [--rounds 3]`: so many PDFs, chosen evenly from those
with a text layer in the folders (by default the real documents beside the repository), in one process,
document by document: PDFium's characters and paths alone (the limit of what a reader on PDFium may reach),
pdfplumber's `extract_tables` of every page, our reading, our whole parse. Recognition of pictures is off.
All of these read the shortest document once before, and what is then in memory is frozen, as in a process
that reads documents (`archive.isolation.process`).
Prints processor seconds of a round (median, least and most) and how many times as fast as pdfplumber each
is, against the same round's pdfplumber. With `--peers`, PyMuPDF and camelot read the shortest documents, up
to `--peer-pages`, each in a process of its own, once (see `peers.py`).
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import pdfplumber
import pypdfium2
import pypdfium2.raw as pdfium

from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.readers.pdf.reader import read_pdf
from parsers.values.errors import DocumentError
from tests.bench.figures import print_figures

REAL = Path(__file__).parents[3] / "shared" / "real"
FOLDERS = (REAL / "docs", REAL / "gov")
FEWEST_CHARACTERS = 200
"""On the first pages of a document with a text layer."""
LIMITS = Limits(ocr=False)


def characters_and_paths(path: Path) -> None:
    """What any reader on PDFium must at least ask for: every character's code and box, every object's kind
    and box."""
    document = pypdfium2.PdfDocument(path)
    box, sides = pdfium.FS_RECTF(), [pdfium.c_float() for _ in range(4)]
    for page in document:
        text = page.get_textpage()
        for index in range(pdfium.FPDFText_CountChars(text.raw)):
            pdfium.FPDFText_GetUnicode(text.raw, index)
            pdfium.FPDFText_GetLooseCharBox(text.raw, index, box)
        for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
            item = pdfium.FPDFPage_GetObject(page.raw, index)
            pdfium.FPDFPageObj_GetType(item)
            pdfium.FPDFPageObj_GetBounds(item, *sides)
        text.close()
        page.close()
    document.close()


def tables_of_pdfplumber(path: Path) -> None:
    """pdfplumber's tables of every page."""
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_tables()
            page.close()


def reading(path: Path) -> None:
    """Our blocks and grids."""
    read_pdf(path.read_bytes(), LIMITS)


def parsing(path: Path) -> None:
    """Everything we report of a document."""
    parse_document(path.read_bytes(), limits=LIMITS)


MEASURE = "pdfplumber's extract_tables"
STEPS: dict[str, Callable[[Path], None]] = {
    MEASURE: tables_of_pdfplumber,
    "PDFium's characters and paths": characters_and_paths,
    "reading": reading,
    "whole parse": parsing,
}


def chosen(folders: Sequence[Path], count: int) -> list[Path]:
    """PDFs with a text layer, evenly from all there are by name."""
    texts = [
        path for folder in folders for path in sorted(folder.glob("*.pdf")) if _pages(path, FEWEST_CHARACTERS)
    ]
    step = max(len(texts) / count, 1.0)
    return [texts[int(number * step)] for number in range(min(count, len(texts)))]


def _pages(path: Path, characters: int = 0) -> int:
    """Pages of a document; 0 if its first three have fewer characters, or nothing can open it."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return 0
    try:
        total = len(document)
        found = sum(document[number].get_textpage().count_chars() for number in range(min(total, 3)))
        return total if found >= characters else 0
    finally:
        document.close()


def measured(paths: Sequence[Path]) -> dict[str, float]:
    """Processor seconds of one round over all documents, by step."""
    spent = dict.fromkeys(STEPS, 0.0)
    for path in paths:
        for name, step in STEPS.items():
            gc.collect()
            start = time.process_time()
            try:
                step(path)
            except DocumentError as error:
                raise SystemExit(f"{path.name}: {error.outcome}") from error
            spent[name] += time.process_time() - start
    return spent


def with_peers(paths: Sequence[Path], most_pages: int) -> dict[str, list[float]]:
    """What peers need for the shortest documents, beside pdfplumber and our reading of the same."""
    short = []
    for path in sorted(paths, key=_pages):
        most_pages -= _pages(path)
        if most_pages < 0:
            break
        short.append(path)
    pages = sum(map(_pages, short))
    ours = measured(short)
    figures = {f"{pages} pages, {name}, CPU s": [ours[name]] for name in (MEASURE, "reading")}
    for peer in ("pymupdf", "camelot"):
        command = [os.environ.get("GONGKAI_PEERS", sys.executable), str(Path(__file__).with_name("peers.py"))]
        done = subprocess.run([*command, peer, *map(str, short)], capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{peer} cannot be run here: {done.stderr.strip().splitlines()[-1]}")
            continue
        name, _, *each = done.stdout.splitlines()
        seconds = [float(one) for one in each if not one.startswith("failed")]
        if len(seconds) < len(each):
            name += f" ({len(each) - len(seconds)} of {len(each)} documents failed)"
        figures[f"{pages} pages, {name}, CPU s"] = [sum(seconds)]
    for name, (spent,) in figures.items():
        print(f"{name:60} {spent:8.2f} s, {1000 * spent / pages:6.1f} ms a page", flush=True)
    return figures


def report(rounds: Sequence[dict[str, float]], pages: int) -> None:
    """A line a step: seconds, milliseconds a page, speed against pdfplumber."""
    for name in STEPS:
        seconds = [one[name] for one in rounds]
        times = [one[MEASURE] / one[name] for one in rounds]
        print(
            f"{name:30} {median(seconds):7.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
            f"{1000 * median(seconds) / pages:6.1f} ms a page, "
            f"{median(times):5.2f} times as fast ({min(times):.2f} to {max(times):.2f})",
            flush=True,
        )


def main() -> None:
    """See the module."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folders", nargs="*", type=Path, default=FOLDERS)
    ask.add_argument("--documents", type=int, default=24)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--peers", action="store_true")
    ask.add_argument("--peer-pages", type=int, default=100)
    asked = ask.parse_args()
    paths = chosen(asked.folders, asked.documents)
    if not paths:
        raise SystemExit("no PDF with a text layer in these folders")
    pages = sum(_pages(path) for path in paths)
    print(f"{len(paths)} documents, {pages} pages, {asked.rounds} rounds", flush=True)
    measured([min(paths, key=_pages)])
    gc.freeze()
    rounds = [measured(paths) for _ in range(asked.rounds)]
    report(rounds, pages)
    figures = {f"{name}, CPU ms a page": [1000 * one[name] / pages for one in rounds] for name in STEPS}
    figures |= {f"{name}, times pdfplumber": [one[MEASURE] / one[name] for one in rounds] for name in STEPS}
    print_figures(figures | (with_peers(paths, asked.peer_pages) if asked.peers else {}))


if __name__ == "__main__":
    main()

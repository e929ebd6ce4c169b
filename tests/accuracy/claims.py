"""Judges findings by hand, and measures the rules by it: `python -m tests.accuracy.claims COMMAND`.

    list FILES        failing checks of severity error or warning, with the verdict where there is one
    render FILES      pictures of their places, into --out
    judge FILES       adds verdicts to the ledger: lines `key<tab>verdict<tab>why` from standard input
    refresh FILES     says of every row of these files whether the parsers still raise it
    write-docs        docs/claims.md and parsers/reference/claims.csv from the ledger

Invariant: only `judge` and `refresh` change the ledger, and no command changes a verdict's words but `judge`.
`--cache` keeps what was read of each file; it must be emptied when the parsers change.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive.rendering.messages import sentence
from parsers import parse_document
from parsers.values.results import Check, Hints, ParsedDocument
from tests.accuracy import claims_page
from tests.accuracy.claims_images import pictures, places, stacked
from tests.accuracy.ledger import Claim, findings, read_ledger, refreshed, write_ledger

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "claims.md"
DATA = ROOT / "parsers" / "reference" / "claims.csv"


@dataclass(frozen=True, slots=True)
class Read:
    """One file as the parsers of today read it."""

    path: Path
    document: ParsedDocument
    found: tuple[tuple[Claim, Check], ...]


def read(paths: Sequence[Path], cache: Path | None) -> Iterator[Read]:
    """The files one by one; from the cache where they are in it."""
    for path in paths:
        document = _document(path, cache)
        yield Read(path, document, tuple(findings(document, path.name)))


def _document(path: Path, cache: Path | None) -> ParsedDocument:
    data = path.read_bytes()
    kept = cache / f"{hashlib.sha256(data).hexdigest()}.pickle" if cache else None
    if kept is not None and kept.is_file():
        document: ParsedDocument = pickle.loads(kept.read_bytes())
        return document
    document = parse_document(data, Hints(file_name=path.name))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(document))
    return document


def list_findings(every: Iterator[Read], options: argparse.Namespace) -> None:
    """Tab-separated: key, verdict, severity, fault, rule, file, page, message in English."""
    ledger = read_ledger()
    for one in every:
        for claim, check in _wanted(one, options, ledger):
            verdict = ledger[claim.key].verdict if claim.key in ledger else "-"
            message = sentence(check.message, "en")
            places = (claim.key, verdict, check.severity, check.fault or "-", check.rule, one.path.name)
            print(*places, claim.page or "-", message, sep="\t")


def render(every: Iterator[Read], options: argparse.Namespace) -> None:
    """A PNG per finding of a PDF, named by its key."""
    options.out.mkdir(parents=True, exist_ok=True)
    ledger = read_ledger()
    for one in every:
        if one.document.media_type != "application/pdf":
            continue
        for claim, check in _wanted(one, options, ledger):
            pieces = list(pictures(one.path.read_bytes(), places(one.document, check)))
            if pieces:
                stacked(pieces).save(options.out / f"{claim.key}.png")


def _wanted(
    one: Read, options: argparse.Namespace, ledger: dict[str, Claim]
) -> Iterator[tuple[Claim, Check]]:
    for claim, check in one.found:
        judged = claim.key in ledger and bool(ledger[claim.key].verdict)
        if (not options.rule or claim.rule in options.rule) and not (options.new and judged):
            yield claim, check


def judge(every: Iterator[Read], options: argparse.Namespace) -> None:
    """Adds rows; a finding that is judged again has one look more."""
    ledger = read_ledger()
    known = {claim.key: claim for one in every for claim, _ in one.found}
    for line in sys.stdin:
        key, verdict, why = line.rstrip("\n").split("\t")
        row = ledger.get(key) or known[key]
        looks = str(int(row.looks) + 1) if key in ledger and row.verdict else row.looks
        ledger[key] = replace(row, verdict=verdict, why=why, looks=looks)
    write_ledger(ledger.values())


def refresh(every: Iterator[Read], options: argparse.Namespace) -> None:
    """Sets `raised` of the rows of these files."""
    told = [(one.document.document_id, [claim for claim, _ in one.found]) for one in every]
    write_ledger(refreshed(read_ledger(), told).values())


def write_docs() -> None:
    rows = list(read_ledger().values())
    DOCS.write_text(claims_page.page(rows), encoding="utf-8")
    DATA.write_text(claims_page.data(rows), encoding="utf-8")


COMMANDS = {"list": list_findings, "render": render, "judge": judge, "refresh": refresh}


def main(arguments: Sequence[str] | None = None) -> int:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("command", choices=(*COMMANDS, "write-docs"))
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for what was read")
    parser.add_argument("--rule", action="append", help="only findings of this rule")
    parser.add_argument("--new", action="store_true", help="only findings without a verdict")
    parser.add_argument("--out", type=Path, default=Path("claims-images"), help="folder for pictures")
    options = parser.parse_intermixed_args(arguments)
    if options.command == "write-docs":
        write_docs()
    else:
        COMMANDS[options.command](read(options.files, options.cache), options)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

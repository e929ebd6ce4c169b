"""Planted errors: `python -m tests.accuracy.mutations [--count 500] [--seed 7] [--others] [--verbose]`.

Invariant: only otherwise sound tables are changed, every change is larger than rounding could hide, and every
change is counted, also those that no sum can see (two parts of one sum swapped in a list of one column).

A change is `found` when a check fails that held before, `disputed` when a changed amount is (for a row
dropped or doubled: when a check fails), `named` when the one explanation given is the changed cells (or, for
a dropped row, the check that says which row is missing), `pointed at` when they are among the at most three
that the message names. `innocent` is the mean number of sound amounts disputed. The first four kinds are the
milestone's measure; the others are slips that keyboards and spreadsheets make.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parsers.accounting import Examination, check, examine
from parsers.accounting.slips import Explanation
from parsers.tables.layout.words import is_total_word
from parsers.values.results import BudgetTable, CellRef, Check
from tests.accuracy.planting import KINDS, OTHERS, Mutation, Plant
from tests.accuracy.text_documents import text_documents
from tests.wording import both

# One rendering of each seed: the others print the same tables.
DOCUMENTS = (
    "jishan-2023.xls",
    "mianxian-2024.docx",
    "shizhong-2024.ofd",
    "xuchang-2023.docx",
    "yanbian-2024.xlsx",
)
_NAMED = 3
_RATES = ("found", "disputed", "named", "pointed")


@dataclass(frozen=True, slots=True)
class Sound:
    """A document before the change: its tables, those without a failing check, and the checks that fail."""

    name: str
    tables: tuple[BudgetTable, ...]
    clean: tuple[BudgetTable, ...]
    failing: frozenset[tuple[str, str]]
    disputed: frozenset[CellRef]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks made of one mutation; `innocent` counts disputed amounts that were not changed."""

    found: bool
    disputed: bool
    named: bool
    pointed: bool
    innocent: int


def sound(name: str, tables: Sequence[BudgetTable]) -> Sound:
    judged, checks = check(tables)
    failing = [c for c in checks if c.status == "fails"]
    bad = {number for c in failing for number in c.table_nos}
    clean = tuple(
        t
        for t in tables
        if t.table_no not in bad and t.unit_yuan and sum(bool(f.amount_yuan) for f in t.facts) > 1
    )
    return Sound(name, tuple(tables), clean, frozenset(map(_key, failing)), frozenset(_disputed(judged)))


def _key(item: Check) -> tuple[str, str]:
    return item.rule, str(item.statement)


def _disputed(tables: Iterable[BudgetTable]) -> Iterator[CellRef]:
    return (
        CellRef(t.table_no, f.row_no, f.col_no) for t in tables for f in t.facts if f.status == "disputed"
    )


def judge(document: Sound, mutation: Mutation) -> Outcome:
    """Check the document with the changed table in place."""
    number = mutation.table.table_no
    tables = [mutation.table if t.table_no == number else t for t in document.tables]
    found = examine(tables)
    judged, checks = check(tables)
    failing = [c for c in checks if c.status == "fails" and _key(c) not in document.failing]
    disputed = set(_disputed(judged))
    if not mutation.moved:
        disputed -= document.disputed
    said = mutation.dropped and any(_says_missing(c, mutation) for c in failing)
    groups = _explanations(found, number)
    certain = [e for group in groups if len(group) == 1 for e in group]
    right = [[_is_right(e, mutation) for e in group] for group in groups]
    return Outcome(
        found=bool(failing),
        disputed=bool(failing) if mutation.dropped or mutation.moved else bool(disputed & mutation.cells),
        named=(bool(certain) or said) and all(_is_right(e, mutation) for e in certain),
        pointed=said or any(any(group) and len(group) <= _NAMED for group in right),
        innocent=len(disputed - mutation.cells),
    )


def _explanations(found: Examination, number: int) -> set[tuple[Explanation, ...]]:
    return {
        found.diagnosis.by_verdict[i]
        for i, verdict in enumerate(found.verdicts)
        if i in found.diagnosis.by_verdict
        and any(term.ref.table_no == number for term in (*verdict.equation.left, *verdict.equation.right))
    }


def _is_right(explanation: Explanation, mutation: Mutation) -> bool:
    """The changed cells and no other; for a dropped row the sum it is missing from."""
    if mutation.moved:
        return explanation.cells <= mutation.cells or explanation.slip.name == "row"
    if mutation.dropped:
        return explanation.slip.name == "row" or explanation.cells <= mutation.cells
    return explanation.cells <= mutation.cells


def _says_missing(item: Check, mutation: Mutation) -> bool:
    """Whether a check says that this very row is missing: its code, its number in the list, the total."""
    if item.rule == "LEVEL":
        return mutation.code is not None and any(
            mutation.code[:length] in both(item.message)
            for length in (len(mutation.code), len(mutation.code) - 2)
        )
    if item.rule in ("ROSTER", "ECHO.row"):
        return "未列出" in both(item.message)
    if item.rule == "TOTAL":
        return is_total_word(mutation.label)
    return item.rule in ("NUMBER", "SERIAL", "LEVEL.list")


def planted(
    documents: Sequence[Sound], count: int, seed: int, kinds: Mapping[str, Plant] = KINDS
) -> Iterator[tuple[str, Sound, Mutation, Outcome]]:
    """`count` mutations, the kinds in turn, documents and tables by how many amounts they print."""
    rng = random.Random(seed)
    usable = [document for document in documents if document.clean]
    for index in range(count):
        kind = list(kinds)[index % len(kinds)]
        mutation = None
        while mutation is None:
            document = rng.choice(usable)
            table = rng.choices(document.clean, [len(t.facts) for t in document.clean])[0]
            mutation = kinds[kind](table, rng)
        yield kind, document, mutation, judge(document, mutation)


def load(paths: Iterable[Path]) -> Iterator[Sound]:
    """The documents, read; those that cannot be read are left out."""
    for found in text_documents(paths):
        yield sound(found.name, found.tables)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    arguments.add_argument("--count", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=7)
    arguments.add_argument("--others", action="store_true", help="plant the other slips instead")
    arguments.add_argument("--verbose", action="store_true", help="print every mutation that is not named")
    arguments.add_argument("files", nargs="*", type=Path, help="documents to change; default: the five seeds")
    options = arguments.parse_args()
    paths = options.files or [options.shared / "corpus" / "docs" / name for name in DOCUMENTS]
    if not all(path.is_file() for path in paths):
        print(f"no reference documents at {options.shared}: nothing measured", file=sys.stderr)
        return 3
    documents = list(load(paths))
    started = time.perf_counter()
    kinds = OTHERS if options.others else KINDS
    report(planted(documents, options.count, options.seed, kinds), verbose=options.verbose)
    print(f"{time.perf_counter() - started:.0f} s")
    return 0


def report(results: Iterable[tuple[str, Sound, Mutation, Outcome]], *, verbose: bool) -> None:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind, document, mutation, outcome in results:
        for line in (kind, "all"):
            counts[line].update(count=1, innocent=outcome.innocent)
            for name in _RATES:
                counts[line][name] += getattr(outcome, name)
        if verbose and not (outcome.disputed and outcome.named):
            print(f"{kind}: {document.name} table {mutation.table.table_no}: {mutation.what}: {outcome}")
    print(f"{'':16} {'count':>6} " + " ".join(f"{name:>10}" for name in (*_RATES, "innocent")))
    for line, count in counts.items():
        rates = " ".join(f"{count[name] / count['count']:10.1%}" for name in _RATES)
        print(f"{line:16} {count['count']:6} {rates} {count['innocent'] / count['count']:10.2f}")


if __name__ == "__main__":
    raise SystemExit(main())

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
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from parsers.accounting import Examination, check, examine
from parsers.accounting.diagnosis import Explanation
from parsers.tables.layout.words import is_total_word
from parsers.values.results import BudgetTable, CellRef, Check, Fact
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
_TAIL = 6  # printed steps; the largest rounding tail seen in real documents is 2

Cells = dict[tuple[int, int], Fact | None]


@dataclass(frozen=True, slots=True)
class Sound:
    """A document before the change: its tables, those without a failing check, and the checks that fail."""

    name: str
    tables: tuple[BudgetTable, ...]
    clean: tuple[BudgetTable, ...]
    failing: frozenset[tuple[str, str]]
    disputed: frozenset[CellRef]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed table, the cells whose amounts changed, and what was done, in words."""

    table: BudgetTable
    cells: frozenset[CellRef]
    what: str
    dropped: bool = False
    moved: bool = False  # rows below stand elsewhere than before
    code: str | None = None  # the code and label of a dropped row
    label: str = ""


Plant = Callable[[BudgetTable, random.Random], Mutation | None]


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


def change_digit(table: BudgetTable, rng: random.Random) -> Mutation | None:
    """One digit of one amount, by more than a rounding tail."""
    fact = rng.choice([f for f in table.facts if f.amount_yuan])
    places = [i for i, sign in enumerate(fact.amount_text) if sign.isdigit()]
    for _ in range(40):
        at, digit = rng.choice(places), rng.choice("0123456789")
        if at == places[0] and digit == "0":
            continue
        text = fact.amount_text[:at] + digit + fact.amount_text[at + 1 :]
        yuan = _yuan(text, fact)
        if fact.amount_yuan is not None and abs(yuan - fact.amount_yuan) > _TAIL * _step(table):
            changed: Cells = {(fact.row_no, fact.col_no): replace(fact, amount_text=text, amount_yuan=yuan)}
            return _mutation(table, changed, f"{_name(fact)} {fact.amount_text} → {text}")
    return None


def drop_row(table: BudgetTable, rng: random.Random) -> Mutation | None:
    """One row with amounts, all blocks of it."""
    rows = sorted({f.row_no for f in table.facts if f.amount_yuan})
    if len(rows) < 3:
        return None
    row_no = rng.choice(rows)
    gone = [f for f in table.facts if f.row_no == row_no]
    left = replace(
        table,
        facts=tuple(f for f in table.facts if f.row_no != row_no),
        rows=tuple(r for r in table.rows if r.row_no != row_no),
    )
    cells = frozenset(CellRef(table.table_no, f.row_no, f.col_no) for f in gone)
    code = gone[0].functional_code or gone[0].economic_code
    what = f"row {_name(gone[0])} dropped"
    return Mutation(left, cells, what, dropped=True, code=code, label=gone[0].row_label)


def swap_cells(table: BudgetTable, rng: random.Random) -> Mutation | None:
    """Two different amounts of one row or of one column."""
    first = rng.choice([f for f in table.facts if f.amount_yuan])
    same = rng.choice(("row_no", "col_no"))
    others = [
        f
        for f in table.facts
        if f.amount_yuan
        and (f.block, getattr(f, same)) == (first.block, getattr(first, same))
        and abs(f.amount_yuan - (first.amount_yuan or 0)) > _TAIL * _step(table)
    ]
    if not others:
        return None
    second = rng.choice(others)
    changed: Cells = {
        (first.row_no, first.col_no): _with_amount(first, second),
        (second.row_no, second.col_no): _with_amount(second, first),
    }
    what = f"{_name(first)} {first.amount_text} ↔ {_name(second)} {second.amount_text}"
    return _mutation(table, changed, what)


def shift_columns(table: BudgetTable, rng: random.Random) -> Mutation | None:
    """The amounts of one row, from one column on, one column to the right."""
    columns = {f.col_no: f for f in reversed(table.facts)}
    start = rng.choice([f for f in table.facts if f.amount_yuan])
    numbers = sorted(number for number, fact in columns.items() if fact.block == start.block)
    row = {f.col_no: f for f in table.facts if f.row_no == start.row_no and f.block == start.block}
    last = row.get(numbers[-1])
    if numbers.index(start.col_no) + 1 == len(numbers) or (last is not None and last.amount_yuan):
        return None
    moved = numbers[numbers.index(start.col_no) :]
    changed: Cells = {(start.row_no, moved[0]): None}
    for source, target in pairwise(moved):
        fact = row.get(source)
        changed[start.row_no, target] = fact and _moved(fact, row.get(target), columns[target])
    return _mutation(table, changed, f"{_name(start)} and what follows moved right")


def _amount_changed(change: Callable[[str, random.Random], str]) -> Plant:
    """A mutation that rewrites the digits of one amount."""

    def plant(table: BudgetTable, rng: random.Random) -> Mutation | None:
        fact = rng.choice([f for f in table.facts if f.amount_yuan])
        whole, dot, fraction = re.sub(r"[^\d.]", "", fact.amount_text).partition(".")
        text = (change(whole, rng).lstrip("0") or "0") + dot + fraction
        yuan = _yuan(text, fact)
        if fact.amount_yuan is None or abs(yuan - fact.amount_yuan) <= _TAIL * _step(table):
            return None
        changed: Cells = {(fact.row_no, fact.col_no): replace(fact, amount_text=text, amount_yuan=yuan)}
        return _mutation(table, changed, f"{_name(fact)} {fact.amount_text} → {text}")

    return plant


def _without_digit(whole: str, rng: random.Random) -> str:
    at = rng.randrange(len(whole))
    return whole[:at] + whole[at + 1 :] or "0"


def _with_digit_twice(whole: str, rng: random.Random) -> str:
    at = rng.randrange(len(whole))
    return whole[: at + 1] + whole[at:]


def _scaled(*factors: Decimal) -> Plant:
    """A mutation that multiplies one amount: a unit mixed up, a decimal point moved, a sign."""

    def plant(table: BudgetTable, rng: random.Random) -> Mutation | None:
        fact = rng.choice([f for f in table.facts if f.amount_yuan])
        yuan = ((fact.amount_yuan or Decimal(0)) * rng.choice(factors)).quantize(Decimal("0.01"))
        printed = f"{yuan / (fact.unit_yuan or 1):f}"
        changed: Cells = {(fact.row_no, fact.col_no): replace(fact, amount_text=printed, amount_yuan=yuan)}
        return _mutation(table, changed, f"{_name(fact)} {fact.amount_text} → {printed}")

    return plant


def double_row(table: BudgetTable, rng: random.Random) -> Mutation | None:
    """One row printed a second time right below itself, all blocks of it."""
    rows = sorted({f.row_no for f in table.facts if f.amount_yuan})
    row_no = rng.choice(rows)
    twin = row_no + 1
    moved = [replace(f, row_no=f.row_no + (f.row_no > row_no)) for f in table.facts]
    facts = [*moved, *(replace(f, row_no=twin) for f in moved if f.row_no == row_no)]
    lines = [replace(r, row_no=r.row_no + (r.row_no > row_no)) for r in table.rows]
    lines += [replace(r, row_no=twin) for r in lines if r.row_no == row_no]
    grid = (*table.grid[: row_no + 1], *table.grid[row_no:])
    changed = replace(
        table,
        facts=tuple(sorted(facts, key=lambda f: (f.row_no, f.col_no))),
        rows=tuple(sorted(lines, key=lambda r: (r.block, r.row_no))),
        grid=grid,
    )
    both = [f for f in facts if f.row_no in (row_no, twin)]
    cells = frozenset(CellRef(table.table_no, f.row_no, f.col_no) for f in both)
    name = both[0]
    return Mutation(changed, cells, f"row {_name(name)} doubled", moved=True)


KINDS: dict[str, Plant] = {
    "change a digit": change_digit,
    "drop a row": drop_row,
    "swap two cells": swap_cells,
    "shift columns": shift_columns,
}
OTHERS: dict[str, Plant] = {
    "lose a digit": _amount_changed(_without_digit),
    "double a digit": _amount_changed(_with_digit_twice),
    "move the point": _scaled(Decimal(10), Decimal("0.1"), Decimal(100)),
    "mix up the unit": _scaled(Decimal(10_000), Decimal("0.0001")),
    "reverse the sign": _scaled(Decimal(-1)),
    "double a row": double_row,
}


def _mutation(table: BudgetTable, changed: Cells, what: str) -> Mutation | None:
    before = {(f.row_no, f.col_no): f.amount_yuan or Decimal(0) for f in table.facts}
    after = {place: (f.amount_yuan or Decimal(0)) if f else Decimal(0) for place, f in changed.items()}
    cells = frozenset(
        CellRef(table.table_no, *place)
        for place, yuan in after.items()
        if abs(yuan - before.get(place, Decimal(0))) > _TAIL * _step(table)
    )
    kept = [f for f in table.facts if (f.row_no, f.col_no) not in changed]
    facts = sorted([*kept, *filter(None, changed.values())], key=lambda f: (f.row_no, f.col_no))
    return Mutation(replace(table, facts=tuple(facts)), cells, what) if cells else None


def _with_amount(fact: Fact, other: Fact) -> Fact:
    return replace(fact, amount_yuan=other.amount_yuan, amount_text=other.amount_text)


def _moved(fact: Fact, there: Fact | None, column: Fact) -> Fact:
    """The amount of `fact` with the meaning of the cell it is moved to."""
    if there is not None:
        return _with_amount(there, fact)
    meaning = {name: getattr(column, name) for name in ("flow", "fund", "nature", "object", "period")}
    return replace(fact, col_no=column.col_no, column_path=column.column_path, **meaning)


def _yuan(text: str, like: Fact) -> Decimal:
    number = Decimal(re.sub(r"[^\d.]", "", text)) * (like.unit_yuan or 1)
    return number.copy_sign(like.amount_yuan or 1).quantize(Decimal("0.01"))


def _step(table: BudgetTable) -> Decimal:
    places = max(len(f.amount_text.partition(".")[2]) for f in table.facts)
    return max((table.unit_yuan or Decimal(1)).scaleb(-places), Decimal("0.05"))


def _name(fact: Fact) -> str:
    return f"{fact.row_label} [{fact.column_path}]"


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

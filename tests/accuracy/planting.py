"""Errors planted into the tables of a document, each a kind that people make."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from parsers.values.results import BudgetTable, CellRef, Fact

_TAIL = 6  # printed steps; the largest rounding tail seen in real documents is 2

Cells = dict[tuple[int, int], Fact | None]


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

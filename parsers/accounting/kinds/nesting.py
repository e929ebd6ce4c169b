"""Kind `nesting`: rows that sum others without any code to say so: bodies, projects, purchases.

Invariant: a structure is accepted only where it accounts for every amount of the block: the total row (or
the first row) is the sum of what stands below it, down to the last row, in all columns at once. Where one
column breaks it the others must carry it, and the broken sums fail. A plain list with a total needs no
such evidence: its rows are filled alike.

The structure is found from the amounts (a row whose amounts are the sum of the next rows is their whole),
and therefore never tested where codes give it (`tree`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from parsers.accounting.book import ZERO, Book, Column, Sheet
from parsers.accounting.equation import Equation, Yield
from parsers.accounting.evaluate import CENTS
from parsers.accounting.kinds.tree import code_system
from parsers.accounting.outline import bare, is_total, ordinal
from parsers.accounting.rules import Rule
from parsers.accounting.wording import cell_place, row_name
from parsers.results import TableRow

_MAX_STEPS = 5_000
_MAX_SEARCHED = 120  # rows; longer tables are read greedily only
_MAX_BROKEN = 40  # rows of a table in which a broken sum is looked for
Vector = tuple[Decimal, ...]


@dataclass(slots=True)
class _Branch:
    """A row by its position, and the rows that make it up."""

    position: int
    parts: list[_Branch] = field(default_factory=list)

    def walk(self) -> Iterator[_Branch]:
        yield self
        for part in self.parts:
            yield from part.walk()


def nesting(rule: Rule, book: Book) -> Iterator[Yield]:
    """All blocks of tables in scope whose rows no classification orders."""
    by_other_keys = frozenset(rule.params["by_other_keys"])
    for sheet in book.sheets.values():
        if not rule.scope.holds(sheet.table):
            continue
        for block, rows in sheet.blocks.items():
            coded = code_system(rows) is not None and sheet.prints_codes(block)
            ordered = coded and sheet.table.table_type not in by_other_keys
            if not ordered:
                yield from _block(rule, sheet, block, _listed(rows, rule.params))


def _listed(rows: Sequence[TableRow], params: Mapping[str, Any]) -> Sequence[TableRow]:
    """All rows; with `until` (summary tables) those down to the first total of that name, unless numbered."""
    if "until" not in params:
        return rows
    end = next((i for i, row in enumerate(rows) if re.search(params["until"], bare(row.label))), 0)
    return [] if any(ordinal(row.label) for row in rows) else rows[: end + 1]


def _block(rule: Rule, sheet: Sheet, block: int, rows: Sequence[TableRow]) -> Iterator[Equation]:
    columns = sheet.block_columns(block)
    used = [row for row in rows if any(sheet.term(row.row_no, c.number).yuan for c in columns)]
    if len(used) < 2 or not columns:
        return
    if is_total(used[-1]) and not is_total(used[0]):
        used = [used[-1], *used[:-1]]
    found = _structure(sheet, used, columns)
    if found is None:
        return
    for branch in found.walk():
        if branch.parts:
            yield from _equations(rule, sheet, used, columns, branch)


def _equations(
    rule: Rule, sheet: Sheet, rows: Sequence[TableRow], columns: Sequence[Column], branch: _Branch
) -> Iterator[Equation]:
    whole = rows[branch.position]
    label = row_name(whole.label, None, whole.row_no)
    for column in columns:
        left = sheet.term(whole.row_no, column.number)
        right = tuple(sheet.term(rows[part.position].row_no, column.number) for part in branch.parts)
        place = cell_place(sheet.table, label, " / ".join(column.path))
        yield Equation(rule, (left,), right, place, sheet.step, open_ended=True)


def _structure(sheet: Sheet, rows: Sequence[TableRow], columns: Sequence[Column]) -> _Branch | None:
    """By all columns; else by all but one; else, for a total above rows filled alike, the plain list."""
    filled = [c for c in columns if any(sheet.term(row.row_no, c.number).yuan for row in rows)]
    trials = [filled]
    if len(filled) > 1 and len(rows) > 2:
        trials += [[c for c in filled if c is not left_out] for left_out in filled[:12]]
        trials += [[c for c in filled if c not in pair] for pair in pairwise(filled[:12])]
        trials += [[c] for c in filled[:12]] if len(rows) > 3 else []
    for errors in (0, 1):
        for trial in trials if not errors else trials[:1]:
            vectors = [tuple(sheet.term(row.row_no, c.number).yuan for c in trial) for row in rows]
            if (
                trial
                and all(any(vector) for vector in vectors)
                and (found := _parse(vectors, sheet.step, errors))
            ):
                return found
    return _plain_list(sheet, rows)


def _plain_list(sheet: Sheet, rows: Sequence[TableRow]) -> _Branch | None:
    if not is_total(rows[0]) or any(is_total(row) for row in rows[1:]) or len(rows) < 3:
        return None
    columns = {column.number for column in sheet.columns}
    shapes = {_shape(sheet, row.row_no, columns) for row in rows[1:]}
    if len(shapes) > 1 or any(_is_doubled(sheet, rows, number) for number in columns):
        return None
    return _Branch(0, [_Branch(i) for i in range(1, len(rows))])


def _shape(sheet: Sheet, row_no: int, money: set[int]) -> tuple[int, ...]:
    """Which of the describing columns a row fills; codes by their length."""
    texts = [text.strip() for i, text in enumerate(sheet.table.grid[row_no]) if i not in money]
    return tuple(len(text) if text.isdigit() and len(text) > 2 else min(len(text), 1) for text in texts)


def _is_doubled(sheet: Sheet, rows: Sequence[TableRow], number: int) -> bool:
    """Whether the rows add up to a multiple of the total: then some of them sum others."""
    total, *others = (sheet.term(row.row_no, number).yuan for row in rows)
    times = sum(others, ZERO) / total if total else ZERO
    return times > Decimal("1.5") and abs(times - round(times)) < Decimal("0.01")


def _parse(vectors: Sequence[Vector], step: Decimal, errors: int) -> _Branch | None:
    """The tree below the first row in which every whole equals its parts (with `errors`: all but one further
    down), if it takes in every row."""
    if not errors and (found := _greedy(vectors, step)):
        return found
    if len(vectors) > (_MAX_BROKEN if errors else _MAX_SEARCHED):
        return None
    if not errors:
        readings = _Search(vectors, step).wholes(0)
        return next((branch for branch, end in readings if end == len(vectors)), None)
    broken = (
        (position, end)
        for position in range(1, len(vectors) - 1)
        for end in range(position + 2, len(vectors) + 1)
    )
    return next((found for one in broken if (found := _greedy(vectors, step, one))), None)


def _greedy(
    vectors: Sequence[Vector], step: Decimal, broken: tuple[int, int] | None = None
) -> _Branch | None:
    """From the last row up, every row takes in the shortest run of rows below that makes it up; `broken` is
    one row and where the rows below it that are said to make it up end, whatever they add up to."""
    branches: list[_Branch] = []
    ends: list[int] = []
    for position in range(len(vectors) - 1, -1, -1):
        branch, end = _Branch(position), position + 1
        total, at, parts = [ZERO] * len(vectors[position]), position + 1, []
        while at < len(vectors):
            below = len(vectors) - 1 - at
            parts.append(branches[below])
            total = [t + p for t, p in zip(total, vectors[at], strict=True)]
            at = ends[below]
            gaps = [w - t for w, t in zip(vectors[position], total, strict=True)]
            slack = max(step / 2 * (len(parts) + 1), CENTS)
            if broken is not None and position == broken[0]:
                complete, over = at == broken[1], False
            else:
                complete = all(abs(gap) <= slack for gap in gaps) and (position > 0 or at == len(vectors))
                over = position > 0 and any(gap < -slack for gap in gaps)
            if complete:
                branch, end = _Branch(position, parts), at
            if complete or over:
                break
        branches.append(branch)
        ends.append(end)
    return branches[-1] if branches[-1].parts else None


class _Search:
    """Every reading, depth first, the nested one of a row before the plain one; bounded in steps."""

    def __init__(self, vectors: Sequence[Vector], step: Decimal) -> None:
        self.vectors = vectors
        self.slack = step / 2
        self.steps = 0

    def wholes(self, position: int) -> Iterator[tuple[_Branch, int]]:
        """Readings of the row at `position` as the sum of rows right below it, with where they end."""
        zero = tuple(ZERO for _ in self.vectors[position])
        for parts, end in self.parts(position, position + 1, zero, 0):
            yield _Branch(position, parts), end

    def parts(
        self, whole: int, position: int, total: Vector, count: int
    ) -> Iterator[tuple[list[_Branch], int]]:
        """Ways to go on listing parts of `whole` from `position`, `total` being listed already."""
        self.steps += 1
        slack = max(self.slack * (count + 1), CENTS)
        gaps = [w - t for w, t in zip(self.vectors[whole], total, strict=True)]
        if count and all(abs(gap) <= slack for gap in gaps):
            yield [], position
        if position >= len(self.vectors) or self.steps > _MAX_STEPS:
            return
        row = self.vectors[position]
        if any(part > gap + slack for part, gap in zip(row, gaps, strict=True) if part > 0):
            return
        added = tuple(t + p for t, p in zip(total, row, strict=True))
        for branch, end in self.readings(position):
            for rest, last in self.parts(whole, end, added, count + 1):
                yield [branch, *rest], last

    def readings(self, position: int) -> Iterator[tuple[_Branch, int]]:
        """The row as a whole of those below it, or by itself."""
        if position + 1 < len(self.vectors):
            yield from self.wholes(position)
        yield _Branch(position), position + 1

"""Which rows contain which: by the outline their labels print (一、 before （一） before 1、, 其中), and
where they print no rank, as in tables nested by body, project or purchase, by their amounts.

Invariant: of an outline amounts only confirm what is printed, they never make one. Without one, a row is
called a subtotal only where the rows add up that way: those left must sum to the printed grand total, or,
where none is printed, every row must belong to a group with its sum. Where a long table does not add up as
a whole, its rows of one form (a body's code, no code) that add up to the total open a part each, and a part
that adds up is read; a first row that repeats the total with rows below it sums them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence, Set
from decimal import Decimal
from itertools import pairwise

from parsers.tables.layout.words import is_part, is_total_word
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

MAX_ROWS = 400
MAX_STEPS = 20_000

Open = tuple[tuple[Decimal, int], ...]  # what each open sum still lacks, and its parts so far; innermost last


def subtotals(
    amounts: Sequence[Decimal],
    total: Decimal | None,
    shapes: Sequence[Hashable] = (),
    step: Decimal = Decimal(0),
) -> set[int]:
    """Which of successive amounts are sums of those after them; `total` is the printed grand total, `shapes`
    say which describing columns each row fills and how, `step` is one unit of the last printed place.

    Sums hold exactly or, where the table adds up in no such way, within rounding. Empty where no reading, or
    too long a search, makes the table add up."""
    rows = [index for index, amount in enumerate(amounts) if amount]
    if any(amounts[index] < 0 for index in rows):
        return set()
    return _heads(rows, amounts, total, shapes or [None] * len(amounts), step)


def containing(amounts: Sequence[Decimal], heads: Set[int], step: Decimal = Decimal(0)) -> dict[int, int]:
    """For each amount that a sum contains, the nearest one: a sum takes what follows it until it is full."""
    found: dict[int, int] = {}
    lacking: list[tuple[int, Decimal, int]] = []  # the open sums, what each lacks, and its parts so far
    for index, amount in enumerate(amounts):
        while lacking and lacking[-1][2] and lacking[-1][1] <= step * (lacking[-1][2] + 1) / 2:
            lacking.pop()
        if lacking and amount:
            head, rest, parts = lacking[-1]
            found[index] = head
            lacking[-1] = head, rest - amount, parts + 1
        if index in heads:
            lacking.append((index, amount, 0))
    return found


def _heads(
    rows: Sequence[int],
    amounts: Sequence[Decimal],
    total: Decimal | None,
    shapes: Sequence[Hashable],
    step: Decimal,
) -> set[int]:
    """The heads among these rows: of all at once, else of the parts that the rows of the first one's shape
    open, else below a first row that repeats the total."""
    filled = [amounts[index] for index in rows]
    alike = len(rows) > 1 and shapes[rows[0]] == shapes[rows[1]]
    if (whole := _of_all(filled, total, alike, step)) is not None:
        return {rows[head] for head in whole}
    if total is None or len(rows) < 2:
        return set()
    for exact in (True, False):
        first = _form(shapes[rows[0]], exact=exact)
        outer = [at for at, row in enumerate(rows) if _form(shapes[row], exact=exact) == first]
        found = _of_all([filled[at] for at in outer], total, False, step) if len(outer) < len(rows) else None
        if found is not None:
            heads = {rows[outer[head]] for head in found}
            return heads | _of_parts(rows, [*outer, len(rows)], amounts, shapes, step)
    if abs(filled[0] - total) <= step:
        return {rows[0]} | _heads(rows[1:], amounts, total, shapes, step)
    return set()


def _form(shape: Hashable, *, exact: bool) -> Hashable:
    """The shape of a row, or what comes first in it: the codes of bodies and projects."""
    return shape if exact or not isinstance(shape, tuple) else shape[0]


def _of_parts(
    rows: Sequence[int],
    starts: Sequence[int],
    amounts: Sequence[Decimal],
    shapes: Sequence[Hashable],
    step: Decimal,
) -> set[int]:
    heads: set[int] = set()
    for start, end in pairwise(starts):
        if end - start > 1:
            heads.add(rows[start])
            heads |= _heads(rows[start + 1 : end], amounts, amounts[rows[start]], shapes, step)
    return heads


def _of_all(
    filled: Sequence[Decimal], total: Decimal | None, alike: bool, step: Decimal
) -> frozenset[int] | None:
    whole: Open = () if total is None else ((total, 0),)
    short = len(filled) <= MAX_ROWS
    heads = _Search(filled, total is None, alike, Decimal(0)).read(0, whole) if short else None
    if heads is None and total is not None:
        heads = _two_levels(filled, total, step)
    if heads is None and short:
        heads = _Search(filled, total is None, alike, step).read(0, whole)
    return heads


def _two_levels(amounts: Sequence[Decimal], total: Decimal, step: Decimal) -> frozenset[int] | None:
    """The heads of a long table of groups, each right above its parts, or None where the groups, and the rows
    that are in none, do not make up the total."""
    heads: set[int] = set()
    outer: list[Decimal] = []
    row = 0
    while row < len(amounts):
        below = Decimal(0)
        end = row + 1
        while end < len(amounts):
            below += amounts[end]
            end += 1
            slack = step * (end - row) / 2 if end - row > 2 else Decimal(0)
            if abs(below - amounts[row]) <= slack:
                heads.add(row)
                break
            if below > amounts[row]:
                end = row + 1
                break
        else:
            end = row + 1
        outer.append(amounts[row])
        row = end
    holds = abs(sum(outer) - total) <= step * (len(outer) + 1) / 2
    return frozenset(heads) if holds and heads else None


class _Search:
    """Depth first: each amount is a part of the innermost open sum, or opens a sum of its own.

    Without a grand total the outermost rows must all open sums, the first of them with several parts where
    it and the second look `alike`."""

    def __init__(self, amounts: Sequence[Decimal], all_grouped: bool, alike: bool, step: Decimal) -> None:
        self.amounts, self.all_grouped, self.alike, self.step = amounts, all_grouped, alike, step
        self.steps = 0
        self.dead: set[tuple[int, Open]] = set()

    def read(self, row: int, lacking: Open) -> frozenset[int] | None:
        """The heads of sums from `row` on, or None where the rows cannot close all that is open."""
        if row == len(self.amounts):
            return None if any(not self._is_full(sum_) for sum_ in lacking) else frozenset()
        if (row, lacking) in self.dead or self.steps > MAX_STEPS:
            return None
        self.steps += 1
        for open_sums in self._closings(lacking):
            if (found := self._read(row, open_sums)) is not None:
                return found
        self.dead.add((row, lacking))
        return None

    def _read(self, row: int, lacking: Open) -> frozenset[int] | None:
        amount = self.amounts[row]
        if lacking:
            rest, parts = lacking[-1][0] - amount, lacking[-1][1] + 1
            if rest < -self._slack(parts):
                return None
            lacking = (*lacking[:-1], (rest, parts))
            if (heads := self.read(row + 1, lacking)) is not None:
                return heads
        elif not self.all_grouped or (row == 0 and self.alike and self.amounts[1:2] == [amount]):
            return None
        heads = self.read(row + 1, (*lacking, (amount, 0)))
        return None if heads is None else heads | {row}

    def _slack(self, parts: int) -> Decimal:
        """Half a printed step for each term."""
        return self.step * (parts + 1) / 2

    def _is_full(self, sum_: tuple[Decimal, int]) -> bool:
        return sum_[1] > 0 and abs(sum_[0]) <= self._slack(sum_[1])

    def _closings(self, lacking: Open) -> list[Open]:
        """What may be open for the next row: without the sums that lack nothing any more; where rounding
        leaves that open, with them too."""
        found = [lacking]
        while lacking and self._is_full(lacking[-1]):
            lacking = lacking[:-1]
            found.insert(0, lacking)
        return found if self.step else found[:1]


_RANKS = _L.patterns("ranks")
_SECTION_RANK = 0
_LEAF_RANK = 9


def parents(labels: Sequence[str], sections: Sequence[bool]) -> list[int | None]:
    """The index of the row that contains each row, or None. `sections` marks the rows that open a part of
    the table without an ordinal of their own (上年结转, 财政拨款)."""
    found: list[int | None] = []
    path: list[tuple[int, int]] = []  # (rank, index) from the outermost row to the innermost
    for index, label in enumerate(labels):
        if not label or is_total_word(label):
            path = [] if label else path
            found.append(None)
            continue
        rank = _rank(label, sections[index], bool(path))
        while path and path[-1][0] >= rank:
            path.pop()
        found.append(path[-1][1] if path else None)
        path.append((rank, index))
    return found


def _rank(label: str, section: bool, inside: bool) -> int:
    compact = fold(label)
    if is_part(compact):
        return _LEAF_RANK
    for rank, pattern in enumerate(_RANKS, start=1):
        if pattern.match(compact):
            return rank
    return _SECTION_RANK if section or not inside else _LEAF_RANK - 1


def sum_rows(
    above: Sequence[int | None], labels: Sequence[str], amounts: Sequence[Mapping[int, Decimal]]
) -> set[int]:
    """The rows whose amount is the sum of the rows right below them, in every column that prints both.

    `amounts` maps column to amount for each row. A row with 其中 rows alone is not a sum: they are parts
    of it, not all of it."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for index, parent in enumerate(above):
        if parent is not None and not is_part(labels[index]):
            children[parent].append(index)
    return {
        parent for parent, below in children.items() if _adds_up(amounts[parent], [amounts[i] for i in below])
    }


def _adds_up(whole: Mapping[int, Decimal], below: Sequence[Mapping[int, Decimal]]) -> bool:
    tested = [
        (total, parts)
        for column, total in whole.items()
        if (parts := [row[column] for row in below if column in row]) and total
    ]
    return bool(tested) and all(
        abs(total - sum(parts)) <= _slack(total, len(parts)) for total, parts in tested
    )


def _slack(total: Decimal, count: int) -> Decimal:
    """Half a printed step for each term, for rounding tails; a single part must be equal."""
    exponent = total.as_tuple().exponent
    places = min(exponent, 0) if isinstance(exponent, int) else 0
    return Decimal(1).scaleb(places) * (count + 1) / 2 if count > 1 else Decimal(0)

"""The sums a table's own rows and columns keep, to choose between readings of one cell.

Invariant: a sum speaks only where every other amount in it is legible, and only exactly: no tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from parsers.tables.codes import CodeReader
from parsers.tables.layout.blocks import ColumnBlock, column_blocks
from parsers.tables.layout.columns import Column
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import is_total_word
from parsers.values.amounts import is_blank, printed_number

LEAST_ROWS = 3  # rows in which columns must add up before they are known to

Place = tuple[int, int]  # row, column


@dataclass(frozen=True, slots=True)
class Sum:
    """The amount at `whole` is the sum of those at `parts`."""

    whole: Place
    parts: tuple[Place, ...]


class Sums:
    """The sums of one table body; `doubtful` places count as illegible when sums are looked for."""

    def __init__(self, body: Sequence[Row], columns: Sequence[Column], doubtful: set[Place]) -> None:
        self._amounts: dict[Place, Decimal | None] = {}
        for r, row in enumerate(body):
            for c in (column.index for column in columns if column.role == "money"):
                text = row[c].own_text
                self._amounts[r, c] = Decimal(0) if is_blank(text) else printed_number(text)
        self._amounts.update(dict.fromkeys(doubtful))
        self._by_place: dict[Place, list[Sum]] = {}
        for block in column_blocks(columns):
            for found in (*self._across(block, len(body)), *_down(block, body)):
                for place in (found.whole, *found.parts):
                    self._by_place.setdefault(place, []).append(found)

    def hold(self, place: Place, value: Decimal) -> bool:
        """Whether a sum this place is part of holds with this value there."""
        return any(self._holds(found, place, value) for found in self._by_place.get(place, []))

    def _holds(self, found: Sum, place: Place, value: Decimal) -> bool:
        whole, *parts = (
            value if at == place else self._amounts.get(at) for at in (found.whole, *found.parts)
        )
        legible = [part for part in parts if part is not None]
        return whole is not None and len(legible) == len(parts) and sum(legible) == whole != 0

    def _across(self, block: ColumnBlock, rows: int) -> Iterator[Sum]:
        """合计 = 基本支出 + 项目支出: a column and those right of it that add up in all other rows."""
        money = [column.index for column in block.money]
        for i, whole in enumerate(money):
            for end in range(i + 3, len(money) + 1):
                parts = money[i + 1 : end]
                if self._add_up(whole, parts, rows):
                    yield from (Sum((r, whole), tuple((r, c) for c in parts)) for r in range(rows))

    def _add_up(self, whole: int, parts: Sequence[int], rows: int) -> bool:
        seen = 0
        filled: set[int] = set()
        for r in range(rows):
            total, *rest = (self._amounts[r, c] for c in (whole, *parts))
            legible = [amount for amount in rest if amount is not None]
            if total is None or len(legible) < len(rest):
                continue
            if sum(legible) != total:
                return False
            seen += total != 0
            filled |= {c for c in parts if self._amounts[r, c]}
        return seen >= LEAST_ROWS and len(filled) == len(parts)


def _down(block: ColumnBlock, body: Sequence[Row]) -> Iterator[Sum]:
    """类 = Σ 款, 款 = Σ 项 by the codes of the rows, and the one 合计 = Σ 类."""
    reader = CodeReader(block.keys)
    codes = ["".join(list(reader.read(row).values())[:1]) for row in body]
    groups = [(r, _below(codes, r)) for r, code in enumerate(codes) if code]
    totals = [r for r, row in enumerate(body) if is_total_word(block.row_label(row))]
    top = min((len(code) for code in codes if code), default=0)
    if len(totals) == 1:
        groups.append((totals[0], [r for r, code in enumerate(codes) if code and len(code) == top]))
    for whole, parts in groups:
        for column in block.money if parts else ():
            yield Sum((whole, column.index), tuple((r, column.index) for r in parts))


def _below(codes: Sequence[str], row: int) -> list[int]:
    """The rows right below `row` whose code is one step deeper within its own."""
    parts = []
    for r in range(row + 1, len(codes)):
        if not codes[r].startswith(codes[row]) or codes[r] == codes[row]:
            break
        if len(codes[r]) == len(codes[row]) + 2:
            parts.append(r)
    return parts

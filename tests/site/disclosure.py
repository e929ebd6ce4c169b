"""What a disclosure prints, as plain values, before any format is chosen.

Invariant: `Table.cells()` is the only description of a table's geometry. Every typesetter walks it, so one
disclosure shows the same cells, spans and texts in every format.

Source of the data: `disclosures/*.json`. A header cell is stored as [text, rowspan, colspan], rows as in an
HTML table; a body merge as [row, column, rowspan, colspan] with the text in its first cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

DATA = Path(__file__).parent / "disclosures"

Role = Literal["header", "amount", "label"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell. `row` counts header rows first, then body rows, from 0."""

    row: int
    col: int
    text: str
    rowspan: int
    colspan: int
    role: Role

    @property
    def centred(self) -> bool:
        """Headers, codes, row numbers and totals stand in the middle of their cell."""
        plain = self.text.replace(" ", "")
        short = plain.isdigit() or plain in ("合计", "总计")
        return self.role == "header" or (self.role == "label" and short)


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `unit_yuan` is yuan per unit, None for forms; `amount_columns` hold money."""

    number: str
    title: str
    type: str
    caption: tuple[str, ...]
    unit: str | None
    unit_yuan: int | None
    columns: int
    amount_columns: tuple[int, ...]
    header: tuple[tuple[tuple[str, int, int], ...], ...]
    merges: tuple[tuple[int, int, int, int], ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    empty: bool

    @property
    def wide(self) -> bool:
        return self.columns >= 9

    @property
    def amounts(self) -> int:
        """How many money cells are not blank (a printed zero counts)."""
        return sum(1 for row in self.rows for col in self.amount_columns if row[col])

    def cells(self) -> Iterator[Cell]:
        """Every printed cell once, blank ones included, in reading order."""
        yield from self._header_cells()
        spans = {(row, col): (rowspan, colspan) for row, col, rowspan, colspan in self.merges}
        hidden = {
            (row + down, col + right)
            for (row, col), (rowspan, colspan) in spans.items()
            for down in range(rowspan)
            for right in range(colspan)
        } - spans.keys()
        for row, texts in enumerate(self.rows):
            for col, text in enumerate(texts):
                if (row, col) not in hidden:
                    rowspan, colspan = spans.get((row, col), (1, 1))
                    role: Role = "amount" if col in self.amount_columns else "label"
                    yield Cell(row + len(self.header), col, text, rowspan, colspan, role)

    def _header_cells(self) -> Iterator[Cell]:
        taken: set[tuple[int, int]] = set()
        for row, cells in enumerate(self.header):
            col = 0
            for text, rowspan, colspan in cells:
                while (row, col) in taken:
                    col += 1
                taken.update((row + down, col + right) for down in range(rowspan) for right in range(colspan))
                yield Cell(row, col, text, rowspan, colspan, "header")
                col += colspan


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One budget (预算) or final account (决算) as its publisher lays it out."""

    disclosure_id: str
    title: str
    cover: tuple[str, ...]
    body_name: str
    body_level: str
    region_code: str
    fiscal_year: int
    document_kind: str
    content: tuple[Block, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.content if isinstance(block, Table))


@cache
def load(disclosure_id: str) -> Disclosure:
    """Read `disclosures/<id>.json`. Raises FileNotFoundError for an unknown id."""
    return read(json.loads((DATA / f"{disclosure_id}.json").read_text(encoding="utf-8")))


def read(raw: dict[str, Any]) -> Disclosure:
    """A disclosure from the values of its JSON file."""
    content = tuple(_block(block) for block in raw.pop("content"))
    return Disclosure(content=content, **_frozen(raw))


def _block(raw: dict[str, Any]) -> Block:
    kinds: dict[str, type[Block]] = {"heading": Heading, "paragraph": Paragraph, "table": Table}
    return kinds[raw.pop("kind")](**_frozen(raw))


def _frozen(values: dict[str, Any]) -> dict[str, Any]:
    return {key: _tuples(value) for key, value in values.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value

"""A stored table as cells of an HTML table, its numbers joined to their facts and places.

Invariant: every fact of the table is shown in exactly one cell or, where the stored grid has no such cell,
in the list of facts beside it (`Grid.stray`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from archive.dataset.rows.documents import TableRow
from archive.dataset.rows.facts import CheckRow, FactRow

MEANING = (
    "flow",
    "fund",
    "nature",
    "object",
    "period",
    "functional_code",
    "functional_name",
    "economic_code",
    "economic_name",
    "gov_economic_code",
    "gov_economic_name",
    "project_name",
    "row_body_name",
    "category",
    "item_code",
    "subject",
)


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One header cell; `columns` and `rows` are its spans."""

    text: str
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class BodyCell:
    """One cell; `fact` is its amount, if it is one."""

    text: str
    fact: FactRow | None


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed table as HTML shows it; `stray` are facts whose cell is not in it."""

    header: list[list[HeaderCell]]
    body: list[list[BodyCell]]
    stray: list[FactRow]


def place(fact: FactRow) -> str:
    """The name of a fact's place within its table: its row and column."""
    return f"r{fact.row_no}-c{fact.col_no}"


def grid_of(table: TableRow, facts: Sequence[FactRow]) -> Grid:
    """The table as it is shown."""
    waiting = {(fact.row_no, fact.col_no): fact for fact in facts}
    width = max((len(row) for row in [*(table.header or ()), *(table.grid or ())]), default=0)
    body = [
        [
            BodyCell((row[number] or "") if number < len(row) else "", waiting.pop((row_no, number), None))
            for number in range(width)
        ]
        for row_no, row in enumerate(table.grid or ())
    ]
    return Grid(header_cells(table.header or ()), body, list(waiting.values()))


def header_cells(header: Sequence[Sequence[str | None]]) -> list[list[HeaderCell]]:
    """Repeated header texts as spans. Cells merge sideways only under one and the same cell."""
    width = max((len(row) for row in header), default=0)
    texts = [[(row[n] or "") if n < len(row) else "" for n in range(width)] for row in header]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    rows: list[list[HeaderCell]] = []
    for top, line in enumerate(texts):
        cells = []
        for left, text in enumerate(line):
            if (top, left) in owner:
                continue
            columns, height = 1, 1
            while _joins(texts, owner, top, left, left + columns):
                columns += 1
            while text and top + height < len(texts) and _repeats(texts, top, top + height, left, columns):
                height += 1
            for row in range(top, top + height):
                owner.update({(row, column): (top, left) for column in range(left, left + columns)})
            cells.append(HeaderCell(text, columns, height))
        rows.append(cells)
    return rows


def _joins(
    texts: list[list[str]], owner: dict[tuple[int, int], tuple[int, int]], top: int, left: int, right: int
) -> bool:
    line = texts[top]
    return (
        right < len(line)
        and bool(line[left])
        and line[right] == line[left]
        and (top, right) not in owner
        and owner.get((top - 1, right)) == owner.get((top - 1, left))
    )


def _repeats(texts: list[list[str]], top: int, row: int, left: int, columns: int) -> bool:
    return all(texts[row][column] == texts[top][left] for column in range(left, left + columns))


def details(facts: Sequence[FactRow], checks: Sequence[CheckRow], t: Callable[[str], str]) -> dict[str, Any]:
    """What the page's script says about each fact, by place."""
    involved: dict[str, list[int]] = {}
    for number, check in enumerate(checks):
        for fact_id in check.fact_ids or ():
            involved.setdefault(fact_id, []).append(number)
    return {place(fact): _detail(fact, involved.get(fact.fact_id, []), t) for fact in facts}


def _detail(fact: FactRow, checks: list[int], t: Callable[[str], str]) -> dict[str, Any]:
    # JSON for the script of the page, which formats nothing: amounts and words are as they are to be shown.
    amount = fact.amount_yuan
    meaning = [
        (t(name), t(value)) for name in MEANING if (value := getattr(fact, name)) not in (None, "", "all")
    ]
    return {
        "label": fact.row_label or "",
        "column": fact.column_path or "",
        "printed": fact.amount_text,
        "unit": fact.unit_text or "",
        "yuan": None if amount is None else f"{amount:,.2f}",
        "status": fact.status,
        "page": fact.page,
        "meaning": meaning,
        "checks": checks,
        "id": fact.fact_id,
    }

"""What a later version of a document says otherwise: amount by amount, not byte by byte.

Invariant: an amount is compared with the one that stands in the same row and column of the same table; what
has no counterpart is reported as added or removed. Versions that say the same are `cosmetic`, whatever their
bytes; the same amounts among other words are `text`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from archive.dataset.rows.documents import ChangeRow
from archive.dataset.rows.typed import row_of
from archive.ingest.versions import Replacement
from archive.vocabulary import ChangeKind
from parsers.values.table_types import TableType

Cell = tuple[object, ...]
"""The place of an amount in any version: table, row, column, and which of several alike."""


@row_of("tables")
@dataclass(frozen=True, slots=True)
class PrintedTable:
    """What a comparison takes of a table."""

    table_id: str
    document_id: str
    table_no: int
    title: str | None
    table_type: TableType


@row_of("facts")
@dataclass(frozen=True, slots=True)
class PrintedAmount:
    """What a comparison takes of an amount."""

    fact_id: str
    table_id: str
    row_no: int
    col_no: int
    page: int | None
    table_type: TableType | None
    row_label: str | None
    column_path: str | None
    functional_code: str | None
    project_name: str | None
    amount_yuan: Decimal | None
    amount_text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One side: `content` as in `documents`, and the tables and amounts of the document and of all that is in
    it."""

    content: str | None
    tables: Sequence[PrintedTable]
    facts: Sequence[PrintedAmount]


def change_rows(replaced: Replacement, old: Version, new: Version) -> list[ChangeRow]:
    """Rows of `changes` for one replacement."""
    if old.content is not None and old.content == new.content:
        return [_row(replaced, ChangeKind.COSMETIC, 0)]
    before, after = _cells(old), _cells(new)
    differing = ((before.get(cell), after.get(cell)) for cell in before | after)
    found = [(kind, one, other) for one, other in differing if (kind := _kind(one, other))]
    rows = [_row(replaced, kind, number, one, other) for number, (kind, one, other) in enumerate(found)]
    return rows or [_row(replaced, ChangeKind.TEXT, 0)]


def _kind(old: PrintedAmount | None, new: PrintedAmount | None) -> ChangeKind | None:
    if old is None:
        return ChangeKind.ADDED
    if new is None:
        return ChangeKind.REMOVED
    amounts = [row.amount_text if row.amount_yuan is None else row.amount_yuan for row in (old, new)]
    return ChangeKind.ALTERED if amounts[0] != amounts[1] else None


def _cells(version: Version) -> dict[Cell, PrintedAmount]:
    """The amounts of a version by place, in reading order."""
    names = dict(_table_names(version.tables))
    order = {table: place for place, table in enumerate(names)}
    facts = sorted(version.facts, key=lambda row: (order[row.table_id], row.row_no, row.col_no))
    met: Counter[Cell] = Counter()
    cells: dict[Cell, PrintedAmount] = {}
    for row in facts:
        place = (
            names[row.table_id],
            _plain(row.row_label),
            _plain(row.column_path),
            row.functional_code,
            _plain(row.project_name),
        )
        met[place] += 1
        cells[(*place, met[place])] = row
    return cells


def _table_names(tables: Sequence[PrintedTable]) -> Iterator[tuple[str, Cell]]:
    """Table ids with what a table is called in every version: its type, or its title where that says nothing,
    and which of several it is."""
    met: Counter[Cell] = Counter()
    for table in sorted(tables, key=lambda row: (row.document_id, row.table_no)):
        name = (table.table_type, _plain(table.title) if table.table_type == TableType.OTHER else "")
        met[name] += 1
        yield table.table_id, (*name, met[name])


def _plain(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _row(
    replaced: Replacement,
    kind: ChangeKind,
    number: int,
    old: PrintedAmount | None = None,
    new: PrintedAmount | None = None,
) -> ChangeRow:
    shown = new or old  # an amount that was removed is described by its old place
    before, after = (row.amount_yuan if row else None for row in (old, new))
    return ChangeRow(
        change_id=f"{replaced.disclosure_id}-{replaced.old[:16]}-{replaced.new[:16]}-{number:05d}",
        disclosure_id=replaced.disclosure_id,
        url=replaced.url,
        seen_at=replaced.seen_at,
        kind=kind,
        old_document_id=replaced.old,
        new_document_id=replaced.new,
        table_type=shown.table_type if shown else None,
        row_label=shown.row_label if shown else None,
        column_path=shown.column_path if shown else None,
        old_fact_id=old.fact_id if old else None,
        new_fact_id=new.fact_id if new else None,
        old_page=old.page if old else None,
        new_page=new.page if new else None,
        old_text=old.amount_text if old else None,
        new_text=new.amount_text if new else None,
        old_yuan=before,
        new_yuan=after,
        difference_yuan=None if before is None or after is None else after - before,
    )

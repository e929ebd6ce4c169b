"""What a later version of a document says otherwise: amount by amount, not byte by byte.

Invariant: an amount is compared with the one that stands in the same row and column of the same table; what
has no counterpart is reported as added or removed. Versions that say the same are `cosmetic`, whatever their
bytes; the same amounts among other words are `text`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.ingest.versions import Replacement

Row = Mapping[str, Any]
Cell = tuple[object, ...]
"""The place of an amount in any version: table, row, column, and which of several alike."""


@dataclass(frozen=True, slots=True)
class Version:
    """One side: `content` as in `documents`, and the rows of `tables` and `facts` of the document and of all
    that is in it."""

    content: str | None
    tables: Sequence[Row]
    facts: Sequence[Row]


def change_rows(replaced: Replacement, old: Version, new: Version) -> list[dict[str, Any]]:
    """Rows of `changes` for one replacement."""
    if old.content is not None and old.content == new.content:
        return [_row(replaced, "cosmetic", 0)]
    before, after = _cells(old), _cells(new)
    differing = ((before.get(cell), after.get(cell)) for cell in before | after)
    found = [(kind, one, other) for one, other in differing if (kind := _kind(one, other))]
    rows = [_row(replaced, kind, number, one, other) for number, (kind, one, other) in enumerate(found)]
    return rows or [_row(replaced, "text", 0)]


def _kind(old: Row | None, new: Row | None) -> str | None:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    amounts = [row["amount_text"] if row["amount_yuan"] is None else row["amount_yuan"] for row in (old, new)]
    return "altered" if amounts[0] != amounts[1] else None


def _cells(version: Version) -> dict[Cell, Row]:
    """The amounts of a version by place, in reading order."""
    names = dict(_table_names(version.tables))
    order = {table: place for place, table in enumerate(names)}
    facts = sorted(version.facts, key=lambda row: (order[row["table_id"]], row["row_no"], row["col_no"]))
    met: Counter[Cell] = Counter()
    cells: dict[Cell, Row] = {}
    for row in facts:
        place = (
            names[row["table_id"]],
            _plain(row["row_label"]),
            _plain(row["column_path"]),
            row["functional_code"],
            _plain(row["project_name"]),
        )
        met[place] += 1
        cells[(*place, met[place])] = row
    return cells


def _table_names(tables: Sequence[Row]) -> Iterator[tuple[str, Cell]]:
    """Table ids with what a table is called in every version: its type, or its title where that says nothing,
    and which of several it is."""
    met: Counter[Cell] = Counter()
    for table in sorted(tables, key=lambda row: (row["document_id"], row["table_no"])):
        name = (table["table_type"], _plain(table["title"]) if table["table_type"] == "other" else "")
        met[name] += 1
        yield table["table_id"], (*name, met[name])


def _plain(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _row(
    replaced: Replacement, kind: str, number: int, old: Row | None = None, new: Row | None = None
) -> dict[str, Any]:
    shown = new or old or {}
    before, after = (row["amount_yuan"] if row else None for row in (old, new))
    return {
        "change_id": f"{replaced.disclosure_id}-{replaced.old[:16]}-{replaced.new[:16]}-{number:05d}",
        "disclosure_id": replaced.disclosure_id,
        "url": replaced.url,
        "seen_at": replaced.seen_at,
        "kind": kind,
        "old_document_id": replaced.old,
        "new_document_id": replaced.new,
        "table_type": shown.get("table_type"),
        "row_label": shown.get("row_label"),
        "column_path": shown.get("column_path"),
        "old_fact_id": old and old["fact_id"],
        "new_fact_id": new and new["fact_id"],
        "old_page": old and old["page"],
        "new_page": new and new["page"],
        "old_text": old and old["amount_text"],
        "new_text": new and new["amount_text"],
        "old_yuan": before,
        "new_yuan": after,
        "difference_yuan": None if before is None or after is None else after - before,
    }

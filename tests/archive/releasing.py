"""`python -m tests.archive.releasing`: keep a snapshot written by the schema of this release.

Every table has two rows: one with a value in every column, one with nothing but what must be there. Beside
the snapshot stands what a reader must find in it. Run once per release; what is kept is never written again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from archive.dataset.schema import TABLES, build_table
from archive.dataset.schema.declaration import Column
from archive.dataset.snapshots import Change, commit, create_tag
from archive.stores import LocalStore
from crawler.settings import VERSION

RELEASED = Path(__file__).parent / "released"
WRITTEN = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROWS = "rows.json"


def release(folder: Path) -> None:
    """Write a snapshot in today's schema, and its rows as JSON."""
    store = LocalStore(folder)
    rows = {name: [_row(schema.columns, full) for full in (True, False)] for name, schema in TABLES.items()}
    changes = [Change(name, build_table(name, listed)) for name, listed in rows.items()]
    snapshot = commit(store, changes, message=f"release {VERSION}", run_id=None, now=WRITTEN)
    assert snapshot
    create_tag(store, "release", snapshot.number, now=WRITTEN)
    told = {name: [plain(row) for row in listed] for name, listed in rows.items()}
    (folder / ROWS).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / ".tmp").rmdir()


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it."""
    return {
        name: value if value is None or isinstance(value, int | float | list) else str(value)
        for name, value in row.items()
    }


def _row(columns: tuple[Column, ...], full: bool) -> dict[str, Any]:
    return {column.name: _value(column, full) if full or not column.nullable else None for column in columns}


def _value(column: Column, full: bool) -> Any:
    if column.values:
        return list(column.values)[0 if full else -1]
    if pa.types.is_list(column.type):
        inner = column.type.value_type
        return [[["行", "1"], ["行", "2"]], [1, 2], ["一", "二"]][
            0 if pa.types.is_list(inner) else 1 if pa.types.is_integer(inner) else 2
        ]
    if pa.types.is_string(column.type):
        return f"{column.name}{'' if full else ' 2'}"
    if pa.types.is_decimal(column.type):
        return Decimal("12345678.90").quantize(Decimal(1).scaleb(-column.type.scale))
    if pa.types.is_timestamp(column.type):
        return WRITTEN
    if pa.types.is_date(column.type):
        return date(2026, 1, 31)
    return {pa.bool_(): True, pa.float64(): 0.5}.get(column.type, 2024)


if __name__ == "__main__":
    release(RELEASED / VERSION)

"""A snapshot for people without SQL: CSV, Excel, SQLite, a self-contained data package, folders of Parquet.

Invariant: an export holds the rows of one snapshot, all of them, in the order of their primary keys; two
exports of one snapshot have the same rows. A file appears under its name only when it is finished.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from archive.dataset.query.connection import connect
from archive.dataset.snapshots import Snapshot
from archive.export import datapackage, sqlite
from archive.export.rows import Exported, write_csv_files, write_parquet_folders
from archive.stores import Store


def _write_workbook(exported: Exported, out: Path) -> None:
    from archive.export import excel  # loaded where a workbook is written

    excel.write(exported, out)


Format = Literal["csv", "xlsx", "datapackage", "sqlite", "parquet"]

WRITERS: dict[Format, Callable[[Exported, Path], None]] = {
    "csv": write_csv_files,
    "xlsx": _write_workbook,
    "datapackage": datapackage.write,
    "sqlite": sqlite.write,
    "parquet": write_parquet_folders,
}
ENDINGS: dict[Format, str] = {
    "csv": "-csv",
    "xlsx": ".xlsx",
    "datapackage": "-datapackage",
    "sqlite": ".db",
    "parquet": "-parquet",
}


def default_name(snapshot: Snapshot, form: Format) -> Path:
    """The default name of an export: a folder or a file here."""
    return Path(f"gongkai-{snapshot.number}{ENDINGS[form]}")


def export(store: Store, snapshot: Snapshot, form: Format, out: Path) -> None:
    """Write a snapshot to a folder (csv, datapackage, parquet) or a file (xlsx, sqlite). Raises OSError."""
    with connect(store, snapshot) as connection:
        WRITERS[form](Exported(connection, snapshot), out)

"""Steps that the tests of `ingest` share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.dataset.schema import TABLES
from archive.dataset.snapshots import latest, read_table
from archive.history.local_files import archive_files
from archive.ingest.documents import IngestReport
from archive.ingest.job import ingest
from archive.isolation.pool import Pool
from archive.stores import Store
from tests.archive.crawls import NOW


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    snapshot = latest(store)
    assert snapshot
    found: list[dict[str, Any]] = read_table(store, snapshot, name).to_pylist()
    return found


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def give_files(store: Store, files: list[Path], day: int = 0, stated: Mapping[str, Any] | None = None) -> str:
    """Files of an operator, archived on a day as `gongkai ingest` does it; the run's id."""
    return archive_files(
        store, files, spool=files[0].parent / "spool", now=NOW + timedelta(days=day),
        command="gongkai ingest", version="0.1.0", stated=stated,
    )  # fmt: skip


def run_ingest(store: Store, pool: Pool, day: int = 0, **options: Any) -> IngestReport:
    return ingest(store, now=NOW + timedelta(days=day, hours=2), pool=pool, **options)


def assert_references_hold(store: Store) -> None:
    for schema in TABLES.values():
        for key in schema.foreign_keys:
            targets = {row[key.target] for row in rows(store, key.table)}
            values = [row[key.column] for row in rows(store, schema.name)]
            flat = {v for value in values for v in (value if isinstance(value, list) else [value])}
            assert flat - {None} <= targets, f"{schema.name}.{key.column}"

"""Commits of samples, and what a snapshot then holds."""

from __future__ import annotations

from datetime import datetime

from archive.dataset.snapshots import (
    Change,
    Snapshot,
    commit,
    read_table,
)
from archive.stores import Store
from tests.archive.samples import NOON, Sample, sorted_rows

MIAN = Sample("勉县", ("10.50", "20.25"))

YANBIAN = Sample("延边州", ("1.00",), year=2023, region="222400")


def committed(store: Store, listed: list[Change], now: datetime = NOON) -> Snapshot:
    snapshot = commit(store, listed, message="test", run_id="run", now=now)
    assert snapshot
    return snapshot


def amounts(store: Store, snapshot: Snapshot) -> dict[str, list[str]]:
    """Printed amounts by document."""
    rows = sorted_rows(read_table(store, snapshot, "facts"), "fact_id")
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row["document_id"]), []).append(str(row["amount_text"]))
    return found

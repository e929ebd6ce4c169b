"""Whether an ingest found anything that the dataset does not say already.

Invariant: another look at what is known, at the same documents and announcements, is not news; days that
merely pass are not news either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archive.dataset.snapshots import Change, Snapshot, find_edits, read_table
from archive.ingest.rows import DOCUMENT_TABLES
from archive.stores import Store


def is_news(
    store: Store,
    base: Snapshot | None,
    changes: Sequence[Change],
    disclosures: Mapping[str, Mapping[str, Any]],
) -> bool:
    """Is there a document, an announcement or a site that the dataset does not know in this state?

    A document read again is news only if any of its rows is another one.
    """
    rows = {change.table: change.rows for change in changes}
    if find_edits(store, base, [change for change in changes if change.table in DOCUMENT_TABLES]):
        return True
    for row in rows["disclosures"].to_pylist():
        if _lasting(row) != _lasting(disclosures.get(row["disclosure_id"], {})):
            return True
    known = {row["site_id"]: row for row in stored_rows(store, base, "sites")}
    return any(known.get(row["site_id"]) != row for row in rows["sites"].to_pylist())


def _lasting(row: Mapping[str, Any]) -> dict[str, Any]:
    """A disclosure without what another look alone changes."""
    return {**row, "last_seen": None, "evidence": bool(row.get("evidence"))}


def stand_otherwise(store: Store, base: Snapshot | None, verdicts: Iterable[Change]) -> bool:
    """Has any body another status than in the dataset: missing now? Days that merely pass are not news."""

    def standing(rows: Iterable[Mapping[str, Any]]) -> set[tuple[object, ...]]:
        return {
            (row["body_id"], row["fiscal_year"], row["document_kind"], row["status"], row["backdated"])
            for row in rows
        }

    now = next(change.rows for change in verdicts if change.table == "deadlines")
    return standing(now.to_pylist()) != standing(stored_rows(store, base, "deadlines"))


def stored_rows(store: Store, base: Snapshot | None, name: str) -> list[dict[str, Any]]:
    """All rows of a table as of a snapshot; none without one."""
    rows: list[dict[str, Any]] = read_table(store, base, name).to_pylist() if base else []
    return rows

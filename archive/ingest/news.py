"""The rows that the runs of an ingest bring, and whether any of them is news.

Invariant: another sight of what the dataset knows is not news, and another row of a document is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from archive.dataset.edits import Edit
from archive.dataset.rows.archived import CAPTURE, SITE
from archive.dataset.rows.crawl import DisclosureRow, GapRow, RunRow
from archive.dataset.rows.typed import rows_of, table_name, table_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import ALL, Change, Snapshot
from archive.history.runs import gap_rows, run_row
from archive.ingest.disclosures import Announcements, Documents
from archive.ingest.reading.rows import DOCUMENT_TABLES
from archive.ingest.sightings import Seen
from archive.monitoring.judging import Renewed
from archive.stores import Store

T = TypeVar("T")


def run_changes(seen: Sequence[Seen]) -> Iterator[Change]:
    """Rows of `sites`, `runs`, `gaps` and `captures`; for a site the last run counts."""
    sites = {site.site_id: site for run in seen for site in run.run.sites}
    yield change_of(SITE, sites.values())
    yield change_of(RunRow, (run_row(run.run) for run in seen))
    yield change_of(GapRow, (row for run in seen for row in gap_rows(run.run)))
    yield change_of(CAPTURE, (capture for run in seen for capture in run.captures))


def change_of(kind: type[T], rows: Iterable[T]) -> Change:
    """Rows of a class as a change of its table."""
    return Change(table_name(kind), table_of(kind, rows))


def new_documents(documents: Documents, changes: Sequence[Change]) -> set[str]:
    """The documents that are not in the dataset yet."""
    [change] = (one for one in changes if one.table == "documents")
    return {one for one in change.rows.column("document_id").to_pylist() if one not in documents}


def is_news(
    store: Store,
    base: Snapshot | None,
    edits: Sequence[Edit],
    changes: Sequence[Change],
    before: Mapping[str, DisclosureRow],
) -> bool:
    """Is there a document, an announcement or a site that the dataset does not know in this state? A document
    read again is news only if any of its rows is another one, another sight of what is known is not."""
    rows = {change.table: change.rows for change in changes}
    if any(edit.schema.name in DOCUMENT_TABLES for edit in edits):
        return True
    for row in rows_of(rows["disclosures"], DisclosureRow):
        known = before.get(row.disclosure_id)
        if known is None or _lasting(row) != _lasting(known):
            return True
    visited = rows_of(rows["sites"], SITE)
    stored = StoredRows(store, base, "sites").where("site_id", {site.site_id for site in visited})
    sites = {site.site_id: site for site in rows_of(stored, SITE)}
    return any(sites.get(site.site_id) != site for site in visited)


def _lasting(row: DisclosureRow) -> DisclosureRow:
    """A disclosure without what another look alone changes."""
    return replace(row, last_seen=None, evidence=["some"] if row.evidence else None)


def renewed_by(documents: Documents, announced: Announcements, changes: Sequence[Change]) -> Renewed:
    """What the verdicts have to look at again: documents and announcements, now and before."""
    [change] = (one for one in changes if one.table == "documents")
    assert change.replaced is not ALL
    touched = change.replaced | set(change.rows.column("document_id").to_pylist())
    altered = announced.altered()
    return Renewed(
        {one: documents.rows.get(one) for one in touched},
        altered,
        {one: row for one in touched if (row := documents.before(one))},
        {one: known for one in altered if (known := announced.before.before(one))},
    )

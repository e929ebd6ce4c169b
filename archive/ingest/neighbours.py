"""What of the dataset an ingest looks at beside what its runs saw; the rows they bring, and which are news.

Invariant: what is left out would not change a row. So an ingest costs what its runs bring and what that
touches, however much there is beside it; one that is `thorough` takes everything, and gives the same rows.
Another sight of what the dataset knows is not news, and another row of a document is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from archive.dataset.edits import Edit
from archive.dataset.rows.archived import CAPTURE, SITE
from archive.dataset.rows.crawl import DisclosureRow, GapRow, RunRow
from archive.dataset.rows.typed import column_names, row_of, rows_of, table_name, table_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import ALL, Change, Snapshot
from archive.history.lookup import CaptureLookup
from archive.history.runs import gap_rows, run_row
from archive.ids import title_key
from archive.ingest.disclosures import Announcements, Documents
from archive.ingest.reading.rows import DOCUMENT_TABLES
from archive.ingest.sightings import Seen
from archive.ingest.supersession import with_sources
from archive.monitoring.anew import Renewed
from archive.stores import Store
from archive.vocabulary import AWAY, State

T = TypeVar("T")


@row_of("disclosures")
@dataclass(frozen=True, slots=True)
class _Beside:
    """An announcement of a site or region, as it is looked at."""

    disclosure_id: str
    title: str | None
    url: str
    state: State | None


@row_of("disclosures")
@dataclass(frozen=True, slots=True)
class _Holder:
    title: str | None
    url: str
    document_ids: Sequence[str] | None


class Neighbours:
    """The announcements that bear on where others went: see `archive.ingest.takedown.Surroundings`."""

    def __init__(
        self,
        announced: Announcements,
        documents: Documents,
        captures: CaptureLookup,
        *,
        thorough: bool,
    ) -> None:
        self._announced, self._documents = announced, documents
        self._captures, self._thorough = captures, thorough

    def affected(self) -> Collection[str]:
        """Those that were taken so far, and of the same sites and regions those that are away from their
        addresses, or have the title of one that is new."""
        announced = self._announced
        touched = set(announced)
        if self._thorough or not touched:
            return touched
        befores = filter(None, (announced.before.before(one) for one in touched))
        rows = self._beside([*announced.values(), *befores])
        troubled = self._captures.troubled({row.url for row in rows})
        new = (row for one, row in announced.items() if announced.before.before(one) is None)
        came = {title_key(row.title) for row in new} - {""}
        away = {
            row.disclosure_id
            for row in rows
            if row.state in AWAY or row.url in troubled or title_key(row.title) in came
        }
        announced.load(away)
        touched |= away
        with_sources(touched, announced)
        return touched

    def alike(self, away: Collection[DisclosureRow]) -> None:
        """Take those with the title of one that is away, and those that carry what it carried."""
        if self._thorough:
            return
        announced, documents = self._announced, self._documents
        titles = {title_key(row.title) for row in away}
        rows = self._beside(away)
        announced.load(row.disclosure_id for row in rows if title_key(row.title) in titles)
        carried = {one for row in away for one in row.document_ids or ()}
        documents.load(carried)
        contents = {row.content for one in carried if (row := documents.rows.get(one)) and row.content}
        announced.load_where("document_ids", carried | documents.load_content(contents))
        documents.load(one for row in announced.values() for one in row.document_ids or ())

    def _beside(self, rows: Iterable[DisclosureRow]) -> list[_Beside]:
        """What the dataset has of the sites and regions of these, once for each."""
        places = [(row.site_id, row.region_code) for row in rows]
        stored, names = self._announced.before.stored, column_names(_Beside)
        found = rows_of(stored.where("site_id", {site for site, _ in places}, names), _Beside)
        found += rows_of(stored.where("region_code", {code for _, code in places} - {None}, names), _Beside)
        return list({row.disclosure_id: row for row in found}.values())


class Holders:
    """Where documents of the dataset belong, in words: to an announcement, else to a container."""

    def __init__(self, stored: StoredRows, documents: Documents) -> None:
        self._stored, self._documents = stored, documents
        self._announced: dict[str, str | None] = {}

    def load(self, identities: Iterable[str]) -> None:
        """Look these up together."""
        wanted = {one for one in identities if one not in self._announced and one in self._documents}
        if not wanted:
            return
        self._announced.update(dict.fromkeys(wanted))
        found = self._stored.where("document_ids", wanted, column_names(_Holder))
        for row in rows_of(found, _Holder):
            for identity in wanted.intersection(row.document_ids or ()):
                self._announced[identity] = f"{row.title or ''} {row.url}".strip()

    def of(self, identity: str) -> str | None:
        """Where one document belongs; None for one that was handed over as a file."""
        self.load([identity])
        row = self._documents.rows.get(identity)
        if announced := self._announced.get(identity):
            return announced
        container = self._documents.rows.get(row.parent_id) if row and row.parent_id else None
        return (container.name or container.document_id) if container else None


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

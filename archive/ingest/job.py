"""From archived bytes to one snapshot: the runs that the dataset does not know yet, parsed and committed.

Invariant: everything of a run enters the dataset in one commit or not at all. The journals of a run stay
pending until that commit lands, so a crash anywhere means no more than doing it again; doing it again, or in
another order of runs, gives the same rows.

A run that brings no news commits nothing and stays pending: another sight of the same pages and files is not
news. It enters with the next commit that is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import pyarrow as pa

from archive import CHINA, Conflict, Overtaken
from archive.dataset.rows.crawl import DisclosureRow
from archive.dataset.rows.documents import VersionRow
from archive.dataset.rows.typed import narrowed, rows_of
from archive.dataset.schema import empty_table
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import (
    MOST_RACES,
    Change,
    Snapshot,
    commit_onto,
    find_edits,
    latest,
    rebase,
    snapshot_numbers,
)
from archive.history.stored import LazyRows
from archive.ids import disclosure_id
from archive.ingest.disclosures import Announcements, Documents, merged
from archive.ingest.documents import DocumentWork, Pages, Parsed, Progress
from archive.ingest.neighbours import (
    Holders,
    Neighbours,
    change_of,
    is_news,
    new_documents,
    renewed_by,
    run_changes,
)
from archive.ingest.planning import Selection, planned, read_again
from archive.ingest.reading.readings import Engine, Reader, pooled
from archive.ingest.sightings import Seen, missing_of
from archive.ingest.sights import Sights, Statements
from archive.ingest.supersession import Succession
from archive.ingest.takedown import relocated
from archive.isolation.pool import Pool
from archive.monitoring.anew import STANDING, Verdicts, judged_anew, judged_by_province
from archive.monitoring.bodies import NOTHING_REGISTERED, MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.carried import carried_over, may_carry
from archive.monitoring.judging import runs_before
from archive.stores import Store
from archive.stores.claims import Claims
from archive.stores.lock import Locked
from parsers.values.vocabulary import DocumentOutcome

T = TypeVar("T")
GOOD = frozenset({DocumentOutcome.PARSED, DocumentOutcome.NO_TABLES, DocumentOutcome.CONTAINER})
"""Outcomes of documents that need no person."""

EVERYTHING = "everything"
"""What is claimed to read all runs again."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of an ingest. `snapshot` is None if there was no news; `missing` are attachments of which
    no version is archived, as (url, outcome), `left` the pending runs that another process is reading, and
    `verdicts` where every body stands as of today, also without news."""

    snapshot: Snapshot | None
    runs: tuple[str, ...]
    documents: tuple[Parsed, ...]
    missing: tuple[tuple[str, str], ...]
    left: tuple[str, ...] = ()
    verdicts: Verdicts | None = None

    @property
    def deadlines(self) -> pa.Table:
        """Where every body stands: rows of that table as of today."""
        return self.verdicts.deadlines if self.verdicts else empty_table("deadlines")

    @property
    def outcomes(self) -> dict[str, int]:
        """The number of documents by outcome."""
        return dict(sorted(Counter(document.outcome for document in self.documents).items()))

    @property
    def need_a_person(self) -> tuple[Parsed, ...]:
        """Documents that could not be read, and those with pages or with the amounts of a table that were not
        read: of documents with tables, only such have a detail."""
        return tuple(
            document
            for document in self.documents
            if document.outcome not in GOOD
            or (document.outcome == DocumentOutcome.PARSED and document.detail)
        )


def ingest(
    store: Store,
    *,
    now: datetime,
    reparse: bool = False,
    pool: Pool | None = None,
    engine: Engine | None = None,
    registered: Registered = NOTHING_REGISTERED,
    progress: Progress = lambda parsed: None,
    thorough: bool = False,
) -> IngestReport:
    """Parse what pending runs archived and commit it as one snapshot, if it brings news.

    `reparse` reads the documents of all runs again and replaces their rows. `pool` bounds the parsing and
    stays open; `engine` parses elsewhere (see `archive.ingest.cluster`). `registered` is what the registry
    knows, for the deadlines (see `archive.monitoring.bodies`). One that is `thorough` goes through
    the whole dataset, not only through what the runs touch, and gives the same rows.

    Pending runs with documents that another process is reading are left to it. If another process commits
    first, the documents that were read are taken once more, on top of its snapshot. Raises Locked if another
    process is reading everything again, too.
    """
    opened = engine or (lambda store: pooled(store, pool))
    with opened(store) as reader, Claims(store, "ingest") as claims:
        if reparse and not claims.take([EVERYTHING]):
            raise Locked(f"another process is reading everything in {store.uri} again")
        job = _Job(store, reader, claims, now, reparse, thorough, registered, progress)
        for races in range(MOST_RACES):
            try:
                return job.attempt()
            except Overtaken:
                rebase(races)
        raise Conflict(f"lost {MOST_RACES} commit races in a row on {store.uri}")


@dataclass(slots=True)
class _Job:
    """One ingest. `left` are the pending runs that others read, `reported` the documents that were
    reported."""

    store: Store
    reader: Reader
    claims: Claims
    now: datetime
    reparse: bool
    thorough: bool
    registered: Registered
    progress: Progress
    left: frozenset[str] = frozenset()
    reported: set[str] = field(default_factory=set)

    def attempt(self) -> IngestReport:
        """Everything on top of the newest snapshot. Raises Overtaken if it is not the newest any more."""
        store, base = self.store, latest(self.store)
        sights = Sights(store, base)
        pending = [run_id for run_id in sights.pending if run_id not in self.left]
        documents = Documents(stored=StoredRows(store, base, "documents"))
        announced = Announcements(
            LazyRows(StoredRows(store, base, "disclosures"), DisclosureRow, "disclosure_id"), documents
        )
        if self.reparse:
            seen, stated, known_of = sights.of_all(sights.known | set(pending))
        else:
            seen, stated, known_of = sights.of_pending(pending)
        again = set() if self.reparse else read_again(seen, stated, documents, sights.captures.first_runs)
        thorough = self.thorough or self.reparse or bool(again)
        if thorough:
            documents.load_all()
        else:
            documents.load(sighting.location.sha256 for run in seen for sighting in run.sightings())
        earlier = sights.of_all(sights.known)[0] if again else []
        runs = sorted([*earlier, *seen], key=lambda one: one.run.run_id)
        turns = [(run, bool(earlier) and run.run.run_id in sights.known) for run in runs]
        work = self._read(base, sights, turns, _Reading(documents, stated, again, thorough))
        if thorough:
            announced.load_all()
        else:
            announced.load(disclosure_id(url) for url in sights.addresses)
        merged(announced, seen, documents)
        around = Neighbours(announced, documents, sights.captures, thorough=thorough)
        relocated(announced, documents.editions, known_of, around)
        fresh = [run for run in seen if run.run.run_id in set(pending)]
        succession = Succession(store, base, work.changes(), documents, thorough=thorough)
        changes = [
            *run_changes(fresh),
            *succession.changes(seen, announced),
            change_of(DisclosureRow, announced.altered().values()),
        ]
        snapshot = None
        verdicts = self._verdicts(base, sights, documents, announced, changes)
        whole = [*changes, *verdicts.changes]
        edits = find_edits(store, base, whole, new_documents(documents, changes))
        if is_news(store, base, edits, changes, announced.before) or (fresh and verdicts.otherwise):
            snapshot = commit_onto(
                store,
                base,
                whole,
                message=work.message(len(fresh)),
                run_id=pending[-1] if pending else None,
                now=self.now,
                judged=verdicts.judged,
                edits=edits,
            )
        return IngestReport(
            snapshot,
            tuple(run.run.run_id for run in seen),
            tuple(work.report.values()),
            tuple(sorted(missing_of(seen))),
            tuple(sorted(self.left)),
            verdicts if base or snapshot else None,
        )

    def _read(
        self, base: Snapshot | None, sights: Sights, turns: Sequence[tuple[Seen, bool]], reading: _Reading
    ) -> DocumentWork:
        """The documents of all runs, read."""
        documents, stated, again = reading.documents, reading.stated, reading.again
        plan = planned(turns, Selection(documents, stated, again, self.reparse))
        self._claim({run_id for run_id, _ in plan}.intersection(sights.pending), base)
        self.reader.expect(one for _, one in plan)
        stored = StoredRows(self.store, base, "versions")
        if reading.thorough:
            versions = rows_of(stored.columns(stored.names), VersionRow)
        else:
            pages = {
                group for run, _ in turns for group, found in run.groups() if any(one.page for one in found)
            }
            versions = rows_of(stored.where("disclosure_id", map(disclosure_id, pages)), VersionRow)
            documents.load(row.document_id for row in versions)
        holders = Holders(StoredRows(self.store, base, "disclosures"), documents)
        holders.load(one.location.sha256 for run, again in turns if not again for one in run.sightings())
        selection = Selection(documents, stated, again, self.reparse)
        work = DocumentWork(
            documents, Pages(documents, versions), selection, self.reader, self._report, holders.of
        )
        for run, is_past in turns:
            work.take(run, reported=not is_past)
        return work

    def _claim(self, runs: Set[str], base: Snapshot | None) -> None:
        """Claim the pending runs that have documents to read. Raises Overtaken if another process has some of
        them, or committed before they were claimed: then there is less to do."""
        if not runs:
            return
        refused = runs - self.claims.take(runs)
        self.left |= refused
        newest = max(snapshot_numbers(self.store), default=None)
        if refused or newest != (base.number if base else None):
            raise Overtaken("other runs are pending now")

    def _report(self, parsed: Parsed) -> None:
        if parsed.document_id not in self.reported:
            self.reported.add(parsed.document_id)
            self.progress(parsed)

    def _verdicts(
        self,
        base: Snapshot | None,
        sights: Sights,
        documents: Documents,
        announced: Announcements,
        changes: Sequence[Change],
    ) -> Verdicts:
        """Where every body stands, as of today in China."""
        today, known = self.now.astimezone(CHINA).date(), self.registered
        if self.thorough:
            documents.load_all()
            announced.load_all()
            return judged_anew(
                narrowed(MonitoredDocument, documents.rows.values()),
                narrowed(MonitoredDisclosure, announced.values()),
                runs_before(self.store, base),
                today,
                known,
                StoredRows(self.store, base, "deadlines").columns(STANDING),
            )
        renewed = renewed_by(documents, announced, changes)
        if base and may_carry(base, today, known):
            return carried_over(self.store, base, sights.pending_runs(), today, known, renewed)
        return judged_by_province(self.store, base, today, known, renewed)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is known of the documents to read: those there are, what is stated of them, which are read again;
    and whether everything is loaded."""

    documents: Documents
    stated: Statements
    again: set[str]
    thorough: bool

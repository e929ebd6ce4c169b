"""From archived bytes to one snapshot: the runs that the dataset does not know yet, parsed and committed.

Invariant: everything of a run enters the dataset in one commit or not at all. The journals of a run stay
pending until that commit lands, so a crash anywhere means no more than doing it again; doing it again, or in
another order of runs, gives the same rows.

What is read again is committed part by part. A run that brings no news commits nothing and stays pending:
another sight of the same pages and files is not news. It enters with the next commit that is due.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from archive import CHINA, Conflict, Overtaken
from archive.dataset.rows.crawl import DisclosureRow
from archive.dataset.rows.documents import VersionRow
from archive.dataset.rows.typed import narrowed, rows_of
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
from archive.ingest.agenda import Agenda, Portion, of_part, of_pending, parts_of
from archive.ingest.disclosures import Announcements, Documents, merged
from archive.ingest.documents import DocumentWork, IngestReport, Pages, Parsed, Progress
from archive.ingest.neighbours import (
    Holders,
    Neighbours,
    change_of,
    is_news,
    new_documents,
    renewed_by,
    run_changes,
)
from archive.ingest.planning import planned
from archive.ingest.reading.readings import Engine, Reader, pooled
from archive.ingest.sightings import missing_of
from archive.ingest.sights import Sights
from archive.ingest.supersession import Succession
from archive.ingest.takedown import relocated
from archive.isolation.pool import Pool
from archive.monitoring.anew import STANDING, Verdicts, judged_anew, judged_by_region
from archive.monitoring.bodies import NOTHING_REGISTERED, MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.carried import carried_over, may_carry
from archive.monitoring.judging import runs_before
from archive.stores import Store
from archive.stores.claims import Claims
from archive.stores.lock import Locked

T = TypeVar("T")
AGAIN = "again-"
"""What is claimed to read a province again, before its code."""


def ingest(
    store: Store,
    *,
    now: datetime,
    reparse: bool = False,
    sites: Collection[str] | None = None,
    pool: Pool | None = None,
    engine: Engine | None = None,
    registered: Registered = NOTHING_REGISTERED,
    progress: Progress = lambda parsed: None,
    thorough: bool = False,
) -> IngestReport:
    """Parse what pending runs archived and commit it as one snapshot, if it brings news.

    `reparse` reads the documents of all runs again and replaces their rows, or those that some `sites` (by
    id) gave: after the pending runs, in a commit for each part (`archive.ingest.agenda`), so that no
    more than one is in memory. `pool` bounds the parsing and stays open; `engine` parses elsewhere (see
    `archive.ingest.cluster`). `registered` is what the registry knows, for the deadlines (see
    `archive.monitoring.bodies`). One that is `thorough` goes through the whole dataset for the pending runs,
    not only through what they touch, and gives the same rows.

    Pending runs with documents that another process is reading are left to it. If another process commits
    first, the documents that were read are taken once more, on top of its snapshot. Raises Locked if another
    process is reading a province again, too.
    """
    opened = engine or (lambda store: pooled(store, pool))
    with opened(store) as reader, Claims(store, "ingest") as claims:
        job = _Job(store, reader, claims, now, reparse, sites is None, thorough, registered, progress)
        if reparse:
            names = {f"{AGAIN}{part.province}" for part in parts_of(store, latest(store), sites)}
            if claims.take(names) != names:
                raise Locked(f"another process is reading a province of {store.uri} again")
        job.land()
        for part in parts_of(store, latest(store), sites) if reparse else ():
            job.land(part)
            reader.forget()
        return job.report()


@dataclass(slots=True)
class _Job:
    """One ingest. `whole` says that a `reparse` reads everything; `left` are the pending runs that others
    read, `reported` the documents that were reported, `read` those that were read with the pending runs."""

    store: Store
    reader: Reader
    claims: Claims
    now: datetime
    reparse: bool
    whole: bool
    thorough: bool
    registered: Registered
    progress: Progress
    left: frozenset[str] = frozenset()
    reported: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    _snapshot: Snapshot | None = None
    _runs: set[str] = field(default_factory=set)
    _documents: dict[str, Parsed] = field(default_factory=dict)
    _missing: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    _standing: Verdicts | None = None

    def land(self, part: Portion | None = None) -> None:
        """The pending runs, or a part of the dataset read again, on top of what is newest by then."""
        for races in range(MOST_RACES):
            try:
                return self._attempt(part)
            except Overtaken:
                rebase(races)
        raise Conflict(f"lost {MOST_RACES} commit races in a row on {self.store.uri}")

    def report(self) -> IngestReport:
        """What came of all."""
        return IngestReport(
            self._snapshot,
            tuple(sorted(self._runs)),
            tuple(self._documents.values()),
            tuple(sorted({one for found in self._missing.values() for one in found})),
            tuple(sorted(self.left)),
            self._standing,
        )

    def _attempt(self, part: Portion | None) -> None:
        """Raises Overtaken if it is not on top of the newest snapshot any more."""
        store, base = self.store, latest(self.store)
        sights = Sights(store, base)
        pending = [run_id for run_id in sights.pending if run_id not in self.left and part is None]
        documents = Documents(stored=StoredRows(store, base, "documents"))
        announced = Announcements(
            LazyRows(StoredRows(store, base, "disclosures"), DisclosureRow, "disclosure_id"), documents
        )
        if part:
            agenda = of_part(part, store, base, sights, documents, self.read)
        else:
            agenda = of_pending(pending, sights, documents, self.reparse, self.whole, self.thorough)
        seen = agenda.seen
        work = self._read(base, sights, documents, agenda)
        if agenda.thorough:
            announced.load_all()
        else:
            announced.load(disclosure_id(url) for url in sights.addresses)
        merged(announced, seen, documents)
        around = Neighbours(announced, documents, sights.captures, thorough=agenda.thorough)
        relocated(announced, documents.editions, agenda.known_of, around)
        fresh = [run for run in seen if run.run.run_id in set(pending)]
        succession = Succession(store, base, work.changes(), documents, thorough=agenda.thorough)
        changes = [
            *run_changes(fresh),
            *succession.changes(seen, announced),
            change_of(DisclosureRow, announced.altered().values()),
        ]
        snapshot = None
        verdicts = self._verdicts(base, sights, documents, announced, changes)
        whole = [*changes, *verdicts.changes]
        edits = find_edits(store, base, whole, new_documents(documents, changes))
        # What other rules or another registry make is kept, or each question would have it made again.
        anew = base is not None and not verdicts.judged.made_as(base.judged)
        if is_news(store, base, edits, changes, announced.before) or (fresh and (verdicts.otherwise or anew)):
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
        self._snapshot = snapshot or self._snapshot
        self._standing = verdicts if base or snapshot else None
        self._runs |= {run.run.run_id for run in seen}
        self._missing = missing_of(seen) | self._missing
        self._documents |= {
            one: parsed
            for one, parsed in work.report.items()
            if one not in self._documents or not parsed.known
        }
        if part is None:
            self.read = {one for one, parsed in work.report.items() if not parsed.known}

    def _read(
        self, base: Snapshot | None, sights: Sights, documents: Documents, agenda: Agenda
    ) -> DocumentWork:
        """The documents of all runs, read."""
        turns = agenda.turns
        plan = planned(turns, agenda.selection())
        self._claim({run_id for run_id, _ in plan}.intersection(sights.pending), base)
        self.reader.expect(one for _, one in plan)
        stored = StoredRows(self.store, base, "versions")
        if agenda.thorough:
            versions = rows_of(stored.columns(stored.names), VersionRow)
        else:
            pages = {
                group for run, _ in turns for group, found in run.groups() if any(one.page for one in found)
            }
            versions = rows_of(stored.where("disclosure_id", map(disclosure_id, pages)), VersionRow)
            documents.load(row.document_id for row in versions)
        holders = Holders(StoredRows(self.store, base, "disclosures"), documents)
        holders.load(one.location.sha256 for run, again in turns if not again for one in run.sightings())
        work = DocumentWork(
            documents,
            Pages(documents, versions),
            agenda.selection(),
            self.reader,
            self._report,
            holders.of,
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
        later = self.reparse and parsed.known
        if parsed.document_id not in self.reported and not later:
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
        return judged_by_region(self.store, base, sights.pending_runs(), today, known, renewed)

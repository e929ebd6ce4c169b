"""From archived bytes to one snapshot: the runs that the dataset does not know yet, parsed and committed.

Invariant: everything of a run enters the dataset in one commit or not at all. The journals of a run stay
pending until that commit lands, so a crash anywhere means no more than doing it again; doing it again, or in
another order of runs, gives the same rows.

A run that brings no news commits nothing and stays pending: another sight of the same pages and files is not
news. It enters with the next commit that is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from archive.clock import CHINA
from archive.dataset.rows.monitoring import BodyRow, DeadlineRow
from archive.dataset.rows.typed import from_mappings, table_of
from archive.dataset.schema import TABLES, build_table, empty_table
from archive.dataset.snapshots import (
    ALL,
    MOST_RACES,
    Change,
    Snapshot,
    commit_onto,
    latest,
    rebase,
    snapshot_numbers,
)
from archive.errors import Conflict, Overtaken
from archive.history.runs import run_row, runs_in
from archive.ingest.disclosures import Documents, merged
from archive.ingest.documents import DocumentWork, Pages, Parsed, Progress
from archive.ingest.news import is_news, stand_otherwise, stored_rows
from archive.ingest.planning import Selection, planned, read_again
from archive.ingest.readings import Engine, PoolReader, Reader
from archive.ingest.sightings import Seen
from archive.ingest.sights import Sights
from archive.ingest.supersession import Succession
from archive.ingest.takedown import moves
from archive.isolation.pool import Pool
from archive.monitoring.bodies import NOTHING_REGISTERED, MonitoredDisclosure, MonitoredDocument, Registered
from archive.monitoring.verdicts import judge, runs_before
from archive.stores import Store
from archive.stores.claims import Claims
from archive.stores.lock import Locked
from archive.warc.gaps import rows_of
from archive.warc.journal import stored_runs

GOOD = frozenset({"parsed", "no_tables", "container"})
"""Outcomes of documents that need no person."""

EVERYTHING = "everything"
"""What is claimed to read all runs again."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of an ingest. `snapshot` is None if there was no news; `missing` are attachments of which
    no version is archived, as (url, outcome), `left` the pending runs that another process is reading, and
    `deadlines` the rows of that table as of today, also without news."""

    snapshot: Snapshot | None
    runs: tuple[str, ...]
    documents: tuple[Parsed, ...]
    missing: tuple[tuple[str, str], ...]
    left: tuple[str, ...] = ()
    deadlines: pa.Table = field(default_factory=lambda: empty_table("deadlines"))

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
            if document.outcome not in GOOD or (document.outcome == "parsed" and document.detail)
        )


def pending_runs(store: Store, snapshot: Snapshot | None) -> list[str]:
    """Ids of the runs in the store that a snapshot does not have, oldest first."""
    known = {run.run_id for run in runs_in(store, snapshot)}
    return [run_id for run_id in stored_runs(store) if run_id not in known]


def ingest(
    store: Store,
    *,
    now: datetime,
    reparse: bool = False,
    pool: Pool | None = None,
    engine: Engine | None = None,
    registered: Registered = NOTHING_REGISTERED,
    progress: Progress = lambda parsed: None,
) -> IngestReport:
    """Parse what pending runs archived and commit it as one snapshot, if it brings news.

    `reparse` reads the documents of all runs again and replaces their rows. `pool` bounds the parsing and
    stays open; `engine` parses elsewhere (see `archive.ingest.cluster`). `registered` is what the registry
    knows, for the deadlines (see `archive.monitoring.bodies`).

    Pending runs with documents that another process is reading are left to it. If another process commits
    first, the documents that were read are taken once more, on top of its snapshot. Raises Locked if another
    process is reading everything again, too.
    """
    opened = engine or (lambda store: _pooled(store, pool))
    with opened(store) as reader, Claims(store, "ingest") as claims:
        if reparse and not claims.take([EVERYTHING]):
            raise Locked(f"another process is reading everything in {store.uri} again")
        job = _Job(store, reader, claims, now, reparse, registered, progress)
        for races in range(MOST_RACES):
            try:
                return job.attempt()
            except Overtaken:
                rebase(races)
        raise Conflict(f"lost {MOST_RACES} commit races in a row on {store.uri}")


@contextmanager
def _pooled(store: Store, pool: Pool | None) -> Iterator[Reader]:
    with nullcontext(pool) if pool else Pool() as workers:
        yield PoolReader(store, workers)


@dataclass(slots=True)
class _Job:
    """One ingest. `left` are the pending runs that others read, `reported` the documents that were
    reported."""

    store: Store
    reader: Reader
    claims: Claims
    now: datetime
    reparse: bool
    registered: Registered
    progress: Progress
    left: frozenset[str] = frozenset()
    reported: set[str] = field(default_factory=set)

    def attempt(self) -> IngestReport:
        """Everything on top of the newest snapshot. Raises Overtaken if it is not the newest any more."""
        store, base = self.store, latest(self.store)
        sights = Sights(store, base)
        pending = [run_id for run_id in sights.pending if run_id not in self.left]
        documents = Documents(stored_rows(store, base, "documents"))
        before = {row["disclosure_id"]: row for row in stored_rows(store, base, "disclosures")}
        if self.reparse:
            seen, stated, known = sights.of_all(sights.runs.keys() | pending)
        else:
            seen, stated, known = sights.of_pending(pending, {row["url"] for row in before.values()})
        again = set() if self.reparse else read_again(seen, stated, documents, sights.captures.first_runs)
        earlier = sights.of_all(sights.runs.keys())[0] if again else []
        runs = sorted([*earlier, *seen], key=lambda one: one.run.run_id)
        turns = [(run, bool(earlier) and run.run.run_id in sights.runs) for run in runs]
        plan = planned(turns, Selection(documents, stated, again, self.reparse))
        self._claim({run_id for run_id, _ in plan}.intersection(pending), base)
        self.reader.expect(reading for _, reading in plan)
        pages = Pages(documents, stored_rows(store, base, "versions"))
        selection = Selection(documents, stated, again, self.reparse)
        holders = _holders(before.values(), documents)
        work = DocumentWork(documents, pages, selection, self.reader, self._report, holders)
        for run, is_past in turns:
            work.take(run, reported=not is_past)
        disclosures = merged(before.values(), seen, documents, known)
        fresh = [run for run in seen if run.run.run_id in set(pending)]
        changes = [
            *_run_changes(fresh),
            *Succession(store, base, work.changes(), documents).changes(seen, moves(disclosures.values())),
            _change("disclosures", _altered(before, disclosures)),
        ]
        snapshot = None
        verdicts = self._verdicts(base, documents, disclosures.values())
        if is_news(store, base, changes, before) or (fresh and stand_otherwise(store, base, verdicts)):
            snapshot = commit_onto(
                store,
                base,
                [*changes, *verdicts],
                message=work.message(len(fresh)),
                run_id=pending[-1] if pending else None,
                now=self.now,
            )
        missing = (found for run in seen for announced in run.announcements for found in announced.missing)
        return IngestReport(
            snapshot,
            tuple(run.run.run_id for run in seen),
            tuple(work.report.values()),
            tuple(sorted(set(missing))),
            tuple(sorted(self.left)),
            verdicts[1].rows if base or snapshot else empty_table("deadlines"),
        )

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
        self, base: Snapshot | None, documents: Documents, disclosures: Iterable[Mapping[str, Any]]
    ) -> list[Change]:
        """Rows of `bodies` and `deadlines` for the whole dataset as of today in China."""
        runs, today = runs_before(self.store, base), self.now.astimezone(CHINA).date()
        bodies, deadlines = judge(
            from_mappings(MonitoredDocument, documents.rows.values()),
            from_mappings(MonitoredDisclosure, disclosures),
            runs,
            today,
            self.registered,
        )
        return [
            Change("bodies", table_of(BodyRow, bodies), ALL),
            Change("deadlines", table_of(DeadlineRow, deadlines), ALL),
        ]


def _holders(disclosures: Iterable[Mapping[str, Any]], documents: Documents) -> dict[str, str]:
    """Where each document of the dataset belongs, in words: to an announcement, else to a container."""
    named = {identity: row["name"] or identity for identity, row in documents.rows.items()}
    inside = {
        identity: named[row["parent_id"]]
        for identity, row in documents.rows.items()
        if row["parent_id"] in named
    }
    announced = {
        identity: f"{row['title'] or ''} {row['url']}".strip()
        for row in disclosures
        for identity in row["document_ids"] or ()
    }
    return inside | announced


def _run_changes(seen: Sequence[Seen]) -> Iterator[Change]:
    """Rows of `sites`, `runs`, `gaps` and `captures`; for a site the last run counts."""
    sites = {site["site_id"]: site for run in seen for site in run.run.sites}
    yield _change("sites", sites.values())
    yield _change("runs", (run_row(run.run) for run in seen))
    yield _change("gaps", (row for run in seen for row in rows_of(run.run.run_id, run.run.gaps)))
    names = [column.name for column in TABLES["captures"].columns]
    yield _change(
        "captures", ({name: getattr(c, name) for name in names} for run in seen for c in run.captures)
    )


def _altered(
    before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    return [row for identity, row in sorted(now.items()) if before.get(identity) != row]


def _change(name: str, rows: Iterable[Mapping[str, Any]]) -> Change:
    return Change(name, build_table(name, rows))

"""From archived bytes to one snapshot: the runs that the dataset does not know yet, parsed and committed.

Invariant: everything of a run enters the dataset in one commit or not at all. The journals of a run stay
pending until that commit lands, so a crash anywhere means no more than doing it again; doing it again, or in
another order of runs, gives the same rows.

A run that brings no news commits nothing and stays pending: another sight of the same pages and files is no
news. It enters with the next commit that is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from archive.clock import CHINA
from archive.dataset.schema import TABLES, build_table
from archive.dataset.snapshots import ALL, Change, Snapshot, commit, find_edits, latest, read_table
from archive.history.archived import Known, known_captures
from archive.history.runs import Past, past_of, run_row, runs_in
from archive.ids import new_run_id
from archive.ingest.disclosures import Documents, merged
from archive.ingest.documents import DocumentWork, Pages, Parsed, Progress
from archive.ingest.planning import Selection, planned
from archive.ingest.readings import PoolReader
from archive.ingest.reread import read_again
from archive.ingest.rows import DOCUMENT_TABLES
from archive.ingest.sightings import Seen, seen_by
from archive.ingest.supersession import Succession
from archive.ingest.takedown import moves
from archive.isolation.pool import Pool
from archive.monitoring.bodies import NOTHING_REGISTERED, Registered
from archive.monitoring.verdicts import judge, runs_before
from archive.stores import Store
from archive.warc.captures import Capture, Run
from archive.warc.gaps import rows_of
from archive.warc.journal import RunJournal, read_articles, read_run, stored_runs
from archive.warc.records import file_uri
from archive.warc.writer import WarcWriter
from parsers.values.media import sniff

GOOD = frozenset({"parsed", "no_tables", "container"})
"""Outcomes of documents that need nobody."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest came to. `snapshot` is None if there was no news; `missing` are attachments of which no
    version is archived, as (url, outcome)."""

    snapshot: Snapshot | None
    runs: tuple[str, ...]
    documents: tuple[Parsed, ...]
    missing: tuple[tuple[str, str], ...]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many documents came to each outcome."""
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


def archive_files(
    store: Store,
    paths: Sequence[Path],
    *,
    spool: Path,
    now: datetime,
    command: str,
    version: str,
    stated: Mapping[str, Any] | None = None,
) -> str:
    """Archive local files as a run of their own; its id. `ingest` then treats them like any other run.

    `stated` (region_code, body_name, fiscal_year, document_kind) holds for all of them, above what the files
    say of themselves. Raises OSError, before anything is written, if a file cannot be opened.
    """
    for path in paths:
        path.open("rb").close()
    run = Run(new_run_id(now), now, command, version, stated=dict(stated or {}))
    known, info = known_captures(store), {"software": f"gongkai/{version}"}
    with (
        RunJournal(store, run, spool) as journal,
        WarcWriter(store, run.run_id, spool, info=info, known=known.by_digest) as writer,
    ):
        for path in paths:
            data = path.read_bytes()
            media_type = sniff(data)
            location = writer.write_resource(path.name, data, media_type, now)
            journal.resource(file_uri(path.name), now, location, media_type)
        journal.finish(run.finished(now))
    return run.run_id


def ingest(
    store: Store,
    *,
    now: datetime,
    reparse: bool = False,
    pool: Pool | None = None,
    registered: Registered = NOTHING_REGISTERED,
    progress: Progress = lambda parsed: None,
) -> IngestReport:
    """Parse what pending runs archived and commit it as one snapshot, if it brings news.

    `reparse` reads the documents of all runs again and replaces their rows. `pool` bounds the parsing and
    stays open. `registered` is what the registry knows, for the deadlines (see `archive.monitoring.bodies`).
    """
    base = latest(store)
    past = past_of(store, base)
    pending = past.pending()
    known = Known()
    seen, stated = _read_runs(past, set(stored_runs(store) if reparse else pending), known)
    documents = Documents(_stored(store, base, "documents"))
    before = {row["disclosure_id"]: row for row in _stored(store, base, "disclosures")}
    again = set() if reparse else read_again(seen, stated, documents, past)
    earlier = _read_runs(past, set(past.runs), Known())[0] if again else []
    runs = [
        (run, bool(earlier) and run.run.run_id in past.runs)
        for run in sorted([*earlier, *seen], key=lambda one: one.run.run_id)
    ]
    with nullcontext(pool) if pool else Pool() as workers:
        reader = PoolReader(store, workers)
        reader.expect(planned(runs, Selection(documents, stated, again, reparse)))
        pages = Pages(documents, _stored(store, base, "versions"))
        selection = Selection(documents, stated, again, reparse)
        holders = _holders(before.values(), documents)
        work = DocumentWork(documents, pages, selection, reader, progress, holders)
        for run, is_past in runs:
            work.take(run, told_of=not is_past)
    disclosures = merged(before.values(), seen, documents, known)
    fresh = [run for run in seen if run.run.run_id in set(pending)]
    changes = [
        *_run_changes(fresh),
        *Succession(store, base, work.changes(), documents).changes(seen, moves(disclosures.values())),
        _change("disclosures", _altered(before, disclosures)),
    ]
    snapshot = None
    verdicts = _verdicts(store, base, documents, disclosures.values(), now, registered)
    if _is_news(store, base, changes, before) or (fresh and _stand_otherwise(store, base, verdicts)):
        snapshot = commit(
            store,
            [*changes, *verdicts],
            message=work.message(len(fresh)),
            run_id=pending[-1] if pending else None,
            now=now,
        )
        snapshot = _settled(store, base, snapshot, now, registered)
    missing = (found for run in seen for announced in run.announcements for found in announced.missing)
    return IngestReport(
        snapshot,
        tuple(run.run.run_id for run in seen),
        tuple(work.report.values()),
        tuple(sorted(set(missing))),
    )


def _read_runs(past: Past, wanted: set[str], known: Known) -> tuple[list[Seen], dict[str, Mapping[str, Any]]]:
    """What the wanted runs saw, in their order, knowing what all runs before them archived; and what
    operators stated of documents in any run, by document_id: the last word counts. `known` learns all."""

    @cache
    def captures_of(run_id: str) -> dict[str, Capture]:
        return {capture.capture_id: capture for capture in past.captures_of(run_id)}

    def find(capture_id: str) -> Capture | None:
        return captures_of(capture_id.rpartition("-")[0]).get(capture_id)

    seen: list[Seen] = []
    stated: dict[str, Mapping[str, Any]] = {}
    for run, captures in past:
        if run.stated:
            stated |= {capture.sha256: run.stated for capture in captures if capture.sha256}
        if run.run_id in wanted:
            run, articles = read_run(past.store, run.run_id), read_articles(past.store, run.run_id)
            seen.append(seen_by(run, captures, articles, known, find))
        else:
            for capture in captures:
                known.add(capture)
    return seen, stated


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
    """Rows of `sites`, `runs`, `gaps` and `captures`; of a site the last run's word counts."""
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


def _is_news(
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
    known = {row["site_id"]: row for row in _stored(store, base, "sites")}
    return any(known.get(row["site_id"]) != row for row in rows["sites"].to_pylist())


def _lasting(row: Mapping[str, Any]) -> dict[str, Any]:
    """A disclosure without what another look alone changes."""
    return {**row, "last_seen": None, "evidence": bool(row.get("evidence"))}


def _stand_otherwise(store: Store, base: Snapshot | None, verdicts: Iterable[Change]) -> bool:
    """Has any body another status than in the dataset: missing now? Days that merely pass are no news."""

    def standing(rows: Iterable[Mapping[str, Any]]) -> set[tuple[object, ...]]:
        return {
            (row["body_id"], row["fiscal_year"], row["document_kind"], row["status"], row["backdated"])
            for row in rows
        }

    now = next(change.rows for change in verdicts if change.table == "deadlines")
    return standing(now.to_pylist()) != standing(_stored(store, base, "deadlines"))


def _verdicts(
    store: Store,
    base: Snapshot | None,
    documents: Documents,
    disclosures: Iterable[Mapping[str, Any]],
    now: datetime,
    registered: Registered,
) -> list[Change]:
    """Rows of `bodies` and `deadlines` for the whole dataset as of today in China."""
    runs, today = runs_before(store, base), now.astimezone(CHINA).date()
    bodies, deadlines = judge(documents.rows.values(), disclosures, runs, today, registered)
    return [
        Change("bodies", build_table("bodies", bodies), ALL),
        Change("deadlines", build_table("deadlines", [deadline.row() for deadline in deadlines]), ALL),
    ]


def _settled(
    store: Store, base: Snapshot | None, snapshot: Snapshot | None, now: datetime, registered: Registered
) -> Snapshot | None:
    """The snapshot with verdicts on all bodies: another writer's documents may have come in between."""
    if snapshot is None:
        return None
    while snapshot and snapshot.parent != (base.number if base else None):
        base = snapshot
        documents = Documents(_stored(store, base, "documents"))
        verdicts = _verdicts(store, base, documents, _stored(store, base, "disclosures"), now, registered)
        snapshot = commit(store, verdicts, message="deadlines of all bodies", run_id=None, now=now)
    return snapshot or base


def _change(name: str, rows: Iterable[Mapping[str, Any]]) -> Change:
    return Change(name, build_table(name, rows))


def _stored(store: Store, base: Snapshot | None, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_table(store, base, name).to_pylist() if base else []
    return rows

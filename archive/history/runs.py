"""What earlier runs did: from the snapshot as far as it knows them, from their journals otherwise.

Invariant: it makes no difference which of the two a run is read from. A run of a snapshot costs no request;
the journals of every run that ever was are read by a full rebuild only.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from archive.dataset.rows.archived import CAPTURE
from archive.dataset.rows.crawl import GapRow, RunRow
from archive.dataset.rows.typed import rows_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Snapshot, read_table
from archive.stores import Store
from archive.warc.captures import Capture, Run
from archive.warc.gaps import Gap
from archive.warc.journal import read_captures, read_run, stored_runs
from parsers.values.messages import seen_of
from parsers.values.vocabulary import DocumentKind


@dataclass(frozen=True, slots=True)
class Past:
    """The runs in a snapshot and their captures, by run_id. Such a run has no `sites`: their rows
    are in the table of that name. `others` are runs of the snapshot that are left out."""

    store: Store
    runs: Mapping[str, Run]
    captures: Mapping[str, list[Capture]]
    others: frozenset[str] = frozenset()

    def ids(self) -> list[str]:
        """All runs there are, in the snapshot or pending, oldest first."""
        return sorted({*self.runs, *stored_runs(self.store)} - self.others)

    def pending(self) -> list[str]:
        """The runs that are not in the snapshot, oldest first."""
        return [
            run_id
            for run_id in stored_runs(self.store)
            if run_id not in self.runs and run_id not in self.others
        ]

    def run(self, run_id: str) -> Run:
        """A run of either kind."""
        return self.runs.get(run_id) or read_run(self.store, run_id)

    def captures_of(self, run_id: str) -> list[Capture]:
        """Its captures, by number."""
        if run_id in self.runs:
            return self.captures.get(run_id, [])
        return read_captures(self.store, run_id)

    def __iter__(self) -> Iterator[tuple[Run, list[Capture]]]:
        """All runs with their captures, oldest first."""
        return ((self.run(run_id), self.captures_of(run_id)) for run_id in self.ids())


def past_of(store: Store, snapshot: Snapshot | None) -> Past:
    """The past, from a snapshot and the journals beside it."""
    captures: defaultdict[str, list[Capture]] = defaultdict(list)
    if snapshot:
        for capture in rows_of(read_table(store, snapshot, "captures").sort_by("capture_id"), CAPTURE):
            captures[capture.run_id].append(capture)
    return Past(store, {run.run_id: run for run in runs_in(store, snapshot)}, captures)


def visits_of(store: Store, snapshot: Snapshot | None, sites: Collection[str] | None) -> Past:
    """The past of some sites: the runs of a snapshot that asked them anything, or had files handed over, with
    those captures alone, and the pending runs. Without `sites`, the whole past."""
    if sites is None:
        return past_of(store, snapshot)
    captures: defaultdict[str, list[Capture]] = defaultdict(list)
    found = StoredRows(store, snapshot, "captures").where("site_id", {*sites, None}).sort_by("capture_id")
    for capture in rows_of(found, CAPTURE):
        captures[capture.run_id].append(capture)
    stored = StoredRows(store, snapshot, "runs")
    visited = rows_of(stored.where("run_id", captures).sort_by("run_id"), RunRow)
    known = {*stored.columns(["run_id"]).column(0).to_pylist()}
    runs = {row.run_id: _run(store, row, ()) for row in visited}
    return Past(store, runs, captures, frozenset(known - runs.keys()))


def runs_in(store: Store, snapshot: Snapshot | None) -> list[Run]:
    """The runs of a snapshot, oldest first."""
    if snapshot is None:
        return []
    gaps: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in rows_of(read_table(store, snapshot, "gaps").sort_by("gap_id"), GapRow):
        gaps[gap.run_id].append(_gap(gap))
    rows = rows_of(read_table(store, snapshot, "runs").sort_by("run_id"), RunRow)
    return [_run(store, row, tuple(gaps[row.run_id])) for row in rows]


def runs_visiting(store: Store, snapshot: Snapshot, sites: Collection[str]) -> list[Run]:
    """The runs of a snapshot that visited some sites, oldest first; each with what it says of these sites."""
    gaps: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in rows_of(StoredRows(store, snapshot, "gaps").where("site_id", sites).sort_by("gap_id"), GapRow):
        gaps[gap.run_id].append(_gap(gap))
    stored = StoredRows(store, snapshot, "runs")
    rows = {row.run_id: row for row in rows_of(stored.where("complete_sites", sites), RunRow)}
    others = stored.where("run_id", gaps.keys() - rows.keys())
    rows |= {row.run_id: row for row in rows_of(others, RunRow)}
    return [_run(store, rows[run_id], tuple(gaps[run_id])) for run_id in sorted(rows)]


def run_row(run: Run) -> RunRow:
    """The row of `runs`."""
    return RunRow(
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        command=run.command,
        version=run.version,
        outcomes=json.dumps(run.outcomes, sort_keys=True),
        errors=list(run.errors),
        complete_sites=list(run.complete_sites),
        stated=json.dumps(run.stated, ensure_ascii=False, sort_keys=True),
    )


def gap_rows(run: Run) -> Iterator[GapRow]:
    """Rows of `gaps` of a run, numbered in its order."""
    for number, gap in enumerate(run.gaps, 1):
        yield GapRow(
            gap_id=f"{run.run_id}-{number:05d}",
            run_id=run.run_id,
            site_id=gap.site_id,
            kind=gap.kind,
            url=gap.url,
            via=gap.via,
            evidence=str(gap.evidence) if gap.evidence else None,
            outcome=gap.outcome,
            title=gap.title,
            body_name=gap.body_name,
            fiscal_year=gap.fiscal_year,
            document_kind=DocumentKind(gap.document_kind) if gap.document_kind else None,
            asked_on=gap.asked_on,
        )


def _gap(row: GapRow) -> Gap:
    return Gap(
        site_id=row.site_id,
        kind=row.kind,
        url=row.url,
        via=row.via,
        evidence=seen_of(row.evidence),
        outcome=row.outcome,
        title=row.title,
        body_name=row.body_name,
        fiscal_year=row.fiscal_year,
        document_kind=row.document_kind,
        asked_on=row.asked_on,
    )


def _run(store: Store, row: RunRow, gaps: tuple[Gap, ...]) -> Run:
    if row.stated is None:  # written before the table had this column
        return read_run(store, row.run_id)
    return Run(
        run_id=row.run_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        command=row.command or "",
        version=row.version or "",
        outcomes=json.loads(row.outcomes or "{}"),
        errors=tuple(row.errors or ()),
        complete_sites=tuple(row.complete_sites or ()),
        stated=json.loads(row.stated),
        gaps=gaps,
    )

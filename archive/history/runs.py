"""What earlier runs did: from the snapshot as far as it knows them, from their journals otherwise.

Invariant: it makes no difference which of the two a run is read from. A run of a snapshot costs no request;
the journals of every run that ever was are read by a full rebuild only.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import dataclass, replace
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive.dataset.index_files import said_of
from archive.dataset.rows.archived import CAPTURE
from archive.dataset.rows.crawl import GapRow, RunRow
from archive.dataset.rows.typed import narrowed, rows_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Snapshot, read_table
from archive.stores import Store
from archive.warc.captures import Article, Capture, Run
from archive.warc.gaps import Gap
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs
from parsers.values.messages import seen_of
from parsers.values.vocabulary import DocumentKind

HELD = 50_000
"""Captures of earlier runs in memory at a time, and those of one run."""


class Past:
    """What the runs in a snapshot left, and the pending ones. Captures are read as many at a time as `HELD`:
    a dataset may have more than memory holds."""

    def __init__(self, store: Store, snapshot: Snapshot | None) -> None:
        self._store, self._snapshot = store, snapshot
        self._captures = StoredRows(store, snapshot, "captures")
        self._sites: frozenset[str | None] | None = None
        self.known = run_ids(store, snapshot)
        self.pending = [run_id for run_id in stored_runs(store) if run_id not in self.known]
        self._journals: dict[str, _Journals] = {}
        self._parts: dict[str, frozenset[str]] | None = None
        self._few = False
        self._held: dict[str, list[Capture]] = {}
        self._said: dict[str, tuple[Run, list[Article]]] = {}

    def of(self, sites: Collection[str | None]) -> Past:
        """What the runs left of some sites (None: of files handed over), as if they had visited no other.
        What all such parts need is read once."""
        part = copy(self)
        part._sites, part._parts = frozenset(sites), None
        part._held, part._said = {}, {}
        return part

    def ids(self) -> list[str]:
        """The runs that left anything here, in the snapshot or pending, oldest first."""
        known = self.known if self._sites is None else self._part_of
        return sorted({*known, *self.pending})

    def captures_of(self, run_id: str) -> list[Capture]:
        """Its captures, by number."""
        if run_id in self.known:
            self._hold(run_id)
            return self._held.get(run_id, [])
        if self._sites is None:
            return read_captures(self._store, run_id)
        return [one for one in self._journals_of(run_id).captures if one.site_id in self._sites]

    def run(self, run_id: str) -> Run:
        """The run."""
        self._hold(run_id)
        if run_id in self._said:
            return self._said[run_id][0]
        if self._sites is None or run_id in self.known:
            run = read_run(self._store, run_id)
        else:
            run = self._journals_of(run_id).run
        return run if self._sites is None else run.of(self._sites)

    def articles_of(self, run_id: str) -> list[Article]:
        """The announcements it found, in its order."""
        self._hold(run_id)
        if run_id in self._said:
            return self._said[run_id][1]
        if self._sites is None or run_id in self.known:
            found = read_articles(self._store, run_id)
        else:
            found = self._journals_of(run_id).articles
        return found if self._sites is None else [one for one in found if one.site_id in self._sites]

    def _journals_of(self, run_id: str) -> _Journals:
        """Those of a pending run, kept for the other parts of the sites."""
        if run_id not in self._journals:
            self._journals[run_id] = _Journals(
                read_run(self._store, run_id),
                read_captures(self._store, run_id),
                read_articles(self._store, run_id),
            )
        return self._journals[run_id]

    def _hold(self, run_id: str) -> None:
        """Read what is read together with a run of the snapshot."""
        if run_id in self._held or run_id not in self._part_of:
            return
        part = self._part_of[run_id]
        self._held, self._said = {}, {}
        self._held = self._read(part)
        if self._few and self._sites and self._snapshot and self._snapshot.journals is not None:
            said = said_of(self._store, self._snapshot, {site or "" for site in self._sites}, part)
            gaps = _gaps(
                StoredRows(self._store, self._snapshot, "gaps").where("site_id", self._sites - {None})
            )
            for row in rows_of(StoredRows(self._store, self._snapshot, "runs").where("run_id", part), RunRow):
                found = said[row.run_id]
                run = _run(self._store, row, tuple(gaps[row.run_id])).of(self._sites)
                self._said[row.run_id] = replace(run, sites=tuple(found.visits)), found.articles

    @property
    def _part_of(self) -> dict[str, frozenset[str]]:
        """The runs of the snapshot whose captures are read together, by run_id."""
        if self._parts is None:
            counted = self._counted()
            self._few = 2 * sum(counted.values()) < self._captures.count
            parts: list[list[str]] = []
            room = 0
            for run_id, count in sorted(counted.items(), key=itemgetter(1)):
                if count > room:
                    parts.append([])
                    room = HELD
                parts[-1].append(run_id)
                room -= count
            self._parts = {run_id: part for part in map(frozenset, parts) for run_id in part}
        return self._parts

    def _counted(self) -> dict[str, int]:
        """The number of captures here by run."""
        found = (
            self._captures.columns(["run_id"])
            if self._sites is None
            else self._captures.where("site_id", self._sites, ["run_id"])
        )
        return {one["values"]: one["counts"] for one in pc.value_counts(found.column(0)).to_pylist()}

    def _read(self, run_ids: Collection[str]) -> dict[str, list[Capture]]:
        rows = self._captures.where("run_id", run_ids, near=self._sites)
        found: defaultdict[str, list[Capture]] = defaultdict(list)
        for capture in rows_of(rows.sort_by("capture_id"), CAPTURE):
            found[capture.run_id].append(capture)
        return found


@dataclass(frozen=True, slots=True)
class _Journals:
    """What a run left that is not in the snapshot."""

    run: Run
    captures: list[Capture]
    articles: list[Article]


def run_ids(store: Store, snapshot: Snapshot | None) -> set[str]:
    """The ids of the runs of a snapshot."""
    return {*StoredRows(store, snapshot, "runs").columns(["run_id"]).column(0).to_pylist()}


def pending_runs(store: Store, snapshot: Snapshot | None) -> list[str]:
    """The ids of the runs in the store that a snapshot does not have, oldest first."""
    known = run_ids(store, snapshot)
    return [run_id for run_id in stored_runs(store) if run_id not in known]


def runs_in(store: Store, snapshot: Snapshot | None) -> list[Run]:
    """The runs of a snapshot, oldest first."""
    if snapshot is None:
        return []
    gaps = _gaps(read_table(store, snapshot, "gaps"))
    rows = rows_of(read_table(store, snapshot, "runs").sort_by("run_id"), RunRow)
    return [_run(store, row, tuple(gaps[row.run_id])) for row in rows]


def runs_visiting(store: Store, snapshot: Snapshot, sites: Collection[str]) -> list[Run]:
    """The runs of a snapshot that visited some sites, oldest first; each with what it says of these sites."""
    gaps = _gaps(StoredRows(store, snapshot, "gaps").where("site_id", sites))
    stored = StoredRows(store, snapshot, "runs")
    ended = stored.where("complete_sites", sites)
    others = stored.where("run_id", gaps.keys() - {*ended.column("run_id").to_pylist()})
    found = rows_of(_visiting_alone(pa.concat_tables([ended, others]), sites).sort_by("run_id"), RunRow)
    return [_run(store, row, tuple(gaps[row.run_id])) for row in found]


def _visiting_alone(runs: pa.Table, sites: Collection[str]) -> pa.Table:
    """Runs, with none but these among the sites visited to the end: a run of a country names thousands."""
    place = runs.schema.get_field_index("complete_sites")
    lists = runs.column(place).combine_chunks()
    fits = pc.is_in(lists.flatten(), pa.array(sorted(sites), pa.string()))
    lengths = np.bincount(pc.list_parent_indices(lists).filter(fits), minlength=len(runs))
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    return runs.set_column(
        place, runs.schema.field(place), pa.ListArray.from_arrays(offsets, lists.flatten().filter(fits))
    )


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


def _gaps(rows: pa.Table) -> defaultdict[str, list[Gap]]:
    """Gaps by run, in its order."""
    found: defaultdict[str, list[Gap]] = defaultdict(list)
    listed = rows_of(rows.sort_by("gap_id"), GapRow)
    for row, gap in zip(listed, narrowed(Gap, listed), strict=True):
        found[row.run_id].append(replace(gap, evidence=seen_of(row.evidence)))
    return found


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

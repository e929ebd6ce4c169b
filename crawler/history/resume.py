"""What earlier runs left, read part by part when it is asked for: a crawl of all sites begins without all
that is known of any of them.

Invariant: of a site is known what the sites of its part gave, be the others read or not: an announcement
moves from one to another of them. What a killed run archived is `kept` while it is fresh and no finished run
has asked for it again, and is not part of the `history`: a run that takes it up goes through it as if it were
new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock

from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import latest
from archive.history.archived import Known
from archive.history.lookup import CaptureLookup
from archive.history.runs import Past as EarlierRuns
from archive.stores import Store
from archive.vocabulary import CHALLENGED, GONE, GOOD, CaptureOutcome
from archive.warc.captures import Capture, Run
from archive.warc.journal import UNJUDGED, read_captures, read_run
from crawler.history.alarms import Watch
from crawler.history.looks import Schedule
from crawler.history.schedule import History
from parsers.values.copies import seldom_collected

# Outcomes that a second request would only repeat.
_FINAL = GOOD | GONE | CHALLENGED | {CaptureOutcome.REDIRECT, CaptureOutcome.WRONG_TYPE, UNJUDGED}


@dataclass(frozen=True, slots=True)
class Part:
    """What some sites gave: `known` is what is archived, `history` what was seen when, `archived` (for a
    replay alone) captures by address and moment."""

    known: Known
    history: History
    archived: dict[tuple[str, datetime], Capture] = field(default_factory=dict)


class Past:
    """What the runs of a store left. `parts` says of each site in which part it is (of those that are not
    there nothing is known but what no site gave); without, all is one part. Interrupted runs started after
    `since` can be taken up; for a run that `replays`, only the place of archived answers is known. `watch` is
    how each site was that was asked about. May be asked from several threads."""

    def __init__(
        self,
        store: Store,
        since: datetime,
        schedule: Schedule | None = None,
        replays: bool = False,
        parts: Mapping[str, str] | None = None,
    ) -> None:
        self._store, self._since, self._schedule, self._replays = store, since, schedule, replays
        self._snapshot = latest(store)
        self._runs = EarlierRuns(store, self._snapshot)
        if parts is not None and self._snapshot and self._snapshot.journals is None:
            parts = dict.fromkeys(parts, "")  # each part would read all journals
        self._part_of = None if replays else parts
        self._open: dict[str | None, Part] = {}
        self._lock = Lock()
        self.watch = Watch()
        self.kept = {} if replays else self._taken_up()

    def of(self, site_id: str | None) -> Part:
        """What is known of a site; for None, what no site gave."""
        name = self._part_of.get(site_id or "") if self._part_of is not None else None
        with self._lock:
            if name not in self._open:
                self._open[name] = self._read(name)
            return self._open[name]

    @cached_property
    def sites(self) -> set[str]:
        """The ids of the sites that some run reported."""
        stored = StoredRows(self._store, self._snapshot, "sites").columns(["site_id"])
        pending = (read_run(self._store, run_id) for run_id in self._runs.pending)
        return {*stored.column(0).to_pylist(), *(site.site_id for run in pending for site in run.sites)}

    @seldom_collected()
    def _read(self, name: str | None) -> Part:
        """One part, going through all runs."""
        runs = self._runs
        if self._part_of is not None:
            runs = runs.of({site_id for site_id, one in self._part_of.items() if one == name} or {None})
        part = Part(Known(), History(self._schedule))
        for run_id in runs.ids():
            run, captures = runs.run(run_id), runs.captures_of(run_id)
            for capture in captures:
                part.known.add(capture)
            if self._replays:
                part.archived.update(((one.url, one.fetched_at), one) for one in captures)
                continue
            self.watch.add(run, captures)
            if run.finished_at or not self._is_fresh(run_id):
                part.history.add_run(run, captures, runs.articles_of(run_id))
        return part

    def _taken_up(self) -> dict[str, Capture]:
        """What can be taken up, by URL."""
        kept: dict[str, Capture] = {}
        for run_id in filter(self._is_fresh, sorted({*self._runs.known, *self._runs.pending})):
            run = read_run(self._store, run_id)
            captures: Sequence[Capture] = ()
            if run.finished_at is None:
                known = run_id in self._runs.known
                captures = (
                    CaptureLookup(self._store, self._snapshot).of_runs([run_id])
                    if known
                    else read_captures(self._store, run_id)
                )
            kept = _kept(kept, run, captures)
        return kept

    def _is_fresh(self, run_id: str) -> bool:
        begun = begun_at(run_id)
        return begun is not None and begun >= self._since


def _kept(before: dict[str, Capture], run: Run, captures: Sequence[Capture]) -> dict[str, Capture]:
    """What can be taken up after a run: more after an interrupted one, less after one that visited the same
    sites to its end."""
    if run.finished_at is None:
        final = (one for one in captures if one.outcome in _FINAL and one.warc_path is not None)
        return before | {capture.url: capture for capture in final}
    visited = {row.site_id for row in run.sites} | {None} if run.sites else set()
    return {url: capture for url, capture in before.items() if capture.site_id not in visited}


def begun_at(run_id: str) -> datetime | None:
    """The start that a run id names, or None for an id of another form."""
    try:
        return datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None

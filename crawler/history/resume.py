"""What earlier runs left, read once for all uses: the captures in the newest snapshot, and the journals.

Invariant: what a killed run archived is `kept` while it is fresh and no finished run has asked for it again,
and is not part of the `history`: a run that takes it up goes through it as if it were new.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.dataset.snapshots import latest
from archive.history.archived import Known
from archive.history.runs import Past as EarlierRuns
from archive.stores import Store
from archive.vocabulary import CHALLENGED, GONE, GOOD, CaptureOutcome
from archive.warc.captures import Capture, Run
from archive.warc.journal import UNJUDGED
from crawler.history.alarms import Watch
from crawler.history.looks import Schedule
from crawler.history.schedule import History
from parsers.values.copies import seldom_collected

# Outcomes that a second request would only repeat.
_FINAL = GOOD | GONE | CHALLENGED | {CaptureOutcome.REDIRECT, CaptureOutcome.WRONG_TYPE, UNJUDGED}


@dataclass(slots=True)
class Past:
    """`known` is what is archived, `history` what was seen when, `watch` how each site was, `kept` what can
    be taken up by URL, `archived` (for a replay alone) captures by address and moment; `sites` are the
    ids of those that some run reported."""

    known: Known
    history: History
    watch: Watch = field(default_factory=Watch)
    kept: dict[str, Capture] = field(default_factory=dict)
    archived: dict[tuple[str, datetime], Capture] = field(default_factory=dict)
    sites: set[str] = field(default_factory=set)


@seldom_collected()
def read_past(
    store: Store,
    since: datetime,
    schedule: Schedule | None = None,
    replays: bool = False,
    sites: Collection[str] | None = None,
) -> Past:
    """Read all runs, or what they say of some sites (by id). Interrupted ones started after `since` can be
    taken up; for a run that `replays`, only the place of archived answers is known."""
    past = Past(Known(), History(schedule))
    earlier = EarlierRuns(store, latest(store), None if replays else sites)
    for run_id in earlier.ids():
        run, captures = earlier.run(run_id), earlier.captures_of(run_id)
        past.sites.update(row.site_id for row in run.sites)
        for capture in captures:
            past.known.add(capture)
        if replays:
            past.archived.update(((capture.url, capture.fetched_at), capture) for capture in captures)
            continue
        past.watch.add(run, captures)
        begun = begun_at(run_id)
        fresh = begun is not None and begun >= since
        if run.finished_at or not fresh:
            past.history.add_run(run, captures, earlier.articles_of(run_id))
        if fresh:
            past.kept = _kept(past.kept, run, captures)
    return past


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

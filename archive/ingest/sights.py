"""What runs saw of documents, read from the snapshot as far as it knows them and from journals otherwise.

Invariant: what a run saw follows from its journals and those of earlier runs. For pending runs only so much
of the past is read as bears on the addresses and payloads they name; the answer is that of the whole past.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from functools import cache
from typing import Any

from archive.dataset.snapshots import Snapshot
from archive.history.archived import Known
from archive.history.lookup import CaptureLookup
from archive.history.runs import past_of, runs_in
from archive.ingest.sightings import Seen, seen_by
from archive.stores import Store
from archive.warc.captures import Article, Capture, Run
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs

Statements = dict[str, Mapping[str, Any]]
"""What operators stated of documents in any run, by document_id: the last statement counts."""


class Sights:
    """The runs of a store on top of a snapshot: those in it by id (`runs`), and the `pending` ones."""

    def __init__(self, store: Store, base: Snapshot | None) -> None:
        self._store, self._base = store, base
        self.runs: dict[str, Run] = {run.run_id: run for run in runs_in(store, base)}
        self.pending = [run_id for run_id in stored_runs(store) if run_id not in self.runs]
        self.captures = CaptureLookup(store, base)

    def of_all(self, wanted: Set[str]) -> tuple[list[Seen], Statements, Known]:
        """What the wanted runs saw, going through all there are, and what is known after them."""
        known, seen, stated = Known(), [], Statements()
        past = past_of(self._store, self._base)

        @cache
        def captures_of(run_id: str) -> dict[str, Capture]:
            return {capture.capture_id: capture for capture in past.captures_of(run_id)}

        for run, captures in past:
            _state(stated, run, captures)
            if run.run_id in wanted:
                seen.append(self._seen(run.run_id, captures, None, known, captures_of))
            else:
                for capture in captures:
                    known.add(capture)
        return seen, stated, known

    def of_pending(
        self, wanted: Collection[str], announced: Set[str]
    ) -> tuple[list[Seen], Statements, Known]:
        """What the wanted ones of the pending runs saw, and what is known after all runs of the addresses
        they name, and of those that are `announced`."""
        journals = {run_id: read_captures(self._store, run_id) for run_id in self.pending}
        articles = {run_id: read_articles(self._store, run_id) for run_id in wanted}
        named = {capture.capture_id for captures in journals.values() for capture in captures}
        resumed = {
            article.capture_id.rpartition("-")[0]
            for found in articles.values()
            for article in found
            if article.capture_id and article.capture_id not in named
        }
        taken_up = self.captures.of_runs(resumed & self.runs.keys()) if resumed else []
        of_interest = [*taken_up, *(one for captures in journals.values() for one in captures)]
        urls = _addresses(of_interest, (one for found in articles.values() for one in found))
        earlier: defaultdict[str, list[Capture]] = defaultdict(list)
        payloads = {capture.sha256 for capture in of_interest if capture.sha256}
        for capture in self.captures.touching(urls | (self.captures.troubled(announced)), payloads):
            earlier[capture.run_id].append(capture)
        by_run: defaultdict[str, dict[str, Capture]] = defaultdict(dict)
        for capture in of_interest:
            by_run[capture.run_id][capture.capture_id] = capture

        known, seen = Known(), []
        for run_id in sorted({*earlier, *journals}):
            if run_id in articles:
                seen.append(self._seen(run_id, journals[run_id], articles[run_id], known, by_run.__getitem__))
            else:
                for capture in journals.get(run_id, earlier[run_id]):
                    known.add(capture)
        return seen, self._statements(journals), known

    def _statements(self, journals: Mapping[str, list[Capture]]) -> Statements:
        stated = Statements()
        runs = self.runs | {run_id: read_run(self._store, run_id) for run_id in journals}
        with_statements = {run_id for run_id, run in runs.items() if run.stated}
        archived = with_statements & self.runs.keys()
        captures: defaultdict[str, list[Capture]] = defaultdict(list)
        for capture in self.captures.of_runs(archived) if archived else ():
            captures[capture.run_id].append(capture)
        for run_id in sorted(with_statements):
            _state(stated, runs[run_id], journals.get(run_id, captures[run_id]))
        return stated

    def _seen(
        self,
        run_id: str,
        captures: list[Capture],
        articles: list[Article] | None,
        known: Known,
        captures_of: Any,
    ) -> Seen:
        def find(capture_id: str) -> Capture | None:
            found: Capture | None = captures_of(capture_id.rpartition("-")[0]).get(capture_id)
            return found

        run = read_run(self._store, run_id)
        articles = read_articles(self._store, run_id) if articles is None else articles
        return seen_by(run, captures, articles, known, find)


def _state(stated: Statements, run: Run, captures: Iterable[Capture]) -> None:
    if run.stated:
        stated.update((capture.sha256, run.stated) for capture in captures if capture.sha256)


def _addresses(captures: Iterable[Capture], articles: Iterable[Article]) -> set[str]:
    """All addresses that what a run saw may be asked about."""
    found = {url for capture in captures for url in (capture.url, capture.referrer) if url}
    for article in articles:
        found |= {article.url, *(url for url, _ in article.attachments)}
    return found

"""What runs saw of documents, read from the snapshot as far as it knows them and from journals otherwise.

Invariant: what a run saw follows from its journals and those of earlier runs. For pending runs only so much
of the past is read as bears on the addresses and payloads they name, and for some sites what they and those
that share anything with them gave; the answer is that of the whole past.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from archive.dataset.capture_index import host_of
from archive.dataset.rows.typed import column_names, row_of, rows_of
from archive.dataset.selecting import StoredRows
from archive.dataset.snapshots import Snapshot
from archive.history.archived import Known
from archive.history.lookup import CaptureLookup
from archive.history.runs import Past
from archive.ingest.sightings import Seen, seen_by
from archive.stores import Store
from archive.vocabulary import GONE, CaptureOutcome
from archive.warc.captures import Article, Capture, Run
from archive.warc.journal import read_articles, read_captures, read_run, stored_runs
from parsers.values.copies import seldom_collected

FEW_RUNS = 4
"""Earlier runs whose captures are held: one that goes on rests on the runs right before it."""
_OF_HOST = GONE | {CaptureOutcome.DNS}
"""Outcomes that say something of a host, once several of its addresses have them."""
KnownOf = Callable[[Iterable[str]], Known]
"""What is known after all runs, of the addresses that the runs name and of these."""

ShownBy = Callable[[Collection[str]], tuple[Collection[str], Set[str | None]]]
"""See `Sights.of_sites`."""


class Statements:
    """What operators stated of documents in any run: the last statement counts. Of the runs in a snapshot,
    the captures are asked for when a document is."""

    def __init__(self, stated_in: Mapping[str, Mapping[str, Any]], captures: CaptureLookup) -> None:
        self._stated_in, self._captures = stated_in, captures
        self._last: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._asked: set[str] = set()

    def add(self, run: Run, captures: Iterable[Capture]) -> None:
        """Learn a run that is not in the snapshot."""
        if run.stated:
            for capture in captures:
                self.state(capture.sha256, run.run_id, run.stated)

    def of(self, identity: str) -> Mapping[str, Any] | None:
        """What is stated of a document."""
        if self._stated_in and identity not in self._asked:
            self._asked.add(identity)
            for capture in self._captures.with_payloads([identity]):
                if capture.run_id in self._stated_in:
                    self.state(identity, capture.run_id, self._stated_in[capture.run_id])
        return self._last[identity][1] if identity in self._last else None

    def state(self, identity: str | None, run_id: str, stated: Mapping[str, Any]) -> None:
        """Learn what a run states of a document."""
        if identity and self._last.get(identity, ("",))[0] <= run_id:
            self._last[identity] = run_id, stated


@row_of("runs")
@dataclass(frozen=True, slots=True)
class _StatedRun:
    run_id: str
    stated: str | None


class Sights:
    """The runs of a store on top of a snapshot: those in it by id (`known`), and the `pending` ones;
    `addresses` are all that these name, once they were asked for."""

    def __init__(self, store: Store, base: Snapshot | None) -> None:
        self._store, self._base = store, base
        rows = rows_of(StoredRows(store, base, "runs").columns(column_names(_StatedRun)), _StatedRun)
        self._stated_in = {row.run_id: stated for row in rows if (stated := self._stated(row))}
        self.known = frozenset(row.run_id for row in rows)
        self.pending = [run_id for run_id in stored_runs(store) if run_id not in self.known]
        self.captures = CaptureLookup(store, base)
        self.addresses: set[str] = set()

    def pending_runs(self) -> list[Run]:
        """The runs that are not in the snapshot."""
        return [read_run(self._store, run_id) for run_id in self.pending]

    def of_all(self) -> list[Seen]:
        """What the runs of the snapshot saw."""
        return self._gone_by(Past(self._store, self._base))

    def of_sites(
        self, sites: Set[str | None], shown_by: ShownBy
    ) -> tuple[list[Seen], list[Seen], Statements, KnownOf]:
        """What the runs of the snapshot saw of some sites (None: of files handed over): first with what bears
        on how and when that was seen, then alone. `shown_by` gives for files handed over, by hash, these and
        the documents of the sites, and all sites that announce any of them."""
        past = Past(self._store, self._base)
        part, urls, own, files, hosts = past.of(sites), set[str](), set[str](), set[str](), set[str]()
        for run_id in part.ids():
            if run_id in self.known:
                captures, articles = part.captures_of(run_id), part.articles_of(run_id)
                urls |= _addresses(captures, articles)
                own |= {article.url for article in articles}
                files |= {one.sha256 for one in captures if one.url.startswith("file:///") and one.sha256}
                hosts |= {host_of(one.url) for one in captures if one.outcome in _OF_HOST}
        self.addresses = urls
        payloads, showing = shown_by(files)
        around = sites | showing
        around |= self.captures.sites("url", urls) | self.captures.sites("host", hosts)
        around |= self.captures.sites("sha256", payloads)
        seen = self._gone_by(part if around == sites else past.of(around))
        stated = Statements({}, self.captures)
        for capture in self.captures.of_runs(self._stated_in) if self._stated_in else ():
            stated.state(capture.sha256, capture.run_id, self._stated_in[capture.run_id])
        alone = [one.of(own | files) for one in seen]
        return seen, alone, stated, lambda urls: Known(self.captures.touching(urls, ()))

    @seldom_collected()
    def _gone_by(self, past: Past) -> list[Seen]:
        """What the runs of the snapshot saw, as far as they left anything there; pending ones are gone
        through in their turn."""

        @lru_cache(FEW_RUNS)
        def captures_of(run_id: str) -> dict[str, Capture]:
            return {capture.capture_id: capture for capture in past.captures_of(run_id)}

        known, seen = Known(), []
        for run_id in past.ids():
            captures = past.captures_of(run_id)
            if run_id in self.known:
                one = self._seen(past.run(run_id), captures, past.articles_of(run_id), known, captures_of)
                seen.append(replace(one, captures=()))
            else:
                for capture in captures:
                    known.add(capture)
        return seen

    def of_pending(self, wanted: Collection[str]) -> tuple[list[Seen], Statements, KnownOf]:
        """What the wanted ones of the pending runs saw, and what is known after all runs."""
        journals = {run_id: read_captures(self._store, run_id) for run_id in self.pending}
        articles = {run_id: read_articles(self._store, run_id) for run_id in wanted}
        of_interest = [
            *self._taken_up(journals, articles),
            *(one for run in journals.values() for one in run),
        ]
        named_urls = _addresses(of_interest, (one for found in articles.values() for one in found))
        self.addresses = named_urls
        payloads = {capture.sha256 for capture in of_interest if capture.sha256}
        by_run: defaultdict[str, dict[str, Capture]] = defaultdict(dict)
        for capture in of_interest:
            by_run[capture.run_id][capture.capture_id] = capture

        seen: list[Seen] = []

        def see(run_id: str, known: Known) -> bool:
            if run_id not in articles:
                return False
            run = read_run(self._store, run_id)
            seen.append(self._seen(run, journals[run_id], articles[run_id], known, by_run.__getitem__))
            return True

        first = self._gone_through(journals, self.captures.touching(named_urls, payloads), see)

        def known_of(urls: Iterable[str]) -> Known:
            more = set(urls) - named_urls
            touching = self.captures.touching(named_urls | more, payloads) if more else ()
            return self._gone_through(journals, touching) if more else first

        stated = Statements(self._stated_in, self.captures)
        for run_id, captures in journals.items():
            stated.add(read_run(self._store, run_id), captures)
        return seen, stated, known_of

    @staticmethod
    def _gone_through(
        journals: Mapping[str, list[Capture]],
        earlier: Iterable[Capture],
        take: Callable[[str, Known], bool] = lambda run_id, known: False,
    ) -> Known:
        """What is known after all runs, oldest first; `take` says whether it has added a run itself."""
        by_run: defaultdict[str, list[Capture]] = defaultdict(list)
        for capture in earlier:
            by_run[capture.run_id].append(capture)
        known = Known()
        for run_id in sorted({*by_run, *journals}):
            if not take(run_id, known):
                for capture in journals.get(run_id, by_run[run_id]):
                    known.add(capture)
        return known

    def _taken_up(
        self, journals: Mapping[str, list[Capture]], articles: Mapping[str, list[Article]]
    ) -> list[Capture]:
        """The captures of runs of the snapshot that pending ones took up."""
        named = {capture.capture_id for captures in journals.values() for capture in captures}
        ids = (article.capture_id for found in articles.values() for article in found)
        runs = {one.rpartition("-")[0] for one in ids if one and one not in named}
        return self.captures.of_runs(runs & self.known) if runs else []

    def _stated(self, row: _StatedRun) -> Mapping[str, Any]:
        if row.stated is None:  # written before the table had this column
            return read_run(self._store, row.run_id).stated
        found: dict[str, Any] = json.loads(row.stated) if row.stated != "{}" else {}
        return found

    @staticmethod
    def _seen(
        run: Run, captures: list[Capture], articles: list[Article], known: Known, captures_of: Any
    ) -> Seen:
        # An article may rest on a capture of an earlier run; the id says of which.
        def find(capture_id: str) -> Capture | None:
            found: Capture | None = captures_of(capture_id.rpartition("-")[0]).get(capture_id)
            return found

        return seen_by(run, captures, articles, known, find)


def _addresses(captures: Iterable[Capture], articles: Iterable[Article]) -> set[str]:
    """All addresses that what a run saw may be asked about."""
    found = {url for capture in captures for url in (capture.url, capture.referrer) if url}
    for article in articles:
        found |= {article.url, *(url for url, _ in article.attachments)}
    return found

"""The outcome of a crawl, over all its sites: the numbers of the run report.

Invariant: every selected site is in the report once; of those that share a page, one was visited for all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence

from archive.vocabulary import UNANSWERED, CaptureOutcome
from archive.warc.captures import Run
from crawler.history.alarms import Measures, Watch
from crawler.reports.results import CrawlReport, Progress
from crawler.reports.tally import SiteTally
from crawler.sites import Site

_COUNT_SECONDS = 0.5


class Tally:
    """The counts of a run and of its sites."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._selected = tuple(sites)
        self.sites = {site.site_id: SiteTally(site) for site in self._selected}
        self.outcomes: Counter[str] = Counter()
        self.bytes = self.kept = 0
        self.last = ("", "")
        self._counted, self._counted_at = Counter[str](), 0.0

    def share(self, sites: Sequence[Site]) -> None:
        """Sites with one and the same page: the first is visited and speaks for all."""
        for site in sites[1:]:
            self.sites[site.site_id].lead = self.sites[sites[0].site_id]

    def noticed(self, url: str, site_id: str | None, outcome: str, size: int) -> None:
        """An exchange, or a failure to have one."""
        self.outcomes[outcome] += 1
        if site_id in self.sites:
            self.sites[site_id].answers[outcome] += 1
        self.bytes += size
        self.last = (url, outcome)

    @property
    def progress(self) -> Progress:
        """The moment. Sites are counted now and then only: there are thousands."""
        if time.monotonic() - self._counted_at > _COUNT_SECONDS:
            self._count()
        return Progress(
            sites=len(self._selected),
            exchanges=self.outcomes.total(),
            unanswered=sum(self.outcomes[name] for name in UNANSWERED),
            bytes=self.bytes,
            url=self.last[0],
            outcome=self.last[1],
            **self._counted,
        )

    def _count(self) -> None:
        tallies = self.sites.values()
        self._counted = Counter(
            sites_done=sum(tally.done for tally in tallies),
            articles=sum(tally.articles for tally in tallies),
            attachments=sum(tally.attachments for tally in tallies),
        )
        self._counted_at = time.monotonic()

    def report(self, run: Run, interrupted: bool, watch: Watch | None = None) -> CrawlReport:
        """The result; `watch` compares it with earlier runs."""
        self._count()
        progress = self.progress
        sites = tuple(self.sites[site.site_id].report(interrupted, site) for site in self._selected)
        now = {
            site.site.site_id: Measures(
                run.run_id, site.outcome, site.platform, tally.answers, tally.listed, tally.listed_before
            )
            for site in sites
            if site.outcome != CaptureOutcome.NOT_RUN and (tally := self.sites[site.site.site_id])
        }
        return CrawlReport(
            run=run,
            sites=sites,
            alarms=watch.alarms(now) if watch and not interrupted else (),
            outcomes=dict(sorted(self.outcomes.items())),
            exchanges=progress.exchanges,
            kept=self.kept,
            bytes=self.bytes,
            articles=progress.articles,
            attachments=progress.attachments,
            interrupted=interrupted,
        )

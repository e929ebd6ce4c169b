"""What a crawl came to, site by site: the numbers of the run report.

Invariant: every selected site ends with exactly one outcome, and is `complete` only if every list page and
article that was to be asked for got an answer that settles it: only then can something be called missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.captures import Run
from crawler.outcomes import Outcome
from crawler.sites import Site

GOOD = frozenset({"content", "unchanged"})
# A dead link among the articles is a fact about the site, not a gap in the crawl.
_SETTLED = GOOD | {"redirect", "missing", "soft_404", "wrong_type", "too_large"}


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a running crawl, for whoever shows it."""

    sites: int
    sites_done: int
    exchanges: int
    bytes: int
    articles: int
    attachments: int
    url: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SiteReport:
    """One site. `outcome` is a key of `crawler.outcomes.OUTCOMES`, `detail` its evidence.

    `gaps` are requests without a settling answer, as (url, outcome), the first twenty of them.
    """

    site: Site
    outcome: str
    detail: str
    complete: bool
    platform: str | None
    listings: int
    entries: int
    articles: int
    attachments: int
    gaps: tuple[tuple[str, str], ...]

    @property
    def row(self) -> dict[str, Any]:
        """The row of table `sites`."""
        region = self.site.region
        return {
            "site_id": self.site.site_id,
            "region_code": self.site.region_code,
            "province": region.province if region else None,
            "city": region.city if region else None,
            "county": region.county if region else None,
            "name": self.site.name,
            "url": self.site.url or "",
            "platform": self.site.platform or self.platform,
            "last_outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """A whole run. `outcomes` counts exchanges; `kept` those taken over from an interrupted run."""

    run: Run
    sites: tuple[SiteReport, ...]
    outcomes: Mapping[str, int]
    exchanges: int
    kept: int
    bytes: int
    articles: int
    attachments: int
    interrupted: bool

    @property
    def troubled(self) -> tuple[SiteReport, ...]:
        """The sites a person should look at."""
        return tuple(site for site in self.sites if site.outcome not in GOOD or not site.complete)


@dataclass(slots=True)
class SiteTally:
    """Counts of one site while the crawl runs. `open` counts requests not answered yet, `whole` says that no
    list page or article is lost."""

    site: Site
    outcome: Outcome | None = None
    platform: str | None = None
    open: int = 0
    whole: bool = True
    asked_listings: int = 0
    asked_articles: int = 0
    listings: int = 0
    entries: int = 0
    articles: int = 0
    attachments: int = 0
    gaps: list[tuple[str, str]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.site.url is None or (self.outcome is not None and self.open == 0)

    def answered(self, url: str, outcome: Outcome, file: bool) -> None:
        """A request has ended. A file that could not be had is a gap, but it hides no announcement."""
        self.open -= 1
        if outcome.name not in _SETTLED:
            self.gaps.append((url, outcome.name))
            self.whole = self.whole and file

    def limited(self, what: str) -> None:
        """The site is not visited to its end, because of a limit of this run or of this program."""
        gap = (self.site.url or "", f"limit of {what}")
        self.whole = False
        if gap not in self.gaps:
            self.gaps.append(gap)

    def report(self, interrupted: bool, site: Site) -> SiteReport:
        """The result, for the site itself or another one that shares its page."""
        outcome = self._outcome()
        done = outcome.name in GOOD and self.whole and self.open == 0 and not interrupted
        return SiteReport(
            site=site,
            outcome=outcome.name,
            detail=outcome.evidence,
            complete=done,
            platform=self.platform,
            listings=self.listings,
            entries=self.entries,
            articles=self.articles,
            attachments=self.attachments,
            gaps=tuple(self.gaps[:20]),
        )

    def _outcome(self) -> Outcome:
        if self.site.url is None:
            return Outcome("no_url", evidence="the registry knows no page of this government")
        if self.outcome is None:
            return Outcome("not_run", evidence="the run ended before")
        if self.outcome.name in GOOD and not (self.entries or self.articles or self.attachments):
            return Outcome("listing_empty", evidence=f"{self.listings} pages, not one entry")
        # Whether the page was new to us is the run's affair; the site's state is the same.
        return (
            Outcome("content", evidence=self.outcome.evidence) if self.outcome.name in GOOD else self.outcome
        )


class Tally:
    """The counts of a run and of its sites."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._selected = tuple(sites)
        self.sites = {site.site_id: SiteTally(site) for site in self._selected}
        self.outcomes: Counter[str] = Counter()
        self.bytes = self.kept = 0
        self.last = ("", "")

    def share(self, sites: Sequence[Site]) -> None:
        """Sites with one and the same page: the first is visited and speaks for all."""
        for site in sites[1:]:
            self.sites[site.site_id] = self.sites[sites[0].site_id]

    def noticed(self, url: str, outcome: str, size: int) -> None:
        """An exchange, or a failure to have one."""
        self.outcomes[outcome] += 1
        self.bytes += size
        self.last = (url, outcome)

    @property
    def progress(self) -> Progress:
        tallies = {id(tally): tally for tally in self.sites.values()}.values()
        return Progress(
            sites=len(tallies),
            sites_done=sum(tally.done for tally in tallies),
            exchanges=self.outcomes.total(),
            bytes=self.bytes,
            articles=sum(tally.articles for tally in tallies),
            attachments=sum(tally.attachments for tally in tallies),
            url=self.last[0],
            outcome=self.last[1],
        )

    def report(self, run: Run, interrupted: bool) -> CrawlReport:
        progress = self.progress
        return CrawlReport(
            run=run,
            sites=tuple(self.sites[site.site_id].report(interrupted, site) for site in self._selected),
            outcomes=dict(sorted(self.outcomes.items())),
            exchanges=progress.exchanges,
            kept=self.kept,
            bytes=self.bytes,
            articles=progress.articles,
            attachments=progress.attachments,
            interrupted=interrupted,
        )

"""The outcome of a crawl: the moment while it runs, and the result of each site and of the whole.

Invariant: plain values; what they hold follows from the counts of `tally` and is not changed any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from archive.vocabulary import GOOD
from archive.warc.captures import Run, VisitedSite
from archive.warc.gaps import Gap
from crawler.history.alarms import Alarm
from crawler.sites import Site
from parsers.values.messages import Seen, message


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a running crawl, for display. `exchanges` are all requests that have ended,
    `unanswered` those of them to which no answer came."""

    sites: int
    sites_done: int
    exchanges: int
    unanswered: int
    bytes: int
    articles: int
    attachments: int
    url: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Column:
    """A list page with disclosures: how many entries it shows, the newest date printed on it, and the way to
    it: the list pages from the registered one to itself."""

    url: str
    heading: str
    platform: str
    entries: int
    newest: date | None
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteReport:
    """One site. `outcome` is a key of `crawler.pages.outcomes.OUTCOMES`, `detail` its evidence.

    `articles` were read in this run, `new_articles` of them for the first time; `known` were on its lists and
    did not have to be read again. `gaps` are what was seen and not followed, the first twenty of each kind;
    `columns` the lists with disclosures in the order found; `title` is what
    the registered page calls itself, `landed` its address behind all redirects.
    """

    site: Site
    outcome: str
    detail: Seen
    complete: bool
    platform: str | None
    listings: int
    entries: int
    articles: int
    attachments: int
    gaps: tuple[Gap, ...]
    new_articles: int = 0
    known: int = 0
    columns: tuple[Column, ...] = ()
    title: str = ""
    landed: str = ""

    @property
    def whole(self) -> bool:
        """Was nothing left aside, not even what hides only the bodies or years that it names?"""
        return self.complete and not self.gaps

    @property
    def row(self) -> VisitedSite:
        """The site as its run records it."""
        region = self.site.region
        return VisitedSite(
            site_id=self.site.site_id,
            region_code=self.site.region_code,
            province=region.province if region else None,
            city=region.city if region else None,
            county=region.county if region else None,
            name=self.site.name,
            url=self.site.url or "",
            platform=self.site.platform or self.platform,
            last_outcome=self.outcome,
        )


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """A whole run. `outcomes` counts exchanges; `kept` those taken over from an interrupted run; `alarms` say
    what is worse than in earlier runs."""

    run: Run
    sites: tuple[SiteReport, ...]
    outcomes: Mapping[str, int]
    exchanges: int
    kept: int
    bytes: int
    articles: int
    attachments: int
    interrupted: bool
    alarms: tuple[Alarm, ...] = ()

    @property
    def errors(self) -> tuple[str, ...]:
        """What went wrong, as messages, for `runs.errors`."""
        troubles = (
            message("trouble_of_site", site=site.site.name, outcome=site.outcome, seen=site.detail)
            for site in self.troubled
        )
        alarms = (
            message("alarm", about=alarm.about, rule=alarm.rule, numbers=alarm.numbers)
            for alarm in self.alarms
        )
        return tuple(map(str, (*troubles, *alarms)))

    @property
    def complete_sites(self) -> tuple[str, ...]:
        """The ids of the sites visited to their end."""
        return tuple(site.site.site_id for site in self.sites if site.complete)

    @property
    def troubled(self) -> tuple[SiteReport, ...]:
        """The sites a person should look at."""
        return tuple(site for site in self.sites if site.outcome not in GOOD or not site.complete)

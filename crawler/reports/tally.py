"""The outcome of a crawl, site by site: the numbers of the run report.

Invariant: every selected site ends with exactly one outcome, and is `complete` only if every list page and
article that was to be asked for got an answer that settles it, and nothing that could hold a disclosure was
left aside: only then can something be called missing. What was left aside is a `Gap`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from archive.clock import CHINA
from archive.vocabulary import ABSENT, GOOD, UNANSWERED, CaptureOutcome
from archive.warc.captures import Run
from archive.warc.gaps import Gap
from crawler.history.alarms import Measures, Watch
from crawler.pages import relevance
from crawler.pages.outcomes import Outcome
from crawler.platforms import static
from crawler.platforms.protocol import Entry
from crawler.reports.results import Column, CrawlReport, Progress, SiteReport
from crawler.sites import Site
from parsers.values.messages import Message, Seen, message
from parsers.values.vocabulary import DocumentKind

_MOST_COLUMNS = 50
_COUNT_SECONDS = 0.5
_MOST_OF_A_KIND = 20
_MOST_DIAGNOSES = 5
_MOST_NAMED = 2000
_GAP_KINDS: Mapping[str, str] = {
    CaptureOutcome.BLOCKED: "blocked",
    CaptureOutcome.CAPTCHA: "blocked",
    CaptureOutcome.ROBOTS: "robots",
    CaptureOutcome.GIVEN_UP: "limit",
    CaptureOutcome.LISTING_CHANGED: "changed_list",
    CaptureOutcome.ERROR_PAGE: "broken",
    CaptureOutcome.NOT_RUN: "interrupted",
}
"""Kinds of gaps by the outcome of a request; *unanswered* for all that are not here."""
_KINDS_DUE = (DocumentKind.BUDGET, DocumentKind.ACCOUNTS)
_GAPS_OF_LISTS: Mapping[str, str] = {CaptureOutcome.TOO_LARGE: "broken", CaptureOutcome.WRONG_TYPE: "link"}
"""Of a list that the server answered with something else."""
_GAPS_OF_ABSENT: Mapping[str, str] = {
    "start": "start", "article": "dead_link", "page": "pager", "column": "dead_column"
}  # fmt: skip
"""Of what is not there, by what it was asked for."""
_GAPS_OF_SITES: Mapping[str, str] = {
    CaptureOutcome.LISTING_EMPTY: "no_list",
    CaptureOutcome.LISTING_CHANGED: "changed_list",
}
"""Of a whole site by its outcome; *start* for all that are not here."""


def _gap_kind(outcome: str, file: bool, purpose: str) -> str | None:
    """Which gap an answer leaves, if any. A dead link that only may lead to a column is none."""
    if outcome in GOOD or outcome == CaptureOutcome.REDIRECT:
        return None
    if file:
        return "file"
    if outcome in ABSENT:
        if purpose in ("listing", "column") and outcome in _GAPS_OF_LISTS:
            return _GAPS_OF_LISTS[outcome]
        return _GAPS_OF_ABSENT.get(purpose)
    return _GAP_KINDS.get(outcome, "unanswered")


@dataclass(slots=True)
class SiteTally:
    """Counts of one site while the crawl runs. `open` counts requests not answered yet, `asked` are the
    addresses that were answered, in whatever way, `waiting` the lists left for another visit. `diagnoses` are
    what pages without a list are instead, by address: a kind of gap, and what was seen. `lead` is the site
    that is visited for this one: they share a page. `kinds` are those of the documents that
    were announced, `landed` is where the registered address leads."""

    site: Site
    outcome: Outcome | None = None
    platform: str | None = None
    open: int = 0
    asked_listings: int = 0
    asked_articles: int = 0
    listings: int = 0
    entries: int = 0
    articles: int = 0
    new_articles: int = 0
    known: int = 0
    attachments: int = 0
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    diagnoses: dict[str, tuple[str, Seen]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    waiting: dict[str, datetime] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    landed: str = ""
    answers: Counter[str] = field(default_factory=Counter)
    changed: Outcome | None = None
    listed: int = 0
    listed_before: int = 0
    lead: SiteTally | None = None
    kinds: set[str] = field(default_factory=set)

    @property
    def done(self) -> bool:
        """Whether the site's list has an outcome and no request is open; of a shared page, the one visited
        counts."""
        lead = self.lead or self
        return self.site.url is None or (lead.outcome is not None and lead.open == 0)

    @property
    def whole(self) -> bool:
        """Was nothing left aside that could hold an announcement of anybody?"""
        return not any(gap.hides == "site" for gap in self.gaps.values())

    def gap(
        self, kind: str, url: str, *, via: str | None = None, evidence: Seen | None = None,
        outcome: str | None = None, title: str = "", context: str = "",
    ) -> None:  # fmt: skip
        """Something was seen and is not followed; see `archive.warc.gaps`. `title` is what its link says, in
        a list that is about `context`."""
        judged = relevance.judge(title, context) if title else None
        # Lines that cannot be opened have no address of their own.
        key = f"{url} {title}" if url == via and kind == "link" else url
        self.gaps.setdefault((kind, key), Gap(
            self.site.site_id, kind, url, via, evidence, outcome, title or None,
            relevance.body_name(title) if title else None,
            judged.fiscal_year if judged else None, judged.kind if judged else None,
        ))  # fmt: skip

    def unvisited(self, names: Iterable[str]) -> None:
        """Pages of these bodies were seen and not visited: one gap for all."""
        if found := "、".join(dict.fromkeys(names)):
            gap = Gap(self.site.site_id, "bodies", self.site.url or "", body_name=found)
            self.gaps["bodies", ""] = gap

    def announced(self, kind: str | None) -> None:
        """An announcement of this kind was found; one that does not say it may be of any."""
        self.kinds |= {kind} if kind and kind != DocumentKind.OTHER else set(_KINDS_DUE)

    def unseen_kinds(self) -> None:
        """Every government publishes budgets and accounts: of which no announcement was found, the list was
        not."""
        for kind in _KINDS_DUE if self.kinds else ():
            if kind not in self.kinds:
                gap = Gap(self.site.site_id, "no_kind", self.site.url or "", document_kind=kind)
                self.gaps["no_kind", kind] = gap

    def answered(
        self, url: str, outcome: Outcome, file: bool, *, purpose: str = "", via: str | None = None,
        title: str = "", context: str = "", guessed: bool = False,
    ) -> None:  # fmt: skip
        """A request has ended. A file that could not be had is a gap, but it hides no announcement; so is a
        page that is not there, if its link announced something. A `guessed` address owes nothing."""
        self.open -= 1
        self.asked.add(url)
        if outcome.name == CaptureOutcome.LISTING_CHANGED:
            self.changed = self.changed or replace(
                outcome, evidence=message("seen_at", url=url, seen=outcome.evidence)
            )
        kind = _gap_kind(outcome.name, file, purpose)
        if kind and not (guessed and (outcome.name in ABSENT or outcome.kind == "empty")):
            self.gap(kind, url, via=via, evidence=outcome.kind or None, outcome=outcome.name, title=title,
                     context=context)  # fmt: skip

    def skipped(
        self, url: str, outcome: str, via: str | None, title: str = "", *, purpose: str,
        guessed: object = None, context: str = "",
    ) -> None:  # fmt: skip
        """A page that is known not to be there, or not to be had, and not due, is not asked for: what that
        leaves."""
        kind = _gap_kind(outcome, False, purpose)
        if kind and not (guessed and outcome in ABSENT):
            self.gap(kind, url, via=via, outcome=outcome, title=title, context=context)

    def waits(self, url: str, asked_at: datetime) -> None:
        """A list that was asked for at an earlier visit waits for another one."""
        self.waiting[url] = min(asked_at, self.waiting.get(url, asked_at))

    def read(
        self, url: str, via: str, heading: str, platform: str, entries: Sequence[Entry], relevant: bool
    ) -> None:
        """A list page has been read that `via` led to; `relevant` says that it is a list of disclosures."""
        way = self.ways[url] = (*self.ways.get(via, ()), url)
        self.listings += 1
        self.title, self.landed = self.title or heading, self.landed or url
        self.entries += len(entries)
        # What the disclosures are published with counts, if the home page is of another make or of none.
        if not self.platform or (relevant and (not self.columns or self.platform == static.NAME)):
            self.platform = platform
        if relevant and len(self.columns) < _MOST_COLUMNS:
            days = (entry.published_on for entry in entries if entry.published_on)
            self.columns.append(Column(url, heading, platform, len(entries), max(days, default=None), way))

    def compared(self, before: int, now: int) -> None:
        """A list had so many entries when it was archived last, and has so many now."""
        self.listed_before += before
        self.listed += now

    def limited(self, what: Message) -> None:
        """The site is not visited to its end, because of a limit of this run or of this program."""
        self.gap("limit", f"{self.site.url or ''}", evidence=what)

    def report(self, interrupted: bool, site: Site) -> SiteReport:
        """The result, for the site itself or another one that shares its page."""
        lead = self.lead or self
        outcome = lead._outcome()
        done = outcome.name in GOOD and lead.whole and lead.open == 0 and not interrupted
        return SiteReport(
            site=site,
            outcome=outcome.name,
            detail=outcome.evidence,
            complete=done,
            platform=lead.platform,
            listings=lead.listings,
            entries=lead.entries,
            articles=self.articles,
            attachments=lead.attachments,
            gaps=tuple(self._gaps_of(lead, outcome, interrupted)),
            new_articles=self.new_articles,
            known=self.known,
            columns=tuple(lead.columns),
            title=lead.title,
            landed=lead.landed,
        )

    def _gaps_of(self, lead: SiteTally, outcome: Outcome, interrupted: bool) -> Iterator[Gap]:
        """The gaps of the site that was visited for this one, under its own id, some of each kind. A site
        that was visited and is not complete has at least one."""
        if outcome.name in (CaptureOutcome.NO_URL, CaptureOutcome.NOT_RUN):
            return
        url = lead.site.url or ""
        if lead.waiting:
            day = min(lead.waiting.values()).astimezone(CHINA).date()
            evidence = message("seen_waiting", n=len(lead.waiting), day=str(day))
            lead.gaps["earlier_look", ""] = Gap(
                lead.site.site_id, "earlier_look", url, evidence=evidence, asked_on=day
            )
        if (lead.open or interrupted) and lead.whole:
            lead.gap("interrupted", url)
        if outcome.name not in GOOD and lead.whole:
            diagnoses = lead.diagnoses if outcome.name == CaptureOutcome.LISTING_EMPTY else {}
            for address, (kind, seen) in islice(diagnoses.items(), _MOST_DIAGNOSES):
                lead.gap(kind, address, evidence=seen)
            if not diagnoses:
                kind = _GAPS_OF_SITES.get(outcome.name, "start")
                lead.gap(kind, url, outcome=outcome.name, evidence=outcome.evidence or None)
        if sum(gap.hides != "site" for gap in lead.gaps.values()) > _MOST_NAMED:
            lead.gap("limit", url, evidence=message("seen_more_gaps", n=_MOST_NAMED))
        counts = Counter[str]()
        for gap in lead.gaps.values():
            counts[gap.kind] += 1
            # Of those that hide everything some are enough; each of the others hides a body of its own.
            if counts[gap.kind] <= (_MOST_OF_A_KIND if gap.hides == "site" else _MOST_NAMED):
                yield replace(gap, site_id=self.site.site_id)

    def _outcome(self) -> Outcome:
        if self.site.url is None:
            return Outcome("no_url", evidence=message("site_no_page_known"))
        if self.outcome is None:
            return Outcome("not_run", evidence=message("site_not_reached"))
        if self.outcome.name in GOOD and self.changed:
            return self.changed
        # A site that shows its news and no disclosure is not searched to the end: its list was not found.
        if self.outcome.name in GOOD and not (self.columns or self.articles or self.known):
            evidence = message("site_no_disclosure", pages=self.listings, entries=self.entries)
            for kind, seen in islice(self.diagnoses.values(), 1):
                evidence = message(
                    "site_no_disclosure_but", shown=evidence, what=Message(f"gap_{kind}"), seen=seen
                )
            return Outcome("listing_empty", evidence=evidence)
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

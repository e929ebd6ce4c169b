"""The outcome of a crawl of one site: its numbers in the run report.

Invariant: a site ends with exactly one outcome, and is `complete` only if every list page and
article that was to be asked for got an answer that settles it, and nothing that could hold a disclosure was
left aside: only then can something be called missing. What was left aside is a `Gap`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from urllib.parse import urlsplit

from archive import CHINA
from archive.vocabulary import ABSENT, GONE, GOOD, CaptureOutcome, GapKind
from archive.warc.gaps import Gap
from crawler.pages import relevance
from crawler.pages.outcomes import Outcome
from crawler.platforms import static
from crawler.platforms.protocol import Entry
from crawler.reports.owed import GAPS_OF_SITES, KINDS_DUE, gap_of_answer, last_due
from crawler.reports.results import Column, SiteReport
from crawler.sites import Site
from parsers.values.messages import Message, Seen, message
from parsers.values.vocabulary import DocumentKind

_MOST_COLUMNS = 50
_MOST_OF_A_KIND = 20
_MOST_DIAGNOSES = 5
_MOST_NAMED = 2000


@dataclass(slots=True)
class SiteTally:
    """Counts of one site while the crawl runs. `open` counts requests not answered yet, `asked` are the
    addresses that were answered, in whatever way, `waiting` the lists left for another visit. `diagnoses` are
    what pages without a list are instead, by address: a kind of gap, and what was seen. `lead` is the site
    that is visited for this one: they share a page. `kinds` are those of the documents that
    were announced, with their fiscal years, `landed` is where the registered address leads. `leads` says
    where pages lead that only point elsewhere, by their keys, `joined` what is to be done for those that
    lead where another had, if the page there is a gap. `named` are bodies with what they announced: its
    fiscal year and its kind."""

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
    diagnoses: dict[str, tuple[GapKind, Seen]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    waiting: dict[str, datetime] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    landed: str = ""
    answers: Counter[str] = field(default_factory=Counter)
    changed: dict[str, Outcome] = field(default_factory=dict)
    listed: int = 0
    listed_before: int = 0
    lead: SiteTally | None = None
    kinds: dict[str, set[int | None]] = field(default_factory=dict)
    maps: tuple[str, ...] = ()
    leads: dict[str, str] = field(default_factory=dict)
    named: set[tuple[str | None, int | None, str | None]] = field(default_factory=set)
    joined: list[tuple[str, Callable[[], None]]] = field(default_factory=list)

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
        self, kind: GapKind, url: str, *, via: str | None = None, evidence: Seen | None = None,
        outcome: str | None = None, title: str = "", context: str = "",
    ) -> None:  # fmt: skip
        """Something was seen and is not followed; see `archive.warc.gaps`. `title` is what its link says, in
        a list that is about `context`."""
        of_kind: DocumentKind | None = None
        if kind.hides == "site" or kind == GapKind.DEAD_COLUMN:  # what it may be limits what is unknown
            body, year = relevance.holds_only(title, context)
        else:
            judged = relevance.judge(title, context) if title else relevance.Relevance(False)
            body, year, of_kind = (
                relevance.body_name(title) if title else None,
                judged.fiscal_year,
                judged.kind,
            )
        # Lines that cannot be opened have no address of their own.
        key = f"{url} {title}" if url == via and kind == GapKind.LINK else url
        gap = self.gaps.setdefault((kind, key), Gap(
            self.site.site_id, kind, url, via, evidence, outcome, title or None, body, year, of_kind,
        ))  # fmt: skip
        if kind.hides == "site":  # seen there twice, it may hide what either may
            self.gaps[kind, key] = replace(
                gap,
                body_name=body if gap.body_name == body else None,
                fiscal_year=year if gap.fiscal_year == year else None,
            )

    def unvisited(self, names: Iterable[str]) -> None:
        """Pages of these bodies were seen and not visited: one gap for all."""
        if found := "、".join(dict.fromkeys(names)):
            gap = Gap(self.site.site_id, GapKind.BODIES, self.site.url or "", body_name=found)
            self.gaps[GapKind.BODIES, ""] = gap

    def announced(self, kind: str | None, year: int | None) -> None:
        """A list shows an announcement of this kind and fiscal year; where it says neither, of any."""
        for one in [kind] if kind and kind != DocumentKind.OTHER else KINDS_DUE:
            self.kinds.setdefault(one, set()).add(year)

    def lacks_kinds(self, today: date) -> dict[DocumentKind, int | None]:
        """Every government publishes budgets and accounts each year. The kinds of which no announcement was
        found, and those of which none is of the last year that was due, with that year."""
        found: dict[DocumentKind, int | None] = {}
        for kind in KINDS_DUE:
            years, last = self.kinds.get(kind, set()), last_due(kind, today)
            if None not in years and max(filter(None, years), default=0) < last:
                found[kind] = last if years else None
        return found

    def unseen_kinds(self, today: date) -> None:
        """What was not found of what every government publishes, its list was not. Of a site without any
        announcement that is the outcome."""
        some = self.kinds or self.articles or self.known
        for kind, year in self.lacks_kinds(today).items() if some else ():
            self.gaps[GapKind.NO_KIND, kind] = Gap(
                self.site.site_id,
                GapKind.NO_KIND,
                self.site.url or "",
                evidence=message("due_of_year", kind=kind, year=year) if year else message("due", kind=kind),
                document_kind=kind,
                fiscal_year=year,
            )

    def answered(
        self, url: str, outcome: Outcome, file: bool, *, purpose: str = "", via: str | None = None,
        title: str = "", context: str = "", guessed: bool = False,
    ) -> None:  # fmt: skip
        """A request has ended. A file that could not be had is a gap, but it hides no announcement; so is a
        page that is not there, if its link announced something. A `guessed` address owes nothing."""
        self.open -= 1
        self.asked.add(url)
        if outcome.name == CaptureOutcome.LISTING_CHANGED:
            self.changed[url] = replace(outcome, evidence=message("seen_at", url=url, seen=outcome.evidence))
        kind = gap_of_answer(outcome.name, file, purpose)
        if kind and not (guessed and (outcome.name in ABSENT or outcome.kind == "empty")):
            self.gap(kind, url, via=via, evidence=outcome.evidence or None, outcome=outcome.name, title=title,
                     context=context)  # fmt: skip

    def skipped(
        self, url: str, outcome: str, via: str | None, title: str = "", *, purpose: str,
        guessed: object = None, context: str = "",
    ) -> None:  # fmt: skip
        """A page that is known not to be there, or not to be had, and not due, is not asked for: what that
        leaves."""
        kind = gap_of_answer(outcome, False, purpose)
        if kind and not (guessed and outcome in ABSENT):
            self.gap(kind, url, via=via, outcome=outcome, title=title, context=context)

    def leads_on(self, url: str, start: bool) -> None:
        """A list that has lost its lines leads to others now, that it did not lead to before; it may be the
        site's `start`."""
        if start:
            self.outcome = Outcome("content")
        self.changed.pop(url, None)
        self.gaps.pop((GapKind.CHANGED_LIST, url), None)

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
        self.gap(GapKind.LIMIT, f"{self.site.url or ''}", evidence=what)

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
            lead.gaps[GapKind.EARLIER_LOOK, ""] = Gap(
                lead.site.site_id, GapKind.EARLIER_LOOK, url, evidence=evidence, asked_on=day
            )
        known = any(gap.hides_all for gap in lead.gaps.values())
        if (lead.open or interrupted) and not known:
            lead.gap(GapKind.INTERRUPTED, url)
        if outcome.name not in GOOD and not known and not lead.changed:
            diagnoses = lead.diagnoses if outcome.name == CaptureOutcome.LISTING_EMPTY else {}
            for address, (kind, seen) in islice(diagnoses.items(), _MOST_DIAGNOSES):
                lead.gap(kind, address, evidence=seen)
            if not diagnoses:
                kind = GAPS_OF_SITES.get(outcome.name, GapKind.START)
                lead.gap(kind, url, outcome=outcome.name, evidence=outcome.evidence or None)
        if sum(gap.hides != "site" for gap in lead.gaps.values()) > _MOST_NAMED:
            lead.gap(GapKind.LIMIT, url, evidence=message("seen_more_gaps", n=_MOST_NAMED))
        lead._name_failing_hosts()
        counts = Counter[str]()
        for gap in lead.gaps.values():
            counts[gap.kind] += 1
            # Of those that hide everything some are enough; each of the others hides a body of its own.
            if counts[gap.kind] <= (_MOST_OF_A_KIND if gap.hides_all else _MOST_NAMED):
                yield replace(gap, site_id=self.site.site_id)

    def _name_failing_hosts(self) -> None:
        """Where a host had none of several files that are linked there, it is the reason."""
        lost = defaultdict(list)
        for key, gap in self.gaps.items():
            if gap.kind == GapKind.FILE and gap.outcome in GONE:
                lost[urlsplit(gap.url).netloc].append(key)
        for host, keys in lost.items():
            if len(keys) > 1:
                seen = message("seen_host_failing", host=host, n=len(keys))
                self.gaps |= {key: replace(self.gaps[key], evidence=seen) for key in keys}

    def _outcome(self) -> Outcome:
        if self.site.url is None:
            return Outcome("no_url", evidence=message("site_no_page_known"))
        if self.outcome is None:
            return Outcome("not_run", evidence=message("site_not_reached"))
        if self.outcome.name in GOOD and self.changed:
            return next(iter(self.changed.values()))
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

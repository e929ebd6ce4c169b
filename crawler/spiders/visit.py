"""What the rooms of the spider share while it runs.

Invariant: every answer is counted for its site exactly once, in `Visit.answer` or `Visit.lost`, before
anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from scrapy import Request
from scrapy.http import Response

from archive import CHINA
from archive.vocabulary import CaptureOutcome, GapKind
from crawler.history.schedule import HistoryOf
from crawler.http.recorder import Recorded
from crawler.http.request_meta import RequestMeta, meta_of
from crawler.pages import relevance
from crawler.pages.addresses import may_follow
from crawler.pages.outcomes import Outcome
from crawler.pages.page import Page
from crawler.reading import discovery
from crawler.reports.tally import SiteTally
from crawler.reports.totals import Tally
from crawler.sites import Site
from crawler.sites.territory import Territory, speaker
from crawler.spiders.frontier import Callback, Frontier
from crawler.spiders.keys import asked_as, is_folder_of, leads_home, request_key, sought_as
from parsers.values.messages import Message, message

_MOST_STUBS = 3


@dataclass(frozen=True, slots=True)
class Visit:
    """One crawl: what it counts, what it knows of a site, what it asks for. `sharing` are the sites of one
    start page, by the site_id of the one that is visited; `year` limits it to one fiscal year."""

    tally: Tally
    history: HistoryOf
    territory: Territory
    frontier: Frontier
    sharing: Mapping[str, Sequence[Site]]
    year: int | None
    now: datetime

    @property
    def today(self) -> date:
        """The day in China on which it began."""
        return self.now.astimezone(CHINA).date()

    def answer(self, response: Response) -> tuple[SiteTally, Recorded]:
        """Count an answer; the tally of its site and what was archived."""
        assert response.request is not None
        recorded = meta_of(response).recorded
        assert recorded is not None
        return self._settle(response.request, recorded.outcome), recorded

    def lost(self, request: Request, outcome: Outcome) -> SiteTally:
        """Count a request that got no answer."""
        return self._settle(request, outcome)

    def _settle(self, request: Request, outcome: Outcome) -> SiteTally:
        known = meta_of(request)
        tally, sought = self.tally.sites[known.site], sought_as(known)
        # The link to a column stands in `heading`, and what it stands under in `context`.
        column = known.purpose == "listing" and not known.paged
        title = known.heading if column else known.entry.title if known.entry else known.title
        context = "" if known.paged else known.context if column else known.heading
        tally.answered(
            known.file or request.url, outcome, known.purpose == "attachment", purpose=sought, via=known.via,
            title=title, context=context, guessed=bool(known.guessed),
        )  # fmt: skip
        if known.purpose == "start":
            tally.outcome, tally.maps = outcome, known.maps
        self.frontier.answered(request, tally)
        return tally

    def sites(self, tally: SiteTally) -> Sequence[Site]:
        """The site, and those that share its start page."""
        return self.sharing.get(tally.site.site_id, (tally.site,))

    def publisher(self, tally: SiteTally, *texts: str) -> Site:
        """Of the sites that share a start page, the one that the texts speak of."""
        sites = self.sites(tally)
        return sites[0] if len(sites) == 1 else speaker(sites, *texts)

    def wants(self, judged: relevance.Relevance) -> bool:
        """Is it of the year asked for, as far as the title says?"""
        return self.year is None or judged.fiscal_year in (None, self.year)

    def stub(self, response: Response, recorded: Recorded, callback: Callback) -> Iterator[Request]:
        """Follow a page that only points elsewhere; the answer there speaks for the site."""
        outcome, known, url = recorded.outcome, meta_of(response), response.url
        target = outcome.target
        if outcome.name != CaptureOutcome.REDIRECT:
            return
        if not target or known.stubs >= _MOST_STUBS or not may_follow(target, url, "redirect"):
            self._lost_way(
                known,
                url,
                message("seen_redirect", url=target) if target else message("seen_redirect_nowhere"),
            )
            return
        # A folder may point to its own index page, which is the same to the frontier.
        folder = is_folder_of(url, target)
        ask = self.frontier.make if folder else self.frontier.request
        there = RequestMeta(
            known.site, known.purpose, known.expected, url,
            stubs=known.stubs + 1, depth=known.depth, entry=known.entry, parts=known.parts,
            heading=known.heading, platform=known.platform, promise=known.promise, context=known.context,
            offered=known.offered, origin=known.origin, aside=known.aside,
        )  # fmt: skip
        tally, elsewhere = self.tally.sites[known.site], message("seen_leads_to", url=target)
        tally.leads[request_key(url)] = request_key(target)
        if made := ask(tally, target, there, callback):
            yield made
        elif target == url:
            self._lost_way(known, url, message("seen_redirect_to_itself"))
        elif leads_home(url, target) and known.promised >= discovery.sure():
            self._lost_way(known, url, elsewhere)
        else:
            tally.joined.append((request_key(target), partial(self._lost_way, known, url, elsewhere)))

    def join(self) -> None:
        """Count, when all is visited, the pages that lead to a gap which is another's: a wall that all lists
        of a site lead to is asked for once, and hides what each of them holds."""
        for tally in self.tally.sites.values():
            troubled = {request_key(gap.url) for gap in tally.gaps.values()} if tally.joined else set()
            for target, count in tally.joined:
                passed = set[str]()
                while target not in passed:
                    passed.add(target)
                    target = tally.leads.get(target, target)
                if not passed.isdisjoint(troubled):
                    count()

    def strayed(self, response: Response) -> bool:
        """Was a column of disclosures, or a further page of one, answered with the site's home page?"""
        known, asked = meta_of(response), asked_as(response)
        wanted = known.paged or (known.promise or 0.0) >= discovery.sure()
        if known.purpose != "listing" or not wanted or not asked:
            return False
        return leads_home(asked[0], response.url)

    def _lost_way(self, known: RequestMeta, url: str, evidence: Message) -> None:
        """A page that only points elsewhere, and the way ends here."""
        if known.purpose in ("start", "listing", "article") and not known.guessed:
            self.tally.sites[known.site].gap(
                GapKind.LINK if known.purpose == "article" else GapKind.BROKEN, url, via=known.via,
                evidence=evidence, title=known.entry.title if known.entry else "", context=known.heading,
            )  # fmt: skip


def field_of(recorded: Recorded, name: bytes) -> bytes:
    """A header field of an answer, b"" if it has none."""
    return next((value for field, value in recorded.headers if field.lower() == name), b"")


def page_of(response: Response) -> Page:
    """The answer as a page, below the heading that led to it."""
    content_type = response.headers.get("Content-Type")
    page = Page.from_bytes(
        response.url, response.body, content_type.decode("latin-1") if content_type else None
    )
    sent = response.request.body.decode("utf-8", "replace") if response.request else ""
    return replace(page, heading=meta_of(response).heading, sent=sent)

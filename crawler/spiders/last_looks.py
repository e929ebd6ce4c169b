"""Pages that only the map of a site knows: `Sitemap:` of robots.txt, or /sitemap.xml beside a home page.

Invariant: a map is asked for once, and only of a site whose visit is over without a list of budgets and one
of accounts. It owes nothing: what it does not show leaves the gap that was there before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.ids import is_front_page
from archive.vocabulary import GOOD
from archive.warc.content_coding import content_decoded
from crawler.http.request_meta import RequestMeta
from crawler.pages.addresses import may_follow, same_site
from crawler.pages.attached_files import is_attachment
from crawler.platforms import lines
from crawler.platforms.protocol import Entry, PageRequest
from crawler.reading import discovery
from crawler.reports.tally import SiteTally
from crawler.spiders.listings import Listings
from crawler.spiders.visit import Visit, page_of

_PLACE = re.compile(r"<loc>\s{0,99}(?:<!\[CDATA\[)?\s{0,99}([^\s<>\]]{1,500})", re.IGNORECASE)
_INDEX = re.compile(r"<sitemapindex\b", re.IGNORECASE)
_MOST_PLACES = 5_000
_MOST_MAPS = 5
_MOST_PAGES = 20
_USUAL = "/sitemap.xml"
_GZIP = b"\x1f\x8b"
_UNSEEN = "…"
"""The title of a line of which nothing is shown: it is judged when its page is read."""


class SiteMaps:
    """Asks for maps; `lists` reads the pages they lead to."""

    def __init__(self, visit: Visit, lists: Listings) -> None:
        self._visit, self._lists = visit, lists
        self._asked: dict[str, int] = {}

    def when_over(self) -> Iterator[Request]:
        """The maps of the sites whose visits are over, and which lack a list that every government has."""
        for site_id, tally in self._visit.tally.sites.items():
            home = tally.site.url
            outcome = tally.outcome
            over = home and outcome and outcome.name in GOOD and not tally.open and not self._visit.year
            if over and home and site_id not in self._asked and tally.lacks_kinds(self._visit.today):
                self._asked[site_id] = 0
                usual = (urljoin(home, _USUAL),) if is_front_page(home) else ()
                for url in tally.maps or usual:
                    yield from self._ask(tally, urljoin(home, url), home)

    def _ask(self, tally: SiteTally, url: str, via: str) -> Iterator[Request]:
        if not same_site(url, via) or self._asked[tally.site.site_id] >= _MOST_MAPS:
            return
        if self._visit.history(tally.site.site_id).dead(url, self._visit.now):
            return
        packed = urlsplit(url).path.endswith(".gz")
        known = RequestMeta(tally.site.site_id, "map", "any" if packed else "html", via)
        if request := self._visit.frontier.request(tally, url, known, self._read):
            self._asked[tally.site.site_id] += 1
            yield request

    def _read(self, response: Response) -> Iterator[Any]:
        tally, recorded = self._visit.answer(response)
        if recorded.outcome.name not in GOOD:
            return
        packed = response.body[:2] == _GZIP
        text = (
            content_decoded(response.body, ["gzip"]).decode(errors="replace")
            if packed
            else page_of(response).text
        )
        places = islice(_PLACE.finditer(text), _MOST_PLACES)
        urls = [urljoin(response.url, unescape(found[1])) for found in places]
        if _INDEX.search(text):
            for url in sorted(urls, key=_promises, reverse=True):
                yield from self._ask(tally, url, response.url)
            return
        yield from self._pages(tally, response, urls)

    def _pages(self, tally: SiteTally, response: Response, urls: list[str]) -> Iterator[Request]:
        """The pages that nothing else led to, the most promising ones: by their words, lists before
        articles."""
        frontier, territory = self._visit.frontier, self._visit.territory
        history = self._visit.history(tally.site.site_id)
        new = [
            url
            for url in dict.fromkeys(urls)
            if not frontier.has(PageRequest(url))
            and not history.known(url)
            and not is_attachment(url)
            and may_follow(url, response.url, "listing")
            and not territory.foreign(url, tally.site)
        ]
        for url in sorted(new, key=_promises, reverse=True)[:_MOST_PAGES]:
            if lines.looks_like_article(url):
                yield from self._lists.announcements.ask(tally, Entry(url, _UNSEEN), response.url, "")
            else:
                known = RequestMeta(
                    tally.site.site_id, "listing", "html", response.url,
                    depth=1, promise=discovery.least(), guessed=response.url,
                )  # fmt: skip
                yield from frontier.listing(tally, PageRequest(url), known, self._lists.parse)


def _promises(url: str) -> tuple[float, bool]:
    return discovery.promise("", url).value, not lines.looks_like_article(url)

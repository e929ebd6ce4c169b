"""What is looked into when the visit of a site is over otherwise: the maps of sites, and other columns.

Invariant: a map is asked for once, and only of a site without a list of budgets and one of accounts:
`Sitemap:` of robots.txt, or /sitemap.xml beside a home page. It owes nothing: what it does not show leaves
the gap that was there before. Other columns are asked for only where a body that announced the last documents
but one has not announced the last ones, before it is called missing: first the pages of such bodies, then
columns of other names. Of these the first page is read, and all of it if it announces something.
"""

from __future__ import annotations

import re
from collections import Counter
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
from crawler.pages import relevance
from crawler.pages.addresses import may_follow, same_site
from crawler.pages.attached_files import is_attachment
from crawler.platforms import lines
from crawler.platforms.protocol import Entry, PageRequest
from crawler.reading import discovery
from crawler.reports.owed import KINDS_DUE, last_due
from crawler.reports.tally import SiteTally
from crawler.spiders.list_pages import UNSEEN
from crawler.spiders.listings import Listings
from crawler.spiders.visit import Visit, page_of
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

_PLACE = re.compile(r"<loc>\s{0,99}(?:<!\[CDATA\[)?\s{0,99}([^\s<>\]]{1,500})", re.IGNORECASE)
_INDEX = re.compile(r"<sitemapindex\b", re.IGNORECASE)
_MOST_PLACES = 5_000
_MOST_MAPS = 5
_MOST_PAGES = 20
_USUAL = "/sitemap.xml"
_GZIP = b"\x1f\x8b"
_LEADS_AWAY = _L.pattern("leads_away")
_LIKELY = _L.pattern("likely")
_OFFICE = _L.pattern("office")  # 河口镇人民政府 is called 河口镇 by those who link it
_OF_A_BODY = 3
"""The worth of the page of a body that announced nothing yet."""
_MOST_COLUMNS = 24
"""Other columns and pages of bodies of one site that are asked for."""


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
                yield from self._lists.announcements.ask(tally, Entry(url, UNSEEN), response.url, "")
            else:
                known = RequestMeta(
                    tally.site.site_id, "listing", "html", response.url,
                    depth=1, promise=discovery.least(), guessed=response.url,
                )  # fmt: skip
                yield from frontier.listing(tally, PageRequest(url), known, self._lists.parse)


def _promises(url: str) -> tuple[float, bool]:
    return discovery.promise("", url).value, not lines.looks_like_article(url)


class Deeper:
    """Asks for other columns of sites whose bodies lack documents; `lists` reads them."""

    def __init__(self, visit: Visit, lists: Listings) -> None:
        self._visit, self._lists = visit, lists
        self._asked = Counter[str]()  # pages by site
        self._of_bodies: set[str] = set()  # the pages of such bodies, and what these lead to

    def when_over(self) -> Iterator[Request]:
        """The next pages of the sites whose visits are over, and whose bodies lack documents."""
        for site_id, tally in self._visit.tally.sites.items():
            over = tally.outcome and tally.outcome.name in GOOD and not (tally.open or self._visit.year)
            if over and self._lists.left.get(site_id) and (lacking := self._lacking(tally)):
                yield from self._ask(tally, lacking)

    def _ask(self, tally: SiteTally, lacking: set[str]) -> Iterator[Request]:
        site, frontier = tally.site, self._visit.frontier
        rated = []
        for url, (title, via, part) in self._lists.left.pop(site.site_id).items():
            below = via in self._of_bodies and not _LEADS_AWAY.search(title)
            worth = _OF_A_BODY if below else _worth(title, lacking, part)
            new = not frontier.has(PageRequest.of(url)) and not self._visit.territory.foreign(url, site)
            if worth and new:
                rated.append((-worth, url, title, via))
        for worth, url, title, via in sorted(rated)[: _MOST_COLUMNS - self._asked[site.site_id]]:
            self._asked[site.site_id] += 1
            if worth == -_OF_A_BODY:
                self._of_bodies.add(url)
            known = RequestMeta(
                site.site_id, "listing", "html", via, depth=1, promise=discovery.least(), aside=True
            )
            yield from frontier.listing(tally, PageRequest(url, title=title), known, self._lists.parse)

    def _lacking(self, tally: SiteTally) -> set[str]:
        """The bodies that announced the last documents of a kind but one, and not the last."""
        sites = [site.site_id for site in self._visit.sites(tally)]
        named = {one for site_id in sites for one in self._visit.tally.sites[site_id].named}
        for article in self._visit.history(tally.site.site_id).articles_of(sites):
            named.add((article.body_name, article.fiscal_year, article.document_kind))
        found = set[str]()
        for kind in KINDS_DUE:
            last = last_due(kind, self._visit.today)
            now, before = ({body for body, *of in named if of == [year, kind]} for year in (last, last - 1))
            found |= {_OFFICE.sub("", body) for body in before - now if body}
        return found


def _worth(title: str, lacking: set[str], part: bool) -> int:
    """`_OF_A_BODY` for the page of such a body, 2 for a column where anybody may publish and what may be
    a `part` of a list, 1 for any other but another body's."""
    plain, likely = fold(title), 2 * bool(part or _LIKELY.search(title))
    if relevance.names_body(title):
        return _OF_A_BODY if any(plain.endswith(body) or body.endswith(plain) for body in lacking) else likely
    return 0 if title and _LEADS_AWAY.search(title) else likely or 1  # without a text it is a picture

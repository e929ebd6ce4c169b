"""What earlier runs saw, and what of it is worth asking about again.

Invariant: everything here follows from the journals of finished and recovered runs; there is no other state.
Two addresses that differ only in signed tokens or tracking parameters are one (`archive.ids`).

A known article or file is asked about again when it is due (`crawler.history.looks`); besides, in every run,
those that were not looked at for longest: a twentieth of all, four at least and `least` at most, as long as
that stays cheap.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from archive.ids import normalised_url, title_key
from archive.vocabulary import GOOD, UNANSWERED, CaptureOutcome
from archive.warc.captures import Article, Capture, Run
from archive.warc.gaps import Gap
from crawler.history.looks import Look, Schedule
from crawler.pages.attached_files import identity

_DNS = CaptureOutcome.DNS
_NEVER = datetime.min.replace(tzinfo=UTC)
_FEW = 0.05
"""The share of what is known that unscheduled looks may ask for."""
_FEWEST = 4
_CHEAP = 0.01
"""The share of a site's known bytes that unscheduled looks may cost."""


class History:
    """Looks by address, articles by address and by site, complete visits by site. Add runs oldest first."""

    def __init__(self, schedule: Schedule | None = None) -> None:
        self._schedule = schedule or Schedule()
        self._looks: dict[str, Look] = {}
        self._articles: dict[str, Article] = {}
        self._left: dict[str, tuple[tuple[str, str | None], ...]] = {}
        self._by_site: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._names: dict[str, str] = {}
        self._by_title: defaultdict[tuple[str | None, str], dict[str, None]] = defaultdict(dict)
        self._complete: dict[str, bool] = {}
        self._gaps: dict[str, list[Gap]] = {}
        self._asked_for: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._nameless: dict[str, Look] = {}
        self._ended: set[str] = set()
        self._waiting: dict[str, dict[str, datetime]] = {}

    def add_run(self, run: Run, captures: Iterable[Capture], articles: Iterable[Article]) -> None:
        """Learn one run."""
        for capture in captures:
            self._add_capture(capture)
        for article in articles:
            key = _key(article.url)
            before = self._articles.get(key)
            if before and before.attachments and not article.attachments:
                self._left[key] = before.attachments
            self._articles[key] = article
            self._by_site[article.site_id or ""][key] = None
            for scope in {article.site_id, article.region_code} - {None}:
                self._by_title[scope, title_key(article.title)][key] = None
            self._names.update((_key(url), name) for url, name in article.attachments if name)
        for row in run.sites:
            self._complete[row.site_id] = row.site_id in run.complete_sites
            if row.visited:
                self._gaps[row.site_id] = []
                if run.finished_at is not None:
                    self._ended.add(row.site_id)
                else:
                    self._ended.discard(row.site_id)
        for gap in run.gaps:
            self._gaps.setdefault(gap.site_id, []).append(gap)

    def _add_capture(self, capture: Capture) -> None:
        key, moment = _key(capture.url), capture.fetched_at
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = Look(capture.url, moment, moment, "")
        look.learn(capture)
        self._asked_for[capture.site_id or ""][key] = None
        if capture.status is not None and self._nameless:
            # Any answer shows that the name resolves again.
            self._nameless.pop(urlsplit(capture.url).netloc, None)
        if capture.outcome == _DNS:
            name = urlsplit(capture.url).netloc
            host = self._nameless.setdefault(name, Look(capture.url, moment, moment, look.outcome))
            host.asked_at, host.gone = moment, host.gone | look.gone

    # -- what is known -------------------------------------------------------------------------------------

    def known(self, url: str) -> bool:
        """Has an earlier run announced this article?"""
        return _key(url) in self._articles

    def not_there(self, url: str) -> str | None:
        """The outcome of the last request for the address, if that was nothing to read."""
        look = self._looks.get(_key(url))
        return look.outcome if look and not look.is_there else None

    def opened_list(self, url: str) -> bool:
        """Did this address, linked like an article, show something, and announce nothing?"""
        look = self._looks.get(_key(url))
        return look is not None and look.outcome in GOOD and not self.known(url)

    def article(self, url: str) -> Article | None:
        """The article as it was announced last."""
        return self._articles.get(_key(url))

    def files(self, url: str) -> tuple[tuple[str, str | None], ...]:
        """The files of an article, with their names: those it had last, if it shows none now."""
        article = self.article(url)
        return (article.attachments if article else ()) or self._left.get(_key(url), ())

    def namesakes(self, article: Article) -> list[Article]:
        """The known articles of its site or region that have its title, body and year, at other addresses."""
        scopes = {article.site_id, article.region_code} - {None}
        keys = {key for scope in scopes for key in self._by_title.get((scope, title_key(article.title)), ())}
        about = (article.body_name, article.fiscal_year)
        found = (self._articles[key] for key in sorted(keys - {_key(article.url)}))
        return [one for one in found if (one.body_name, one.fiscal_year) == about]

    def name(self, url: str) -> str | None:
        """What a file was called by its server or a page, when it was seen last."""
        return self._names.get(_key(url))

    def archived_as(self, url: str) -> str:
        """The address under which this file is in the archive; the address itself if it is not."""
        look = self._looks.get(_key(url))
        return look.url if look and look.sha256 else url

    def holds(self, url: str) -> bool:
        """Is a version of this address archived?"""
        look = self._looks.get(_key(url))
        return look is not None and look.sha256 is not None

    def complete(self, site_id: str) -> bool:
        """Was the site visited to its end when it was visited last?"""
        return self._complete.get(site_id, False)

    def gaps(self, site_id: str) -> list[Gap]:
        """What the last visit to the site saw and did not follow."""
        return self._gaps.get(site_id, [])

    def articles_of(self, site_ids: Iterable[str]) -> Iterator[Article]:
        """The announced articles of some sites, in the order first seen."""
        for site_id in site_ids:
            yield from (self._articles[key] for key in self._by_site.get(site_id, ()))

    # -- what to ask again ---------------------------------------------------------------------------------

    def due(self, url: str, now: datetime) -> bool:
        """Is it time to ask for this address (again)?"""
        look = self._standing(url)
        return look is None or self._schedule.is_due(look, now)

    def dead(self, url: str, now: datetime) -> str | None:
        """The last outcome of an address that is not there, or could not be had on several days, if it need
        not be asked for now."""
        look = self._standing(url)
        return look.outcome if look and look.rests and not self.due(url, now) else None

    def _standing(self, url: str) -> Look | None:
        """What is known of an address; of one that was not asked for as its host has none, what is known of
        the host."""
        look = self._looks.get(_key(url))
        if look and look.outcome in UNANSWERED:
            return self._nameless.get(urlsplit(url).netloc, look)
        return look

    def waits(self, site_id: str, url: str, now: datetime) -> datetime | None:
        """When a list that can wait for another visit was asked for last; None for one to ask for now."""
        if site_id not in self._waiting:
            self._waiting[site_id] = self._rotated(site_id, now) if site_id in self._ended else {}
        return self._waiting[site_id].get(_key(url))

    def _rotated(self, site_id: str, now: datetime) -> dict[str, datetime]:
        documents = {_key(url) for article in self.articles_of([site_id]) for url in _parts(article)}
        looks = {key: self._looks[key] for key in self._asked_for.get(site_id, ())}
        gaps = [gap for gap in self.gaps(site_id) if gap.hides == "site"]
        unfinished = {gap.url for gap in gaps} | {gap.via for gap in gaps}
        return self._schedule.rotation.waiting(looks, documents, unfinished, now)

    def led(self, site_id: str, url: str) -> bool:
        """Was this the page that led to an announcement of the site?"""
        parts = (_key(part) for article in self.articles_of([site_id]) for part in _parts(article))
        return any(look.via == url for key in parts if (look := self._looks.get(key)))

    def parts_due(self, article: Article, now: datetime) -> list[str]:
        """Of an article: its own address and its files', those that are due."""
        return [url for url in _parts(article) if self.due(url, now)]

    def looks_again(
        self, site_ids: Iterable[str], now: datetime, wanted: Callable[[Article], bool]
    ) -> Iterator[tuple[Article, list[str]]]:
        """The known articles of some sites to ask about in this run, each with the addresses to ask for."""
        articles = [article for article in self.articles_of(site_ids) if wanted(article)]
        scheduled = {article.url: parts for article in articles if (parts := self.parts_due(article, now))}
        everything = {url for article in articles for url in _parts(article)}
        few = min(self._schedule.least, max(_FEWEST, math.ceil(_FEW * len(everything))))
        left = few - sum(map(len, scheduled.values()))
        allowance = _CHEAP * sum(self._cost(url, whole=True) for url in everything)
        for article in sorted(articles, key=self._asked_at):
            parts = scheduled.get(article.url, [])
            if not parts and left > 0:
                there = (url for url in _parts(article) if self._is_there(url))
                parts = [url for url in there if self._cost(url) <= allowance][:left]
                left -= len(parts)
                allowance -= sum(map(self._cost, parts))
            if parts:
                yield article, parts

    def _asked_at(self, article: Article) -> datetime:
        looks = (self._looks.get(_key(url)) for url in _parts(article))
        return min((look.asked_at for look in looks if look), default=_NEVER)

    def _is_there(self, url: str) -> bool:
        look = self._looks.get(_key(url))
        return look is not None and look.is_there

    def _cost(self, url: str, whole: bool = False) -> int:
        """Bytes that requests cost if nothing has changed; `whole` counts all that is known."""
        look = self._looks.get(_key(url))
        return 0 if look is None or (look.conditional and not whole) else look.bytes


HistoryOf = Callable[[str], History]
"""What is known of a site, by its id."""


@lru_cache(maxsize=4096)
def _key(url: str) -> str:
    return normalised_url(identity(url))


def _parts(article: Article) -> Iterator[str]:
    yield article.url
    yield from (url for url, _ in article.attachments)

"""What is known of one address, when it is asked for again, and which lists of a site may wait in a visit.

Invariant: it follows from its captures alone, taken in their order.

- one that answered badly, or whose files did: in every run until `GONE_DAYS` different days agree, then
  after 2, 4 … days, at most `_LONGEST_TROUBLE`; what hides behind it stays unknown meanwhile, and nothing of
  that counts against anybody;
- one that is dead (the server has nothing, or its host no address): on every new day until `GONE_DAYS`
  different days agree, then after 2, 4, 8 … days, at most `max_days`, so that one that came back is seen;
- any other: after half the time it has been stable, at least `min_days`, at most `max_days`, spread by its
  address so that what came together is not due together.

A portal that keeps a list for each department, year and kind has more lists than announcements that change.
Only a list that answered well, leads to no further list, left nothing aside that may hide an announcement of
anybody, and was asked less than `Rotation.longest` ago may wait. Those that were asked longest ago are asked
first, so that a list waits no more visits than there are shares of all. What waits is reported with the
moment at which it was asked last, which bounds what the visit can say is missing
(`archive.warc.captures.Run.complete_days`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus

from archive import CHINA
from archive.history.archived import GONE_DAYS
from archive.vocabulary import CHALLENGED, GONE, GOOD, SETTLED, TROUBLED, CaptureOutcome
from archive.warc.captures import Capture
from crawler.platforms.protocol import PageRequest

_DEAD = GONE | {CaptureOutcome.DNS}
_MOST_DOUBLINGS = 10
_TROUBLE = (CHALLENGED | TROUBLED | {CaptureOutcome.ERROR_PAGE}) - {
    CaptureOutcome.DNS,
    CaptureOutcome.GIVEN_UP,
}
"""What a server does that may be over tomorrow: it is slow, breaks off, refuses programs."""
_LONGEST_TROUBLE = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Rotation:
    """`share` of the addresses known of a site may be lists in one visit, but `least` at any rate."""

    share: float = 0.07
    least: int = 16
    longest: timedelta = timedelta(days=30)

    def waiting(
        self,
        looks: Mapping[str, Look],
        documents: Collection[str],
        unfinished: Collection[str | None],
        now: datetime,
    ) -> dict[str, datetime]:
        """The lists of a site that need not be asked in a visit that begins `now`, by key, with the moment of
        the last request. `looks` are all of the site's by key, `documents` the keys that are not lists,
        `unfinished` the addresses of pages that left something aside."""
        lists = {key: look for key, look in looks.items() if key not in documents and look.outcome in GOOD}
        above = {look.via for look in lists.values()} | {*unfinished}
        leaves = [
            key
            for key, look in lists.items()
            if look.url not in above and PageRequest.of(look.url).url not in above and look.via
        ]
        allowed = max(self.least, int(self.share * len(looks)) - (len(lists) - len(leaves)))
        leaves.sort(key=lambda key: (lists[key].asked_at, key))
        later = {key: lists[key].asked_at for key in leaves[allowed:]}
        return {key: asked_at for key, asked_at in later.items() if now - asked_at < self.longest}


@dataclass(slots=True)
class Look:
    """What is known of one address. `asked_at` is the last time it was asked for, `since` when its content
    was first seen as it is, `via` the page that led to it; `gone` are the days on which it was not there,
    since it last was, `troubled` those on which it could not be had."""

    url: str
    asked_at: datetime
    since: datetime
    outcome: str
    sha256: str | None = None
    bytes: int = 0
    conditional: bool = False
    gone: frozenset[date] = frozenset()
    troubled: frozenset[date] = frozenset()
    via: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether the last answer showed something, or where it is."""
        return self.outcome in GOOD | {CaptureOutcome.REDIRECT}

    @property
    def rests(self) -> bool:
        """Whether it is nothing to ask for in every run."""
        return self.outcome in _DEAD | _TROUBLE

    def learn(self, capture: Capture) -> None:
        """Learn the next request for it."""
        moment = capture.fetched_at
        self.asked_at, self.outcome = moment, capture.outcome or ""
        self.via = capture.referrer or self.via
        if capture.outcome in GOOD:
            if capture.sha256 != self.sha256:
                self.since = moment
            self.url, self.sha256, self.bytes = capture.url, capture.sha256, capture.bytes or 0
            self.conditional = (
                bool(capture.etag or capture.last_modified) or capture.status == HTTPStatus.NOT_MODIFIED
            )
            self.gone = self.troubled = frozenset()
        elif capture.outcome in _TROUBLE:
            self.troubled |= {moment.astimezone(CHINA).date()}
        elif capture.outcome in _DEAD:
            self.gone |= {moment.astimezone(CHINA).date()}


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often to look again; see the module. `least` are the
    addresses of a site that every run may look at."""

    min_days: float = 3.0
    max_days: float = 30.0
    least: int = 10
    rotation: Rotation = field(default_factory=Rotation)

    def is_due(self, look: Look, now: datetime) -> bool:
        """Is it time to ask again?"""
        if look.outcome in _DEAD and len(look.gone) < GONE_DAYS:
            return now.astimezone(CHINA).date() not in look.gone
        if look.outcome in _TROUBLE and len(look.troubled) >= GONE_DAYS:
            return now - look.asked_at >= self._interval(look)
        if look.outcome not in SETTLED | _DEAD:
            return True
        return now - look.asked_at >= self._interval(look)

    def _interval(self, look: Look) -> timedelta:
        shortest, longest = timedelta(days=self.min_days), timedelta(days=self.max_days)
        spread = 0.75 + 0.25 * (hashlib.sha256(look.url.encode()).digest()[0] / 255)
        if look.outcome in _TROUBLE:
            days = 2 ** min(len(look.troubled) - GONE_DAYS + 1, _MOST_DOUBLINGS)
            return min(timedelta(days=days), _LONGEST_TROUBLE) * spread
        if look.outcome in _DEAD:
            doubled = timedelta(days=2 ** min(len(look.gone) - GONE_DAYS + 1, _MOST_DOUBLINGS))
            return min(doubled, longest) * spread
        return max(shortest, min((look.asked_at - look.since) / 2, longest)) * spread

"""Which lists of a site are asked in a visit, where asking all of them would cost too much.

Invariant: only a list that answered well, leads to no further list, left nothing aside that may hide an
announcement of anybody, and was asked less than `longest` ago may wait. Those that were asked longest ago are
asked first, so that a list waits no more visits than there are shares of all. What waits is reported with the
moment at which it was asked last, which bounds what the visit can say is missing
(`archive.warc.captures.Run.complete_on`).

A portal that keeps a list for each department, year and kind has more lists than announcements that change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from archive.vocabulary import GOOD
from crawler.platforms.protocol import PageRequest


class ListLook(Protocol):
    """What is known of one address: see `crawler.history.looks.Look`."""

    @property
    def url(self) -> str:
        """The address."""

    @property
    def asked_at(self) -> datetime:
        """When it was asked for last."""

    @property
    def outcome(self) -> str:
        """What it answered then."""

    @property
    def via(self) -> str | None:
        """The page that led to it."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """`share` of the addresses known of a site may be lists in one visit, but `least` at any rate."""

    share: float = 0.07
    least: int = 16
    longest: timedelta = timedelta(days=30)

    def waiting(
        self,
        looks: Mapping[str, ListLook],
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

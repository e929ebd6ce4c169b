"""Announcements that do not show any more what they showed: a page without its files, another address.

Invariant: nothing counts as withdrawn on the word of one day, nor because a site blocks; and what is still
published elsewhere on its site has moved, and is not gone. Every verdict names the captures it rests on.

`gone`: the server says that there is nothing, on several days. `stub`: something else stands in its place on
several days: an error text with the status of success, the front page, or the article without the files it
had. `moved`: its address leads to another announcement; or it does not answer, and another announcement of
the site has all its documents, or, if it is the only one, its title. Until several days agree, a page that
lost its files is `changed`.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from archive.clock import CHINA
from archive.history.archived import GONE_DAYS
from archive.vocabulary import AWAY, PRESENT

Row = Mapping[str, Any]
Edition = tuple[str, ...]
Editions = Callable[[Iterable[str]], Collection[Edition]]
"""What documents publish, by their ids."""

SHORTEST_TITLE = 8
"""Characters of a title that can say which announcement is meant."""


def bare_visits(older: Row, newer: Row) -> list[str]:
    """The captures of a page that show it without the files it had, one a day, as of the later of two sights;
    none if that shows files."""
    if not newer["evidence"]:
        return []
    seen = {*newer["evidence"]}
    if older["evidence"] and older["state"] in (*PRESENT, "stub"):
        seen |= {*older["evidence"]}
    else:  # it showed files then
        last = older["last_seen"].astimezone(CHINA).date()
        seen = {capture_id for capture_id in seen if _day(capture_id) >= last}
    days: dict[date, str] = {}
    for capture_id in sorted(seen):
        days.setdefault(_day(capture_id), capture_id)
    return list(days.values())[:GONE_DAYS]


def state_of_bare(evidence: Collection[str]) -> str:
    """What a page without its files is."""
    return "stub" if len(evidence) >= GONE_DAYS else "changed"


def relocated(rows: dict[str, Row], editions: Editions) -> None:
    """Tell those announcements that are published elsewhere on their site from those that are not."""
    away = [row for row in rows.values() if row["state"] in AWAY]
    if not away:
        return
    places = _Places(rows.values(), editions)
    for row in away:
        target = _followed(rows, row) or places.of(row)
        if target:
            rows[row["disclosure_id"]] = {**row, "state": "moved", "moved_to": target}
        elif row["state"] == "moved":
            rows[row["disclosure_id"]] = {**row, "state": "gone", "moved_to": None}


class _Places:
    """The announcements that can be seen, by site and what they publish, and by site and title."""

    def __init__(self, rows: Iterable[Row], editions: Editions) -> None:
        self._editions = editions
        self._by_edition: defaultdict[tuple[str, Edition], set[str]] = defaultdict(set)
        self._by_title: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if row["state"] in PRESENT and not row["evidence"]:
                for edition in editions(row["document_ids"] or ()):
                    self._by_edition[row["site_id"], edition].add(row["disclosure_id"])
            self._by_title[row["site_id"], _plain(row["title"])].append(row)

    def of(self, row: Row) -> str | None:
        """Where a row that is away is published as well."""
        held = [self._by_edition[row["site_id"], one] for one in self._editions(row["document_ids"] or ())]
        everywhere = set.intersection(*held) if held else set()
        return min(everywhere) if everywhere else self._namesake(row)

    def _namesake(self, row: Row) -> str | None:
        title = _plain(row["title"])
        if len(title) < SHORTEST_TITLE:
            return None
        others = [one for one in self._by_title[row["site_id"], title] if one is not row]
        match others:
            case [other] if other["state"] in PRESENT and other["last_seen"] > row["last_seen"]:
                return str(other["disclosure_id"])
        return None


def _followed(rows: Mapping[str, Row], row: Row) -> str | None:
    """Where redirects lead to, if it can still be seen there."""
    target, met = row["moved_to"], {row["disclosure_id"]}
    while target in rows and target not in met:
        if rows[target]["state"] in PRESENT:
            return str(target)
        met.add(target)
        target = rows[target]["moved_to"]
    return None


def _day(capture_id: str) -> date:
    """The day in China on which the run of a capture began."""
    moment = datetime.strptime(capture_id.partition("-")[0], "%Y%m%dT%H%M%SZ")
    return moment.replace(tzinfo=UTC).astimezone(CHINA).date()


def _plain(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())

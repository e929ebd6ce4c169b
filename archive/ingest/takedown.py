"""Announcements that do not show any more what they showed: a page without its files, another address.

Invariant: nothing counts as withdrawn on the evidence of one day, nor because a site blocks; and what is
still published elsewhere has moved, and is not gone. Every verdict names the captures it rests on.

`gone`: the server says that there is nothing, on several days. `stub`: something else stands in its place on
several days: an error text with the status of success, the front page, or the article without the files it
had. `moved`: its address leads to another announcement; or it does not answer, and another announcement has
all its documents, or its title, body, year and kind; or it failed in whatever way when one came that has all
of these. It stays `moved` if that one is withdrawn in its turn: what is gone then is the other. Until several
days agree, a page that lost its files is `changed`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

from archive import CHINA
from archive.dataset.rows.crawl import DisclosureRow
from archive.dataset.rows.documents import VersionRow
from archive.history.archived import GONE_DAYS, Known
from archive.ids import title_key
from archive.vocabulary import AWAY, PRESENT, State

Edition = tuple[str, ...]
Fits = Callable[[DisclosureRow, DisclosureRow], bool]
"""Whether the second announcement may stand for the first."""
Editions = Callable[[Iterable[str]], Collection[Edition]]
"""What documents publish, by their ids."""

SHORTEST_TITLE = 8
"""Characters of a title that can say which announcement is meant."""


def first_sight(row: DisclosureRow | VersionRow) -> datetime:
    """When it was seen first: every row that an ingest makes says so."""
    assert row.first_seen is not None
    return row.first_seen


def last_sight(row: DisclosureRow | VersionRow) -> datetime:
    """When it was seen last."""
    assert row.last_seen is not None
    return row.last_seen


def bare_visits(older: DisclosureRow, newer: DisclosureRow) -> list[str]:
    """The captures of a page that show it without the files it had, one a day, as of the later of two sights;
    none if that shows files."""
    if not newer.evidence:
        return []
    seen = {*newer.evidence}
    if older.evidence and older.state in (*PRESENT, State.STUB):
        seen |= {*older.evidence}
    else:  # it showed files then
        last = last_sight(older).astimezone(CHINA).date()
        seen = {capture_id for capture_id in seen if _day(capture_id) >= last}
    days: dict[date, str] = {}
    for capture_id in sorted(seen):
        days.setdefault(_day(capture_id), capture_id)
    return list(days.values())[:GONE_DAYS]


def state_of_bare(evidence: Collection[str]) -> State:
    """What a page without its files is."""
    return State.STUB if len(evidence) >= GONE_DAYS else State.CHANGED


class Surroundings(Protocol):
    """What else has to be looked at to know where announcements went."""

    def affected(self) -> Collection[str]:
        """The announcements whose place may be another one now, by id: those that the runs touched, and those
        that have the title of one that is new, or are away from their addresses and may be published with one
        of these."""

    def alike(self, away: Collection[DisclosureRow]) -> None:
        """Take the announcements that may be one of those that are away: by their title, or by what they
        publish."""


def relocated(
    rows: MutableMapping[str, DisclosureRow],
    editions: Editions,
    known_of: Callable[[Iterable[str]], Known],
    around: Surroundings,
) -> None:
    """Separate the announcements that are published elsewhere from those that are not. What leaves its
    address for another one has moved at once; that it is nowhere takes GONE_DAYS days."""
    affected = {identity: rows[identity] for identity in around.affected()}
    answers = _Answers(affected, known_of)
    places = _Places(affected.values(), answers, editions)
    away = [row for row in affected.values() if answers.is_absent(row) or places.successor(row)]
    if not away:
        return
    around.alike(away)
    answers = _Answers(rows, known_of)
    places = _Places(list(rows.values()), answers, editions)
    for row in sorted(away, key=lambda row: (last_sight(row), row.disclosure_id), reverse=True):
        identity, moved = row.disclosure_id, row.state == State.MOVED
        found = _followed(rows, row) or places.successor(row) or places.of(row)
        found = found or (row.moved_to if moved else None)
        target = found and (_followed(rows, replace(row, moved_to=found)) or found)
        if target:
            rows[identity] = replace(
                row, state=State.MOVED, moved_to=target, evidence=answers.evidence(row) or None
            )


class _Answers:
    """What the addresses of some announcements answered."""

    def __init__(self, rows: Mapping[str, DisclosureRow], known_of: Callable[[Iterable[str]], Known]) -> None:
        known = known_of(row.url for row in rows.values())
        self._left = {one: known.departed(row.url) for one, row in rows.items()}
        self._failing = {one: known.failing_since(row.url) for one, row in rows.items()}

    def is_absent(self, row: DisclosureRow) -> bool:
        """Is it not at its address, for sure?"""
        return row.state in AWAY or bool(self._left[row.disclosure_id])

    def failed_before(self, row: DisclosureRow, other: DisclosureRow) -> bool:
        """Did its address fail in the run that saw the other first, or before, and ever since?"""
        failing = self._failing[row.disclosure_id]
        return failing is not None and _begun(failing) <= first_sight(other)

    def evidence(self, row: DisclosureRow) -> list[str]:
        """The captures that show that it is not at its address."""
        failing = self._failing[row.disclosure_id]
        return list(self._left[row.disclosure_id] or row.evidence or ([failing] if failing else ()))


def moves(rows: Iterable[DisclosureRow]) -> dict[str, str]:
    """The announcements that stand elsewhere now, by disclosure_id, with the one that shows them."""
    moved = (row for row in rows if row.state == State.MOVED)
    return {row.disclosure_id: row.moved_to for row in moved if row.moved_to}


class _Places:
    """The announcements that can be seen, by what they publish and by title: of a site, and of a region,
    where another site may have taken over."""

    def __init__(self, rows: Iterable[DisclosureRow], answers: _Answers, editions: Editions) -> None:
        self._editions, self._answers = editions, answers
        self._rows = {row.disclosure_id: row for row in rows}
        self._by_edition: defaultdict[tuple[Scope, Edition], set[str]] = defaultdict(set)
        self._by_title: defaultdict[tuple[Scope, str], list[DisclosureRow]] = defaultdict(list)
        for row in self._rows.values():
            for scope in _scopes(row):
                self._by_title[scope, title_key(row.title)].append(row)
                for edition in editions(row.document_ids or ()):
                    self._by_edition[scope, edition].add(row.disclosure_id)

    def of(self, row: DisclosureRow) -> str | None:
        """Where a row that is not at its address is published as well; failing that, where it was seen later:
        with all its documents, or under its title."""
        return self._among(row, self._shows) or self._among(row, self._showed_later)

    def successor(self, row: DisclosureRow) -> str | None:
        """The announcement of the same title, body, year, kind and documents that came when the address of
        this one was failing: a visit that sees one come asks for its namesakes, too."""
        held = {one for scope in _scopes(row) for one in self._holding(scope, row)}
        return min((one for one in held if self._succeeds(row, self._rows[one])), default=None)

    def _succeeds(self, row: DisclosureRow, other: DisclosureRow) -> bool:
        same = _about(row) == _about(other) and self._is_namesake(row, other.disclosure_id)
        return same and self._shows(row, other) and self._answers.failed_before(row, other)

    def _shows(self, row: DisclosureRow, other: DisclosureRow) -> bool:
        return other.state in PRESENT and not other.evidence and not self._answers.is_absent(other)

    def _showed_later(self, row: DisclosureRow, other: DisclosureRow) -> bool:
        return bool(other.state != State.MOVED and last_sight(other) > last_sight(row))

    def _among(self, row: DisclosureRow, fits: Fits) -> str | None:
        """On another site of the region documents and title have to agree, or the title has to have come
        there later."""
        own, *others = _scopes(row)
        held = self._holding(own, row)
        held |= {one for scope in others for one in self._holding(scope, row) if self._is_namesake(row, one)}
        found = [one for one in held if fits(row, self._rows[one])]
        return min(found) if found else self._namesake(row, fits)

    def _holding(self, scope: Scope, row: DisclosureRow) -> set[str]:
        held = [self._by_edition[scope, one] for one in self._editions(row.document_ids or ())]
        return set.intersection(*held) - {row.disclosure_id} if held else set()

    def _is_namesake(self, row: DisclosureRow, identity: str) -> bool:
        return title_key(self._rows[identity].title) == title_key(row.title)

    def _namesake(self, row: DisclosureRow, fits: Fits) -> str | None:
        """The one announcement of its title, body, year and kind that was seen after it; of several, the one
        of its day."""
        title = title_key(row.title)
        if len(title) < SHORTEST_TITLE:
            return None
        for scope in _scopes(row):
            alike = [one for one in self._by_title[scope, title] if _may_be(row, one) and fits(row, one)]
            same_day = [one for one in alike if one.published_on == row.published_on]
            for found in (alike, same_day if row.published_on else []):
                if len(found) == 1:
                    return str(found[0].disclosure_id)
        return None


Scope = tuple[str, str | None]


def _scopes(row: DisclosureRow) -> list[Scope]:
    region = row.region_code
    return [("site", row.site_id), *([("region", region)] if region else [])]


def _may_be(row: DisclosureRow, other: DisclosureRow) -> bool:
    """May an announcement of the same title be this one, later? On another site it has to name the same body
    and year, and must not have stood there beside it."""
    if other.disclosure_id == row.disclosure_id or last_sight(other) <= last_sight(row):
        return False
    pairs = list(zip(_about(row), _about(other), strict=True))
    if any(None not in pair and pair[0] != pair[1] for pair in pairs):
        return False
    if other.site_id == row.site_id:
        return True
    return all(None not in pair for pair in pairs[:2]) and first_sight(other) > first_sight(row)


def _about(row: DisclosureRow) -> tuple[object, ...]:
    return row.body_name, row.fiscal_year, row.document_kind


def _followed(rows: Mapping[str, DisclosureRow], row: DisclosureRow) -> str | None:
    """Where redirects lead to, if it can still be seen there."""
    target, met = row.moved_to, {row.disclosure_id}
    while target and target in rows and target not in met:
        if rows[target].state in PRESENT:
            return target
        met.add(target)
        target = rows[target].moved_to
    return None


def _day(capture_id: str) -> date:
    """The day in China on which the run of a capture began."""
    return _begun(capture_id).astimezone(CHINA).date()


def _begun(capture_id: str) -> datetime:
    """The second in which the run of a capture began."""
    return datetime.strptime(capture_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

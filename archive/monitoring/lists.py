"""Whether the list was found in which a document should stand, and whether it is in use.

Invariant: *missing* needs evidence that the place was looked at. A list that held an announcement of the body
is known, and it shows what the period brought: the same document of another body, or something dated before
the deadline and something of the body itself after it. A body of which nothing was ever seen has no list; a
list that shows nothing since may have moved, one that shows nothing from before may have started later, and
one that lacks many of the bodies that stood beside this one may go on elsewhere.

A list is known by its site and by what it is about, without years and bodies: `2025年部门预算` and
`2026年部门预算` are one. What it is about may not be known (older rows, a home page): then it is any list of
its site.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from archive import CHINA
from archive.dataset.rows.monitoring import BodyRow
from archive.monitoring.bodies import GOVERNMENT, MonitoredDisclosure, MonitoredDocument, body_id
from archive.monitoring.deadlines import Expectation, Obstacle, due
from archive.monitoring.naming import SHORTEST, bare_name, plain, telling
from archive.monitoring.obstacles import UNNAMED
from archive.monitoring.statutes import Due
from archive.vocabulary import DEBT_KINDS, DueKind
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message

_L = lexicon_of(__name__)
_OF_DISCLOSURES = _L.pattern("of_disclosures")
_YEARS = _L.pattern("years")
_MOST = Fraction(9, 10)
"""Of the bodies that stood in a list before, so many stand in it in a year for which it is in use."""

_TWIN = {DueKind.BUDGET: (DueKind.ACCOUNTS, -1), DueKind.ACCOUNTS: (DueKind.BUDGET, 1)}
"""What is published in the same year as well: the other kind, and of which year it is."""

Place = tuple[str, str]
"""A list: its site, and what it is about; "" for any list of the site."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An announcement in a list, as far as it or a document of it says what it is."""

    region: str | None
    place: Place
    body: str | None
    year: int | None
    kind: DueKind | None
    day: date | None


class Lists:
    """The lists of a dataset as of a day."""

    def __init__(
        self,
        documents: Mapping[str, MonitoredDocument],
        disclosures: Iterable[MonitoredDisclosure],
        as_of: date,
    ) -> None:
        self._of_body: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._shown: dict[tuple[str | None, Place, DueKind | None, int | None], set[str | None]] = {}
        self._bare: defaultdict[tuple[str | None, DueKind | None, int | None], set[str]] = defaultdict(set)
        self._first: dict[tuple[str | None, str], date] = {}
        self._kinds: set[tuple[str | None, Place, DueKind | None]] = set()
        self._oldest: dict[tuple[str | None, Place], date] = {}
        for row in disclosures:
            day = row.published_on or (row.first_seen and row.first_seen.astimezone(CHINA).date())
            if row.site_id and (day is None or day <= as_of):
                known = [documents[one] for one in row.document_ids or () if one in documents]
                self._add(row, known, row.site_id, day)

    def _add(
        self, row: MonitoredDisclosure, known: list[MonitoredDocument], site: str, day: date | None
    ) -> None:
        subject = _subject(row, known)
        # A document says whose it is; where it is silent, its announcement may.
        about: list[MonitoredDocument | MonitoredDisclosure] = [*known, row]
        for one in about:
            year, kind = one.fiscal_year or row.fiscal_year, one.document_kind or row.document_kind
            due_kind = DueKind(kind) if kind not in UNNAMED else None
            names: list[str | None] = [*_names(one.region_code, one.body_name)] or [None]
            if one.body_name:
                bare = bare_name(one.body_name, one.region_code)
                self._bare[one.region_code, due_kind, year].add(bare)
                seen = self._first.setdefault((one.region_code, bare), day or date.max)
                self._first[one.region_code, bare] = min(seen, day or date.max)
            for name in names:
                entry = _Entry(one.region_code, (site, subject), name, year, due_kind, day)
                if name:
                    self._of_body[name].append(entry)
                for place in {entry.place, (site, "")}:
                    self._shown.setdefault((one.region_code, place, due_kind, year), set()).add(name)
                    self._kinds.add((one.region_code, place, due_kind))
                    if day:
                        oldest = self._oldest.setdefault((one.region_code, place), day)
                        self._oldest[one.region_code, place] = min(oldest, day)

    def doubt(self, expected: Expectation, body: BodyRow, crawled_on: date | None) -> Obstacle | None:
        """Why a document may be in a list that a complete crawl did not find, or None; of what was not
        crawled after the deadline there is nothing to say."""
        deadline = due(expected)
        if crawled_on is None or not isinstance(deadline, Due) or crawled_on <= deadline.rolled:
            return None
        of_debt = expected.document_kind in DEBT_KINDS
        kind = DueKind(DEBT_KINDS[expected.document_kind]) if of_debt else expected.document_kind
        mine = frozenset(_names(body.region_code, body.name))
        own = [entry for name in sorted(mine) for entry in self._of_body[name]]
        if not own:
            return Obstacle(message("no_list_of_body"))
        places = {one.place for one in own if one.kind in (None, kind)} or {
            one.place for one in own if (body.region_code, one.place, kind) in self._kinds
        }
        if not places:
            return Obstacle(message("no_list_of_kind", kind=kind))
        # Departments in a list that is any of the site's say nothing of the government's own.
        shared = [place for place in sorted(places) if place[1] or body.level != GOVERNMENT]
        year, others = expected.fiscal_year, frozenset[str]() if of_debt else mine
        used = [place for place in shared if self._names_in(body.region_code, place, kind, year) - others]
        if used:
            lack = next(filter(None, (self._lack(one, own, mine, kind, year) for one in used)), None)
            return lack or self._misnamed(own, body, kind, year)
        if not any(one.day and one.day > deadline.rolled for one in own if one.place in places):
            return Obstacle(message("list_not_in_use", year=year, kind=kind))
        oldest = (self._oldest.get((body.region_code, place)) for place in places)
        if not any(day and day <= deadline.rolled for day in oldest):
            return Obstacle(message("list_starts_later", year=year, kind=kind))
        return self._misnamed(own, body, kind, year)

    def _misnamed(self, own: Iterable[_Entry], body: BodyRow, kind: DueKind, year: int) -> Obstacle | None:
        """Did it publish the document under another name or year? Under a name that may be its own, shortened
        (残联) or changed: two that published beside each other in some year are two. As a body that is new
        beside others that are not, where it shows nothing of its own since: a reform may have ended it, as
        where others show budget and accounts since, and it did before and shows neither. Or
        once more as that of the year before: a slip."""
        region, mine = body.region_code, telling(bare_name(body.name, body.region_code))
        begun = date(year + (kind == DueKind.ACCOUNTS), 1, 1)
        shown = sorted(self._bare[region, kind, year])
        new = [name for name in shown if self._first[region, name] >= begun]
        alive = any(one.day and one.day >= begun for one in own) or len(new) == len(shown)
        for name in shown:
            if mine & telling(name) and not self._together(body, name):
                return Obstacle(message("body_of_like_name", name=name))
            if name in new and not alive:
                return Obstacle(message("new_body", name=name))
        twin, of_year = _TWIN.get(kind, (kind, 0))
        both = any(one.kind == twin for one in own) and self._bare.get((region, twin, year + of_year))
        if both and not any(one.day and one.day >= begun for one in own):
            return Obstacle(message("shows_nothing_since", year=begun.year))
        last = [one.day for one in own if one.day and (one.kind, one.year) == (kind, year - 1)]
        if any(day >= begun for day in last) and any(day < begun for day in last):
            return Obstacle(message("published_again", year=year - 1, kind=kind))
        return None

    def _together(self, body: BodyRow, name: str) -> bool:
        names = {bare_name(body.name, body.region_code), name}
        regions = (place for place in self._bare if place[0] == body.region_code)
        return any(names <= self._bare[place] for place in regions)

    def _lack(
        self, place: Place, own: Iterable[_Entry], mine: Set[str | None], kind: DueKind, year: int
    ) -> Obstacle | None:
        """Does a list lack many of the bodies that stood beside this one: in the year nearest to this one,
        and of the same kind if there are such?"""
        seen = [
            ((one.kind == kind, -abs(one.year - year)), one)
            for one in own
            if one.place == place and one.year not in (None, year)
        ]
        if not seen:
            return None
        _, near = max(seen, key=lambda found: found[0])
        before = {
            one for one in self._names_in(near.region, place, near.kind, near.year) if one and " " in one
        }
        still = before & self._names_in(near.region, place, kind, year) - mine
        before -= mine
        if len(still) >= _MOST * len(before):
            return None
        return Obstacle(message("list_lacks_many", year=year, kind=kind, n=len(still), all=len(before)))

    def _names_in(
        self, region: str | None, place: Place, kind: DueKind | None, year: int | None
    ) -> Set[str | None]:
        return self._shown.get((region, place, kind, year), frozenset())


def _names(region: str | None, name: str | None) -> Iterator[str]:
    """How a body is recognised: by its id, and by its name without that of its region."""
    if not name:
        return
    yield body_id(region, name)
    bare = bare_name(name, region)
    if len(bare) >= SHORTEST:
        yield f"{region} {bare}"


def _subject(row: MonitoredDisclosure, known: Iterable[MonitoredDocument]) -> str:
    """What a list is about, without years and the bodies of the announcement; "" if it does not say that it
    is one of disclosures."""
    text = plain(row.list_heading)
    if not _OF_DISCLOSURES.search(text):
        return ""
    about: list[MonitoredDocument | MonitoredDisclosure] = [*known, row]
    names = {(one.region_code, one.body_name) for one in about if one.body_name}
    written = {form for region, name in names for form in (plain(name), bare_name(name, region)) if form}
    for form in sorted(written, key=len, reverse=True):
        text = text.replace(form, "")
    return _YEARS.sub("", text)

"""What stands between a document that was not found and the verdict *missing*.

Invariant: a doubt counts for the body. Names are compared loosely here, because a name that fits too many
bodies costs a verdict, and one that fits too few costs a false accusation.

Four things may, in this order: an announcement of the body for the year and kind whose document could not be
had (the status is then *announced*); a gap of the last visit to one of its sites that may hide any
announcement; a gap that names the body, or no body; and an announcement whose documents name another
body, or none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from archive import CHINA
from archive.dataset.rows.monitoring import BodyRow
from archive.monitoring.bodies import (
    BY_SITE,
    GOVERNMENT,
    MonitoredDisclosure,
    MonitoredDocument,
    body_id,
)
from archive.monitoring.deadlines import Expectation, Obstacle, Publication
from archive.monitoring.naming import (
    GOVERNMENTS,
    SHORTEST,
    bare_name,
    is_of_another,
    is_settled,
    plain,
    same_name,
)
from archive.vocabulary import DEBT_KINDS, DueKind, GapKind
from archive.warc.captures import Run
from archive.warc.gaps import Gap
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import Message, message
from parsers.values.vocabulary import DocumentKind

_L = lexicon_of(__name__)
_DEBT = _L.text("debt")

UNNAMED = (None, DocumentKind.OTHER)
"""Kinds of what may be a budget, accounts, or both."""
_AFTER: Mapping[DueKind, int] = {DueKind.BUDGET: 1, DueKind.ACCOUNTS: -1}  # than the other kind of a year
# Titles of a government's own documents: no department is behind them.
_GOVERNMENTS_OWN = _L.pattern("governments_own")
_YEAR = _L.pattern("year")
_OF_SEVERAL = _L.pattern("of_several")  # a finance office may publish for other departments


@dataclass(frozen=True, slots=True)
class SiteVisit:
    """One visit to a site: its day in China, and what it did not follow."""

    day: date
    gaps: tuple[Gap, ...]


def last_visits(runs: Iterable[Run], as_of: date) -> dict[str, list[SiteVisit]]:
    """The visits to each site up to the end of `as_of`, the latest first, by site_id. A run that says nothing
    of a site did not visit it."""
    found: dict[str, list[SiteVisit]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.started_at, reverse=True):
        day = run.started_at.astimezone(CHINA).date()
        if day > as_of:
            continue
        gaps: dict[str, list[Gap]] = {site: [] for site in run.complete_sites}
        for gap in run.gaps:
            gaps.setdefault(gap.site_id, []).append(gap)
        for site, seen in gaps.items():
            found[site].append(SiteVisit(day, tuple(seen)))
    return dict(found)


@dataclass(frozen=True, slots=True)
class _Announcement:
    """A disclosure as it is compared: `title` is plain, `bare` the name of its body without region and
    brackets, `settled` says that a document of it was read and is its own, of a year and a kind; `others` are
    the bodies of documents that are another's."""

    row: MonitoredDisclosure
    title: str
    bare: str
    settled: bool
    outcomes: tuple[str, ...]
    others: tuple[str, ...]

    def is_of(self, year: int, kind: DueKind) -> bool:
        """May it be about this year and kind, as far as it says?"""
        if self.row.document_kind not in (*UNNAMED, kind):
            return False
        # 2025年预决算公开 may hold the budget of one year and the accounts of the one before.
        both = self.row.document_kind in UNNAMED
        years = {year, year + 1} if both else {year}
        # Its document may say another year than its title, which may be a slip of either.
        named = {*map(int, _YEAR.findall(self.title)), *filter(None, (self.row.fiscal_year,))}
        return not named or bool(named & years)

    @property
    def named(self) -> str:
        return f"{self.row.title or ''} {self.row.url}".strip()


@dataclass(frozen=True, slots=True)
class _Who:
    """A body as it is looked for: its name without region, and whether it is a government, whose name is that
    of the region and says nothing: its own documents are known by their titles."""

    bare: str
    government: bool

    def is_named(self, bare: str, title: str | None) -> bool:
        """Is a document of this title, of a body of this name, its own?"""
        if self.government:
            return bare in ("", *GOVERNMENTS) and bool(_GOVERNMENTS_OWN.search(plain(title)))
        return same_name(bare, self.bare)

    def may_be_in(self, title: str | None) -> bool:
        """May a document that names no body be its own?"""
        return self.government or not _GOVERNMENTS_OWN.search(plain(title))


@dataclass
class Doubts:
    """`of` is what `archive.monitoring.deadlines.assess` asks: about bodies and documents by their ids,
    announcements; `places` are the sites of each body, by body_id."""

    bodies: Mapping[str, BodyRow]
    documents: Mapping[str, MonitoredDocument]
    disclosures: Iterable[MonitoredDisclosure]
    visits: Mapping[str, list[SiteVisit]]
    places: Mapping[str, set[str]]
    _joined: dict[str, str] = field(default_factory=dict)

    def of(self, expected: Expectation) -> Obstacle | None:
        """Why the document may be there though it was not found, or None."""
        body = self.bodies[expected.body_id]
        if body.source == BY_SITE:
            return Obstacle(message("only_site_known"))
        who = _Who(bare_name(body.name, body.region_code), body.level == GOVERNMENT)
        if expected.document_kind in DEBT_KINDS:
            if doubt := self._debt_unseen(expected):
                return doubt
            expected = replace(expected, document_kind=DueKind(DEBT_KINDS[expected.document_kind]))
        return self._announced(expected, who) or self._hidden(expected, who) or self._doubtful(expected, who)

    # -- debt ----------------------------------------------------------------------------------------------

    def _debt_unseen(self, expected: Expectation) -> Obstacle | None:
        """Debt stands in documents of many kinds and in prose: a document of the year that was read without
        finding it, or an announcement that speaks of it, is a reason to doubt the reading."""
        year, kind = expected.fiscal_year, DEBT_KINDS[expected.document_kind]
        for one in self._of_governments.get(expected.body_id, ()):
            meant = one.fiscal_year, one.document_kind
            if meant == (year, kind):
                return Obstacle(message("debt_not_recognised"))
            if one.document_kind not in DEBT_KINDS.values() and one.fiscal_year in (None, year, year + 1):
                return Obstacle(message("debt_of_which_document"))
        for announced in self._announcements.get(expected.region_code, ()):
            title = plain(announced.row.title)
            named = set(map(int, _YEAR.findall(title)))
            if _DEBT in title and (not named or named & {year, year + 1}):
                return Obstacle(message("announcement_of_debt", title=announced.named))
        return None

    @cached_property
    def _of_governments(self) -> dict[str, list[MonitoredDocument]]:
        found: dict[str, list[MonitoredDocument]] = defaultdict(list)
        for one in self.documents.values():
            if one.body_level == GOVERNMENT and one.body_name:
                found[body_id(one.region_code, one.body_name)].append(one)
        return found

    # -- announcements -------------------------------------------------------------------------------------

    @cached_property
    def _announcements(self) -> dict[str | None, list[_Announcement]]:
        found: dict[str | None, list[_Announcement]] = defaultdict(list)
        for row in self.disclosures:
            known = [self.documents[one] for one in row.document_ids or () if one in self.documents]
            bare = bare_name(row.body_name or "", row.region_code)
            outcomes = tuple(dict.fromkeys(one.outcome for one in known if one.outcome))
            title = plain(row.title)
            others = tuple(one.body_name for one in known if one.body_name and is_of_another(row, one))
            settled = is_settled(row, self.documents)
            found[row.region_code].append(_Announcement(row, title, bare, settled, outcomes, others))
        return found

    @cached_property
    def _unsettled(self) -> dict[tuple[object, ...], list[_Announcement]]:
        """Those of which no document is attributed, by region, year and kind."""
        found: dict[tuple[object, ...], list[_Announcement]] = defaultdict(list)
        for region, announced in self._announcements.items():
            for one in announced:
                if not one.settled:
                    found[region, one.row.fiscal_year, one.row.document_kind].append(one)
        return found

    @cached_property
    def _unread_files(self) -> dict[str, Gap]:
        """Files that could not be had in the last visits, by the address of their announcement."""
        gaps = (gap for seen in self.visits.values() for visit in seen[:1] for gap in visit.gaps)
        return {gap.via: gap for gap in gaps if gap.via and gap.hides == "announcement"}

    def _announced(self, expected: Expectation, who: _Who) -> Obstacle | None:
        wanted = (expected.region_code, expected.fiscal_year, expected.document_kind)
        for one in self._unsettled.get(wanted, ()):
            row = one.row
            if who.is_named(one.bare, row.title):
                return Obstacle(self._outcome(one), _publication(expected, row))
        return None

    def _outcome(self, one: _Announcement) -> Message:
        if gap := self._unread_files.get(one.row.url):
            why = tuple(one for one in (gap.outcome, gap.evidence) if one) or (gap.kind,)
            return message("announced_file_not_had", title=one.named, why=why)
        if one.others:
            return message("announced_files_of_another", title=one.named, names=one.others)
        if one.outcomes:
            return message("announced_files_unattributed", title=one.named, why=one.outcomes)
        return message("announced_without_file", title=one.named)

    def _doubtful(self, expected: Expectation, who: _Who) -> Obstacle | None:
        """An announcement that names the body, whatever its documents say; or one that names no body and has
        no document that does."""
        region, about, bare = expected.region_code, (expected.fiscal_year, expected.document_kind), who.bare
        if len(bare) >= SHORTEST and bare in self._titles(region):
            for one in self._announcements[region]:
                if bare in one.title and one.is_of(*about):
                    return Obstacle(message("announcement_with_its_name", title=one.named))
        for one in self._nameless.get(region, ()):
            mine = who.government or not one.bare or _OF_SEVERAL.search(one.title)
            if mine and one.is_of(*about) and who.may_be_in(one.row.title):
                return Obstacle(message("announcement_unattributed", title=one.named))
        return None

    @cached_property
    def _nameless(self) -> dict[str | None, list[_Announcement]]:
        return {
            region: [one for one in announced if not one.settled and one.bare in ("", *GOVERNMENTS)]
            for region, announced in self._announcements.items()
        }

    def _titles(self, region: str | None) -> str:
        """All titles of a region in one text, to look for a name once."""
        known = self._joined
        if (region or "") not in known:
            known[region or ""] = "\n".join(one.title for one in self._announcements.get(region, ()))
        return known[region or ""]

    # -- gaps ----------------------------------------------------------------------------------------------

    def _hidden(self, expected: Expectation, who: _Who) -> Obstacle | None:
        for site in sorted(self.places.get(expected.body_id, ())):
            for gap in self._gaps(site, expected):
                if gap.hides_all or gap.hides == "other_years":
                    return Obstacle(gap.sentence)
                if not gap.body_name and who.may_be_in(gap.title):
                    return Obstacle(gap.sentence)
                names = (bare_name(name, expected.region_code) for name in (gap.body_name or "").split("、"))
                if any(who.is_named(name, gap.title) for name in names):
                    return Obstacle(gap.sentence)
        return None

    def _gaps(self, site: str, expected: Expectation) -> Iterator[Gap]:
        """The gaps of the last visit; what hides everything comes first."""
        year = expected.fiscal_year
        # A gap as of an earlier day is not a doubt: that day is the one of the complete crawl.
        gaps = [gap for visit in self.visits.get(site, ())[:1] for gap in visit.gaps if gap.hides != "later"]
        for gap in sorted(gaps, key=lambda gap: not gap.hides_all):
            same, until = gap.document_kind in (*UNNAMED, expected.document_kind), gap.fiscal_year or year
            if gap.hides == "other_years":
                hidden = gap.fiscal_year != year
            elif gap.hides == "older":  # accounts stand beside the budgets of the year after them
                hidden = year <= until + _AFTER.get(expected.document_kind, 0) * (not same)
            elif gap.hides == "site" or gap.kind == GapKind.DEAD_COLUMN:
                hidden = abs(year - until) <= 1  # what a column calls 2025 may have come out in it
            else:
                hidden = same and year == until
            if hidden:
                yield gap


def _publication(expected: Expectation, row: MonitoredDisclosure) -> Publication:
    return Publication(
        expected.body_id, expected.fiscal_year, expected.document_kind,
        row.published_on, row.first_seen, row.disclosure_id,
    )  # fmt: skip

"""What changed between this run and earlier ones that a person should know: per site and per platform.

Invariant: an alarm compares what this run's journal says with what earlier journals say of the same sites,
and names both; a run that was interrupted, or visited a site for the first time, raises none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.vocabulary import CHALLENGED, GOOD, TROUBLED, CaptureOutcome
from archive.warc.captures import Capture, Run, VisitedSite

_BAD = CHALLENGED | TROUBLED | {CaptureOutcome.ERROR_PAGE, CaptureOutcome.GIVEN_UP}
_FEWEST = 10
"""Answers of a site below which shares say nothing."""
_WORSE = 0.25
"""The rise of a site's share of bad answers since last time that raises an alarm."""
_SHRUNK = 0.5
"""Lists that show less than this part of their earlier entries have lost something."""
_SHARE = 0.3
_SITES = 3
"""A platform is in trouble if at least so many of its sites, and such a share, were well and are not."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """`about` is a site_id, or `platform <name>`; `rule` one of lost, worse, shrunk, platform; `numbers` the
    numbers."""

    rule: str
    about: str
    numbers: str


@dataclass(slots=True)
class Measures:
    """What one run said of one site. `listed` are the entries of the lists of which an earlier version is
    archived, `listed_before` those of these versions."""

    run_id: str
    outcome: str | None = None
    platform: str | None = None
    answers: Counter[str] = field(default_factory=Counter)
    listed: int = 0
    listed_before: int = 0

    @property
    def shrunk(self) -> bool:
        """Do its lists show much less than when they were archived last?"""
        return self.listed_before >= _FEWEST and self.listed < self.listed_before * _SHRUNK

    @property
    def bad_share(self) -> float:
        """The share of bad answers, 0 where there were too few to say."""
        total = self.answers.total()
        return sum(self.answers[name] for name in _BAD) / total if total >= _FEWEST else 0.0


class Watch:
    """The last measures of every site. Finished runs are added oldest first."""

    def __init__(self) -> None:
        self._last: dict[str, Measures] = {}

    def add(self, run: Run, captures: Iterable[Capture]) -> None:
        """Learn an earlier run."""
        if run.finished_at is not None:
            self._last.update(measures(run.run_id, run.sites, captures))

    def alarms(self, now: Mapping[str, Measures]) -> tuple[Alarm, ...]:
        """What is worse now, platforms first."""
        pairs = [
            (site_id, self._last[site_id], found) for site_id, found in now.items() if site_id in self._last
        ]
        sites = [alarm for site_id, before, found in pairs for alarm in _of_site(site_id, before, found)]
        platforms = [*_of_platforms([(before, found) for _, before, found in pairs])]
        return (*platforms, *_shrunk_platforms(now.values()), *sites)


def measures(run_id: str, sites: Iterable[VisitedSite], captures: Iterable[Capture]) -> dict[str, Measures]:
    """What a run says of each site it visited: its sites, and its captures."""
    answers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for capture in captures:
        if capture.site_id and capture.outcome:
            answers[capture.site_id][capture.outcome] += 1
    return {
        site.site_id: Measures(run_id, site.last_outcome, site.platform or None, answers[site.site_id])
        for site in sites
        if site.last_outcome and site.visited
    }


def _well(found: Measures) -> bool:
    return found.outcome in GOOD


def _of_site(site_id: str, before: Measures, now: Measures) -> Iterable[Alarm]:
    if _well(before) and not _well(now):
        yield Alarm("lost", site_id, f"{now.outcome}; {before.outcome} in {before.run_id}")
    elif now.shrunk:
        yield Alarm("shrunk", site_id, f"its lists show {now.listed} entries, {now.listed_before} before")
    elif now.bad_share - before.bad_share >= _WORSE:
        numbers = f"{now.bad_share:.0%} of its answers are bad, {before.bad_share:.0%} in {before.run_id}"
        yield Alarm("worse", site_id, numbers)


def _of_platforms(pairs: Sequence[tuple[Measures, Measures]]) -> Iterable[Alarm]:
    """A CMS that changed takes all its sites along."""
    were, lost = Counter[str](), Counter[str]()
    for before, now in pairs:
        if before.platform and _well(before):
            were[before.platform] += 1
            lost[before.platform] += not _well(now)
    for platform, count in sorted(lost.items()):
        if count >= _SITES and count >= were[platform] * _SHARE:
            numbers = f"{count} of {were[platform]} sites that were well are not"
            yield Alarm("platform", f"platform {platform}", numbers)


def _shrunk_platforms(found: Iterable[Measures]) -> Iterable[Alarm]:
    """Lists of many sites of one CMS that shrink at once: its pages have another form now."""
    compared, shrunk = Counter[str](), Counter[str]()
    for one in found:
        if one.platform and one.listed_before >= _FEWEST:
            compared[one.platform] += 1
            shrunk[one.platform] += one.shrunk
    for platform, count in sorted(shrunk.items()):
        if count >= _SITES and count >= compared[platform] * _SHARE:
            numbers = f"the lists of {count} of {compared[platform]} sites show less than half of before"
            yield Alarm("shrunk", f"platform {platform}", numbers)

"""How open places and bodies are: the scores of a snapshot, line by line.

Invariant: page, CSV and API of one address hold the same scores, every number as
`archive.monitoring.scores.scoring` has it; a
rate that cannot be measured has no number, and no score is of a part of a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from starlette.responses import Response

from archive.dataset.rows.typed import rows_of
from archive.monitoring.scores.rates import LEVELS, TOTAL, Level, score_rates
from archive.monitoring.scores.scoring import ScoreRow
from archive.monitoring.verdicts import region_prefixes, within
from archive.web.data.results import RegionPlace
from archive.web.pages.standings import csv_of
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.reference import regions

ROWS = 50
DOWNWARD = LEVELS[::-1]
DIGITS: Mapping[Level, int] = {"province": 2, "city": 4, "county": 6, "body": 6, "government": 6}
"""How many digits of a region code distinguish the places of a level."""

Scores = Mapping[Level, pa.Table]


def rates_of(level: Level) -> tuple[str, ...]:
    """The columns of the table of a level."""
    return (TOTAL, *(name for name, measure in score_rates().items() if measure.of(level)))


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Whose scores are asked for; empty means all. Without a level it is the one below the region."""

    level: Level | None = None
    region: str = ""
    year: int = 0

    @classmethod
    def of(cls, visit: Visit) -> ScoreFilter:
        """The filter of a request; an unknown level counts as none."""
        return cls(
            level=next((one for one in LEVELS if one == visit.parameter("level")), None),
            region=visit.parameter("region"),
            year=visit.number("year", 0, 9999),
        )

    def fitting(self) -> tuple[Level, ...]:
        """The levels that have places within the region, the highest first; raises UnknownRegion."""
        known = min(map(len, region_prefixes(self.region)))
        return tuple(level for level in DOWNWARD if DIGITS[level] >= known)

    def apply(self, scores: Scores) -> tuple[Level, pa.Table]:
        """The level and the rows asked for. A level above the region gives way to the one below it; raises
        UnknownRegion."""
        if self.level in self.fitting():
            return self.level, self._within(scores[self.level])
        known = min(map(len, region_prefixes(self.region)))
        for level in DOWNWARD:
            rows = self._within(scores[level])
            if len(rows) and (DIGITS[level] > known or level == "body"):
                return level, rows
        return "body", scores["body"].slice(0, 0)

    def _within(self, rows: pa.Table) -> pa.Table:
        rows = within(rows, self.region)
        return rows.filter(pc.equal(rows.column("fiscal_year"), self.year)) if self.year else rows


@dataclass(frozen=True, slots=True)
class Line:
    """A place or body in a year, and its rows of scores by measure."""

    about: ScoreRow
    rates: dict[str, ScoreRow] = field(default_factory=dict)


def scores_page(visit: Visit) -> Response:
    """A page of the scores, a line for each place and year."""
    wish = ScoreFilter.of(visit)
    scores = visit.dataset.scores(visit.version)
    level, rows = wish.apply(scores)
    return page(
        visit,
        "scores.html",
        wish=wish,
        level=level,
        levels=[one for one in wish.fitting() if len(scores[one])],
        lines=list(_lines(_cut(rows, visit.start))),
        total=counted(rows),
        start=visit.start,
        step=ROWS,
        rates=rates_of(level),
        units=units(),
        measures={name: one for name, one in score_rates().items() if one.of(level)},
        years=sorted(
            {*pc.unique(scores["body"].column("fiscal_year")).to_pylist(), wish.year} - {0}, reverse=True
        ),
        place=_place(wish),
    )


def scores_csv(visit: Visit) -> Response:
    """All rows asked for, as `gongkai scores --format csv` writes them."""
    level, rows = ScoreFilter.of(visit).apply(visit.dataset.scores(visit.version))
    return csv_of(rows, f"scores-{level}.csv")


def of_body(visit: Visit, body_id: str) -> list[Line]:
    """The scores of one body, the newest year first."""
    scores = visit.dataset.scores(visit.version)
    found = [
        one.filter(pc.equal(one.column("body_id"), body_id)) for one in (scores["body"], scores["government"])
    ]
    return list(_lines(pa.concat_tables(found)))[::-1]


def units() -> dict[str, str | None]:
    """What the numerators and denominators of each column are counted in."""
    return {name: measure.unit for name, measure in score_rates().items()} | {TOTAL: "points"}


def counted(rows: pa.Table) -> int:
    """How many lines these rows make: each has one total."""
    found: int = pc.sum(pc.equal(rows.column("measure"), TOTAL)).as_py() or 0
    return found


def _cut(rows: pa.Table, start: int) -> pa.Table:
    """The rows of the lines of one page. A line ends with its total."""
    ends = [-1, *pc.indices_nonzero(pc.equal(rows.column("measure"), TOTAL)).to_pylist()]
    if start >= len(ends) - 1:
        return rows.slice(0, 0)
    first, last = ends[start] + 1, ends[min(start + ROWS, len(ends) - 1)]
    return rows.slice(first, last + 1 - first)


def _lines(rows: pa.Table) -> Iterator[Line]:
    line: Line | None = None
    for row in rows_of(rows, ScoreRow):
        line = line or Line(row)
        line.rates[row.measure] = row
        if row.measure == TOTAL:
            yield line
            line = None


@dataclass(frozen=True, slots=True)
class AskedPlace(RegionPlace):
    """The region asked for; `unique` is what to ask for it by."""

    name: str
    unique: str


def _place(wish: ScoreFilter) -> AskedPlace | None:
    """The region asked for, if it is one."""
    found = regions.find(wish.region) if wish.region and not wish.region.isdecimal() else ()
    region = found[0] if len(found) == 1 else regions.region(wish.region.ljust(6, "0"))
    if region is None:
        return None
    unique = region.name if len(regions.find(region.name)) == 1 else region.code
    return AskedPlace(region.code, region.name, unique)

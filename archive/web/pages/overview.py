"""The front page and the regions: where things stand, how the season goes, what is new.

Invariant: a province without a body on record is shown as such, never as one that is on time.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc
from starlette.responses import Response

from archive.dataset.rows.typed import rows_of
from archive.monitoring.verdicts import BoardRow
from archive.rendering.messages import sentence
from archive.warc.gaps import words_of
from archive.web.data import queries
from archive.web.data.results import LatestAnnouncement, RegionPlace, SeenGap
from archive.web.pages.standings import (
    Filter,
    board_of,
    counts,
    counts_by_prefix,
    is_published,
    prevailing,
    published,
    years,
)
from archive.web.view import charts
from archive.web.view.knowledge import tiles
from archive.web.view.templating import page
from archive.web.view.visit import Visit
from parsers.reference import regions
from parsers.values.vocabulary import DocumentKind

NEWEST = 12
MOST_GAPS = 200
BEFORE_SEASON, AFTER_SEASON = 14, 60
"""Days that the season's chart shows before the first thing that happened and after the last."""
TABLES = ("disclosures", "documents", "tables", "facts", "checks")


def overview_page(visit: Visit) -> Response:
    """The tile map of provinces, the season, the latest."""
    board = board_of(visit)
    wish = Filter.of(visit)
    rows = wish.apply(board)
    by_province = counts_by_prefix(rows, 2)
    season_year, season_kind = _season(wish, visit, board)
    season = Filter(year=season_year, kind=season_kind).apply(board)
    return page(
        visit,
        "overview.html",
        wish=wish,
        kinds=(DocumentKind.BUDGET, DocumentKind.ACCOUNTS),
        years=years(board),
        counts=counts(rows),
        total=len(rows),
        tiles=[(tile, mine := by_province.get(tile.code[:2], {}), prevailing(mine)) for tile in tiles()],
        charts={"season": chart} if (chart := _season_chart(visit, season)) else {},
        season=counts(season),
        season_all=len(season),
        season_published=published(season),
        season_undated=published(season) - (len(season) - season.column("published_on").null_count),
        season_year=season_year,
        season_kind=season_kind,
        editions=visit.dataset.news(visit.version),
        sizes={name: visit.version.snapshot.rows(name) for name in TABLES},
    )


def region_page(visit: Visit) -> Response:
    """A province or a city with what is in it, or a county with its bodies."""
    region = visit.region(visit.request.path_params["code"])
    prefix = regions.prefix(region.code)
    rows = Filter(region=prefix).apply(board_of(visit))
    wish = Filter.of(visit)
    rows = Filter(year=wish.year, kind=wish.kind).apply(rows)
    length = min(len(prefix) + 2, 6)
    return page(
        visit,
        "region.html",
        region=region,
        wish=wish,
        kinds=(DocumentKind.BUDGET, DocumentKind.ACCOUNTS),
        years=years(board_of(visit)),
        counts=counts(rows),
        parts=_parts(rows, length, prefix),
        rows=rows_of(rows.slice(0, 300), BoardRow),
        place=RegionPlace(region.code),
        gaps=[
            (row, sentence(words_of(row.kind), visit.language))
            for row in visit.version.ask(SeenGap, queries.GAPS, prefix, MOST_GAPS)
        ],
        latest=visit.version.of_region(prefix).ask(LatestAnnouncement, queries.LATEST, prefix, NEWEST),
    )


def _parts(rows: pa.Table, length: int, prefix: str) -> list[tuple[str, str, dict[str, int]]]:
    """Code, name and counts of every region directly within."""
    found = []
    for code, by_status in sorted(counts_by_prefix(rows, length).items()):
        whole = code.ljust(6, "0")
        if len(code) > len(prefix) and not whole.endswith("0" * (8 - length)):
            part = regions.region(whole)
            found.append((whole, part.name if part else whole, by_status))
    return found


def _season(wish: Filter, visit: Visit, board: pa.Table) -> tuple[int, str]:
    """Which year and kind the season's chart is about: as asked, else the newest year's budgets of which any
    is published."""
    kind = wish.kind or DocumentKind.BUDGET
    known = Filter(kind=kind).apply(board)
    known = known.filter(is_published(known))
    return wish.year or pc.max(known.column("fiscal_year")).as_py() or visit.as_of.year, kind


def _season_chart(visit: Visit, rows: pa.Table) -> charts.Option | None:
    """How many were due and how many had been published, day by day; no line for what has no known day."""
    due = Counter(str(day) for day in rows.column("due_rolled").to_pylist() if day)
    published = Counter(str(day) for day in rows.column("published_on").to_pylist() if day)
    if not due:
        return None
    first, last = min([*due, *published]), max([*due, *published])
    ends = {_later(first, -BEFORE_SEASON), max(last, min(str(visit.as_of), _later(last, AFTER_SEASON)))}
    series = {visit.t("due"): _rising(due, ends)}
    if published:
        series[visit.t("published")] = _rising(published, ends)
    return charts.steps(series, visit.t("number of documents"))


def _later(day: str, days: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days=days))


def _rising(days: Counter[str], ends: set[str]) -> list[tuple[str, charts.Number]]:
    known = sorted({*days, *ends})
    return list(zip(known, accumulate(days[day] for day in known), strict=True))

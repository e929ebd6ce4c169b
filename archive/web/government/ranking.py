"""Governments of one level in the order of one measure of one year, and on a map of tiles; /api/governments.

Invariant: provinces, cities and counties do not stand in one order; a place whose sources contradict each
other, or of which nothing is known, has no place in the order and no colour on the map. Page and API read
the same SQL (`archive.dataset.query.governments`); there, a parameter that nothing can have is an error.

Every place of the reference table of regions has a tile, with or without a figure, and places with equal
figures have one colour: provinces as tiles where they lie, cities and counties as cells by their codes. The
map has no outlines, because none may be distributed with a program: maps of China that are shown in public
need a review of their own (地图管理条例, 审图号), and outlines go out of date when districts are merged.
Codes (GB/T 2260) are in the tables anyhow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from starlette.responses import Response

from archive.dataset.query.governments import SCOPES, account_of, definition, figures_sql
from archive.monitoring.verdicts import region_prefixes
from archive.web.api.answers import answer, window
from archive.web.data.queries import starting
from archive.web.government.figures import LEVEL_SQL, Figure, level_of, link_of
from archive.web.view.knowledge import Tile, tiles
from archive.web.view.templating import page
from archive.web.view.visit import Visit, refusal
from parsers.reference import regions
from parsers.values.messages import message

Value = Decimal | float
COLORS = 5
ACROSS = 7
"""Cells in a row within the tile of a province."""
RANKED = 300
LEVELS = ("province", "city", "county")
EXACT = ("scope", "account", "measure", "stage")


@dataclass(frozen=True, slots=True)
class Cell:
    """One place: its class from 0 (lowest) to COLORS - 1, None without a figure; `x`, `y` within its tile."""

    region: regions.Region
    row: Figure | None
    color: int | None
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True)
class TileMap:
    """`provinces` are tiles with the cells in them, for the nation; `cells` are the places of one region."""

    provinces: Sequence[tuple[Tile, Sequence[Cell], int]]
    cells: Sequence[Cell]
    bounds: Sequence[tuple[Value, Value, int]]
    """The lowest and highest figure of each class that has any, and its number."""


def tile_map(known: Sequence[Figure], level: str, region: str) -> TileMap:
    """The map of the figures of one level; of one region if one is asked for."""
    classes = _classes(known)
    by_code = {row.region_code: row for row in known}
    bounds = [
        (values[0], values[-1], number) for number, values in enumerate(_groups(known, classes)) if values
    ]
    if region:
        starts = region_prefixes(region)
        places = [one for start in starts for one in _places(start, level)]
        return TileMap([], [_cell(one, by_code, classes) for one in places], bounds)
    provinces = []
    for tile in tiles():
        within = enumerate(_places(tile.code[:2], level))
        cells = [_cell(one, by_code, classes, number) for number, one in within]
        provinces.append((tile, cells, 1 + max((cell.y for cell in cells), default=0)))
    return TileMap(provinces, [], bounds)


def _places(prefix: str, level: str) -> list[regions.Region]:
    """The regions of a level whose codes begin so, by code."""
    own = regions.region(prefix.ljust(6, "0"))
    found = [own] if own and own.level == level else []
    within = regions.below(prefix.ljust(6, "0")) if own else ()
    return found + [one for one in within if one.level == level]


def _cell(
    place: regions.Region, by_code: Mapping[str, Figure], classes: Mapping[Value, int], number: int = 0
) -> Cell:
    row = by_code.get(place.code)
    color = None if row is None or row.value is None else classes[row.value]
    return Cell(place, row, color, number % ACROSS, number // ACROSS)


def _classes(known: Sequence[Figure]) -> dict[Value, int]:
    """The class of each figure: five of about as many places each, and equal figures in one."""
    figures = sorted(row.value for row in known if row.value is not None)
    return {
        figure: bisect_left(figures, figure) * COLORS // len(figures) for figure in dict.fromkeys(figures)
    }


def _groups(known: Sequence[Figure], classes: Mapping[Value, int]) -> list[list[Value]]:
    groups: list[list[Value]] = [[] for _ in range(COLORS)]
    for figure in sorted(classes):
        groups[classes[figure]].append(figure)
    return groups


def governments_page(visit: Visit) -> Response:
    """The governments in the order of one measure, and the map."""
    wish = _wished(visit)
    found = figures_of(visit, wish.measure, wish.scope, wish.region)
    levels = [level for level in LEVELS if any(level_of(row.region_code) == level for row in found)]
    level = visit.choice("level", levels, _fullest_level(found, levels))
    found = [row for row in found if level_of(row.region_code) == level]
    years = sorted({row.fiscal_year for row in found}, reverse=True)
    year = wish.year if wish.year in years else _fullest_year(found, years)
    found = [row for row in found if row.fiscal_year == year]
    agreed = [(row.value, row) for row in found if row.value is not None and not row.reason]
    known = [row for _, row in sorted(agreed, key=lambda one: -one[0])]
    return page(
        visit,
        "governments.html",
        rows=known[:RANKED],
        total=len(known),
        contradictory=len(found) - len(known),
        ranks=definition().ranked,
        rates=definition().rates,
        measure=wish.measure,
        scope=wish.scope,
        region=wish.region,
        year=year,
        level=level,
        levels=levels,
        years=years,
        map=tile_map(known, level, wish.region),
        printed_at=partial(link_of, visit),
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    """Measure, scope, region and year asked for; 0 is any year."""

    measure: str
    scope: str
    region: str
    year: int


def _wished(visit: Visit) -> _Wish:
    """What is asked for; the default for what is not known."""
    ranked = definition().ranked
    return _Wish(
        measure=visit.choice("measure", ranked, ranked[0]),
        scope=visit.choice("scope", SCOPES, SCOPES[0]),
        region=visit.parameter("region"),
        year=visit.number("year", 0, 9999),
    )


def figures_of(visit: Visit, measure: str, scope: str, region: str) -> list[Figure]:
    """Figures of one measure of all places in a region, of all years; raises UnknownRegion."""
    rate = definition().rates.get(measure)
    needed = [rate.part, rate.whole] if rate else [measure]
    starts = region_prefixes(region)
    inside = starting("place", starts)
    chosen = figures_sql(where=f"scope = ? AND list_contains(?, measure) AND {inside}")
    sql = f"SELECT * FROM ({chosen}) WHERE measure = ? AND account = ?"
    near = visit.version.of_region(starts[0] if len(starts) == 1 else "")
    return near.ask(Figure, sql, scope, needed, *starts, measure, account_of(measure))


def _fullest_level(found: Sequence[Figure], levels: Sequence[str]) -> str:
    """The level of which most is known, the higher one of equals."""
    counts = {level: sum(level_of(row.region_code) == level for row in found) for level in levels}
    return max(levels, key=lambda level: counts[level], default=LEVELS[0])


def _fullest_year(found: Sequence[Figure], years: Sequence[int]) -> int:
    """The newest year of which at least half as many places are known as of the best one."""
    counts: Mapping[int, int] = {year: sum(row.fiscal_year == year for row in found) for year in years}
    most = max(counts.values(), default=0)
    return next((year for year in years if counts[year] * 2 >= most), 0)


def list_governments(visit: Visit) -> Response:
    """Rows of measures, of places in the order of their codes."""
    limit, offset = window(visit)
    region, level = visit.parameter("region"), visit.parameter("level")
    if level and level not in LEVELS:
        raise refusal(400, message("api_no_level", level=level, known=tuple(LEVELS)))
    if visit.parameter("scope") not in ("", *SCOPES):
        raise refusal(400, message("api_no_scope", known=tuple(SCOPES)))
    starts = region_prefixes(region)
    inside = starting("place", starts)
    near = visit.version.of_region(starts[0] if len(starts) == 1 else "")
    wanted = {name: visit.parameter(name) for name in EXACT if visit.parameter(name)}
    conditions = [f"{name} = ?" for name in wanted]
    values: list[object] = [*wanted.values()]
    if level:
        conditions.append(f"{LEVEL_SQL} = ?")
        values.append(level)
    if year := visit.number("year", 0, 9999):
        conditions.append("fiscal_year = ?")
        values.append(year)
    chosen, condition = figures_sql(where=inside), " AND ".join(["true", *conditions])
    sql = f"SELECT * FROM ({chosen}) WHERE {condition} ORDER BY ALL"
    rows = near.rows(sql, *starts, *values)
    return answer(visit, rows[offset : offset + limit], len(rows), limit, offset)

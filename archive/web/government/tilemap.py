"""A map without outlines: provinces as tiles where they lie, cities and counties as cells by their codes.

Invariant: every place of the reference table of regions has a tile, with or without a figure, and places with
equal figures have one colour.

There are no outlines, because none may be distributed with a program: maps of China that are shown in
public need a review of their own (地图管理条例, 审图号), and outlines go out of date when districts are
merged. Codes (GB/T 2260) are in the tables anyhow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from archive.monitoring.verdicts import region_prefixes
from archive.web.government.figures import Figure
from archive.web.view.knowledge import Tile, tiles
from parsers.reference import regions

Value = Decimal | float
COLORS = 5
ACROSS = 7
"""Cells in a row within the tile of a province."""


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

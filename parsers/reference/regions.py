"""The administrative regions (行政区划) of GB/T 2260: code to name and name to code.

Invariant: a code has one region; a name may have several, and then all of them are returned: a caller who
needs one region says where (`within`), nothing here guesses. Data and licences: `README.md`, "regions".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from pydantic import Field

from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, table

_L = lexicon_of(__name__)
_REGION = _L.text("region")
_COUNTY, _GROWN, _NOT_OF_A_NAME = _L.text("county"), _L.text("grown"), _L.text("not_of_a_name")

RegionLevel = Literal["province", "city", "county"]

_LEVELS: dict[int, RegionLevel] = {1: "province", 2: "city", 3: "county"}
# 广西壮族自治区 -> 广西, 延边朝鲜族自治州 -> 延边, 阿坝藏族羌族自治州 -> 阿坝, 勉县 -> 勉.
_SUFFIX = _L.pattern("suffix")
_AUTONOMOUS = _L.pattern("autonomous")


@dataclass(frozen=True, slots=True)
class Region:
    """One region. `province`, `city` and `county` are full names of itself and its ancestors, None where it
    has none: a municipality's district and a county governed by its province have no city."""

    code: str
    name: str
    level: RegionLevel
    province: str
    city: str | None
    county: str | None


class _Line(Knowledge):
    code: str
    name: str
    level: int = Field(ge=1, le=3)
    parent: str | None
    kind: str


@cache
def _table() -> dict[str, Region]:
    rows = {row.code: row for row in table("parsers.reference", "regions.csv", _Line)}
    found = {}
    for code, row in rows.items():
        # By parent, not by digits: counties run by a province (省直管) have codes of no city.
        names: dict[str, str] = {}
        step: _Line | None = row
        while step is not None:
            names[_LEVELS[step.level]] = step.name
            step = rows.get(step.parent or "")
        found[code] = Region(
            code=code,
            name=row.name,
            level=_LEVELS[row.level],
            province=names["province"],
            city=names.get("city"),
            county=names.get("county"),
        )
    return found


def spellings(name: str) -> set[str]:
    """The ways a region is called: 延边朝鲜族自治州 is also 延边州 and 延边. One character is not a name."""
    found = {name}
    if match := _AUTONOMOUS.match(name):
        found.add(match[1] + match[2])
    stems = {_SUFFIX.sub("", name), name.removesuffix(_REGION)}  # the latter for 内蒙古
    return found | {stem for stem in stems if len(stem) >= 2}


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    index: defaultdict[str, list[Region]] = defaultdict(list)
    for region_ in _table().values():
        for spelling in spellings(region_.name):
            index[spelling].append(region_)
    known = frozenset(index)
    for name, region_ in _former():
        if name not in known:
            index[name].append(region_)
    return {name: tuple(regions) for name, regions in index.items()}


def _former() -> Iterator[tuple[str, Region]]:
    """What a county was called before it became a city or a district: 祁阳县 for 祁阳市. Not where a city
    has that name, too: 大同县 was not what is 大同区 today."""
    cities = {_SUFFIX.sub("", r.name) for r in _table().values() if r.level != "county"}
    counties = [r for r in _table().values() if r.level == "county" and r.name[-1] in _GROWN]
    for region_ in counties:
        stem = region_.name[:-1]
        if len(stem) >= 2 and stem not in cities and stem[-1] not in _NOT_OF_A_NAME:
            yield stem + _COUNTY, region_


def region(code: str) -> Region | None:
    """The region of a six-digit code, or None."""
    return _table().get(code)


@lru_cache(maxsize=65_536)  # tables by region name the same places in every row and year
def find(name: str, within: str | None = None) -> tuple[Region, ...]:
    """The regions called `name`, by code; empty when none is.

    `name` may be full (汉中市), short (陕西, 延边州) or a path (枣庄市市中区). `within` limits the answer to
    a code's own region and those below it (61, 6107, 610700). A full name beats a short one.
    """
    begin = prefix(within) if within else ""
    matches = tuple(r for r in _by_name().get(name, ()) if r.code.startswith(begin))
    if matches:
        return _best(name, matches)
    for cut in range(len(name) - 2, 1, -1):
        for ancestor in _by_name().get(name[:cut], ()):
            if ancestor.code.startswith(begin) and (below := find(name[cut:], ancestor.code)):
                return tuple(r for r in below if r.code != ancestor.code) or below
    return ()


@lru_cache(maxsize=65_536)
def abbreviated(name: str, within: str) -> Region | None:
    """The one region below `within` whose name holds the characters of `name` in order: 喀左县 for
    喀喇沁左翼蒙古族自治县, 科右前旗 for 科尔沁右翼前旗. None where several do, or none."""
    if len(name) < 3:
        return None
    ends = [r for r in below(within) if r.name[0] == name[0] and r.name[-1] == name[-1]]
    found = [r for r in ends if len(r.name) >= len(name) and in_order(name[1:-1], r.name[1:-1])]
    return found[0] if len(found) == 1 else None


def in_order(part: str, whole: str) -> bool:
    """Whether `whole` holds all characters of `part`, in their order."""
    rest = iter(whole)
    return all(char in rest for char in part)


@cache
def below(code: str) -> tuple[Region, ...]:
    """The regions below that of `code`, at any depth, by code."""
    begin = prefix(code)
    return tuple(r for r in _table().values() if r.code.startswith(begin) and r.code != code)


@lru_cache(maxsize=4_096)
def prefix(code: str) -> str:
    """What the codes in a region start with: 61 for `610000`, 6107 for `610700`, `610725` for itself."""
    return re.sub(r"(?:00){1,2}$", "", code)


def begins_a_code(digits: str) -> bool:
    """Is there a region whose code begins so?"""
    return digits in _beginnings()


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(code[:length] for code in _table() for length in range(len(code) + 1))


def _best(name: str, matches: tuple[Region, ...]) -> tuple[Region, ...]:
    exact = tuple(r for r in matches if r.name == name) or matches
    # 嘉峪关市 has no districts, so statistics list it once more as a county of itself.
    return tuple(r for r in exact if not (r.level == "county" and r.county == r.city))

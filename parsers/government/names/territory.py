"""Regions named by rows and columns of tables by region (分地区): 长春市本级, 市辖区合计, 榆树市.

Invariant: an amount beside a region's name belongs to that region; a name that the territory does not hold
once keeps its name and has no code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.government.names.vocabulary import terms
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import AmountScope

_L = lexicon_of(__name__)
_MARK_OF_PART = _L.pattern("mark_of_part")
_OWN_TAIL = _L.pattern("own_tail")
_OWN_ENDS = _L.words("own_ends")
_LONGEST_PLACE = 6  # characters of a place that no list of regions has
_NAME = re.compile(r"^[\u4e00-\u9fff()、·\-]{2,24}$")
_OUTSIDE = _L.pattern("outside")
_TOWN = _L.pattern("town")  # below a county
_TAIL = _L.pattern("tail")
_CODE = re.compile(r"^\d{2,9}")
_PLACE_ENDS = _L.text("place_ends")
_LEVEL = _L.pattern("level")  # also 市(州)本级
_BEGINS_WITH_LEVEL = _L.pattern("begins_with_level")
_OWN_LEVEL = _L.names("own_level")
_ABOUT_PLACE = _L.pattern("about_place")
_DISTRICTS = _L.pattern("districts")
_PREFECTURE = _L.text("prefecture")
_OWN_LEVELS = _L.text("own_ends_first")


def _own_words(region: regions.Region) -> str:
    """The words for a region's own level; its name leaves one of them: 市级 is the city above in a county.
    That of a city is 地级 as well, in tables by level."""
    words = _OWN_LEVEL[region.level]
    also = _PREFECTURE if _PREFECTURE in words else ""
    return region.name[-1] + also if region.name[-1] in words else words


@dataclass(frozen=True, slots=True)
class Mention:
    """`scope`: whole (all of the region), own (its own level), region (a part of the publisher's)."""

    scope: str
    code: str | None
    name: str


@dataclass(frozen=True, slots=True)
class PublisherRegion:
    """The publisher's region; `code` None where it is not known."""

    code: str | None

    def read(self, label: str, city: str | None = None) -> Mention | None:
        """What a label names, or None where it names no place. `city` is the last city above."""
        compact = _MARK_OF_PART.sub("", unnumbered(_CODE.sub("", fold(label))))
        if not compact or not _NAME.match(compact):
            return None
        bare = _TAIL.sub("", compact)
        if level := _LEVEL.match(bare):
            return self._own_of_level(level[1], label, city)
        rows = terms().rows
        own = rows.own.search(bare)
        if own and bare.endswith(_OWN_ENDS):
            return self._own(bare, label, city)
        if rows.below.match(compact) or rows.below.match(self._without_own_name(compact)):
            return Mention("region", None, fold(label))
        if rows.whole.match(compact) and (bare == "" or not self._find(bare, city)):
            return self._whole(fold(label))
        found = self._find(bare, city)
        if found is not None:
            code, name = found
            return self._whole(name) if code == self.code else Mention("region", code, name)
        like_place = bare[-1:] in _PLACE_ENDS and 2 <= len(bare) <= _LONGEST_PLACE
        if _OUTSIDE.search(bare) or (like_place and self._looks(bare)):
            return Mention("region", None, bare)
        if _TOWN.match(bare) and self._is_county():
            return Mention("region", None, bare)
        return None

    def level(self, words: str) -> str | None:
        """The scope that words beginning with a level (县级支出) have: own, or region for one below."""
        match = _BEGINS_WITH_LEVEL.match(words)
        known = regions.region(self.code) if self.code else None
        if match is None or known is None:
            return None
        return "own" if match[1] in _own_words(known) else "region"

    def _without_own_name(self, label: str) -> str:
        """锡林郭勒盟区县合计 as 区县合计, in a table of that league."""
        known = regions.region(self.code) if self.code else None
        return label.removeprefix(known.name) if known else label

    def _is_county(self) -> bool:
        known = regions.region(self.code) if self.code else None
        return known is not None and known.level == "county"

    def _own_of_level(self, level: str, label: str, city: str | None) -> Mention:
        """市本级: the publisher's own level, or that of the city the rows above belong to."""
        known = regions.region(self.code) if self.code else None
        above = regions.region(city) if city else None
        if known and level not in _own_words(known):
            if above is not None and above.code != known.code and level in _OWN_LEVEL["city"]:
                return Mention("own", above.code, above.name)
            return Mention("region", None, fold(label))  # 县级, of a city
        return self._own("", label, city)

    def _own(self, bare: str, label: str, city: str | None) -> Mention:
        name = _OWN_TAIL.sub("", bare)
        found = self._find(name, city) if len(name) >= 2 else None
        if found is None and len(name) >= 2 and _OUTSIDE.search(name):
            return Mention("own", None, fold(label))
        return Mention("own", found[0] if found else self.code, found[1] if found else unnumbered(label))

    def _whole(self, name: str) -> Mention:
        known = regions.region(self.code) if self.code else None
        return Mention("whole", self.code, known.name if known else name)

    def _find(self, name: str, city: str | None) -> tuple[str, str] | None:
        if len(name) < 2:
            return None
        for within in (city, self.code):
            found = regions.find(name, within=within) if within else ()
            if within and within.endswith("0000") and len(found) > 1:
                found = tuple(one for one in found if one.level == "city")  # 南昌 in a province's list
            if len(found) == 1:
                return found[0].code, found[0].name
            if not found and within and (short := regions.abbreviated(name, within)):
                return short.code, short.name
        found = regions.find(name)
        if len(found) == 1 and (self.code is None or found[0].name == name):
            return found[0].code, found[0].name  # beside others: cities compared with one another
        return None

    def _looks(self, name: str) -> bool:
        """A name of a region somewhere: a county that has another name today."""
        return bool(regions.find(name))


def place_in_title(title: str, code: str | None) -> Mention | None:
    """The part of the region of `code` that the title of a table is about: 勉县2020年政府债务余额, of a city;
    None where it names several, or the region alone."""
    if code is None:
        return None
    found: dict[str, Mention] = {}
    for match in _ABOUT_PLACE.finditer(title):
        words = match["name"]
        for region in (r for at in range(len(words) - 1) for r in regions.find(words[at:], within=code)):
            own = title.startswith(_OWN_LEVELS, match.end())
            if region.code != code and words.endswith(region.name):
                found[region.code] = Mention("own" if own else "region", region.code, region.name)
    if not found and _DISTRICTS.search(title):
        return Mention("region", None, _DISTRICTS.findall(title)[0])
    return next(iter(found.values())) if len(found) == 1 else None


def read_all(labels: Sequence[str], territory: PublisherRegion) -> list[Mention | None]:
    """The places that successive labels name; a county is looked for below the city named last."""
    found: list[Mention | None] = []
    city: str | None = None
    for label in labels:
        mention = territory.read(label, city)
        if mention and mention.code and mention.scope in (AmountScope.REGION, AmountScope.OWN):
            region = regions.region(mention.code)
            if region is not None and region.level == "city":
                city = region.code
        found.append(mention)
    return found


def regions_of(labels: Sequence[str], mentions: Sequence[Mention | None]) -> list[Mention | None]:
    """The mentions of a table by region; a label without a known name is that of another part (未分配)."""
    named = [unnumbered(fold(label)) for label in labels]
    return [
        m or (Mention("region", None, name) if name else None)
        for name, m in zip(named, mentions, strict=True)
    ]


def is_by_region(labels: Sequence[str], mentions: Sequence[Mention | None]) -> bool:
    """Whether the labels list regions: most of those that are not totals do."""
    named = [(label, m) for label, m in zip(labels, mentions, strict=True) if fold(label)]
    regions_named = sum(m is not None and m.scope != AmountScope.WHOLE for _, m in named)
    known = sum(m is not None for _, m in named)
    return regions_named >= 1 and known * 10 >= len(named) * 7

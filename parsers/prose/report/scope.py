"""Whose money a sentence of a report means (口径): of the whole area, the own level, a region; figures.

Invariant: a word that fits no level of the publisher's territory is not a scope (居全省第三位, of a city).
What a sentence leaves open of a figure is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from parsers.prose.report.vocabulary import report_terms
from parsers.prose.words import Printed
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import AmountScope, Measure

_L = lexicon_of(__name__)
_AUTONOMOUS = _L.text("autonomous")
_BELOW_CITY = _L.text("below_city")
_OWN = _L.text("own")
_COUNTY = _L.text("county")
_BELOW_MUNICIPALITY = _L.text("below_municipality")
_BELOW_PROVINCE = _L.text("below_province")
_ENDINGS = _L.text("endings")
_TOWNSHIPS = _L.text("townships")
_MONEY_OF = _L.pattern("money_of")  # behind a place whose money it is; 涧西区小学项目 names a project

# The words for a government's own level, by the level of its region; its name leaves one of them:
# 市级 is the city above in a report of a district, and its own level in one of a county-level city.
_OWN_LEVEL = _L.names("own_level")


@dataclass(frozen=True, slots=True)
class Scope:
    """`kind` is whole, own or region; `code` and `name` are of the region that `region` means, the code None
    where the name is not a region of GB/T 2260 (经开区) or means several (各县区); an own level that has one
    is that of a region below (老边区本级). The publisher's own level keeps its word as `name`:
    where a report prints both, 市级 may include zones that 市本级 does not."""

    kind: str
    code: str | None = None
    name: str | None = None
    by_name: bool = field(default=False, compare=False)  # the publisher's name alone: 安康市债务余额


@dataclass(frozen=True, slots=True)
class Territory:
    """The publisher's region and the names of the regions below it; `zone` is its name where it is none of
    GB/T 2260 (西咸新区), or is called like one (浦东新区)."""

    code: str | None
    zone: str = ""

    @classmethod
    def of(cls, code: str | None, name: str | None) -> Territory:
        """The territory of the body called `name`; a region's code that is not its own says nothing of it."""
        ends = any(m.end() == len(name or "") for m in report_terms().scopes["region"].finditer(name or ""))
        region = regions.region(code) if code else None
        own = None if ends and region and region.name != name else code
        return cls(own, name if name and ends else "")

    @property
    def level(self) -> str | None:
        """The level of the publisher's region; None if it is not known."""
        region = regions.region(self.code) if self.code else None
        return region.level if region else None

    @property
    def _own_words(self) -> str:
        region = regions.region(self.code) if self.code else None
        if region is None:
            return ""
        words = _OWN_LEVEL[region.level]
        own = region.name[-1] if region.name[-1] in words else words
        # 全县 in the report of 祁阳县, which is a city today
        return own + _COUNTY if regions.find(region.name[:-1] + _COUNTY) == (region,) else own

    @property
    def unsaid(self) -> Scope | None:
        """The scope where no word names one: a city without counties (中山市) has only one."""
        return Scope("whole") if self.code and self.level == "city" and not regions.below(self.code) else None

    def mentions(self, text: str) -> list[tuple[int, int, Scope]]:
        """Every mention of a scope in `text`: where it starts and ends, and which."""
        found: list[tuple[int, int, Scope]] = []
        for kind, pattern in report_terms().scopes.items():
            for match in pattern.finditer(text):
                if scope := self._scope(kind, match[0]):
                    found.append((match.start(), match.end(), scope))
        found += self._names(text)
        return _outermost(found)

    def _scope(self, kind: str, word: str) -> Scope | None:
        if kind == AmountScope.REGION:
            if word[-1] == self.zone[-1:] and regions.in_order(word, self.zone):
                return Scope("whole")  # 新区完成5亿元, in the report of that zone
            # 镇级 in the report of a town, whose place is not known, may be its own level
            return None if self.level is None and word[0] in _TOWNSHIPS else Scope("region", None, word)
        if kind == AmountScope.WHOLE and self.level and word[-1] not in self._own_words:
            return None  # 居全省第三位, of a city
        if (
            kind == AmountScope.WHOLE
            or word.startswith(_OWN)
            or (kind == AmountScope.OWN and self.level is None)
        ):
            return Scope(kind, None, word if kind == AmountScope.OWN else None)
        if self.level is None:
            return None
        if word.startswith(_AUTONOMOUS):
            return Scope("own", None, word) if self.level == "province" else None
        if self._is_below(word[0]):
            return Scope("region", None, word)
        return Scope("own", None, word) if word[0] in self._own_words else None

    def _is_below(self, character: str) -> bool:
        """县级 of a city, 市县级 of a province: a level that is not the publisher's."""
        municipality = self.code is not None and self.code[:2] in ("11", "12", "31", "50")
        below = {
            "province": _BELOW_MUNICIPALITY if municipality else _BELOW_PROVINCE,
            "city": _BELOW_CITY,
            "county": "",
        }
        return self.level is not None and character in below[self.level]

    def _names(self, text: str) -> list[tuple[int, int, Scope]]:
        if self.code is None:
            return []
        whole, below = _names_within(self.code)
        found = [
            (m.start(), m.end(), Scope("whole", by_name=True))
            for m in whole.finditer(text)
            if _MONEY_OF.match(text, m.end())
        ]
        for match in below.finditer(text) if below else ():
            (region,) = regions.find(match[0], within=self.code)
            found.append((match.start(), match.end(), Scope("region", region.code, region.name)))
        return found


def _outermost(found: list[tuple[int, int, Scope]]) -> list[tuple[int, int, Scope]]:
    """Mentions in order, without those that a longer one covers; 红河州 right before 州本级 is own, and so is
    勉县本级."""
    kept: list[tuple[int, int, Scope]] = []
    for start, end, scope in sorted(found, key=lambda item: (item[0], -item[1])):
        before = kept[-1] if kept else (0, 0, scope)
        meets = start == before[1] and scope.kind in (AmountScope.OWN, AmountScope.REGION)
        goes_on = start < before[1] < end and scope.kind == AmountScope.OWN
        if before[2].kind == AmountScope.WHOLE and (meets or goes_on):
            start = kept.pop()[0]
        elif before[2].code and start <= before[1] < end and (scope.name or "").endswith(_OWN):
            start, scope = kept.pop()[0], replace(before[2], kind=AmountScope.OWN)  # 老边区本级
        elif start < before[1]:
            continue
        kept.append((start, end, scope))
    return kept


@cache
def _names_within(code: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    own = regions.region(code)
    assert own is not None
    spellings = {s for s in regions.spellings(own.name) if len(s) > 2 or s.endswith(tuple(_ENDINGS))}
    whole = re.compile("|".join(sorted(map(re.escape, spellings), key=len, reverse=True)))
    names = {
        name
        for region in regions.below(code)
        for name in regions.spellings(region.name)
        if name.endswith(tuple(_ENDINGS)) and len(regions.find(name, within=code)) == 1
    }
    if not names:
        return whole, None
    return whole, re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """One amount of a report, in yuan. `percent` and `change` are against the year before, signed; sentences
    that a semicolon divides are one `group`."""

    sentence: str
    page: int | None
    words: str
    amount: Printed
    measure: Measure | None = None
    fund: str | None = None
    scope: Scope | None = None
    year: int | None = None
    stage: str | None = None
    percent: Decimal | None = None
    change: Decimal | None = None
    group: int = 0


@dataclass(frozen=True, slots=True)
class AmountName:
    """What the words in front of an amount name; `clear` if nothing else stands there."""

    measure: Measure | None
    fund: str | None
    words: str  # the name as printed
    clear: bool
    part: bool = False  # of a whole named before it
    bare: bool = False  # 收入, 支出 alone

"""The place whose government a document is about: `关于保山市2025年…` → 保山市, 530500.

Invariant: a place is read from the document's words, or is the region that all rows of its tables by region
have in common; a name that fits several regions has a code only where the site's region decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from parsers.government.names.covers import is_sentence
from parsers.reference import regions
from parsers.values.document import Grid, Reading
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_WHOLE_CITY = _L.words("whole_city")
_ABOUT = _L.text("about")
_CITY = _L.text("city")
_WHOLE_AREA = _L.pattern("whole_area")
_ABOVE = _L.pattern("above")  # what follows the place that the publisher belongs to

_LONGEST = 16  # 双江拉祜族佤族布朗族傣族自治县 has 15
_LEAST_REGIONS = 3
_LEAST_NAMED = 2
_ENDS = _L.text("ends")
# What follows a place in the lines that name the government: 保山市2025年, 保山市财政局, 保山市第五届人民…
_AFTER = _L.pattern("after")
_WEIGHTS = (3, 1)  # a mention that something of _AFTER follows, any other
# A zone with a budget of its own is not a region of GB/T 2260: 陕西省西咸新区2025年, 新疆生产建设兵团.
_ZONE = _L.pattern("zone")
# A town's own budget (乡镇): its region has no code either.
_TOWN = _L.pattern("town")
_BELOW = _L.pattern("below")  # behind the name of its county: also 昆山市周市镇, 顺德区大良街道
# The short and the full names of the zones of the State Council and of the provinces.
_ZONE_KINDS = (
    _L.words("zone_kinds"),
    _L.words("zone_kinds_2"),
)
_BEFORE = _L.pattern("before")
_IN_BRACKETS = re.compile(r"\(([\u4e00-\u9fff]{3,12})\)")


@dataclass(frozen=True, slots=True)
class Place:
    """`name` as the region's full name, or as printed where no code is known."""

    name: str
    region_code: str | None
    source: str | None = None  # where it was read, if not in the document: article, file_name, site


def place_of(
    article: Sequence[str],
    cover: Sequence[str],
    row_labels: Iterable[str],
    file_name: str | None,
    others: Iterable[Iterable[str]],
    within: str | None,
) -> Place | None:
    """The place that the article's title or the cover names; else the region that the labels of rows by
    region have in common, or the wider one that titles name; else the place in the name of the file; else the
    one that titles, then sentences (`others`, folded lines) name; else the site's region."""
    if found := _publisher((*article, *cover), within):
        source = None if _publisher(cover, within) == found else "article"
        return replace(found if found.region_code else _of_several(found.name, others), source=source)
    texts = [list(lines) for lines in others]
    if common := common_region(row_labels):
        titled = _named(texts[0], within) if texts else None
        wider = titled and titled.region_code and common.startswith(regions.prefix(titled.region_code))
        return titled if wider else _place(common)
    if file_name and (found := _publisher([file_name], within)):
        return replace(found, source="file_name")
    for read in texts:
        if found := _named(read, within):
            return _raised(found, read)
    of_site = _place(within) if within else None
    return replace(of_site, source="site") if of_site else None


def _publisher(lines: Sequence[str], within: str | None) -> Place | None:
    return _zone(lines) or _town(lines) or _named(lines, within)


def _of_several(name: str, texts: Iterable[Iterable[str]]) -> Place:
    """The place called `name`: of several regions the one whose city or province the texts name, at least
    twice, and none of the others' (和平区, of 天津 or 沈阳)."""
    found = regions.find(name)
    if len(found) < 2:
        return Place(name, None)
    above = {
        one.code: {min(regions.spellings(n), key=len) for n in (one.province, one.city) if n} for one in found
    }
    uses = Counter(chain.from_iterable(above.values()))
    said: Counter[str] = Counter()
    for line in chain.from_iterable(texts):
        for code, words in above.items():
            said[code] += sum(line.count(word) for word in words if uses[word] == 1)
    named = [code for code, times in said.items() if times]
    known = _place(named[0]) if len(named) == 1 and said[named[0]] >= _LEAST_NAMED else None
    return known or Place(name, None)


def _zone(lines: Sequence[str]) -> Place | None:
    """The zone that a line of the cover names as the publisher, unless a region has that name (浦东新区) or
    is named beside it (苏州高新区、虎丘区): with its code where the statistics give it one (合肥高新区)."""
    for line in lines:
        match = _ZONE.search(line)
        if match is None or is_sentence(line):  # 本级收入（不含新芜经济开发区）5亿元，增长3%，
            continue
        name = (match["name"] or match["corps"]).removeprefix(_ABOUT)
        also = _name_at(match["also"], 0) if match["also"] else None
        if also is not None or regions.find(name) or regions.find(short := _without_parent(name)):
            continue
        if any(_is_other_name(name, other) for other in lines):
            continue
        bare = any(short in kinds for kinds in _ZONE_KINDS)  # 高新区, of which city the rest of the name says
        return _coded_zone(name) or Place(name if bare else short, None)
    return None


def _is_other_name(zone: str, line: str) -> bool:
    """Whether a line prints the zone in brackets behind a region, as its other name: 金州区(金普新区)."""
    inside = (match for match in _IN_BRACKETS.finditer(line) if zone.endswith(match[1]))
    return any(match.start() == end for match in inside for _, _, end in _found(line))


def _town(lines: Sequence[str]) -> Place | None:
    """The town that the first line with a place names as the publisher: 奉贤区南桥镇2024年预算."""
    for line in lines:
        ends = [end for _, _, end in _found(line)]
        if match := _TOWN.search(line) or next(
            filter(None, (_BELOW.match(line[end:]) for end in ends)), None
        ):
            return Place(match["name"], None)
        if ends:
            return None
    return None


def _coded_zone(name: str) -> Place | None:
    for kinds in _ZONE_KINDS:
        for kind in kinds:
            if not name.endswith(kind):
                continue
            stem = name.removesuffix(kind)
            spelled = (full + other for other in kinds for full in dict.fromkeys((stem, stem + _CITY)))
            found = [zone.code for text in spelled for zone in regions.find(text)]
            return _place(found[0]) if found else None
    return None


def _without_parent(name: str) -> str:
    """陕西省西咸新区 as 西咸新区; 苏州工业园区 stays."""
    for cut in range(len(name) - 4, 2, -1):
        if any(one.name == name[:cut] for one in regions.find(name[:cut])):
            return name[cut:]
    return name


def _raised(place: Place, lines: Sequence[str]) -> Place | None:
    """A place that sentences name most is a part of the whole where they speak of 全市 and it is a county:
    then the city that most counties named belong to."""
    whole = Counter(match for line in lines for match in _WHOLE_AREA.findall(line))
    known = regions.region(place.region_code) if place.region_code else None
    if not whole or known is None or known.level != "county" or known.name.endswith(_CITY):
        return place
    if whole.most_common(1)[0][0] not in _WHOLE_CITY:
        return place
    codes = [code for line in lines for name, _ in mentions(line) if (code := _code(name, None))]
    city, count = Counter(code[:4] for code in codes).most_common(1)[0]
    return _place(f"{city}00") if count * 2 > len(codes) else None


def _named(lines: Iterable[str], within: str | None) -> Place | None:
    """The place most often named, a mention beside 财政局, a year or a congress before any other."""
    votes: Counter[str] = Counter()
    for line in dict.fromkeys(lines):
        for name, weight in mentions(line):
            votes[name] += weight
    for name, count in votes.most_common(2):
        longer = (
            other for other in votes if other != name and other.endswith(name)
        )  # 晋城市城区 says which 城区
        code = _code(name, within) or next(
            (found for other in longer if (found := _code(other, within))), None
        )
        if code:
            return _place(code)
        if count >= _WEIGHTS[0]:
            return Place(name, None)
    return None


def _place(code: str) -> Place | None:
    known = regions.region(code)
    return Place(known.name, known.code) if known else None


def mentions(line: str) -> Iterable[tuple[str, int]]:
    """The full names of regions in a line, the longest at each place, with what they weigh."""
    for name, weight, _ in _found(line):
        yield name, weight


def _found(line: str) -> Iterable[tuple[str, int, int]]:
    """The mentions with the place where each ends."""
    start = 0
    while start < len(line) - 1:
        name = _name_at(line, start)
        if name is None:
            start += 1
            continue
        start += len(name)
        if _ABOVE.match(line[start:]):
            continue
        yield name, _WEIGHTS[0] if _AFTER.match(line[start:]) else _WEIGHTS[1], start


def _name_at(line: str, start: int) -> str | None:
    for end in range(min(len(line), start + _LONGEST), start + 1, -1):
        if line[end - 1] in _ENDS and end - start >= 3 and regions.find(line[start:end]):
            return line[start:end]
        if (
            line[end - 1] in _ENDS
            and end - start == 2
            and any(r.name == line[start:end] for r in regions.find(line[start:end]))
            and _BEFORE.search(line[:start])
        ):
            return line[start:end]  # 勉县; 的县 is not a name
    return None


def _code(name: str, within: str | None) -> str | None:
    found = regions.find(name)
    if len(found) > 1 and within:
        found = regions.find(name, within=within)
    return found[0].code if len(found) == 1 else None


def common_region(labels: Iterable[str]) -> str | None:
    """The region among those the labels name that contains all others, else the lowest one above three."""
    codes = set()
    for label in labels:
        compact = fold(label)
        found = regions.find(compact) if 3 <= len(compact) <= _LONGEST and compact[-1] in _ENDS else ()
        if len(found) == 1:
            codes.add(found[0].code)
    widest = [code for code in codes if all(other.startswith(regions.prefix(code)) for other in codes)]
    if widest:
        return min(widest)
    if len(codes) < _LEAST_REGIONS:
        return None
    for digits in (4, 2):
        above = {code[:digits] for code in codes}
        if len(above) == 1:
            return above.pop().ljust(6, "0")
    return None


def row_labels(reading: Reading) -> Iterable[str]:
    """The texts of the first two columns of every grid."""
    return chain.from_iterable(
        (cell.text for cell in block.cells if cell.col < 2)
        for block in reading.blocks
        if isinstance(block, Grid)
    )

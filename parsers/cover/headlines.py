"""Who publishes what, for which year: body (单位), level, region, fiscal year, kind of document.

Invariant: the document's own words come first, then the article, the file name and the site; every field
says where it was read, and a field that none of them states is None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

from parsers.reference import regions
from parsers.tables.layout.rows import rows_of, texts
from parsers.tables.layout.titles import is_title
from parsers.values.document import Grid, Reading, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.media import HTML
from parsers.values.results import Headline, Hints
from parsers.values.text import fold
from parsers.values.vocabulary import BodyLevel, DocumentKind

_SHORTEST_NAME, _LONGEST_NAME = 4, 40  # characters of a body (编制主体)
_L = lexicon_of(__name__)
_DOUBLED = _L.pattern("doubled")
_OF_NO_REGION = _L.pattern("of_no_region")
_FISCAL = _L.text("fiscal")
_OWN_LEVEL = _L.text("own_level")
_ABOUT = _L.text("about")
_CONTENTS = _L.text("contents")
_FIRST_PART = _L.pattern("first_part")
_PART = _L.pattern("part")
_CAPTIONS = _L.pattern("captions")
_DRAFT = _L.text("draft")
_EXECUTION = _L.text("execution")
_UNIT = _L.text("unit")
_BEFORE_NAME = _L.pattern("before_name")
_OWN = _L.text("own")
_OFFICE = _L.text("office")

_YEAR = _L.pattern("year")
_DATED = _L.pattern("dated")  # in tables, bare digits are as likely a code as a year
_KIND = _L.pattern("kind")
# 一般公共预算 names a fund, not what is published: 2024年一般公共预算三公经费决算
_FUND = _L.pattern("fund")
_OBJECT = _L.pattern("object")
_IS_BODY = _L.pattern("is_body")
_ADJUSTMENT = _L.pattern("adjustment")
_OWNER = _L.pattern("owner")
_NO_BODY = _L.pattern("no_body")
_CAPTION = _L.pattern("caption")
_QUALIFIER = _L.pattern("qualifier")
_REGION_END = _L.text("region_end")
_LEVELS: dict[str, BodyLevel] = {word: BodyLevel(value) for word, value in _L.names("levels").items()}
_KINDS: dict[str, DocumentKind] = {word: DocumentKind(value) for word, value in _L.names("kinds").items()}
COVER_LINES = 10


@dataclass(frozen=True, slots=True)
class _Title:
    """What the words of one title say."""

    body_name: str | None = None
    body_level: BodyLevel | None = None
    fiscal_year: int | None = None
    document_kind: DocumentKind | None = None


class Headed(Protocol):
    """A table, or as much of it as stands above its rows."""

    @property
    def title(self) -> str | None:
        """What it is called."""

    @property
    def header(self) -> tuple[tuple[str, ...], ...]:
        """The texts of its header, row by row."""


def headline(reading: Reading, tables: Sequence[Headed], hints: Hints) -> Headline:
    """The headline of one document, each field with its source in `Headline.sources`."""
    cover = _cover_lines(reading)
    head = _filled(Headline(), "document", title=_printed_title(cover, reading))
    owner, owner_level = _owner(_owner_lines(reading))
    said = "".join(fold(line) for line in cover)
    if not said and reading.media_type == HTML:  # the title of a page may read like that of a table
        said = fold(reading.title or "")
    from_cover, from_parts = _read_title(said), _headings_of_parts(reading)
    head = _filled(
        head,
        "document",
        body_name=from_cover.body_name or owner,
        body_level=from_cover.body_level or owner_level,
        fiscal_year=from_cover.fiscal_year or from_parts.fiscal_year or _year_of_tables(tables),
        document_kind=from_cover.document_kind or from_parts.document_kind or _kind_of_tables(tables),
    )
    for text, source in ((hints.article_title, "article"), (hints.file_name, "file_name")):
        title = _read_title(fold(text.rsplit("/", 1)[-1]) if text else "")
        head = _filled(head, source, body_name=title.body_name, body_level=title.body_level)
        head = _filled(head, source, fiscal_year=title.fiscal_year, document_kind=title.document_kind)
    head = _filled(
        head,
        "site",
        body_name=hints.body_name,
        fiscal_year=hints.fiscal_year,
        document_kind=hints.document_kind,
    )
    region = region_of_body(head.body_name, hints.region_code) if head.body_name else None
    head = _filled(head, head.sources.get("body_name", "document"), region_code=region)
    return _filled(head, "site", region_code=hints.region_code)


def _filled(head: Headline, source: str, **fields: Any) -> Headline:
    """The headline with the fields it does not have yet, marked with their source."""
    new = {name: value for name, value in fields.items() if value is not None and getattr(head, name) is None}
    return replace(head, **new, sources={**head.sources, **dict.fromkeys(new, source)})


def _cover_lines(reading: Reading) -> list[str]:
    """The first lines of text: up to the table of contents or the first table."""
    lines: list[str] = []
    for text in _lines_before_tables(reading):
        compact = fold(text)
        first = is_title(text) or compact.startswith(_CONTENTS) or _FIRST_PART.match(compact)
        if first or len(lines) >= COVER_LINES:
            break
        lines.append(text)
    return lines


def _lines_before_tables(reading: Reading) -> Iterator[str]:
    """The lines of text, those of a sheet with one text a row among them, up to the first row of several."""
    for block in reading.blocks:
        if isinstance(block, Grid):
            for row in map(texts, rows_of(block, COVER_LINES)):
                if len(row) > 1:
                    return
                yield from row
        elif block.style not in ("furniture", "sheet") and block.text.strip():
            yield block.text


def _headings_of_parts(reading: Reading) -> _Title:
    """Year and kind in the headings of its parts (第二部分 2026年度部门预算报表), where they agree: a
    cover may be a picture."""
    texts_of_parts = (fold(block.text) for block in reading.blocks if isinstance(block, TextBlock))
    titles = [_read_title(text) for text in texts_of_parts if _PART.match(text)]
    years = {title.fiscal_year for title in titles} - {None}
    kinds = {title.document_kind for title in titles} - {None}
    return _Title(
        fiscal_year=years.pop() if len(years) == 1 else None,
        document_kind=kinds.pop() if len(kinds) == 1 else None,
    )


def _printed_title(cover: Sequence[str], reading: Reading) -> str | None:
    """The cover lines up to the one that names the kind of document."""
    joined = ""
    for line in cover[:5]:
        joined += fold(line)
        if _KIND.search(joined):
            return joined
    return reading.title or None


def _read_title(compact: str) -> _Title:
    """`稷山县医疗保障局2023年度部门预算公开` → body, level, year and kind."""
    undated = _YEAR.sub("", compact)
    kind = _KIND.search(_FUND.sub(lambda fund: "□" * len(fund[0]), undated)) or _KIND.search(undated)
    if kind is None:
        return _Title(fiscal_year=_first_year(compact))
    level = _LEVELS.get((kind["level"] or "").removeprefix(_FISCAL))
    owner, owner_level = _owner([compact[i:] for i in _owner_starts(compact)])
    before, *objects = _OBJECT.split(undated[: kind.start()])
    body = owner or _body_before(before)
    if objects and body and not owner and not _IS_BODY.search(body):
        body = None  # 县本级一般公共预算三公经费决算: not the name of a body
    if body and level is None:
        level = owner_level
    qualifier = _QUALIFIER.search(compact)
    if level == BodyLevel.DEPARTMENT and qualifier and _OWN_LEVEL in qualifier[1]:
        level = BodyLevel.UNIT  # a department's own office publishes as a unit
    document_kind = DocumentKind.ADJUSTMENT if _ADJUSTMENT.search(undated) else _KINDS[kind["kind"]]
    return _Title(body, level, _first_year(compact), document_kind)


def _owner_starts(compact: str) -> Iterable[int]:
    return (match.start() for match in _CAPTIONS.finditer(compact))


def _first_year(compact: str) -> int | None:
    """The year of the document: of 2025年预算执行情况和2026年预算草案 the one the draft is for."""
    years = [int(year) for year in _YEAR.findall(compact)]
    if not years:
        return None
    return max(years) if _DRAFT in compact and _EXECUTION in compact else years[0]


def _body_before(text: str) -> str | None:
    """The name in front of 部门预算; the last whole name where a running head repeats it."""
    name = _QUALIFIER.sub("", re.sub(r"^[^\u4e00-\u9fff]+|[^\u4e00-\u9fff()]+$", "", text))
    name = _DOUBLED.sub("", name)  # 北京市教育委员会部门2026年度部门预算
    name = _BEFORE_NAME.sub("", name).partition(_ABOUT)[0]
    short = _SHORTEST_NAME <= len(name) <= _LONGEST_NAME
    if not short or _NO_BODY.search(name) or not re.fullmatch(r"[\u4e00-\u9fff()、·]+", name):
        return None
    return name


def _owner_lines(reading: Reading) -> Iterable[str]:
    """Every place that may say 部门名称：…: text lines and the first rows of grids."""
    for block in reading.blocks:
        if isinstance(block, TextBlock):
            if block.style != "furniture":
                yield from (fold(part) for part in re.split(r"[\t\n]", block.text))
        else:
            for row in rows_of(block, 4):
                printed = [fold(text) for text in texts(row)]
                yield from printed
                yield from (a + b for a, b in pairwise(printed) if a.endswith(":"))
                if len(printed) == 2 and _CAPTION.match(printed[0]) and _IS_BODY.search(printed[1]):
                    yield ":".join(printed)  # the first row of a form of performance (整体支出绩效目标表)


def _owner(lines: Iterable[str]) -> tuple[str | None, BodyLevel | None]:
    """The body most often named by 部门名称：… and the level that the caption or a qualifier says."""
    names: Counter[str] = Counter()
    levels: Counter[BodyLevel] = Counter()
    for line in lines:
        match = _OWNER.match(line)
        if match is None or _NO_BODY.search(match["body"]):
            continue
        if match["body"].count("(") != match["body"].count(")"):
            continue  # cut out of a sentence
        qualifier = _QUALIFIER.search(match["body"])
        names[_QUALIFIER.sub("", match["body"])] += 1
        if qualifier:
            levels[
                BodyLevel.UNIT if _OWN in qualifier[1] or _OFFICE in qualifier[1] else BodyLevel.DEPARTMENT
            ] += 1
        elif _UNIT not in line[: match.start("body")]:
            levels[BodyLevel.DEPARTMENT] += 1
    name = names.most_common(1)[0][0] if names else None
    return name, levels.most_common(1)[0][0] if levels else None


def _year_of_tables(tables: Sequence[Headed]) -> int | None:
    """The year most tables speak of in title and header; of two equally frequent ones the later."""
    years: Counter[int] = Counter()
    for table in tables:
        words = "|".join([table.title or "", *(text for row in table.header for text in row)])
        years.update({int(year) for year in _DATED.findall(fold(words))})
    return max(years, key=lambda year: (years[year], year)) if years else None


def _kind_of_tables(tables: Sequence[Headed]) -> DocumentKind | None:
    counts = Counter(kind for table in tables for kind in _KINDS if kind in fold(table.title or ""))
    return _KINDS[counts.most_common(1)[0][0]] if counts else None


def region_of_body(name: str, within: str | None = None) -> str | None:
    """The code of the region a body's name begins with: `枣庄市市中区医疗保障局` → 370402.

    Where the name fits several regions, only one inside `within` counts."""
    bare = _OF_NO_REGION.sub("", fold(name))
    for end in range(min(len(bare), 24), 1, -1):
        if bare[end - 1] not in _REGION_END:
            continue
        candidates = regions.find(bare[:end])
        if len(candidates) > 1 and within:
            candidates = tuple(c for c in candidates if c in regions.find(bare[:end], within=within))
        if len(candidates) == 1:
            return candidates[0].code
    return None

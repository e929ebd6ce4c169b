"""Is a document a government's own (政府预决算, 债务, 决算报告), or a department's? And its headline.

Invariant: the document's own cover decides first, then its tables, then its sentences; 部门预算 on the cover
means a department. Where the evidence is thin the document is not a government's. Body, level and region of
one are the government's whatever the cover prints (人大会议文件, 财政局局长); year, kind and title stay as
the document says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.government.names.covers import document_title, is_sentence
from parsers.government.names.places import place_of, row_labels
from parsers.government.names.vocabulary import fiscal_year
from parsers.reference import regions
from parsers.values.amounts import printed_number
from parsers.values.document import Grid, Reading, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.results import Headline, Hints
from parsers.values.text import fold
from parsers.values.vocabulary import BodyLevel, DocumentKind

_L = lexicon_of(__name__)
_IS_BODY = _L.pattern("is_body")
SHORTEST_TITLE = 4  # characters
LONGEST_CELL = 2000  # characters; a longer one is a page set in a table
COVER_LINES = 8
TITLE_LINES = 4  # lines above a grid that may hold its title
HEAD_ROWS = 6  # rows of a sheet that may hold its title
LONGEST_TITLE = 60
FRAME_ROWS = 3
COVER_ROWS = 6  # of a workbook, blank rows apart
MOST_BROKEN = 4  # lines of a broken title
_ENOUGH_POINTS = 2
_PAGES = ("text/html", "application/xhtml+xml")
_NAMES = _L.pattern("names")
_OPEN = _L.pattern("open")  # where a title goes on in the next line


@dataclass(frozen=True, slots=True)
class GovernmentDocument:
    """What the recognition found: the lines it rests on, and the kind and scope they name."""

    cover: tuple[str, ...]
    titles: tuple[str, ...]
    kind: DocumentKind | None = None
    scope: str | None = None


def recognised(reading: Reading, hints: Hints) -> GovernmentDocument | None:
    """The document as a government's, or None where it is a department's or of no known body."""
    reading = reading.shown
    cover = tuple(cover_lines(reading))
    names = [fold(text) for text in (*page_titles(reading, hints), file_stem(hints)) if text]
    titles = tuple(_titles(reading.blocks))
    knowledge = _knowledge()
    heading = "".join(cover[:COVER_LINES])
    lines = (heading, *cover[:COVER_LINES], *names)  # a title may be broken over lines, or end in one of them
    if any(p.search(text) for p in knowledge.department for text in lines):
        return None
    if hints.body_name and _IS_BODY.search(hints.body_name) and not _prints(titles):
        return None
    said = any(p.search(text) for p in knowledge.government for text in lines)
    if not (
        _prints(titles) or (said and _no_department(titles)) or _lists_taxes(reading) or _reports(reading)
    ):
        return None
    words = (*names, *pairs(cover))
    foreign = any(p.search(text) for p in knowledge.others for text in lines)
    kind = DocumentKind.OTHER if foreign else _kind(words, titles)
    return GovernmentDocument(cover, titles, kind, _scope(words))


def page_titles(reading: Reading, hints: Hints) -> Iterator[str]:
    """The titles of the article and of the page; a title among the properties of a file may be that of the
    document it was made from (关于2019年…, in one of 2022)."""
    if hints.article_title:
        yield hints.article_title
    if reading.title and reading.media_type in _PAGES:
        yield reading.title


def pairs(lines: Sequence[str]) -> Iterator[str]:
    """Each title that is broken over two to four lines, put together, then its lines alone."""
    for position, line in enumerate(lines):
        whole = line
        for following in lines[position + 1 : position + MOST_BROKEN]:
            if not _OPEN.search(whole) or len(whole) > LONGEST_TITLE:
                break
            whole += following
        if whole != line:
            yield whole
        yield line


def cover_lines(reading: Reading) -> Iterator[str]:
    """The first lines of text, folded: up to the first table. A frame without numbers (海南省七届人大三次会议
    文件（十四）) is text."""
    count = 0
    for block in reading.blocks:
        if count >= COVER_LINES or (isinstance(block, Grid) and not _is_frame(block)):
            return
        if isinstance(block, TextBlock) and block.style in ("furniture", "sheet"):
            continue
        texts = [cell.text for cell in block.cells] if isinstance(block, Grid) else [block.text]
        for line in "\n".join(texts).split("\n"):
            if compact := fold(line):
                count += 1
                yield compact[:200]


def _is_frame(grid: Grid) -> bool:
    """Whether a grid only frames text, or nothing: it has few rows, or is the cover of a workbook, with few
    lines in a column."""
    printed = [(cell.row, text) for cell in grid.cells if (text := fold(cell.text))]
    if any(printed_number(text) is not None for _, text in printed):
        return False
    alone = len({row for row, _ in printed}) == len(printed) <= COVER_ROWS
    return not printed or grid.n_rows <= FRAME_ROWS or alone


def _titles(blocks: Sequence[TextBlock | Grid]) -> Iterator[str]:
    """The short lines above each grid and the spanning cells in its first rows: titles are among them."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, TextBlock):
            if block.style != "furniture":
                lines.extend(block.text.split("\n"))
            continue
        near = [fold(part) for line in lines[-TITLE_LINES:] for part in line.split("\t")]
        inside = [t for cell in block.cells if cell.row < HEAD_ROWS and _NAMES.search(t := fold(cell.text))]
        yield from (
            text
            for text in (*near, *inside)
            if SHORTEST_TITLE <= len(text) <= LONGEST_TITLE and "。" not in text
        )
        lines = []


def _prints(titles: Sequence[str]) -> bool:
    """Whether the titles of tables are those of a government, and not mostly those of a department."""
    points = sum(
        max((one.points for one in _knowledge().tables if one.pattern.search(title)), default=0)
        for title in set(titles)
    )
    departments = sum(bool(_knowledge().department_tables.search(title)) for title in set(titles))
    return points >= _ENOUGH_POINTS and departments * 2 <= points


def _no_department(titles: Sequence[str]) -> bool:
    return not any(_knowledge().department_tables.search(title) for title in titles)


def _lists_taxes(reading: Reading) -> bool:
    """Rows that only a government's tables print, whatever their titles say."""
    labels = {
        fold(line)
        for block in reading.blocks
        if isinstance(block, Grid)
        for cell in block.cells
        for line in cell.text.split("\n")
        if len(cell.text) < LONGEST_CELL
    }
    return sum(bool(_knowledge().rows.search(label)) for label in labels) >= _knowledge().least_rows


def _reports(reading: Reading) -> bool:
    """A text without tables that speaks of a whole government's accounts."""
    if any(isinstance(block, Grid) and block.n_rows > 3 for block in reading.blocks):
        return False
    text = "".join(fold(block.text) for block in reading.blocks if isinstance(block, TextBlock))
    return len(_knowledge().sentences.findall(text)) >= _knowledge().least_sentences


def _kind(words: Sequence[str], titles: Sequence[str]) -> DocumentKind | None:
    """The kind that a line on the cover, a name or a table's title says, sentences left out."""
    for text in (*words, *titles):
        if len(text) > LONGEST_TITLE or "。" in text:
            continue
        for line in _knowledge().kinds:
            if line.pattern.search(text):
                return line.kind
    return None


def _scope(words: Sequence[str]) -> str | None:
    """The scope the title on the cover gives to everything in the document."""
    for text in words[:4]:
        for line in _knowledge().scopes:
            if len(text) <= LONGEST_TITLE and line.pattern.search(text):
                return line.scope
    return None


def file_stem(hints: Hints) -> str | None:
    """The name of the file, or the text of the link to it, without folders and ending."""
    name = hints.file_name
    return name.rsplit("/", 1)[-1].rsplit(".", 1)[0] if name else None


class _Points(Knowledge):
    points: int
    pattern: re.Pattern[str]


class _KindOf(Knowledge):
    kind: DocumentKind
    pattern: re.Pattern[str]


class _ScopeOf(Knowledge):
    scope: str
    pattern: re.Pattern[str]


class _Knowledge(Knowledge):
    """`government_documents.yaml`."""

    department: tuple[re.Pattern[str], ...]
    others: tuple[re.Pattern[str], ...]
    government: tuple[re.Pattern[str], ...]
    tables: tuple[_Points, ...]
    department_tables: re.Pattern[str]
    rows: re.Pattern[str]
    least_rows: int
    sentences: re.Pattern[str]
    least_sentences: int
    kinds: tuple[_KindOf, ...]
    scopes: tuple[_ScopeOf, ...]


def _knowledge() -> _Knowledge:
    return knowledge("parsers.reference", "government_documents.yaml", _Knowledge)


def headline_of(document: GovernmentDocument, head: Headline, reading: Reading, hints: Hints) -> Headline:
    """The headline of `parsers.cover.headlines` with the government as its body."""
    reading = reading.shown
    names = [fold(title) for title in page_titles(reading, hints)]
    text = (fold(block.text) for block in reading.blocks if isinstance(block, TextBlock))
    article = [fold(hints.article_title)] if hints.article_title else []
    place = place_of(
        article,
        (*names[len(article) :], *document.cover),
        row_labels(reading),
        fold(file_stem(hints) or ""),
        (document.titles, text),
        hints.region_code,
    )
    kind = document.kind or head.document_kind
    title = document_title(document.cover, (*names, head.title or ""))
    lines = (*names, *((title,) if title else ()), *pairs(document.cover))
    year = fiscal_year(lines, document.titles, kind) or head.fiscal_year
    name, code = (place.name, place.region_code) if place else (None, None)
    sources = {k: v for k, v in head.sources.items() if k not in ("body_name", "body_level", "region_code")}
    if place:
        source = place.source or "document"
        sources |= {"body_name": source, "region_code": source}
    known = regions.region(hints.region_code) if hints.region_code else None
    return replace(
        head,
        title=title or (None if is_sentence(head.title or "") else head.title),
        body_name=name,
        body_level=BodyLevel.GOVERNMENT,
        region_code=code or (known.code if known else None),
        fiscal_year=year,
        document_kind=kind,
        sources={**sources, "body_level": "document"},
    )

"""What a template, another year or another body left in a document, and slips in its words.

Invariant: each mark of a template is reported once for a document, with its first places and their number.
Names of classes that are nearly, not quite, those of the classification, and words set twice are slips; what
resembles no name is not a finding (it is something else's name), nor is a name the classification had in any
year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache

from parsers.completeness.disclosure import Disclosure, found
from parsers.completeness.required import Placeholder, required_content
from parsers.prose.paragraph import paragraphs
from parsers.reference import regions
from parsers.reference.codes import classification, name_key
from parsers.tables.codes import name_without_code
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check
from parsers.values.table_types import FORMS
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus, DocumentKind, NamedRule

_L = lexicon_of(__name__)
_OF_YEAR = _L.text("of_year")
_GOAL = _L.pattern("goal")

_YEAR = _L.pattern("year")
ENOUGH_SENTENCES = 2  # that begin with the body's own name, where another's is a finding
_HEADING = _L.pattern("heading")
_LOOKS_BACK = _L.pattern("looks_back")
_PART = _L.pattern("part")
_BODY = _L.pattern("body")
_TASK = _L.pattern("task")
_CLASS_AND_ITEM, _WHOLE_CODE = 5, 7  # digits of a functional code (类款, 类款项)
LIKE = 0.75  # of the characters of a row's name, whose code says which it should be
ALIKE = 0.8  # of those of words in the text, where nothing else says so
SHORTEST = 6
SHORTEST_IN_TEXT = 9
MAX_LENGTHS_APART = 2
_WORDS = re.compile(r"[\u4e00-\u9fff]+")


def check_remains(disclosure: Disclosure) -> Iterator[Check]:
    """Placeholders, the template's government level, goals of another year."""
    content = required_content()
    yield from _placeholders(disclosure, content.placeholders)
    yield from _foreign_level(disclosure, content.foreign_levels)
    yield from _other_years(disclosure)
    yield from _headings_of_other_years(disclosure)
    yield from _other_bodies(disclosure)


def _placeholders(disclosure: Disclosure, wanted: Sequence[Placeholder]) -> Iterator[Check]:
    """One check for each kind of placeholder, which shows the first three places: templates repeat them."""
    places: list[tuple[str, int | None, int | None]] = [
        (line.text, line.page, None) for line in disclosure.body
    ]
    places += [
        (text, table.pages[0] if table.pages else None, table.table_no) for table, text in disclosure.cells()
    ]
    for entry in wanted:
        hits = [
            (m.group(0), text, page, no) for text, page, no in places if (m := entry.pattern.search(text))
        ]
        if not hits:
            continue
        shown = dict.fromkeys(text[max(text.find(mark) - 12, 0) :][:36] for mark, text, _, _ in hits[:3])
        what = message("placeholders_left", name=entry.name, places=tuple(shown), n=len(hits))
        numbers = tuple(dict.fromkeys(no for *_, no in hits if no is not None))
        yield found(NamedRule.PLACEHOLDER, CheckStatus.FAILS, what, tables=numbers, page=hits[0][2])


def _foreign_level(disclosure: Disclosure, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[Check]:
    code = disclosure.headline.region_code
    region = regions.region(code) if code else None
    pattern = patterns.get(region.level) if region else None
    if pattern and (match := pattern.search(disclosure.text)):
        assert region is not None
        context = disclosure.text[max(match.start() - 12, 0) : match.end() + 16]
        what = message("level_of_template", region=region.name, context=context)
        yield found(NamedRule.TEMPLATE_LEVEL, CheckStatus.FAILS, what)


def _other_years(disclosure: Disclosure) -> Iterator[Check]:
    """A goal for another year than its project's; a title of another year than the document's."""
    year = disclosure.headline.fiscal_year
    if year is None:
        return
    for table in disclosure.tables:
        page = table.pages[0] if table.pages else None
        years = {int(y) for y in _YEAR.findall(fold(table.title or ""))}
        if (
            years
            and year not in years
            and disclosure.headline.document_kind == DocumentKind.BUDGET
            and max(years) < year
        ):
            what = message("title_of_another_year", title=table.title, year=year)
            yield found(NamedRule.YEAR, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)
        if table.table_type in FORMS:
            yield from _goals_of_other_years(table, year)


def _goals_of_other_years(table: BudgetTable, year: int) -> Iterator[Check]:
    rows = (*table.header, *table.grid)
    texts = [fold(text) for row in rows for text in row if text]
    if not any(_OF_YEAR.format(year=year) in text for text in texts):
        return  # the form does not speak of years, or all of it belongs to another one
    for text in dict.fromkeys(texts):
        years = {int(y) for y in _YEAR.findall(text)}
        if years == {year - 1} and _TASK.search(text) and _GOAL.match(text):
            what = message("goal_of_another_year", goal=text[:50], year=year)
            page = table.pages[0] if table.pages else None
            yield found(NamedRule.YEAR, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)


def _headings_of_other_years(disclosure: Disclosure) -> Iterator[Check]:
    """三、2023年支出预算情况说明 in the budget of 2024; headings that look back on purpose say so."""
    year = disclosure.headline.fiscal_year
    if year is None or disclosure.headline.document_kind != DocumentKind.BUDGET:
        return
    for line in disclosure.body:
        years = {int(y) for y in _YEAR.findall(line.text)}
        if years == {year - 1} and _HEADING.match(line.text) and not _LOOKS_BACK.search(line.text):
            what = message("heading_of_another_year", heading=line.text, year=year)
            yield found(NamedRule.YEAR, CheckStatus.FAILS, what, page=line.page)


def _abbreviates(name: str, body: str) -> bool:
    """Whether all characters of `name` stand in `body` in this order, as those of 省人大办公厅 in
    江苏省人大常委会办公厅."""
    rest = iter(body)
    return all(char in rest for char in name)


def _other_bodies(disclosure: Disclosure) -> Iterator[Check]:
    """A sentence about the budget of a body that the document names nowhere else."""
    body = disclosure.headline.body_name
    if not body:
        return
    cells = "".join(fold(text) for _, text in disclosure.cells())
    everything = "".join(line.text for line in disclosure.lines) + cells
    named = [match for line in disclosure.body for match in _BODY.finditer(line.text)]
    if sum(match["body"] == body for match in named) < ENOUGH_SENTENCES:
        return
    for match in named:
        name = _PART.sub("", match["body"])
        if not (_abbreviates(name, body) or body in name) and everything.count(name) == 1:
            what = message("sentence_of_another_body", words=match[0], other=name, body=body)
            yield found(NamedRule.BODY, CheckStatus.FAILS, what)


def check_names(disclosure: Disclosure) -> Iterator[Check]:
    """`complete-name` for rows and text, `complete-doubled` for text and project names."""
    yield from _rows(disclosure)
    yield from _text(disclosure)
    yield from _doubled(disclosure, required_content().doubled)


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Functional code → its names of all years, comparable."""
    names: dict[str, tuple[str, ...]] = {}
    for line in classification("functional"):
        names[line.code] = (*names.get(line.code, ()), name_key(line.name))
    return names


def _rows(disclosure: Disclosure) -> Iterator[Check]:
    """A row with the code of one class and nearly its name."""
    seen = set()
    for table in disclosure.tables:
        for row in table.rows:
            code = row.codes.get("functional", "")
            label = name_without_code(row.label)
            key = name_key(label)
            known = _names().get(code, ())
            if (
                len(code) < _CLASS_AND_ITEM
                or len(key) < SHORTEST
                or (code, key) in seen
                or not _is_like(key, known, LIKE)
            ):
                continue
            seen.add((code, key))
            page = table.row_pages[row.row_no] if row.row_no < len(table.row_pages) else None
            yield _name(code, label, known, page, (table.table_no,))


def _text(disclosure: Disclosure) -> Iterator[Check]:
    """Words of a sentence that are nearly the name of a class the tables print."""
    printed = {
        code: _names()[code]
        for table in disclosure.tables
        for row in table.rows
        if (code := row.codes.get("functional", "")) in _names() and len(code) == _WHOLE_CODE
    }
    every = {name for names in _names().values() for name in names}
    labels = {name_key(name_without_code(row.label)) for table in disclosure.tables for row in table.rows}
    seen = set()
    for paragraph in paragraphs(disclosure.reading.blocks):
        for words in _WORDS.findall(paragraph.text):
            key = name_key(words)
            if len(key) < SHORTEST_IN_TEXT or key in seen or key in every or key in labels:
                continue
            seen.add(key)
            near = [code for code, names in printed.items() if _is_like(key, names, ALIKE)]
            if len(near) == 1 and not any(name in key or key in name for name in every):
                yield _name(near[0], words, printed[near[0]], paragraph.page)


def _is_like(key: str, names: Sequence[str], share: float) -> bool:
    """Nearly one of the names, and none of them; a row's name cut short by its cell counts, too."""
    if key in names:
        return False
    near = (name for name in names if abs(len(name) - len(key)) <= MAX_LENGTHS_APART)
    pairs = (SequenceMatcher(None, key, name) for name in near)
    if any(pair.quick_ratio() >= share and pair.ratio() >= share for pair in pairs):  # quick is never less
        return True
    return share == LIKE and any(name.startswith(key) for name in names)


def _name(
    code: str, words: str, known: Sequence[str], page: int | None, tables: tuple[int, ...] = ()
) -> Check:
    what = message("name_nearly_right", words=words, code=code, name=known[0])
    return found(NamedRule.NAME, CheckStatus.FAILS, what, tables=tables, page=page)


def _doubled(disclosure: Disclosure, pattern: re.Pattern[str]) -> Iterator[Check]:
    """Words printed twice in a row."""
    places = [(line.text, line.page) for line in disclosure.body]
    places += [(text, table.pages[0] if table.pages else None) for table, text in disclosure.cells()]
    seen = set()
    for text, page in places:
        for match in pattern.finditer(text):
            context = text[max(match.start() - 8, 0) : match.end() + 8]
            if match[0] not in seen:
                seen.add(match[0])
                what = message("words_doubled", words=match[1], context=context)
                yield found(NamedRule.DOUBLED, CheckStatus.FAILS, what, page=page)

"""The table of contents (目录) against the tables, and the numbers of headings and tables.

Invariant: a declared table is absent only where neither its title, nor a table of its type, nor a piece of
text with its name stands behind the contents. Only lines that are headings by themselves are judged; a list
that starts anew starts with one. A gap between tables is not a finding (one may be missing, which the
contents say), a number too low is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from parsers.completeness.disclosure import Disclosure, FoldedLine, entry_text, found
from parsers.tables.layout.titles import is_title, table_type
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check
from parsers.values.table_types import FORMS, NOT_BUDGET, TableType
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import CheckStatus, NamedRule

_SHORTEST, _LONGEST = 5, 50  # characters of the name of a table
_DISTINCT = 6  # characters; a shorter name is part of others
_L = lexicon_of(__name__)
_IS_TABLE = _L.pattern("is_table")
_COLUMN_OF_NAMES = _L.text("column_of_names")
_WHETHER = _L.text("whether")
_YES_NO = _L.words("yes_no")
_YES = _L.text("yes")

_NAME = _L.pattern("name")
_BRACKETS = re.compile(r"\([^()]*\)|[“”\"'‘’《》]")
_SECTION = _L.pattern("section")
MIN_ENTRIES = 4  # declared tables that make a list of tables; fewer are mentions
_TEN = _L.text("ten")
MAX_HEADING = 36
LIKE = 0.6  # of the characters of two headings that are the same one
_PART = _L.pattern("part")
_HEADING = _L.pattern("heading")
_DIGITS = {digit: value for value, digit in enumerate(_L.text("digits"), 1)}
_TABLE_NUMBER = _L.pattern("table_number")
_UNNUMBERED = FORMS | NOT_BUDGET
FEW = 3  # numbered tables that make a series
_GLOSSARY = _L.pattern("glossary")


@dataclass(frozen=True, slots=True)
class Entry:
    """One declared table; `empty` says that the contents announce it as empty, and `reason` why."""

    title: str
    page: int | None = None
    empty: bool | None = None
    reason: str = ""

    @property
    def type(self) -> TableType | None:
        """The table type that the declared title names, if any."""
        return table_type(self.title)


def declared_tables(disclosure: Disclosure) -> list[Entry]:
    """The tables the contents declare, in their order."""
    entries = [
        Entry(title, line.page)
        for line in disclosure.contents
        if (title := _table_title(line.text)) is not None
    ]
    for table in disclosure.tables:
        if table.table_type == TableType.CONTENTS:
            entries.extend(_rows_of_contents(table))
    return list({entry.title: entry for entry in entries}.values())


def check_contents(disclosure: Disclosure) -> Iterator[Check]:
    """`complete-declared` and `complete-title` for every declared table."""
    entries = declared_tables(disclosure)
    if len(entries) < MIN_ENTRIES or not disclosure.has_tables:
        return
    names = {_bare(title) for title in disclosure.titles}
    printed = Counter(table.table_type for table in disclosure.tables)
    wanted = Counter(entry.type for entry in entries)
    for entry in entries:
        if _bare(entry.title) in names or _is_mentioned(entry, names):
            yield found(NamedRule.DECLARED, CheckStatus.HOLDS, message("declared_table", title=entry.title))
            continue
        same = [t for t in disclosure.tables if t.table_type == entry.type and t.title]
        if entry.type not in (None, TableType.OTHER) and printed[entry.type] >= wanted[entry.type]:
            if len(same) == 1 and wanted[entry.type] == 1:
                yield _title_differs(entry, same[0])
        else:
            what = message("declared_table_absent", title=entry.title)
            yield found(NamedRule.DECLARED, CheckStatus.FAILS, what, page=entry.page)


def _table_title(line: str) -> str | None:
    if _SECTION.match(line):
        return None
    text = unnumbered(entry_text(line)).strip(";；。,，:")
    bare = re.sub(r"^\d{1,2}(?=20\d\d)", "", text)
    if not _IS_TABLE.search(bare) or len(bare) > _LONGEST or table_type(bare) is None:
        return None
    return bare


def _rows_of_contents(table: BudgetTable) -> Iterator[Entry]:
    """Entries of a table with the columns 报表 | 报表名称 | 是否空表 | 公开空表理由."""
    for row in (*table.header, *table.grid):
        texts = [fold(text) for text in row]
        title = next(
            (_table_title(text) for text in texts if _table_title(text) and len(text) >= _SHORTEST), None
        )
        if title is None or _COLUMN_OF_NAMES in title or _WHETHER in title:
            continue
        flags = [text for text in texts if text in _YES_NO]
        reason = texts[-1] if flags and texts[-1] not in _YES_NO else ""
        yield Entry(title, empty=flags[0] == _YES if flags else None, reason=reason)


def _bare(title: str) -> str:
    """A title without year, number, level and brackets: what must agree."""
    return _NAME.sub("", _BRACKETS.sub("", fold(title)))


def _is_mentioned(entry: Entry, names: set[str]) -> bool:
    bare = _bare(entry.title)
    long = len(bare) >= _DISTINCT
    return long and any(bare in name or (len(name) >= _DISTINCT and name in bare) for name in names)


def _title_differs(entry: Entry, table: BudgetTable) -> Check:
    what = message("title_differs", declared=entry.title, title=table.title)
    page = table.pages[0] if table.pages else None
    return found(NamedRule.TITLE, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)


def check_headings(disclosure: Disclosure) -> Iterator[Check]:
    """`complete-numbering` of text and tables, `complete-heading` against the contents."""
    for part in _parts(disclosure.body):
        yield from _gaps(part)
    yield from _table_numbers(disclosure.tables)
    yield from _renamed(disclosure)


def _parts(lines: Sequence[FoldedLine]) -> Iterator[list[tuple[int, FoldedLine]]]:
    """The numbered headings of each part (第一部分 …), with their numbers."""
    part: list[tuple[int, FoldedLine]] = []
    glossary = False
    for line in lines:
        if _PART.match(line.text):
            yield part
            part, glossary = [], bool(_GLOSSARY.search(line.text))
        elif not glossary and (number := _number(line.text)):
            part.append((number, line))
            glossary = bool(_GLOSSARY.search(line.text))
    yield part


def _number(text: str) -> int | None:
    """The number of a heading: 十二、… is 12; None for any other line."""
    match = _HEADING.match(text)
    if match is None or len(text) > MAX_HEADING or is_title(text):
        return None
    return _value(match["number"])


def _value(number: str) -> int:
    """十二 or 12 as 12."""
    if number.isdigit():
        return int(number)
    tens, mark, units = number.rpartition(_TEN)
    return (_DIGITS.get(tens, 1) * 10 if mark else 0) + _DIGITS.get(units, 0)


def _gaps(part: Sequence[tuple[int, FoldedLine]]) -> Iterator[Check]:
    """Headings that skip or repeat a number, in a part whose others follow each other."""
    pairs = [(a, b) for a, b in pairwise(part) if b[0] != 1]
    odd = [(above, line) for (a, above), (b, line) in pairs if b != a + 1]
    if len(odd) * 2 >= len(pairs):
        return
    for above, line in odd:
        what = message("heading_out_of_order", heading=line.text, above=above.text)
        yield found(NamedRule.NUMBERING, CheckStatus.FAILS, what, page=line.page)


def _table_numbers(tables: Sequence[BudgetTable]) -> Iterator[Check]:
    """A table numbered lower than its place among the tables, or in another style than they."""
    standard = [table for table in tables if table.table_type not in _UNNUMBERED and table.title]
    numbered = [
        (place, table, match["style"], _value(match["number"]))
        for place, table in enumerate(standard)
        if (match := _TABLE_NUMBER.match(fold(table.printed_no or "")))
    ]
    if len(numbered) < FEW or len({number for *_, number in numbered}) < len(numbered):
        return
    start, _, usual, first = numbered[0]
    for place, table, style, number in numbered[1:]:
        page = table.pages[0] if table.pages else None
        if number < place - start + first:
            what = message(
                "table_numbered_otherwise",
                title=table.title,
                printed=table.printed_no,
                place=place - start + first,
            )
            yield found(NamedRule.NUMBERING, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)
        elif style != usual:
            what = message(
                "table_numbered_in_another_style", printed=table.printed_no, usual=f"{usual}{first}"
            )
            yield found(NamedRule.NUMBERING, CheckStatus.FAILS, what, tables=(table.table_no,), page=page)


def _renamed(disclosure: Disclosure) -> Iterator[Check]:
    """An entry of the contents whose number has a similar, not the same heading in the text."""
    headings = [line for line in disclosure.body if _number(line.text)]
    texts = {_plain(line.text) for line in headings}
    for entry in disclosure.contents:
        words = _plain(entry_text(entry.text))
        if _number(words) is None or words in texts or is_title(words):
            continue
        same = [line for line in headings if _number(line.text) == _number(words)]
        like = [line for line in same if SequenceMatcher(None, words, _plain(line.text)).ratio() >= LIKE]
        if len(like) == 1:
            what = message("heading_differs", declared=words, heading=like[0].text)
            yield found(NamedRule.HEADING, CheckStatus.FAILS, what, page=like[0].page)


def _plain(text: str) -> str:
    return re.sub(r"[“”\"'‘’\s]", "", fold(text))

"""The table of contents (目录) against the tables: declared but absent, or called by another name.

Invariant: a declared table is absent only where neither its title, nor a table of its type, nor a piece of
text with its name stands behind the contents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.completeness.disclosure import Disclosure, entry_text, found
from parsers.tables.layout.titles import table_type
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check
from parsers.values.text import fold, unnumbered
from parsers.values.vocabulary import CheckStatus

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


@dataclass(frozen=True, slots=True)
class Entry:
    """One declared table; `empty` says that the contents announce it as empty, and `reason` why."""

    title: str
    page: int | None = None
    empty: bool | None = None
    reason: str = ""

    @property
    def type(self) -> str | None:
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
        if table.table_type == "contents":
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
            yield found("complete-declared", CheckStatus.HOLDS, message("declared_table", title=entry.title))
            continue
        same = [t for t in disclosure.tables if t.table_type == entry.type and t.title]
        if printed[entry.type or ""] >= wanted[entry.type] and entry.type not in (None, "other"):
            if len(same) == 1 and wanted[entry.type] == 1:
                yield _title_differs(entry, same[0])
        else:
            what = message("declared_table_absent", title=entry.title)
            yield found("complete-declared", CheckStatus.FAILS, what, page=entry.page)


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
    return found("complete-title", CheckStatus.FAILS, what, tables=(table.table_no,), page=page)

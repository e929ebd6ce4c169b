"""Slips in words: names of classes that are nearly, not quite, those of the classification; words set twice.

Invariant: what resembles no name is not a finding (it is something else's name), nor is a name the
classification had in any year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache

from parsers.completeness.disclosure import Disclosure, found
from parsers.completeness.required import required_content
from parsers.prose.paragraph import paragraphs
from parsers.reference.codes import classification, name_key
from parsers.tables.codes import name_without_code
from parsers.values.messages import message
from parsers.values.results import Check
from parsers.values.vocabulary import CheckStatus

_CLASS_AND_ITEM, _WHOLE_CODE = 5, 7  # digits of a functional code (类款, 类款项)
LIKE = 0.75  # of the characters of a row's name, whose code says which it should be
ALIKE = 0.8  # of those of words in the text, where nothing else says so
SHORTEST = 6
SHORTEST_IN_TEXT = 9
MAX_LENGTHS_APART = 2
_WORDS = re.compile(r"[\u4e00-\u9fff]+")


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
    if any(SequenceMatcher(None, key, name).ratio() >= share for name in near):
        return True
    return share == LIKE and any(name.startswith(key) for name in names)


def _name(
    code: str, words: str, known: Sequence[str], page: int | None, tables: tuple[int, ...] = ()
) -> Check:
    what = message("name_nearly_right", words=words, code=code, name=known[0])
    return found("complete-name", CheckStatus.FAILS, what, tables=tables, page=page)


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
                yield found("complete-doubled", CheckStatus.FAILS, what, page=page)

"""Headings and tables: numbered without gaps, and called as in the table of contents.

Invariant: only lines that are headings by themselves are judged; a list that starts anew starts with one. A
gap between tables is not a finding (a table may be missing, which `contents` says), a number too low is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from parsers.completeness.disclosure import Disclosure, FoldedLine, entry_text, found
from parsers.tables.layout.titles import is_title
from parsers.values.lexicon import lexicon_of
from parsers.values.messages import message
from parsers.values.results import BudgetTable, Check
from parsers.values.text import fold
from parsers.values.vocabulary import CheckStatus

_L = lexicon_of(__name__)
_TEN = _L.text("ten")

MAX_HEADING = 36
LIKE = 0.6  # of the characters of two headings that are the same one
_PART = _L.pattern("part")
_HEADING = _L.pattern("heading")
_DIGITS = {digit: value for value, digit in enumerate(_L.text("digits"), 1)}
_TABLE_NUMBER = _L.pattern("table_number")
_UNNUMBERED = frozenset(
    {"project_performance", "unit_performance", "earmarked_performance", "contents", "other"}
)
FEW = 3  # numbered tables that make a series
_GLOSSARY = _L.pattern("glossary")


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
        yield found("complete-numbering", CheckStatus.FAILS, what, page=line.page)


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
            yield found("complete-numbering", CheckStatus.FAILS, what, tables=(table.table_no,), page=page)
        elif style != usual:
            what = message(
                "table_numbered_in_another_style", printed=table.printed_no, usual=f"{usual}{first}"
            )
            yield found("complete-numbering", CheckStatus.FAILS, what, tables=(table.table_no,), page=page)


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
            yield found("complete-heading", CheckStatus.FAILS, what, page=like[0].page)


def _plain(text: str) -> str:
    return re.sub(r"[“”\"'‘’\s]", "", fold(text))

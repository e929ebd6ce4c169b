"""Where the header (表头) of a table ends and its body begins.

Invariant: the header is the rows above the first row that shows evidence of data. A table without any such
row is all header: an empty form.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from parsers.reference.headers import header_terms
from parsers.tables.layout.rows import Row, folded, texts
from parsers.tables.layout.words import is_numbering, is_total_word
from parsers.values.amounts import is_blank, printed_number
from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)

_ORDINAL = _L.pattern("ordinal")
_CODE_WITH_NAME = re.compile(r"^\[?\d{3}(\d{2}){0,2}\]?[-—]?[\u4e00-\u9fff]")
_CODE = re.compile(r"^[12357]\d{2}(\d{2}){0,2}$")
_BROKEN_OFF = re.compile(r"^-?(?:\d{1,3}(?:,\d{3})+|\d{3,})\.$")  # the rest stands on the next page
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?%?$")
_YEAR = re.compile(r"^(19|20)\d{2}$")
MAX_HEADER = 10
COLUMN_NAMES = 3  # texts of a row that names columns; a title beside its unit has two
NEARLY = 0.95  # of a header's characters: the others may have been misread


def header_height(rows: Sequence[Row]) -> int:
    """The number of header rows of a table that begins at `rows[0]`."""
    height = next(
        (
            i
            for i, row in enumerate(rows)
            if _is_data(row, i) or _is_of_a_year(row, rows[:i]) or _is_across(row, rows[:i])
        ),
        min(len(rows), MAX_HEADER),
    )
    return _closed_under_spans(rows, height) if height else 0


def _is_data(row: Row, position: int) -> bool:
    """Evidence of data: an amount, a code, an ordinal label, or a total that stands alone."""
    printed = [fold(text) for text in texts(row)]
    if not printed:
        return position > 0
    if is_numbering(printed):
        return False
    if any(_is_amount(p) or _CODE.match(p) or _CODE_WITH_NAME.match(p) for p in printed):
        return True
    if _ORDINAL.match(printed[0]):
        return True
    words = [p for p in printed if not _NUMBER.match(p) and not is_blank(p)]
    return position > 0 and len(words) == 1 and (is_total_word(words[0]) or _leads(row, words[0]))


def _is_of_a_year(row: Row, above: Sequence[Row]) -> bool:
    """Whether the row's cell below the header of years (年度) is another: 2026年, beside blanks."""
    heads = (
        [(at, slot.cell) for at, slot in enumerate(above[0]) if _is_year_header(slot.text)] if above else []
    )
    return any(row[at].cell is not cell and fold(row[at].own_text) for at, cell in heads)


def _is_across(row: Row, above: Sequence[Row]) -> bool:
    """Whether one cell over the whole width, below a row of column names, opens a part (【101】某局)."""
    whole = row[0].cell is not None and all(slot.cell is row[0].cell for slot in row)
    first = whole and bool(row[0].own_text.strip())
    return first and bool(above) and len(texts(above[-1])) >= COLUMN_NAMES


def _is_year_header(text: str) -> bool:
    return any(line.role == "year" and line.pattern.search(fold(text)) for line in header_terms().roles)


def _leads(row: Row, word: str) -> bool:
    """A label in the first columns with nothing but blanks beside it: a row without amounts."""
    return any(
        slot.anchor and slot.cell and slot.cell.colspan == 1 and fold(slot.text) == word for slot in row[:2]
    )


def _is_amount(compact: str) -> bool:
    if _YEAR.match(compact):
        return False
    if _BROKEN_OFF.match(compact):
        return True
    number = printed_number(compact)
    return number is not None and ("." in compact or "," in compact or number == 0 or len(compact) > 2)


def _closed_under_spans(rows: Sequence[Row], height: int) -> int:
    """A header ends where no cell that starts in it reaches further down (bounded: bad merges exist)."""
    reach = height
    for r in range(min(height, len(rows))):
        for slot in rows[r]:
            if slot.anchor and slot.cell is not None and slot.cell.rowspan <= MAX_HEADER // 2:
                reach = max(reach, r + slot.cell.rowspan)
    return (
        reach if reach <= height + 1 and not any(_has_amount(row) for row in rows[height:reach]) else height
    )


def _has_amount(row: Row) -> bool:
    return any(_is_amount(fold(text)) for text in texts(row))


def repeats(rows: Sequence[Row], header: Sequence[Row], *, recognised: bool = False) -> int:
    """How many leading `rows` repeat the `header`: all of it, its last rows, or its first ones where data
    follows (a word processor repeats only the rows that are marked). Of rows `recognised` in an image a few
    characters may be others, but no digits."""
    want, found = [folded(row) for row in header], [folded(row) for row in rows[: len(header)]]
    same = _nearly_same if recognised else operator.eq
    for start in range(len(want)):
        if same(found[: len(want) - start], want[start:]):
            return len(want) - start
    height = header_height(rows) if want and same(found[:1], want[:1]) else 0
    return height if same(found[:height], want[:height]) else 0


def _nearly_same(found: Sequence[Sequence[str]], want: Sequence[Sequence[str]]) -> bool:
    one, other = ("\n".join(map("|".join, rows)) for rows in (found, want))
    if [char for char in one if char.isdigit()] != [char for char in other if char.isdigit()]:
        return False
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEARLY

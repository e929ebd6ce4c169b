"""The units that a department's document lists as being within its budget (下设预算单位).

Invariant: a name is taken from a list that says what it is a list of, as printed, and only if the list holds
as many names as the text promises; a list that cannot be taken whole is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from parsers.prose.paragraph import Paragraph, paragraphs, plain_text
from parsers.values.document import Block, Grid, Reading, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.results import Headline
from parsers.values.vocabulary import BodyLevel

_L = lexicon_of(__name__)

MIN_NAME, MAX_NAME = 5, 40
_ITEM = _L.pattern("item")
_AMOUNT = re.compile(r"\d\.\d\d")
_SEPARATORS = re.compile(r"[、；，](?![^(（]{0,300}[)）])")
_REMARK = _L.pattern("remark")


def listed_units(reading: Reading, headline: Headline) -> tuple[str, ...]:
    """The names in the order of the list, the department itself left out; empty where there is no such list
    or the document is not a department's."""
    if headline.body_level != BodyLevel.DEPARTMENT:
        return ()
    for lines, table in _parts(reading.blocks):
        text = paragraphs(lines)
        names = _named_in_text(text, lines) or (_named_in_table(table) if table and _announces(text) else [])
        if others := tuple(dict.fromkeys(name for name in names if not _is_itself(name, headline))):
            return others
    return ()


def _parts(blocks: Sequence[Block]) -> Iterator[tuple[list[TextBlock], list[Grid]]]:
    """The text up to each table, and that table with the pieces that go on without a word between."""
    text: list[TextBlock] = []
    table: list[Grid] = []
    for block in blocks:
        if isinstance(block, Grid):
            table.append(block)
        elif block.style != "furniture" and plain_text(block.text).strip(
            "-—0123456789"
        ):  # else a page number
            if table:
                yield text, table
                text, table = [], []
            text.append(block)
    yield text, table


def _named_in_text(text: Sequence[Paragraph], lines: Sequence[TextBlock]) -> list[str]:
    for paragraph in text:
        for introduction in _knowledge().introductions:
            if not (found := introduction.search(paragraph.text)):
                continue
            rest = paragraph.text[found.end() :].partition("。")[0]
            names = [name for name in _SEPARATORS.split(rest) if name] or _items(found[0], lines)
            promised = found.groupdict().get("count")
            if names and all(map(_is_name, names)) and _keeps(promised, len(names)):
                return names
    return []


def _items(introduction: str, lines: Sequence[TextBlock]) -> list[str]:
    """The numbered names, one a line, that follow the line an introduction ends on."""
    texts = [plain_text(line.text) for line in lines]
    ends = (n for n, text in enumerate(texts) if text and introduction.endswith(text[-len(introduction) :]))
    start = next((n for n in ends if _ITEM.match("".join(texts[n + 1 : n + 2]))), len(texts))
    names: list[str] = []
    for text in texts[start + 1 :]:
        found = _ITEM.match(text)
        if not found or not _is_name(found["name"]):
            break
        names.append(found["name"])
    return names


def _announces(text: Sequence[Paragraph]) -> bool:
    """Do the last words before a table say that it lists units?"""
    if not text:
        return False
    last = text[-1]
    words = (*last.headings[-1:], *(paragraph.text for paragraph in text[-2:]))
    return any(_knowledge().tables.search(one) for one in words)


def _named_in_table(table: Sequence[Grid]) -> list[str]:
    first, wanted = table[0], _knowledge().columns
    columns = {cell.col: cell.row for cell in first.cells if cell.row < 2 and plain_text(cell.text) in wanted}
    if len(columns) != 1 or any(_AMOUNT.search(cell.text) for cell in first.cells):
        return []
    ((column, header_row),) = columns.items()
    names = [
        _REMARK.sub("", plain_text(cell.text))
        for number, grid in enumerate(table)
        if grid.n_cols == first.n_cols
        for cell in grid.cells
        if cell.col == column and (number or cell.row > header_row) and plain_text(cell.text)
    ]
    return names if all(map(_is_name, names)) else []


def _is_name(text: str) -> bool:
    if _knowledge().itself.search(text):
        return True
    bare = re.sub(r"[(（][^)）]*[)）]", "", text)
    return MIN_NAME <= len(text) <= MAX_NAME and "X" not in text and bare.endswith(_endings())


def _keeps(promised: str | None, found: int) -> bool:
    """A promise may or may not count the department itself."""
    return promised is None or int(promised) in (found, found - 1)


def _is_itself(name: str, headline: Headline) -> bool:
    return name == plain_text(headline.body_name or "") or bool(_knowledge().itself.search(name))


class _UnitLists(Knowledge):
    """`unit_lists.yaml`; `endings` are parted by blanks."""

    introductions: tuple[re.Pattern[str], ...]
    tables: re.Pattern[str]
    columns: frozenset[str]
    itself: re.Pattern[str]
    endings: str


def _knowledge() -> _UnitLists:
    return knowledge("parsers.reference", "unit_lists.yaml", _UnitLists)


@cache
def _endings() -> tuple[str, ...]:
    return tuple(_knowledge().endings.split())

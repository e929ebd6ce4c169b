"""What a document prints and no value of the dataset holds: money-like tokens that were not read.

Invariant: every money-like token of a page with a table is held by a fact, stands in a column that prints no
money, in a sentence or on a performance form, or is listed here, and so is every cell that is a fact without
an amount. Nothing is guessed about its meaning.

A token is money-like by its form alone: `1,234`, `12.50`, `(3.00)`, `1,000.00*`, `####`; a bare integer is
not, because codes, counts and years look the same. It must stand alone in its cell or line: figures of
sentences have their unit behind them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from parsers.reference.headers import header_terms
from parsers.tables.counts import unit_of_row
from parsers.values.document import Grid, Reading, TextBlock
from parsers.values.lexicon import lexicon_of
from parsers.values.results import BudgetTable
from parsers.values.table_types import ITEM_TABLES, WITHOUT_FACTS
from parsers.values.text import fold, one_line

_L = lexicon_of(__name__)

_TOKEN = re.compile(
    r"[(（\-−–△▲]?[¥￥]?(?:\d{1,3}(?:[,，]\d{3})+(?:[.．]\d+)?|\d+[.．]\d{2,})[)）]?[*＊①-⑳]{0,2}|[#＃]{3,}"
)
_UNIT_NEXT = _L.pattern("unit_next")
_SENTENCE = re.compile(r"[，。；：]|[\u4e00-\u9fff]{16}")
_MONEY_ROLES = frozenset({"money"})


@dataclass(frozen=True, slots=True)
class Coverage:
    """Unread tokens as printed: in each table by its number, and beside the tables of each page (None where
    the format has no pages)."""

    tables: dict[int, tuple[str, ...]] = field(default_factory=dict)
    pages: dict[int | None, tuple[str, ...]] = field(default_factory=dict)

    def of(self, table: BudgetTable) -> tuple[str, ...]:
        """The tokens that stand unread in a table or beside it on its pages."""
        pages = table.pages or (None,)
        beside = (token for page in pages for token in self.pages.get(page, ()))
        return (*self.tables.get(table.table_no, ()), *beside)

    @property
    def count(self) -> int:
        """All unread tokens of the document, each once."""
        return sum(map(len, (*self.tables.values(), *self.pages.values())))


def coverage(reading: Reading, tables: Sequence[BudgetTable]) -> Coverage:
    """The unread tokens of the pages that hold a table of money."""
    inside = {table.table_no: tuple(_in_table(table)) for table in tables}
    printed = {page for table in tables if _prints_money(table) for page in table.pages or (None,)}
    beside: defaultdict[int | None, list[str]] = defaultdict(list)
    for block in reading.blocks:
        if isinstance(block, TextBlock) and block.page in printed and block.style == "paragraph":
            for line in block.text.split("\n"):
                beside[block.page].extend(tokens_of_line(line))
    for page, lost in _lost_cells(reading, tables).items():
        if page in printed:
            beside[page].extend(lost)
    return Coverage(
        {number: tokens for number, tokens in inside.items() if tokens},
        {page: tuple(tokens) for page, tokens in beside.items() if tokens},
    )


@lru_cache(maxsize=32_768)  # a cell is looked at in its grid and in its table
def tokens(text: str) -> tuple[str, ...]:
    """The money-like tokens of a cell that holds nothing else; none for a cell of words."""
    parts = tuple(text.split())
    return parts if all(map(_TOKEN.fullmatch, parts)) else ()


def tokens_of_line(line: str) -> Iterator[str]:
    """The money-like tokens of a line that reads like a row of a table, and not like a sentence."""
    if _SENTENCE.search(line):
        return
    parts = line.split()
    for part, after in zip(parts, (*parts[1:], ""), strict=True):
        if _TOKEN.fullmatch(part) and not _UNIT_NEXT.match(after):
            yield part


def _prints_money(table: BudgetTable) -> bool:
    return table.table_type not in WITHOUT_FACTS


def _in_table(table: BudgetTable) -> Iterator[str]:
    """Tokens of the body (and of what was taken for its header) that are not facts, in columns of money or of
    no known role, but not in rows of counts."""
    if not _prints_money(table):
        return
    yield from (fact.amount_text for fact in table.facts if fact.is_unread)
    facts = {(fact.row_no, fact.col_no) for fact in table.facts}
    filled = {fact.col_no for fact in table.facts}
    silent = {column for column in range(_width(table)) if _prints_something_else(table, column)} - filled
    items = table.rows if table.table_type in ITEM_TABLES else ()
    counts = {row.row_no for row in items if unit_of_row(row.label).is_count}
    for row_no, row in enumerate(table.grid):
        for column, text in enumerate(row if row_no not in counts else ()):
            if text and (row_no, column) not in facts and column not in silent:
                yield from tokens(text)
    for row in table.header:
        for column, text in enumerate(row):
            if text and (column == 0 or text != row[column - 1]):
                yield from tokens(text)


def _width(table: BudgetTable) -> int:
    return max((len(row) for row in (*table.header, *table.grid)), default=0)


def _prints_something_else(table: BudgetTable, column: int) -> bool:
    """Whether the column's header names something that is not money: a rate, a count, a code, a remark."""
    for row in reversed(table.header):
        compact = fold(row[column]) if column < len(row) else ""
        for line in header_terms().roles if compact else ():
            if line.pattern.search(compact):
                return line.role not in _MONEY_ROLES
    return False


def _lost_cells(reading: Reading, tables: Sequence[BudgetTable]) -> dict[int | None, list[str]]:
    """Tokens of grids that came into no table, by page. Counted over the document, because a row broken by a
    page's end belongs to the page where it began."""
    kept: Counter[str] = Counter()
    for table in tables:
        for row in (*table.header, *table.grid):
            for text in row:
                kept.update(tokens(text))
    lost: defaultdict[int | None, list[str]] = defaultdict(list)
    for block in reading.blocks:
        if isinstance(block, Grid) and not block.hidden:
            for token in (token for cell in block.cells for token in tokens(one_line(cell.text))):
                if kept[token]:
                    kept[token] -= 1
                else:
                    lost[block.page].append(token)
    return lost

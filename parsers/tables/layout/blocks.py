"""Blocks: the runs of label and code columns with the amount columns they describe.

Invariant: every money column is in exactly one block, and a block's labels stand left of its amounts.

Summary tables print revenue and expenditure side by side, final accounts print the economic classes in two
or three runs of 科目编码 | 科目名称 | 决算数: each run is a block with labels and codes of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.tables.layout.columns import LABEL_RANK, PARTS, Column
from parsers.tables.layout.rows import Row
from parsers.tables.layout.words import broken_total, is_total_word
from parsers.values.text import fold, one_line

# Columns that can open a new block right of amounts; remarks, types and bodies merely accompany one.
_OPENERS = frozenset(
    {"project_name", "economic_name", "functional_name", "item", "gov_economic_name", "code", *PARTS}
)
# Columns whose words may name a row for want of others.
_UNNAMED = frozenset({"text", "blank", "remark", "project_code", "code"})
_LEADER = ".．·•‥・_…"  # what dots that lead from a label to its amount are made of


@dataclass(frozen=True, slots=True)
class ColumnBlock:
    """`keys` are the columns that describe a row (labels, codes and the like), `money` its amounts."""

    keys: tuple[Column, ...]
    money: tuple[Column, ...]

    def row_label(self, row: Row) -> str:
        """The best filled label: by rank of the column, then the rightmost; else the nearest total's word
        (合计 is often merged over the code columns); "" where the row has no words."""
        if whole := broken_total([one_line(row[column.index].own_text) for column in self.keys]):
            return whole
        labels = [column for column in self.keys if column.role in LABEL_RANK]
        ranked = sorted(labels, key=lambda column: (LABEL_RANK.index(column.role), -column.index))
        filled = [text for column in ranked if (text := _words_of(row[column.index].text))]
        words = [text for text in filled if not fold(text).isdigit()]
        if words and not is_total_word(words[0]) and self._names(row, words[0]):
            return words[0]
        totals = (one_line(row[column.index].text) for column in reversed(self.keys))
        return next(filter(is_total_word, totals), "") or next(iter(words or filled), "") or self._text(row)

    def _text(self, row: Row) -> str:
        """The words of a column whose header names nothing we know (采购类别: A-货物)."""
        texts = (one_line(row[column.index].text) for column in self.keys if column.role in _UNNAMED)
        return next((text for text in texts if any("\u4e00" <= ch <= "\u9fff" for ch in text)), "")

    def _names(self, row: Row, text: str) -> bool:
        """Whether `text` stands in a column that names rows in its own right, not in the second
        classification's names, which a total's word may share."""
        return any(
            _words_of(row[c.index].text) == text
            for c in self.keys
            if c.role in LABEL_RANK and c.role != "gov_economic_name"
        )


def _words_of(text: str) -> str:
    """A label on one line, without the dots that lead from it to its amount."""
    line = one_line(text)
    bare = line.rstrip(_LEADER + " ")
    dots = line[len(bare) :].replace(" ", "")
    return bare if len(dots) >= 3 or "…" in dots else line


def column_blocks(columns: Sequence[Column]) -> tuple[ColumnBlock, ...]:
    """The blocks of a table from left to right."""
    blocks: list[ColumnBlock] = []
    keys: list[Column] = []
    money: list[Column] = []
    waiting: list[Column] = []
    for column in columns:
        if column.role == "money":
            if money and any(c.role in _OPENERS for c in waiting):
                blocks.append(ColumnBlock(tuple(keys), tuple(money)))
                keys, money = [], []
            keys.extend(waiting)
            waiting = []
            money.append(column)
        else:
            waiting.append(column)
    if money:
        blocks.append(ColumnBlock(tuple(keys), tuple(money)))
    return tuple(blocks)

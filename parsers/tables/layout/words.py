"""Words that say what a row of a table is: a total, the numbering of the columns.

Invariant: judged by the words alone, never by where the row stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold

_L = lexicon_of(__name__)
_OF_WHICH = _L.text("of_which")

_TOTAL = _L.pattern("total")
_BROKEN = frozenset(_L.words("broken"))
_NUMBER = _L.pattern("number")
_NUMBERING_WORDS = frozenset(_L.words("numbering_words"))


def is_total_word(text: str) -> bool:
    """合计, 总计, 收入总计, 本年支出合计, 部门合计 …: labels of rows that sum others."""
    return bool(_TOTAL.fullmatch(fold(text).strip(":()")))


def broken_total(pieces: Sequence[str]) -> str | None:
    """小计, 合计 or 总计 where cells of a row hold its characters one by one (小 | 计); else None."""
    single = [word for piece in pieces if len(word := fold(piece).strip(":")) == 1 and not word.isascii()]
    whole = "".join(single)
    return whole if whole in _BROKEN else None


def is_numbering(printed: Sequence[str]) -> bool:
    """The row of column numbers, its texts folded: `1 2 3`, `栏次 1 2 3`, `1 2=3+4`, `A B 1`, `** ** 1 2`."""
    marks = [mark for mark in printed if mark not in _NUMBERING_WORDS]
    if len(printed) < 2 or not marks or not all(_NUMBER.fullmatch(mark) for mark in marks):
        return False
    digits = [int(mark) for mark in marks if mark.isdigit()]
    return digits == sorted(digits)


def is_part(text: str) -> bool:
    """其中：…, a part of what stands above or beside it."""
    return fold(text).startswith(_OF_WHICH)

"""Table titles to `table_type`, by the table of knowledge `reference/table_titles.yaml`.

Invariant: a line is a title only when it reads like one; a sentence about a table is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from parsers.reference.headers import TitleRule, title_rules
from parsers.values.lexicon import lexicon_of
from parsers.values.table_types import TableType
from parsers.values.text import fold

_L = lexicon_of(__name__)

# Words that make a line speak about a table instead of naming it.
_SENTENCE = _L.pattern("sentence")
_ENDS_LIKE_TITLE = _L.pattern("ends_like_title")
_PRINTED_NO = _L.pattern("printed_no")
_BRACKETED_NO = _L.pattern("bracketed_no")
_UNIT_BESIDE = _L.pattern("unit_beside")
_CONTINUED = _L.pattern("continued")
# How the first line of a title ends that goes on in the next.
_BEGUN = _L.pattern("begun")
_DOTS = re.compile(r"[.…·]{4,}|\.{3,}\d+$")
MAX_TITLE = 60


@cache
def table_type(title: str) -> TableType | None:
    """The table type a title names, or None. Width, white space and quotes in the title do not matter."""
    compact = fold(title).replace('"', "").replace("“", "").replace("”", "")
    return next((rule.table_type for rule in title_rules() if _fits(rule, compact)), None)


def _fits(rule: TitleRule, compact: str) -> bool:
    return (
        all(word in compact for word in rule.all)
        and (not rule.any or any(word in compact for word in rule.any))
        and not any(word in compact for word in rule.none)
    )


def is_title(line: str) -> bool:
    """Whether a line outside the data reads like the title of a budget table or of a contents table."""
    compact = _UNIT_BESIDE.sub("", fold(line))
    if not 2 <= len(compact) <= MAX_TITLE or _SENTENCE.search(compact) or _DOTS.search(compact):
        return False
    return bool(_ENDS_LIKE_TITLE.search(compact)) and table_type(line) is not None


def whole_title(before: str, line: str) -> str:
    """A title with the line before it where it begins there and names another table as a whole:
    `2026年一般公共预算“三公”经费` / `支出预算表` is not a 支出预算表."""
    begun = fold(before)
    if not _BEGUN.search(begun) or _PRINTED_NO.fullmatch(begun) or not is_title(before + line):
        return line
    return before + line if table_type(before + line) != table_type(line) else line


def same_title(one: str, other: str) -> bool:
    """Whether two printed titles name one table: `支出总表` and its continuation `支出总表（续）`."""
    return _CONTINUED.sub("", fold(one)) == _CONTINUED.sub("", fold(other))


def printed_no(texts: Iterable[str]) -> str | None:
    """The number a document prints for a table: 表6, 公开02表, 预算表3, (预算表1)."""
    for text in texts:
        compact = fold(text)
        match = _PRINTED_NO.match(compact) or _BRACKETED_NO.search(compact)
        if match:
            return match["no"]
    return None


@dataclass(frozen=True, slots=True)
class TitleReader:
    """How the titles of one sort of publisher are recognised: in lines above a table (`is_title`), in rows
    that stand alone in a grid (`in_grid`), and what type they name; `whole` puts the line above before
    a title that begins there."""

    is_title: Callable[[str], bool]
    in_grid: Callable[[str], bool]
    table_type: Callable[[str], TableType | None]
    whole: Callable[[str, str], str]


DEPARTMENT = TitleReader(is_title, is_title, table_type, whole_title)

"""Titles of a government's tables: which lines are titles, and what type, account and scope they name.

Invariant: a sentence about a table is not a title, and a row of a table is one only where it says 表 or 草案.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from parsers.government.names.vocabulary import arabic, years_in
from parsers.tables.layout.titles import TitleReader
from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.table_types import TableType
from parsers.values.text import fold

_L = lexicon_of(__name__)
_REPORT = _L.words("report")
MIN_TITLE, MIN_IN_BODY = 5, 7  # characters; a title within the text must say more
MAX_TITLE = 60
_QUOTES = str.maketrans("", "", '"“”‘’')
_NUMBERED = _L.pattern("numbered")
_NUMBER_AND_YEAR = _L.pattern("number_and_year")
_GOES_ON = _L.pattern("goes_on")  # 债券发行及还本 / 付息情况表
_ACCOUNT_NAME = _L.pattern("account_name")
_UNIT = _L.pattern("unit")


def compact_title(title: str) -> str:
    """The comparable form of a title: folded, years in digits, without quotes and a unit beside it."""
    apart = _NUMBER_AND_YEAR.sub(r"\1-", title)  # 表1 2025年 is not a year 12025
    return _UNIT.sub("", arabic(fold(apart)).translate(_QUOTES))


@cache
def table_type(title: str) -> TableType | None:
    """The type a title names, or None."""
    compact = compact_title(title)
    return next((one.type for one in _knowledge().types if one.pattern.search(compact)), None)


def is_title(line: str) -> bool:
    """Whether a line above a table reads like its title."""
    compact = compact_title(line)
    bare = _NUMBERED.sub("", compact)
    if not MIN_TITLE <= len(bare) <= MAX_TITLE or _knowledge().no_title.search(bare):
        return False
    if _knowledge().bare_end.search(compact) and not _knowledge().bare_needs.search(compact):
        return False  # 地方农网还贷资金支出: a row that is printed alone
    return bool(_knowledge().ends.search(compact)) and table_type(line) is not None


def in_grid(line: str) -> bool:
    """Whether a row that prints this alone is the title of a table below it, not a row of the table."""
    compact = compact_title(line)
    return is_title(line) and bool(_knowledge().in_body.search(compact)) and len(compact) >= MIN_IN_BODY


def whole_title(above: str, line: str) -> str:
    """A title with the line above it where it begins there: with a year, or an account the line lacks."""
    first, second = compact_title(above), compact_title(line)
    if not MIN_TITLE <= len(first) <= MAX_TITLE or _knowledge().no_title.search(_NUMBERED.sub("", first)):
        return line
    if (
        first.endswith(_REPORT)
        or is_title(above)
        or _UNIT.search(fold(above))
        or years_in(second)
        or _knowledge().ends.search(first)
    ):
        return line
    begins = bool(years_in(first)) or (fund_of(first) is not None and fund_of(second) is None)
    goes_on = _GOES_ON.search(first) and table_type(above + line) not in (None, table_type(line))
    return above + line if begins or goes_on else line


@lru_cache(maxsize=8_192)
def fund_of(title: str) -> str | None:
    """The account a title names."""
    compact = compact_title(title)
    return next((one.fund for one in _knowledge().funds if one.pattern.search(compact)), None)


def without_account(words: str) -> str:
    """Words without the names of accounts: 一般公共预算收入 names no budget."""
    return _ACCOUNT_NAME.sub("", words)


@cache
def scope_of(text: str) -> str | None:
    """The scope (whole, own) that the words of a title or header name."""
    compact = compact_title(text)
    return next((one.scope for one in _knowledge().scopes if one.pattern.search(compact)), None)


GOVERNMENT = TitleReader(is_title, in_grid, table_type, whole_title)


class _TypeOf(Knowledge):
    type: TableType
    pattern: re.Pattern[str]


class _FundOf(Knowledge):
    fund: str
    pattern: re.Pattern[str]


class _ScopeOf(Knowledge):
    scope: str | None
    pattern: re.Pattern[str]


class _Knowledge(Knowledge):
    """`government_titles.yaml`."""

    types: tuple[_TypeOf, ...]
    ends: re.Pattern[str]
    bare_end: re.Pattern[str]
    bare_needs: re.Pattern[str]
    in_body: re.Pattern[str]
    no_title: re.Pattern[str]
    funds: tuple[_FundOf, ...]
    scopes: tuple[_ScopeOf, ...]


def _knowledge() -> _Knowledge:
    return knowledge("parsers.reference", "government_titles.yaml", _Knowledge)

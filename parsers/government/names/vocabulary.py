"""The words of headers and rows of governments' tables (`reference/government_terms.yaml`), typed; years.

Invariant: a malformed data file fails at load; a lookup returns the first entry that fits, or None. A year is
2025年, 二○二五年 or 2025年度; the day a report was given (2026年1月20日) is not a budget year.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BeforeValidator

from parsers.values.lexicon import lexicon_of
from parsers.values.load import Knowledge, knowledge
from parsers.values.vocabulary import DocumentKind

_L = lexicon_of(__name__)
_OF_BUDGETS = _L.pattern("of_budgets")
_ACCOUNTS = _L.text("accounts")
_CHINESE = dict(zip(_L.text("chinese"), "0000000123456789", strict=True))
_IN_WORDS = _L.pattern("in_words")
_DATE = _L.pattern("date")
_YEAR = _L.pattern("year")
_OPENING = _L.pattern("opening")


def _pair(entry: object) -> object:
    """An entry `{role: amount, pattern: …}` says in its first key what its value is."""
    if isinstance(entry, Mapping) and len(entry) == 2 and "pattern" in entry:
        return next(value for key, value in entry.items() if key != "pattern"), entry["pattern"]
    return entry


Choices = tuple[Annotated[tuple[str, re.Pattern[str]], BeforeValidator(_pair)], ...]


class NamedSum(Knowledge):
    """A sum with the name of its account, `fund` None where any account has it."""

    subject: str
    fund: str | None = None
    pattern: re.Pattern[str]


class Debt(Knowledge):
    """What is measured of debt (限额, 余额), of which kind, and in which bonds."""

    measures: Choices
    kinds: Choices
    bonds: Choices


class RowScopes(Knowledge):
    """Rows of the whole territory, of the government's own level, and of what is below."""

    whole: re.Pattern[str]
    own: re.Pattern[str]
    below: re.Pattern[str]


class Terms(Knowledge):
    """The file, section by section."""

    roles: Choices
    stages: Choices
    changes: re.Pattern[str]
    counted: re.Pattern[str]
    adjustments: re.Pattern[str]
    adjusted: re.Pattern[str]
    rates: re.Pattern[str]
    row_changes: re.Pattern[str]
    no_money: re.Pattern[str]
    sides: Choices
    flows: dict[str, Choices]
    subjects: tuple[NamedSum, ...]
    debt: Debt
    social: Choices
    rows: RowScopes


def first(choices: Choices, text: str) -> str | None:
    """The value of the first pattern that is found in `text`."""
    return next((value for value, pattern in choices if pattern.search(text)), None)


def terms() -> Terms:
    """The file, read once."""
    return knowledge("parsers.reference", "government_terms.yaml", Terms)


def arabic(text: str) -> str:
    """`二○二五年` as `2025年`."""
    return _IN_WORDS.sub(lambda match: "".join(_CHINESE.get(ch, "2") for ch in match[0]), text)


def years_in(line: str) -> list[int]:
    """The budget years a folded line names, in printed order, days left out; 2026年初余额 is of 2025."""
    of_end = _OPENING.sub(lambda match: f"{int(match[1]) - 1}{match[2]}", arabic(line))
    return [int(year) for year in _YEAR.findall(_DATE.sub("", of_end))]


def fiscal_year(lines: Iterable[str], titles: Iterable[str], kind: DocumentKind | None) -> int | None:
    """The year of a document: of 2025年预算执行情况和2026年预算草案 the one the draft is for. The first line
    of the cover that names years and budgets decides, then the year most titles of tables name."""
    for line in lines:
        years = years_in(line)
        if years and _OF_BUDGETS.search(line):
            if kind == DocumentKind.BUDGET:
                return max(years)
            of_accounts = years_in(arabic(line).partition(_ACCOUNTS)[0])  # 2024年1-6月执行情况和2023年决算
            return of_accounts[-1] if kind == DocumentKind.ACCOUNTS and of_accounts else years[0]
    counts = Counter(year for title in titles for year in years_in(title))
    return max(counts, key=lambda year: (counts[year], year)) if counts else None

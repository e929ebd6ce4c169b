"""Years in Chinese budget titles: 2025年, 二○二五年, 2025年度.

Invariant: the day a report was given (2026年1月20日) is not a budget year.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from parsers.values.vocabulary import DocumentKind

_CHINESE = dict(zip("○〇零OＯo0一二三四五六七八九", "0000000123456789", strict=True))
_IN_WORDS = re.compile(r"二[○〇零OＯo0][○〇零OＯo0一二三四五六七八九]{2}(?=年)")
_DATE = re.compile(r"20\d\d年\d{1,2}月(?:\d{0,2}日)?(?!止|末|底)|20\d\d[-./]\d{1,2}[-./]\d{1,2}")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?=年)")


def arabic(text: str) -> str:
    """`二○二五年` as `2025年`."""
    return _IN_WORDS.sub(lambda match: "".join(_CHINESE.get(ch, "2") for ch in match[0]), text)


def years_in(line: str) -> list[int]:
    """The budget years a folded line names, in printed order, days left out."""
    return [int(year) for year in _YEAR.findall(_DATE.sub("", arabic(line)))]


def fiscal_year(lines: Iterable[str], titles: Iterable[str], kind: DocumentKind | None) -> int | None:
    """The year of a document: of 2025年预算执行情况和2026年预算草案 the one the draft is for. The first line
    of the cover that names years and budgets decides, then the year most titles of tables name."""
    for line in lines:
        years = years_in(line)
        if years and re.search(r"预算|决算|债务|执行|公开|财政", line):
            if kind == DocumentKind.BUDGET:
                return max(years)
            of_accounts = years_in(arabic(line).partition("决算")[0])  # 2024年1-6月执行情况和2023年决算
            return of_accounts[-1] if kind == DocumentKind.ACCOUNTS and of_accounts else years[0]
    counts = Counter(year for title in titles for year in years_in(title))
    return max(counts, key=lambda year: (counts[year], year)) if counts else None

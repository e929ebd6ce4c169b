"""Dates as pages print them.

Invariant: a date comes from digits that are there; an impossible one (month 13, a year before the budget was
ever published or after next year) is no date.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

FIRST_YEAR = 2000
_DATE = re.compile(
    r"(?<!\d)(20\d{2})\s*(?:[-/.．年]|－)\s*(\d{1,2})\s*(?:[-/.．月]|－)\s*(\d{1,2})(?!\d)\s*日?"
    r"|(?<!\d)(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"
)
# t20260212_123.html (TRS), /2026/2/5/art_… (Hanweb), /202602/11/<uuid>.html (Hebei), /2026-01/21/ …
_IN_URL = (
    re.compile(r"/t(20\d{2})(\d{2})(\d{2})_\d+\.\w+$"),
    re.compile(r"/(20\d{2})[-/](\d{1,2})[-/](\d{1,2})/"),
    re.compile(r"/(20\d{2})(\d{2})/(\d{2})/"),
    re.compile(r"/(20\d{2})(\d{2})(\d{2})/"),
)


def _date(parts: tuple[str | None, ...]) -> date | None:
    year, month, day = (int(part) for part in parts if part)
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= date.today().year + 1 else None
    except ValueError:
        return None


def first_date(text: str | None) -> date | None:
    """The first date in a text: 2026-03-02 09:36, 2026-2-9, 2026年03月02日, 2026/03/02, 20260302."""
    for match in _DATE.finditer(text or ""):
        if found := _date(match.groups()):
            return found
    return None


def url_date(url: str) -> date | None:
    """The day of publication an address carries, or None; a month alone is no day."""
    path = urlsplit(url).path
    for form in _IN_URL:
        if (match := form.search(path)) and (found := _date(match.groups())):
            return found
    return None

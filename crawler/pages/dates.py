"""Dates as pages print them.

Invariant: a date comes from digits that are there; an impossible one (month 13, a year before the budget was
ever published or after next year) is not a date.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from parsers.values.lexicon import lexicon_of

_L = lexicon_of(__name__)
_TEN = _L.text("ten")
_ZEROS = _L.text("zeros")
_FIRST = _L.text("first")
_DIGITS = _L.text("digits")

FIRST_YEAR = 2000
_DATE = _L.pattern("date")
_IN_CHINESE = _L.pattern("in_chinese")
_LEAF = _L.pattern("leaf")
# t20260212_123.html (TRS), /2026/2/5/art_… (Hanweb), /202602/11/<uuid>.html (Hebei), /2026-01/21/ …
_IN_URL = (
    re.compile(r"/t(20\d{2})(\d{2})(\d{2})_\d+\.\w+$"),
    re.compile(r"/(20\d{2})[-/](\d{1,2})[-/](\d{1,2})/"),
    re.compile(r"/(20\d{2})(\d{2})/(\d{2})/"),
    re.compile(r"/(20\d{2})(\d{2})(\d{2})/"),
)
# What programs write: 20260302093600, 1772426594460 (seconds or milliseconds), Mon Mar 02 09:36:00 CST 2026.
_STAMP = re.compile(r"\s*(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{4}(?:\d{2}){0,2}\s*")
_EPOCH = re.compile(r"\s*(1\d{9})(?:\d{3})?\s*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\.?\s+(\d{{1,2}})\b.*?\b(20\d{{2}})\b", re.IGNORECASE)
_LONGEST_FIELD = 200
_CHINA = timedelta(hours=8)


def _date(parts: tuple[str | None, ...]) -> date | None:
    year, month, day = (int(part) for part in parts if part)
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= date.today().year + 1 else None
    except ValueError:
        return None


def first_date(text: str | None) -> date | None:
    """The first date in a text: 2026-03-02 09:36, 2026-2-9, 2026年03月02日, 2026/03/02, 20260302, else one in
    words, 二〇二六年三月二日."""
    for match in _DATE.finditer(text or ""):
        if found := _date(match.groups()):
            return found
    in_chinese = _IN_CHINESE.search(text or "")
    return _date(tuple(map(_number, in_chinese.groups()))) if in_chinese else None


def day_before_month(text: str) -> date | None:
    """The date of a calendar leaf, as lists draw it beside a title: `12 2026-02`, `12 2026年2月`."""
    match = _LEAF.search(text)
    return _date((match[2], match[3], match[1])) if match else None


def _number(text: str) -> str:
    """Digits for a Chinese number below a hundred (二十一), or a year read digit by digit (二〇二六)."""
    digits = {sign: str(value) for value, sign in enumerate(_DIGITS)}
    digits |= dict.fromkeys(_ZEROS, "0") | {_FIRST: "1"}
    if _TEN not in text:
        return "".join(digits[sign] for sign in text)
    tens, _, ones = text.partition(_TEN)
    return (digits[tens] if tens else "1") + (digits[ones] if ones else "0")


def recorded_date(text: str | None) -> date | None:
    """The date of a field that programs fill (metadata, JSON): printed, stamped, or counted from 1970."""
    text = (text or "")[:_LONGEST_FIELD]
    if match := _STAMP.fullmatch(text):
        return _date(match.groups())
    if match := _EPOCH.fullmatch(text):
        moment = datetime.fromtimestamp(int(match[1]), UTC) + _CHINA
        return _date((str(moment.year), str(moment.month), str(moment.day)))
    if found := first_date(text):
        return found
    if match := _ENGLISH.search(text):
        return _date((match[3], str(_MONTHS.index(match[1].lower()[:3]) + 1), match[2]))
    return None


def url_date(url: str) -> date | None:
    """The day of publication an address carries, or None; a month alone does not give a day."""
    path = urlsplit(url).path
    for form in _IN_URL:
        if (match := form.search(path)) and (found := _date(match.groups())):
            return found
    return None

"""The day a budget or accounts were approved, from the page that publishes the decision (决议).

Invariant: a day is taken only from a sentence that says who approved on that day; a page about a meeting is
not a decision, and a date of publication is not a date of approval.

The acts are those of 预算法 (2018): the congress (人民代表大会) approves the budget, 第四十三条; its standing
committee (人大常委会) approves the accounts, 第七十七条, and adjustments, 第六十九条.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from parsers.values.text import fold
from parsers.values.vocabulary import Act

_DECISION = re.compile(
    r"(?:人民代表大会|人大).{0,60}(?:决议|决定|批准)|批准.{0,40}(?:预算|决算).{0,30}(?:决议|决定)"
)
_STANDING = re.compile(r"常务委员会|常委会")
_ADOPTED = re.compile(
    r"(?P<year>20\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"(?P<who>[^。;)]{0,60}?(?:人民代表大会|人大)[^。;)]{0,60}?)(?:表决)?(?:通过|批准)"
)
_BUDGET = re.compile(r"(20\d\d)年[^年,。]{0,24}?预算(?!执行|调整)")
_ACCOUNTS = re.compile(r"(20\d\d)年[^年,。]{0,24}?决算")
_ADJUSTMENT = re.compile(
    r"(20\d\d)年[^年。]{0,24}?预算(?:的)?(?:调整|变更)|(20\d\d)年.{0,12}?调整.{0,12}?预算"
)


@dataclass(frozen=True, slots=True)
class Approval:
    """An act (a key of `triggers` in the statutes), the budget year it is about, and its day in China."""

    act: Act
    fiscal_year: int
    day: date


def is_decision(title: str) -> bool:
    """Does a title announce a decision of a congress or its standing committee?"""
    return bool(_DECISION.search(fold(title)))


def approval(title: str, text: str) -> Approval | None:
    """What a page with this title and text approves; None if it is not a decision, or does not say its
    day."""
    if not is_decision(title):
        return None
    heading = fold(title)
    adopted = _ADOPTED.search(fold(text))
    found = _subject(heading, bool(_STANDING.search(heading)))
    if not adopted or not found:
        return None
    act, fiscal_year = found
    if bool(_STANDING.search(adopted["who"])) == (act == Act.CONGRESS):
        return None  # the sentence is about another assembly's act
    try:
        day = date(int(adopted["year"]), int(adopted["month"]), int(adopted["day"]))
    except ValueError:
        return None
    return Approval(act, fiscal_year, day) if abs(day.year - fiscal_year) <= 1 else None


def _subject(heading: str, by_committee: bool) -> tuple[Act, int] | None:
    """What is approved. Congresses review last year's budget and approve this year's: the later one
    counts."""
    if by_committee and (adjusted := _ADJUSTMENT.search(heading)):
        return Act.ADJUSTMENT, int(adjusted[1] or adjusted[2])
    if by_committee and (closed := _ACCOUNTS.findall(heading)):
        return Act.STANDING_COMMITTEE, int(closed[-1])
    if not by_committee and (planned := _BUDGET.findall(heading)):
        return Act.CONGRESS, max(map(int, planned))
    return None

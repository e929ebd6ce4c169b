"""The day a budget or accounts were approved, from the page that publishes the decision (决议).

Invariant: a day is taken only from a sentence that says who approved on that day; a page about a meeting is
not a decision, and a date of publication is not a date of approval.

The acts are those of 预算法 (2018): the congress (人民代表大会) approves the budget, 第四十三条; its standing
committee (人大常委会) approves the accounts, 第七十七条, and adjustments, 第六十九条.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from parsers.values.lexicon import lexicon_of
from parsers.values.text import fold
from parsers.values.vocabulary import Act

_L = lexicon_of(__name__)

_DECISION = _L.pattern("decision")
_STANDING = _L.pattern("standing")
_ADOPTED = _L.pattern("adopted")
_BUDGET = _L.pattern("budget")
_ACCOUNTS = _L.pattern("accounts")
_ADJUSTMENT = _L.pattern("adjustment")


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

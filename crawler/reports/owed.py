"""What a site owes: an answer to every request, and what every government publishes each year.

Invariant: an answer that settles nothing leaves exactly one kind of gap, whatever it was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from archive.monitoring.deadlines import Expectation, due
from archive.monitoring.statutes import Due
from archive.vocabulary import ABSENT, GOOD, CaptureOutcome, DueKind, GapKind
from parsers.values.vocabulary import BodyLevel, DocumentKind

_GAP_KINDS: Mapping[str, GapKind] = {
    CaptureOutcome.BLOCKED: GapKind.BLOCKED,
    CaptureOutcome.CAPTCHA: GapKind.BLOCKED,
    CaptureOutcome.ROBOTS: GapKind.ROBOTS,
    CaptureOutcome.GIVEN_UP: GapKind.LIMIT,
    CaptureOutcome.LISTING_CHANGED: GapKind.CHANGED_LIST,
    CaptureOutcome.ERROR_PAGE: GapKind.BROKEN,
    CaptureOutcome.NOT_RUN: GapKind.INTERRUPTED,
}
"""Kinds of gaps by the outcome of a request; *unanswered* for all that are not here."""
KINDS_DUE = (DocumentKind.BUDGET, DocumentKind.ACCOUNTS)
_GAPS_OF_LISTS: Mapping[str, GapKind] = {
    CaptureOutcome.TOO_LARGE: GapKind.BROKEN,
    CaptureOutcome.WRONG_TYPE: GapKind.DEAD_COLUMN,
}
"""Of a list that the server answered with something else."""
_GAPS_OF_ABSENT: Mapping[str, GapKind] = {
    "start": GapKind.START,
    "article": GapKind.DEAD_LINK,
    "page": GapKind.PAGER,
    "column": GapKind.DEAD_COLUMN,
}
"""Of what is not there, by what it was asked for."""
GAPS_OF_SITES: Mapping[str, GapKind] = {
    CaptureOutcome.LISTING_EMPTY: GapKind.NO_LIST,
    CaptureOutcome.LISTING_CHANGED: GapKind.CHANGED_LIST,
}
"""Of a whole site by its outcome; *start* for all that are not here."""


def gap_of_answer(outcome: str, file: bool, purpose: str) -> GapKind | None:
    """Which gap an answer leaves, if any. A dead link that only may lead to a column is none."""
    if outcome in GOOD or outcome == CaptureOutcome.REDIRECT or purpose in ("map", "script"):
        return None
    if file:
        return GapKind.FILE
    if outcome in ABSENT:
        if purpose in ("listing", "column") and outcome in _GAPS_OF_LISTS:
            return _GAPS_OF_LISTS[outcome]
        return _GAPS_OF_ABSENT.get(purpose)
    return _GAP_KINDS.get(outcome, GapKind.UNANSWERED)


def last_due(kind: DocumentKind, today: date) -> int:
    """The last fiscal year of which departments had to publish a document of this kind."""
    years = range(today.year, today.year - 3, -1)
    owed = ((year, due(Expectation("", BodyLevel.DEPARTMENT, None, year, DueKind(kind)))) for year in years)
    return next(year for year, day in owed if isinstance(day, Due) and day.rolled < today)

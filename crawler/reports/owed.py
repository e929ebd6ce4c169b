"""What a site owes: an answer to every request, and what every government publishes each year.

Invariant: an answer that settles nothing leaves exactly one kind of gap, whatever it was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from archive.monitoring.deadlines import Expectation, due
from archive.monitoring.statutes import Due
from archive.vocabulary import ABSENT, GOOD, CaptureOutcome, DueKind
from parsers.values.vocabulary import BodyLevel, DocumentKind

_GAP_KINDS: Mapping[str, str] = {
    CaptureOutcome.BLOCKED: "blocked",
    CaptureOutcome.CAPTCHA: "blocked",
    CaptureOutcome.ROBOTS: "robots",
    CaptureOutcome.GIVEN_UP: "limit",
    CaptureOutcome.LISTING_CHANGED: "changed_list",
    CaptureOutcome.ERROR_PAGE: "broken",
    CaptureOutcome.NOT_RUN: "interrupted",
}
"""Kinds of gaps by the outcome of a request; *unanswered* for all that are not here."""
KINDS_DUE = (DocumentKind.BUDGET, DocumentKind.ACCOUNTS)
_GAPS_OF_LISTS: Mapping[str, str] = {CaptureOutcome.TOO_LARGE: "broken", CaptureOutcome.WRONG_TYPE: "link"}
"""Of a list that the server answered with something else."""
_GAPS_OF_ABSENT: Mapping[str, str] = {
    "start": "start", "article": "dead_link", "page": "pager", "column": "dead_column"
}  # fmt: skip
"""Of what is not there, by what it was asked for."""
GAPS_OF_SITES: Mapping[str, str] = {
    CaptureOutcome.LISTING_EMPTY: "no_list",
    CaptureOutcome.LISTING_CHANGED: "changed_list",
}
"""Of a whole site by its outcome; *start* for all that are not here."""


def gap_of_answer(outcome: str, file: bool, purpose: str) -> str | None:
    """Which gap an answer leaves, if any. A dead link that only may lead to a column is none."""
    if outcome in GOOD or outcome == CaptureOutcome.REDIRECT or purpose == "map":
        return None
    if file:
        return "file"
    if outcome in ABSENT:
        if purpose in ("listing", "column") and outcome in _GAPS_OF_LISTS:
            return _GAPS_OF_LISTS[outcome]
        return _GAPS_OF_ABSENT.get(purpose)
    return _GAP_KINDS.get(outcome, "unanswered")


def last_due(kind: DocumentKind, today: date) -> int:
    """The last fiscal year of which departments had to publish a document of this kind."""
    years = range(today.year, today.year - 3, -1)
    owed = ((year, due(Expectation("", BodyLevel.DEPARTMENT, None, year, DueKind(kind)))) for year in years)
    return next(year for year, day in owed if isinstance(day, Due) and day.rolled < today)

"""The words of the dataset that say what was seen, each with what follows from it.

Invariant: a set of such words is formed here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, Self

from parsers.values.vocabulary import CheckStatus, DocumentKind, MeaningfulWord, Severity


class CaptureOutcome(MeaningfulWord):
    """What came of a request, or of a visit to a site (`captures.outcome`, `sites.last_outcome`)."""

    CONTENT = "content", "what was asked for"
    UNCHANGED = "unchanged", "what was asked for, the same as at the last visit"
    REDIRECT = "redirect", "a pointer to another address"
    BLOCKED = "blocked", "a challenge or a refusal to serve programs; recorded, never answered"
    CAPTCHA = "captcha", "a question only a person may answer; recorded, never answered"
    MISSING = "missing", "the server says there is nothing (404, 410)"
    SOFT_404 = "soft_404", "a page that says there is nothing, with the status of success"
    ERROR_PAGE = "error_page", "an error of the server, or an error page in place of the content"
    WRONG_TYPE = "wrong_type", "a file in place of a page"
    TOO_LARGE = "too_large", "over the size limit and not stored, or a page that takes too long to read"
    TIMEOUT = "timeout", "no answer in time"
    DNS = "dns", "the name does not resolve"
    TLS = "tls", "the certificate or the handshake failed"
    ROBOTS = "robots", "robots.txt forbids it; not asked for"
    REFUSED = "refused", "the server refused the connection, or the crawler the address"
    ERROR = "error", "the connection broke, or the answer was not HTTP"
    GIVEN_UP = "given_up", "not asked for: the host failed too often in this run, or its budget is used up"
    LISTING_CHANGED = "listing_changed", "a list without one entry, which had many when it was archived last"
    LISTING_EMPTY = "listing_empty", "no list with a disclosure was found (of a site)"
    NO_URL = "no_url", "the registry knows no page (of a site)"
    NOT_RUN = "not_run", "not visited in this run (of a site)"


_Outcomes = frozenset[CaptureOutcome]
GOOD: _Outcomes = frozenset({CaptureOutcome.CONTENT, CaptureOutcome.UNCHANGED})
"""What was asked for is there."""
GONE: _Outcomes = frozenset({CaptureOutcome.MISSING, CaptureOutcome.SOFT_404})
"""The server says that there is nothing."""
CHALLENGED: _Outcomes = frozenset({CaptureOutcome.BLOCKED, CaptureOutcome.CAPTCHA})
"""The server demands a person, or refuses programs."""
ABSENT: _Outcomes = GONE | {CaptureOutcome.WRONG_TYPE, CaptureOutcome.TOO_LARGE}
"""The server answered, but not with what an address of this kind should give."""
TROUBLED: _Outcomes = frozenset(
    {
        CaptureOutcome.TIMEOUT,
        CaptureOutcome.DNS,
        CaptureOutcome.TLS,
        CaptureOutcome.REFUSED,
        CaptureOutcome.ERROR,
    }
)
"""The way to the host, or the host itself, failed: nothing is known of the page."""
UNANSWERED: _Outcomes = TROUBLED | {CaptureOutcome.ROBOTS, CaptureOutcome.GIVEN_UP}
"""No answer came, or the request was not sent."""
SETTLED: _Outcomes = GOOD | ABSENT | {CaptureOutcome.REDIRECT, CaptureOutcome.ROBOTS}
"""Asking again at once would only repeat it."""


Hides = Literal["site", "announcement", "other_years", "older", "later"]
"""What may be behind a gap: an announcement of any body of the site, which is not visited to its end while it
stands (`site`); the document of one body, which the gap's title names, or of any body if it names none;
everything that is not of the gap's fiscal year; what is of that year or before it, of any year if it names
none, of the body that it names, or of any (`older`); what was published after its day (`later`)."""


class GapKind(StrEnum):
    """What a crawl saw and did not follow (`gaps.kind`); `gap_<kind>` in the messages says it."""

    hides: Hides

    def __new__(cls, value: str, hides: Hides) -> Self:
        """A member is declared with what may be behind it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.hides = hides
        return member

    PAGER = "pager", "site"
    DEPARTMENT = "department", "site"
    COLUMN = "column", "site"
    CLICK = "click", "site"
    EMPTY_LIST = "empty_list", "site"
    FORM = "form", "site"
    SHELL = "shell", "site"
    ANSWER = "answer", "site"
    FRAME = "frame", "site"
    CHANGED_LIST = "changed_list", "site"
    NO_LIST = "no_list", "site"
    LIMIT = "limit", "site"
    BLOCKED = "blocked", "site"
    ROBOTS = "robots", "site"
    UNANSWERED = "unanswered", "site"
    BROKEN = "broken", "site"
    START = "start", "site"
    FAULT = "fault", "site"
    INTERRUPTED = "interrupted", "site"
    BODIES = "bodies", "announcement"
    NO_KIND = "no_kind", "announcement"
    LINK = "link", "announcement"
    DEAD_LINK = "dead_link", "announcement"
    DEAD_COLUMN = "dead_column", "announcement"
    EMPTY_BODY = "empty_body", "announcement"
    FILE = "file", "announcement"
    FOREIGN_FILE = "foreign_file", "announcement"
    NO_FILES = "no_files", "announcement"
    LIST_END = "list_end", "older"
    OTHER_YEARS = "other_years", "other_years"
    EARLIER_LOOK = "earlier_look", "later"


class State(StrEnum):
    """What the last visits found of an announcement (`disclosures.state`)."""

    LIVE = "live"
    CHANGED = "changed"
    GONE = "gone"
    STUB = "stub"
    MOVED = "moved"
    BLOCKED = "blocked"


PRESENT = frozenset({State.LIVE, State.CHANGED})
"""The announcement is there and shows its files."""
WITHDRAWN = frozenset({State.GONE, State.STUB})
"""Several days agree that it is not published any more."""
AWAY = WITHDRAWN | {State.MOVED}
"""It is absent from its address, wherever it may be."""


class DueKind(StrEnum):
    """What a body must publish (`deadlines.document_kind`): kinds of documents, and a government's debt
    beside its limit, which goes with the budget or the accounts."""

    BUDGET = "budget"
    ACCOUNTS = "accounts"
    ADJUSTMENT = "adjustment"
    OTHER = "other"
    DEBT_BUDGET = "debt_budget"
    DEBT_ACCOUNTS = "debt_accounts"


DUE_KINDS = tuple(kind for kind in DueKind if kind is not DueKind.OTHER)
DEBT_KINDS: Mapping[DueKind, DocumentKind] = {
    DueKind.DEBT_BUDGET: DocumentKind.BUDGET,
    DueKind.DEBT_ACCOUNTS: DocumentKind.ACCOUNTS,
}
"""What a government discloses of its debt, and the kind of document it goes with."""


class DeadlineStatus(StrEnum):
    """Where a body stands with a document it owes (`deadlines.status`)."""

    ON_TIME = "on_time"
    GREY = "grey"
    LATE = "late"
    ANNOUNCED = "announced"
    MISSING = "missing"
    PENDING = "pending"
    UNKNOWN = "unknown"


class TriggerBasis(StrEnum):
    """How the day is known from which a period starts (`deadlines.trigger_basis`)."""

    STATED = "stated"
    DERIVED = "derived"
    PRESUMED = "presumed"


class ChangeKind(StrEnum):
    """What a later version of a document changed (`changes.kind`)."""

    ALTERED = "altered"
    ADDED = "added"
    REMOVED = "removed"
    TEXT = "text"
    COSMETIC = "cosmetic"


OF_AN_AMOUNT = frozenset({ChangeKind.ALTERED, ChangeKind.ADDED, ChangeKind.REMOVED})
"""One printed amount changed."""


NOTED = "noted"
"""How a failing check of severity info is shown: an observation or a doubt of the reading."""


def shown_result(status: CheckStatus, severity: Severity) -> str:
    """What the result of a check is called where people read it: its status, or `NOTED`."""
    return NOTED if status is CheckStatus.FAILS and severity is Severity.INFO else status.value

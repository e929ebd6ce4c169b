"""Days as an iCalendar feed (RFC 5545) for the calendars people already use: deadlines, and alerts.

Invariant: the same thing keeps its UID, so that a calendar that subscribes moves an event instead of doubling
it; lines are folded at 75 octets and never inside a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

PRODUCT = "-//gongkai//deadlines//EN"
MAX_LINE = 75


def calendar(events: Iterable[str]) -> str:
    """A calendar of the lines of its events."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines = [*head, *events, "END:VCALENDAR"]
    return "".join(folded + "\r\n" for line in lines for folded in _fold(line))


def event(
    uid: str, stamp: datetime, start: date, end: date, summary: str, details: str = ""
) -> Iterator[str]:
    """The lines of an all-day event; `end` is the day after the last."""
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{start:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{end:%Y%m%d}"
    yield f"SUMMARY:{_escape(summary)}"
    if details:
        yield f"DESCRIPTION:{_escape(details)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escape(text: str) -> str:
    """Line breaks of all kinds become the one that iCalendar writes as \\n."""
    for plain, escaped in (
        ("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")
    ):  # fmt: skip
        text = text.replace(plain, escaped)
    return text


def _fold(line: str) -> Iterator[str]:
    """A line as lines of at most 75 octets, each but the first starting with a space."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > MAX_LINE:
            yield piece
            piece = " "
        piece += character
    yield piece

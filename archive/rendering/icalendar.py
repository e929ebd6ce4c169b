"""Days as an iCalendar feed (RFC 5545) for the calendars people already use: deadlines, and alerts.

Invariant: the same thing keeps its UID, so that a calendar that subscribes moves an event instead of doubling
it; lines are folded at 75 octets and never inside a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

PRODUCT = "-//gongkai//deadlines//EN"
MAX_LINE = 75


def feed(rows: Iterable[Mapping[str, Any]], as_of: date) -> str:
    """One all-day event on `due_rolled` for each row that has one.

    A row has the columns of `deadlines` and `name`, the name of the body.
    """
    return calendar(line for row in rows if row["due_rolled"] for line in _deadline(row, as_of))


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


def _deadline(row: Mapping[str, Any], as_of: date) -> Iterator[str]:
    day: date = row["due_rolled"]
    uid = f"{row['body_id']}-{row['fiscal_year']}-{row['document_kind']}@gongkai"
    summary = f"{row['name']} {row['fiscal_year']} {row['document_kind']}: {row['status']}"
    details = f"due {row['due_strict']}, rolled {day}, {row['trigger_basis']} from {row['trigger']}"
    stamp = datetime.combine(as_of, time(), UTC)
    return event(uid, stamp, day, day + timedelta(days=1), summary, details)


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

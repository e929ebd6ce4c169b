"""Deadlines as an iCalendar feed (RFC 5545) for the calendars people already use.

Invariant: the same deadline keeps its UID, so that a calendar that subscribes moves an event instead of
doubling it; lines are folded at 75 octets and never inside a character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

PRODUCT = "-//gongkai//deadlines//EN"
MAX_LINE = 75


def feed(rows: Iterable[Mapping[str, Any]], as_of: date) -> str:
    """One all-day event on `due_rolled` for each row that has one.

    A row has the columns of `deadlines` and `name`, the name of the body.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for row in rows:
        if row["due_rolled"]:
            lines.extend(_event(row, as_of))
    lines.append("END:VCALENDAR")
    return "".join(folded + "\r\n" for line in lines for folded in _fold(line))


def _event(row: Mapping[str, Any], as_of: date) -> Iterator[str]:
    day: date = row["due_rolled"]
    summary = f"{row['name']} {row['fiscal_year']} {row['document_kind']}: {row['status']}"
    details = f"due {row['due_strict']}, rolled {day}, {row['trigger_basis']} from {row['trigger']}"
    yield "BEGIN:VEVENT"
    yield f"UID:{row['body_id']}-{row['fiscal_year']}-{row['document_kind']}@gongkai"
    yield f"DTSTAMP:{as_of:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escape(summary)}"
    yield f"DESCRIPTION:{_escape(details)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escape(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
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

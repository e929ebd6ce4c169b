"""Days as an iCalendar feed (RFC 5545) for the calendars people already use: deadlines, and alerts.

Invariant: the same thing keeps its UID, so that a calendar that subscribes moves an event instead of doubling
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//gongkai//deadlines//EN"


def calendar(events: Iterable[Event]) -> bytes:
    """A calendar of events, as it is sent."""
    found = Calendar()
    for name, value in (
        ("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")
    ):  # fmt: skip
        found.add(name, value)
    for one in events:
        found.add_component(one)
    sent: bytes = found.to_ical()
    return sent


def event(uid: str, stamp: datetime, day: date, summary: str, details: str = "") -> Event:
    """An all-day event that leaves the day free."""
    found = Event()
    found.add("uid", uid)
    found.add("dtstamp", stamp.astimezone(UTC))
    found.add("dtstart", day)
    found.add("dtend", day + timedelta(days=1))
    found.add("summary", summary)
    if details:
        found.add("description", details)
    found.add("transp", "TRANSPARENT")
    return found

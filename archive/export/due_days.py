"""The deadlines of the board as an iCalendar feed.

Invariant: one event for each document that has a due date, on the day that `due_rolled` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from icalendar import Event

from archive.monitoring.verdicts import BoardRow
from archive.rendering.calendars import calendar, event


def feed(rows: Iterable[BoardRow], as_of: date) -> bytes:
    """The calendar of some rows of the board, as of a day."""
    return calendar(_event(row, row.due_rolled, as_of) for row in rows if row.due_rolled)


def _event(row: BoardRow, day: date, as_of: date) -> Event:
    uid = f"{row.body_id}-{row.fiscal_year}-{row.document_kind}@gongkai"
    summary = f"{row.name} {row.fiscal_year} {row.document_kind}: {row.status}"
    details = f"due {row.due_strict}, rolled {day}, {row.trigger_basis} from {row.trigger}"
    return event(uid, datetime.combine(as_of, time(), UTC), day, summary, details)

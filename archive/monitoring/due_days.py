"""The deadlines of the board as an iCalendar feed.

Invariant: one event for each document that has a due date, on the day that `due_rolled` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from archive.monitoring.verdicts import BoardRow
from archive.rendering.icalendar import calendar, event


def feed(rows: Iterable[BoardRow], as_of: date) -> str:
    """The calendar of some rows of the board, as of a day."""
    return calendar(line for row in rows if row.due_rolled for line in _event(row, row.due_rolled, as_of))


def _event(row: BoardRow, day: date, as_of: date) -> Iterator[str]:
    uid = f"{row.body_id}-{row.fiscal_year}-{row.document_kind}@gongkai"
    summary = f"{row.name} {row.fiscal_year} {row.document_kind}: {row.status}"
    details = f"due {row.due_strict}, rolled {day}, {row.trigger_basis} from {row.trigger}"
    stamp = datetime.combine(as_of, time(), UTC)
    return event(uid, stamp, day, day + timedelta(days=1), summary, details)

"""The feed is valid iCalendar, whatever a body is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from icalendar import Calendar, Component

from archive.export.due_days import feed
from archive.monitoring.verdicts import BoardRow
from archive.vocabulary import DeadlineStatus, DueKind, TriggerBasis

ROW = BoardRow(
    body_id="00ff",
    region_code=None,
    name="勉县水利局",
    level=None,
    fiscal_year=2026,
    document_kind=DueKind.BUDGET,
    status=DeadlineStatus.PENDING,
    trigger=date(2026, 3, 31),
    trigger_basis=TriggerBasis.PRESUMED,
    due_strict=date(2026, 5, 10),
    due_rolled=date(2026, 5, 11),
)


def only_event(text: bytes) -> Component:
    [event] = Calendar.from_ical(text).walk("VEVENT")
    return event


def test_a_deadline_is_an_all_day_event() -> None:
    event = only_event(feed([ROW], date(2026, 4, 1)))
    assert event["uid"] == "00ff-2026-budget@gongkai"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 5, 11), date(2026, 5, 12))
    assert event["summary"] == "勉县水利局 2026 budget: pending"


def test_no_due_date_no_event() -> None:
    assert not Calendar.from_ical(feed([replace(ROW, due_rolled=None)], date(2026, 4, 1))).walk("VEVENT")


def test_long_chinese_names_are_folded_and_come_back_whole() -> None:
    name = "水利局；办公室,一科" * 12
    text = feed([replace(ROW, name=name)], date(2026, 4, 1))
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert only_event(text)["summary"] == f"{name} 2026 budget: pending"

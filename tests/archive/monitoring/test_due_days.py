"""The feed is valid iCalendar, whatever a body is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archive.monitoring.due_days import feed
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


def test_a_deadline_is_an_all_day_event() -> None:
    lines = feed([ROW], date(2026, 4, 1)).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "UID:00ff-2026-budget@gongkai" in lines
    assert "DTSTART;VALUE=DATE:20260511" in lines
    assert "DTEND;VALUE=DATE:20260512" in lines
    assert "SUMMARY:勉县水利局 2026 budget: pending" in lines


def test_no_due_date_no_event() -> None:
    assert "VEVENT" not in feed([replace(ROW, due_rolled=None)], date(2026, 4, 1))


def test_long_chinese_names_are_folded_between_characters_and_escaped() -> None:
    name = "水利局；办公室,一科" * 12
    text = feed([replace(ROW, name=name)], date(2026, 4, 1))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert f"SUMMARY:{name.replace(',', chr(92) + ',')} 2026 budget: pending\r\n" in unfolded

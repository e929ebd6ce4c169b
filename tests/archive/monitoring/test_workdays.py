"""Working days agree with the calendars the State Council announced."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.monitoring.statutes import is_announced, is_working_day, working_day_from


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),  # New Year
        (date(2026, 1, 4), True),  # a Sunday worked in exchange
        (date(2026, 2, 23), False),  # a Monday of Spring Festival
        (date(2026, 2, 28), True),  # a Saturday worked in exchange
        (date(2020, 2, 2), False),  # prolonged in the epidemic
        (date(2024, 5, 11), True),
        (date(2026, 11, 21), False),  # a plain Saturday
        (date(2026, 11, 23), True),  # a plain Monday
        (date(2027, 10, 1), True),  # not announced: a Friday like any other
        (date(2027, 10, 2), False),  # and a Saturday
    ],
)
def test_working_days(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_what_is_announced() -> None:
    assert is_announced(date(2014, 1, 1))
    assert is_announced(date(2026, 12, 27))
    assert not is_announced(date(2026, 12, 31)), "swap days of a New Year are announced with it"
    assert not is_announced(date(2003, 5, 1))


def test_rolling_stops_at_the_first_working_day() -> None:
    assert working_day_from(date(2026, 2, 15)) == date(2026, 2, 24)
    assert working_day_from(date(2026, 2, 24)) == date(2026, 2, 24)


def test_every_day_of_the_announced_calendars(shared: Path) -> None:
    announced: dict[date, bool] = {}
    for calendar in sorted((shared / "reference/calendar").glob("*.json")):
        for entry in json.loads(calendar.read_text())["days"]:
            announced[date.fromisoformat(entry["date"])] = not entry["isOffDay"]
    day = min(announced)
    while day <= max(announced):
        assert is_working_day(day) is announced.get(day, day.weekday() < 5), day
        day += timedelta(days=1)

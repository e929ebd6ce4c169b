"""Hours in China."""

from __future__ import annotations

from datetime import datetime

import pytest

from archive import CHINA
from crawler.http.hosts import NotAWindow, Window


def china(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


def test_a_window_over_midnight() -> None:
    night = Window.parse("22:00-07:30")
    assert [hour for hour in range(24) if night.is_open(china(hour))] == [*range(8), 22, 23]
    assert not night.is_open(china(7, 30))
    assert night.next_change(china(3)) == china(7, 30)
    assert night.next_change(china(12)) == china(22)
    assert night.next_change(china(23)) == china(7, 30, day=23)


def test_a_window_within_a_day() -> None:
    lunch = Window.parse("12:00 - 13:00")
    assert [hour for hour in range(24) if lunch.is_open(china(hour))] == [12]
    assert lunch.next_change(china(14)) == china(12, day=23)


@pytest.mark.parametrize("text", ["night", "22-7", "25:00-07:00", "22:00-07:00-08:00"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotAWindow, match="22:00-07:00"):
        Window.parse(text)

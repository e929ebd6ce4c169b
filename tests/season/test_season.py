"""The season of `season.yaml`, lived whole: every verdict, every alert and the rates of all twelve days."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.season.play import play


@pytest.mark.timeout(1800)  # twelve runs of the whole program
def test_the_board_the_alerts_and_the_rates_of_every_day_are_as_scripted(tmp_path: Path) -> None:
    days = dict(play(tmp_path))
    assert len(days) == 12
    assert {day: differences for day, differences in days.items() if differences} == {}

"""Working days in China: weekends, public holidays (节假日) and swap days (调休).

Invariant: a day in a year whose holidays the State Council has not announced is judged by its weekday alone,
and `is_announced` says so; a body is never called late because of an invented holiday.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar

SATURDAY = 5


def is_announced(day: date) -> bool:
    """Whether it is known if `day` is a holiday or a swap day. The last days of December are announced with
    the New Year they lead to."""
    return _is_covered((day + timedelta(days=4)).year)


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`: announced calendar, else Monday to Friday."""
    if _is_covered(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY


def working_day_from(day: date) -> date:
    """`day` itself if it is a working day, else the next one."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@cache
def _is_covered(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True

"""When each document is due by law: by which statute, and how many days after which act; working days.

Invariant: a due date says how the day it is counted from is known (`stated`, `derived` from an earlier act,
or `presumed`); where it cannot be named, the reason is given. The law is data: `statutes.yaml`. A day in a
year whose holidays (节假日, 调休) the State Council has not announced is judged by its weekday alone, and
`is_announced` says so; a body is never called late because of an invented holiday.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache

import chinese_calendar
from pydantic import model_validator

from archive.vocabulary import DueKind, TriggerBasis
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import Message, message
from parsers.values.vocabulary import Act, BodyLevel

SATURDAY = 5
DUES_KEPT = 1 << 16
FIRST_MONTH_FOR_NEXT_YEAR = 11
"""Congresses that meet in November or December approve the budget of the coming year."""


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


@dataclass(frozen=True, slots=True)
class Due:
    """A computed due date. `trigger` is the day the period starts from, `act` what happened on it;
    `calendar_known` is false where the holidays around the due date are not announced yet."""

    act: str
    trigger: date
    basis: TriggerBasis
    strict: date
    rolled: date
    statute: str
    calendar_known: bool


@dataclass(frozen=True, slots=True)
class NotDue:
    """No due date can be named; `reason` says what is missing."""

    reason: Message


class _Presumed(Knowledge):
    year: int
    month: int
    day: int


class _Trigger(Knowledge):
    symbol: str
    name: str
    chinese: str
    presumed: _Presumed | None = None
    presumed_from: str = ""


class _Statute(Knowledge):
    title: str
    effective: date


class _Duty(Knowledge):
    """Who publishes what how many days after which act: the statutory act first, fallbacks after it."""

    document_kind: DueKind
    body_level: BodyLevel
    chinese: str
    publisher: str
    statute: str
    days: dict[str, int]


class _Law(Knowledge):
    """`statutes.yaml`."""

    triggers: dict[str, _Trigger]
    statutes: dict[str, _Statute]
    duties: tuple[_Duty, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> _Law:
        for duty in self.duties:
            if unknown := {duty.statute} - set(self.statutes) | set(duty.days) - set(self.triggers):
                raise ValueError(f"no statute or trigger is called {', '.join(sorted(unknown))}")
        return self

    @cached_property
    def duty_of(self) -> Mapping[tuple[DueKind, BodyLevel], _Duty]:
        """Duties by kind of document and level of body."""
        return {(duty.document_kind, duty.body_level): duty for duty in self.duties}


@lru_cache(DUES_KEPT)
def due_by_law(
    kind: DueKind, level: BodyLevel | None, year: int, approvals: tuple[tuple[str, date], ...]
) -> Due | NotDue:
    """The due date of the documents of a year, the same for all bodies of a level whose acts happened on the
    same days: `approvals` are acts (keys of `triggers`) with their days."""
    if level is None:
        return NotDue(message("level_not_known"))
    law = knowledge("archive.monitoring", "statutes.yaml", _Law)
    duty = law.duty_of.get((kind, level))
    if duty is None:
        return NotDue(message("no_date_by_law", level=str(level), kind=str(kind)))
    start = _starting_day(law, duty, year, dict(approvals))
    if start is None:
        return NotDue(message("approval_not_known"))
    act, trigger, basis = start
    statute = law.statutes[duty.statute]
    strict = trigger + timedelta(days=duty.days[act])
    statutory_days = next(iter(duty.days.values()))
    if strict - timedelta(days=statutory_days) < statute.effective:
        return NotDue(message("statute_applies_from", statute=statute.title, day=str(statute.effective)))
    rolled = working_day_from(strict)
    known = is_announced(strict) and is_announced(rolled)
    return Due(act, trigger, basis, strict, rolled, statute.title, known)


def _starting_day(
    law: _Law, duty: _Duty, fiscal_year: int, approvals: Mapping[str, date]
) -> tuple[str, date, TriggerBasis] | None:
    """The first act that is known, else the presumed day of the last."""
    acts = list(duty.days)
    for act in acts:
        if act in approvals:
            return act, approvals[act], TriggerBasis.STATED if act == acts[0] else TriggerBasis.DERIVED
    presumed = law.triggers[acts[-1]].presumed
    if presumed is None:
        return None
    day = date(fiscal_year + presumed.year, presumed.month, presumed.day)
    return acts[-1], day, TriggerBasis.PRESUMED


def approvals_by_year(
    registered: Iterable[tuple[str | None, Iterable[date], Iterable[date]]],
) -> dict[tuple[str | None, int], dict[str, date]]:
    """Approvals from the registry's lines: (region_code, days a budget was approved, days accounts were).

    The accounts of a year are approved in the next. A budget is approved in its own year, or late in the year
    before.
    """
    known: dict[tuple[str | None, int], dict[str, date]] = defaultdict(dict)
    for region_code, budgets, accounts in registered:
        for day in budgets:
            year = day.year + (day.month >= FIRST_MONTH_FOR_NEXT_YEAR)
            known[region_code, year][Act.CONGRESS] = day
        for day in accounts:
            known[region_code, day.year - 1][Act.STANDING_COMMITTEE] = day
    return dict(known)

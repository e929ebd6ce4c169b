"""Due dates and verdicts, case by case, worked out by hand from the statutes and the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.dataset.rows.monitoring import DeadlineRow
from archive.dataset.rows.typed import table_of
from archive.monitoring.deadlines import Expectation, Publication, assess, due
from archive.monitoring.statutes import Due, NotDue
from archive.vocabulary import DueKind
from parsers.values.vocabulary import BodyLevel
from tests.wording import english


def expectation(kind: str, level: str | None, year: int, approvals: str = "") -> Expectation:
    """`approvals` in the notation of the statutes: "R 2024-01-26, B 2024-02-20"."""
    acts = {
        "R": "congress",
        "C": "standing_committee",
        "B": "finance_reply",
        "U": "department_reply",
        "A": "adjustment",
    }
    pairs = (entry.split() for entry in approvals.split(",") if entry)
    known = {acts[symbol]: date.fromisoformat(day) for symbol, day in pairs}
    return Expectation("b", BodyLevel(level) if level else None, "610725", year, DueKind(kind), known)


# kind, level, fiscal year, known approvals, basis, trigger, due_strict, due_rolled
DATES = """
budget government 2024 | R 2024-01-26 | stated   | 2024-01-26 2024-02-15 2024-02-18 | swap Sunday
budget government 2025 | R 2025-01-18 | stated   | 2025-01-18 2025-02-07 2025-02-07 | a Friday
budget government 2025 | R 2025-01-19 | stated   | 2025-01-19 2025-02-08 2025-02-08 | swap Saturday
budget government 2025 | R 2025-01-20 | stated   | 2025-01-20 2025-02-09 2025-02-10 | a Sunday
budget government 2023 | R 2023-01-08 | stated   | 2023-01-08 2023-01-28 2023-01-28 | swap Saturday
budget government 2023 | R 2023-01-01 | stated   | 2023-01-01 2023-01-21 2023-01-28 | a week of holidays
budget government 2026 | R 2026-01-26 | stated   | 2026-01-26 2026-02-15 2026-02-24 | nine days of holidays
budget government 2026 | R 2026-02-08 | stated   | 2026-02-08 2026-02-28 2026-02-28 | swap Saturday
budget government 2020 | R 2020-01-04 | stated   | 2020-01-04 2020-01-24 2020-02-03 | prolonged holiday
budget government 2024 | R 2024-02-09 | stated   | 2024-02-09 2024-02-29 2024-02-29 | leap day
budget government 2023 | R 2023-02-09 | stated   | 2023-02-09 2023-03-01 2023-03-01 | no leap day
budget government 2026 | R 2025-12-15 | stated   | 2025-12-15 2026-01-04 2026-01-04 | swap Sunday
budget government 2026 | R 2025-12-12 | stated   | 2025-12-12 2026-01-01 2026-01-04 | New Year
budget government 2025 | R 2024-12-12 | stated   | 2024-12-12 2025-01-01 2025-01-02 | New Year, one day
budget government 2019 | R 2018-12-09 | stated   | 2018-12-09 2018-12-29 2018-12-29 | swap Saturday
budget government 2019 | R 2018-12-10 | stated   | 2018-12-10 2018-12-30 2019-01-02 | into next year
budget government 2015 | R 2015-01-01 | stated   | 2015-01-01 2015-01-21 2015-01-21 | first day of the statute
budget government 2015 |              | presumed | 2015-03-31 2015-04-20 2015-04-20 |
budget government 2019 |              | presumed | 2019-03-31 2019-04-20 2019-04-22 | a Saturday
budget government 2024 |              | presumed | 2024-03-31 2024-04-20 2024-04-22 | a Saturday
budget government 2025 |              | presumed | 2025-03-31 2025-04-20 2025-04-21 | a Sunday
budget government 2026 |              | presumed | 2026-03-31 2026-04-20 2026-04-20 |
budget government 2024 | C 2024-09-01 | presumed | 2024-03-31 2024-04-20 2024-04-22 | C starts no budget
budget department 2024 | B 2024-02-20 | stated   | 2024-02-20 2024-03-11 2024-03-11 |
budget department 2025 | B 2025-04-11 | stated   | 2025-04-11 2025-05-01 2025-05-06 | Labour Day
budget department 2024 | B 2024-04-15 | stated   | 2024-04-15 2024-05-05 2024-05-06 | end of Labour Day
budget department 2024 | B 2024-04-21 | stated   | 2024-04-21 2024-05-11 2024-05-11 | swap Saturday
budget department 2026 | B 2026-04-19 | stated   | 2026-04-19 2026-05-09 2026-05-09 | swap Saturday
budget department 2024 | R 2024-01-26 | derived  | 2024-01-26 2024-03-06 2024-03-06 | R+40 over a leap day
budget department 2025 | R 2025-01-18 | derived  | 2025-01-18 2025-02-27 2025-02-27 | R+40
budget department 2024 | R 2024-01-26, B 2024-02-20 | stated | 2024-02-20 2024-03-11 2024-03-11 | B over R
budget department 2015 |              | presumed | 2015-03-31 2015-05-10 2015-05-11 |
budget department 2020 |              | presumed | 2020-03-31 2020-05-10 2020-05-11 |
budget department 2024 |              | presumed | 2024-03-31 2024-05-10 2024-05-10 |
budget department 2025 |              | presumed | 2025-03-31 2025-05-10 2025-05-12 |
budget unit 2024 | U 2024-03-01 | stated   | 2024-03-01 2024-03-21 2024-03-21 |
budget unit 2024 | B 2024-02-20 | derived  | 2024-02-20 2024-03-26 2024-03-26 | B+35
budget unit 2024 | R 2024-01-26 | derived  | 2024-01-26 2024-03-21 2024-03-21 | R+55
budget unit 2024 | R 2024-01-26, B 2024-02-20 | derived | 2024-02-20 2024-03-26 2024-03-26 | the nearer act
budget unit 2020 | U 2020-10-01 | stated   | 2020-10-01 2020-10-21 2020-10-21 | first day of law
budget unit 2021 |              | presumed | 2021-03-31 2021-05-25 2021-05-25 |
budget unit 2024 |              | presumed | 2024-03-31 2024-05-25 2024-05-27 |
budget unit 2025 |              | presumed | 2025-03-31 2025-05-25 2025-05-26 |
accounts government 2023 | C 2024-09-27 | stated   | 2024-09-27 2024-10-17 2024-10-17 |
accounts government 2024 | C 2025-09-18 | stated   | 2025-09-18 2025-10-08 2025-10-09 | National Day
accounts government 2024 | C 2025-09-21 | stated   | 2025-09-21 2025-10-11 2025-10-11 | swap Saturday
accounts government 2022 | C 2023-09-10 | stated   | 2023-09-10 2023-09-30 2023-10-07 | two festivals
accounts government 2020 | C 2021-09-19 | stated   | 2021-09-19 2021-10-09 2021-10-09 | swap Saturday
accounts government 2014 |              | presumed | 2015-09-30 2015-10-20 2015-10-20 | year before the law
accounts government 2017 |              | presumed | 2018-09-30 2018-10-20 2018-10-22 |
accounts government 2023 |              | presumed | 2024-09-30 2024-10-20 2024-10-21 |
accounts department 2023 | B 2024-08-30 | stated   | 2024-08-30 2024-09-19 2024-09-19 |
accounts department 2023 | B 2024-08-26 | stated   | 2024-08-26 2024-09-15 2024-09-18 | Mid-Autumn
accounts department 2023 | C 2024-08-28 | derived  | 2024-08-28 2024-10-07 2024-10-08 | C+40 into National Day
accounts department 2023 | B 2024-12-15 | stated   | 2024-12-15 2025-01-04 2025-01-06 | over the year end
accounts department 2023 |              | presumed | 2024-09-30 2024-11-09 2024-11-11 |
accounts department 2024 |              | presumed | 2025-09-30 2025-11-09 2025-11-10 |
accounts department 2025 |              | presumed | 2026-09-30 2026-11-09 2026-11-09 |
accounts unit 2023 | U 2024-09-10 | stated   | 2024-09-10 2024-09-30 2024-09-30 |
accounts unit 2023 | B 2024-08-30 | derived  | 2024-08-30 2024-10-04 2024-10-08 | B+35
accounts unit 2023 | C 2024-08-28 | derived  | 2024-08-28 2024-10-22 2024-10-22 | C+55
accounts unit 2019 |              | presumed | 2020-09-30 2020-11-24 2020-11-24 | U after regulation
accounts unit 2023 |              | presumed | 2024-09-30 2024-11-24 2024-11-25 |
accounts unit 2025 |              | presumed | 2026-09-30 2026-11-24 2026-11-24 |
adjustment government 2024 | A 2024-11-15 | stated | 2024-11-15 2024-12-05 2024-12-05 |
adjustment government 2024 | A 2024-12-26 | stated | 2024-12-26 2025-01-15 2025-01-15 | over the year end
"""


@pytest.mark.parametrize("line", DATES.strip().splitlines())
def test_due_dates(line: str) -> None:
    what, approvals, basis, days, _why = (part.strip() for part in line.split("|"))
    kind, level, year = what.split()
    trigger, strict, rolled = map(date.fromisoformat, days.split())
    found = due(expectation(kind, level, int(year), approvals))
    assert isinstance(found, Due)
    assert (found.basis, found.trigger, found.strict, found.rolled) == (basis, trigger, strict, rolled)
    assert found.calendar_known


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (expectation("budget", "government", 2014), "2015-01-01"),
        (expectation("budget", "government", 2015, "R 2014-12-31"), "2015-01-01"),
        (expectation("accounts", "government", 2013), "2015-01-01"),
        (expectation("budget", "unit", 2020), "2020-10-01"),
        (expectation("budget", "unit", 2020, "U 2020-09-30"), "2020-10-01"),
        (expectation("accounts", "unit", 2018), "2020-10-01"),
        (expectation("adjustment", "government", 2024), "approval"),
        (expectation("adjustment", "department", 2024), "no statute"),
        (expectation("other", "government", 2024), "no statute"),
        (expectation("budget", None, 2024), "department or a unit"),
    ],
)
def test_no_date_is_invented(expected: Expectation, reason: str) -> None:
    found = due(expected)
    assert isinstance(found, NotDue)
    assert reason in english(found.reason)


@pytest.mark.parametrize(
    ("approvals", "strict", "rolled"),
    [
        ("", date(2027, 4, 20), date(2027, 4, 20)),
        ("R 2027-01-10", date(2027, 1, 30), date(2027, 2, 1)),  # a Saturday
        ("R 2026-12-12", date(2027, 1, 1), date(2027, 1, 1)),  # a Friday; surely New Year, but not announced
    ],
)
def test_unannounced_year_counts_weekends_only_and_says_so(
    approvals: str, strict: date, rolled: date
) -> None:
    expected = expectation("budget", "government", 2027, approvals)
    found = due(expected)
    assert isinstance(found, Due)
    assert (found.strict, found.rolled, found.calendar_known) == (strict, rolled, False)
    [verdict] = assess([expected], [], date(2026, 11, 22), {})
    assert verdict.status == "pending"
    assert english(verdict.note) == "holidays of 2027 are not announced: weekends only"


FRIDAY = expectation("budget", "department", 2024, "B 2024-01-20")  # due Friday 2024-02-09
HOLIDAY = expectation("budget", "department", 2024, "B 2024-01-26")  # due 2024-02-15, rolled to 02-18


def publication(published: str | None, seen: str | None = None) -> Publication:
    return Publication(
        "b",
        2024,
        DueKind.BUDGET,
        date.fromisoformat(published) if published else None,
        datetime.fromisoformat(seen).astimezone(UTC) if seen else None,
        "d",
    )


# expectation, date claimed, first seen, as of, complete crawl, status, days_late
VERDICTS = [
    (FRIDAY, "2024-02-01", None, "2024-06-01", None, "on_time", None),
    (FRIDAY, "2024-01-10", None, "2024-06-01", None, "on_time", None),  # before the reply itself
    (FRIDAY, "2024-02-09", None, "2024-06-01", None, "on_time", None),  # the last day counts
    (FRIDAY, "2024-02-10", None, "2024-06-01", None, "late", 1),
    (FRIDAY, "2025-02-09", None, "2025-06-01", None, "late", 366),  # a leap year late
    (HOLIDAY, "2024-02-15", None, "2024-06-01", None, "on_time", None),
    (HOLIDAY, "2024-02-16", None, "2024-06-01", None, "grey", None),
    (HOLIDAY, "2024-02-18", None, "2024-06-01", None, "grey", None),
    (HOLIDAY, "2024-02-19", None, "2024-06-01", None, "late", 1),  # counted from the rolled day
    (FRIDAY, None, "2024-02-09T23:30:00+08:00", "2024-06-01", None, "on_time", None),
    (FRIDAY, None, "2024-02-09T16:30:00+00:00", "2024-06-01", None, "unknown", None),  # the 10th in China
    (FRIDAY, None, "2024-03-01T10:00:00+08:00", "2024-06-01", None, "unknown", None),  # seen late ≠ late
    (FRIDAY, None, None, "2024-06-01", "2024-05-30", "unknown", None),  # a local file proves no date
    (FRIDAY, "2024-02-01", "2024-03-01T10:00:00+08:00", "2024-06-01", None, "on_time", None),
    (FRIDAY, "2024-03-01", None, "2024-02-20", "2024-02-20", "missing", 11),  # not yet out on that day
    (FRIDAY, "2024-03-01", None, "2024-02-05", None, "pending", None),
]
ABSENCES = [
    (FRIDAY, "2024-02-08", "2024-02-08", "pending", None),
    (FRIDAY, "2024-02-09", "2024-02-09", "pending", None),  # until the last day has ended
    (FRIDAY, "2024-02-10", "2024-02-10", "missing", 1),
    (FRIDAY, "2024-03-10", "2024-02-20", "missing", 30),
    (FRIDAY, "2024-03-10", None, "unknown", None),  # never crawled completely
    (FRIDAY, "2024-03-10", "2024-02-09", "unknown", None),  # crawled, but before the day had ended
    (FRIDAY, "2024-03-10", "2024-03-11", "unknown", None),  # crawled only after the day asked about
    (HOLIDAY, "2024-02-18", "2024-02-18", "pending", None),
    (HOLIDAY, "2024-02-19", "2024-02-19", "missing", 1),
    (expectation("budget", None, 2024), "2024-12-31", "2024-12-31", "unknown", None),
    (expectation("adjustment", "government", 2024), "2024-12-31", "2024-12-31", "unknown", None),
    (expectation("budget", "unit", 2019), "2024-12-31", "2024-12-31", "unknown", None),
]


@pytest.mark.parametrize(("expected", "published", "seen", "as_of", "crawled", "status", "days"), VERDICTS)
def test_verdict_on_a_publication(
    expected: Expectation,
    published: str | None,
    seen: str | None,
    as_of: str,
    crawled: str | None,
    status: str,
    days: int | None,
) -> None:
    verdict = one_verdict(expected, [publication(published, seen)], as_of, crawled)
    assert (verdict.status, verdict.days_late) == (status, days)


@pytest.mark.parametrize(("expected", "as_of", "crawled", "status", "days"), ABSENCES)
def test_verdict_on_an_absence(
    expected: Expectation, as_of: str, crawled: str | None, status: str, days: int | None
) -> None:
    verdict = one_verdict(expected, [], as_of, crawled)
    assert (verdict.status, verdict.days_late) == (status, days)
    assert (verdict.note is not None) == (status == "unknown"), "an unknown says what is missing to know"


def one_verdict(
    expected: Expectation, publications: list[Publication], as_of: str, crawled: str | None
) -> DeadlineRow:
    complete = {"b": date.fromisoformat(crawled)} if crawled else {}
    [verdict] = assess([expected], publications, date.fromisoformat(as_of), complete)
    return verdict


def test_the_first_publication_counts() -> None:
    later, earlier = publication("2024-03-01"), publication("2024-02-01")
    [verdict] = assess(
        [FRIDAY], [later, earlier, Publication("b", 2024, DueKind.BUDGET)], date(2024, 6, 1), {}
    )
    assert (verdict.published_on, verdict.status) == (date(2024, 2, 1), "on_time")


def test_publications_of_other_bodies_years_and_kinds_do_not_count() -> None:
    others = [
        Publication("x", 2024, DueKind.BUDGET, date(2024, 2, 1)),
        Publication("b", 2023, DueKind.BUDGET, date(2024, 2, 1)),
        Publication("b", 2024, DueKind.ACCOUNTS, date(2024, 2, 1)),
    ]
    [verdict] = assess([FRIDAY], others, date(2024, 6, 1), {"b": date(2024, 5, 1)})
    assert verdict.status == "missing"


def test_verdicts_are_rows_of_the_dataset() -> None:
    verdicts = assess([FRIDAY, HOLIDAY], [publication("2024-02-16")], date(2024, 6, 1), {})
    table = table_of(DeadlineRow, verdicts)
    assert table.column("status").to_pylist() == ["late", "grey"]


# claimed, absent from the crawl of, first seen, status, days_late: the claim counts for nothing
BACKDATED = [
    (FRIDAY, "2024-01-25", "2024-02-01", "2024-02-09T10:00:00+08:00", "on_time", None),
    (FRIDAY, "2024-01-25", "2024-02-09", "2024-02-12T10:00:00+08:00", "unknown", None),  # on either side
    (FRIDAY, "2024-02-01", "2024-02-10", "2024-03-12T10:00:00+08:00", "late", 1),
    (FRIDAY, "2024-02-01", "2024-03-10", "2024-03-12T10:00:00+08:00", "late", 30),
    (HOLIDAY, "2024-02-10", "2024-02-16", "2024-02-18T10:00:00+08:00", "grey", None),
    (HOLIDAY, "2024-02-10", "2024-02-15", "2024-02-18T10:00:00+08:00", "unknown", None),
    (HOLIDAY, "2024-02-10", "2024-02-16", "2024-02-19T10:00:00+08:00", "unknown", None),
    (HOLIDAY, "2024-02-20", "2024-02-25", "2024-02-28T10:00:00+08:00", "late", 7),
]


@pytest.mark.parametrize(("expected", "claimed", "absent", "seen", "status", "days"), BACKDATED)
def test_verdict_on_a_backdated_publication(
    expected: Expectation, claimed: str, absent: str, seen: str, status: str, days: int | None
) -> None:
    found = replace(publication(claimed, seen), absent_on=date.fromisoformat(absent))
    verdict = one_verdict(expected, [found], "2024-06-01", None)
    assert (verdict.status, verdict.days_late, verdict.backdated) == (status, days, True)
    assert (verdict.published_on, verdict.first_seen) == (found.published_on, found.first_seen)
    note = english(verdict.note)
    assert f"claims {claimed}" in note and absent in note


def test_a_backdated_publication_was_missing_until_it_was_seen() -> None:
    found = replace(publication("2024-02-01", "2024-03-12T10:00:00+08:00"), absent_on=date(2024, 3, 10))
    before = one_verdict(FRIDAY, [found], "2024-03-11", "2024-03-10")
    assert (before.status, before.days_late, before.backdated) == ("missing", 31, None)


def test_a_believable_claim_is_not_backdated() -> None:
    assert one_verdict(FRIDAY, [publication("2024-02-01")], "2024-06-01", None).backdated is False
    assert one_verdict(FRIDAY, [publication(None)], "2024-06-01", None).backdated is None

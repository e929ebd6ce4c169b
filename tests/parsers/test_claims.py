"""A rule claims no more than it has earned: severity, fault and words of its failing checks."""

from __future__ import annotations

import pytest

from parsers import claims
from parsers.claims import Measured, arithmetic, as_earned, qualified
from parsers.faults import in_words
from parsers.results import Check

ACCUSES = "likely the publisher’s error"


def failing(rule: str) -> Check:
    return Check(rule, (1,), "甲 | A", "fails", "error", "不符。 | They differ.", fault="publisher")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    monkeypatch.setattr(claims, "_all", lambda: found)
    return found


@pytest.mark.parametrize(
    ("rule", "judged", "right", "may"),
    [
        ("I12", 0, 0, False),
        ("I12", 19, 19, False),
        ("I12", 20, 20, True),
        ("I12", 20, 19, False),
        ("I12", 34, 33, True),
        ("I3", 0, 0, True),
        ("I3", 3, 3, True),
        ("I3", 3, 2, False),
        ("I15", 0, 0, False),
        ("no such rule", 0, 0, False),
    ],
)
def test_who_may_accuse(known: dict[str, Measured], rule: str, judged: int, right: int, may: bool) -> None:
    known[rule] = Measured(rule, judged, right)
    assert qualified(rule) is may
    [check] = in_words(as_earned([failing(rule)]))
    assert (check.severity, check.fault) == (("error", "publisher") if may else ("warning", "unclear"))
    assert (ACCUSES in check.message) is may


def test_a_doubt_about_the_reading_stays_one(known: dict[str, Measured]) -> None:
    doubt = Check("I12", (1,), "甲 | A", "fails", "info", "不符。 | They differ.", fault="reading")
    assert as_earned([doubt]) == (doubt,)


def test_what_is_pure_arithmetic_is_declared() -> None:
    assert arithmetic("I10") and arithmetic("A1"), "as the rules they take after"
    assert not any(map(arithmetic, ("BLANK", "I12", "P1", "ECHO", "I15", "complete-table")))


def test_more_right_than_judged_is_refused() -> None:
    with pytest.raises(ValueError, match="I3"):
        Measured("I3", 2, 3)

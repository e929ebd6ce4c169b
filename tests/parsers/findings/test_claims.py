"""A rule claims no more than it has earned: severity, fault and words of its failing checks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.findings import claims
from parsers.findings.claims import Measured, as_earned, is_arithmetic, qualified
from parsers.findings.explained import in_words
from parsers.values.messages import message
from parsers.values.results import Check, ParsedDocument
from parsers.values.vocabulary import CheckStatus, DocumentOutcome, Fault, Severity
from tests.accuracy.ledger import findings
from tests.wording import both

ACCUSES = "likely the publisher’s error"


STATEMENT = message("rule_at", place="A", rule="I12")


def failing(rule: str) -> Check:
    return Check(
        rule,
        (1,),
        message("row", table="甲", row="A"),
        CheckStatus.FAILS,
        Severity.ERROR,
        message("same_slip"),
        fault=Fault.PUBLISHER,
    )


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
    assert (ACCUSES in both(check.message)) is may


@pytest.mark.parametrize(
    ("judged", "right", "severity"),
    [
        (2, 0, "warning"),
        (3, 1, "info"),
        (5, 0, "info"),
        (5, 2, "info"),
        (6, 3, "warning"),
        (16, 7, "info"),
        (0, 0, "warning"),
    ],
)
@pytest.mark.parametrize("said", ["error", "warning"])
def test_a_rule_mostly_wrong_observes(
    known: dict[str, Measured], said: Severity, judged: int, right: int, severity: str
) -> None:
    known["I12"] = Measured("I12", judged, right)
    [check] = as_earned([replace(failing("I12"), severity=said)])
    assert (check.severity, check.fault) == (severity, "unclear")
    [observed] = as_earned([replace(failing("I12"), severity=Severity.INFO)])
    assert observed.severity == "info"


def test_an_observation_stays_in_the_ledger(known: dict[str, Measured]) -> None:
    """A refuted rule that fell silent in the ledger would be unmeasured, and warn again."""
    observed = replace(failing("LEVEL"), severity=Severity.INFO, fault=Fault.UNCLEAR)
    doubt = replace(observed, fault=Fault.READING)
    document = ParsedDocument("0" * 64, "application/pdf", DocumentOutcome.PARSED, checks=(observed, doubt))
    assert not list(findings(document, "own"))
    known["LEVEL"] = Measured("LEVEL", 12, 0)
    assert [check for _, check in findings(document, "own")] == [observed]


def test_a_doubt_about_the_reading_stays_one(known: dict[str, Measured]) -> None:
    doubt = Check(
        "I12",
        (1,),
        message("row", table="甲", row="A"),
        CheckStatus.FAILS,
        Severity.INFO,
        message("same_slip"),
        fault=Fault.READING,
    )
    assert as_earned([doubt]) == (doubt,)


def test_what_is_pure_arithmetic_is_declared() -> None:
    assert is_arithmetic("I10") and is_arithmetic("A1"), "as the rules they take after"
    assert not any(map(is_arithmetic, ("BLANK", "I12", "P1", "ECHO", "I15", "complete-table")))


def test_more_right_than_judged_is_refused() -> None:
    with pytest.raises(ValueError, match="I3"):
        Measured("I3", 2, 3)

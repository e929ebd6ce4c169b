"""Rows that a body may keep secret: what is not printed may be withheld, and is not an error.

Invariant: only a missing row is ever excused, and only for bodies and classes that `reference/withheld.yaml`
names; amounts that are printed must add up wherever nothing seems to be missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.accounting.equation import Equation, Finding
from parsers.accounting.slips import ROW, Explanation
from parsers.values.load import Knowledge, knowledge
from parsers.values.messages import message
from parsers.values.vocabulary import CheckStatus, NamedRule, Period

NOT_SHOWN = message("may_be_withheld")
_LISTS = frozenset({NamedRule.LEVEL, NamedRule.LEVEL_LIST, NamedRule.ECHO_ROW})


def may_be_withheld(equation: Equation, explanations: Sequence[Explanation], body: str | None) -> bool:
    """Whether a failing sum lacks a row that its publisher may have to keep secret. What a row changes by may
    be less than nothing."""
    lacks = bool(explanations) and all(explanation.slip is ROW for explanation in explanations)
    gap = equation.left_yuan - equation.right_yuan
    changed = any(term.fact is not None and term.fact.period == Period.CHANGE for term in equation.left)
    if not (equation.open_ended and (gap > 0 or changed) and (lacks or not explanations)):
        return False
    codes = (term.fact.functional_code for term in equation.left if term.fact is not None)
    return is_secret(body) or any(code and is_secret_class(code) for code in codes)


def finding_may_be_withheld(finding: Finding, body: str | None) -> bool:
    """The same for a row that a list seems to lack."""
    return finding.rule.id in _LISTS and finding.status == CheckStatus.FAILS and is_secret(body)


def is_secret(body: str | None) -> bool:
    """Whether a body of this name may have to withhold rows."""
    return bool(body and _knowledge().bodies.search(body))


def is_secret_class(code: str) -> bool:
    """Whether spending of this functional class or group may be withheld."""
    return code.startswith(_knowledge().codes)


class _Withheld(Knowledge):
    """`withheld.yaml`: names of bodies, and classes of spending, that may be kept secret."""

    bodies: re.Pattern[str]
    codes: tuple[str, ...]


def _knowledge() -> _Withheld:
    return knowledge("parsers.reference", "withheld.yaml", _Withheld)

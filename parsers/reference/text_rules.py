"""Rules that test text, completeness and performance forms: what they say and how severe they are.

Invariant: a rule that code reports stands in one of these files; what it looks for is code.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from parsers.values.load import Knowledge, knowledge
from parsers.values.vocabulary import Severity


class Identity(Knowledge):
    """One rule in the shape of the identities: its name, the most a failure may be, and what it states."""

    rule: str
    severity: Severity
    en: str
    zh: str


_with_names = BeforeValidator(lambda found: {name: {"rule": name, **one} for name, one in found.items()})
_Rules = Annotated[dict[str, Identity], _with_names]


def prose_rules() -> dict[str, Identity]:
    """The rules that test the text, by name."""
    return knowledge("parsers.reference", "prose_rules.yaml", _Rules)


def completeness_rules() -> dict[str, Identity]:
    """The rules that test what a disclosure must contain, by name."""
    return knowledge("parsers.reference", "completeness_rules.yaml", _Rules)


def performance_rules() -> dict[str, Identity]:
    """The rules that test performance forms, by name."""
    return knowledge("parsers.reference", "performance_rules.yaml", _Rules)

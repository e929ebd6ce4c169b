"""Rules that test text, completeness and performance forms: what they say and how severe they are.

Invariant: a rule that code reports stands in one of these files; what it looks for is code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from parsers.values.load import Knowledge, knowledge
from parsers.values.vocabulary import Severity


class _Entry(Knowledge):
    severity: Severity
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Identity:
    """One rule in the shape of the identities: its name, the most a failure may be, and what it states."""

    rule: str
    severity: Severity
    en: str
    zh: str


def prose_rules() -> dict[str, Identity]:
    """The rules that test the text, by name."""
    return _rules("prose_rules.yaml")


def completeness_rules() -> dict[str, Identity]:
    """The rules that test what a disclosure must contain, by name."""
    return _rules("completeness_rules.yaml")


def performance_rules() -> dict[str, Identity]:
    """The rules that test performance forms, by name."""
    return _rules("performance_rules.yaml")


@cache
def _rules(file: str) -> dict[str, Identity]:
    entries = knowledge("parsers.reference", file, dict[str, _Entry])
    return {name: Identity(name, entry.severity, entry.en, entry.zh) for name, entry in entries.items()}

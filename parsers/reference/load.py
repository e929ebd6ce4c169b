"""Loads the tables of knowledge once per process.

Invariant: a malformed data file fails loudly at load, never quietly at use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from parsers.results import Severity


def text(name: str) -> str:
    """The text of a packaged data file."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def load_yaml(name: str) -> Any:
    return yaml.safe_load(text(name))


@dataclass(frozen=True, slots=True)
class TitleRule:
    """One line of `table_titles.yaml`."""

    table_type: str
    all: tuple[str, ...]
    any: tuple[str, ...]
    none: tuple[str, ...]


@cache
def title_rules() -> tuple[TitleRule, ...]:
    return tuple(
        TitleRule(entry["type"], *(tuple(entry.get(words, ())) for words in ("all", "any", "none")))
        for entry in load_yaml("table_titles.yaml")
    )


@dataclass(frozen=True, slots=True)
class MeaningTerm:
    """One line of `meaning` in `header_terms.yaml`; `sets` maps a dimension to its value."""

    pattern: re.Pattern[str]
    sets: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class HeaderTerms:
    roles: tuple[tuple[str, re.Pattern[str]], ...]
    systems: tuple[tuple[str, re.Pattern[str]], ...]
    meaning: tuple[MeaningTerm, ...]
    neutral: tuple[re.Pattern[str], ...]


@cache
def header_terms() -> HeaderTerms:
    data = load_yaml("header_terms.yaml")
    return HeaderTerms(
        tuple((entry["role"], re.compile(entry["pattern"])) for entry in data["roles"]),
        tuple((entry["system"], re.compile(entry["pattern"])) for entry in data["systems"]),
        tuple(MeaningTerm(re.compile(entry.pop("pattern")), entry) for entry in data["meaning"]),
        tuple(re.compile(pattern) for pattern in data["neutral"]),
    )


@cache
def table_defaults() -> dict[str, dict[str, str]]:
    """table_type → dimension → value that holds unless a header or row says otherwise."""
    data: dict[str, dict[str, str]] = load_yaml("table_defaults.yaml")
    return data


@dataclass(frozen=True, slots=True)
class Identity:
    """One entry of `identities.yaml`."""

    rule: str
    severity: Severity
    en: str
    zh: str


@cache
def identities() -> dict[str, Identity]:
    return {rule: Identity(rule, **entry) for rule, entry in load_yaml("identities.yaml").items()}

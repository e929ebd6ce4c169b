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

from parsers.values.results import Severity


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
    """One line of knowledge in `header_terms.yaml`; `sets` maps a dimension (or another key of the line) to
    its value. The line holds in tables of the types `only` names (any, where it names none) and not in those
    of `without`."""

    pattern: re.Pattern[str]
    sets: dict[str, str | None]
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    def fits(self, compact: str, table_type: str | None) -> bool:
        here = (not self.only or table_type in self.only) and table_type not in self.without
        return here and bool(self.pattern.search(compact))


Terms = tuple[MeaningTerm, ...]


@dataclass(frozen=True, slots=True)
class HeaderTerms:
    """`header_terms.yaml`, section by section; `rows` by the side (revenue, expenditure) they stand on."""

    roles: tuple[tuple[str, re.Pattern[str]], ...]
    systems: tuple[tuple[str, re.Pattern[str]], ...]
    meaning: Terms
    accounts: Terms
    neutral: tuple[re.Pattern[str], ...]
    titles: Terms
    rows: dict[str, Terms]
    items: Terms


@cache
def header_terms() -> HeaderTerms:
    data = load_yaml("header_terms.yaml")
    return HeaderTerms(
        roles=tuple((entry["role"], re.compile(entry["pattern"])) for entry in data["roles"]),
        systems=tuple((entry["system"], re.compile(entry["pattern"])) for entry in data["systems"]),
        meaning=_terms(data["meaning"]),
        accounts=_terms(data["accounts"]),
        neutral=tuple(re.compile(pattern) for pattern in data["neutral"]),
        titles=_terms(data["titles"]),
        rows={side: _terms(entries) for side, entries in data["rows"].items()},
        items=_terms(data["items"]),
    )


def _terms(entries: list[dict[str, Any]]) -> Terms:
    return tuple(
        MeaningTerm(
            pattern=re.compile(entry["pattern"]),
            sets={key: value for key, value in entry.items() if key not in ("pattern", "only", "except")},
            only=frozenset(entry.get("only", ())),
            without=frozenset(entry.get("except", ())),
        )
        for entry in entries
    )


@cache
def table_defaults() -> dict[str, dict[str, str]]:
    """table_type → dimension → value that holds unless a header or row says otherwise."""
    data: dict[str, dict[str, str]] = load_yaml("table_defaults.yaml")
    return data


@dataclass(frozen=True, slots=True)
class Identity:
    """One entry of `prose_rules.yaml` or `completeness_rules.yaml`."""

    rule: str
    severity: Severity
    en: str
    zh: str


@cache
def prose_rules() -> dict[str, Identity]:
    """The rules that test the text, in the shape of the identities."""
    return {rule: Identity(rule, **entry) for rule, entry in load_yaml("prose_rules.yaml").items()}


@cache
def completeness_rules() -> dict[str, Identity]:
    """The rules that test what a disclosure must contain, in the shape of the identities."""
    return {rule: Identity(rule, **entry) for rule, entry in load_yaml("completeness_rules.yaml").items()}


@cache
def performance_rules() -> dict[str, Identity]:
    """The rules that test performance forms, in the shape of the identities."""
    return {rule: Identity(rule, **entry) for rule, entry in load_yaml("performance_rules.yaml").items()}

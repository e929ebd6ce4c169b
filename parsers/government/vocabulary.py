"""The words of headers and rows of governments' tables (`reference/government_terms.yaml`), typed.

Invariant: a malformed data file fails at load; whoever asks gets the first entry that fits, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from parsers.reference.load import load_yaml

Choices = tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True)
class NamedSum:
    """A sum with the name of its account, `fund` None where any account has it."""

    name: str
    fund: str | None
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """The file, section by section."""

    roles: Choices
    stages: Choices
    changes: re.Pattern[str]
    sides: Choices
    flows: Mapping[str, Choices]
    subjects: tuple[NamedSum, ...]
    measures: Choices
    kinds: Choices
    bonds: Choices
    social: Choices
    whole: re.Pattern[str]
    own: re.Pattern[str]
    below: re.Pattern[str]


def first(choices: Choices, text: str) -> str | None:
    """The value of the first pattern that is found in `text`."""
    return next((value for value, pattern in choices if pattern.search(text)), None)


@cache
def terms() -> Terms:
    raw: dict[str, Any] = load_yaml("government_terms.yaml")
    return Terms(
        roles=_choices(raw["roles"], "role"),
        stages=_choices(raw["stages"], "stage"),
        changes=re.compile(raw["changes"]),
        sides=_choices(raw["sides"], "flow"),
        flows={side: _choices(entries, "flow") for side, entries in raw["flows"].items()},
        subjects=tuple(
            NamedSum(entry["subject"], entry.get("fund"), re.compile(entry["pattern"]))
            for entry in raw["subjects"]
        ),
        measures=_choices(raw["debt"]["measures"], "measure"),
        kinds=_choices(raw["debt"]["kinds"], "kind"),
        bonds=_choices(raw["debt"]["bonds"], "bond"),
        social=_choices(raw["social"], "flow"),
        whole=re.compile(raw["rows"]["whole"]),
        own=re.compile(raw["rows"]["own"]),
        below=re.compile(raw["rows"]["below"]),
    )


def _choices(entries: Sequence[Mapping[str, Any]], name: str) -> Choices:
    return tuple((entry[name], re.compile(entry["pattern"])) for entry in entries)

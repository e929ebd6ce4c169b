"""The words of headers and rows of governments' tables (`reference/government_terms.yaml`), typed.

Invariant: a malformed data file fails at load; a lookup returns the first entry that fits, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from parsers.values.load import Knowledge, knowledge


def _pair(entry: object) -> object:
    """An entry `{role: amount, pattern: …}` says in its first key what its value is."""
    if isinstance(entry, Mapping) and len(entry) == 2 and "pattern" in entry:
        return next(value for key, value in entry.items() if key != "pattern"), entry["pattern"]
    return entry


Choices = tuple[Annotated[tuple[str, re.Pattern[str]], BeforeValidator(_pair)], ...]


class NamedSum(Knowledge):
    """A sum with the name of its account, `fund` None where any account has it."""

    subject: str
    fund: str | None = None
    pattern: re.Pattern[str]


class Debt(Knowledge):
    """What is measured of debt (限额, 余额), of which kind, and in which bonds."""

    measures: Choices
    kinds: Choices
    bonds: Choices


class RowScopes(Knowledge):
    """Rows of the whole territory, of the government's own level, and of what is below."""

    whole: re.Pattern[str]
    own: re.Pattern[str]
    below: re.Pattern[str]


class Terms(Knowledge):
    """The file, section by section."""

    roles: Choices
    stages: Choices
    changes: re.Pattern[str]
    counted: re.Pattern[str]
    adjustments: re.Pattern[str]
    adjusted: re.Pattern[str]
    rates: re.Pattern[str]
    row_changes: re.Pattern[str]
    no_money: re.Pattern[str]
    sides: Choices
    flows: dict[str, Choices]
    subjects: tuple[NamedSum, ...]
    debt: Debt
    social: Choices
    rows: RowScopes


def first(choices: Choices, text: str) -> str | None:
    """The value of the first pattern that is found in `text`."""
    return next((value for value, pattern in choices if pattern.search(text)), None)


def terms() -> Terms:
    """The file, read once."""
    return knowledge("parsers.reference", "government_terms.yaml", Terms)

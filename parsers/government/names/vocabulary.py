"""The words of headers and rows of governments' tables (`reference/government_terms.yaml`), typed.

Invariant: a malformed data file fails at load; a lookup returns the first entry that fits, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from parsers.values.load import Knowledge, knowledge

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
    counted: re.Pattern[str]
    adjustments: re.Pattern[str]
    adjusted: re.Pattern[str]
    rates: re.Pattern[str]
    row_changes: re.Pattern[str]
    no_money: re.Pattern[str]
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


class _Role(Knowledge):
    role: str
    pattern: re.Pattern[str]


class _Stage(Knowledge):
    stage: str
    pattern: re.Pattern[str]


class _Flow(Knowledge):
    flow: str
    pattern: re.Pattern[str]


class _Subject(Knowledge):
    subject: str
    fund: str | None = None
    pattern: re.Pattern[str]


class _Measure(Knowledge):
    measure: str
    pattern: re.Pattern[str]


class _Kind(Knowledge):
    kind: str
    pattern: re.Pattern[str]


class _Bond(Knowledge):
    bond: str
    pattern: re.Pattern[str]


class _Debt(Knowledge):
    measures: tuple[_Measure, ...]
    kinds: tuple[_Kind, ...]
    bonds: tuple[_Bond, ...]


class _Rows(Knowledge):
    whole: re.Pattern[str]
    own: re.Pattern[str]
    below: re.Pattern[str]


class _File(Knowledge):
    roles: tuple[_Role, ...]
    stages: tuple[_Stage, ...]
    changes: re.Pattern[str]
    counted: re.Pattern[str]
    adjustments: re.Pattern[str]
    adjusted: re.Pattern[str]
    rates: re.Pattern[str]
    row_changes: re.Pattern[str]
    no_money: re.Pattern[str]
    sides: tuple[_Flow, ...]
    flows: dict[str, tuple[_Flow, ...]]
    subjects: tuple[_Subject, ...]
    debt: _Debt
    social: tuple[_Flow, ...]
    rows: _Rows


@cache
def terms() -> Terms:
    """The file, read once."""
    data = knowledge("parsers.reference", "government_terms.yaml", _File)
    return Terms(
        roles=tuple((one.role, one.pattern) for one in data.roles),
        stages=tuple((one.stage, one.pattern) for one in data.stages),
        changes=data.changes,
        counted=data.counted,
        adjustments=data.adjustments,
        adjusted=data.adjusted,
        rates=data.rates,
        row_changes=data.row_changes,
        no_money=data.no_money,
        sides=_flows(data.sides),
        flows={side: _flows(entries) for side, entries in data.flows.items()},
        subjects=tuple(NamedSum(one.subject, one.fund, one.pattern) for one in data.subjects),
        measures=tuple((one.measure, one.pattern) for one in data.debt.measures),
        kinds=tuple((one.kind, one.pattern) for one in data.debt.kinds),
        bonds=tuple((one.bond, one.pattern) for one in data.debt.bonds),
        social=_flows(data.social),
        whole=data.rows.whole,
        own=data.rows.own,
        below=data.rows.below,
    )


def _flows(entries: Sequence[_Flow]) -> Choices:
    return tuple((one.flow, one.pattern) for one in entries)

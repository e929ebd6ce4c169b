"""The words of a government's report, compiled from `reference/report_terms.yaml`.

Invariant: a measure is named by the end of the words in front of an amount, and by nothing else in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from parsers.values.load import Knowledge, knowledge

Pattern = re.Pattern[str]


class _Measure(Knowledge):
    words: str
    fund: str | None = None


class _File(Knowledge):
    measures: dict[str, _Measure]
    bare: dict[str, dict[str, str]]
    parts: dict[str, dict[str, str]]
    funds: dict[str, str]
    stages: dict[str, str]
    heading_stages: dict[str, str]
    scopes: dict[str, str]
    insurance: str
    accounts: list[str]
    totals: list[str]
    completed: str
    tail: str
    filler: str
    comparison: str
    several_years: str
    part_year: str
    threshold: str
    change: str
    shift: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity of a government's budget; `fund` is its account, None where the context names it."""

    name: str
    words: Pattern
    fund: str | None


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """The words of governments' reports (预算报告, 决算报告), compiled."""

    measures: tuple[Measure, ...]
    bare: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, tuple[tuple[Pattern, str], ...]]
    funds: Mapping[str, Pattern]
    stages: Mapping[str, Pattern]
    heading_stages: Mapping[str, Pattern]
    scopes: Mapping[str, Pattern]
    insurance: Pattern
    accounts: frozenset[str]
    totals: frozenset[str]
    completed: Pattern
    filler: Pattern
    comparison: Pattern
    several_years: Pattern
    part_year: Pattern
    threshold: Pattern
    change: Pattern
    shift: Pattern

    def fund_of(self, name: str) -> str | None:
        """The account of the measure called `name`."""
        return next((measure.fund for measure in self.measures if measure.name == name), None)

    def measure(self, words: str) -> tuple[Measure, str, str] | None:
        """The measure that `words` end with, what stands before its name, and the name; the longest wins."""
        found = [(m, match) for m in self.measures if (match := m.words.search(words))]
        if not found:
            return None
        measure, match = min(found, key=lambda item: (item[1].start(), -len(item[1]["name"])))
        return measure, words[: match.start()], match["name"]


@cache
def report_terms() -> ReportTerms:
    """The words of `report_terms.yaml`, loaded once."""
    data = knowledge("parsers.reference", "report_terms.yaml", _File)
    return ReportTerms(
        measures=tuple(
            Measure(name, _named(entry.words, data.tail), entry.fund) for name, entry in data.measures.items()
        ),
        bare=data.bare,
        parts={
            whole: tuple((_named(words, data.tail), name) for words, name in parts.items())
            for whole, parts in data.parts.items()
        },
        accounts=frozenset(data.accounts),
        totals=frozenset(data.totals),
        filler=re.compile(rf"^{data.filler}$"),
        funds=_compiled(data.funds),
        stages=_compiled(data.stages),
        heading_stages=_compiled(data.heading_stages),
        scopes=_compiled(data.scopes),
        insurance=re.compile(data.insurance),
        completed=re.compile(data.completed),
        comparison=re.compile(data.comparison),
        several_years=re.compile(data.several_years),
        part_year=re.compile(data.part_year),
        threshold=re.compile(data.threshold),
        change=re.compile(data.change),
        shift=re.compile(data.shift),
    )


def _named(words: str, tail: str) -> Pattern:
    return re.compile(rf"(?P<name>{words}){tail}$")


def _compiled(patterns: Mapping[str, str]) -> dict[str, Pattern]:
    return {name: re.compile(words) for name, words in patterns.items()}

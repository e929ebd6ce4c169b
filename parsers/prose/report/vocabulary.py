"""The words of a government's report: the model of `reference/report_terms.yaml`.

Invariant: a measure is named by the end of the words in front of an amount, and by nothing else in them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from parsers.values.load import Knowledge, knowledge
from parsers.values.vocabulary import Measure

Pattern = re.Pattern[str]


class MeasureWords(Knowledge):
    """How a measure is called, and its account, None where the context names it."""

    words: str
    fund: str | None = None


@dataclass(frozen=True, slots=True)
class NamedMeasure:
    """A quantity of a government's budget; `fund` is its account, None where the context names it."""

    name: Measure
    words: Pattern
    fund: str | None


class ReportTerms(Knowledge):
    """Words of governments' reports (预算报告, 决算报告); `tail` may stand behind the name of a measure."""

    measures: dict[Measure, MeasureWords]
    bare: dict[str, dict[str, Measure]]
    parts: dict[Measure, dict[str, Measure]]
    funds: dict[str, Pattern]
    stages: dict[str, Pattern]
    heading_stages: dict[str, Pattern]
    scopes: dict[str, Pattern]
    insurance: Pattern
    accounts: frozenset[Measure]
    totals: frozenset[Measure]
    completed: Pattern
    tail: str
    filler: Pattern
    comparison: Pattern
    several_years: Pattern
    part_year: Pattern
    threshold: Pattern
    change: Pattern
    shift: Pattern

    @cached_property
    def named(self) -> tuple[NamedMeasure, ...]:
        """The measures with their names at the end of words."""
        return tuple(
            NamedMeasure(name, self._at_end(one.words), one.fund) for name, one in self.measures.items()
        )

    @cached_property
    def named_parts(self) -> dict[Measure, tuple[tuple[Pattern, Measure], ...]]:
        """By whole, the names of its parts at the end of words, each with its measure."""
        return {
            whole: tuple((self._at_end(words), name) for words, name in parts.items())
            for whole, parts in self.parts.items()
        }

    @cached_property
    def kinds_of_debt(self) -> frozenset[str]:
        """The measures that are parts of another: general and special."""
        return frozenset(name for parts in self.parts.values() for name in parts.values())

    def _at_end(self, words: str) -> Pattern:
        return re.compile(rf"(?P<name>{words}){self.tail}$")

    def fund_of(self, name: Measure) -> str | None:
        """The account of the measure called `name`."""
        return self.measures[name].fund if name in self.measures else None

    def measure(self, words: str) -> tuple[NamedMeasure, str, str] | None:
        """The measure that `words` end with, what stands before its name, and the name; the longest wins."""
        found = [(m, match) for m in self.named if (match := m.words.search(words))]
        if not found:
            return None
        measure, match = min(found, key=lambda item: (item[1].start(), -len(item[1]["name"])))
        return measure, words[: match.start()], match["name"]


def report_terms() -> ReportTerms:
    """The words of `report_terms.yaml`, read once."""
    return knowledge("parsers.reference", "report_terms.yaml", ReportTerms)

"""The words of performance forms: the model of `reference/performance_terms.yaml`.

Invariant: patterns are matched against folded text only.
"""

from __future__ import annotations

import re
from functools import cached_property

from parsers.values.load import Knowledge, knowledge
from parsers.values.text import fold

Pattern = re.Pattern[str]


class Labels(Knowledge):
    """What stands beside a project's name, its code and its money, the most fitting first."""

    project_name: Pattern
    project_code: Pattern
    project_amount: tuple[Pattern, ...]


class SumLabels(Knowledge):
    """The labels of a form's sums."""

    whole: Pattern
    fiscal: Pattern
    other: Pattern
    closing: Pattern


class FormTerms(Knowledge):
    """`headings` maps a column's role to its patterns, best first; `families` a first level to the words of
    second levels that belong to it."""

    headings: dict[str, tuple[Pattern, ...]]
    labels: Labels
    sums: SumLabels
    head: tuple[Pattern, ...]
    furniture: Pattern
    template: Pattern
    coded_name: Pattern
    code: Pattern
    families: dict[str, tuple[str, ...]]
    first_levels: Pattern
    second_levels: Pattern
    unprinted_signs: frozenset[str]

    @cached_property
    def combined(self) -> Pattern:
        """All three levels in one cell."""
        first, second = self.first_levels.pattern, self.second_levels.pattern
        return re.compile(rf"^(?P<first>(?:{first}))(?P<second>(?:{second}))(?P<third>.+)$")

    def family(self, level2: str | None) -> str | None:
        """The first level a second level belongs to; None where its words leave that open."""
        compact = fold(level2 or "")
        return next((first for first, words in self.families.items() if compact.startswith(words)), None)


def terms() -> FormTerms:
    """The words of performance forms, read once."""
    return knowledge("parsers.reference", "performance_terms.yaml", FormTerms)

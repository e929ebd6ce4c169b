"""The words of performance forms, compiled from `reference/performance_terms.yaml`.

Invariant: patterns are matched against folded text only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parsers.reference.load import load_yaml
from parsers.values.text import fold


@dataclass(frozen=True, slots=True)
class FormTerms:
    """`headings` maps a column's role to its patterns, best first; `amounts` are the labels of a project's
    money, most fitting first; `families` maps words of a second level to the first level they belong to;
    `whole` to `closing` are the labels of a form's sums."""

    headings: dict[str, tuple[re.Pattern[str], ...]]
    name: re.Pattern[str]
    code_label: re.Pattern[str]
    amounts: tuple[re.Pattern[str], ...]
    head: re.Pattern[str]
    furniture: re.Pattern[str]
    template: re.Pattern[str]
    coded_name: re.Pattern[str]
    code: re.Pattern[str]
    families: dict[str, str]
    first_level: re.Pattern[str]
    second_level: re.Pattern[str]
    combined: re.Pattern[str]
    unprinted_signs: frozenset[str]
    whole: re.Pattern[str]
    fiscal: re.Pattern[str]
    other: re.Pattern[str]
    closing: re.Pattern[str]

    def family(self, level2: str | None) -> str | None:
        """The first level a second level belongs to; None where its words leave that open."""
        compact = fold(level2 or "")
        return next((first for word, first in self.families.items() if compact.startswith(word)), None)


@cache
def terms() -> FormTerms:
    data = load_yaml("performance_terms.yaml")
    labels = data["labels"]
    first, second = data["first_levels"], data["second_levels"]
    return FormTerms(
        headings={role: tuple(map(re.compile, items)) for role, items in data["headings"].items()},
        name=re.compile(labels["project_name"]),
        code_label=re.compile(labels["project_code"]),
        amounts=tuple(map(re.compile, labels["project_amount"])),
        head=re.compile(data["head"].replace(" ", "")),
        furniture=re.compile(data["furniture"]),
        template=re.compile(data["template"]),
        coded_name=re.compile(data["coded_name"]),
        code=re.compile(data["code"]),
        families={word: name for name, words in data["families"].items() for word in words},
        first_level=re.compile(first),
        second_level=re.compile(second),
        combined=re.compile(rf"^(?P<first>(?:{first}))(?P<second>(?:{second}))(?P<third>.+)$"),
        unprinted_signs=frozenset(data["unprinted_signs"]),
        **{name: re.compile(pattern) for name, pattern in data["sums"].items()},
    )

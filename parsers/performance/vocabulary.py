"""The words of performance forms, compiled from `reference/performance_terms.yaml`.

Invariant: patterns are matched against folded text only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from parsers.values.load import Knowledge, knowledge
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


class _Labels(Knowledge):
    project_name: re.Pattern[str]
    project_code: re.Pattern[str]
    project_amount: tuple[re.Pattern[str], ...]


class _Sums(Knowledge):
    whole: re.Pattern[str]
    fiscal: re.Pattern[str]
    other: re.Pattern[str]
    closing: re.Pattern[str]


class _File(Knowledge):
    headings: dict[str, tuple[re.Pattern[str], ...]]
    labels: _Labels
    sums: _Sums
    head: str
    furniture: re.Pattern[str]
    template: re.Pattern[str]
    coded_name: re.Pattern[str]
    code: re.Pattern[str]
    families: dict[str, tuple[str, ...]]
    first_levels: str
    second_levels: str
    unprinted_signs: frozenset[str]


@cache
def terms() -> FormTerms:
    """The words of performance forms, from `performance_terms.yaml`, loaded once."""
    data = knowledge("parsers.reference", "performance_terms.yaml", _File)
    first, second = data.first_levels, data.second_levels
    return FormTerms(
        headings=data.headings,
        name=data.labels.project_name,
        code_label=data.labels.project_code,
        amounts=data.labels.project_amount,
        head=re.compile(data.head.replace(" ", "")),
        furniture=data.furniture,
        template=data.template,
        coded_name=data.coded_name,
        code=data.code,
        families={word: name for name, words in data.families.items() for word in words},
        first_level=re.compile(first),
        second_level=re.compile(second),
        combined=re.compile(rf"^(?P<first>(?:{first}))(?P<second>(?:{second}))(?P<third>.+)$"),
        unprinted_signs=data.unprinted_signs,
        **dict(data.sums),
    )

"""What titles of tables (`table_titles.yaml`), headers and rows (`header_terms.yaml`) say of amounts.

Invariant: the order of a file, or of a section of it, is the order of precedence: the first that fits counts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import Field, model_validator

from parsers.values.load import Knowledge, knowledge
from parsers.values.table_types import TableType

Pattern = re.Pattern[str]


class MeaningTerm(Knowledge):
    """One line of knowledge; `sets` maps a dimension (or another key of the line) to its value. The line
    holds in tables of the types `only` names (any, where it names none) and not in those of `without`."""

    pattern: Pattern
    sets: dict[str, str | None] = Field(min_length=1)
    only: frozenset[TableType] = frozenset()
    without: frozenset[TableType] = Field(frozenset(), alias="except")

    @model_validator(mode="before")
    @classmethod
    def _other_keys_are_set(cls, line: Any) -> Any:
        if not isinstance(line, dict):
            return line
        own = ("pattern", "only", "except")
        sets = {key: value for key, value in line.items() if key not in own}
        sets |= {key: "true" for key, value in sets.items() if value is True}  # `total: true` in the file
        return {key: line[key] for key in own if key in line} | {"sets": sets}

    def fits(self, compact: str, table_type: TableType | None) -> bool:
        """Whether the line speaks of this text, in a table of this type."""
        here = (not self.only or table_type in self.only) and table_type not in self.without
        return here and bool(self.pattern.search(compact))


class Role(Knowledge):
    """What a column holds whose header text fits."""

    role: str
    pattern: Pattern


class System(Knowledge):
    """The classification of a column of codes or names whose header text fits."""

    system: str
    pattern: Pattern


Terms = tuple[MeaningTerm, ...]


class HeaderTerms(Knowledge):
    """The file, section by section; `rows` by the side (revenue, expenditure) they stand on."""

    roles: tuple[Role, ...]
    systems: tuple[System, ...]
    meaning: Terms
    accounts: Terms
    neutral: tuple[Pattern, ...]
    titles: Terms
    rows: dict[str, Terms]
    items: Terms


def header_terms() -> HeaderTerms:
    """The file, read once."""
    return knowledge("parsers.reference", "header_terms.yaml", HeaderTerms)


class TitleRule(Knowledge):
    """One line of `table_titles.yaml`: the title contains all of `all`, any of `any`, none of `none`."""

    table_type: TableType = Field(alias="type")
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


def title_rules() -> tuple[TitleRule, ...]:
    """The rules in their order."""
    return knowledge("parsers.reference", "table_titles.yaml", tuple[TitleRule, ...])


@cache
def table_defaults() -> dict[TableType, dict[str, str]]:
    """table_type → dimension → value that holds unless a header or row says otherwise."""
    return knowledge("parsers.reference", "table_defaults.yaml", dict[TableType, dict[str, str]])

"""Titles of departments' tables (`table_titles.yaml`), and what a type of table means by default.

Invariant: the order of the file is the order of the rules; the first that fits gives the type.
"""

from __future__ import annotations

from functools import cache

from pydantic import Field

from parsers.values.load import Knowledge, knowledge


class TitleRule(Knowledge):
    """One line of `table_titles.yaml`: the title contains all of `all`, any of `any`, none of `none`."""

    table_type: str = Field(alias="type")
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


def title_rules() -> tuple[TitleRule, ...]:
    """The rules in their order."""
    return knowledge("parsers.reference", "table_titles.yaml", tuple[TitleRule, ...])


@cache
def table_defaults() -> dict[str, dict[str, str]]:
    """table_type → dimension → value that holds unless a header or row says otherwise."""
    return knowledge("parsers.reference", "table_defaults.yaml", dict[str, dict[str, str]])

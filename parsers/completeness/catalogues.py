"""What a complete disclosure holds (`reference/required_content.yaml`), typed.

Invariant: a malformed entry fails at load; patterns are searched for in folded text.
"""

from __future__ import annotations

import re

from pydantic import Field

from parsers.values.load import Knowledge, knowledge

Pattern = re.Pattern[str]


class RequiredTable(Knowledge):
    """Any one of `types`, or a title that fits, will do; `since`: the first fiscal year, by kind."""

    types: frozenset[str]
    title: Pattern
    since: dict[str, int] = Field(default_factory=dict)


class Placeholder(Knowledge):
    """A mark of a template or of the system that made a form."""

    name: str
    pattern: Pattern


class Promise(Knowledge):
    """Words (`says`) that a table was published; `amount` names what it would print, None for no amount."""

    amount: str | None
    says: Pattern


class RequiredContent(Knowledge):
    """The file, section by section; `foreign_levels` by the level of the body's region."""

    tables: dict[str, RequiredTable]
    texts: dict[str, Pattern]
    placeholders: tuple[Placeholder, ...]
    foreign_levels: dict[str, Pattern]
    promises: dict[str, Promise]
    none_words: str
    doubled: Pattern


def required_content() -> RequiredContent:
    """The file, read once."""
    return knowledge("parsers.reference", "required_content.yaml", RequiredContent)

"""The Chinese titles of columns, from `titles.yaml`.

Invariant: what a column is called in Chinese stands in that file and nowhere else.
"""

from __future__ import annotations

from parsers.values.load import knowledge

Titles = dict[str, str | dict[str, str]]
"""A title by column, or by column and table."""


def title_of(table: str, column: str) -> str | None:
    """The title of a table's column; None where the field has no term for it."""
    found = knowledge("archive.dataset.schema", "titles.yaml", Titles).get(column)
    return found.get(table) if isinstance(found, dict) else found

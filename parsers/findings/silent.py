"""Tables of money of which no amount was read although their pages print amounts.

Invariant: such a table is named, with its page, for a person to look at; an empty form does not count, and
neither does a table whose kind is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.tables.facts import WITHOUT_FACTS
from parsers.values.messages import Message, message
from parsers.values.results import BudgetTable

MOST_NAMED = 3


def silent_tables(tables: Sequence[BudgetTable]) -> Message | None:
    """A message that names the tables without any amount; None where there is none."""
    silent = [table for table in tables if _is_silent(table)]
    if not silent:
        return None
    named = tuple(
        message(
            "titled",
            title=table.title or message("table", number=table.table_no),
            page=table.pages[0] if table.pages else None,
        )
        for table in silent[:MOST_NAMED]
    )
    if more := len(silent) - len(named):
        return message("silent_tables_and_more", tables=named, more=more, n=len(silent))
    return message("silent_tables", tables=named)


def _is_silent(table: BudgetTable) -> bool:
    typed = table.table_type != "other" and table.table_type not in WITHOUT_FACTS
    return typed and not table.facts and bool(table.unread) and table.empty_reason is None

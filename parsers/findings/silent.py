"""Tables of money of which no amount was read although their pages print amounts.

Invariant: such a table is named, with its page, for a person to look at; an empty form does not count, and
neither does a table whose kind is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.tables.facts import WITHOUT_FACTS
from parsers.values.results import BudgetTable

MOST_NAMED = 3


def silent_tables(tables: Sequence[BudgetTable]) -> str | None:
    """One sentence, `中文 | English`, that names the tables without any amount; None where there is none."""
    silent = [table for table in tables if _is_silent(table)]
    if not silent:
        return None
    named = silent[:MOST_NAMED]
    chinese = "、".join(f"《{t.title or f'第{t.table_no}张表'}》{_page(t, '（第{}页）')}" for t in named)
    english = ", ".join(f"“{t.title or f'table {t.table_no}'}”{_page(t, ' (page {})')}" for t in named)
    more = len(silent) - len(named)
    return (
        f"{chinese}{f'等{len(silent)}张表' if more else ''}：页面上印有金额，但一个也没有读出 | "
        f"{english}{f' and {more} more' if more else ''}: the page prints amounts, and none was read"
    )


def _is_silent(table: BudgetTable) -> bool:
    typed = table.table_type != "other" and table.table_type not in WITHOUT_FACTS
    return typed and not table.facts and bool(table.unread) and table.empty_reason is None


def _page(table: BudgetTable, words: str) -> str:
    return words.format(table.pages[0]) if table.pages else ""

"""Doubt the reading before the publisher: failing checks behind which something unread stands.

Invariant: a check whose table holds a cell that could not be read accuses nobody: its fault is `reading`, its
severity `info`; and so is a figure of the text that the tables of such a document seem to refute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers.results import BudgetTable, Check

_TEXT_AGAINST_TABLES = "I15"


def doubt_unread(checks: Iterable[Check], tables: Sequence[BudgetTable]) -> tuple[Check, ...]:
    """The checks, with the failures that an unreadable cell may explain as doubts about the reading."""
    unread = {table.table_no for table in tables if any(fact.is_unread for fact in table.facts)}
    if not unread:
        return tuple(checks)
    return tuple(
        replace(check, severity="info", fault="reading")
        if check.status == "fails"
        and (not unread.isdisjoint(check.table_nos) or check.rule.startswith(_TEXT_AGAINST_TABLES))
        else check
        for check in checks
    )

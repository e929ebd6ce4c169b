"""Columns whose rows add up to more than their printed total: `python -m tests.accuracy.doubles FILES`.

Invariant: it follows the recipe of `docs/sums.md`, so a column it lists either doubles money, or its document
prints parts that exceed their total; which of them it is, only the page says.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parsers import parse_document
from parsers.readers.limits import Limits
from parsers.tables.layout.words import is_total_word
from parsers.values.results import BudgetTable, Fact, Hints
from parsers.values.table_types import PROJECT_LISTS, PURCHASES, TableType

ONE_LEVEL = PROJECT_LISTS | PURCHASES | {TableType.THREE_PUBLIC}
SUMMARIES = ("summary", "appropriation_summary")


@dataclass(frozen=True, slots=True)
class Column:
    """One sum: a column of a table in one period, at one level; `exceeds` where its rows are more than the
    printed total and rounding explain."""

    table_no: int
    table_type: str
    column_path: str
    level: int | None
    added_up: Decimal
    printed: Decimal
    exceeds: bool


def columns(table: BudgetTable) -> Iterator[Column]:
    """Every sum the recipe makes of a table whose total is printed."""
    totals = {(row.row_no, row.block) for row in table.rows if row.is_total and is_total_word(row.label)}
    sums = {(row.row_no, row.block) for row in table.rows if row.is_total}
    by_column: defaultdict[tuple[int, int, str | None], list[Fact]] = defaultdict(list)
    for fact in table.facts:
        by_column[fact.block, fact.col_no, fact.period].append(fact)
    for facts in by_column.values():
        read = [(fact, amount) for fact in facts if (amount := fact.amount_yuan) is not None]
        printed = [fact for fact, _ in read if (fact.row_no, fact.block) in totals]
        parts = [fact for fact, _ in read if (fact.row_no, fact.block) not in sums]
        for level in _levels(table.table_type, parts) if printed else ():
            chosen = [fact for fact in parts if level is None or fact.level == level]
            yield _column(table, level, chosen, max(printed, key=_amount))


def _levels(table_type: str, parts: Sequence[Fact]) -> Sequence[int | None]:
    """The levels that each give the whole; None for all rows together."""
    if table_type in ONE_LEVEL:
        return [None]
    if table_type in SUMMARIES:
        return [1] if any(fact.level for fact in parts) else []  # funds and periods differ by row
    coded = {fact.level for fact in parts} - {0}
    return sorted(coded) or ([0] if parts else [])


def _column(table: BudgetTable, level: int | None, facts: Sequence[Fact], total: Fact) -> Column:
    added_up = sum(map(_amount, facts), Decimal(0))
    rounding = sum(map(_rounding, (*facts, total)), Decimal(0))
    path = facts[0].column_path if facts else ""
    printed = _amount(total)
    exceeds = printed >= 0 and added_up > printed + rounding
    return Column(table.table_no, table.table_type, path, level, added_up, printed, exceeds)


def _amount(fact: Fact) -> Decimal:
    return fact.amount_yuan or Decimal(0)


def _rounding(fact: Fact) -> Decimal:
    """Half of the last place that the amount prints: 480544221.6 may be 0.05 less or more."""
    found = re.search(r"\.(\d+)", fact.amount_text)
    places = len(found[1]) if found else 0
    return (fact.unit_yuan or Decimal(0)) / Decimal(10) ** places / 2


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    seen = exceeding = 0
    for path in parser.parse_args(arguments).files:
        document = parse_document(path.read_bytes(), Hints(file_name=path.name), Limits(ocr=False))
        for column in (found for table in document.tables for found in columns(table)):
            seen += 1
            exceeding += column.exceeds
            if column.exceeds:
                places = (column.table_no, column.table_type, column.column_path, column.level)
                print(path.name, *places, column.added_up, column.printed, sep="\t")
    print(f"{exceeding} of {seen} sums exceed their printed total")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

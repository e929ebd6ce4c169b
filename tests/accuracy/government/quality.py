"""What the tables and checks of governments' documents are worth, in figures.

Invariant: a figure is a count of a count, both printed; nothing is left out of the second to better it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from parsers.values.results import BudgetTable, Check, Fact, ParsedDocument
from parsers.values.table_types import WITHOUT_FACTS

MEANING = ("flow", "fund", "period", "stage", "scope", "amount_year", "amount_yuan", "row_label")


MONEY = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d{1,6}|\d{3,})")
"""A cell that reads like money, alone in its cell; a year does, too."""
LEAST_AMOUNTS = 3  # of a table, before it is said to have lost them


def share(part: int, whole: int) -> str:
    return f"{part:6} of {whole:6}  {part / whole:7.1%}" if whole else f"{part:6} of {whole:6}"


def report_quality(documents: Sequence[ParsedDocument]) -> None:
    """Print checks, identities, meaning and proofs over all documents."""
    with_facts = [document for document in documents if any(table.facts for table in document.tables)]
    checks = [check for document in documents for check in document.checks]
    print(f"documents with amounts     {len(with_facts)}")
    for severity in ("error", "warning", "info"):
        failing = sum(check.status == "fails" and check.severity == severity for check in checks)
        print(f"{severity + ' checks a document':26} {failing / max(1, len(with_facts)):.2f}")
    _report_rules(checks)
    facts = [
        (table.table_type, fact)
        for document in documents
        for table in document.tables
        for fact in table.facts
    ]
    _report_meaning([fact for _, fact in facts])
    _report_proofs(facts)
    _report_silent(documents)


def _report_rules(checks: Sequence[Check]) -> None:
    rules: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for check in checks:
        rules[check.rule][check.status] += 1
        if check.rule.startswith("G"):
            rules["all of G"][check.status] += 1
    for rule, counts in sorted(rules.items()):
        held = counts["holds"] + counts["rounding"]
        tested = held + counts["fails"]
        print(f"  {rule:14} holds {share(held, tested)}  untestable {counts['untestable']}")


def _report_meaning(facts: Sequence[Fact]) -> None:
    """How much of each column of meaning is filled: a change has no stage, a plain sum of money no fund."""
    filled = Counter({name: sum(_is_filled(fact, name) for fact in facts) for name in MEANING})
    print(f"meaning columns filled     {share(filled.total(), len(facts) * len(MEANING))}")
    for name, count in filled.items():
        print(f"  {name:14} filled {share(count, len(facts))}")


def _is_filled(fact: Fact, name: str) -> bool:
    if name == "stage" and fact.period == "change":
        return True
    return getattr(fact, name) not in (None, "")


def _report_proofs(facts: Sequence[tuple[str, Fact]]) -> None:
    for status in ("proved", "disputed"):
        count = sum(fact.status == status for _, fact in facts)
        print(f"{status:26} {share(count, len(facts))}")
    by_type: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for table_type, fact in facts:
        by_type[table_type][fact.status] += 1
    for table_type, counts in sorted(by_type.items(), key=lambda item: -item[1].total()):
        print(f"  {table_type:28} proved {share(counts['proved'], counts.total())}")


def _report_silent(documents: Sequence[ParsedDocument]) -> None:
    """Tables that print what reads like money and have no fact, by the type that was found."""
    tables = [
        table for document in documents for table in document.tables if table.table_type not in WITHOUT_FACTS
    ]
    silent = [table for table in tables if not table.facts and _amounts(table) >= LEAST_AMOUNTS]
    print(f"tables with money, no fact {share(len(silent), len(tables))}")
    for table in silent:
        where = f"pages {', '.join(map(str, table.pages))}" if table.pages else table.sheet or ""
        print(f"  {table.table_type:24} {_amounts(table):4} amounts  {table.title or '(no title)'}, {where}")


def _amounts(table: BudgetTable) -> int:
    return sum(bool(MONEY.fullmatch("".join(cell.split()))) for row in table.grid for cell in row)

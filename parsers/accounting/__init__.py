"""Accounting identities (勾稽关系): what the numbers of a document prove about each other.

Invariant: an amount is `proved` when at least one identity it takes part in holds and none fails, `disputed`
when one fails, and `single` when nothing tests it. What each identity says is data: `identities.yaml`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from parsers.accounting.between import check_between
from parsers.accounting.hierarchy import check_hierarchy
from parsers.accounting.natures import check_natures
from parsers.accounting.totals import check_totals
from parsers.results import BudgetTable, CellRef, Check, Fact


def check(tables: Sequence[BudgetTable]) -> tuple[tuple[BudgetTable, ...], tuple[Check, ...]]:
    """Every identity on every table; the tables come back with the status of each fact filled in."""
    checks: list[Check] = []
    for table in tables:
        for identity in (check_hierarchy, check_natures, check_totals):
            checks.extend(identity(table))
    checks.extend(check_between(tables))
    return tuple(_with_status(table, checks) for table in tables), tuple(checks)


def _with_status(table: BudgetTable, checks: Sequence[Check]) -> BudgetTable:
    proofs: defaultdict[CellRef, list[str]] = defaultdict(list)
    disputes: defaultdict[CellRef, list[str]] = defaultdict(list)
    for item in checks:
        where = disputes if item.status == "fails" else proofs
        if item.status != "untestable":
            for ref in item.facts:
                where[ref].append(item.rule)
    return replace(
        table, facts=tuple(_judged(fact, table.table_no, proofs, disputes) for fact in table.facts)
    )


def _judged(
    fact: Fact, table_no: int, proofs: dict[CellRef, list[str]], disputes: dict[CellRef, list[str]]
) -> Fact:
    ref = CellRef(table_no, fact.row_no, fact.col_no)
    held = tuple(dict.fromkeys(proofs.get(ref, ())))
    failed = tuple(dict.fromkeys(disputes.get(ref, ())))
    return replace(
        fact, proofs=held, disputes=failed, status="disputed" if failed else "proved" if held else "single"
    )

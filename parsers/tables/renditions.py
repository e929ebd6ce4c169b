"""The same table published in several formats of one disclosure: one speaks, so that sums never double.

Invariant: a table gives up its facts only to a table of another document that prints the very same amounts
beside the very same codes and labels; tables that differ in anything keep theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace

from parsers.values.results import BudgetTable, ParsedDocument
from parsers.values.text import unnumbered

Signature = tuple[Hashable, ...]


def without_repeats(documents: Sequence[ParsedDocument]) -> list[ParsedDocument]:
    """The documents of one disclosure in their order, repeated tables marked and their facts taken out.

    The document with the most facts speaks first; among equals the earlier one.
    """
    order = sorted(range(len(documents)), key=lambda i: -sum(len(t.facts) for t in documents[i].tables))
    spoken: dict[Signature, tuple[str, int]] = {}
    out = list(documents)
    for position in order:
        document = documents[position]
        repeated = {
            table.table_no: spoken[signature]
            for table in document.tables
            if (signature := _signature(table)) in spoken
        }
        for table in document.tables:
            if table.facts:
                spoken.setdefault(_signature(table), (document.document_id, table.table_no))
        out[position] = _without(document, repeated)
    return out


def _signature(table: BudgetTable) -> Signature:
    """Type and amounts with what stands beside them; the order and the spelling of headers do not count."""
    amounts = Counter(
        (
            fact.functional_code or fact.economic_code or unnumbered(fact.row_label),
            fact.flow,
            fact.amount_yuan,
        )
        for fact in table.facts
    )
    return (table.table_type, frozenset(amounts.items()))


def _without(document: ParsedDocument, repeated: dict[int, tuple[str, int]]) -> ParsedDocument:
    if not repeated:
        return document
    tables = tuple(
        replace(table, facts=(), rows=(), repeats=repeated[table.table_no])
        if table.table_no in repeated
        else table
        for table in document.tables
    )
    checks = tuple(check for check in document.checks if not repeated.keys() & set(check.table_nos))
    return replace(document, tables=tables, checks=checks)

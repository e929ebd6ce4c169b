"""The same budget in two documents that are both in force, so that sums count it twice.

Invariant: nothing is left out of the dataset because of it: a person decides which of the two should count.
Two documents are named if they are of one body, year and kind, and print the same largest amount in as many
types of tables as `AGREEING` says. Files of one announcement are not such a case
(`parsers.tables.renditions`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from archive.dataset.query.connection import connect
from archive.dataset.snapshots import Snapshot
from archive.stores import Store

AGREEING = 2

_SQL = """
    WITH bodies AS (
        SELECT DISTINCT body_name FROM current.documents WHERE list_contains($fresh, document_id)),
    largest AS (
        SELECT document_id, body_name, fiscal_year, document_kind, table_type, max(amount_yuan) AS amount
        FROM current.facts SEMI JOIN bodies USING (body_name)
        WHERE fiscal_year IS NOT NULL AND amount_yuan > 0
        GROUP BY ALL),
    pairs AS (
        SELECT one.body_name, fiscal_year, document_kind, one.document_id AS one, other.document_id AS other
        FROM largest one JOIN largest other USING (body_name, fiscal_year, document_kind, table_type, amount)
        WHERE one.document_id < other.document_id
          AND (list_contains($fresh, one.document_id) OR list_contains($fresh, other.document_id))
        GROUP BY ALL HAVING count(*) >= $agreeing)
    SELECT pairs.body_name, pairs.fiscal_year, pairs.document_kind,
           coalesce(a.name, one), coalesce(b.name, other)
    FROM pairs JOIN documents a ON a.document_id = one JOIN documents b ON b.document_id = other
    ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Twice:
    """Two files with the same budget or accounts; `one` and `other` are what they are called."""

    body_name: str
    fiscal_year: int
    document_kind: str
    one: str
    other: str


def printed_twice(store: Store, snapshot: Snapshot, fresh: Collection[str]) -> tuple[Twice, ...]:
    """The pairs of which at least one is among the `fresh` documents (ids)."""
    if not fresh:
        return ()
    with connect(store, snapshot) as connection:
        found = connection.execute(_SQL, {"fresh": sorted(fresh), "agreeing": AGREEING}).fetchall()
    return tuple(Twice(*row) for row in found)

"""Amounts of bodies side by side: measures, functional and economic classes.

Invariant: an amount shown is one printed fact, named by its id; nothing is added up here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from archive.web.dataset import Row, Version
from archive.web.knowledge import measures
from archive.web.queries import place

OWN_YEAR = (
    "(CASE WHEN document_kind = 'accounts' THEN period = 'final' ELSE period IN ('total', 'current') END)"
)
"""The facts about the document's own year, not the year before or a part of it."""

CLASSES = """
    SELECT document_id, table_type, {code} AS code, any_value({name}) AS name,
           max(amount_yuan) AS amount, arg_max(fact_id, amount_yuan) AS fact_id
    FROM {facts}
    WHERE document_id IN (SELECT unnest(?)) AND table_type IN (SELECT unnest(?)) AND {code} IS NOT NULL
      AND level = 1 AND fund IN ('all', 'general_budget') AND object = 'all' AND nature IN ('all', 'basic')
      AND (nature = 'all' OR table_type LIKE '%basic%') AND {own_year}
    GROUP BY ALL ORDER BY code
"""


def _classes(code: str, name: str) -> str:
    return CLASSES.format(code=code, name=name, own_year=OWN_YEAR, facts="{facts}")


FUNCTIONAL = _classes("functional_code", "functional_name")
ECONOMIC = _classes("economic_code", "economic_name")
# The first of these that a document has is shown.
FUNCTIONAL_TABLES = ["expenditure", "general_expenditure"]
ECONOMIC_TABLES = ["general_basic_economic", "basic_economic", "general_expenditure_economic"]


def amounts(version: Version, document_ids: Sequence[str]) -> dict[str, dict[str, Row]]:
    """For each document, by measure: `amount` and `fact_id`."""
    parts = (
        f"SELECT document_id, '{one.id}' AS measure, amount_yuan, fact_id FROM own WHERE {one.where}"
        for one in measures().values()
    )
    # Read once: every measure of its own would read all facts again.
    sql = f"""WITH own AS MATERIALIZED (
                  SELECT document_id, fact_id, amount_yuan, table_type, subject, is_total, fund, nature,
                         object
                  FROM {{facts}} WHERE document_id IN (SELECT unnest(?)) AND {OWN_YEAR})
              SELECT document_id, measure, max(amount_yuan) AS amount,
                     arg_max(fact_id, amount_yuan) AS fact_id
              FROM ({" UNION ALL ".join(parts)}) GROUP BY ALL"""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in version.of_documents(document_ids).rows(sql, list(document_ids)):
        found[row["document_id"]][row["measure"]] = row
    return found


def classes(
    version: Version, document_ids: Sequence[str], sql: str, tables: Sequence[str]
) -> dict[str, list[Row]]:
    """For each document the amounts of its classes, from the first of `tables` that it has."""
    by_table: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in version.of_documents(document_ids).rows(sql, list(document_ids), list(tables)):
        by_table[row["document_id"], row["table_type"]].append(row)
    found = {}
    for identity in document_ids:
        rows = next((by_table[identity, name] for name in tables if by_table.get((identity, name))), [])
        found[identity] = rows
    return found


def ranked(version: Version, measure: str, year: int, kind: str, prefix: str, limit: int) -> list[Row]:
    """Bodies by one measure, the largest first."""
    sql = f"""
        WITH picked AS (
            SELECT region_code, body_name, fiscal_year, document_kind, document_id,
                   max(amount_yuan) AS amount, arg_max(fact_id, amount_yuan) AS fact_id
            FROM {{facts}}
            WHERE {measures()[measure].where} AND {OWN_YEAR} AND fiscal_year = ? AND document_kind = ?
              AND starts_with(coalesce(region_code, ''), ?) AND body_name IS NOT NULL
            GROUP BY ALL
        )
        SELECT * FROM picked WHERE amount IS NOT NULL ORDER BY amount DESC, body_name LIMIT ?"""
    groups = version.homes.of_year(year)
    if len(prefix) >= 2:
        groups &= version.homes.of_province(prefix[:2])
    rows = version.near(groups).rows(sql, year, kind, prefix, limit)
    return [row | place(row["region_code"]) for row in rows]


def in_wan(amount: Decimal | None) -> float | None:
    """Yuan as 万元, for a chart."""
    return None if amount is None else round(float(amount) / 10_000, 2)

"""Amounts of bodies side by side: measures, functional and economic classes.

Invariant: an amount shown is a printed fact, or the sum of facts that its basis says
(`archive.dataset.query.measures`), each named by its id; nothing else is added up here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from archive.dataset.query.measures import OWN_YEAR, measures_sql
from archive.web.data.dataset import Opened, Row
from archive.web.data.queries import place

OF_CLASSES = """
    level = 1 AND fund IN ('all', 'general_budget') AND object = 'all' AND nature IN ('all', 'basic')
    AND (nature = 'all' OR table_type LIKE '%basic%')
"""
# The first of these that a document has is shown.
FUNCTIONAL_TABLES = ("expenditure", "general_expenditure")
ECONOMIC_TABLES = ("general_basic_economic", "basic_economic", "general_expenditure_economic")


@dataclass(frozen=True, slots=True)
class Figures:
    """What pages show of some documents. An amount is a row with `amount` and `fact_id`; a measure has its
    `basis` and `reason` too (`archive.dataset.query.measures`), a class its `code` and `name`."""

    measures: Mapping[str, Mapping[str, Row]]
    """By document and measure."""
    functional: Mapping[str, Sequence[Row]]
    economic: Mapping[str, Sequence[Row]]


def figures(version: Opened, document_ids: Sequence[str]) -> Figures:
    """The figures of documents, for which their facts are read once."""
    near = list(document_ids)
    by_measure: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in version.rows(measures_sql("{facts}", "list_contains(?, document_id)"), near):
        by_measure[row["document_id"]][row["measure"]] = row | {"fact_id": row["fact_ids"][0]}
    sql = f"""
        SELECT document_id, fact_id, amount_yuan AS amount, table_type, functional_code, functional_name,
               economic_code, economic_name
        FROM {{facts}} WHERE list_contains(?, document_id) AND {OWN_YEAR} AND {OF_CLASSES} ORDER BY fact_id"""
    classed = version.rows(sql, near)
    return Figures(
        by_measure,
        _classes(classed, document_ids, "functional", FUNCTIONAL_TABLES),
        _classes(classed, document_ids, "economic", ECONOMIC_TABLES),
    )


def _larger(known: Row | None, row: Row) -> Row:
    """The row with the larger amount; the one printed first if they are equal."""
    if known is None or known["amount"] is None:
        return row
    return known if row["amount"] is None or row["amount"] <= known["amount"] else row


def _classes(
    rows: Sequence[Row], document_ids: Sequence[str], sort: str, tables: Sequence[str]
) -> dict[str, list[Row]]:
    """For each document the amounts of its classes, by code, from the first of `tables` that it has."""
    found: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if (code := row[f"{sort}_code"]) and row["table_type"] in tables:
            mine = found[row["document_id"], row["table_type"]]
            name = mine[code]["name"] if code in mine else None
            named = {"code": code, "name": name or row[f"{sort}_name"]}
            mine[code] = _larger(mine.get(code), row) | named
    chosen = {}
    for identity in document_ids:
        mine = next((found[identity, name] for name in tables if (identity, name) in found), {})
        chosen[identity] = [mine[code] for code in sorted(mine)]
    return chosen


def ranked(version: Opened, measure: str, year: int, kind: str, prefix: str, limit: int) -> list[Row]:
    """Bodies by one measure, the largest first, each once, by what of its documents is in force."""
    chosen = "fiscal_year = ? AND document_kind = ? AND starts_with(coalesce(region_code, ''), ?)"
    sql = f"""
        SELECT d.region_code, d.body_name, d.fiscal_year, d.document_kind, m.*, m.fact_ids[1] AS fact_id
        FROM ({measures_sql("{facts}", chosen)}) m
        JOIN {{documents}} d USING (document_id)
        WHERE m.measure = ? AND m.amount IS NOT NULL AND d.body_name IS NOT NULL AND d.superseded_by IS NULL
        QUALIFY row_number() OVER (PARTITION BY d.region_code, d.body_name ORDER BY amount DESC, fact_id) = 1
        ORDER BY amount DESC, d.body_name LIMIT ?"""
    groups = version.homes.of_year(year)
    if len(prefix) >= 2:
        groups &= version.homes.of_province(prefix[:2])
    rows = version.near(groups).rows(sql, year, kind, prefix, measure, limit)
    return [row | place(row["region_code"]) for row in rows]


def in_wan(amount: Decimal | None) -> float | None:
    """Yuan as 万元, for a chart."""
    return None if amount is None else round(float(amount) / 10_000, 2)

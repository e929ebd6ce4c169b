"""Amounts of bodies side by side: measures, functional and economic classes.

Invariant: an amount shown is one printed fact, named by its id; nothing is added up here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from archive.web.dataset import Row, Version
from archive.web.knowledge import measures
from archive.web.queries import place

OWN_YEAR = (
    "(CASE WHEN document_kind = 'accounts' THEN period = 'final' ELSE period IN ('total', 'current') END)"
)
"""The facts about the document's own year, not the year before or a part of it."""

OF_CLASSES = """
    level = 1 AND fund IN ('all', 'general_budget') AND object = 'all' AND nature IN ('all', 'basic')
    AND (nature = 'all' OR table_type LIKE '%basic%')
"""
SUMMARY = "summary"
"""The type of table that speaks where a measure's own is not printed."""
# The first of these that a document has is shown.
FUNCTIONAL_TABLES = ("expenditure", "general_expenditure")
ECONOMIC_TABLES = ("general_basic_economic", "basic_economic", "general_expenditure_economic")


@dataclass(frozen=True, slots=True)
class Figures:
    """What pages show of some documents. An amount is a row with `amount` and `fact_id`; one of a class has
    its `code` and `name`, too."""

    measures: Mapping[str, Mapping[str, Row]]
    """By document and measure."""
    functional: Mapping[str, Sequence[Row]]
    economic: Mapping[str, Sequence[Row]]


def figures(version: Version, document_ids: Sequence[str]) -> Figures:
    """The figures of documents, for which their facts are read once."""
    marks = [f'coalesce({one.where}, false) AS "{one.id}"' for one in measures().values()]
    wanted = " OR ".join(f'"{name}"' for name in ("of_class", *measures()))
    # One question for all measures and classes: to plan one for each takes longer than the reading.
    sql = f"""
        WITH marked AS (
            SELECT document_id, fact_id, amount_yuan AS amount, table_type, functional_code, functional_name,
                   economic_code, economic_name, ({OF_CLASSES}) AS of_class, {", ".join(marks)}
            FROM {{facts}} WHERE list_contains(?, document_id) AND {OWN_YEAR})
        SELECT * FROM marked WHERE {wanted} ORDER BY fact_id"""
    rows = version.rows(sql, list(document_ids))
    by_measure: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        for name in measures():
            if row[name]:
                mine = by_measure[row["document_id"]]
                mine[name] = _larger(mine.get(name), row)
    classed = [row for row in rows if row["of_class"]]
    return Figures(
        by_measure,
        _classes(classed, document_ids, "functional", FUNCTIONAL_TABLES),
        _classes(classed, document_ids, "economic", ECONOMIC_TABLES),
    )


def _larger(known: Row | None, row: Row) -> Row:
    """The row with the larger amount, not of a summary if there is another; the one printed first if they are
    equal."""
    if known is None or known["amount"] is None:
        return row
    if row["amount"] is None:
        return known
    mine, other = ((one["table_type"] != SUMMARY, one["amount"]) for one in (row, known))
    return row if mine > other else known


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


def ranked(version: Version, measure: str, year: int, kind: str, prefix: str, limit: int) -> list[Row]:
    """Bodies by one measure, the largest first, each once, by what of its documents is in force."""
    sql = f"""
        WITH picked AS (
            SELECT region_code, body_name, fiscal_year, document_kind, document_id,
                   arg_max({{'amount': amount_yuan, 'fact': fact_id}},
                           (table_type <> '{SUMMARY}', amount_yuan)) AS best
            FROM {{facts}}
            WHERE amount_yuan IS NOT NULL AND {measures()[measure].where}
              AND {OWN_YEAR} AND fiscal_year = ? AND document_kind = ?
              AND starts_with(coalesce(region_code, ''), ?) AND body_name IS NOT NULL
              AND document_id NOT IN (SELECT document_id FROM {{documents}} WHERE superseded_by IS NOT NULL)
            GROUP BY ALL
        )
        SELECT * EXCLUDE best, best.amount AS amount, best.fact AS fact_id FROM picked
        QUALIFY row_number() OVER (PARTITION BY region_code, body_name ORDER BY amount DESC, fact_id) = 1
        ORDER BY amount DESC, body_name LIMIT ?"""
    groups = version.homes.of_year(year)
    if len(prefix) >= 2:
        groups &= version.homes.of_province(prefix[:2])
    rows = version.near(groups).rows(sql, year, kind, prefix, limit)
    return [row | place(row["region_code"]) for row in rows]


def in_wan(amount: Decimal | None) -> float | None:
    """Yuan as 万元, for a chart."""
    return None if amount is None else round(float(amount) / 10_000, 2)

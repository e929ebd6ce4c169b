"""Amounts of bodies side by side: measures, functional and economic classes.

Invariant: an amount shown is a printed fact, or the sum of facts that its basis says
(`archive.dataset.query.measures`), each named by its id; nothing else is added up here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from archive.dataset.query.measures import OWN_YEAR, measures_sql
from archive.dataset.rows.typed import row_of
from archive.web.data.dataset import Opened
from archive.web.data.results import Placed
from parsers.values.table_types import TableType

OF_CLASSES = """
    level = 1 AND fund IN ('all', 'general_budget') AND object = 'all' AND nature IN ('all', 'basic')
    AND (nature = 'all' OR table_type LIKE '%basic%')
"""
# The first of these that a document has is shown.
FUNCTIONAL_TABLES = (TableType.EXPENDITURE, TableType.GENERAL_EXPENDITURE)
ECONOMIC_TABLES = (
    TableType.GENERAL_BASIC_ECONOMIC,
    TableType.BASIC_ECONOMIC,
    TableType.GENERAL_EXPENDITURE_ECONOMIC,
)


@dataclass(frozen=True, slots=True)
class MeasuredAmount:
    """A measure of a document (`archive.dataset.query.measures`): its amount, its basis, the facts it is
    made of, and why it has no amount."""

    document_id: str
    measure: str
    amount: Decimal | None
    basis: str
    fact_ids: Sequence[str]
    reason: str | None

    @property
    def fact_id(self) -> str:
        """The first of its facts."""
        return self.fact_ids[0]


@dataclass(frozen=True, slots=True)
class ClassAmount:
    """The amount of a class (科目) in a document."""

    code: str
    name: str | None
    fact_id: str
    amount: Decimal | None


@row_of("facts")
@dataclass(frozen=True, slots=True)
class _Classed:
    document_id: str
    fact_id: str
    amount_yuan: Decimal | None
    table_type: TableType | None
    functional_code: str | None
    functional_name: str | None
    economic_code: str | None
    economic_name: str | None


@dataclass(frozen=True, slots=True)
class RankedBody(Placed):
    """A body and its measure."""

    region_code: str | None
    body_name: str
    amount: Decimal
    basis: str
    reason: str | None
    fact_id: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What pages show of some documents."""

    measures: Mapping[str, Mapping[str, MeasuredAmount]]
    """By document and measure."""
    functional: Mapping[str, Sequence[ClassAmount]]
    economic: Mapping[str, Sequence[ClassAmount]]


def figures_of(version: Opened, document_ids: Sequence[str]) -> Figures:
    """The figures of documents, for which their facts are read once."""
    near = list(document_ids)
    by_measure: dict[str, dict[str, MeasuredAmount]] = defaultdict(dict)
    for row in version.ask(MeasuredAmount, measures_sql("{facts}", "list_contains(?, document_id)"), near):
        by_measure[row.document_id][row.measure] = row
    sql = f"""
        SELECT document_id, fact_id, amount_yuan, table_type, functional_code, functional_name,
               economic_code, economic_name
        FROM {{facts}} WHERE list_contains(?, document_id) AND {OWN_YEAR} AND {OF_CLASSES} ORDER BY fact_id"""
    classed = version.ask(_Classed, sql, near)
    functional = ((row, row.functional_code, row.functional_name) for row in classed)
    economic = ((row, row.economic_code, row.economic_name) for row in classed)
    return Figures(
        by_measure,
        _classes(functional, document_ids, FUNCTIONAL_TABLES),
        _classes(economic, document_ids, ECONOMIC_TABLES),
    )


def _larger(known: ClassAmount, fresh: ClassAmount) -> ClassAmount:
    """The larger amount, the one printed first if they are equal; the first name that is known."""
    larger = known
    if known.amount is None or (fresh.amount is not None and fresh.amount > known.amount):
        larger = fresh
    return replace(larger, name=known.name or fresh.name)


def _classes(
    rows: Iterable[tuple[_Classed, str | None, str | None]],
    document_ids: Sequence[str],
    tables: Sequence[str],
) -> dict[str, list[ClassAmount]]:
    """For each document the amounts of its classes, by code, from the first of `tables` that it has. A row
    comes with code and name of its class."""
    found: dict[tuple[str, str], dict[str, ClassAmount]] = defaultdict(dict)
    for row, code, name in rows:
        if code and row.table_type and row.table_type in tables:
            mine = found[row.document_id, row.table_type]
            fresh = ClassAmount(code, name, row.fact_id, row.amount_yuan)
            mine[code] = _larger(mine[code], fresh) if code in mine else fresh
    chosen = {}
    for identity in document_ids:
        mine = next((found[identity, name] for name in tables if (identity, name) in found), {})
        chosen[identity] = [mine[code] for code in sorted(mine)]
    return chosen


def ranked(version: Opened, measure: str, year: int, kind: str, prefix: str, limit: int) -> list[RankedBody]:
    """Bodies by one measure, the largest first, each once, by what of its documents is in force."""
    chosen = "fiscal_year = ? AND document_kind = ? AND starts_with(coalesce(region_code, ''), ?)"
    sql = f"""
        SELECT d.region_code, d.body_name, m.*, m.fact_ids[1] AS fact_id
        FROM ({measures_sql("{facts}", chosen)}) m
        JOIN {{documents}} d USING (document_id)
        WHERE m.measure = ? AND m.amount IS NOT NULL AND d.body_name IS NOT NULL AND d.superseded_by IS NULL
        QUALIFY row_number() OVER (PARTITION BY d.region_code, d.body_name ORDER BY amount DESC, fact_id) = 1
        ORDER BY amount DESC, d.body_name LIMIT ?"""
    groups = version.homes.of_year(year)
    if len(prefix) >= 2:
        groups &= version.homes.of_province(prefix[:2])
    return version.near(groups).ask(RankedBody, sql, year, kind, prefix, measure, limit)


def drawn(amount: Decimal | None, language: str) -> float | None:
    """Yuan in the `chart unit` of the language, to the next hundred: 万元, or million yuan."""
    unit = 10_000 if language == "zh" else 1_000_000
    return None if amount is None else round(float(amount), -2) / unit

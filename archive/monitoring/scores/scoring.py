"""How open each body, county, city, province and government is, by year: rates and their total.

Invariant: a score follows from the tables of one snapshot alone, so it is the same whenever it is asked for;
it never comes without the numerator and denominator it was made of, and what cannot be measured has no rate
and no part in the total.

The method is data: `scores.yaml`. Rates of a region are sums over its bodies, not means of their rates. The
own budgets of governments have rates and a total of their own and are in no sum of departments and units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from archive.dataset.query.connection import ask, connect
from archive.dataset.rows.typed import row_of, rows_of
from archive.dataset.schema.declaration import COUNT, REAL, TEXT, Column
from archive.dataset.snapshots import Snapshot
from archive.monitoring.bodies import DEBT, GOVERNMENT, body_id
from archive.monitoring.scores.rates import (
    LEVELS,
    TOTAL,
    Level,
    Share,
    Total,
    machine_readable,
    score_rates,
    total,
)
from archive.rendering.texts import language
from archive.stores import Store
from parsers.reference import regions
from parsers.values.lexicon import lexicon_of
from parsers.values.vocabulary import BodyLevel

_L = lexicon_of(__name__)

TOTAL_CHINESE = _L.text("total_chinese")

PUBLISHED = """
CREATE TEMP VIEW published AS
SELECT b.body_id, d.fiscal_year, d.document_kind, d.document_id
FROM current.documents d JOIN owners b USING (document_id)
WHERE d.fiscal_year IS NOT NULL AND d.document_kind IN ('budget', 'accounts')
"""
DISCLOSED = f"""
CREATE TEMP VIEW disclosed AS
SELECT DISTINCT body_id, fiscal_year, document_kind FROM published
UNION
SELECT b.body_id, d.fiscal_year, 'debt_' || d.document_kind
FROM current.documents d JOIN owners b USING (document_id)
WHERE d.body_level = 'government' AND d.fiscal_year IS NOT NULL AND d.document_kind IN ('budget', 'accounts')
      AND list_has_any(d.measures, {sorted(DEBT)})
UNION
SELECT b.body_id, d.fiscal_year, d.document_kind
FROM current.documents d JOIN owners b USING (document_id)
WHERE d.body_level = 'government' AND d.document_kind = 'adjustment'
"""
PLACES = """
CREATE TEMP VIEW places AS
SELECT unnest(document_ids) AS document_id, disclosure_id, state FROM disclosures
"""
EXACT = pa.decimal128(38, 4)
"""Wide enough for the sum of any amounts, misread ones among them."""
COLUMNS = (
    Column("level", TEXT, "Whose score it is", values=LEVELS),
    Column("region_code", TEXT, "Region of the body, or the region itself, by its GB/T 2260 code"),
    *(Column(name, TEXT, f"Name of the {name}") for name in ("province", "city", "county")),
    Column("body_id", TEXT, "The body; null where the score is a region's"),
    Column("name", TEXT, "Name of the body or region"),
    Column("fiscal_year", COUNT, "Fiscal year of the documents"),
    Column("measure", TEXT, "Which rate; `total` is all of them together"),
    Column("chinese", TEXT, "What the rate is called in Chinese"),
    Column("numerator", EXACT, "What counts for it; points, if it is the total"),
    Column("denominator", EXACT, "What it is counted of; points that could be measured, if it is the total"),
    Column("rate", REAL, "Numerator / denominator; null where there is nothing to measure"),
    Column("presumed_share", REAL, "Part of the denominator whose deadline rests on a presumed day"),
    Column("weight", REAL, "Points that the rate can bring to the total"),
)
SCHEMA = pa.schema([column.arrow_field() for column in COLUMNS])


@dataclass(frozen=True, slots=True)
class Place:
    """Whose score it is."""

    level: Level
    region_code: str | None
    body_id: str | None = None
    name: str | None = None


@row_of("bodies")
@dataclass(frozen=True, slots=True)
class ScoredBody:
    """A body as it is scored."""

    body_id: str
    region_code: str | None
    name: str
    level: BodyLevel | None


@row_of("documents")
@dataclass(frozen=True, slots=True)
class _Owned:
    document_id: str
    region_code: str | None
    body_name: str | None
    body_level: BodyLevel | None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A row of the scores, with the columns of COLUMNS."""

    level: str
    region_code: str | None
    province: str | None
    city: str | None
    county: str | None
    body_id: str | None
    name: str | None
    fiscal_year: int
    measure: str
    chinese: str
    numerator: Decimal
    denominator: Decimal
    rate: float | None
    presumed_share: float | None
    weight: float


Counted = tuple[str, int, str, Share]
"""(body_id, fiscal_year, measure, share)"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a snapshot counts, of which the scores of all levels are sums. `bodies` by their ids."""

    bodies: Mapping[str, ScoredBody]
    counted: Sequence[Counted]


def count(store: Store, snapshot: Snapshot) -> Counts:
    """Count every measure of every body, year by year."""
    with connect(store, snapshot) as connection:
        return Counts(_prepare(connection), list(_count(connection)))


def scores(
    store: Store,
    snapshot: Snapshot,
    *,
    level: Level = "body",
    prefixes: tuple[str, ...] = ("",),
    year: int | None = None,
) -> pa.Table:
    """One row per place, year and measure with the columns of SCHEMA, and a row `total` for each place and
    year; in order of region, name and year. `prefixes` are those of the codes of the places wanted: of a
    county there is not a score of its city, which would cover only a part of it."""
    return summed(count(store, snapshot), level=level, prefixes=prefixes, year=year)


def summed(
    counts: Counts, *, level: Level = "body", prefixes: tuple[str, ...] = ("",), year: int | None = None
) -> pa.Table:
    """The scores that follow from the counts; see `scores`."""
    places = {identity: _place(level, body) for identity, body in counts.bodies.items()}
    wanted = {
        identity: place
        for identity, place in places.items()
        if place and (place.region_code or "").startswith(prefixes)
    }
    sums: dict[tuple[Place, int], dict[str, Share]] = defaultdict(dict)
    for identity, fiscal_year, measure, share in counts.counted:
        place = wanted.get(identity)
        if place and year in (None, fiscal_year):
            found = sums[place, fiscal_year]
            found[measure] = found.get(measure, Share()) + share
    rows = [row for (place, of), shares in sums.items() for row in _rows(place, of, shares)]
    order = {name: place for place, name in enumerate((*score_rates(), TOTAL))}
    rows.sort(key=lambda row: (row.region_code or "", row.name or "", row.fiscal_year, order[row.measure]))
    return pa.table([[getattr(row, name) for row in rows] for name in SCHEMA.names], SCHEMA)


def for_screen(table: pa.Table) -> pa.Table:
    """One line per place and year, the rates in percent."""
    lines: dict[tuple[Any, ...], dict[str, str]] = defaultdict(dict)
    rows = rows_of(table, ScoreRow)
    for row in rows:
        if row.rate is not None:
            lines[row.name, row.fiscal_year][_heading(row.measure)] = f"{100 * row.rate:.1f}"
    shown = {row.measure for row in rows}
    names = [_heading(measure) for measure in (*score_rates(), TOTAL) if measure in shown]
    cells = [
        {"name": name, "year": str(year)} | {column: rates.get(column, "") for column in names}
        for (name, year), rates in lines.items()
    ]
    return pa.Table.from_pylist(cells, pa.schema([(column, TEXT) for column in ("name", "year", *names)]))


def _heading(measure: str) -> str:
    """What a rate is called on a screen: its Chinese name, in English beside the English one."""
    chinese = TOTAL_CHINESE if measure == TOTAL else score_rates()[measure].chinese
    return chinese if language() == "zh" else f"{measure.replace('_', ' ')} {chinese}"


def _prepare(connection: duckdb.DuckDBPyConnection) -> dict[str, ScoredBody]:
    """Make the views that the measures ask, and return the bodies by id. Bodies are those of the
    documents too: an old snapshot may have no row for them."""
    sql = "SELECT document_id, region_code, body_name, body_level FROM documents WHERE body_name IS NOT NULL"
    found = ask(connection, _Owned, sql)
    owners = [body_id(one.region_code, one.body_name or "") for one in found]
    table = pa.table(
        {"document_id": [one.document_id for one in found], "body_id": owners},
        pa.schema([("document_id", TEXT), ("body_id", TEXT)]),
    )
    connection.register("owners", table)
    connection.execute(PUBLISHED)
    connection.execute(DISCLOSED)
    connection.execute(PLACES)
    bodies = {
        body: ScoredBody(body, one.region_code, one.body_name or "", one.body_level)
        for one, body in zip(found, owners, strict=True)
    }
    stated = ask(connection, ScoredBody, "SELECT body_id, region_code, name, level FROM bodies")
    return bodies | {body.body_id: body for body in stated}


def _count(connection: duckdb.DuckDBPyConnection) -> Iterator[Counted]:
    formats = {"machine_readable": machine_readable()}
    for measure, rate in score_rates().items():
        values = formats if "$machine_readable" in rate.sql else {}
        sums = ", ".join(f"sum({name})" for name in ("numerator", "denominator", "presumed"))
        both_kinds = f"SELECT body_id, fiscal_year, {sums} FROM ({rate.sql}) GROUP BY ALL"
        answer = connection.execute(both_kinds, values)
        for identity, year, part, whole, presumed in answer.fetchall():
            known = None if presumed is None else Decimal(presumed)
            yield identity, year, measure, Share(Decimal(part), Decimal(whole), known)


def _place(level: Level, body: ScoredBody) -> Place | None:
    """The place a body counts for at this level; None if it stands above it (a city's bureau has no county)
    or its region is not known. Governments are a level of their own and count for no other."""
    code = body.region_code
    if (body.level == GOVERNMENT) != (level == GOVERNMENT):
        return None
    if level in ("body", "government"):
        return Place(level, code, body.body_id, body.name)
    region = regions.region(code) if code else None
    if region is None or (level == "county" and not region.county) or (level == "city" and not region.city):
        return None
    code = {"county": region.code, "city": f"{region.code[:4]}00", "province": f"{region.code[:2]}0000"}[
        level
    ]
    return Place(level, code, None, getattr(region, level))


def _rows(place: Place, year: int, shares: Mapping[str, Share]) -> Iterator[ScoreRow]:
    region = regions.region(place.region_code) if place.region_code else None

    def row(measure: str, chinese: str, of: Total) -> ScoreRow:
        return ScoreRow(
            level=place.level,
            region_code=place.region_code,
            province=region.province if region else None,
            city=region.city if region else None,
            county=region.county if region else None,
            body_id=place.body_id,
            name=place.name,
            fiscal_year=year,
            measure=measure,
            chinese=chinese,
            numerator=of.numerator,
            denominator=of.denominator,
            rate=of.rate,
            presumed_share=of.presumed_share,
            weight=of.weight,
        )

    for name, share in shares.items():
        measure = score_rates()[name]
        # A level has only the rates that count there.
        if weight := measure.of(place.level):
            of = Total(share.part, share.whole, share.rate, share.presumed_share, weight)
            yield row(name, measure.chinese, of)
    yield row(TOTAL, TOTAL_CHINESE, total(shares, place.level))

"""Columns that several tables have.

Invariant: a column that means the same in two tables is declared once.
"""

from __future__ import annotations

from archive.dataset.schema.declaration import COUNT, MONEY, TEXT, Column
from archive.dataset.schema.words import COMPUTED, GB2260, PRINTED, READ
from parsers.values.vocabulary import BodyLevel, DocumentKind, UnitBasis

PLACE = (
    Column("region_code", TEXT, "Administrative division, 6 digits", source=GB2260),
    Column("province", TEXT, "Province, autonomous region or municipality", source=GB2260),
    Column("city", TEXT, "Prefecture-level division", source=GB2260),
    Column("county", TEXT, "County-level division", source=GB2260),
)

BODY = (
    Column("body_name", TEXT, "Body whose money this is", source=READ),
    Column("body_code", TEXT, "Budget code of the body", source=PRINTED),
    Column("body_level", TEXT, "Level of the body", values=BodyLevel, source=READ),
)

YEAR_AND_KIND = (
    Column("fiscal_year", COUNT, "Budget year", unit="year", source=READ),
    Column(
        "document_kind",
        TEXT,
        "Budget, final accounts, adjustment or other",
        values=DocumentKind,
        source=READ,
    ),
)

DOCUMENT_ID = Column(
    "document_id", TEXT, "SHA-256 of the file's bytes, in hex", source=COMPUTED, nullable=False
)
TABLE_ID = Column("table_id", TEXT, "Table the row was read from", source=COMPUTED, nullable=False)

UNIT = (
    Column("unit_text", TEXT, "Unit of amount as printed", source=PRINTED),
    Column(
        "unit_yuan", MONEY, "Yuan in one printed unit: 1, 1000, 10000, 100000000", unit="CNY", source=COMPUTED
    ),
    Column(
        "unit_basis",
        TEXT,
        "Where the unit is known from: printed with the table or amount, all other tables that print one "
        "(siblings), a statement for all tables (document); none: not known",
        values=UnitBasis,
        source=COMPUTED,
    ),
)

"""Tables of what documents say: facts, indicators, statements, and the checks between them.

Invariant: values stay as published; what was worked out stands in columns of its own.
"""

from __future__ import annotations

import pyarrow as pa

from archive.dataset.schema.common import BODY, DOCUMENT_ID, PLACE, TABLE_ID, UNIT, YEAR_AND_KIND
from archive.dataset.schema.declaration import (
    COUNT,
    FLAG,
    MONEY,
    REAL,
    TEXT,
    TEXTS,
    TOLERANCE,
    Column,
    ForeignKey,
    TableSchema,
)
from archive.dataset.schema.words import (
    COMPUTED,
    GB2260,
    MEASURES,
    PRINTED,
    TABLE_TYPES,
)
from parsers.values.vocabulary import (
    AmountScope,
    AmountSource,
    CheckStatus,
    CodeBasis,
    DebtBond,
    DebtKind,
    DebtMeasure,
    Direction,
    FactStatus,
    Fault,
    Flow,
    FundSource,
    Nature,
    Period,
    Severity,
    Stage,
)

CLASSIFICATION = (
    Column("functional_code", TEXT, "Functional class, 3, 5 or 7 digits", source=PRINTED),
    Column("functional_name", TEXT, "Name of the functional class", source=PRINTED),
    Column(
        "economic_code",
        TEXT,
        "Department economic class, 3 or 5 digits",
        source=PRINTED,
    ),
    Column("economic_name", TEXT, "Name of that class", source=PRINTED),
    Column(
        "gov_economic_code",
        TEXT,
        "Government economic class, 3 or 5 digits",
        source=PRINTED,
    ),
    Column("gov_economic_name", TEXT, "Name of that class", source=PRINTED),
    Column(
        "code_basis",
        TEXT,
        "How the codes are known: printed and listed, printed but unlisted, or by the name alone",
        values=CodeBasis,
        source=COMPUTED,
    ),
)

FACTS = TableSchema(
    "facts",
    "One row per printed amount of a budget table: a printed zero is a fact, a blank is not.",
    (
        Column("fact_id", TEXT, "Table, row and column", source=COMPUTED, nullable=False),
        DOCUMENT_ID,
        TABLE_ID,
        Column("row_no", COUNT, "Row in the table's body, from 0", nullable=False),
        Column("col_no", COUNT, "Column in the table's body, from 0", nullable=False),
        Column("page", COUNT, "Page the amount stands on, from 1; null where the format has none"),
        Column("x0", REAL, "Left edge of the cell; null where the format has no geometry", unit="pt"),
        Column("y0", REAL, "Top edge of the cell, from the top of the page", unit="pt"),
        Column("x1", REAL, "Right edge of the cell", unit="pt"),
        Column("y1", REAL, "Bottom edge of the cell", unit="pt"),
        *PLACE,
        *BODY,
        *YEAR_AND_KIND,
        Column("table_type", TEXT, "Kind of table", values=TABLE_TYPES, source=COMPUTED),
        Column("row_label", TEXT, "Label of the row", source=PRINTED),
        Column("column_path", TEXT, "Header texts from top to bottom, joined by ' / '", source=PRINTED),
        Column("flow", TEXT, "Direction of the money", values=Flow),
        Column("fund", TEXT, "Where the money comes from", values=FundSource, source=COMPUTED),
        Column("nature", TEXT, "What kind of spending", values=Nature, source=COMPUTED),
        Column(
            "object",
            TEXT,
            "all, personnel, public, or the economic class the column names",
        ),
        Column(
            "period",
            TEXT,
            "Which year's money, or which stage of it; a change is not an amount of the year",
            values=Period,
            source=COMPUTED,
        ),
        *CLASSIFICATION,
        Column(
            "level",
            COUNT,
            "1 class, 2 section, 3 item, 0 otherwise",
            source=COMPUTED,
        ),
        Column("is_total", FLAG, "The amount sums others of the table", source=COMPUTED, nullable=False),
        Column("project_name", TEXT, "Project the row is about", source=PRINTED),
        Column(
            "parent_row",
            COUNT,
            "row_no of the nearest row that contains this one: by code, by outline, or as sums say",
            source=COMPUTED,
        ),
        Column(
            "row_body_name",
            TEXT,
            "Body the row is of, where a table lists several: from its own column or a row that contains it",
            source=PRINTED,
        ),
        Column(
            "category",
            TEXT,
            "Kind of project or purchase, from its own column or a row that contains it",
            source=PRINTED,
        ),
        Column(
            "item_code",
            TEXT,
            "Code of a project or purchase, from before its name or from its own column",
            source=PRINTED,
        ),
        Column(
            "subject",
            TEXT,
            "Named item; the three public expenses are exactly travel abroad, vehicles and receptions",
            source=PRINTED,
        ),
        Column(
            "scope",
            TEXT,
            "Of governments: all of the area, its own level, or the region that the row names",
            values=AmountScope,
            source=PRINTED,
        ),
        Column(
            "row_region_code",
            TEXT,
            "Of governments: region the amount belongs to, 6 digits; null where its name has no code",
            source=GB2260,
        ),
        Column("row_region_name", TEXT, "Region the row or column names", source=PRINTED),
        Column(
            "stage",
            TEXT,
            "Of governments: stage of the amount, seen from the table's year; prior: an outcome of an earlier"
            " year, next: a budget of a later one",
            values=Stage,
            source=PRINTED,
        ),
        Column("amount_year", COUNT, "Of governments: year of the amount", unit="year", source=PRINTED),
        Column(
            "measure",
            TEXT,
            "Of governments: what the amount measures as a whole; null for parts",
            values=MEASURES,
            source=COMPUTED,
        ),
        Column(
            "revenue_code",
            TEXT,
            "Class of revenue: 101, 103, 105, 110 and below",
            source=PRINTED,
        ),
        Column("revenue_name", TEXT, "Name of that class", source=PRINTED),
        Column(
            "debt_measure",
            TEXT,
            "What the amount says of the debt; service: principal and interest together",
            values=DebtMeasure,
            source=PRINTED,
        ),
        Column("debt_kind", TEXT, "Which debt", values=DebtKind, source=PRINTED),
        Column(
            "debt_bond",
            TEXT,
            "Which bonds",
            values=DebtBond,
            source=PRINTED,
        ),
        Column(
            "amount_yuan",
            MONEY,
            "The number shown times its unit; null where no unit is known or the cell cannot be read",
            unit="CNY",
            source=COMPUTED,
        ),
        Column("amount_text", TEXT, "The amount as printed", source=PRINTED, nullable=False),
        *UNIT,
        Column("source", TEXT, "What the amount was read from", values=AmountSource),
        Column("proofs", TEXTS, "Identities that hold with this amount", source=COMPUTED),
        Column("disputes", TEXTS, "Identities that fail with this amount", source=COMPUTED),
        Column("status", TEXT, "What the identities say together", values=FactStatus),
    ),
    primary_key=("fact_id",),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("document_id", "documents", "document_id"),
        ForeignKey("table_id", "tables", "table_id"),
    ),
    grouped=True,
)

INDICATORS = TableSchema(
    "indicators",
    "One row per performance target.",
    (
        DOCUMENT_ID,
        TABLE_ID,
        Column("indicator_no", COUNT, "Number within the document, from 0", nullable=False),
        Column("project_name", TEXT, "Project the target belongs to", source=PRINTED),
        Column("project_code", TEXT, "Code of the project", source=PRINTED),
        Column("project_amount", MONEY, "Amount on the form", unit="CNY", source=COMPUTED),
        Column("level1", TEXT, "First-level indicator", source=PRINTED),
        Column("level2", TEXT, "Second-level indicator", source=PRINTED),
        Column("level3", TEXT, "Third-level indicator", source=PRINTED),
        Column("target", TEXT, "Target value", source=PRINTED),
        Column("weight", pa.decimal128(12, 4), "Weight", unit="point", source=PRINTED),
        Column("page", COUNT, "Page, from 1", source=PRINTED),
    ),
    primary_key=("document_id", "indicator_no"),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("document_id", "documents", "document_id"),
        ForeignKey("table_id", "tables", "table_id"),
    ),
    grouped=True,
)

STATEMENTS = TableSchema(
    "statements",
    "One row per figure in a sentence.",
    (
        DOCUMENT_ID,
        Column("statement_no", COUNT, "Number within the document, from 0", nullable=False),
        Column("page", COUNT, "Page, from 1", source=PRINTED),
        Column("sentence", TEXT, "The sentence", source=PRINTED, nullable=False),
        Column("subject", TEXT, "What the figure is about", source=PRINTED),
        Column("amount_yuan", MONEY, "Exact amount", unit="CNY", source=COMPUTED),
        Column("change_yuan", MONEY, "Change against the year before", unit="CNY", source=COMPUTED),
        Column("change_percent", TOLERANCE, "Change against the year before", unit="%", source=PRINTED),
        Column(
            "direction",
            TEXT,
            "The word of change",
            values=Direction,
            source=PRINTED,
        ),
        Column("reason", TEXT, "The reason the sentence gives", source=PRINTED),
        Column(
            "measure",
            TEXT,
            "What a government's report measures; null where the words before the amount say more, or less",
            values=MEASURES,
            source=COMPUTED,
        ),
        Column(
            "fund",
            TEXT,
            "Account the measure belongs to, one of the four",
            values=FundSource,
            source=COMPUTED,
        ),
        Column(
            "scope",
            TEXT,
            "Whose money: the whole area, the government's own level, or the region that the row names",
            values=AmountScope,
            source=PRINTED,
        ),
        Column("stage", TEXT, "Stage of the amount within its year", values=Stage, source=PRINTED),
        Column("fiscal_year", COUNT, "Year of the amount", unit="year", source=PRINTED),
        Column("row_region_code", TEXT, "Region named by the sentence, 6 digits", source=GB2260),
        Column("row_region_name", TEXT, "Region or level as the sentence names it", source=PRINTED),
    ),
    primary_key=("document_id", "statement_no"),
    replace_key="document_id",
    foreign_keys=(ForeignKey("document_id", "documents", "document_id"),),
    grouped=True,
)

CHECKS = TableSchema(
    "checks",
    "One row per identity or rule tested.",
    (
        Column(
            "check_id", TEXT, "Document, rule and a hash of the statement", source=COMPUTED, nullable=False
        ),
        DOCUMENT_ID,
        Column("rule", TEXT, "Identity or rule, e.g. I3", source="docs/checks.md", nullable=False),
        Column("table_ids", TEXTS, "Tables the check looks at", source=COMPUTED),
        Column("statement", TEXT, "What is tested, as a message", source=COMPUTED, message=True),
        Column("left_yuan", MONEY, "Left side", unit="CNY", source=COMPUTED),
        Column("right_yuan", MONEY, "Right side", unit="CNY", source=COMPUTED),
        Column("difference_yuan", MONEY, "Left minus right", unit="CNY", source=COMPUTED),
        Column(
            "tolerance_yuan", TOLERANCE, "Largest difference rounding explains", unit="CNY", source=COMPUTED
        ),
        Column("status", TEXT, "Result", values=CheckStatus, nullable=False),
        Column("severity", TEXT, "How much it matters", values=Severity, nullable=False),
        Column(
            "fault",
            TEXT,
            "Whose a failure is: the publisher's, where one printed amount explains it; the reading's, where "
            "the page may have been misread (not an accusation); unclear; null unless the check fails",
            values=Fault,
            source=COMPUTED,
        ),
        Column(
            "rule_judged",
            COUNT,
            "Findings of this rule, on real documents, that were compared with the printed page; null unless "
            "the check fails",
            source="docs/claims.md",
        ),
        Column("rule_right", COUNT, "Those of rule_judged that were right", source="docs/claims.md"),
        Column("message", TEXT, "The result, as a message", source=COMPUTED, message=True),
        Column("fact_ids", TEXTS, "Amounts that take part", source=COMPUTED),
        Column("page", COUNT, "Where to look, from 1: its first amount or its words", source=COMPUTED),
    ),
    primary_key=("check_id",),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("document_id", "documents", "document_id"),
        ForeignKey("table_ids", "tables", "table_id"),
        ForeignKey("fact_ids", "facts", "fact_id"),
    ),
    grouped=True,
)

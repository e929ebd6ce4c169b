"""Tables of documents: what was read, its versions, what a version changed, its printed tables.

Invariant: every row leads to the bytes it was read from.
"""

from __future__ import annotations

from archive.dataset.schema.common import BODY, DOCUMENT_ID, PLACE, TABLE_ID, UNIT, YEAR_AND_KIND
from archive.dataset.schema.declaration import (
    COUNT,
    COUNTS,
    FLAG,
    GRID,
    INSTANT,
    MONEY,
    REAL,
    TEXT,
    TEXTS,
    Column,
    ForeignKey,
    TableSchema,
)
from archive.dataset.schema.words import COMPUTED, HTTP, PRINTED, READ, TABLE_TYPES
from archive.vocabulary import ChangeKind
from parsers.values.vocabulary import DocumentOutcome, TextLayer

DOCUMENTS = TableSchema(
    "documents",
    "One row per distinct file content.",
    (
        DOCUMENT_ID,
        Column(
            "name",
            TEXT,
            "File name as published, where the bytes were seen first; of a member its path in the container",
            source="article, then Content-Disposition, then address; local file; container",
        ),
        Column("parent_id", TEXT, "Document of the container that holds this file", source=COMPUTED),
        Column("media_type", TEXT, "Media type by content, not by name", source=COMPUTED),
        Column("pages", COUNT, "Pages or sheets; null where the format has none", source=COMPUTED),
        Column("text_layer", TEXT, "Where the text comes from", values=TextLayer),
        Column("title", TEXT, "Title of the document", source=READ),
        *BODY,
        *PLACE,
        *YEAR_AND_KIND,
        Column("headline_sources", TEXT, "JSON object: headline field to where it was read", source=COMPUTED),
        Column("outcome", TEXT, "Result of reading", values=DocumentOutcome, source=COMPUTED, nullable=False),
        Column(
            "outcome_detail",
            TEXT,
            "What led to the outcome, as a message",
            source=COMPUTED,
            message=True,
        ),
        Column(
            "notes",
            TEXTS,
            "What the reader noticed about the file, each a message",
            source=COMPUTED,
            message=True,
        ),
        Column("units", TEXTS, "Units it lists as being within its budget", source=PRINTED),
        Column("parser_version", TEXT, "Version of the parsers", source=COMPUTED, nullable=False),
        Column(
            "content",
            TEXT,
            "SHA-256 over the tables as printed, of a web page without any over its sentences with figures: "
            "the same for re-exports; null if there are none",
            source=COMPUTED,
        ),
        Column(
            "superseded_by",
            TEXT,
            "Document now in its place; null while it is in force. Sums take documents in force only",
            source=COMPUTED,
        ),
        Column("tables", COUNT, "Number of rows in tables", source=COMPUTED),
        Column("facts", COUNT, "Number of rows in facts", source=COMPUTED),
        Column(
            "measures",
            TEXTS,
            "Measures of governments that it prints, in tables or prose; null for other documents",
            source=COMPUTED,
        ),
        Column("proved_share", REAL, "Share of non-zero facts that are proved, 0 to 1", source=COMPUTED),
        Column("unread", COUNT, "Amounts on pages with tables that no row holds", source=COMPUTED),
    ),
    primary_key=("document_id",),
    replace_key="document_id",
    foreign_keys=(
        ForeignKey("parent_id", "documents", "document_id"),
        ForeignKey("superseded_by", "documents", "document_id"),
    ),
    grouped=True,
)

VERSIONS = TableSchema(
    "versions",
    "One row per document that an address of an announcement led to, now or before.",
    (
        Column("disclosure_id", TEXT, "Announcement", source=COMPUTED, nullable=False),
        Column("url", TEXT, "Normalised address of the page or file", source=HTTP, nullable=False),
        DOCUMENT_ID,
        Column("first_seen", INSTANT, "First visit that showed it", unit="UTC", source="captures"),
        Column("last_seen", INSTANT, "Last visit that showed it", unit="UTC", source="captures"),
    ),
    primary_key=("disclosure_id", "url", "document_id"),
    replace_key="disclosure_id",
    foreign_keys=(
        ForeignKey("disclosure_id", "disclosures", "disclosure_id"),
        ForeignKey("document_id", "documents", "document_id"),
    ),
)

CHANGES = TableSchema(
    "changes",
    "One row per amount that a later version of a document prints otherwise, or per version without such.",
    (
        Column("change_id", TEXT, "Announcement, both versions, number", source=COMPUTED, nullable=False),
        Column("disclosure_id", TEXT, "Announcement", source=COMPUTED, nullable=False),
        Column("url", TEXT, "Normalised address of the later version", source=HTTP, nullable=False),
        Column(
            "seen_at", INSTANT, "First visit that showed the later version", unit="UTC", source="captures"
        ),
        Column(
            "kind",
            TEXT,
            "What happened to an amount; cosmetic: the tables are the same, text: only other words",
            values=ChangeKind,
            source=COMPUTED,
            nullable=False,
        ),
        Column("old_document_id", TEXT, "Earlier version", source=COMPUTED, nullable=False),
        Column("new_document_id", TEXT, "Later version", source=COMPUTED, nullable=False),
        Column("table_type", TEXT, "Kind of table", values=TABLE_TYPES, source=COMPUTED),
        Column("row_label", TEXT, "Label of the row", source=PRINTED),
        Column("column_path", TEXT, "Header texts, joined by ' / '", source=PRINTED),
        Column("old_fact_id", TEXT, "Amount of the earlier version", source=COMPUTED),
        Column("new_fact_id", TEXT, "Amount of the later version", source=COMPUTED),
        Column("old_page", COUNT, "Its page, from 1", source=PRINTED),
        Column("new_page", COUNT, "Its page, from 1", source=PRINTED),
        Column("old_text", TEXT, "As printed before", source=PRINTED),
        Column("new_text", TEXT, "As printed now", source=PRINTED),
        Column("old_yuan", MONEY, "Amount before", unit="CNY", source=COMPUTED),
        Column("new_yuan", MONEY, "Amount now", unit="CNY", source=COMPUTED),
        Column("difference_yuan", MONEY, "Now minus before", unit="CNY", source=COMPUTED),
    ),
    primary_key=("change_id",),
    replace_key="disclosure_id",
    foreign_keys=(
        ForeignKey("disclosure_id", "disclosures", "disclosure_id"),
        ForeignKey("old_document_id", "documents", "document_id"),
        ForeignKey("new_document_id", "documents", "document_id"),
        ForeignKey("old_fact_id", "facts", "fact_id"),
        ForeignKey("new_fact_id", "facts", "fact_id"),
    ),
)

TABLES_OF_DOCUMENTS = TableSchema(
    "tables",
    "One row per logical table; the pieces on successive pages are one table.",
    (
        TABLE_ID,
        DOCUMENT_ID,
        Column("table_no", COUNT, "Number within the document, in reading order", nullable=False),
        Column("printed_no", TEXT, "Number the document prints", source=PRINTED),
        Column("title", TEXT, "Title of the table", source=PRINTED),
        Column("table_type", TEXT, "Kind of table", values=TABLE_TYPES, source=COMPUTED, nullable=False),
        *UNIT,
        Column("pages", COUNTS, "Pages the table stands on, from 1", source=PRINTED),
        Column("header", GRID, "Header rows as printed, spans repeated", source=PRINTED),
        Column("grid", GRID, "Body rows as printed, spanning text at its top left", source=PRINTED),
        Column("empty", FLAG, "No amount is printed", source=COMPUTED, nullable=False),
        Column("empty_reason", TEXT, "The note that explains an empty table", source=PRINTED),
        Column("confidence", REAL, "Confidence of the table type, 0 to 1", source=COMPUTED),
        Column(
            "unread", TEXTS, "Amounts printed in the table or beside it that no row holds", source=PRINTED
        ),
        Column(
            "repeats",
            TEXT,
            "The same table in another format of the same disclosure: its facts stand there alone",
            source=COMPUTED,
        ),
    ),
    primary_key=("table_id",),
    replace_key="document_id",
    foreign_keys=(ForeignKey("document_id", "documents", "document_id"),),
    grouped=True,
)

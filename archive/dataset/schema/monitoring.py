"""Tables of the monitor: bodies that must publish, and where each stands.

Invariant: a verdict stands with the day it was due, the statute and the reason.
"""

from __future__ import annotations

from archive.dataset.schema.declaration import (
    COUNT,
    DAY,
    FLAG,
    INSTANT,
    TEXT,
    Column,
    ForeignKey,
    TableSchema,
)
from archive.dataset.schema.words import COMPUTED, GB2260, PRINTED, READ
from archive.vocabulary import DeadlineStatus, DueKind, TriggerBasis
from parsers.values.vocabulary import BodyLevel

BODIES = TableSchema(
    "bodies",
    "One row per body that must publish.",
    (
        Column("body_id", TEXT, "Stable id of the body", source=COMPUTED, nullable=False),
        Column("region_code", TEXT, "Administrative division, 6 digits", source=GB2260),
        Column("name", TEXT, "Name of the body", source=READ, nullable=False),
        Column("code", TEXT, "Budget code", source=PRINTED),
        Column("level", TEXT, "Level of the body", values=BodyLevel, source=READ),
        Column("parent", TEXT, "body_id of the body it belongs to", source=READ),
        Column("first_year", COUNT, "First budget year it is known for", unit="year", source=COMPUTED),
        Column("last_year", COUNT, "Last budget year it is known for", unit="year", source=COMPUTED),
        Column(
            "source",
            TEXT,
            "How it became known: registry, its site, documents, a department's list",
            source=COMPUTED,
        ),
    ),
    primary_key=("body_id",),
    replace_key="body_id",
)

DEADLINES = TableSchema(
    "deadlines",
    "One row per body, year and kind of document, as of the snapshot's date.",
    (
        Column("body_id", TEXT, "Body that must publish", source=COMPUTED, nullable=False),
        Column("fiscal_year", COUNT, "Budget year", unit="year", nullable=False),
        Column(
            "document_kind",
            TEXT,
            "What must be published; debt_budget, debt_accounts: debt beside its limit, with either of them",
            values=DueKind,
            nullable=False,
        ),
        Column(
            "trigger",
            DAY,
            "Day the period starts from: approval or reply",
            source="Budget Law, art. 14",
        ),
        Column("trigger_basis", TEXT, "How that day is known", values=TriggerBasis),
        Column("due_strict", DAY, "Last calendar day", source="Budget Law, art. 14"),
        Column(
            "due_rolled",
            DAY,
            "Last day moved to the next working day",
            source="Civil Code, art. 203, by analogy",
        ),
        Column("published_on", DAY, "Date of publication the site claims", source="disclosures"),
        Column("first_seen", INSTANT, "First capture that showed it", unit="UTC", source="captures"),
        Column(
            "backdated",
            FLAG,
            "A later complete crawl did not have it: the claimed date is contradicted; null without a claim",
            source=COMPUTED,
        ),
        Column(
            "status",
            TEXT,
            "Where the body stands",
            source=COMPUTED,
            nullable=False,
            values=DeadlineStatus,
        ),
        Column("days_late", COUNT, "Days after due_rolled", unit="day", source=COMPUTED),
        Column("disclosure_id", TEXT, "Publication that meets the deadline", source=COMPUTED),
        Column(
            "note",
            TEXT,
            "What limits the verdict, what is missing to know, as a message",
            source=COMPUTED,
            message=True,
        ),
    ),
    primary_key=("body_id", "fiscal_year", "document_kind"),
    replace_key="body_id",
    foreign_keys=(
        ForeignKey("body_id", "bodies", "body_id"),
        ForeignKey("disclosure_id", "disclosures", "disclosure_id"),
    ),
)

"""A parsed document as rows of the dataset.

Invariant: rows follow from the `ParsedDocument` alone; the same document gives the same rows in the same
order, and rows that do not fit the schema turn the document into an outcome, never into half a document.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from archive import SchemaError
from archive.dataset.schema import build_table
from archive.ids import check_id, fact_id, table_id
from archive.rendering.redaction import redacted, redacted_row
from parsers import PARSER_VERSION
from parsers.findings.claims import measured
from parsers.reference import regions
from parsers.values.media import HTML
from parsers.values.messages import Message, message
from parsers.values.results import (
    BudgetTable,
    Check,
    Fact,
    Headline,
    Indicator,
    ParsedDocument,
    Statement,
)
from parsers.values.vocabulary import CheckStatus, DocumentOutcome, FactStatus

DOCUMENT_TABLES = ("documents", "tables", "facts", "indicators", "statements", "checks")

READABLE = {
    "documents": frozenset({"name", "title", "body_name", "outcome_detail", "notes", "units"}),
    "tables": frozenset({"title", "header", "empty_reason"}),
    "facts": frozenset(
        {"body_name", "row_label", "column_path", "project_name", "row_body_name", "category", "subject"}
    ),
    "indicators": frozenset({"project_name", "level1", "level2", "level3", "target"}),
    "statements": frozenset({"sentence", "subject", "reason"}),
    "checks": frozenset({"statement", "message"}),
}
"""Columns of printed texts, which may name people and their numbers."""

Rows = Mapping[str, pa.Table]

_HEAD = ("body_name", "body_code", "body_level", "fiscal_year", "document_kind")
_FACT_COLUMNS = frozenset(item.name for item in fields(Fact)) - {"box", "block"}
_INDICATOR_COLUMNS = frozenset(item.name for item in fields(Indicator)) - {"table_no"}
_STATEMENT_COLUMNS = frozenset(item.name for item in fields(Statement))
_TABLE_COLUMNS = frozenset(item.name for item in fields(BudgetTable)) - {
    "facts",
    "rows",
    "row_pages",
    "notes",
    "repairs",
    "repeats",
    "sheet",
}


def document_rows(document: ParsedDocument, parent_id: str | None = None, name: str | None = None) -> Rows:
    """The rows of one document by table; `name` is what its file is called. What does not fit the schema
    gives a `crashed` document."""
    try:
        return _rows(document, parent_id, name)
    except SchemaError as error:
        return _rows(failed(document, message("rows_do_not_fit", error=str(error))), parent_id, name)


def failed(document: ParsedDocument, detail: Message) -> ParsedDocument:
    """The document as one whose reading gave nothing."""
    return ParsedDocument(document.document_id, document.media_type, DocumentOutcome.CRASHED, detail)


def _rows(document: ParsedDocument, parent_id: str | None, name: str | None) -> Rows:
    shared = _place(document.headline) | {name: getattr(document.headline, name) for name in _HEAD}
    facts = [_fact_row(document, table, fact, shared) for table in document.tables for fact in table.facts]
    given = {"parent_id": parent_id, "name": name}
    return {
        "documents": _table("documents", [_document_row(document, shared, len(facts)) | given]),
        "tables": _table(
            "tables", [_table_row(document, table) | {"grid": _grid(table)} for table in document.tables]
        ),
        "facts": _table("facts", facts),
        "indicators": _table("indicators", _indicator_rows(document)),
        "statements": _table("statements", _statement_rows(document)),
        "checks": _table("checks", _check_rows(document, dict(_fact_pages(document)))),
    }


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as Arrow, without personal data."""
    return build_table(name, [redacted_row(row, READABLE[name]) for row in rows])


def _grid(table: BudgetTable) -> list[list[str]]:
    """The body without personal data; an amount, however long, is not taken for a telephone number."""
    amounts = {(fact.row_no, fact.col_no) for fact in table.facts}
    return [
        [text if (row_no, col_no) in amounts else redacted(text) for col_no, text in enumerate(row)]
        for row_no, row in enumerate(table.grid)
    ]


def _document_row(document: ParsedDocument, shared: Mapping[str, Any], facts: int) -> dict[str, Any]:
    # Any sum of zeros proves a zero, which would hide how little of the money is proved.
    nonzero = [fact for table in document.tables for fact in table.facts if fact.amount_yuan]
    proved = sum(fact.status == FactStatus.PROVED for fact in nonzero)
    sources = document.headline.sources
    return {
        **shared,
        "document_id": document.document_id,
        "media_type": document.media_type,
        "pages": document.pages,
        "text_layer": document.text_layer,
        "title": document.headline.title,
        "headline_sources": json.dumps(sources, ensure_ascii=False, sort_keys=True) if sources else None,
        "outcome": document.outcome,
        "outcome_detail": document.outcome_detail,
        "notes": [Message(one.code, (("detail", one.detail), ("page", one.page))) for one in document.notes],
        "units": list(document.units) or None,
        "parser_version": PARSER_VERSION,
        "content": content_of(document),
        "tables": len(document.tables),
        "facts": facts,
        "measures": _measures(document),
        "proved_share": proved / len(nonzero) if nonzero else None,
        "unread": document.unread,
    }


def _measures(document: ParsedDocument) -> list[str] | None:
    """The measures of a government that tables or prose print, by name; None where there are none."""
    found = {fact.measure for table in document.tables for fact in table.facts}
    found |= {statement.measure for statement in document.statements}
    return sorted(filter(None, found)) or None


def content_of(document: ParsedDocument) -> str | None:
    """A hash of what the tables print, or of what the sentences say if a page has no tables."""
    printed: list[Any] = [(t.title, t.unit_text, t.header, t.grid) for t in document.tables]
    if not printed and document.media_type == HTML:
        printed = list(dict.fromkeys(statement.sentence for statement in document.statements))
    if not printed:
        return None
    return hashlib.sha256(json.dumps(printed, ensure_ascii=False).encode()).hexdigest()


def _table_row(document: ParsedDocument, table: BudgetTable) -> dict[str, Any]:
    return {
        **{name: getattr(table, name) for name in _TABLE_COLUMNS},
        "table_id": table_id(document.document_id, table.table_no),
        "document_id": document.document_id,
        "repeats": table_id(*table.repeats) if table.repeats else None,
    }


def _indicator_rows(document: ParsedDocument) -> list[dict[str, Any]]:
    return [
        {
            "document_id": document.document_id,
            "table_id": table_id(document.document_id, indicator.table_no),
            "indicator_no": number,
            **{name: getattr(indicator, name) for name in _INDICATOR_COLUMNS},
        }
        for number, indicator in enumerate(document.indicators)
    ]


def _statement_rows(document: ParsedDocument) -> list[dict[str, Any]]:
    return [
        {"document_id": document.document_id, "statement_no": number}
        | {name: getattr(statement, name) for name in _STATEMENT_COLUMNS}
        for number, statement in enumerate(document.statements)
    ]


def _fact_row(
    document: ParsedDocument, table: BudgetTable, fact: Fact, shared: Mapping[str, Any]
) -> dict[str, Any]:
    # A dict, not a dataclass: a document may have a hundred thousand, and most columns are the fact's own.
    identity = table_id(document.document_id, table.table_no)
    box = fact.box
    return {
        **shared,
        **{name: getattr(fact, name) for name in _FACT_COLUMNS},
        "fact_id": fact_id(identity, fact.row_no, fact.col_no),
        "document_id": document.document_id,
        "table_id": identity,
        "table_type": table.table_type,
        "x0": box and box.x0,
        "y0": box and box.y0,
        "x1": box and box.x1,
        "y1": box and box.y1,
    }


def _fact_pages(document: ParsedDocument) -> Iterator[tuple[str, int | None]]:
    """The page of every fact, by its id."""
    for table in document.tables:
        identity = table_id(document.document_id, table.table_no)
        for fact in table.facts:
            yield fact_id(identity, fact.row_no, fact.col_no), fact.page


def _check_rows(document: ParsedDocument, pages: Mapping[str, int | None]) -> list[dict[str, Any]]:
    """`pages` holds the page of every fact of the document, by its id."""
    rows = []
    seen: Counter[str] = Counter()
    for check in document.checks:
        identity = check_id(document.document_id, check.rule, str(check.statement), check.table_nos)
        seen[identity] += 1
        if seen[identity] > 1:  # the same words about the same tables, e.g. two rows with one label
            identity = f"{identity}-{seen[identity]}"
        rows.append(_check_row(document, check, identity, pages))
    return rows


def _check_row(
    document: ParsedDocument, check: Check, identity: str, pages: Mapping[str, int | None]
) -> dict[str, Any]:
    cells = [
        fact_id(table_id(document.document_id, one.table_no), one.row_no, one.col_no) for one in check.facts
    ]
    tables = [table for table in document.tables if table.table_no in check.table_nos]
    places = (check.page, *map(pages.get, cells), *(page for table in tables for page in table.pages))
    known = measured(check.rule) if check.status == CheckStatus.FAILS else None
    return {
        "check_id": identity,
        "document_id": document.document_id,
        "rule": check.rule,
        "table_ids": [table_id(document.document_id, number) for number in check.table_nos],
        "statement": check.statement,
        "left_yuan": check.left_yuan,
        "right_yuan": check.right_yuan,
        "difference_yuan": check.difference_yuan,
        "tolerance_yuan": check.tolerance_yuan,
        "status": check.status,
        "severity": check.severity,
        "fault": check.fault,
        "rule_judged": known.judged if known else None,
        "rule_right": known.right if known else None,
        "message": check.message,
        # A cell of an equation may be blank: it then is not a fact that could be looked up.
        "fact_ids": [cell for cell in cells if cell in pages],
        "page": next((page for page in places if page is not None), None),
    }


def _place(headline: Headline) -> dict[str, str | None]:
    region = regions.region(headline.region_code) if headline.region_code else None
    return {
        "region_code": headline.region_code,
        "province": region.province if region else None,
        "city": region.city if region else None,
        "county": region.county if region else None,
    }

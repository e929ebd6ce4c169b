"""The OpenAPI description of the API, derived from the schema.

By hand: FastAPI describes functions by their annotations; here paths and parameters follow from tables.

Invariant: nothing about a column is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from archive.dataset.query import governments
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column, TableSchema, table_schema_type
from archive.monitoring.scores import scoring
from archive.rendering.texts import LANGUAGES

Json = dict[str, Any]

AT: Json = {
    "name": "at",
    "in": "query",
    "description": "Snapshot: number, tag, date (YYYY-MM-DD) or latest",
    "schema": {"type": "string", "default": "latest"},
}
PAGING: list[Json] = [
    {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0, **bounds}}
    for name, bounds in (("limit", {"maximum": 1000, "default": 100}), ("offset", {"default": 0}))
]
BOARD_FILTERS = {
    "as_of": "Day to judge, YYYY-MM-DD",
    "region": "Code, prefix or name",
    "year": "Fiscal year",
    "kind": "budget, accounts, adjustment, debt_budget or debt_accounts",
    "status": "on_time, grey, late, announced, missing, pending or unknown",
}
SCORES_FILTERS = {
    "level": "province, city, county, body or government; without it the level below the region",
    "region": "Code, prefix or name of a region whose places are wanted",
    "year": "Fiscal year",
}
DOCUMENT_FILTERS = {
    "region": "Code, prefix or name of a region that the document is of",
    "body": "A part of the body's name; none: documents whose body is not known",
    "year": "Fiscal year",
    "kind": "budget, accounts, adjustment or other",
    "status": "How its amounts stand, the worst of them: proved, single or disputed",
}
"""Beside the columns: the filters of the page that lists documents."""
GOVERNMENT_FILTERS = {
    "region": "Code, prefix or name of a region whose places are wanted",
    "level": "province, city or county",
    "year": "Year of the amounts",
    **{
        column.name: column.description
        for column in governments.COLUMNS
        if column.name in ("scope", "account", "measure", "stage")
    },
}
ROWS = {schema.name: schema.columns for schema in TABLES.values()} | {
    "scores": scoring.COLUMNS,
    "governments": governments.COLUMNS,
}
JSON_TYPES = {"integer": "integer", "boolean": "boolean", "list": "array", "array": "array"}


@cache
def api_document() -> Json:
    """The whole document, OpenAPI 3.1."""
    paths: Json = {
        "/api/snapshots": {
            "get": {"summary": "All snapshots, the newest first", "responses": _ok("snapshots")}
        },
        "/api/board": {
            "get": _rows("Where every body stands, judged as of a day", BOARD_FILTERS, "deadlines")
        },
        "/api/scores": {
            "get": _rows(
                "How open each place is, by year: rates and their total, a row for each",
                SCORES_FILTERS,
                "scores",
            )
        },
        "/api/governments": {
            "get": _rows(
                "Measures of governments by place, account, year and scope, each one printed amount",
                GOVERNMENT_FILTERS,
                "governments",
            )
        },
    }
    for schema in TABLES.values():
        filters = {"columns": "Names, with commas"}
        filters |= {column.name: column.description for column in schema.columns}
        if schema.name == "documents":  # the page of documents has the same filters
            filters |= DOCUMENT_FILTERS
        paths[f"/api/{schema.name}"] = {"get": _rows(schema.description, filters, schema.name)}
        if len(schema.primary_key) == 1:
            paths[f"/api/{schema.name}/{{key}}"] = {"get": _single(schema)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gongkai",
            "version": "1",
            "description": "Budget disclosures of Chinese local governments. Read-only; amounts are strings.",
        },
        "paths": paths,
        "components": {"schemas": {name: _row(columns) for name, columns in ROWS.items()}},
    }


def _rows(summary: str, filters: Mapping[str, str], name: str) -> Json:
    """Asking for rows of `name`; filters by their names, with what they mean."""
    named = [
        {"name": one, "in": "query", "description": text, "schema": {"type": "string"}}
        for one, text in filters.items()
    ]
    return {"summary": summary, "parameters": [AT, *PAGING, *named], "responses": _ok(name)}


def _single(schema: TableSchema) -> Json:
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema.name}"}}}
    return {
        "summary": f"One row of {schema.name} by {schema.primary_key[0]}",
        "parameters": [key, AT],
        "responses": {"200": {"description": "The row", "content": content}, "404": {"description": "None"}},
    }


def _ok(name: str) -> Json:
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"} if name in ROWS else {}}
    body = {
        "type": "object",
        "properties": {
            "snapshot": {"type": "integer"},
            "total": {"type": "integer"},
            "limit": {"type": "integer"},
            "offset": {"type": "integer"},
            "next": {"type": ["string", "null"]},
            "data": rows,
        },
    }
    return {
        "200": {"description": "One page of rows", "content": {"application/json": {"schema": body}}},
        "400": {"description": "A parameter is wrong"},
    }


def _row(columns: Iterable[Column]) -> Json:
    """The properties of a row; beside each message, what it says in both languages."""
    found = {column.name: _property(column) for column in columns}
    for column in columns:
        for language in LANGUAGES if column.message else ():
            found[f"{column.name}_{language}"] = _property(column)
    return {"type": "object", "properties": found}


def _property(column: Column) -> Json:
    kind = JSON_TYPES.get(table_schema_type(column.type), "string")
    found: Json = {"type": [kind, "null"] if column.nullable else kind, "description": column.description}
    if table_schema_type(column.type) == "number" and str(column.type) == "double":
        found["type"] = ["number", "null"]
    if column.values:
        found["enum"] = [*column.values, *([None] if column.nullable else [])]
    return found

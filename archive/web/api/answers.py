"""The dataset as JSON under /api.

Invariant: what can be asked follows from the declared schema: every table, filtered by any of its columns.
Amounts are strings, for JSON numbers are not exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa
from starlette.responses import Response

from archive.dataset import snapshots
from archive.dataset.query.views import sql_type
from archive.dataset.schema import TABLES
from archive.dataset.schema.declaration import Column, TableSchema
from archive.rendering import messages
from archive.rendering.scalars import as_json
from archive.web.api.description import api_document
from archive.web.pages.document_list import DocumentFilter
from archive.web.pages.scoreboard import ScoreFilter as ScoresWish
from archive.web.pages.standings import Filter, board_of
from archive.web.view.templating import page
from archive.web.view.visit import DEEPEST, Visit, refusal
from parsers.values.messages import message

MOST = 1000
USUAL = 100
RESERVED = frozenset({"at", "limit", "offset", "columns", "lang"})
WISHES = frozenset({"region", "body", "year", "kind", "status"})
"""Filters of documents beside their columns: those of the page that lists them."""


def api_page(visit: Visit) -> Response:
    """The resources of the API, for people."""
    return page(visit, "api.html", tables=TABLES)


def openapi(visit: Visit) -> Response:
    """The OpenAPI description of this API, as JSON."""
    return _json(api_document())


def list_snapshots(visit: Visit) -> Response:
    """All versions, the newest first."""
    names: dict[int, list[str]] = {}
    for name, number in snapshots.tags(visit.dataset.store).items():
        names.setdefault(number, []).append(name)
    rows = [
        {"snapshot": one.number, "created_at": one.created_at, "message": one.message}
        | {"tags": names.get(one.number, []), "rows": {name: one.rows(name) for name in TABLES}}
        for one in snapshots.history(visit.dataset.store)
    ]
    return _json({"data": rows, "total": len(rows)})


def list_deadlines(visit: Visit) -> Response:
    """The board as of a day; filters as on the board's page."""
    limit, offset = window(visit)
    rows = Filter.of(visit).apply(board_of(visit))
    shown = with_sentences(TABLES["deadlines"], rows.slice(offset, limit).to_pylist())
    return answer(visit, shown, len(rows), limit, offset)


def list_scores(visit: Visit) -> Response:
    """Rows of the scores; filters as on their page. A level that the region does not have is an error
    here."""
    limit, offset = window(visit)
    wish, level = ScoresWish.of(visit), visit.parameter("level")
    if level and level not in wish.fitting():
        raise refusal(400, message("api_no_level", level=level, known=tuple(wish.fitting())))
    _, rows = wish.apply(visit.dataset.scores(visit.version))
    return answer(visit, rows.slice(offset, limit).to_pylist(), len(rows), limit, offset)


def list_rows(visit: Visit) -> Response:
    """Rows of one table, filtered by any column."""
    schema = _schema(visit)
    limit, offset = window(visit)
    where, values = _conditions(visit, schema)
    columns = ", ".join(f'"{name}"' for name in _columns(visit, schema))
    order = ", ".join(f'"{name}"' for name in schema.primary_key)
    try:
        total = visit.version.one(f"SELECT count(*) AS n FROM {schema.name} WHERE {where}", *values)
        sql = f"SELECT {columns} FROM {schema.name} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        rows = visit.version.rows(sql, *values, limit, offset)
    except duckdb.ConversionException as error:
        raise refusal(400, message("api_no_such_value", error=str(error))) from error
    assert total is not None
    return answer(visit, with_sentences(schema, rows), total["n"], limit, offset)


def one_row(visit: Visit) -> Response:
    """One row by its key."""
    schema = _schema(visit)
    if len(schema.primary_key) != 1:
        raise refusal(404, message("api_no_single_key", table=schema.name))
    sql = f'SELECT * FROM {schema.name} WHERE "{schema.primary_key[0]}" = ?'
    row = visit.version.one(sql, visit.request.path_params["key"])
    if row is None:
        raise refusal(404, message("api_no_row", table=schema.name, snapshot=visit.version.snapshot.number))
    return _json(with_sentences(schema, [row])[0])


def with_sentences(schema: TableSchema, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table with each message in both languages beside it."""
    return messages.with_sentences(rows, [column.name for column in schema.messages])


def _schema(visit: Visit) -> TableSchema:
    name = visit.request.path_params["table"]
    if name not in TABLES:
        raise refusal(404, message("api_no_table", known=tuple(TABLES)))
    return TABLES[name]


def _conditions(visit: Visit, schema: TableSchema) -> tuple[str, list[Any]]:
    """The SQL condition that the query's parameters make. Names are checked against the schema, values are
    bound."""
    known = {column.name: column for column in schema.columns}
    parts, values = ["true"], []
    wishes = WISHES if schema.name == "documents" else frozenset()
    for name, value in visit.request.query_params.multi_items():
        if name in RESERVED | wishes:
            continue
        if name not in known:
            raise refusal(400, message("api_no_column", table=schema.name, column=name))
        parts.append(_condition(known[name]))
        values.append(value)
    if wishes:
        condition, wanted = _wish(visit).where()
        parts.append(condition)
        values += wanted
    return " AND ".join(parts), values


def _wish(visit: Visit) -> DocumentFilter:
    """The filters of the page of documents; a value that no document can have is an error here."""
    wish = DocumentFilter.of(visit)
    for name in WISHES:
        if visit.parameter(name) and not getattr(wish, name):
            raise refusal(400, message("api_no_document", name=name, value=visit.parameter(name)))
    return wish


def _condition(column: Column) -> str:
    if pa.types.is_list(column.type):
        return f'list_contains("{column.name}"::VARCHAR[], ?)'
    if column.type == pa.string():
        return f'"{column.name}" = ?'
    return f'"{column.name}" = CAST(? AS {sql_type(column.type)})'


def _columns(visit: Visit, schema: TableSchema) -> list[str]:
    known = [column.name for column in schema.columns]
    wanted = [name for name in visit.request.query_params.get("columns", "").split(",") if name]
    for name in wanted:
        if name not in known:
            raise refusal(400, message("api_no_column", table=schema.name, column=name))
    return wanted or known


def window(visit: Visit) -> tuple[int, int]:
    """`limit` and `offset` of a request, within the API's bounds."""
    return visit.number("limit", USUAL, MOST), visit.number("offset", 0, DEEPEST)


def answer(visit: Visit, rows: list[dict[str, Any]], total: int, limit: int, offset: int) -> Response:
    """A page of rows as JSON, with the snapshot, the total and the address of the next page."""
    following = offset + limit
    return _json(
        {
            "snapshot": visit.version.snapshot.number,
            "total": total,
            "limit": limit,
            "offset": offset,
            "next": visit.here(limit=limit, offset=following) if limit and following < total else None,
            "data": rows,
        }
    )


def _json(value: Any) -> Response:
    return Response(as_json(value), media_type="application/json")

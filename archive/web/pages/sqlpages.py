"""The SQL page and the data dictionary.

Invariant: a visitor's SQL runs in the sandbox, never in the server; the dictionary is what the schema says.
"""

from __future__ import annotations

import io

from starlette.responses import Response

from archive.dataset.schema import TABLES
from archive.rendering.console import for_eyes, rows_of
from archive.rendering.formats import write
from archive.rendering.messages import in_language
from archive.web.data.sandbox import MAX_SQL, SECONDS, SandboxError, ask
from archive.web.pages.standings import csv_of, download
from archive.web.view.knowledge import examples
from archive.web.view.templating import page
from archive.web.view.visit import Visit

SHOWN = 500


def sql_page(visit: Visit) -> Response:
    """The form, and the answer if there is a question."""
    sql = _sql(visit)
    answer, problem, rows = None, None, []
    if sql:
        try:
            answer = ask(visit.dataset.store, visit.version.snapshot.number, sql)
            rows = [
                [for_eyes(in_language(value, visit.language)) for value in row]
                for row in rows_of(answer.slice(0, SHOWN))
            ]
        except SandboxError as error:
            problem = visit.said(error)
    return page(
        visit,
        "sql.html",
        200 if problem is None else 400,
        sql=sql or examples()[0].asked(visit.language),
        asked=bool(sql),
        answer=answer,
        rows=rows,
        problem=problem,
        examples=examples(),
        tables=TABLES,
        seconds=SECONDS,
        shown=SHOWN,
    )


def sql_csv(visit: Visit) -> Response:
    """The answer to the SQL of a request as CSV with a byte order mark, for Excel."""
    table = ask(visit.dataset.store, visit.version.snapshot.number, _sql(visit))
    return csv_of(table, "answer.csv")


def sql_parquet(visit: Visit) -> Response:
    """The answer to the SQL of a request as a Parquet file."""
    table = ask(visit.dataset.store, visit.version.snapshot.number, _sql(visit))
    out = io.BytesIO()
    write(table, "parquet", out)
    return download(out.getvalue(), "application/vnd.apache.parquet", "answer.parquet")


def dictionary_page(visit: Visit) -> Response:
    """Every table and column, from the declared schema."""
    return page(visit, "dictionary.html", tables=TABLES)


def _sql(visit: Visit) -> str:
    return visit.request.query_params.get("q", "")[:MAX_SQL].strip()

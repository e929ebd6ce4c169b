"""The web application: which address is answered by which function, and whether the server does its work.

Invariant: every page is read-only; an error is a page that says what went wrong, never a traceback.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from archive import ObjectNotFound, QueryError, SnapshotNotFound
from archive.dataset.query.measures import body_measures
from archive.monitoring.verdicts import UnknownRegion
from archive.stores import Store
from archive.web.api import answers
from archive.web.data import sandbox
from archive.web.data.dataset import LOOK_SECONDS, SETTLED_SECONDS, Board, Dataset
from archive.web.data.images import Images
from archive.web.data.registry import Registry
from archive.web.data.sandbox import SandboxError
from archive.web.government import compare, ranking
from archive.web.government import one_government as government
from archive.web.pages import (
    bodies,
    document_list,
    documents,
    overview,
    scoreboard,
    sites,
    sqlpages,
    standings,
)
from archive.web.view.knowledge import LANGUAGES, examples, translate
from archive.web.view.security import SecurityHeaders
from archive.web.view.templating import environment, page
from archive.web.view.visit import Visit, visit_handler
from parsers.values.errors import GongkaiError
from parsers.values.messages import is_message

GZIP_FROM = 1024
BAD_REQUESTS = (QueryError, SandboxError, UnknownRegion)
NO_REGISTRY = Registry()
ABSENT = (ObjectNotFound, SnapshotNotFound)

STALE_SECONDS = 30 * LOOK_SECONDS
"""The store is not looked at while a large snapshot is made ready, which takes a while."""


def health(visit: Visit) -> Response:
    """The snapshot that is shown, its age, whether the store can be reached; 503 if something is wrong."""
    dataset, now = visit.dataset, datetime.now(UTC)
    look, ready = dataset.looked, dataset.ready
    problem = look.problem if look else "the store was not looked at yet"
    if look and not problem and (now - look.at).total_seconds() > STALE_SECONDS:
        problem = f"the store was last looked at {look.at.isoformat(timespec='seconds')}"
    snapshot = ready.version.snapshot if ready else None
    answer = {
        "status": "failing" if problem else "ok",
        "snapshot": snapshot.number if snapshot else None,
        "created_at": snapshot.created_at.isoformat() if snapshot else None,
        "age_seconds": round((now - snapshot.created_at).total_seconds()) if snapshot else None,
        "store_reachable": problem is None,
        "looked_at": look.at.isoformat(timespec="seconds") if look else None,
        "problem": problem,
    }
    return JSONResponse(answer, 503 if problem else 200, {"Cache-Control": "no-store"})


PAGES = {
    "/": overview.overview_page,
    "/regions/{code}": overview.region_page,
    "/deadlines": standings.deadlines_page,
    "/deadlines.csv": standings.deadlines_csv,
    "/deadlines.ics": standings.deadlines_ics,
    "/scores": scoreboard.scores_page,
    "/scores.csv": scoreboard.scores_csv,
    "/bodies": bodies.bodies_page,
    "/bodies/{body_id}": bodies.body_page,
    "/compare": bodies.compare_page,
    "/rank": bodies.rank_page,
    "/documents": document_list.documents_page,
    "/documents.csv": document_list.documents_csv,
    "/documents/{document_id}": documents.document_page,
    "/documents/{document_id}/tables/{table_no:int}": documents.document_page,
    "/documents/{document_id}/pages/{page:int}.{form}": documents.page_image,
    "/documents/{document_id}/original": documents.original_file,
    "/captures/{capture_id}.warc.gz": documents.capture_record,
    "/facts/{fact_id}": documents.fact_page,
    "/sql": sqlpages.sql_page,
    "/sql.csv": sqlpages.sql_csv,
    "/sql.parquet": sqlpages.sql_parquet,
    "/dictionary": sqlpages.dictionary_page,
    "/governments": ranking.governments_page,
    "/governments/compare": compare.compare_page,
    "/governments/{code}": government.government_page,
    "/sites": sites.sites_page,
    "/sites/{site_id}": sites.site_page,
    "/proposals": sites.proposals_page,
    "/runs": sites.runs_page,
    "/health": health,
    "/api": answers.api_page,
    "/api/openapi.json": answers.openapi,
    "/api/snapshots": answers.list_snapshots,
    "/api/board": answers.list_deadlines,
    "/api/scores": answers.list_scores,
    "/api/governments": ranking.list_governments,
    "/api/{table}": answers.list_rows,
    "/api/{table}/{key}": answers.one_row,
}


def create_app(store: Store, board: Board, at: str = "latest", registry: Registry = NO_REGISTRY) -> Starlette:
    """The application over one store. `at` is the snapshot shown where a visitor chose none; `board` judges a
    snapshot as of a day; `registry` says what holds of sites now."""
    dataset = Dataset(store, board, at)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sandbox.prepare()
        with dataset.watched():
            loading = asyncio.create_task(_load_later())
            yield
            loading.cancel()

    app = Starlette(
        routes=[
            *(Route(path, visit_handler(handler)) for path, handler in PAGES.items()),
            Mount("/static", StaticFiles(packages=[("archive.web", "static")]), name="static"),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=GZIP_FROM)],
        lifespan=lifespan,
        exception_handlers={HTTPException: error_page, GongkaiError: error_page, Exception: error_page},
    )
    app.state.dataset = dataset
    app.state.registry = registry
    app.state.images = Images()
    return app


async def _load_later() -> None:
    """Visitors need not wait for all of it, nor the first one beside it."""
    await asyncio.sleep(SETTLED_SECONDS)
    await asyncio.to_thread(_load)


def _load() -> None:
    """Read what every answer needs once."""
    for name in environment().list_templates(["html"]):
        environment().get_template(name)
    for language in LANGUAGES:
        translate(language, "")
    body_measures()
    examples()


def error_page(request: Request, error: Exception) -> Response:
    """What went wrong, for people or for programs."""
    visit, status = Visit(request), error_status(error)
    ours = isinstance(error, GongkaiError | HTTPException)
    words = visit.said(error) if ours else visit.t("The server made a mistake; its log says more.")
    if request.url.path.startswith("/api"):
        detail = getattr(error, "detail", "")
        return JSONResponse({"error": words, **(json.loads(detail) if is_message(detail) else {})}, status)
    return page(visit, "error.html", status, status=status, message=words)


def error_status(error: Exception) -> int:
    """The HTTP status of an error."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, ABSENT):
        return 404
    if isinstance(error, BAD_REQUESTS):
        return 400
    return 503 if isinstance(error, GongkaiError) else 500

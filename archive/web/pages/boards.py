"""The deadlines board, and its CSV and calendar.

Invariant: page, CSV and calendar of one address hold the same rows.
"""

from __future__ import annotations

from starlette.responses import Response

from archive.dataset.rows.typed import rows_of
from archive.export.due_days import feed
from archive.monitoring.verdicts import BoardRow
from archive.rendering.formats import as_csv
from archive.vocabulary import DUE_KINDS
from archive.web.data.results import PlacedDeadline
from archive.web.pages.standings import Filter, board_of, counts, years
from archive.web.view.templating import page
from archive.web.view.visit import Visit

ROWS = 100
BOM = "\ufeff"
"""Excel reads a CSV file as UTF-8 only with it."""


def deadlines_page(visit: Visit) -> Response:
    """One page of the board, the urgent rows first."""
    board, wish = board_of(visit), Filter.of(visit)
    rows = wish.apply(board)
    start = visit.number("start", 0, 10_000_000)
    return page(
        visit,
        "deadlines.html",
        wish=wish,
        kinds=DUE_KINDS,
        years=years(board),
        counts=counts(rows),
        total=len(rows),
        rows=rows_of(rows.slice(start, ROWS), PlacedDeadline),
        start=start,
        step=ROWS,
    )


def deadlines_csv(visit: Visit) -> Response:
    """The chosen deadlines as CSV with a byte order mark, for Excel."""
    text = BOM + as_csv(Filter.of(visit).apply(board_of(visit)))
    return download(text.encode(), "text/csv; charset=utf-8", f"deadlines-{visit.as_of}.csv")


def deadlines_ics(visit: Visit) -> Response:
    """The chosen deadlines as an iCalendar feed."""
    rows = rows_of(Filter.of(visit).apply(board_of(visit)), BoardRow)
    return download(feed(rows, visit.as_of), "text/calendar; charset=utf-8", "deadlines.ics")


def download(data: bytes, media_type: str, name: str) -> Response:
    """An answer the browser saves."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)

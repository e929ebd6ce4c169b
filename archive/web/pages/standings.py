"""The board of deadlines, filtered and counted; its page, CSV and calendar.

Invariant: counts and lists come from the verdicts of `archive.monitoring.verdicts`; nothing is judged here.
Page, CSV and calendar of one address hold the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from starlette.responses import Response

from archive.dataset.rows.typed import rows_of
from archive.monitoring.verdicts import URGENCY, BoardRow, status_counts, within
from archive.rendering.formats import as_csv
from archive.vocabulary import DUE_KINDS, DeadlineStatus
from archive.web.data.results import PlacedDeadline
from archive.web.view.templating import page
from archive.web.view.visit import Visit

PUBLISHED = '"code": "published_day_not_known"'
"""Begins the note of a verdict on a document that is known only to be there."""
ROWS = 100
BOM = "\ufeff"
"""Excel reads a CSV file as UTF-8 only with it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the board is asked for; empty means all."""

    region: str = ""
    year: int = 0
    kind: str = ""
    status: str = ""
    due_from: date | None = None
    due_to: date | None = None

    @classmethod
    def of(cls, visit: Visit) -> Filter:
        """The filter of a request; values outside the vocabulary count as all."""
        return cls(
            region=visit.parameter("region"),
            year=visit.number("year", 0, 9999),
            kind=visit.choice("kind", DUE_KINDS),
            status=visit.choice("status", URGENCY),
            due_from=_day(visit.parameter("due_from")),
            due_to=_day(visit.parameter("due_to")),
        )

    def apply(self, rows: pa.Table) -> pa.Table:
        """The rows asked for; raises UnknownRegion."""
        rows = within(rows, self.region)
        if self.year:
            rows = rows.filter(pc.equal(rows.column("fiscal_year"), self.year))
        if self.kind:
            rows = rows.filter(pc.equal(rows.column("document_kind"), self.kind))
        if self.status:
            rows = rows.filter(pc.equal(rows.column("status"), self.status))
        if self.due_from:
            rows = rows.filter(
                pc.fill_null(pc.greater_equal(rows.column("due_rolled"), self.due_from), False)
            )
        if self.due_to:
            rows = rows.filter(pc.fill_null(pc.less_equal(rows.column("due_rolled"), self.due_to), False))
        return rows


def board_of(visit: Visit) -> pa.Table:
    """Every verdict as of the visitor's day."""
    return visit.dataset.board(visit.version, visit.as_of)


def counts(rows: pa.Table) -> dict[str, int]:
    """How many rows have each status, all statuses, the urgent first."""
    return dict.fromkeys(URGENCY, 0) | status_counts(rows)


def counts_by_prefix(rows: pa.Table, length: int) -> dict[str, dict[str, int]]:
    """Counts of each status by the first digits of the region code."""
    codes = pc.utf8_slice_codeunits(pc.fill_null(rows.column("region_code"), ""), 0, length)
    grouped = pa.table({"code": codes, "status": rows.column("status")}).group_by(["code", "status"])
    counted = grouped.aggregate([([], "count_all")])
    columns = (counted.column(name).to_pylist() for name in ("code", "status", "count_all"))
    found: dict[str, dict[str, int]] = {}
    for code, status, number in zip(*columns, strict=True):
        by_status = found.setdefault(code, dict.fromkeys(URGENCY, 0))
        by_status[status] = number
    return found


def is_published(rows: pa.Table) -> pa.ChunkedArray:
    """For each row whether its document is there, on whatever day it appeared. A local file has no day at
    all; the note of its verdict says that it is there."""
    dated = pc.or_(pc.is_valid(rows.column("published_on")), pc.is_valid(rows.column("first_seen")))
    return pc.or_(dated, pc.fill_null(pc.match_substring(rows.column("note"), PUBLISHED), False))


def published(rows: pa.Table) -> int:
    """How many of the documents are there."""
    found: int = pc.sum(is_published(rows)).as_py() or 0
    return found


def prevailing(by_status: Mapping[str, int]) -> str:
    """The most common status of those that are judged, the urgent one of equals; unknown if none is."""
    judged = {status: n for status, n in by_status.items() if n and status != DeadlineStatus.UNKNOWN}
    return max(judged, key=lambda status: judged[status], default=DeadlineStatus.UNKNOWN)


def years(rows: pa.Table) -> list[int]:
    """The fiscal years on the board, the newest first."""
    return sorted(pc.unique(rows.column("fiscal_year")).to_pylist(), reverse=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def deadlines_page(visit: Visit) -> Response:
    """One page of the board, the urgent rows first."""
    board, wish = board_of(visit), Filter.of(visit)
    rows = wish.apply(board)
    return page(
        visit,
        "deadlines.html",
        wish=wish,
        kinds=DUE_KINDS,
        years=years(board),
        counts=counts(rows),
        total=len(rows),
        rows=rows_of(rows.slice(visit.start, ROWS), PlacedDeadline),
        start=visit.start,
        step=ROWS,
    )


def deadlines_csv(visit: Visit) -> Response:
    """The chosen deadlines as CSV with a byte order mark, for Excel."""
    return csv_of(Filter.of(visit).apply(board_of(visit)), f"deadlines-{visit.as_of}.csv")


def deadlines_ics(visit: Visit) -> Response:
    """The chosen deadlines as an iCalendar feed."""
    from archive.export.due_days import feed  # a library for calendars, which a server starts without

    rows = rows_of(Filter.of(visit).apply(board_of(visit)), BoardRow)
    return download(feed(rows, visit.as_of), "text/calendar; charset=utf-8", "deadlines.ics")


def csv_of(table: pa.Table, name: str) -> Response:
    """A table as a file for Excel: CSV with a byte order mark."""
    return download((BOM + as_csv(table)).encode(), "text/csv; charset=utf-8", name)


def download(data: bytes, media_type: str, name: str) -> Response:
    """An answer the browser saves."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)

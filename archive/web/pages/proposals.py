"""The table on which an operator reviews what probes of old addresses propose.

Invariant: the page changes nothing: each line names the command that does.
"""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from archive.monitoring.verdicts import region_prefixes
from archive.web.data.registry import ADVICE
from archive.web.view.templating import page
from archive.web.view.visit import Visit

ROWS = 50
CONFIDENCES = ("high", "medium", "low")


def proposals_page(visit: Visit) -> Response:
    """What is proposed for the sites of a region: first what a command can apply, then what a person must
    look at, then what can stay."""
    start, region = visit.number("start", 0, 10_000_000), visit.parameter("region")
    advice, confidence = visit.parameter("advice"), visit.parameter("confidence")
    rows = visit.registry.proposed()
    if region:
        prefixes = tuple(region_prefixes(region))
        rows = [row for row in rows if (row.region_code or "").startswith(prefixes)]
    counts = Counter(row.advice for row in rows)
    if advice in ADVICE:
        rows = [row for row in rows if row.advice == advice]
    if confidence in CONFIDENCES:
        rows = [row for row in rows if row.confidence == confidence]
    rows = sorted(rows, key=lambda row: (ADVICE.index(row.advice), CONFIDENCES.index(row.confidence)))
    return page(
        visit,
        "proposals.html",
        rows=rows[start : start + ROWS],
        total=len(rows),
        counts={one: counts[one] for one in ADVICE},
        start=start,
        step=ROWS,
        advice=advice,
        confidence=confidence,
        confidences=CONFIDENCES,
        region=region,
    )

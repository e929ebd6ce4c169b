"""Whether the server does its work: for load balancers, probes and people.

Invariant: it asks nothing of the store itself, so that probes cost nothing: it reports what the last look at
the store found (see `Dataset.watched`), and fails if that failed or is too long ago.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import JSONResponse, Response

from archive.web.data.dataset import LOOK_SECONDS
from archive.web.view.visit import Visit

STALE_SECONDS = 30 * LOOK_SECONDS
"""Making a large snapshot ready takes a while, and there is no look at the store meanwhile."""


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

"""Questions about the dataset that need the registry too.

Invariant: a day is judged by what is known of the registry now, whatever snapshot is asked.
"""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa

from archive.clock import CHINA
from archive.dataset.finding import load
from archive.monitoring import verdicts
from archive.stores import Store
from crawler.jobs.registry import registered


def deadlines_of(
    store: Store, at: str, as_of: date | None, region: str | None, year: int | None
) -> tuple[date, pa.Table]:
    """The day that is judged and the board of that day: `as_of`, else today, or that of the snapshot `at`."""
    snapshot = load(store, at)
    moment = datetime.now(CHINA) if at == "latest" else snapshot.created_at.astimezone(CHINA)
    day = as_of or moment.date()
    return day, verdicts.board(store, snapshot, day, registered(store), region=region, year=year)

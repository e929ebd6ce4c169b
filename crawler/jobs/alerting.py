"""Alerts: what happened since, for one who asks or for the channels that subscribed.

Invariant: alerts are sent under a lock, so that two runs at once send nothing twice.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from archive.alerts import deliver, detect, read_channels
from archive.alerts.delivery import unsent
from archive.alerts.detection import Alert, Asked, within
from archive.clock import CHINA
from archive.dataset.finding import load
from archive.monitoring import verdicts
from archive.stores import Store
from archive.stores.lock import locked
from crawler.jobs.registry import registered


def found_in(store: Store, region: str | None, now: datetime) -> list[Alert]:
    """What happened in a region (everywhere if none is named)."""
    prefixes = verdicts.region_prefixes(region) if region else ("",)
    return _found(store, now, lambda kind, ids, regions: within(regions, prefixes))


def send_to_channels(store: Store, channels: Path, now: datetime) -> tuple[pa.Table, bool]:
    """Send the channels of a file the alerts that are new to them: a row per message, and whether any
    failed."""
    receivers = read_channels(channels)
    found = _found(store, now, unsent(store, receivers))
    with locked(store, "alerts"):
        sent = deliver(store, receivers, found, now, process=uuid.uuid4().hex)
    return pa.Table.from_pylist([asdict(one) for one in sent]), any(one.problem for one in sent)


def _found(store: Store, now: datetime, asked: Asked) -> list[Alert]:
    return detect(store, load(store), now.astimezone(CHINA).date(), registered(store), asked)

"""The dataset taken to others: as files in a form for people, as pages, as a web archive, as alerts.

Invariant: the report names what was written, and where; alerts are sent under a lock, so that two runs at
once send nothing twice.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from archive import CHINA
from archive.alerts import deliver, detect, read_channels
from archive.alerts.delivery import seen_by, unsent
from archive.alerts.detection import Alert, Asked
from archive.dataset.finding import load
from archive.dataset.manifest import Snapshot
from archive.export import Format, default_name, export
from archive.monitoring import verdicts
from archive.rendering import texts
from archive.rendering.texts import t
from archive.stores import Store
from archive.stores.lock import locked
from crawler.jobs.registry import registered
from crawler.reports.progress import log

REPORTED_EVERY = 25


def write_form(store: Store, at: str, form: Format, out: Path | None) -> None:
    """One of the forms of `archive.export`, under its default name if none is given."""
    snapshot = load(store, at)
    target = out or default_name(snapshot, form)
    export(store, snapshot, form, target)
    log.info(t("Snapshot {number} is in {path}", number=snapshot.number, path=target))


def write_web_archive(
    store: Store, at: str, site: str | None, disclosure: str | None, out: Path | None
) -> None:
    """The exchanges of a site or a disclosure as WACZ."""
    from archive.evidence.wacz import export_wacz

    target = out or Path(f"{site or disclosure}.wacz")
    later = at == "latest"
    count = export_wacz(store, load(store, at), target, site=site, disclosure=disclosure, later=later)
    log.info(t("exchanges in {path}: {count}", count=count, path=target))


def write_pages(store: Store, folder: Path, at: str, region: str | None, year: int | None) -> None:
    """The web pages as files."""
    from archive.web.site import write_site
    from archive.web.static_copy import Bounds

    known = registered(store)

    def report_progress(done: int, total: int) -> None:
        if done % REPORTED_EVERY == 0 or done == total:
            log.info(t("{done} of {total} documents", done=done, total=total))

    count = write_site(
        store,
        lambda snapshot, day: verdicts.board(store, snapshot, day, known),
        folder,
        at=at,
        bounds=Bounds.of(region, year),
        language=texts.language(),
        report_progress=report_progress,
    )
    log.info(t("pages in {path}: {count}", count=count, path=folder))


def found_in(store: Store, region: str | None, now: datetime) -> list[Alert]:
    """What happened in a region (everywhere if none is named)."""
    prefixes = verdicts.region_prefixes(region or "")
    return _found(store, load(store), now, lambda kind, ids, regions: verdicts.lie_in(regions, prefixes))


def send_to_channels(store: Store, channels: Path, now: datetime) -> tuple[pa.Table, bool]:
    """Send the channels of a file the alerts that are new to them: a row per message, and whether any
    failed."""
    receivers = read_channels(channels)
    snapshot, since = load(store), seen_by(store, receivers)
    found = _found(store, snapshot, now, unsent(store, receivers), since)
    with locked(store, "alerts"):
        sent = deliver(store, receivers, found, now, process=uuid.uuid4().hex, of=snapshot)
    return pa.Table.from_pylist([asdict(one) for one in sent]), any(one.problem for one in sent)


def _found(
    store: Store, snapshot: Snapshot, now: datetime, asked: Asked, since: Snapshot | None = None
) -> list[Alert]:
    return detect(store, snapshot, now.astimezone(CHINA).date(), registered(store), asked, since)

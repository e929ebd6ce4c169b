"""Local files, archived as a run of their own, so that they are read like any other run's.

Invariant: a file that cannot be opened keeps the others from being archived: all of them are a run, or none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.dataset.snapshots import latest
from archive.history.archived import Known
from archive.history.lookup import CaptureLookup
from archive.history.runs import pending_runs
from archive.ids import new_run_id
from archive.stores import Store
from archive.warc.captures import Run
from archive.warc.journal import RunJournal, read_captures
from archive.warc.writer import WarcWriter, file_uri
from parsers.values.media import sniff


def archive_files(
    store: Store,
    paths: Sequence[Path],
    *,
    spool: Path,
    now: datetime,
    command: str,
    version: str,
    stated: Mapping[str, Any] | None = None,
    run_id: str | None = None,
) -> str:
    """Archive local files as a run of their own; its id. `ingest` then treats them like any other run.

    `stated` (region_code, body_name, fiscal_year, document_kind) holds for all of them, above what the files
    say of themselves. Raises OSError, before anything is written, if a file cannot be opened.
    """
    for path in paths:
        path.open("rb").close()
    run = Run(run_id or new_run_id(now), now, command, version, stated=dict(stated or {}))
    known, info = _known(store, paths), {"software": f"gongkai/{version}"}
    with (
        RunJournal(store, run, spool) as journal,
        WarcWriter(store, run.run_id, spool, info=info, known=known.by_digest) as writer,
    ):
        for path in paths:
            data = path.read_bytes()
            media_type = sniff(data)
            location = writer.write_resource(path.name, data, media_type, now)
            journal.resource(file_uri(path.name), now, location, media_type)
        journal.finish(run.finished(now))
    return run.run_id


def _known(store: Store, paths: Sequence[Path]) -> Known:
    """What is archived of these files already."""
    digests = set()
    for path in paths:
        with path.open("rb") as file:
            digests.add(hashlib.file_digest(file, "sha256").hexdigest())
    snapshot = latest(store)
    captures = CaptureLookup(store, snapshot).with_digests(digests)
    pending = pending_runs(store, snapshot)
    return Known([*captures, *(one for run_id in pending for one in read_captures(store, run_id))])

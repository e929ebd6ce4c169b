"""Runs that died: what they left in the spool becomes a run like any other.

Invariant: after `recover_runs` the journal of a dead run says exactly what its WARC files hold. A record
whose line is missing gets the outcome `unjudged`; a line whose record did not reach the disk is dropped.
Being killed on the way changes nothing: the next call begins again from the spool.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archive import IntegrityError
from archive.stores import Store
from archive.warc.captures import RUN, Capture, capture_from_json, capture_to_json, journal_key, run_from_json
from archive.warc.journal import CAPTURES_OPEN, RUN_OPEN, UNJUDGED, capture_id, publish, spooled_lines
from archive.warc.records import Record, read_records, sha256
from archive.warc.spool import finish_torn, replace_file, spool_lock
from parsers.values.media import sniff

_EXCHANGES = frozenset({"response", "revisit", "resource"})
INTERRUPTED = "the run was interrupted; what it had archived was kept"


def recover_runs(store: Store, spool: Path) -> list[str]:
    """Bring every run that died into the store; the ids of those it found. Living runs are left alone."""
    recovered = []
    for path in sorted(spool.glob(f"*/{RUN_OPEN}")):
        with spool_lock(path.parent) as held:
            if held:
                recovered += _recover(store, path.parent)
    return recovered


def _recover(store: Store, folder: Path) -> list[str]:
    """Publish a run whose process died, unless it, or another recovery, has finished that already."""
    path = folder / RUN_OPEN
    run = run_from_json(path.read_bytes()) if path.exists() else None
    if run is None or store.exists(journal_key(run.run_id, RUN)):
        shutil.rmtree(folder)
        return []
    finish_torn(folder)
    damage = _reconcile(folder, run.run_id)
    interrupted = [INTERRUPTED] if run.finished_at is None else []
    run = replace(run, errors=(*run.errors, *interrupted, *damage))
    publish(store, folder, run)
    return [run.run_id]


def _reconcile(folder: Path, run_id: str) -> list[str]:
    """Make the captures journal say exactly what the WARC files in the spool hold; what cannot be read of
    them."""
    captures = [capture_from_json(line) for line in spooled_lines(folder, CAPTURES_OPEN)]
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in _warcs(folder)}
    kept = [capture for capture in captures if _is_on_disk(capture, sizes)]
    noted = {(capture.warc_path, capture.warc_offset) for capture in kept}
    number = max((int(capture.capture_id.rpartition("-")[2]) for capture in captures), default=0)
    damage = []
    for path in _warcs(folder):
        key = path.relative_to(folder).as_posix()
        try:
            for record in _exchanges(path):
                if (key, record.offset) not in noted:
                    number += 1
                    kept.append(_capture_of(record, key, capture_id(run_id, number), run_id))
        except IntegrityError as error:
            damage.append(f"{key} is damaged: {error}")
    replace_file(
        folder / CAPTURES_OPEN, "".join(capture_to_json(capture) + "\n" for capture in kept).encode()
    )
    return damage


def _exchanges(path: Path) -> Iterator[Record]:
    with path.open("rb") as stream:
        yield from (found for found in read_records(stream) if found.kind in _EXCHANGES)


def _is_on_disk(capture: Capture, sizes: dict[str, int]) -> bool:
    if capture.warc_path not in sizes:
        return True  # a failure, or a record in a file that is in the store already
    assert capture.warc_offset is not None and capture.warc_length is not None
    return capture.warc_offset + capture.warc_length <= sizes[capture.warc_path]


def _capture_of(record: Record, key: str, identity: str, run_id: str) -> Capture:
    """What a WARC record alone says about its exchange."""
    headers = {name.lower(): value for name, value in record.http_fields}
    capture = Capture(
        capture_id=identity,
        run_id=run_id,
        site_id=None,
        url=record.fields["warc-target-uri"],
        fetched_at=datetime.fromisoformat(record.fields["warc-date"]),
        status=record.status,
        outcome=UNJUDGED,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        warc_path=key,
        warc_offset=record.offset,
        warc_length=record.length,
        digest=record.fields.get("warc-payload-digest", "").removeprefix("sha256:") or None,
    )
    if record.kind == "revisit":
        return capture
    return replace(
        capture,
        media_type=sniff(record.payload),
        bytes=len(record.payload),
        sha256=sha256(record.payload),
        payload_path=key,
        payload_offset=record.offset,
        payload_length=record.length,
    )


def _warcs(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("warc/**/*.warc.gz"))

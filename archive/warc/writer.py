"""The WARC files of a run: written in the spool, rotated, handed to the store when whole.

By hand: `warcio` rewrites header bytes ; the archive keeps their spelling and order as received.

Invariant: an exchange that `WarcWriter` returned a `Location` for survives `kill -9` (see
`archive.warc.spool`), and the store holds only finished files.

Layout in the store: `warc/YYYY/MM/DD/<run>-00001.warc.gz` by the day the file was started. Records are
flushed to the system one by one, and to the disk every few seconds and at the end of a file: a lost machine
loses those seconds, a lost process nothing.

A payload is stored once: a body whose digest is already in this run, or in an earlier one (as `known` says),
becomes a `revisit` that names URL and date of the record that holds it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol, Self
from urllib.parse import quote

from archive import IntegrityError
from archive.warc import records
from archive.warc.records import Exchange, sha256
from archive.warc.spool import OPEN, UploadStore, finish, hand_over

__all__ = ["Exchange", "Location", "WarcWriter", "read_payload"]

_SYNC_SECONDS = 5.0
_SYNC_BYTES = 16 * 1024 * 1024


class ReadStore(Protocol):
    """What reading asks of a store (see `archive.stores`)."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Location:
    """Where an exchange lies, and where its payload does.

    `warc_path`, `offset`, `length` (bytes) are the record of this exchange. The `payload_…` fields are the
    record that holds the payload: the same one, or the one a revisit refers to, stored from `payload_url` at
    `payload_date`. `sha256` is of the payload (content-decoded), `digest` of the body as received, both hex;
    `bytes` is the payload's size. For a 304 answer they are those of the version it confirms.
    """

    warc_path: str
    offset: int
    length: int
    sha256: str
    digest: str
    bytes: int
    revisit: bool
    payload_path: str
    payload_offset: int
    payload_length: int
    payload_url: str
    payload_date: datetime


def _unknown(_: str) -> Location | None:
    return None


class WarcWriter:
    """Writes the exchanges of one run, from one thread.

    `known(digest)` finds a body stored by earlier runs; `version(url)` the stored version a 304 confirms.
    `info` describes the run in `warcinfo`: software, operator, robots policy, http-header-user-agent.
    Files are uploaded in the background; a failed upload is raised by the next `write` or by `close`, and the
    file stays in the spool for `archive.warc.recovery`. A living run is kept from being recovered by the
    lock of its `RunJournal`: open that around the writer.
    """

    def __init__(
        self,
        store: UploadStore,
        run_id: str,
        spool: Path,
        *,
        info: Mapping[str, str] | None = None,
        known: Callable[[str], Location | None] = _unknown,
        version: Callable[[str], Location | None] = _unknown,
        max_bytes: int = 1024**3,
        max_age: timedelta = timedelta(hours=1),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._run_id, self._folder = store, run_id, spool / run_id
        self._info, self._known, self._version = dict(info or {}), known, version
        self._max_bytes, self._max_age, self._clock = max_bytes, max_age, clock
        self._written: dict[str, Location] = {}
        self._file: BinaryIO | None = None
        self._key = self._warcinfo_id = ""
        self._serial = 0
        self._begun = clock()
        self._synced_at, self._unsynced = time.monotonic(), 0
        self._uploader = ThreadPoolExecutor(1, thread_name_prefix="warc-upload")
        self._uploads: list[Future[None]] = []

    def write(self, exchange: Exchange) -> Location:
        """Archive one exchange: response or revisit, request, and metadata if `via` is known."""
        file = self._current_file()
        identity, digest = records.record_id(), sha256(exchange.body)
        original = self._original(exchange, digest)
        if original:
            confirmed = exchange.status == HTTPStatus.NOT_MODIFIED
            profile = records.NOT_MODIFIED if confirmed else records.IDENTICAL_PAYLOAD
            record = records.revisit(
                exchange, identity, self._warcinfo_id, original.digest, profile,
                original.payload_url, original.payload_date,
            )  # fmt: skip
        else:
            record = records.response(exchange, identity, self._warcinfo_id, digest)
        offset = self._append(file, record)
        self._append(file, records.request(exchange, identity, self._warcinfo_id))
        if exchange.via:
            facts = {"via": records.header_uri(exchange.via)}
            self._append(file, records.metadata(exchange, identity, self._warcinfo_id, facts))
        if original:
            return replace(original, warc_path=self._key, offset=offset, length=len(record), revisit=True)
        location = self._location(exchange.url, exchange.fetched_at, exchange.payload, offset, len(record))
        location = replace(location, digest=digest)
        return location if exchange.truncated else self._remember(location)

    def write_resource(self, name: str, data: bytes, media_type: str, moment: datetime) -> Location:
        """Archive a file that came without HTTP, unless its bytes are stored already.

        Only the base name of `name` is kept. A file stored before gets the location of the first record.
        """
        known = self._known_body(sha256(data))
        if known:
            return replace(
                known, warc_path=known.payload_path, offset=known.payload_offset,
                length=known.payload_length, revisit=True,
            )  # fmt: skip
        file, uri = self._current_file(), file_uri(name)
        record = records.resource(uri, data, media_type, moment, self._warcinfo_id)
        offset = self._append(file, record)
        return self._remember(self._location(uri, moment, data, offset, len(record)))

    def sync(self) -> None:
        """Everything written so far is on the disk when this returns."""
        if self._file:
            os.fsync(self._file.fileno())
        self._synced_at, self._unsynced = time.monotonic(), 0

    def close(self) -> None:
        """Finish the last file and wait until the store has every file of the run."""
        self._finish_file()
        self._uploader.shutdown(wait=True)
        self._raise_failed_uploads()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _original(self, exchange: Exchange, digest: str) -> Location | None:
        if exchange.status == HTTPStatus.NOT_MODIFIED:
            return self._version(exchange.url)
        if not exchange.body or exchange.truncated:
            return None
        return self._known_body(digest)

    def _known_body(self, digest: str) -> Location | None:
        return self._written.get(digest) or self._known(digest)

    def _location(self, url: str, moment: datetime, payload: bytes, offset: int, length: int) -> Location:
        identity = sha256(payload)
        return Location(
            warc_path=self._key, offset=offset, length=length,
            sha256=identity, digest=identity, bytes=len(payload), revisit=False,
            payload_path=self._key, payload_offset=offset, payload_length=length,
            payload_url=url, payload_date=moment,
        )  # fmt: skip

    def _remember(self, location: Location) -> Location:
        self._written.setdefault(location.digest, location)
        return location

    def _append(self, file: BinaryIO, record: bytes) -> int:
        offset = file.tell()
        file.write(record)
        file.flush()
        self._unsynced += len(record)
        if self._unsynced >= _SYNC_BYTES or time.monotonic() - self._synced_at >= _SYNC_SECONDS:
            self.sync()
        return offset

    def _current_file(self) -> BinaryIO:
        """The file to write to: the open one, or a new one when that is full or old."""
        self._raise_failed_uploads()
        if self._file and (self._file.tell() >= self._max_bytes or self._age() >= self._max_age):
            self._finish_file()
        return self._file or self._begin_file()

    def _age(self) -> timedelta:
        return self._clock() - self._begun

    def _begin_file(self) -> BinaryIO:
        self._serial += 1
        self._begun = self._clock()
        self._key = f"warc/{self._begun:%Y/%m/%d}/{self._run_id}-{self._serial:05d}.warc.gz"
        path = self._folder / (self._key + OPEN)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("xb")
        self._warcinfo_id = records.record_id()
        info = {"isPartOf": self._run_id, **self._info}
        self._append(self._file, records.warcinfo(self._warcinfo_id, Path(self._key).name, self._begun, info))
        return self._file

    def _finish_file(self) -> None:
        if not self._file:
            return
        self.sync()
        self._file.close()
        self._file = None
        path = finish(self._folder / (self._key + OPEN))
        self._uploads.append(self._uploader.submit(hand_over, self._store, self._key, path))

    def _raise_failed_uploads(self) -> None:
        done = [upload for upload in self._uploads if upload.done()]
        self._uploads = [upload for upload in self._uploads if not upload.done()]
        for upload in done:
            upload.result()


def read_payload(store: ReadStore, warc_path: str, offset: int, length: int) -> bytes:
    """The payload of a response or resource record, content-decoded, by one range read.

    For a revisit give the `payload_…` fields of its location. Raises IntegrityError if the record is damaged
    or holds no payload.
    """
    data = store.read(warc_path, offset, length)
    for record in records.read_records(BytesIO(data)):
        if record.kind in ("response", "resource"):
            return record.payload
        break
    raise IntegrityError(f"{warc_path} at {offset}: not a record with a payload")


def file_name(path: Path) -> str:
    """The base name of a local file. One that is not UTF-8 is read as the Chinese of older systems."""
    raw = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", "replace")


def file_uri(name: str) -> str:
    """The URI a local file is archived under: its base name, never the path on this machine."""
    return "file:///" + quote(file_name(Path(name)))

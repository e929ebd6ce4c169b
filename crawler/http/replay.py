"""Crawl the archive instead of the network: answers come out of WARC files.

Invariant: a replayed crawl makes no request, and writes no second record of an exchange that the
store holds already: what it brings is what a newer spider finds in the same pages.

Of an address with several answers the last one counts. A `revisit` is answered with the body it refers to.
What is not in the files has the outcome `not_run`; a robots.txt that is not there forbids nothing.

WARC 1.1 recommends a gzip member for each record, so that one can be read alone; files of other programs that
were compressed as a whole, or not at all, are common all the same. What `readable` gives holds the same
records in the same order, each at an offset of its own.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from archive import IntegrityError
from archive.warc.captures import RUN, journal_key, run_from_json
from archive.warc.records import Exchange, Record, read_records
from crawler.http.failures import NotInArchive
from crawler.http.recorder import address, as_bytes
from crawler.http.request_meta import meta_of, note
from crawler.sites import Site
from parsers.values.errors import UsageError

_TO_STORE = 4
"""From warc/2026/11/22/<run>-00001.warc.gz to the store, in folders."""
_MAGIC = b"\x1f\x8b"
_PIECE = 1 << 20
_LONGEST_HEAD = 1 << 16
_LENGTH = re.compile(rb"\r?\nContent-Length:[ \t]*(\d+)", re.IGNORECASE)
_BREAKS = 8  # bytes of line breaks that may follow a record
_SETTINGS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.http.replay.ReplayHandler",
        "https": "crawler.http.replay.ReplayHandler",
    },
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "RETRY_ENABLED": False,
    "GONGKAI_MAX_RATE": 0,
    "GONGKAI_NIGHT": "",
    "GONGKAI_HOST_REQUESTS": 0,
    "GONGKAI_HOST_BYTES": 0,
    "GONGKAI_ALLOW_LOOPBACK": True,  # nothing is connected to
}


def readable(path: Path, folder: Path) -> Path:
    """The file itself, or an uncompressed copy in `folder` if its gzip members hold several records. Raises
    OSError, and EOFError or zlib.error where the compressed stream is damaged."""
    if not _holds_several(path):
        return path
    copy = folder / f"{len(list(folder.iterdir()))}.warc"
    with gzip.open(path) as packed, copy.open("wb") as plain:
        shutil.copyfileobj(packed, plain, _PIECE)
    return copy


def _holds_several(path: Path) -> bool:
    """Does the first gzip member go on after its first record?"""
    with path.open("rb") as file:
        packed = file.read(_PIECE)
        if not packed.startswith(_MAGIC):
            return False
        unpacker, head, size = zlib.decompressobj(zlib.MAX_WBITS | 16), b"", 0
        while packed:
            piece = unpacker.decompress(packed, _PIECE)
            head, size = (head + piece)[:_LONGEST_HEAD], size + len(piece)
            record = _size_of_record(head)
            if record is not None and size > record + _BREAKS:
                return True
            if unpacker.eof:
                return False
            packed = unpacker.unconsumed_tail or file.read(_PIECE)
    return False


def _size_of_record(head: bytes) -> int | None:
    """The size of the record with this start: head, blank line and block; None if it is not stated."""
    begun, blank, _ = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(begun)
    return len(begun) + len(blank) + int(length[1]) if blank and length else None


@dataclass(frozen=True, slots=True)
class Place:
    """One record in a file, and the digest of the body it stands for."""

    path: Path
    offset: int
    length: int
    moment: datetime
    status: int
    digest: str

    def read(self) -> Record:
        """The record itself."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return next(read_records(BytesIO(file.read(self.length))))


class WarcFiles:
    """The answers in some WARC files, by address. IntegrityError where a file is damaged."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._scratch = TemporaryDirectory(prefix="gongkai-warc-")

    @cached_property
    def _answers(self) -> dict[str, Place]:
        """The last answer to each request, by the address it is noted under."""
        found: dict[str, Place] = {}
        for place, noted in self._read():
            if place.status != HTTPStatus.NOT_MODIFIED and (
                noted not in found or place.moment >= found[noted].moment
            ):
                found[noted] = place
        return found

    def _read(self) -> Iterator[tuple[Place, str]]:
        """Every answer with the address it is noted under, which the request behind it names."""
        self._bodies: dict[str, Place] = {}
        for path in map(self._readable, self._paths):
            answered: tuple[Place, str] | None = None
            with path.open("rb") as file:
                for record in read_records(file):
                    if record.kind == "request" and answered:
                        yield answered[0], _noted(answered[1], record)
                        answered = None
                    elif record.kind in ("response", "revisit") and record.status is not None:
                        if answered:
                            yield answered
                        answered = _place(path, record), record.fields["warc-target-uri"]
                        if record.kind == "response":
                            self._bodies.setdefault(answered[0].digest, answered[0])
            if answered:
                yield answered

    def _readable(self, path: Path) -> Path:
        try:
            return readable(path, Path(self._scratch.name))
        except (EOFError, zlib.error) as error:
            raise IntegrityError(f"{path}: {error}") from error

    def has(self, url: str) -> bool:
        """Is there an answer to a plain request for this address?"""
        return url in self._answers

    def close(self) -> None:
        """Remove what was unpacked."""
        self._scratch.cleanup()

    def exchange(self, request: Request) -> Exchange:
        """The archived exchange of a request. Raises NotInArchive."""
        place = self._answers.get(address(request.url, request.method, request.body))
        if place is None:
            raise NotInArchive(request.url)
        record = place.read()
        body = record.body
        if record.kind == "revisit":
            original = self._bodies.get(place.digest)
            if original is None:
                raise NotInArchive(f"{request.url}: the body it refers to is in none of the files")
            body = original.read().body
        return Exchange(
            url=request.url,
            fetched_at=place.moment,
            status=place.status,
            response_headers=tuple((as_bytes(name), as_bytes(value)) for name, value in record.http_fields),
            body=body,
            method=request.method,
            request_body=request.body,
            ip=record.fields.get("warc-ip-address"),
            via=meta_of(request).via,
        )


def replay_settings(paths: Iterable[Path]) -> dict[str, Any]:
    """What to crawl with, so that these files answer."""
    return {**_SETTINGS, "GONGKAI_REPLAY": [str(path) for path in paths]}


def sites_in(paths: Sequence[Path], sites: Iterable[Site]) -> tuple[Site, ...]:
    """The sites whose start is in the files. Raises UsageError for a file that is not WARC, or
    damaged."""
    files = WarcFiles(paths)
    try:
        return tuple(site for site in sites if site.url and files.has(site.url))
    except IntegrityError as error:
        raise UsageError(f"{', '.join(map(str, paths))}: {error}") from error
    finally:
        files.close()


def sites_beside(paths: Iterable[Path]) -> tuple[Site, ...]:
    """The sites of the runs that wrote these files, at the addresses they had then: as far as their journals
    lie beside them, as they do in a store. Raises UsageError for a journal that cannot be read."""
    found: dict[str, Site] = {}
    for path in paths:
        folders = path.resolve().parents[_TO_STORE : _TO_STORE + 1]
        for journal in (folder / journal_key(path.name.rpartition("-")[0], RUN) for folder in folders):
            if not journal.is_file():
                continue
            try:
                rows = run_from_json(journal.read_bytes()).sites
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(f"{journal}: {error!r}") from error
            found |= {
                row.site_id: Site(row.site_id, row.region_code, row.name or "", row.url) for row in rows
            }
    return tuple(found.values())


class ReplayHandler(BaseDownloadHandler):
    """Answers requests from the files of GONGKAI_REPLAY."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._files = WarcFiles(map(Path, crawler.settings.getlist("GONGKAI_REPLAY")))

    async def download_request(self, request: Request) -> Response:
        """The archived answer; 404 for a robots.txt that was not archived. Raises NotInArchive."""
        try:
            exchange = await asyncio.to_thread(self._files.exchange, request)
        except NotInArchive:
            if meta_of(request).purpose == "robots":
                return Response(request.url, 404)
            raise
        note(request, exchange=exchange)
        headers = Headers(list(exchange.response_headers))
        return Response(request.url, exchange.status, headers, exchange.body)

    async def close(self) -> None:
        """Remove what was unpacked."""
        self._files.close()


def _place(path: Path, record: Record) -> Place:
    assert record.status is not None
    moment = datetime.fromisoformat(record.fields["warc-date"])
    digest = record.fields.get("warc-payload-digest", "")
    return Place(path, record.offset, record.length, moment, record.status, digest)


def _noted(url: str, request: Record) -> str:
    """The address of an exchange, by its request record."""
    return address(url, "POST" if request.body else "GET", request.body)

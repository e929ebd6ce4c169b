"""Where a crawl writes: WARC record, outcome, journal line, in this order, for every exchange.

Invariant: an exchange is archived before anything looks at it, and is judged exactly once. What an earlier,
killed run archived is not asked for again while it is fresh: `kept` gives it back from the archive. That,
and not a queue on disk, is how a crawl resumes: the frontier follows from the pages, so reading the same
pages again leads to the same place.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from archive.history.archived import GoodAnswer
from archive.stores import LocalStore, Store
from archive.vocabulary import CaptureOutcome
from archive.warc.captures import Article, Capture, Run
from archive.warc.journal import RunJournal
from archive.warc.records import Exchange, HeaderFields, read_records
from archive.warc.recovery import recover_runs
from archive.warc.spool import OPEN
from archive.warc.writer import Location, WarcWriter, read_payload
from crawler.history.looks import Schedule
from crawler.history.resume import Past
from crawler.pages.outcomes import Expected, Outcome, classify
from crawler.pages.reduction import Reduced
from crawler.reading.examining import Examined
from parsers.values.media import sniff
from parsers.values.messages import message

Reconsider = Callable[[bytes, bytes | None], Outcome | None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An exchange as archived and judged. `payload` is what it said; for a 304 answer the page it
    confirmed, b"" for a file. `before` is the page as archived last, where it was asked for and differs;
    `taken_over` says that an earlier run got the answer. Of a large page, `reduced` is what is read."""

    capture: Capture
    outcome: Outcome
    status: int
    headers: HeaderFields
    payload: bytes
    before: bytes | None = None
    taken_over: bool = False
    reduced: Reduced | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """An exchange that is archived and not judged yet; `version` is what was archived under its `address`
    before. One that was archived before, and is replayed, has its `capture` and no location."""

    exchange: Exchange
    address: str
    location: Location | None
    version: GoodAnswer | None
    capture: Capture | None = None

    @property
    def is_new(self) -> bool:
        """Do the bytes differ from last time?"""
        if self.exchange.status == HTTPStatus.NOT_MODIFIED or self.version is None or self.location is None:
            return False
        return self.version.location.sha256 != self.location.sha256


class Recorder:
    """Writes one run. Close it with the finished run, or with None to leave the run interrupted.

    What is known of a site is what the sites of its part gave (`parts`: see `crawler.history.resume`): a file
    that others have, too, is archived once more, and is one document all the same. To look each new body up
    among all captures costs more processor time (0.2 s at 10 million) than these few files cost space. A run
    that `replays` archived exchanges writes only those that the store does not hold already.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        spool: Path,
        *,
        info: dict[str, str] | None = None,
        validity: timedelta = timedelta(hours=24),
        schedule: Schedule | None = None,
        replays: bool = False,
        parts: Mapping[str, str] | None = None,
    ) -> None:
        recover_runs(store, spool)
        self._replays = replays
        self._files = _SpoolFirst(store, spool / run.run_id)
        self.past = Past(store, run.started_at - validity, schedule, replays, parts)
        # A run that is killed says of which sites its captures are; what is known of others stays.
        new = tuple(site for site in run.sites if site.site_id not in self.past.sites)
        self._journal = RunJournal(store, replace(run, sites=new), spool)
        self._site: str | None = None
        self._writer = WarcWriter(
            store, run.run_id, spool, info=info, known=self._by_digest, version=self._version
        )

    def _previous(self, url: str, site_id: str | None) -> GoodAnswer | None:
        """The last good answer of an address, or of the same one with other signed tokens."""
        past = self.past.of(site_id)
        return past.known.previous(url) or past.known.previous(past.history.archived_as(url))

    def _version(self, url: str) -> Location | None:
        """For the writer, of the site whose answer it writes."""
        version = self._previous(url, self._site)
        return version.location if version else None

    def _by_digest(self, digest: str) -> Location | None:
        """For the writer: a record of these bytes, of the same part, or of a file handed over."""
        found = self.past.of(self._site).known.by_digest(digest)
        return found or self.past.of(None).known.by_digest(digest)

    def validators(self, url: str, site_id: str | None) -> dict[str, str]:
        """Header fields that make a request for `url` conditional on the version archived last."""
        version = None if self._replays else self._previous(url, site_id)
        fields = {
            "If-None-Match": version and version.etag,
            "If-Modified-Since": version and version.last_modified,
        }
        return {name: value for name, value in fields.items() if value}

    def record(self, exchange: Exchange, site_id: str | None, expected: Expected) -> Recorded:
        """Archive, judge and note an exchange."""
        return self.judge(self.file(exchange, site_id), site_id, expected)

    def file(self, exchange: Exchange, site_id: str | None) -> Filed:
        """Archive an exchange of a site; from one thread at a time."""
        noted = address(exchange.url, exchange.method, exchange.request_body)
        if capture := self.past.of(site_id).archived.get((noted, exchange.fetched_at)):
            return Filed(exchange, noted, None, None, capture)
        version = None if self._replays else self._previous(noted, site_id)
        self._site = site_id
        return Filed(exchange, noted, self._writer.write(exchange), version)

    def before(self, filed: Filed) -> bytes | None:
        """The page as archived last, if this one differs from it. Reads from the store: not for a reactor."""
        if not filed.is_new or filed.version is None:
            return None
        return self._at(filed.version.location)

    def _at(self, location: Location) -> bytes:
        return self._payload(location.payload_path, location.payload_offset, location.payload_length)

    def judge(
        self,
        filed: Filed,
        site_id: str | None,
        expected: Expected,
        before: bytes | None = None,
        reconsider: Reconsider | None = None,
        examined: Examined | None = None,
    ) -> Recorded:
        """Judge and note an archived exchange. `reconsider` decides on content that differs from
        what was there before; what was `examined` is judged already."""
        exchange, headers = filed.exchange, filed.exchange.response_headers
        reduced = examined.reduced if examined else None
        if exchange.status == HTTPStatus.NOT_MODIFIED and filed.version is not None:
            # A file is not looked into again; a list is read for what it links to.
            payload = self._at(filed.version.location) if expected != "document" else b""
            media_type = sniff(payload) if payload else None
            outcome = Outcome("unchanged", "304", message("seen_status", status=304))
        else:
            payload = exchange.payload
            media_type = sniff(payload)
            outcome = examined.outcome if examined else classify(
                exchange.status, headers, payload, expected, exchange.url, media_type
            )  # fmt: skip
            if exchange.truncated and outcome.name == CaptureOutcome.CONTENT:
                evidence = message("seen_cut_short", n=len(exchange.body), why=exchange.truncated)
                outcome = Outcome("error_page", "cut_short", evidence)
            elif outcome.name == CaptureOutcome.CONTENT and filed.version and not filed.is_new:
                outcome = Outcome("unchanged", "same_bytes", f"sha256 {filed.version.location.sha256[:16]}")
            elif outcome.name == CaptureOutcome.CONTENT and reconsider:
                outcome = reconsider(reduced.body if reduced else payload, before) or outcome
        capture = filed.capture or self._note(filed, outcome, media_type, site_id)
        return Recorded(capture, outcome, exchange.status, headers, payload, before, reduced=reduced)

    def _note(self, filed: Filed, outcome: Outcome, media_type: str | None, site_id: str | None) -> Capture:
        assert filed.location is not None
        capture = self._journal.capture(
            replace(filed.exchange, url=filed.address), filed.location,
            outcome=outcome.name, media_type=media_type, site_id=site_id,
        )  # fmt: skip
        self.past.of(site_id).known.add(capture)
        return capture

    def fail(self, url: str, outcome: Outcome, site_id: str | None, via: str | None) -> None:
        """Note a request that got no answer. Of a replay only what robots.txt forbids is news, once."""
        news = outcome.name == CaptureOutcome.ROBOTS and self.past.of(site_id).history.not_there(url) is None
        if news or not self._replays:
            self._journal.failure(url, datetime.now(UTC), outcome=outcome.name, site_id=site_id, referrer=via)

    def article(self, article: Article) -> None:
        """Note an announcement."""
        self._journal.article(article)

    def keeps(self, url: str) -> bool:
        """Did an interrupted run get a final answer for `url`?"""
        return url in self.past.kept

    def kept(self, url: str, expected: Expected) -> Recorded | None:
        """What an interrupted run got for `url`, read back from the archive; None if it must be asked for."""
        capture = self.past.kept.get(url)
        if capture is None or capture.warc_path is None:
            return None
        assert capture.warc_offset is not None and capture.warc_length is not None
        data = self._files.read(capture.warc_path, capture.warc_offset, capture.warc_length)
        record = next(read_records(BytesIO(data)))
        if record.status is None:
            return None
        payload = record.payload
        if capture.revisit:
            if capture.payload_path is None:
                return None
            payload = self._payload(capture.payload_path, capture.payload_offset, capture.payload_length)
        headers = [(as_bytes(name), as_bytes(value)) for name, value in record.http_fields]
        outcome = Outcome("unchanged", "304", message("seen_status", status=304))
        if record.status != HTTPStatus.NOT_MODIFIED:
            outcome = classify(record.status, headers, payload, expected, url)
        return Recorded(capture, outcome, record.status, headers, payload, taken_over=True)

    def _payload(self, path: str, offset: int | None, length: int | None) -> bytes:
        assert offset is not None and length is not None
        return read_payload(self._files, path, offset, length)

    def close(self, run: Run | None) -> None:
        """Finish the files; with `run`, put everything into the store."""
        self._writer.close()
        if run is not None:
            self._journal.finish(run)
        self._journal.close()


class _SpoolFirst:
    """Reads WARC files that this run may not have handed to the store yet."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        for path in (self._folder / key, self._folder / (key + OPEN)):
            if path.is_file():
                with path.open("rb") as file:
                    file.seek(start)
                    return file.read(-1 if length is None else length)
        return self._store.read(key, start, length)


def address(url: str, method: str, body: bytes) -> str:
    """The address an exchange is noted under: with a body, the one replay tools look for it under."""
    if method == "GET" or not body:
        return url
    return f"{url}{'&' if '?' in url else '?'}__wb_method={method}&{body.decode('latin-1')}"


def spool_of(store: Store) -> Path:
    """Where runs lie while they live: GONGKAI_SPOOL, else inside a local store, else the user's cache."""
    folder = os.environ.get("GONGKAI_SPOOL")
    if isinstance(store, LocalStore) and not folder:
        return store.root / ".spool"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    shared = Path(folder) if folder else cache / "gongkai" / "spool"
    # Of each store its own: a crawl brings the killed runs that it finds there into its own store.
    return shared / hashlib.sha256(store.uri.encode()).hexdigest()[:16]


def as_bytes(text: str) -> bytes:
    """A header field read back by warcio, which takes UTF-8 where it can and Latin-1 elsewhere."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()

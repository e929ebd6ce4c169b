"""Where a crawl writes: WARC record, outcome, journal line, in this order, for every exchange.

Invariant: an exchange is archived before anything looks at it, and is judged exactly once. What an earlier,
killed run archived is not asked for again while it is fresh: `kept` gives it back from the archive. That,
and not a queue on disk, is how a crawl resumes: the frontier follows from the pages, so reading the same
pages again leads to the same place.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from archive.captures import Article, Capture, Run
from archive.journal import UNJUDGED, RunJournal, read_captures, read_run, stored_runs
from archive.known import known_captures
from archive.records import Exchange, HeaderFields, read_records
from archive.recovery import recover_runs
from archive.spool import OPEN
from archive.stores import LocalStore, Store
from archive.warc import WarcWriter, read_payload
from crawler.outcomes import Expected, Outcome, classify
from parsers.media import sniff

# Outcomes that a second request would only repeat.
_FINAL = frozenset(
    {"content", "unchanged", "redirect", "missing", "soft_404", "wrong_type", "blocked", "captcha", UNJUDGED}
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An exchange as archived and judged. `payload` is what it said; for a 304 answer the page it
    confirmed, b"" for a file."""

    capture: Capture
    outcome: Outcome
    status: int
    headers: HeaderFields
    payload: bytes


class Recorder:
    """Writes one run. Close it with the finished run, or with None to leave the run interrupted."""

    def __init__(
        self,
        store: Store,
        run: Run,
        spool: Path,
        *,
        info: dict[str, str] | None = None,
        validity: timedelta = timedelta(hours=24),
    ) -> None:
        recover_runs(store, spool)
        self._files = _SpoolFirst(store, spool / run.run_id)
        self._known = known_captures(store)
        self._kept = resumable(store, run.started_at - validity)
        self._journal = RunJournal(store, run, spool)
        self._writer = WarcWriter(
            store, run.run_id, spool, info=info, known=self._known.by_digest, version=self._known.version
        )

    def validators(self, url: str) -> dict[str, str]:
        """Header fields that make a request for `url` conditional on the version archived last."""
        version = self._known.previous(url)
        fields = {
            "If-None-Match": version and version.etag,
            "If-Modified-Since": version and version.last_modified,
        }
        return {name: value for name, value in fields.items() if value}

    def record(self, exchange: Exchange, site_id: str | None, expected: Expected) -> Recorded:
        """Archive, judge and note an exchange."""
        location = self._writer.write(exchange)
        headers = exchange.response_headers
        before = self._known.previous(exchange.url)
        media_type = None
        if exchange.status == 304 and before is not None:
            payload = b""
            if expected != "document":  # nobody looks into a file again; a list is read for what it links to
                payload = self._payload(
                    location.payload_path, location.payload_offset, location.payload_length
                )
                media_type = sniff(payload)
            outcome = Outcome("unchanged", "304", "status 304")
        else:
            payload = exchange.payload
            media_type = sniff(payload)
            outcome = classify(exchange.status, headers, payload, expected, exchange.url)
            if outcome.name == "content" and before and before.location.sha256 == location.sha256:
                outcome = Outcome("unchanged", "same_bytes", f"sha256 {location.sha256[:16]}")
        capture = self._journal.capture(
            exchange, location, outcome=outcome.name, media_type=media_type, site_id=site_id
        )
        self._known.add(capture)
        return Recorded(capture, outcome, exchange.status, headers, payload)

    def fail(self, url: str, outcome: Outcome, site_id: str | None, via: str | None) -> Capture:
        """Note a request that got no answer."""
        return self._journal.failure(
            url, datetime.now(UTC), outcome=outcome.name, site_id=site_id, referrer=via
        )

    def article(self, article: Article) -> None:
        """Note an announcement."""
        self._journal.article(article)

    def keeps(self, url: str) -> bool:
        """Did an interrupted run get a final answer for `url`?"""
        return url in self._kept

    def kept(self, url: str, expected: Expected) -> Recorded | None:
        """What an interrupted run got for `url`, read back from the archive; None if it must be asked for."""
        capture = self._kept.get(url)
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
        headers = [(_bytes(name), _bytes(value)) for name, value in record.http_fields]
        outcome = Outcome("unchanged", "304", "status 304")
        if record.status != 304:
            outcome = classify(record.status, headers, payload, expected, url)
        return Recorded(capture, outcome, record.status, headers, payload)

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


def resumable(store: Store, since: datetime) -> dict[str, Capture]:
    """By URL, what interrupted runs begun after `since` archived and no finished run has asked for again."""
    found: dict[str, Capture] = {}
    for run_id in stored_runs(store):
        begun = begun_at(run_id)
        if begun is None or begun < since:
            continue
        run = read_run(store, run_id)
        if run.finished_at is None:
            captures = read_captures(store, run_id)
            found.update((capture.url, capture) for capture in captures if _is_final(capture))
        elif run.sites:
            visited = {row["site_id"] for row in run.sites} | {None}
            found = {url: capture for url, capture in found.items() if capture.site_id not in visited}
    return found


def _is_final(capture: Capture) -> bool:
    return capture.outcome in _FINAL and capture.warc_path is not None


def begun_at(run_id: str) -> datetime | None:
    """The start that a run id names, or None for an id of another form."""
    try:
        return datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def spool_of(store: Store) -> Path:
    """Where runs lie while they live: GONGKAI_SPOOL, else inside a local store, else the user's cache."""
    if folder := os.environ.get("GONGKAI_SPOOL"):
        return Path(folder)
    if isinstance(store, LocalStore):
        return store.root / ".spool"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "gongkai" / "spool" / hashlib.sha256(store.uri.encode()).hexdigest()[:16]


def _bytes(text: str) -> bytes:
    """A header field read back by warcio, which takes UTF-8 where it can and Latin-1 elsewhere."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()

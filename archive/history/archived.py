"""What is archived already: asked before a request, before a record, before a parse.

The captures of the newest snapshot are the source, and the journals in `cdx/` of the runs it does not have.

Invariant: a location given out holds the payload it is asked for; what is not known for sure is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from urllib.parse import urlsplit

from archive import CHINA
from archive.ids import is_front_page
from archive.vocabulary import GONE, GOOD, TROUBLED, UNANSWERED, CaptureOutcome, State
from archive.warc.captures import Capture
from archive.warc.journal import UNJUDGED
from archive.warc.writer import Location

MOST_REDIRECTS = 10
GONE_DAYS = 3
"""An address must be missing on so many different days in China before its content counts as gone."""

_WHOLE = frozenset(range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES))
# Of a million captures each is compared with these: a member is looked up in its class by a call.
_NOT_MODIFIED, _REDIRECT, _DNS = HTTPStatus.NOT_MODIFIED.value, CaptureOutcome.REDIRECT, CaptureOutcome.DNS
_UNREACHABLE = TROUBLED | {CaptureOutcome.ERROR_PAGE}

Days = dict[date, str]
"""The first capture of each day that showed something; at most as many days as asked for."""


@dataclass(frozen=True, slots=True)
class Absence:
    """An address that does not show any more what it did, on GONE_DAYS days: `gone` if the server says so,
    `stub` if it shows something else in its place. `evidence` are captures, one of each day."""

    state: State
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoodAnswer:
    """The last good answer of a URL: the validators for a conditional request, and where its payload is."""

    etag: str | None
    last_modified: str | None
    location: Location


class Known:
    """An index over captures. Pass them oldest first; `add` takes those of the running run too."""

    def __init__(self, captures: Iterable[Capture] = ()) -> None:
        self._by_digest: dict[str, Location] = {}  # of bodies that were sent compressed, or once were
        self._by_sha256: dict[str, Location] = {}
        self._versions: dict[str, GoodAnswer] = {}
        self._unjudged: dict[str, Location] = {}
        self._redirecting: set[str] = set()
        self._followed: set[str] = set()
        self._targets: dict[str, str] = {}
        self._absent: dict[str, Days] = {}
        self._redirected: dict[str, Days] = {}
        self._bad: dict[str, str] = {}
        self._failing: dict[str, str] = {}
        self._unreachable: dict[str, Days] = {}
        self._nameless: dict[str, str] = {}
        self._left: dict[str, tuple[str, ...]] = {}
        for capture in captures:
            self.add(capture)

    def add(self, capture: Capture) -> None:
        """Learn one capture."""
        self._add_redirect(capture)
        self._add_absence(capture)
        location = self._location(capture)
        if location is None:
            return
        if not capture.revisit:
            first = self._by_sha256.setdefault(location.sha256, location)
            if not location.sha256 == location.digest == first.digest:
                self._by_digest.setdefault(location.digest, location)
        if capture.outcome == UNJUDGED and is_whole(capture.status):
            self._unjudged[capture.url] = location
        confirms = capture.status == _NOT_MODIFIED
        if capture.outcome in GOOD and (confirms or is_whole(capture.status)):
            before = self._versions.get(capture.url) if confirms else None
            self._versions[capture.url] = GoodAnswer(
                capture.etag or (before.etag if before else None),
                capture.last_modified or (before.last_modified if before else None),
                location,
            )

    def by_digest(self, digest: str) -> Location | None:
        """The record whose body as received has this SHA-256: for `WarcWriter(known=…)`."""
        found = self._by_sha256.get(digest)
        return found if found and found.digest == digest else self._by_digest.get(digest)

    def by_sha256(self, sha256: str) -> Location | None:
        """The record whose payload has this SHA-256."""
        return self._by_sha256.get(sha256)

    def previous(self, url: str) -> GoodAnswer | None:
        """The last good answer of this URL: its validators make the request conditional."""
        return self._versions.get(url)

    def version(self, url: str) -> Location | None:
        """The payload that a 304 for this URL confirms: for `WarcWriter(version=…)`."""
        found = self._versions.get(url)
        return found.location if found else None

    def archived(self, url: str) -> Location | None:
        """The last good version of what an address leads to, redirects followed.

        Failing that, the answer that a killed run archived but did not live to judge.
        """
        end = self.end(url)
        return self.version(end) or self.version(url) or self._unjudged.get(end)

    def end(self, url: str) -> str:
        """The address at the end of the redirects from this one, as they were seen last."""
        for _ in range(MOST_REDIRECTS):
            if url not in self._targets:
                break
            url = self._targets[url]
        return url

    def absence(self, url: str) -> Absence | None:
        """Has this address been missing on GONE_DAYS different days since it last answered well? So is one
        that redirects to what is missing, or to a front page."""
        end, days = self.end(url), self._absent.get(url, {})
        if end != url:
            if not is_front_page(end) and self.trouble(end) not in GONE:
                return None
            days = days | self._redirected.get(url, {})
        if len(days) < GONE_DAYS:
            return None
        evidence = tuple(capture_id for _, capture_id in sorted(days.items())[:GONE_DAYS])
        return Absence(State.GONE if self.trouble(end) == CaptureOutcome.MISSING else State.STUB, evidence)

    def departed(self, url: str) -> tuple[str, ...]:
        """The captures that show that this address does not lead to what it did, so that what is found
        elsewhere may have moved there; none where it may be there still.

        It has at once where the server has nothing or leads elsewhere, or the host has no address any more;
        where the host could not be reached, or is in trouble, on GONE_DAYS days."""
        end = self.end(url)
        if end != url:
            there = self.trouble(end)
            leads = there is None or there in GONE or is_front_page(end)
            return tuple(self._redirected.get(url, {}).values())[:1] if leads else ()
        return self._left.get(url, ())

    def trouble(self, url: str) -> str | None:
        """The outcome of the last answer of this address, if it was not a good one."""
        return self._bad.get(url)

    def failing_since(self, url: str) -> str | None:
        """The first capture after the last good answer of this address; None if it has answered well last."""
        return self._failing.get(url)

    def _add_absence(self, capture: Capture) -> None:
        url = capture.url
        if capture.outcome in GOOD:
            if url in self._bad:  # as is what is in any of these
                for kept in (self._absent, self._bad, self._failing, self._unreachable, self._left):
                    kept.pop(url, None)
        elif capture.outcome:
            self._bad[url] = capture.outcome
            self._failing.setdefault(url, capture.capture_id)
        if capture.outcome in GONE:
            self._targets.pop(url, None)
            _note(self._absent.setdefault(url, {}), capture)
        self._add_departure(capture)

    def _add_departure(self, capture: Capture) -> None:
        url = capture.url
        if capture.status is not None:
            if self._nameless:  # rarely: to part each address takes longer than all else here
                self._nameless.pop(urlsplit(url).netloc, None)
        elif capture.outcome == _DNS:
            self._nameless.setdefault(urlsplit(url).netloc, capture.capture_id)
        if capture.outcome in GOOD:
            return
        if capture.outcome in _UNREACHABLE:
            _note(self._unreachable.setdefault(url, {}), capture)
        if capture.outcome in GONE:
            self._left.setdefault(url, (capture.capture_id,))
        elif capture.outcome in UNANSWERED and (nameless := self._nameless.get(urlsplit(url).netloc)):
            self._left.setdefault(url, (nameless,))
        elif len(days := self._unreachable.get(url, {})) >= GONE_DAYS:
            self._left.setdefault(url, tuple(days.values()))

    def _add_redirect(self, capture: Capture) -> None:
        """The first request after a redirect that has the redirecting address as its referrer follows it;
        other requests with that referrer are for files of the page that was there."""
        if capture.outcome == _REDIRECT:
            self._redirecting.add(capture.url)
            self._followed.discard(capture.url)
            _note(self._redirected.setdefault(capture.url, {}), capture)
        elif capture.url in self._redirecting and capture.outcome in GOOD:
            self._redirecting.discard(capture.url)
            self._redirected.pop(capture.url, None)
            self._targets.pop(capture.url, None)
        if capture.referrer in self._redirecting and capture.referrer not in self._followed:
            self._targets[capture.referrer] = capture.url
            self._followed.add(capture.referrer)

    def _location(self, capture: Capture) -> Location | None:
        """That of the record with the payload: a revisit counts as its original."""
        if capture.sha256 is None:
            return None
        if capture.revisit:
            return self._by_sha256.get(capture.sha256)
        assert capture.digest and capture.warc_path
        assert capture.warc_offset is not None and capture.warc_length is not None
        return Location(
            warc_path=capture.warc_path,
            offset=capture.warc_offset,
            length=capture.warc_length,
            sha256=capture.sha256,
            digest=capture.sha256 if capture.digest == capture.sha256 else capture.digest,
            bytes=capture.bytes or 0,
            revisit=False,
            payload_path=capture.warc_path,
            payload_offset=capture.warc_offset,
            payload_length=capture.warc_length,
            payload_url=capture.url,
            payload_date=capture.fetched_at,
        )


def is_whole(status: int | None) -> bool:
    """May an answer with this status hold a page or a file? Servers send 203, 201 and 206 with whole ones."""
    return status in _WHOLE


def _note(days: Days, capture: Capture) -> None:
    day = capture.fetched_at.astimezone(CHINA).date()
    if len(days) < GONE_DAYS:
        days.setdefault(day, capture.capture_id)

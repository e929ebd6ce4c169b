"""What a run saw of documents: which bytes, under which name, announced by which article.

Invariant: a sighting leads to bytes in the archive; an attachment that could not be had is told as such. What
a run saw follows from its journals and those of earlier runs, never from the order of their reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from archive.captures import Article, Capture, Run
from archive.known import Known
from archive.warc import Location
from parsers.media import HTML
from parsers.results import Hints

MOST_REDIRECTS = 10
_GONE = frozenset({"missing", "soft_404"})
_BLOCKED = frozenset({"blocked", "captcha"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """Archived bytes that may be a document. A `page` counts as one only if it holds budget tables."""

    location: Location
    hints: Hints
    page: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """An article as one run saw it: its capture, the files it leads to in its order, and what is missing.

    `missing` are (url, outcome) of attachments of which no version is archived.
    """

    article: Article
    capture: Capture | None
    region_code: str | None
    sightings: tuple[Sighting, ...]
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything one run saw. `lost` maps addresses that answered badly to gone or blocked."""

    run: Run
    captures: tuple[Capture, ...]
    announcements: tuple[Announcement, ...]
    local_files: tuple[Sighting, ...]
    lost: Mapping[str, tuple[str, Capture]]


def seen_by(run: Run, captures: Sequence[Capture], articles: Sequence[Article], known: Known) -> Seen:
    """What a run saw. `known` must hold all earlier runs; the captures of this one are added to it."""
    for capture in captures:
        known.add(capture)
    pages = _Captures(captures, known)
    sites = {site["site_id"]: site for site in run.sites}
    files = (c for c in captures if c.url.startswith("file:///") and c.sha256 is not None)
    return Seen(
        run=run,
        captures=tuple(captures),
        announcements=tuple(_announcement(article, pages, sites) for article in articles),
        local_files=tuple(_local(capture, known) for capture in files),
        lost=dict(_lost(captures)),
    )


class _Captures:
    """The captures of a run by id and address, redirects followed."""

    def __init__(self, captures: Sequence[Capture], known: Known) -> None:
        self._known = known
        self.by_id = {capture.capture_id: capture for capture in captures}
        self._by_url = {capture.url: capture for capture in captures}
        self._targets = {
            capture.referrer: capture.url
            for capture in captures
            if capture.referrer in self._by_url and self._by_url[capture.referrer].outcome == "redirect"
        }

    def archived(self, url: str) -> Location | None:
        """The last good version of what an address leads to, of this run or an earlier one."""
        return self._known.version(self._end(url)) or self._known.version(url)

    def outcome(self, url: str) -> str:
        """What became of an address in this run."""
        capture = self._by_url.get(self._end(url))
        return (capture.outcome if capture else None) or "not_run"

    def _end(self, url: str) -> str:
        for _ in range(MOST_REDIRECTS):
            if url not in self._targets:
                break
            url = self._targets[url]
        return url


def _announcement(
    article: Article, pages: _Captures, sites: Mapping[str | None, Mapping[str, Any]]
) -> Announcement:
    region = article.region_code or sites.get(article.site_id, {}).get("region_code")
    hints = Hints(article_title=article.title, body_name=article.body_name, region_code=region)
    sightings, missing = [], []
    capture = pages.by_id.get(article.capture_id or "")
    page = pages.archived(capture.url) if capture else None
    if capture and page:
        is_page = capture.media_type in (None, HTML)
        sightings.append(
            Sighting(page, replace(hints, file_name=None if is_page else _name(article.url)), is_page)
        )
    for url, name in article.attachments:
        found = pages.archived(url)
        if found is None:
            missing.append((url, pages.outcome(url)))
        elif page is None or found.sha256 != page.sha256:
            sightings.append(Sighting(found, replace(hints, file_name=name or _name(url))))
    return Announcement(article, capture, region, tuple(sightings), tuple(missing))


def _local(capture: Capture, known: Known) -> Sighting:
    assert capture.sha256 is not None
    location = known.by_sha256(capture.sha256)
    assert location is not None, "a local file is a payload of its own or a known one"
    return Sighting(location, Hints(file_name=_name(capture.url)))


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _lost(captures: Sequence[Capture]) -> Iterator[tuple[str, tuple[str, Capture]]]:
    for capture in captures:
        if capture.outcome in _GONE:
            yield capture.url, ("gone", capture)
        elif capture.outcome in _BLOCKED:
            yield capture.url, ("blocked", capture)
